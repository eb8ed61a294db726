//! Units of work: a session and its transaction from the first statement to the commit, and once more where that may help.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::Duration;

use crate::driver::TransactionOptions;
use crate::engine::{At, Engine};
use crate::error::{Error, Result};
use crate::session::transaction::attempts::Attempt;
use crate::session::transaction::commit::span;
use crate::session::{Session, Sessions};

impl Engine {
    /// Runs `work` in a session of its own, commits when it returns `Ok` and rolls back when it returns `Err` or panics.
    ///
    /// Where only one transaction can write at a time, as on SQLite, it begins with the first statement and waits for its turn there, so that
    /// what it reads is still so when it writes. Work that only reads is better done in a [`session`](Engine::session), which waits for
    /// nobody. A [`unit`](Engine::unit) has options, and may be run again.
    ///
    /// The error of `work` is [`orm::Error`](Error), so that its closure needs no types. Work that fails with errors of the application too
    /// runs in [`try_transaction`](Engine::try_transaction).
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// Those of `work`, and of the commit.
    #[track_caller]
    pub fn transaction<R>(&self, work: impl FnOnce(&mut Session) -> Result<R>) -> Result<R> {
        self.unit().run_once(work)
    }

    /// [`transaction`](Engine::transaction) for work that may fail with an error of the application, which is any type that an
    /// [`orm::Error`](Error) can become. The compiler has to know which: from the signature around it, or from a type on the closure.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "users")]
    /// # struct User {
    /// #     #[orm(primary_key)]
    /// #     id: i64,
    /// #     may_write: bool,
    /// # }
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
    /// fn rename(engine: &Engine) -> Result<(), AppError> {
    ///     engine.try_transaction(|session| {
    ///         let user = User::query().one(session)?;
    ///         if session[user].may_write { Ok(()) } else { Err(AppError::Forbidden) }
    ///     })
    /// }
    ///
    /// // Run again, with options; and as a part of a transaction.
    /// fn rename_again(engine: &Engine) -> Result<(), AppError> {
    ///     engine.unit().retries(3).try_run(|session| session.try_nested(|_| Err(AppError::Forbidden)))
    /// }
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![User])?;
    /// assert!(matches!(rename_again(&engine), Err(AppError::Forbidden)));
    /// assert!(matches!(rename(&engine), Err(AppError::Database(error)) if error.kind() == ErrorKind::NotFound));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`transaction`](Engine::transaction).
    #[track_caller]
    pub fn try_transaction<R, E: From<Error>>(&self, work: impl FnOnce(&mut Session) -> Result<R, E>) -> Result<R, E> {
        self.unit().try_run_once(work)
    }

    /// A unit of work in the making: a [`transaction`](Engine::transaction) with options, which may be run again.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use orm::{Engine, Isolation};
    ///
    /// let engine = Engine::connect("sqlite://")?;
    /// let unit = engine.unit().options(Isolation::Serializable).retries(5).deadline(Duration::from_secs(30));
    /// unit.backoff(Duration::from_millis(20), Duration::from_secs(2)).run(|session| {
    ///     // Everything is read anew each time.
    ///     session.flush()
    /// })?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn unit(&self) -> Unit {
        self.sessions().unit()
    }
}

/// How a unit of work is to be run. See the example of [`Engine::unit`].
#[derive(Clone)]
#[must_use = "a unit does nothing until it is run"]
pub struct Unit {
    sessions: Sessions,
    options: TransactionOptions,
    pub(super) retries: u32,
    backoff: (Duration, Duration),
    pub(super) deadline: Option<Duration>,
}

impl Unit {
    pub(crate) fn new(sessions: Sessions) -> Self {
        let backoff = (Duration::from_millis(10), Duration::from_secs(1));
        Self { sessions, options: TransactionOptions::new(), retries: 0, backoff, deadline: None }
    }

    /// How its transaction runs: an isolation, or [`TransactionOptions`]. What they leave open is as the engine has it.
    ///
    /// See the example of [`Engine::unit`].
    pub fn options(mut self, options: impl Into<TransactionOptions>) -> Self {
        self.options = options.into();
        self
    }

    /// How often it is run again, from its beginning and in a new session, when it failed for a reason that
    /// [may be gone](crate::ErrorKind::is_transient) the next time; never unless said otherwise. What it does besides the database it does again.
    ///
    /// A commit whose answer was lost is `CommitUnknown` and is not run again.
    ///
    /// See the example of [`Engine::unit`].
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// How long it waits before it is run again: a random part of `first`, then of twice that, and so on up to `longest`. Ten milliseconds and a
    /// second unless said otherwise.
    ///
    /// See the example of [`Engine::unit`].
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = (first, longest);
        self
    }

    /// How long all of it may take from [`run`](Unit::run) on, with the waiting for connections, and with every time that it is run again. What is
    /// not done by then ends in `Timeout`: the statement that runs, the next one, or the commit.
    ///
    /// See the example of [`Engine::unit`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Runs `work` in a session of its own, commits when it returns `Ok` and rolls back when it returns `Err` or panics.
    ///
    /// See the example of [`Engine::unit`].
    ///
    /// # Errors
    ///
    /// Those of the last time: of `work`, and of the commit.
    #[track_caller]
    pub fn run<R>(&self, work: impl FnMut(&mut Session) -> Result<R>) -> Result<R> {
        self.repeat(work, join)
    }

    /// [`run`](Unit::run) for work that may fail with an error of the application, as
    /// [`try_transaction`](Engine::try_transaction) runs it. Whether it is run again is decided by the last failure in its session.
    ///
    /// See the example of [`Engine::try_transaction`].
    ///
    /// # Errors
    ///
    /// As [`run`](Unit::run).
    #[track_caller]
    pub fn try_run<R, E: From<Error>>(&self, work: impl FnMut(&mut Session) -> Result<R, E>) -> Result<R, E> {
        self.repeat(work, warn)
    }

    /// Runs `work` once, whatever the retries.
    #[track_caller]
    pub(crate) fn run_once<R>(&self, work: impl FnOnce(&mut Session) -> Result<R>) -> Result<R> {
        self.attempts().run_once(work)
    }

    /// [`run_once`](Unit::run_once) for work that may fail with an error of the application.
    #[track_caller]
    pub(crate) fn try_run_once<R, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<R, E>,
    ) -> Result<R, E> {
        self.attempts().try_run_once(work)
    }

    #[track_caller]
    fn repeat<R, E: From<Error>>(
        &self,
        mut work: impl FnMut(&mut Session) -> Result<R, E>,
        both: fn(E, Error) -> E,
    ) -> Result<R, E> {
        let mut attempts = self.attempts();
        loop {
            match attempts.attempt(&mut work, both) {
                Attempt::Done(outcome) => return outcome,
                Attempt::Again(wait) => thread::sleep(wait),
            }
        }
    }

    pub(super) fn session_at(&self, at: At) -> Session {
        let mut session = self.sessions.make(at);
        session.set_transaction_options(self.options.or(self.sessions.options()));
        if self.sessions.engine().dialect().capabilities().one_writer {
            session.links.begin_with_reads();
        }
        session
    }

    /// Random, so that those who were in each other's way come back at different times.
    pub(super) fn wait_before(&self, retries: u32) -> Duration {
        let (first, longest) = self.backoff;
        let most = first.saturating_mul(2_u32.saturating_pow(retries)).min(longest);
        most.mul_f64(f64::from(RandomState::new().hash_one(retries) as u32) / f64::from(u32::MAX))
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unit")
            .field("options", &self.options)
            .field("retries", &self.retries)
            .field("backoff", &self.backoff)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Runs `work` and commits, or rolls back. Tells as well whether what failed may succeed the next time. `both` is called when the rollback
    /// failed too.
    pub(super) fn run_unit<R, E: From<Error>>(
        mut self,
        work: impl FnOnce(&mut Self) -> Result<R, E>,
        both: impl FnOnce(E, Error) -> E,
    ) -> (Result<R, E>, bool) {
        let _span = span("transaction");
        match work(&mut self) {
            Ok(value) => {
                let committed = self.commit();
                (committed.map(|()| value).map_err(E::from), self.links.failed_transiently())
            }
            Err(error) => {
                let is_transient = self.links.failed_transiently();
                self.forget_conflicts();
                let error = match self.rollback() {
                    Ok(()) => error,
                    Err(second) => both(error, second),
                };
                (Err(error), is_transient)
            }
        }
    }
}

pub(super) fn join(error: Error, second: Error) -> Error {
    error.context(format!("and the rollback failed ({second})"))
}

pub(super) fn warn<E>(error: E, second: Error) -> E {
    tracing::warn!(error = %second, "the rollback of a failed transaction failed");
    error
}
