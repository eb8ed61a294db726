//! What the database said of its tables: asked once for each table and engine, and only by who needs it.

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
    /// Whether there is anything to forget: failed statements ask without taking the lock.
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

    /// Forgets everything: tables may have been changed.
    pub(super) fn forget(&self) {
        if self.any.swap(false, Ordering::AcqRel) {
            self.tables.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}

impl Engine {
    /// What the database has said of a table.
    pub(crate) fn known_table(&self, table: &TableName) -> Option<Arc<TableFacts>> {
        self.tables().get(table)
    }
}

impl Conn {
    /// What the database says of a table, `None` when there is none of that name.
    ///
    /// The answer is kept by the engine until a statement of it fails, a script runs, or tables are made or dropped by it; that of a table
    /// that does not exist, or that only this connection sees, is not kept. A table that others change meanwhile is asked about again
    /// after the first statement that fails for it.
    ///
    /// # Errors
    ///
    /// The database's.
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
