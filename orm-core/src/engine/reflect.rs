//! Reading the schema of the database.

use std::panic::Location;

use super::{Conn, Engine};
use crate::catalog::{Catalog, CatalogTable, Reflect};
use crate::driver::{Isolation, TransactionMode, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};

impl Engine {
    /// The schema of the database: everything in the connection's own schema, but for temporary objects and those of the system.
    ///
    /// See the example of [`Catalog`].
    ///
    /// # Errors
    ///
    /// `Unsupported` if the backend cannot, and the database's error.
    #[track_caller]
    pub fn reflect(&self) -> Result<Catalog> {
        self.reflect_with(&Reflect::new())
    }

    /// The part of the schema that `options` ask for.
    ///
    /// See the example of [`Reflect`].
    ///
    /// # Errors
    ///
    /// Those of [`reflect`](Engine::reflect).
    #[track_caller]
    pub fn reflect_with(&self, options: &Reflect) -> Result<Catalog> {
        let mut connection = self.take_connection(Location::caller())?;
        // All of it is of one moment, whatever others create meanwhile.
        let reading = TransactionOptions::new().isolation(Isolation::RepeatableRead).read_only(true);
        connection.begin(TransactionMode::With(reading))?;
        let catalog = connection.reflect(options)?;
        connection.rollback()?;
        Ok(catalog)
    }

    /// One table of the connection's own schema.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")?;
    /// let user = engine.reflect_table("user")?;
    /// assert_eq!(user.columns[1].data_type.spelling, "TEXT");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Schema` if there is no such table, and those of [`reflect`](Engine::reflect).
    #[track_caller]
    pub fn reflect_table(&self, name: &str) -> Result<CatalogTable> {
        let mut found = self.reflect_with(&Reflect::new().table(name))?.tables;
        // By the database's rule for the case of letters there may be no more than one.
        found.pop().ok_or_else(|| Error::new(ErrorKind::Schema, format!("the database has no table `{name}`")))
    }
}

impl Catalog {
    /// Creates everything in the catalog, in one transaction. The statements are those of [`create_sql`](Catalog::create_sql).
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")?;
    /// let copy = orm::Engine::connect("sqlite://")?;
    /// engine.reflect()?.create(&copy)?;
    /// assert_eq!(copy.reflect()?, engine.reflect()?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`create_sql`](Catalog::create_sql), and the database's.
    #[track_caller]
    pub fn create(&self, engine: &Engine) -> Result<()> {
        let statements = self.create_sql(engine.dialect())?;
        let mut connection = engine.take_connection(Location::caller())?;
        connection.begin(TransactionMode::Write)?;
        statements.iter().try_for_each(|statement| connection.execute_script(statement))?;
        connection.commit()?;
        engine.tables().forget();
        Ok(())
    }
}

impl Conn {
    /// The part of the database's schema that `options` ask for, as the connection's transaction sees it.
    ///
    /// ```
    /// use orm::catalog::Reflect;
    ///
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// let mut connection = engine.connection()?;
    /// connection.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY)")?;
    /// assert_eq!(connection.reflect(&Reflect::new())?.tables.len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` if the backend cannot, and the database's error.
    pub fn reflect(&mut self, options: &Reflect) -> Result<Catalog> {
        Ok(self.ask_for_catalog(options)?.narrowed(options).sorted())
    }
}
