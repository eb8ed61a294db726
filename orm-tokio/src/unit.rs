use std::fmt;
use std::time::Duration;

use orm_core::driver::{CancelToken, TransactionOptions};
use orm_core::session::{Attempt, Attempts, Session, Unit};
use orm_core::{Error, Result};
use tokio::time::sleep;

use crate::AsyncEngine;

/// A unit of work in the making, from [`AsyncEngine::unit`]: [`run`](AsyncEngine::run) with options, which may be run again. Between two
/// attempts it holds neither a thread nor a connection.
///
/// ```
/// use std::time::Duration;
///
/// use orm::AsyncEngine;
/// use orm::prelude::*;
///
/// # #[tokio::main]
/// # async fn main() -> orm::Result<()> {
/// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
/// let unit = engine.unit().options(Isolation::Serializable).retries(5).deadline(Duration::from_secs(30));
/// let unit = unit.backoff(Duration::from_millis(20), Duration::from_secs(2));
/// unit.run(|session| {
///     // Everything is read anew each time.
///     session.flush()
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a unit does nothing until it is run"]
pub struct AsyncUnit {
    engine: AsyncEngine,
    unit: Unit,
}

impl AsyncUnit {
    pub(crate) fn new(engine: AsyncEngine, unit: Unit) -> Self {
        Self { engine, unit }
    }

    /// How its transaction runs; see [`Unit::options`].
    ///
    /// See the example of [`AsyncUnit`].
    pub fn options(mut self, options: impl Into<TransactionOptions>) -> Self {
        self.unit = self.unit.options(options);
        self
    }

    /// How often it is run again when it failed for a reason that may be gone the next time; see [`Unit::retries`].
    ///
    /// See the example of [`AsyncUnit`].
    pub fn retries(mut self, retries: u32) -> Self {
        self.unit = self.unit.retries(retries);
        self
    }

    /// How long it waits before it is run again; see [`Unit::backoff`].
    ///
    /// See the example of [`AsyncUnit`].
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.unit = self.unit.backoff(first, longest);
        self
    }

    /// How long all of it may take, with the waiting for a connection; see [`Unit::deadline`].
    ///
    /// See the example of [`AsyncUnit`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.unit = self.unit.deadline(deadline);
        self
    }

    /// Runs `work` in a session of its own on a thread where it may block, commits when it returns `Ok` and rolls back when it returns `Err` or panics.
    ///
    /// See the example of [`AsyncUnit`].
    ///
    /// # Errors
    ///
    /// Those of the last time: of `work`, of the commit, and `PoolTimeout`.
    ///
    /// # Panics
    ///
    /// When `work` does, and outside of a runtime.
    #[track_caller]
    pub fn run<F, R>(&self, work: F) -> impl Future<Output = Result<R>> + Send + use<F, R>
    where
        F: FnMut(&mut Session) -> Result<R> + Send + 'static,
        R: Send + 'static,
    {
        self.repeat(work, |attempts, work| attempts.run(work))
    }

    /// [`run`](AsyncUnit::run) for work that may fail with an error of the application.
    ///
    /// See the example of [`AsyncEngine::try_run`].
    ///
    /// # Errors
    ///
    /// As [`run`](AsyncUnit::run).
    ///
    /// # Panics
    ///
    /// As [`run`](AsyncUnit::run).
    #[track_caller]
    pub fn try_run<F, R, E>(&self, work: F) -> impl Future<Output = Result<R, E>> + Send + use<F, R, E>
    where
        F: FnMut(&mut Session) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.repeat(work, |attempts, work| attempts.try_run(work))
    }
}

/// Work that may be done again.
type Work<'w, R, E> = &'w mut dyn FnMut(&mut Session) -> Result<R, E>;

/// Does it once.
type Run<R, E> = fn(&mut Attempts, Work<'_, R, E>) -> Attempt<Result<R, E>>;

impl AsyncUnit {
    #[track_caller]
    fn repeat<F, R, E>(&self, mut work: F, how: Run<R, E>) -> impl Future<Output = Result<R, E>> + Send + use<F, R, E>
    where
        F: FnMut(&mut Session) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (engine, mut attempts) = (self.engine.clone(), self.unit.attempts());
        async move {
            loop {
                let (this, waits) = (engine.clone(), CancelToken::default());
                let (deadline, token) = (attempts.deadline(), waits.clone());
                let run = engine.work(deadline, waits, move || {
                    let limited: Work<'_, R, E> = &mut |session| {
                        this.limit(session, &token);
                        work(session)
                    };
                    let attempt = how(&mut attempts, limited);
                    (attempts, work, attempt)
                });
                let attempt;
                (attempts, work, attempt) = run.await?;
                match attempt {
                    Attempt::Done(outcome) => return outcome,
                    Attempt::Again(wait) => sleep(wait).await,
                }
            }
        }
    }
}

impl fmt::Debug for AsyncUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncUnit").field("engine", &self.engine).field("unit", &self.unit).finish()
    }
}
