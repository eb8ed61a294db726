use std::fmt;
use std::sync::Arc;

use super::pool::Pool;
use super::tables::KnownTables;
use super::{Conn, EngineBuilder, StatementHook};
use crate::dialect::Dialect;
use crate::driver::Backend;
use crate::error::{ErrorKind, Result};

/// One database with a pool of connections. Clones are cheap and share the pool.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    backend: Arc<dyn Backend>,
    pool: Pool,
    hooks: Vec<Arc<dyn StatementHook>>,
    tables: KnownTables,
    compares: bool,
}

impl Engine {
    pub(super) fn new(
        backend: Arc<dyn Backend>,
        pool: Pool,
        hooks: Vec<Arc<dyn StatementHook>>,
        compares: bool,
    ) -> Self {
        Self(Arc::new(Inner { backend, pool, hooks, tables: KnownTables::default(), compares }))
    }

    /// An engine over `backend`, with options.
    pub fn builder(backend: Arc<dyn Backend>) -> EngineBuilder {
        EngineBuilder::new(backend)
    }

    /// Whether UPDATEs of objects compare what was read.
    pub(crate) fn compares_updates(&self) -> bool {
        self.0.compares
    }

    /// The SQL dialect of the database.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.0.backend.dialect()
    }

    /// The database behind the engine.
    pub fn backend(&self) -> &dyn Backend {
        &*self.0.backend
    }

    /// Takes a connection from the pool, and opens it if it is not open yet. Dropping it returns it, after a reset that rolls back an open
    /// transaction and removes settings and temporary tables.
    ///
    /// # Errors
    ///
    /// `PoolTimeout` when all connections stay in use, `ConnectionLost` when the server cannot be reached, `Config` when it
    /// refuses the credentials or has no such database.
    pub fn connection(&self) -> Result<Conn> {
        self.take_connection().map(Conn::bare)
    }

    /// Tries the database: takes a connection, or opens one, and asks for a sign of life. A pooled connection that has died since is
    /// replaced, as the question is whether the database can be used now.
    ///
    /// # Errors
    ///
    /// Those of [`connection`](Engine::connection).
    pub fn ping(&self) -> Result<()> {
        match self.take_connection()?.ping() {
            Err(error) if error.kind() == ErrorKind::ConnectionLost => self.take_connection()?.ping(),
            other => other,
        }
    }

    /// A connection for the engine's own statements, after which no reset is needed.
    ///
    /// # Errors
    ///
    /// Those of [`connection`](Engine::connection).
    pub(crate) fn take_connection(&self) -> Result<Conn> {
        let place = self.0.pool.check_out(&*self.0.backend)?;
        Ok(Conn::new(self.clone(), place))
    }

    /// The cached definitions of tables.
    pub(super) fn tables(&self) -> &KnownTables {
        &self.0.tables
    }

    pub(super) fn hooks(&self) -> &[Arc<dyn StatementHook>] {
        &self.0.hooks
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("backend", &self.0.backend).field("pool", &self.0.pool).finish()
    }
}
