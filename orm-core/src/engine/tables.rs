//! The definitions of tables in the database. They are cached for each engine, and asked for only when needed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::{Conn, Engine};
use crate::error::Result;
use crate::schema::{TableFacts, TableName};

/// The tables that an engine knows.
#[derive(Debug, Default)]
pub(super) struct KnownTables {
    tables: RwLock<HashMap<TableName, Arc<TableFacts>>>,
    /// Whether the cache has entries. Failed statements read it without taking the lock.
    any: AtomicBool,
}

impl KnownTables {
    fn get(&self, table: &TableName) -> Option<Arc<TableFacts>> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        self.tables.read().unwrap_or_else(PoisonError::into_inner).get(table).cloned()
    }

    fn keep(&self, table: &TableName, facts: &Arc<TableFacts>) {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        tables.insert(table.clone(), Arc::clone(facts));
        self.any.store(true, Ordering::Release);
    }

    /// Clears the cache, because tables may have been changed.
    pub(super) fn forget(&self) {
        if self.any.swap(false, Ordering::AcqRel) {
            self.tables.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}

impl Engine {
    /// The cached definition of a table.
    pub(crate) fn known_table(&self, table: &TableName) -> Option<Arc<TableFacts>> {
        self.tables().get(table)
    }
}

impl Conn {
    /// The database's definition of a table. `None` if there is no table of that name.
    ///
    /// The engine caches the answer until one of its statements fails, a script runs, or it creates or drops tables. It does not cache the
    /// answer for a missing table, or for a table that only this connection sees. If others change a table meanwhile, the first statement
    /// that fails clears the cache.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn describe_table(&mut self, table: &TableName) -> Result<Option<Arc<TableFacts>>> {
        if let Some(known) = self.engine().known_table(table) {
            return Ok(Some(known));
        }
        let Some(facts) = self.ask_for_table(table)?.map(Arc::new) else { return Ok(None) };
        if !facts.temporary {
            self.engine().tables().keep(table, &facts);
        }
        Ok(Some(facts))
    }
}
