//! Statements that a connection keeps prepared.

use hashlink::LruCache;
use postgres::Statement;

/// How many there are at most.
const COUNT: usize = 256;
/// How long their texts are together at most. The server keeps some forty times as much for them.
const BYTES: usize = 1024 * 1024;
/// The longest text that is kept. Longer ones are lists of rows or values, which seldom come again with as many of them.
const LONGEST: usize = 16 * 1024;

/// The prepared statements of a connection by their text, bounded in number and in size. The server forgets those that are dropped.
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
