//! What an engine says about writes and about the ends of transactions.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use orm_core::ErrorKind;
use orm_core::engine::{ConnectionEvent, EngineHooks, StatementEvent};
use orm_core::sql::StatementKind;

use crate::Cache;
use crate::tags::Tag;

/// The hooks of an engine for a [`Cache`]; see [`Cache::hooks`].
///
/// What a transaction writes is forgotten when it is committed, before the call that commits returns, and not when it is rolled back. A flush names its rows;
/// of any other statement all rows of the tables that it names are forgotten, and everything where it names none.
pub struct CacheHooks {
    cache: Cache,
    /// What the open transactions have written, by connection.
    open: Mutex<HashMap<u64, HashSet<Tag>>>,
}

impl CacheHooks {
    pub(crate) fn new(cache: Cache) -> Self {
        Self { cache, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, HashSet<Tag>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a write: with the others of its transaction, or at once.
    fn note(&self, connection: u64, tags: Vec<Tag>) {
        if let Some(written) = self.open().get_mut(&connection) {
            written.extend(tags);
            return;
        }
        self.cache.change(tags);
    }

    /// Notes a change of the schema, which commits what was written before it on some databases.
    fn note_at_once(&self, connection: u64, tags: Vec<Tag>) {
        let changed = match self.open().get_mut(&connection) {
            Some(written) => {
                written.extend(tags);
                written.iter().cloned().collect()
            }
            None => tags,
        };
        self.cache.change(changed);
    }

    fn commit(&self, event: &StatementEvent<'_>) {
        let written = self.open().remove(&event.connection);
        // The other half of a transaction in two phases: what it wrote is not known.
        let Some(written) = written else { return self.cache.change(vec![Tag::everything()]) };
        let is_undone = event.error.is_some_and(|error| !may_be_done(error.kind()));
        if !is_undone && !written.is_empty() {
            self.cache.change(written.into_iter().collect());
        }
    }
}

/// Whether a statement that failed so may have been done all the same.
fn may_be_done(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionLost | ErrorKind::CommitUnknown | ErrorKind::Timeout | ErrorKind::Cancelled)
}

/// What a statement writes.
fn written(event: &StatementEvent<'_>) -> Vec<Tag> {
    if let Some(flushed) = event.flushed {
        let rows = flushed.keys.iter().map(|key| Tag::row(flushed.table, key));
        let mut tags: Vec<Tag> = std::iter::once(Tag::rows(flushed.table)).chain(rows).collect();
        if event.kind() == StatementKind::Delete {
            tags.extend([Tag::references(flushed.table), Tag::any_references()]);
        }
        return tags;
    }
    let tables = event.tables();
    if tables.is_empty() || is_script(event.sql) {
        return vec![Tag::everything()];
    }
    let of_table = |table: &String| [Tag::whole(table), Tag::rows(table), Tag::references(table)];
    tables.iter().flat_map(of_table).chain([Tag::any_references()]).collect()
}

/// Whether a text may be several statements.
fn is_script(sql: &str) -> bool {
    sql.trim_end().trim_end_matches(';').contains(';')
}

/// Whether a statement is about messages alone.
fn is_message(sql: &str) -> bool {
    let word = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    ["LISTEN", "UNLISTEN", "NOTIFY"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

impl EngineHooks for CacheHooks {
    fn wants_rows(&self) -> bool {
        true
    }

    fn after_statement(&self, event: &StatementEvent<'_>) {
        use StatementKind::{Begin, Commit, Prepare, Release, Rollback, RollbackTo, Savepoint, Schema, Select};
        let is_failed = event.error.is_some();
        if is_script(event.sql) {
            // It may begin and end transactions itself.
            self.open().remove(&event.connection);
            return self.cache.change(vec![Tag::everything()]);
        }
        match event.kind() {
            Begin if !is_failed => drop(self.open().insert(event.connection, HashSet::new())),
            Commit => self.commit(event),
            Rollback | Prepare if !is_failed => drop(self.open().remove(&event.connection)),
            Select | Begin | Rollback | Prepare | Savepoint | Release | RollbackTo => {}
            _ if is_message(event.sql) => {}
            _ if event.error.is_some_and(|error| !may_be_done(error.kind())) => {}
            Schema => self.note_at_once(event.connection, written(event)),
            _ => self.note(event.connection, written(event)),
        }
    }

    fn close(&self, event: &ConnectionEvent) {
        self.open().remove(&event.id);
    }
}
