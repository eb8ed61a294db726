use std::fmt;
use std::sync::Arc;
#[cfg(feature = "redis")]
use std::time::Duration;

use orm_core::Result;
use orm_core::engine::Engine;
#[cfg(feature = "redis")]
use orm_core::{Error, ErrorKind};

use crate::CacheHooks;
use crate::listener::Listener;
use crate::region::RegionBuilder;
use crate::store::{Local, Shared};
#[cfg(feature = "redis")]
use crate::store::{RedisSettings, RedisStore};
use crate::tags::Tag;

/// Caches of a program, with what they know of changes. Clones share everything.
///
/// The engine's [`hooks`](Cache::hooks) see each commit, whoever made it: flushes, bulk statements, SQL of the user's, migrations. Writes by programs without
/// them are seen when the time to live of an entry is over.
///
/// See the example of [the crate](crate).
#[derive(Clone)]
pub struct Cache(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) shared: Shared,
}

impl Cache {
    /// Caches of this process alone.
    #[must_use]
    pub fn in_memory() -> Self {
        Self(Arc::new(Inner { shared: Shared::Local(Local::new()) }))
    }

    /// Lets processes with caches in memory tell each other of their commits, by `LISTEN` and `NOTIFY` of PostgreSQL: all that listen to one channel of one
    /// database. It takes two connections of the engine.
    ///
    /// This process has forgotten what a commit changed before the call that commits returns. The others hear of it a moment later, unlike those that
    /// share a Redis. While the database is not heard, and when the listener was dropped, nothing is believed: reads come from the database.
    ///
    /// ```no_run
    /// # use orm::prelude::*;
    /// use orm_cache::Cache;
    ///
    /// let cache = Cache::in_memory();
    /// let engine = Engine::builder("postgresql://localhost/shop").hooks(cache.hooks()).build()?;
    /// let listener = cache.listen(&engine, "shop_cache")?; // as long as the program runs
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` on another database; `InvalidState` when it listens already, and for a cache in Redis, which needs none; those of connecting and of
    /// [`Conn::listen`](orm_core::engine::Conn::listen).
    pub fn listen(&self, engine: &Engine, channel: impl Into<String>) -> Result<Listener> {
        match &self.0.shared {
            Shared::Local(local) => local.listen(engine, channel.into()),
            #[cfg(feature = "redis")]
            Shared::Redis(_) => {
                Err(Error::new(ErrorKind::InvalidState, "a cache in Redis learns of changes from Redis"))
            }
        }
    }

    /// Caches in Redis, shared by all processes that use it with the same prefix. A region has a level in memory above it, if it has a
    /// [`size`](RegionBuilder::size).
    ///
    /// ```no_run
    /// use orm_cache::Cache;
    ///
    /// let cache = Cache::redis("redis://localhost").prefix("shop").build()?;
    /// # Ok::<(), orm_cache::Error>(())
    /// ```
    #[cfg(feature = "redis")]
    pub fn redis(url: impl Into<String>) -> RedisBuilder {
        let settings =
            RedisSettings { prefix: "orm".to_owned(), timeout: Duration::from_secs(1), lock: Duration::from_secs(10) };
        RedisBuilder { url: url.into(), settings }
    }

    /// Begins a region. Regions of one name share their entries in Redis, and none in memory: make one and clone it.
    pub fn region(&self, name: impl Into<String>) -> RegionBuilder {
        RegionBuilder::new(self.clone(), name.into())
    }

    /// What an engine has to tell: for [`EngineBuilder::hooks`](orm_core::engine::EngineBuilder::hooks). Each engine gets its own.
    #[must_use]
    pub fn hooks(&self) -> CacheHooks {
        CacheHooks::new(self.clone())
    }

    /// Forgets what was made of these tables: for writes that no hook sees.
    pub fn forget_tables<'t>(&self, tables: impl IntoIterator<Item = &'t str>) {
        self.change(
            tables
                .into_iter()
                .flat_map(|table| [Tag::whole(table), Tag::rows(table), Tag::references(table)])
                .chain([Tag::any_references()])
                .collect(),
        );
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.change(vec![Tag::everything()]);
    }

    /// Notes a change. What Redis does not take is counted, and owed to it.
    pub(crate) fn change(&self, tags: Vec<Tag>) {
        if let Err(error) = self.0.shared.change(tags) {
            tracing::warn!(target: "orm::cache", %error, "a change is noted when Redis answers again");
        }
    }

    /// How many requests to Redis failed, or how often the database was not heard. Reads then came from the database.
    #[must_use]
    pub fn store_errors(&self) -> u64 {
        match &self.0.shared {
            Shared::Local(local) => local.errors(),
            #[cfg(feature = "redis")]
            Shared::Redis(store) => store.errors(),
        }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let store = match &self.0.shared {
            Shared::Local(_) => "memory",
            #[cfg(feature = "redis")]
            Shared::Redis(_) => "Redis",
        };
        f.debug_struct("Cache").field("store", &store).finish()
    }
}

/// What a cache in Redis is made of; see [`Cache::redis`].
#[cfg(feature = "redis")]
#[derive(Clone)]
pub struct RedisBuilder {
    url: String,
    settings: RedisSettings,
}

#[cfg(feature = "redis")]
impl RedisBuilder {
    /// The prefix of all keys in Redis, by default `orm`. Programs that share nothing need different ones.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings.prefix = prefix.into();
        self
    }

    /// The timeout of a request to Redis, after which the database is asked instead. One second by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How long other processes wait for the one that loads a value. Ten seconds by default.
    #[must_use]
    pub fn lock(mut self, lock: Duration) -> Self {
        self.settings.lock = lock;
        self
    }

    /// The cache. No connection is made yet.
    ///
    /// # Errors
    ///
    /// `Config` when the URL is none.
    pub fn build(self) -> Result<Cache> {
        let store = RedisStore::new(&self.url, self.settings)?;
        Ok(Cache(Arc::new(Inner { shared: Shared::Redis(Box::new(store)) })))
    }
}

/// Without the URL, which has a password.
#[cfg(feature = "redis")]
impl fmt::Debug for RedisBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
