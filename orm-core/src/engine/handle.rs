use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::hooks::Hooks;
use super::limits::Bounds;
use super::metrics::{Meter, Metrics};
use super::pool::{At, Pool};
use super::statement::Comments;
use super::tables::KnownTables;
use super::{Conn, EngineBuilder, LazyLoads, PoolStatus};
use crate::dialect::Dialect;
use crate::driver::{Backend, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};

/// One database with a pool of connections. Clones are cheap and share the pool.
///
/// ```
/// # use orm::prelude::*;
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// let engine = Engine::builder("sqlite://").metrics(true).build()?;
/// engine.ping()?;
/// assert_eq!(engine.dialect().name(), engine.backend().dialect().name());
/// engine.create_all(models![User])?; // or one by one: engine.create_table::<User>()?
///
/// // One unit of work: committed when it returns `Ok`, rolled back otherwise.
/// engine.transaction(|session| {
///     session.add(User { name: "Ann".into(), ..Default::default() });
///     Ok(())
/// })?;
///
/// // A session, for several units of work.
/// let mut session = engine.session();
/// assert_eq!(User::query().count(&mut session)?, 1);
/// session.close()?;
///
/// // A connection, for statements beside the session.
/// let mut connection = engine.connection()?;
/// assert_eq!(connection.execute("DELETE FROM users", &[])?, 1);
/// drop(connection);
///
/// assert_eq!(engine.pool_status().checked_out, 0);
/// assert!(engine.metrics().is_some());
/// engine.drop_all(models![User])?; // or one by one: engine.drop_table::<User>()?
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

impl AsRef<Self> for Engine {
    fn as_ref(&self) -> &Self {
        self
    }
}

pub(super) struct Inner {
    pub(super) backend: Arc<dyn Backend>,
    /// What tells the database from all others, once it was asked for.
    pub(super) location: OnceLock<String>,
    pub(super) pool: Pool,
    pub(super) tables: KnownTables,
    pub(super) compares: bool,
    pub(super) options: TransactionOptions,
    pub(super) hooks: Hooks,
    /// Whether statements are looked at: by hooks, or to be given a comment.
    pub(super) watched: bool,
    pub(super) comments: Option<Arc<Comments>>,
    pub(super) meter: Option<Arc<Meter>>,
    pub(super) lazy_loads: Option<LazyLoads>,
}

impl Engine {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// An engine over `backend`, with options.
    ///
    /// See the example of [`EngineBuilder::new`].
    pub fn builder(backend: Arc<dyn Backend>) -> EngineBuilder {
        EngineBuilder::new(backend)
    }

    /// Whether UPDATEs of objects compare what was read.
    pub(crate) fn compares_updates(&self) -> bool {
        self.0.compares
    }

    /// The default options of the transactions of sessions.
    ///
    /// See the example of [`EngineBuilder`].
    pub fn transaction_options(&self) -> TransactionOptions {
        self.0.options
    }

    /// What becomes of relations that sessions load again and again.
    pub(crate) fn lazy_loads(&self) -> Option<LazyLoads> {
        self.0.lazy_loads
    }

    /// The SQL dialect of the database.
    ///
    /// See the example of [`Engine`].
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.0.backend.dialect()
    }

    /// The database behind the engine.
    ///
    /// See the example of [`Engine`].
    pub fn backend(&self) -> &dyn Backend {
        &*self.0.backend
    }

    /// What tells the database from all others, for whoever keeps something of several databases in one place: the place of a file, or a server with
    /// the name of a database and a user, and no password. Engines of one URL have one location, in other processes as well; of a database in memory
    /// each engine has its own.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// let (one, other) = (Engine::connect("sqlite://")?, Engine::connect("sqlite://")?);
    /// assert_eq!(one.location(), one.clone().location());
    /// assert_ne!(one.location(), other.location());
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn location(&self) -> &str {
        static LAST: AtomicU64 = AtomicU64::new(0);
        self.0.location.get_or_init(|| {
            let number = || format!("{} of process {}", LAST.fetch_add(1, Ordering::Relaxed), std::process::id());
            self.0.backend.location().unwrap_or_else(number)
        })
    }

    /// Takes a connection from the pool, and opens it if it is not open yet. Dropping it returns it, after a reset that rolls back an open
    /// transaction and removes settings and temporary tables.
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// `PoolTimeout` when all connections stay in use, `ConnectionLost` when the server cannot be reached, `Config` when it
    /// refuses the credentials or has no such database.
    #[track_caller]
    pub fn connection(&self) -> Result<Conn> {
        self.take_limited(Location::caller(), Bounds::of(&self.0.options)).map(Conn::bare)
    }

    /// Tries the database: takes a connection, or opens one, and asks for a sign of life. A pooled connection that has died since is
    /// replaced, as the question is whether the database can be used now.
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// Those of [`connection`](Engine::connection).
    #[track_caller]
    pub fn ping(&self) -> Result<()> {
        match self.take_connection(Location::caller())?.ping() {
            Err(error) if error.kind() == ErrorKind::ConnectionLost => self.take_connection(Location::caller())?.ping(),
            other => other,
        }
    }

    /// What the pool holds at this moment.
    ///
    /// See the example of [`Engine`].
    pub fn pool_status(&self) -> PoolStatus {
        self.0.pool.status()
    }

    /// How long the pool lets anybody wait for a connection.
    ///
    /// See the example of [`EngineBuilder`].
    pub fn pool_timeout(&self) -> Duration {
        self.0.pool.timeout()
    }

    /// The error of a caller that has waited for `waited` outside the pool; hooks are called as for a wait in it.
    #[doc(hidden)]
    pub fn pool_timed_out(&self, waited: Duration) -> Error {
        self.0.pool.wait_timed_out(waited)
    }

    /// An engine with the options and hooks of this one over another backend, whose connections come ready: hooks of `connect` are not called. It is
    /// for backends that lend a connection of this engine. A caller waits no longer than `longest_wait`.
    ///
    /// # Errors
    ///
    /// `Config`, as [`build`](EngineBuilder::build).
    #[doc(hidden)]
    pub fn over(&self, backend: Arc<dyn Backend>, longest_wait: Duration) -> Result<Self> {
        let hooks = self.0.hooks.for_ready_connections();
        let pool = self.0.pool.another(backend.max_connections(), longest_wait, hooks.clone())?;
        let Inner { compares, options, watched, lazy_loads, .. } = *self.0;
        let (comments, meter) = (self.0.comments.clone(), self.0.meter.clone());
        Ok(Self::new(Inner {
            backend,
            location: OnceLock::new(),
            pool,
            tables: KnownTables::default(),
            compares,
            options,
            hooks,
            watched,
            comments,
            meter,
            lazy_loads,
        }))
    }

    /// What was counted so far; `None` unless the engine was built with [`metrics`](EngineBuilder::metrics).
    ///
    /// See the example of [`Engine`].
    pub fn metrics(&self) -> Option<Metrics> {
        self.0.meter.as_ref().map(|meter| meter.read())
    }

    /// A connection for the engine's own statements, after which no reset is needed. `at` is the place in the program.
    ///
    /// # Errors
    ///
    /// Those of [`connection`](Engine::connection).
    pub(crate) fn take_connection(&self, at: At) -> Result<Conn> {
        self.take_limited(at, Bounds::default())
    }

    /// A connection whose statements are limited, as is the waiting for it.
    ///
    /// # Errors
    ///
    /// Those of [`connection`](Engine::connection), `Cancelled` and `Timeout`.
    pub(crate) fn take_limited(&self, at: At, bounds: Bounds) -> Result<Conn> {
        let place = self.0.pool.check_out(&*self.0.backend, at, &bounds)?;
        Ok(Conn::new(self.clone(), place, bounds))
    }

    /// The cached definitions of tables.
    pub(super) fn tables(&self) -> &KnownTables {
        &self.0.tables
    }

    pub(super) fn hooks(&self) -> &Hooks {
        &self.0.hooks
    }

    /// Whether somebody wants to know the rows of a flush.
    pub(crate) fn wants_rows(&self) -> bool {
        self.hooks().want_rows
    }

    /// Whether statements are looked at.
    pub(super) fn is_watched(&self) -> bool {
        self.0.watched
    }

    /// A statement with its comment, where it is to have one.
    pub(super) fn commented<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        match &self.0.comments {
            Some(comments) => comments.append(sql),
            None => Cow::Borrowed(sql),
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("backend", &self.0.backend).field("pool", &self.0.pool).finish()
    }
}
