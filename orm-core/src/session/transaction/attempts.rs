//! How a unit of work is run, attempt by attempt.

use std::panic::Location;
use std::time::{Duration, Instant};

use super::unit::{Unit, join, warn};
use crate::engine::{At, after};
use crate::error::{Error, Result};
use crate::session::Session;

/// A unit of work that is being run: as often as it has to be.
#[doc(hidden)]
#[derive(Debug)]
pub struct Attempts {
    unit: Unit,
    /// Where in the program it is run.
    at: At,
    retries: u32,
    deadline: Option<Instant>,
}

/// What comes after an attempt.
#[doc(hidden)]
#[derive(Debug)]
pub enum Attempt<T> {
    /// Nothing: this is what the unit has come to.
    Done(T),
    /// The next one, after that time.
    Again(Duration),
}

impl Attempts {
    /// When all of it has to be done.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The session of an attempt.
    fn session(&self) -> Session {
        let mut session = self.unit.session_at(self.at);
        if self.deadline.is_some() {
            session.set_deadline(self.deadline);
        }
        session
    }

    /// Runs `work` in the only attempt.
    ///
    /// # Errors
    ///
    /// As [`Unit::run`].
    pub fn run_once<R>(self, work: impl FnOnce(&mut Session) -> Result<R>) -> Result<R> {
        self.session().run_unit(work, join).0
    }

    /// Runs `work` in the only attempt, which may fail with an error of the application.
    ///
    /// # Errors
    ///
    /// As [`Unit::try_run`].
    pub fn try_run_once<R, E: From<Error>>(self, work: impl FnOnce(&mut Session) -> Result<R, E>) -> Result<R, E> {
        self.session().run_unit(work, warn).0
    }

    /// Runs `work` once, as [`Unit::run`] does.
    pub fn run<R>(&mut self, work: impl FnOnce(&mut Session) -> Result<R>) -> Attempt<Result<R>> {
        self.attempt(work, join)
    }

    /// Runs `work` once, as [`Unit::try_run`] does.
    pub fn try_run<R, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Session) -> Result<R, E>,
    ) -> Attempt<Result<R, E>> {
        self.attempt(work, warn)
    }

    pub(super) fn attempt<R, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Session) -> Result<R, E>,
        both: fn(E, Error) -> E,
    ) -> Attempt<Result<R, E>> {
        let (outcome, is_transient) = self.session().run_unit(work, both);
        if outcome.is_ok() || !is_transient || self.retries == self.unit.retries {
            return Attempt::Done(outcome);
        }
        let wait = self.unit.wait_before(self.retries);
        if self.deadline.is_some_and(|deadline| after(wait).is_none_or(|next| next >= deadline)) {
            return Attempt::Done(outcome);
        }
        self.retries += 1;
        tracing::debug!(target: "orm::unit", retries = self.retries, ?wait, "a unit of work is run again");
        Attempt::Again(wait)
    }
}

impl Unit {
    /// The unit as it is run from here on, for who waits between its attempts in another way.
    #[doc(hidden)]
    #[track_caller]
    pub fn attempts(&self) -> Attempts {
        let deadline = self.deadline.and_then(after);
        Attempts { unit: self.clone(), at: Location::caller(), retries: 0, deadline }
    }
}
