//! Creating and dropping tables.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::panic::Location;

use super::{Conn, Engine};
use crate::dialect::{Dialect, SqlWriter, names, within};
use crate::driver::{Isolation, TransactionMode, TransactionState};
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
        self.change_schema(None, &with_related(tables)?, |tables, existing| {
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
        self.change_schema(None, &with_related(tables)?, |tables, existing| {
            drop_statements(self.dialect(), tables, &|name| here(name) && self.has(existing, name))
        })
    }

    /// Creates a schema, if it is missing: for the scripts of a new tenant. On MariaDB a schema is a database.
    ///
    /// ```no_run
    /// let engine = orm::Engine::connect("postgresql://app@localhost/app")?;
    /// engine.create_schema("acme")?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` on SQLite, where a schema is a database that each connection has attached, and the database's error.
    #[track_caller]
    pub fn create_schema(&self, schema: &str) -> Result<()> {
        let dialect = self.dialect();
        if !dialect.capabilities().schemas {
            return Err(Error::unsupported(
                dialect.name(),
                "the creation of schemas: a tenant has a file of its own there",
            ));
        }
        self.change_schema(None, &[], |_, _| Ok(vec![create_schema(dialect, schema)?]))
    }

    /// [`create_all`](Engine::create_all) in a schema, which is created as well if it is missing: the tables of a tenant. Models that name a schema of
    /// their own are there. On SQLite a schema is a database that is attached to the connections, and has to be.
    ///
    /// See the example of [`Session::set_schema`](crate::session::Session::set_schema).
    ///
    /// # Errors
    ///
    /// Those of [`create_all`](Engine::create_all).
    #[track_caller]
    pub fn create_all_in(&self, schema: &str, tables: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        let dialect = within(self.dialect(), schema);
        let made = self.change_schema(Some(schema), &with_related(tables)?, |tables, existing| {
            let create = dialect.capabilities().schemas.then(|| create_schema(dialect, schema)).transpose()?;
            let tables = create_statements(dialect, tables, &|_| true, &|name| self.has(existing, name))?;
            Ok(create.into_iter().chain(tables).collect())
        });
        made.map_err(|error| match dialect.capabilities().schemas {
            true => error,
            false => error.context(format!(
                "in the schema {schema}, which on {} is a database that each connection has attached (`on_connect`)",
                dialect.name()
            )),
        })
    }

    /// [`drop_all`](Engine::drop_all) in a schema. The schema itself stays.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "document")]
    /// # struct Document {
    /// #     #[orm(primary_key)]
    /// #     id: i64,
    /// # }
    /// # let builder = Engine::builder("sqlite://").pool_size(1).max_overflow(0);
    /// # let engine = builder.on_connect(|conn| conn.execute_script("ATTACH ':memory:' AS acme")).build()?;
    /// engine.create_all_in("acme", models![Document])?;
    /// engine.drop_all_in("acme", models![Document])?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Like [`create_all`](Engine::create_all).
    #[track_caller]
    pub fn drop_all_in(&self, schema: &str, tables: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        let dialect = within(self.dialect(), schema);
        self.change_schema(Some(schema), &with_related(tables)?, |tables, existing| {
            drop_statements(dialect, tables, &|name| self.has(existing, name))
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
        self.change_schema(None, &[only], |tables, existing| {
            let is_own = |name: &TableName| is_of(only, name);
            create_statements(self.dialect(), tables, &|_| true, &|name| !is_own(name) || self.has(existing, name))
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
        self.change_schema(None, &[only], |tables, existing| {
            let is_own = |name: &TableName| is_of(only, name);
            drop_statements(self.dialect(), tables, &|name| is_own(name) && self.has(existing, name))
        })
    }

    /// Whether a table of that name exists, by the database's rules for the case of letters.
    fn has(&self, existing: &BTreeSet<TableName>, name: &TableName) -> bool {
        let facts = self.dialect().capabilities();
        existing.contains(name) || existing.iter().any(|known| names::is_same_table(facts, known, name))
    }

    /// Runs the statements that `plan` returns for the tables and the names of existing ones, of which those without a schema are in `within`.
    #[track_caller]
    fn change_schema(
        &self,
        within: Option<&str>,
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
            let existing = existing_tables(connection, within, tables)?;
            for statement in plan(tables.to_vec(), &existing)? {
                connection.execute_script(&statement)?;
            }
            if transactional { connection.commit() } else { Ok(()) }
        })?;
        self.tables().forget();
        Ok(())
    }
}

impl Conn {
    /// Goes into a schema: names without a schema are in it, and in no other, until the transaction ends, or until the connection goes back to the pool.
    /// It is for scripts whose statements name no schema; sessions [name it](crate::session::Session::set_schema) themselves. On MariaDB a schema is a
    /// database, and the connection stays in it beyond the transaction.
    ///
    /// ```no_run
    /// let engine = orm::Engine::connect("postgresql://app@localhost/app")?;
    /// let mut connection = engine.connection()?;
    /// connection.enter_schema("acme")?;
    /// connection.execute_script("CREATE TABLE note (id bigint)")?; // acme.note
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` where names without a schema are always in the same one, as on SQLite, and `Schema` if there is no such schema.
    pub fn enter_schema(&mut self, schema: &str) -> Result<()> {
        let dialect = self.dialect();
        let Some(own) = dialect.own_schema() else {
            return Err(Error::unsupported(
                dialect.name(),
                "another schema for names without one: a tenant has a file of its own there",
            ));
        };
        let inside = self.transaction()? != TransactionState::None;
        let mut out = SqlWriter::new(dialect);
        out.sql(if inside { own.enter_in_transaction } else { own.enter }).ident(schema);
        self.execute_script(&out.checked()?.0).map_err(|error| error.context(format!("in the schema {schema}")))?;
        let mut entered = false;
        self.query(own.current, &[], &mut |row| {
            entered = matches!(row.get(0), Ok(ValueRef::Text(name)) if name == schema);
            Ok(ControlFlow::Break(()))
        })?;
        match entered {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Schema, format!("there is no schema {schema}: create it before"))),
        }
    }
}

/// Whether a name is that of a table of the model, or of an enum that its columns are of.
fn is_of(table: &'static TableDef, name: &TableName) -> bool {
    let is_enum = || name.schema.is_none() && table.native_enums().any(|known| known.name == name.name);
    table.tables().iter().any(|table| table.name == *name) || is_enum()
}

/// The statement that creates a schema.
fn create_schema(dialect: &'static dyn Dialect, schema: &str) -> Result<String> {
    let mut out = SqlWriter::new(dialect);
    out.sql("CREATE SCHEMA IF NOT EXISTS ").ident(schema);
    Ok(out.checked()?.0)
}

/// The names of all tables in the schemas of `tables`. Those without a schema are in `within`, or in the connection's own.
fn existing_tables(
    connection: &mut Conn,
    within: Option<&str>,
    tables: &[&'static TableDef],
) -> Result<BTreeSet<TableName>> {
    // Enums name no schema.
    let schemas: BTreeSet<_> = tables.iter().map(|table| table.name.schema.clone()).chain([None]).collect();
    let list = connection.dialect().list_tables();
    let mut existing = BTreeSet::new();
    for schema in schemas {
        let parameter = schema.as_deref().or(within).map_or(ValueRef::Null, ValueRef::Text);
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
