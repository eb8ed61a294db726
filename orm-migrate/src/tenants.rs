//! Tenants: the same revisions in many schemas.

use std::collections::BTreeMap;

use orm_core::catalog::{Catalog, Reflect};
use orm_core::driver::{TransactionMode, TransactionOptions};
use orm_core::engine::{Conn, Engine};

use crate::error::{Error, Result};
use crate::history::{self, Entry};
use crate::revision::Migrations;
use crate::run::Run;

/// Does something for each tenant, one after the other, and returns what came of it, by the tenant's name. It ends with the first that fails. It is for
/// tenants with a database each; [`Migrations::upgrade_each`] is for those with a schema.
///
/// ```
/// use orm::migrate::{Migrations, each_tenant};
///
/// let migrations = Migrations::default();
/// let tenants = orm::Tenants::databases(|_| orm::Engine::connect("sqlite://")); // of `sqlite:///tenants/{tenant}.db`
/// let done = each_tenant(["acme", "bolt"], |tenant| migrations.upgrade(&tenants.engine(tenant)?))?;
/// assert_eq!(done[1].0, "bolt");
/// # Ok::<(), orm::migrate::Error>(())
/// ```
///
/// # Errors
///
/// `Tenant` with the error of the one that failed, those that are done and those that were not begun.
pub fn each_tenant<T>(
    tenants: impl IntoIterator<Item = impl Into<String>>,
    mut work: impl FnMut(&str) -> Result<T>,
) -> Result<Vec<(String, T)>> {
    let mut left = tenants.into_iter().map(Into::into);
    let mut done = Vec::new();
    while let Some(tenant) = left.next() {
        match work(&tenant) {
            Ok(value) => done.push((tenant, value)),
            Err(source) => {
                let done = done.into_iter().map(|(tenant, _)| tenant).collect();
                return Err(Error::Tenant { failed: tenant, done, left: left.collect(), source: Box::new(source) });
            }
        }
    }
    Ok(done)
}

impl Migrations {
    /// Runs in each schema the revisions that it does not have, and returns their ids, by the name of the schema: one for each tenant. Each has a history of
    /// its own, so that another call after a failure goes on where that one ended.
    ///
    /// ```no_run
    /// let migrations = orm::migrate::Migrations::load("migrations")?;
    /// let engine = orm::Engine::connect("postgresql://app@localhost/app")?;
    /// for (tenant, revisions) in migrations.upgrade_each(&engine, ["acme", "bolt"])? {
    ///     println!("{tenant}: {} revisions", revisions.len());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`each_tenant`], with the errors of [`Run::upgrade`]; `Unsupported` on SQLite.
    pub fn upgrade_each(
        &self,
        engine: &Engine,
        schemas: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Vec<(String, Vec<String>)>> {
        each_tenant(schemas, |schema| self.on(engine).schema(schema).upgrade("heads"))
    }

    /// Makes the schema of a new tenant, and runs all revisions in it. One that was made in part is completed.
    ///
    /// ```no_run
    /// let migrations = orm::migrate::Migrations::load("migrations")?;
    /// let engine = orm::Engine::connect("postgresql://app@localhost/app")?;
    /// migrations.provision(&engine, "crux")?;
    /// let crux = engine.sessions().schema("crux");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Run::create_schema`] and [`Run::upgrade`].
    pub fn provision(&self, engine: &Engine, schema: &str) -> Result<Vec<String>> {
        let run = self.on(engine).schema(schema);
        run.create_schema()?;
        run.upgrade("heads")
    }
}

impl Run<'_> {
    /// What the database, or the schema of the run, has of revisions.
    pub(crate) fn entries(&self) -> orm_core::Result<BTreeMap<String, Entry>> {
        self.read(history::entries)
    }

    /// The database, or the schema of the run, with the names that it has within.
    pub(crate) fn reflect(&self) -> orm_core::Result<Catalog> {
        self.read(|connection| connection.reflect(&Reflect::new()))
    }

    /// A schema with the queries of its views as the database writes them.
    pub(crate) fn spelled(&self, catalog: Catalog) -> orm_core::Result<Catalog> {
        if catalog.views.is_empty() { Ok(catalog) } else { self.connection()?.spell_views(&catalog) }
    }

    fn read<T>(&self, work: impl FnOnce(&mut Conn) -> orm_core::Result<T>) -> orm_core::Result<T> {
        let mut connection = self.engine.connection()?;
        let Some(schema) = &self.schema else { return work(&mut connection) };
        // In a transaction, which a pooler gives to one connection of the server.
        connection.begin(TransactionMode::Read)?;
        connection.enter_schema(schema)?;
        let found = work(&mut connection)?;
        connection.rollback()?;
        Ok(found)
    }

    /// A connection whose names without a schema are in that of the run.
    pub(crate) fn connection(&self) -> orm_core::Result<Conn> {
        let mut connection = self.engine.connection()?;
        if let Some(schema) = &self.schema {
            connection.enter_schema(schema)?;
        }
        Ok(connection)
    }

    /// [`Conn::change_schema`] in the schema of the run.
    pub(crate) fn change_schema<T>(
        &self,
        rebuilds: bool,
        options: TransactionOptions,
        change: impl FnOnce(&mut Conn) -> orm_core::Result<T>,
    ) -> orm_core::Result<T> {
        let Some(schema) = &self.schema else {
            return self.engine.connection()?.change_schema(rebuilds, options, change);
        };
        if !self.engine.dialect().capabilities().transactional_schema {
            // Before the lock, which is that of the schema.
            return self.connection()?.change_schema(rebuilds, options, change);
        }
        self.engine.connection()?.change_schema(rebuilds, options, |connection| {
            connection.enter_schema(schema)?;
            change(connection)
        })
    }
}
