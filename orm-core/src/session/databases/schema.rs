//! The schema of a session.

use crate::error::{Error, ErrorKind, Result};
use crate::session::{Session, State};

impl Session {
    /// Puts all tables that name no schema into `schema`, as if each model said `#[orm(schema = "..")]`: one schema for each tenant. Every statement names
    /// it, so that no setting of a connection is needed, and none is left behind in the pool. `None` is the connection's own schema again. On MariaDB a schema is
    /// a database, and on SQLite one that is attached to the connections.
    ///
    /// Run-time tables without a schema are in it as well. Raw SQL is what it says; [`schema`](Session::schema) gives the name to put into it.
    ///
    /// Memory holds the objects of one schema. So a session changes its schema only while it has neither objects nor a transaction:
    /// [`close`](Session::close) ends both.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "document")]
    /// struct Document {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     title: String,
    /// }
    ///
    /// # let builder = Engine::builder("sqlite://").pool_size(1).max_overflow(0);
    /// # let engine = builder.on_connect(|conn| conn.execute_script("ATTACH ':memory:' AS acme; ATTACH ':memory:' AS bolt")).build()?;
    /// for tenant in ["acme", "bolt"] {
    ///     engine.create_all_in(tenant, models![Document])?;
    /// }
    /// let mut session = engine.session();
    /// session.set_schema("acme")?;
    /// session.add(Document { title: "Plan".into(), ..Default::default() });
    /// session.commit()?; // INSERT INTO "acme"."document"
    ///
    /// assert!(session.set_schema("bolt").is_err()); // it holds a document of acme
    /// session.close()?;
    /// session.set_schema("bolt")?;
    /// assert_eq!(Document::query().count(&mut session)?, 0);
    ///
    /// let acme = engine.sessions().schema("acme"); // or a factory for each tenant
    /// assert_eq!(Document::query().count(&mut acme.session())?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidState` when the session holds objects of another schema, or a transaction is open.
    pub fn set_schema<'n>(&mut self, schema: impl Into<Option<&'n str>>) -> Result<()> {
        let schema = schema.into();
        if schema == self.schema() {
            return Ok(());
        }
        self.refuse_within_flush("set_schema")?;
        let held = self.store.arenas().find(|arena| {
            let slots = &arena.slots().entries;
            slots.iter().any(|entry| entry.state != State::Detached)
        });
        let why = match held {
            Some(arena) => format!("the session holds objects of {}", arena.table().model),
            None if self.links.in_transaction() => "a transaction is open".to_owned(),
            None => {
                // What is known of columns is known of another table.
                self.clear();
                self.place_in(schema);
                return Ok(());
            }
        };
        let message = format!("set_schema: {why} in another schema; close() forgets objects and ends the transaction");
        Err(Error::new(ErrorKind::InvalidState, message))
    }

    /// The schema of all tables that name none, if it is not the connection's own.
    ///
    /// See the example of [`set_schema`](Session::set_schema).
    pub fn schema(&self) -> Option<&str> {
        self.links.schema()
    }

    /// [`set_schema`](Session::set_schema) of a new session.
    pub(crate) fn place_in(&mut self, schema: Option<&str>) {
        self.links.set_schema(schema);
    }
}
