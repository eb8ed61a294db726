//! The prepared statements of a connection.

use hashlink::LruCache;
use postgres::Statement;

/// Their largest number.
const COUNT: usize = 256;
/// The largest length of their texts together. The server needs some forty times as much memory for them.
const BYTES: usize = 1024 * 1024;
/// The longest text that is kept. Longer ones are lists of rows or values, which seldom come again in the same length.
const LONGEST: usize = 16 * 1024;

/// The prepared statements of a connection by text, bounded in number and in size. Dropping one frees it on the server.
pub(crate) struct Statements {
    kept: LruCache<String, Statement>,
    bytes: usize,
}

impl Statements {
    pub(crate) fn new() -> Self {
        Self { kept: LruCache::new(COUNT), bytes: 0 }
    }

    pub(crate) fn get(&mut self, sql: &str) -> Option<Statement> {
        self.kept.get(sql).cloned()
    }

    pub(crate) fn keep(&mut self, sql: &str, statement: &Statement) {
        if sql.len() > LONGEST {
            return;
        }
        self.bytes += sql.len();
        while self.bytes > BYTES || self.kept.len() == COUNT {
            let Some((oldest, _)) = self.kept.remove_lru() else { break };
            self.bytes -= oldest.len();
        }
        self.kept.insert(sql.to_owned(), statement.clone());
    }

    pub(crate) fn forget(&mut self, sql: &str) {
        if self.kept.remove(sql).is_some() {
            self.bytes -= sql.len();
        }
    }

    pub(crate) fn forget_all(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }
}
