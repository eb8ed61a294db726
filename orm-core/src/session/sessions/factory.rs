use std::fmt;
use std::hash::Hash;
use std::panic::Location;
use std::sync::Arc;

use super::{KeyedSessions, ScopedSessions};
use crate::driver::TransactionOptions;
use crate::engine::{At, Engine, LazyLoads};
use crate::error::{Error, Result};
use crate::session::databases::{Replicas, Routes};
use crate::session::{Session, Unit};

type SetUp = Arc<dyn Fn(&mut Session) + Send + Sync>;

/// Makes sessions that have options and listeners in common, from [`Engine::sessions`]. A program keeps one, as it keeps the engine; clones are
/// cheap.
///
/// ```
/// # use orm::prelude::*;
/// # use orm::LazyLoads;
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![User])?;
/// let sessions = engine
///     .sessions()
///     .autoflush(false)
///     .expire_on_commit(false)
///     .transaction_options(Isolation::Serializable)
///     .compare_updates(false)
///     .watch_lazy_loads(LazyLoads::Warn(10))
///     .set_up(|session| session.on_after_commit(|_| println!("committed")));
///
/// let mut session = sessions.session();
/// session.add(User { name: "Ann".into(), ..Default::default() });
/// session.commit()?; // prints
/// sessions.transaction(|session| {
///     session.add(User { name: "Bob".into(), ..Default::default() });
///     Ok(())
/// })?; // prints, too
/// sessions.unit().retries(3).run(|session| User::query().delete().execute(session))?;
/// assert_eq!(User::query().count(&mut sessions.engine().session())?, 0);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a factory does nothing until it makes a session"]
pub struct Sessions {
    engine: Engine,
    autoflush: bool,
    expire_on_commit: bool,
    compares: bool,
    options: TransactionOptions,
    lazy_loads: Option<LazyLoads>,
    schema: Option<Arc<str>>,
    set_up: Vec<SetUp>,
    /// The databases that models are bound to.
    pub(super) routes: Option<Arc<Routes>>,
    pub(super) replicas: Option<Arc<Replicas>>,
}

impl Engine {
    /// A factory of sessions over this engine. Without options it makes what [`session`](Engine::session) makes.
    ///
    /// See the example of [`Sessions`].
    pub fn sessions(&self) -> Sessions {
        Sessions {
            engine: self.clone(),
            autoflush: true,
            expire_on_commit: true,
            compares: self.compares_updates(),
            options: TransactionOptions::new(),
            lazy_loads: self.lazy_loads(),
            schema: None,
            set_up: Vec::new(),
            routes: None,
            replicas: None,
        }
    }
}

impl Sessions {
    /// Whether queries write pending changes first; see [`set_autoflush`](Session::set_autoflush).
    ///
    /// See the example of [`Sessions`].
    pub fn autoflush(mut self, on: bool) -> Self {
        self.autoflush = on;
        self
    }

    /// Whether what was read is asked anew after a commit; see [`set_expire_on_commit`](Session::set_expire_on_commit).
    ///
    /// See the example of [`Sessions`].
    pub fn expire_on_commit(mut self, on: bool) -> Self {
        self.expire_on_commit = on;
        self
    }

    /// How transactions run: an isolation, or [`TransactionOptions`]. What they leave open is as the engine has it; see
    /// [`set_transaction_options`](Session::set_transaction_options).
    ///
    /// See the example of [`Sessions`].
    pub fn transaction_options(mut self, options: impl Into<TransactionOptions>) -> Self {
        self.options = options.into();
        self
    }

    /// Whether UPDATEs compare what was read, as the engine has it unless this is said; see
    /// [`compare_updates`](crate::engine::EngineBuilder::compare_updates).
    ///
    /// See the example of [`Sessions`].
    pub fn compare_updates(mut self, compare: bool) -> Self {
        self.compares = compare;
        self
    }

    /// Watches how often relations are loaded one by one, as the engine has it unless this is said; `None` does not. See
    /// [`watch_lazy_loads`](Session::watch_lazy_loads).
    ///
    /// See the example of [`Sessions`].
    pub fn watch_lazy_loads(mut self, reaction: impl Into<Option<LazyLoads>>) -> Self {
        self.lazy_loads = reaction.into();
        self
    }

    /// The schema of all tables that name none; see [`set_schema`](Session::set_schema).
    ///
    /// See the example of [`set_schema`](Session::set_schema).
    pub fn schema(mut self, schema: impl Into<Arc<str>>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Calls `set_up` with each new session: for its listeners, and for whatever else all of them are to have. Several are called in the order
    /// in which they were given.
    ///
    /// See the example of [`Sessions`].
    pub fn set_up(mut self, set_up: impl Fn(&mut Session) + Send + Sync + 'static) -> Self {
        self.set_up.push(Arc::new(set_up));
        self
    }

    pub(crate) fn options(&self) -> TransactionOptions {
        self.options
    }

    /// The engine of the sessions.
    ///
    /// See the example of [`Sessions`].
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A new session. It takes a connection at its first statement.
    ///
    /// See the example of [`Sessions`].
    #[track_caller]
    pub fn session(&self) -> Session {
        self.make(Location::caller())
    }

    /// Runs `work` in a new session, commits when it returns `Ok` and rolls back when it returns `Err` or panics; see
    /// [`Engine::transaction`].
    ///
    /// See the example of [`Sessions`].
    ///
    /// # Errors
    ///
    /// Those of `work`, and of the commit.
    #[track_caller]
    pub fn transaction<R>(&self, work: impl FnOnce(&mut Session) -> Result<R>) -> Result<R> {
        self.unit().run_once(work)
    }

    /// [`transaction`](Sessions::transaction) for work that may fail with an error of the application; see [`Engine::try_transaction`].
    ///
    /// See the example of [`Engine::try_transaction`].
    ///
    /// # Errors
    ///
    /// As [`transaction`](Sessions::transaction).
    #[track_caller]
    pub fn try_transaction<R, E: From<Error>>(&self, work: impl FnOnce(&mut Session) -> Result<R, E>) -> Result<R, E> {
        self.unit().try_run_once(work)
    }

    /// A unit of work in the making, which may be run again; see [`Engine::unit`].
    ///
    /// See the example of [`Sessions`].
    pub fn unit(&self) -> Unit {
        Unit::new(self.clone())
    }

    /// A registry that keeps one of these sessions for each thread.
    ///
    /// See the example of [`ScopedSessions`].
    pub fn scoped(self) -> ScopedSessions {
        ScopedSessions::new(self)
    }

    /// A registry that keeps one of these sessions for each key that `key` returns: for scopes that are no threads.
    ///
    /// See the example of [`KeyedSessions`].
    pub fn scoped_by<K: Eq + Hash + Clone>(self, key: impl Fn() -> K + Send + Sync + 'static) -> KeyedSessions<K> {
        KeyedSessions::new(self, key)
    }

    pub(crate) fn make(&self, at: At) -> Session {
        self.make_one(at, false)
    }

    pub(super) fn make_one(&self, at: At, only_reads: bool) -> Session {
        let mut session = Session::new(self.engine.clone(), at);
        if let Some(routes) = &self.routes {
            session.links.bind(routes);
        }
        if let Some(replicas) = &self.replicas {
            session.links.main().set_replicas(replicas);
        }
        if self.schema.is_some() {
            session.place_in(self.schema.as_deref());
        }
        if only_reads {
            session.links.read_only();
        }
        session.autoflush = self.autoflush;
        session.expire_on_commit = self.expire_on_commit;
        session.store.compares = self.compares;
        session.set_transaction_options(self.options);
        session.watch_lazy_loads(self.lazy_loads);
        self.set_up.iter().for_each(|set_up| set_up(&mut session));
        session
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("engine", &self.engine)
            .field("autoflush", &self.autoflush)
            .field("expire_on_commit", &self.expire_on_commit)
            .field("compare_updates", &self.compares)
            .field("transaction_options", &self.options)
            .field("watch_lazy_loads", &self.lazy_loads)
            .field("schema", &self.schema)
            .field("set_up", &self.set_up.len())
            .field("routes", &self.routes)
            .field("replicas", &self.replicas)
            .finish()
    }
}
