//! Creating and dropping tables.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::panic::Location;

use super::{Conn, Engine};
use crate::dialect::names;
use crate::driver::{Isolation, TransactionMode};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::render::{create_statements, drop_statements};
use crate::schema::{TableDef, TableName, with_related};
use crate::value::ValueRef;

impl Engine {
    /// Creates the missing tables of models, and of all models that their relations lead to, with keys, constraints and indexes, in one
    /// transaction. Existing tables stay as they are. Several programs may call it at the same time.
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// `Schema` when two models describe one table differently, `Unsupported` for what the database cannot do, and the
    /// database's own.
    #[track_caller]
    pub fn create_all(&self, tables: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        self.create_where(tables, &|_| true)
    }

    /// [`create_all`](Engine::create_all) of the tables that are to be `here`, without constraints that would lead elsewhere.
    #[track_caller]
    pub(crate) fn create_where(
        &self,
        tables: impl IntoIterator<Item = &'static TableDef>,
        here: &dyn Fn(&TableName) -> bool,
    ) -> Result<()> {
        self.change_schema(&with_related(tables)?, |tables, existing| {
            create_statements(self.dialect(), tables, here, &|name| self.has(existing, name))
        })
    }

    /// Drops the existing tables of models, and of all models that their relations lead to, in one transaction.
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// Like [`create_all`](Engine::create_all).
    #[track_caller]
    pub fn drop_all(&self, tables: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        self.drop_where(tables, &|_| true)
    }

    /// [`drop_all`](Engine::drop_all) of the tables that are `here`.
    #[track_caller]
    pub(crate) fn drop_where(
        &self,
        tables: impl IntoIterator<Item = &'static TableDef>,
        here: &dyn Fn(&TableName) -> bool,
    ) -> Result<()> {
        self.change_schema(&with_related(tables)?, |tables, existing| {
            drop_statements(self.dialect(), tables, &|name| here(name) && self.has(existing, name))
        })
    }

    /// Creates the table of one model, if it is missing. The tables that it references must exist.
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// Like [`create_all`](Engine::create_all).
    #[track_caller]
    pub fn create_table<M: Model>(&self) -> Result<()> {
        let only = M::table();
        self.change_schema(&[only], |tables, existing| {
            create_statements(self.dialect(), tables, &|_| true, &|name| *name != only.name || self.has(existing, name))
        })
    }

    /// Drops the table of one model, if it exists.
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// Like [`create_all`](Engine::create_all).
    #[track_caller]
    pub fn drop_table<M: Model>(&self) -> Result<()> {
        let only = M::table();
        self.change_schema(&[only], |tables, existing| {
            drop_statements(self.dialect(), tables, &|name| *name == only.name && self.has(existing, name))
        })
    }

    /// Whether a table of that name exists, by the database's rules for the case of letters.
    fn has(&self, existing: &BTreeSet<TableName>, name: &TableName) -> bool {
        let facts = self.dialect().capabilities();
        existing.contains(name) || existing.iter().any(|known| names::is_same_table(facts, known, name))
    }

    /// Runs the statements that `plan` returns for the tables and the names of existing ones.
    #[track_caller]
    fn change_schema(
        &self,
        tables: &[&'static TableDef],
        plan: impl FnOnce(Vec<&'static TableDef>, &BTreeSet<TableName>) -> Result<Vec<String>>,
    ) -> Result<()> {
        let mut connection = self.take_connection(Location::caller())?;
        // The names are read after the lock, so that tables created meanwhile are seen.
        let transactional = self.dialect().capabilities().transactional_schema;
        if transactional {
            connection.begin(TransactionMode::With(Isolation::ReadCommitted.into()))?;
        }
        connection.locked(|connection| {
            let existing = existing_tables(connection, tables)?;
            for statement in plan(tables.to_vec(), &existing)? {
                connection.execute_script(&statement)?;
            }
            if transactional { connection.commit() } else { Ok(()) }
        })?;
        self.tables().forget();
        Ok(())
    }
}

/// The names of all tables in the schemas of `tables`.
fn existing_tables(connection: &mut Conn, tables: &[&'static TableDef]) -> Result<BTreeSet<TableName>> {
    let schemas: BTreeSet<_> = tables.iter().map(|table| table.name.schema.clone()).collect();
    let list = connection.dialect().list_tables();
    let mut existing = BTreeSet::new();
    for schema in schemas {
        let parameter = schema.as_deref().map_or(ValueRef::Null, ValueRef::Text);
        connection.query(list, &[parameter], &mut |row| match row.get(0) {
            Ok(ValueRef::Text(name)) => {
                existing.insert(TableName { schema: schema.clone(), name: name.to_owned().into() });
                Ok(ControlFlow::Continue(()))
            }
            _ => Err(Error::new(ErrorKind::Decode, "the list of tables has a value that is not text")),
        })?;
    }
    Ok(existing)
}
