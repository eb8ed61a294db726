use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::handle::Inner;
use super::hooks::{AfterStatement, Hooks, OnConnect};
use super::limits::take_timeouts;
use super::metrics::Meter;
use super::pool::{Pool, PoolOptions};
use super::statement::{Comments, Echo, Slow};
use super::tables::KnownTables;
use super::{DatabaseUrl, Engine, EngineHooks, LazyLoads, PoolKind, StatementEvent, StatementTags};
use crate::driver::{Backend, Connection, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};

/// Builds an [`Engine`] with options.
///
/// [`build`](EngineBuilder::build) returns the error of a wrong URL or option. The engine connects at the first statement.
///
/// ```
/// use std::time::Duration;
///
/// use orm::{Engine, LazyLoads, PoolKind, TransactionOptions};
///
/// let engine = Engine::builder("sqlite://")
///     .option("busy_timeout", "2000")
///     // The pool.
///     .pool(PoolKind::Queue)
///     .pool_size(4)
///     .max_overflow(0)
///     .pool_timeout(Duration::from_secs(2))
///     .pool_recycle(Duration::from_secs(3600))
///     .pool_pre_ping(true)
///     .warn_held_longer_than(Duration::from_secs(10))
///     // What is logged, counted and watched.
///     .echo(true)
///     .hide_parameters(true)
///     .slow_statements(Duration::from_millis(200))
///     .metrics(true)
///     .watch_lazy_loads(LazyLoads::Warn(10))
///     .on_statement(|statement| println!("{:?} took {:?}", statement.kind(), statement.elapsed))
///     // Connections and transactions.
///     .on_connect(|connection| connection.execute_script("PRAGMA cache_size = 10000"))
///     .transaction_options(TransactionOptions::new().statement_timeout(Duration::from_secs(5)))
///     .compare_updates(false)
///     .wrap_backend(|backend| backend) // by one that records, or injects failures
///     .build()?;
/// engine.ping()?;
/// # Ok::<(), orm::Error>(())
/// ```
pub struct EngineBuilder<E = Engine> {
    source: Result<Source>,
    wraps: Vec<Wrap>,
    pool: PoolOptions,
    echo: bool,
    hide_parameters: bool,
    slow: Option<Duration>,
    compares: bool,
    options: TransactionOptions,
    hooks: Vec<Arc<dyn EngineHooks>>,
    comments: Option<Comments>,
    meter: Option<Arc<Meter>>,
    lazy_loads: Option<LazyLoads>,
    engine: PhantomData<fn() -> E>,
}

/// Where the backend comes from.
#[derive(Debug)]
enum Source {
    Backend(Arc<dyn Backend>),
    Url(DatabaseUrl, fn(&DatabaseUrl) -> Result<Arc<dyn Backend>>),
}

type Wrap = Box<dyn FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend> + Send>;

impl<E: From<Engine>> EngineBuilder<E> {
    /// The options of an engine over `backend`.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use orm::driver::{Backend, DatabaseUrl};
    /// use orm::{Engine, EngineBuilder, Error, ErrorKind, Result};
    ///
    /// fn over(backend: Arc<dyn Backend>) -> Result<Engine> {
    ///     EngineBuilder::new(backend).pool_size(2).build()
    /// }
    ///
    /// fn choose(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    ///     Err(Error::unsupported("this program", url.scheme()))
    /// }
    /// let refused = EngineBuilder::from_url("cars://", choose).build();
    /// assert!(refused.is_err_and(|error| error.kind() == ErrorKind::Unsupported));
    /// let refused = EngineBuilder::refused(Error::new(ErrorKind::Config, "there is no URL")).build();
    /// assert!(refused.is_err_and(|error| error.kind() == ErrorKind::Config));
    /// ```
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self::over(Ok(Source::Backend(backend)))
    }

    /// The options of an engine over the backend that `choose` finds for a URL. Errors are kept for [`build`](EngineBuilder::build).
    ///
    /// See the example of [`new`](EngineBuilder::new).
    pub fn from_url(url: &str, choose: fn(&DatabaseUrl) -> Result<Arc<dyn Backend>>) -> Self {
        Self::over(DatabaseUrl::parse(url).map(|url| Source::Url(url, choose)))
    }

    /// The options of an engine that cannot be made.
    ///
    /// See the example of [`new`](EngineBuilder::new).
    pub fn refused(error: Error) -> Self {
        Self::over(Err(error))
    }

    fn over(source: Result<Source>) -> Self {
        Self {
            source,
            wraps: Vec::new(),
            pool: PoolOptions::default(),
            echo: false,
            hide_parameters: false,
            slow: None,
            compares: true,
            options: TransactionOptions::new(),
            hooks: Vec::new(),
            comments: None,
            meter: None,
            lazy_loads: None,
            engine: PhantomData,
        }
    }

    /// Sets an option of the database, as the URL can: `.option("journal_mode", "delete")`. The value needs no encoding here.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        match &mut self.source {
            Ok(Source::Url(url, _)) => url.set_option(name, value.into()),
            Ok(Source::Backend(_)) => {
                let message = format!("the option `{name}` is one of a URL, and this engine has a backend of your own");
                self.source = Err(Error::new(ErrorKind::Config, message));
            }
            // The first mistake is the one to tell.
            Err(_) => {}
        }
        self
    }

    /// How connections are kept. The default is [`PoolKind::Queue`].
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn pool(mut self, kind: PoolKind) -> Self {
        self.pool.kind = kind;
        self
    }

    /// The number of connections that the pool keeps. The default is 5.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn pool_size(mut self, connections: u32) -> Self {
        self.pool.size = Some(connections);
        self
    }

    /// The number of connections that the pool may open beyond that under load. They are closed when they come back and no thread waits.
    /// The default is 10.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn max_overflow(mut self, connections: u32) -> Self {
        self.pool.overflow = Some(connections);
        self
    }

    /// The time to wait for a connection when all are in use. The default is 30 seconds.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.pool.timeout = timeout;
        self
    }

    /// Replaces a connection that is older than `age` when it is taken. By default connections have no age limit.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn pool_recycle(mut self, age: Duration) -> Self {
        self.pool.recycle = Some(age);
        self
    }

    /// Whether to test a pooled connection before it is used again, and to replace it if it does not answer.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn pool_pre_ping(mut self, ping: bool) -> Self {
        self.pool.pre_ping = ping;
        self
    }

    /// Warns of a connection that is held for longer than `limit`, once for each check-out, through `tracing` under the target
    /// `orm::pool`. The warning says where in the program the connection was taken, and of a session, where that was made. It comes when
    /// somebody else wants a connection, and at the latest when the connection is given back.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn warn_held_longer_than(mut self, limit: Duration) -> Self {
        self.pool.longest_hold = Some(limit);
        self
    }

    /// Whether to log each statement with its parameters and time, through `tracing` at level INFO under the target
    /// `orm::statement`.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn echo(mut self, echo: bool) -> Self {
        self.echo = echo;
        self
    }

    /// Whether `echo` leaves out the parameters of statements.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn hide_parameters(mut self, hide: bool) -> Self {
        self.hide_parameters = hide;
        self
    }

    /// Logs each statement that takes as long as `limit` or longer, without its parameters, through `tracing` at level WARN under the
    /// target `orm::slow`.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn slow_statements(mut self, limit: Duration) -> Self {
        self.slow = Some(limit);
        self
    }

    /// Whether to count what the engine does, for [`Engine::metrics`].
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn metrics(mut self, count: bool) -> Self {
        self.meter = count.then(Arc::default);
        self
    }

    /// Watches how often relations are loaded one by one, in each session of the engine; see
    /// [`Session::watch_lazy_loads`](crate::session::Session::watch_lazy_loads).
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn watch_lazy_loads(mut self, reaction: LazyLoads) -> Self {
        self.lazy_loads = Some(reaction);
        self
    }

    /// Appends a comment to each statement that says where it came from, in the form of sqlcommenter, for the tools of the database:
    /// `/*application='shop',route='%2Forders'*/`. `tag` is called for each statement. Scripts, what begins and ends transactions, and
    /// statements that have a comment already stay as they are.
    ///
    /// Each comment that differs makes another statement, which the database prepares anew: say what is the same for many statements, as
    /// a route, and not what is new each time, as the number of a request. More than 64 different comments are warned of once.
    ///
    /// ```
    /// # fn main() -> orm::Result<()> {
    /// let builder = orm::Engine::builder("sqlite://").comment_statements(|tags| {
    ///     tags.add("application", "shop");
    /// });
    /// builder.build()?.ping()
    /// # }
    /// ```
    #[must_use]
    pub fn comment_statements(mut self, tag: impl Fn(&mut StatementTags) + Send + Sync + 'static) -> Self {
        self.comments = Some(Comments::new(Box::new(tag)));
        self
    }

    /// Whether the UPDATE of an object compares the old values of the columns that it changes, if neither the transaction nor a version
    /// protects them. The default is true. If it is false, the last writer overwrites changes that others made since the object was
    /// read. `#[orm(optimistic(off))]` sets it for one model.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn compare_updates(mut self, compare: bool) -> Self {
        self.compares = compare;
        self
    }

    /// Makes each connection ready by `set_up`, before anybody has it, and again after it was reset.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn on_connect(self, set_up: impl Fn(&mut dyn Connection) -> Result<()> + Send + Sync + 'static) -> Self {
        self.hooks(OnConnect(set_up))
    }

    /// The default options of the transactions of sessions. With an isolation, `read_only` or `deferrable`, plain reads run in transactions too.
    /// The statement's timeout holds for statements outside transactions as well, and for those of bare connections.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn transaction_options(mut self, options: impl Into<TransactionOptions>) -> Self {
        self.options = options.into();
        self
    }

    /// Calls `after` after each statement.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn on_statement(self, after: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static) -> Self {
        self.hooks(AfterStatement(after))
    }

    /// Tells `hooks` what happens to connections and statements. Several are called in the order in which they were given.
    ///
    /// See the example of [`EngineHooks`].
    #[must_use]
    pub fn hooks(mut self, hooks: impl EngineHooks) -> Self {
        self.hooks.push(Arc::new(hooks));
        self
    }

    /// Wraps the backend that the URL chose, for example to record statements or to inject failures.
    ///
    /// See the example of [`EngineBuilder`].
    #[must_use]
    pub fn wrap_backend(mut self, wrap: impl FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend> + Send + 'static) -> Self {
        self.wraps.push(Box::new(wrap));
        self
    }

    /// The engine. It connects at the first statement.
    ///
    /// See the example of [`EngineBuilder`].
    ///
    /// # Errors
    ///
    /// `Config` when the URL or an option is wrong.
    pub fn build(self) -> Result<E> {
        let (backend, options) = match self.source? {
            Source::Backend(backend) => (backend, self.options),
            Source::Url(mut url, choose) => {
                let options = self.options.or(take_timeouts(&mut url)?);
                (choose(&url)?, options)
            }
        };
        options.check()?;
        let backend = self.wraps.into_iter().fold(backend, |backend, wrap| wrap(backend));
        // What counts comes first, so that it hears of what another one refuses.
        let mut hooks: Vec<Arc<dyn EngineHooks>> = Vec::new();
        hooks.extend(self.meter.clone().map(|meter| meter as Arc<dyn EngineHooks>));
        hooks.extend(self.hooks);
        if self.echo {
            hooks.push(Arc::new(Echo { hides: self.hide_parameters }));
        }
        hooks.extend(self.slow.map(|limit| Arc::new(Slow(limit)) as Arc<dyn EngineHooks>));
        let hooks = Hooks::new(hooks);
        Ok(Engine::new(Inner {
            pool: Pool::new(self.pool, backend.max_connections(), hooks.clone())?,
            backend,
            location: OnceLock::new(),
            tables: KnownTables::default(),
            compares: self.compares,
            options,
            watched: !hooks.is_empty() || self.comments.is_some(),
            hooks,
            comments: self.comments.map(Arc::new),
            meter: self.meter,
            lazy_loads: self.lazy_loads,
        })
        .into())
    }
}

impl<E> fmt::Debug for EngineBuilder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineBuilder")
            .field("source", &self.source)
            .field("pool", &self.pool)
            .field("echo", &self.echo)
            .field("hide_parameters", &self.hide_parameters)
            .field("slow_statements", &self.slow)
            .field("comment_statements", &self.comments.is_some())
            .field("watch_lazy_loads", &self.lazy_loads)
            .field("metrics", &self.meter.is_some())
            .field("compare_updates", &self.compares)
            .field("transaction_options", &self.options)
            .field("hooks", &self.hooks.len())
            .finish()
    }
}
