use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::pool::{Pool, PoolOptions};
use super::statement::{AfterStatement, Echo};
use super::{DatabaseUrl, Engine, StatementEvent, StatementHook};
use crate::driver::Backend;
use crate::error::{Error, ErrorKind, Result};

/// Builds an [`Engine`] with options.
///
/// [`build`](EngineBuilder::build) returns the error of a wrong URL or option. The engine connects at the first statement.
pub struct EngineBuilder<E = Engine> {
    source: Result<Source>,
    wraps: Vec<Wrap>,
    pool: PoolOptions,
    echo: bool,
    compares: bool,
    hooks: Vec<Arc<dyn StatementHook>>,
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
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self::over(Ok(Source::Backend(backend)))
    }

    /// The options of an engine over the backend that `choose` finds for a URL. Errors are kept for [`build`](EngineBuilder::build).
    pub fn from_url(url: &str, choose: fn(&DatabaseUrl) -> Result<Arc<dyn Backend>>) -> Self {
        Self::over(DatabaseUrl::parse(url).map(|url| Source::Url(url, choose)))
    }

    /// The options of an engine that cannot be made.
    pub fn refused(error: Error) -> Self {
        Self::over(Err(error))
    }

    fn over(source: Result<Source>) -> Self {
        Self {
            source,
            wraps: Vec::new(),
            pool: PoolOptions::default(),
            echo: false,
            compares: true,
            hooks: Vec::new(),
            engine: PhantomData,
        }
    }

    /// Sets an option of the database, as the URL can: `.option("journal_mode", "delete")`. The value needs no encoding here.
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

    /// The number of connections that the pool keeps. The default is 5.
    #[must_use]
    pub fn pool_size(mut self, connections: u32) -> Self {
        self.pool.size = connections;
        self
    }

    /// The number of connections that the pool may open beyond that under load. They are closed when they come back and no thread waits.
    /// The default is 10.
    #[must_use]
    pub fn max_overflow(mut self, connections: u32) -> Self {
        self.pool.overflow = connections;
        self
    }

    /// The time to wait for a connection when all are in use. The default is 30 seconds.
    #[must_use]
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.pool.timeout = timeout;
        self
    }

    /// Replaces a connection that is older than `age` when it is taken. By default connections have no age limit.
    #[must_use]
    pub fn pool_recycle(mut self, age: Duration) -> Self {
        self.pool.recycle = Some(age);
        self
    }

    /// Whether to test a pooled connection before it is used again, and to replace it if it does not answer.
    #[must_use]
    pub fn pool_pre_ping(mut self, ping: bool) -> Self {
        self.pool.pre_ping = ping;
        self
    }

    /// Whether to log each statement with its parameters and time, through `tracing` at level INFO under the target
    /// `orm::statement`.
    #[must_use]
    pub fn echo(mut self, echo: bool) -> Self {
        self.echo = echo;
        self
    }

    /// Whether the UPDATE of an object compares the old values of the columns that it changes, if neither the transaction nor a version
    /// protects them. The default is true. If it is false, the last writer overwrites changes that others made since the object was
    /// read. `#[orm(optimistic(off))]` sets it for one model.
    #[must_use]
    pub fn compare_updates(mut self, compare: bool) -> Self {
        self.compares = compare;
        self
    }

    /// Calls `after` after each statement.
    #[must_use]
    pub fn on_statement(self, after: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static) -> Self {
        self.statement_hook(AfterStatement(after))
    }

    /// Calls `hook` before and after each statement.
    #[must_use]
    pub fn statement_hook(mut self, hook: impl StatementHook) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// Wraps the backend that the URL chose, for example to record statements or to inject failures.
    #[must_use]
    pub fn wrap_backend(mut self, wrap: impl FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend> + Send + 'static) -> Self {
        self.wraps.push(Box::new(wrap));
        self
    }

    /// The engine. It connects at the first statement.
    ///
    /// # Errors
    ///
    /// `Config` when the URL or an option is wrong.
    pub fn build(self) -> Result<E> {
        let backend = match self.source? {
            Source::Backend(backend) => backend,
            Source::Url(url, choose) => choose(&url)?,
        };
        let backend = self.wraps.into_iter().fold(backend, |backend, wrap| wrap(backend));
        let pool = Pool::new(&self.pool, backend.max_connections())?;
        let mut hooks = self.hooks;
        if self.echo {
            hooks.push(Arc::new(Echo));
        }
        Ok(Engine::new(backend, pool, hooks, self.compares).into())
    }
}

impl<E> fmt::Debug for EngineBuilder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineBuilder")
            .field("source", &self.source)
            .field("pool", &self.pool)
            .field("echo", &self.echo)
            .field("compare_updates", &self.compares)
            .field("hooks", &self.hooks.len())
            .finish()
    }
}
