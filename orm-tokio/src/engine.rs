use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use orm_core::driver::CancelToken;
use orm_core::engine::{Engine, PoolStatus};
use orm_core::session::{Attempts, Session, Sessions};
use orm_core::{Error, ErrorKind, Result};
use tokio::time::sleep;

use crate::places::{Place, Places};
use crate::task::Task;
use crate::work::Work;
use crate::{AsyncSession, AsyncUnit};

/// An engine for async programs: its work runs on threads of its own, and is awaited. Clones are cheap and share all of it.
///
/// ```
/// use std::time::Duration;
///
/// use orm::AsyncEngine;
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "users")]
/// struct User {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// #[tokio::main]
/// async fn main() -> orm::Result<()> {
///     let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
///     engine.blocking(|engine| engine.create_all(models![User])).await?;
///
///     // A unit of work: committed when it returns `Ok`, rolled back otherwise.
///     let id = engine
///         .run(|session| {
///             let user = session.add(User { name: "Ann".into(), ..Default::default() });
///             session.flush()?;
///             Ok(session[user].id)
///         })
///         .await?;
///
///     // Work that reads needs no transaction.
///     let names = engine.with_session(|session| User::query().select(User::name).all(session)).await?;
///     assert_eq!((id, names), (1, vec!["Ann".to_owned()]));
///
///     // A session between whose calls the program awaits other things.
///     let mut session = engine.session();
///     let ann = session.one(User::query()).await?;
///     session[ann].name.push('a');
///     session.commit().await?;
///     drop(session);
///
///     assert_eq!(engine.pool_status().checked_out, 0);
///     engine.close(Duration::from_secs(5)).await
/// }
/// ```
///
/// As many pieces of work run at once as the pool has connections, each on a thread that is started when it is needed; where the pool has no limit
/// these are 64. Those that wait for a connection are futures. They hold no thread, are served in the order of arrival by the thread that gives a connection back, and end in
/// `PoolTimeout` after the time that `pool_timeout` says. The engine may be used by other threads of the program as well, and shares
/// its connections with them.
///
/// **Dropped futures.** When a future of this crate is dropped before it is done, as by `select!` or a timeout, the statement that runs is done,
/// no further one is sent, and the transaction is rolled back. That happens on the work's thread, and the connection goes back clean.
/// [`cancel_dropped`](AsyncEngine::cancel_dropped) cancels the statement that runs, too. A commit whose statement was sent may take place, as
/// that of any program that does not wait for the answer.
///
/// **Panics** of closures go on in the task that awaits them. The work is rolled back before.
///
/// # Panics
///
/// The futures need a tokio runtime with its timer (`enable_time` or `enable_all`, as `#[tokio::main]` has it), of either flavour.
#[derive(Clone)]
pub struct AsyncEngine {
    sessions: Sessions,
    /// The engine with the fewest connections, of those that a session has connections of.
    narrowest: Engine,
    places: Arc<Places>,
    cancels: bool,
}

/// Work that is done once.
type Once<'w, R, E> = Box<dyn FnOnce(&mut Session) -> Result<R, E> + 'w>;

impl AsyncEngine {
    /// The async front of an engine. Make one and clone it: each that is made has threads of its own.
    ///
    /// See the example of [`AsyncEngine`].
    #[must_use]
    pub fn new(engine: impl Into<Engine>) -> Self {
        Self::of_sessions(engine.into().sessions())
    }

    /// The async front of an engine, whose sessions are those of a factory: with its options and listeners.
    ///
    /// Where models are bound to [several databases](Sessions::bind), or are read from replicas, a session may have a connection of each. Then as much
    /// work is done at once as the smallest of their pools has connections, so that no thread waits for another one; `pool_timeout` is that of this pool.
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// let sessions = engine.sessions().set_up(|session| session.on_after_commit(|_| println!("committed")));
    /// let engine = AsyncEngine::of_sessions(sessions);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn of_sessions(sessions: Sessions) -> Self {
        let narrowest = sessions.engines().min_by_key(|engine| engine.pool_status().limit).unwrap_or(sessions.engine());
        let (narrowest, places) = (narrowest.clone(), Places::of(narrowest));
        Self { sessions, narrowest, places, cancels: false }
    }

    /// Whether the statement that runs for a dropped future is cancelled, on the server too. By default it is done, which leaves the connection
    /// to others as soon, unless statements take long. It costs each statement that waits a look every 20 milliseconds; see
    /// [`CancelToken`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// let engine = AsyncEngine::new(Engine::connect("sqlite://")?).cancel_dropped(true);
    /// let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    /// let report = engine.with_session(move |session| sql(endless).one::<i64>(session));
    /// assert!(tokio::time::timeout(Duration::from_millis(50), report).await.is_err());
    /// // The only connection is free again.
    /// assert_eq!(engine.with_session(|session| sql("SELECT 1").one::<i64>(session)).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cancel_dropped(mut self, cancel: bool) -> Self {
        self.cancels = cancel;
        self
    }

    /// Runs `work` in a session of its own on a thread where it may block, commits when it returns `Ok` and rolls back when it returns `Err` or panics, as
    /// [`Engine::transaction`] does. It is what most handlers of requests need. A [`unit`](AsyncEngine::unit) has options, and may
    /// be run again.
    ///
    /// See the example of [`AsyncEngine`].
    ///
    /// # Errors
    ///
    /// Those of `work` and of the commit, and `PoolTimeout` when all connections stay in use.
    ///
    /// # Panics
    ///
    /// When `work` does, and outside of a runtime.
    #[track_caller]
    pub fn run<F, R>(&self, work: F) -> impl Future<Output = Result<R>> + Send + use<F, R>
    where
        F: FnOnce(&mut Session) -> Result<R> + Send + 'static,
        R: Send + 'static,
    {
        self.once(|attempts, work| attempts.run_once(work), work)
    }

    /// [`run`](AsyncEngine::run) for work that may fail with an error of the application, which is any type that an [`orm::Error`](Error)
    /// can become.
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// #[derive(Debug)]
    /// enum AppError {
    ///     Database(orm::Error),
    ///     Forbidden,
    /// }
    ///
    /// impl From<orm::Error> for AppError {
    ///     fn from(error: orm::Error) -> Self {
    ///         Self::Database(error)
    ///     }
    /// }
    ///
    /// async fn guarded(engine: &AsyncEngine) -> Result<(), AppError> {
    ///     engine.try_run(|_| Err(AppError::Forbidden)).await
    /// }
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
    /// assert!(matches!(guarded(&engine).await, Err(AppError::Forbidden)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`](AsyncEngine::run).
    ///
    /// # Panics
    ///
    /// As [`run`](AsyncEngine::run).
    #[track_caller]
    pub fn try_run<F, R, E>(&self, work: F) -> impl Future<Output = Result<R, E>> + Send + use<F, R, E>
    where
        F: FnOnce(&mut Session) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.once(|attempts, work| attempts.try_run_once(work), work)
    }

    /// A unit of work in the making: [`run`](AsyncEngine::run) with options, which may be run again.
    ///
    /// See the example of [`AsyncUnit`].
    pub fn unit(&self) -> AsyncUnit {
        AsyncUnit::new(self.clone(), self.sessions.unit())
    }

    /// Runs `work` in a session of its own that ends with it, and without a transaction around it: for work that only reads, which then waits for
    /// nobody's transaction. What `work` does not commit itself is rolled back, as when any session is dropped.
    ///
    /// See the example of [`AsyncEngine`].
    ///
    /// # Errors
    ///
    /// Those of `work`, and `PoolTimeout` when all connections stay in use.
    ///
    /// # Panics
    ///
    /// As [`run`](AsyncEngine::run).
    #[track_caller]
    pub fn with_session<F, R, E>(&self, work: F) -> impl Future<Output = Result<R, E>> + Send + use<F, R, E>
    where
        F: FnOnce(&mut Session) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (mut session, engine, waits) = (self.sessions.session(), self.clone(), CancelToken::default());
        self.limit(&mut session, &waits);
        async move { engine.work(None, waits, move || work(&mut session)).await? }
    }

    /// Runs `work` on a thread where it may block, with the engine: to create tables, to ping, to read the schema. Work that has begun is done, even if
    /// the future is dropped.
    ///
    /// See the example of [`AsyncEngine`].
    ///
    /// # Errors
    ///
    /// Those of `work`, and `PoolTimeout` when all connections stay in use.
    ///
    /// # Panics
    ///
    /// As [`run`](AsyncEngine::run).
    pub fn blocking<F, R, E>(&self, work: F) -> impl Future<Output = Result<R, E>> + Send + use<F, R, E>
    where
        F: FnOnce(&Engine) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (this, engine) = (self.clone(), self.engine().clone());
        async move { this.work(None, CancelToken::default(), move || work(&engine)).await? }
    }

    /// A session whose statements are awaited. It takes a connection at its first statement.
    ///
    /// See the example of [`AsyncSession`].
    #[track_caller]
    pub fn session(&self) -> AsyncSession {
        AsyncSession::new(self.clone(), self.sessions.session())
    }

    /// The engine below: its statements block the thread that they run on.
    ///
    /// See the example of [`pool_status`](AsyncEngine::pool_status).
    pub fn engine(&self) -> &Engine {
        self.sessions.engine()
    }

    /// What the pool holds at this moment. `waiting` counts futures, too.
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// let engine = AsyncEngine::new(Engine::builder("sqlite:///app.db").pool_size(8).max_overflow(0).build()?);
    /// let status = engine.pool_status();
    /// assert_eq!((status.limit, status.checked_out, status.waiting), (8, 0, 0));
    /// assert_eq!(engine.engine().pool_status(), status); // nobody waits
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn pool_status(&self) -> PoolStatus {
        let mut status = self.engine().pool_status();
        status.waiting += self.places.waiting();
        status
    }

    /// Ends the work of the engine, as before the end of a program: new work and what waits for a connection is refused with `InvalidState`, and what runs is waited for,
    /// for at most `limit`.
    /// A session in a transaction may go on until its end.
    ///
    /// See the example of [`AsyncEngine`].
    ///
    /// # Errors
    ///
    /// `Timeout` when work is not done by then. It goes on.
    pub async fn close(&self, limit: Duration) -> Result<()> {
        self.places.close(limit).await
    }

    /// Runs a unit of work that has one attempt.
    #[track_caller]
    fn once<F, R, E>(
        &self,
        how: fn(Attempts, Once<'_, R, E>) -> Result<R, E>,
        work: F,
    ) -> impl Future<Output = Result<R, E>> + Send + use<F, R, E>
    where
        F: FnOnce(&mut Session) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (engine, attempts, waits) = (self.clone(), self.sessions.unit().attempts(), CancelToken::default());
        let (this, token) = (self.clone(), waits.clone());
        let work = move |session: &mut Session| {
            this.limit(session, &token);
            work(session)
        };
        async move { engine.work(None, waits, move || how(attempts, Box::new(work))).await? }
    }

    /// Waits for a place.
    pub(crate) async fn place(&self) -> Result<Option<Place>> {
        match self.places.take_free()? {
            None => self.outcome(&mut self.places.start(TakePlace, CancelToken::default()), None).await,
            free => Ok(free),
        }
    }

    /// Waits for a place, and runs `work` on a thread.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        deadline: Option<Instant>,
        waits: CancelToken,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let mut task = self.places.start(work, waits);
        self.outcome(&mut task, deadline).await
    }

    /// Waits for the outcome of work, and for its place as long as the pool lets one wait for a connection, and not beyond `deadline`.
    pub(crate) async fn outcome<T: Send + 'static>(&self, task: &mut Task<T>, deadline: Option<Instant>) -> Result<T> {
        let since = Instant::now();
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(since));
        match task.within(sleep(self.narrowest.pool_timeout().min(left))).await {
            Some(outcome) => outcome,
            None if deadline.is_some_and(|deadline| deadline <= Instant::now()) => {
                let message = "the deadline has passed while all connections were in use; nothing was run";
                Err(Error::new(ErrorKind::Timeout, message))
            }
            None => Err(self.narrowest.pool_timed_out(since.elapsed())),
        }
    }

    pub(crate) fn places(&self) -> &Arc<Places> {
        &self.places
    }

    /// Lets the session end its work when `waits` is cancelled.
    pub(crate) fn limit(&self, session: &mut Session, waits: &CancelToken) {
        session.stop_by(waits.clone());
        if self.cancels {
            session.cancel_by(waits.clone());
        }
    }
}

impl fmt::Debug for AsyncEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncEngine").field("engine", self.engine()).field("cancel_dropped", &self.cancels).finish()
    }
}

/// Nothing but a place.
struct TakePlace;

impl Work for TakePlace {
    type Outcome = Option<Place>;

    fn run(self, place: &mut Option<Place>) -> Self::Outcome {
        place.take()
    }
}
