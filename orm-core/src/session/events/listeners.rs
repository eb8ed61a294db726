//! Listeners: closures that a session calls at moments of its life.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::{Journal, RowChange, StateChange};
use crate::engine::Conn;
use crate::error::Result;
use crate::session::Session;

/// When listeners are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    BeforeFlush,
    AfterFlush,
    AfterFlushPostexec,
    BeforeCommit,
    AfterCommit,
    AfterRollback,
}

impl Moment {
    fn name(self) -> &'static str {
        match self {
            Self::BeforeFlush => "before_flush",
            Self::AfterFlush => "after_flush",
            Self::AfterFlushPostexec => "after_flush_postexec",
            Self::BeforeCommit => "before_commit",
            Self::AfterCommit => "after_commit",
            Self::AfterRollback => "after_rollback",
        }
    }
}

type Listener = Box<dyn FnMut(&mut Session) -> Result<()> + Send>;
type StateListener = Box<dyn FnMut(&Session, StateChange) + Send>;

/// The listeners of a session, each with its moment, in the order in which they were given.
#[derive(Default)]
pub(crate) struct Listeners {
    moments: Vec<(Moment, Listener)>,
    states: Vec<StateListener>,
    journal: Option<Journal>,
    /// What the flush that just ran has written.
    pub(crate) flushed: Arc<[RowChange]>,
}

/// Listeners stay with the session for its life. Those of one moment are called in the order in which they were given, and
/// none is called while it runs itself. The first error of a listener ends what it was called for, and so does a panic: one in a
/// flush also rolls the transaction back, as a failed flush does.
///
/// The order in a flush that has something to write: `before_flush`; per row the hooks `before_*` and `validate`; the
/// statements; the hooks `after_*`; `after_flush`; changes of state; `after_flush_postexec`. A commit begins with
/// `before_commit` and ends with `after_commit`. A flush in a listener of a flush is an error, and queries in it do not
/// autoflush.
impl Session {
    /// Calls `listener` before a flush that has something to write. What it changes takes part; when it fails, nothing is
    /// written.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// session.on_before_flush(|session| {
    ///     for author in session.new_objects().into_iter().filter_map(|object| object.typed::<Author>()) {
    ///         let name = session[author].name.trim().to_owned();
    ///         session[author].name = name;
    ///     }
    ///     Ok(())
    /// });
    /// session.on_after_flush(|_| Ok(())); // the statements have run
    /// session.on_after_flush_postexec(|_| Ok(())); // and the states have changed
    /// session.on_after_begin(|connection| connection.execute("PRAGMA defer_foreign_keys = ON", &[]).map(drop));
    /// session.on_before_commit(|_| Ok(()));
    /// session.on_after_commit(|_| println!("committed"));
    /// session.on_after_rollback(|_| println!("rolled back"));
    /// session.on_state_change(|_, change| println!("{change:?}"));
    ///
    /// let ann = session.add(Author { name: " Ann ".into(), ..Default::default() });
    /// session.commit()?;
    /// assert_eq!(session[ann].name, "Ann");
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_before_flush(&mut self, listener: impl FnMut(&mut Self) -> Result<()> + Send + 'static) {
        self.listen(Moment::BeforeFlush, listener);
    }

    /// Calls `listener` when the statements of a flush have run; [`flushed`](Session::flushed) tells what they have written. What it
    /// changes goes with the next flush; `commit` flushes until nothing is left to write. When it fails, the transaction is rolled back.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn on_after_flush(&mut self, listener: impl FnMut(&mut Self) -> Result<()> + Send + 'static) {
        self.listen(Moment::AfterFlush, listener);
    }

    /// Calls `listener` at the very end of a flush, when all were told what became of the objects.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn on_after_flush_postexec(&mut self, listener: impl FnMut(&mut Self) -> Result<()> + Send + 'static) {
        self.listen(Moment::AfterFlushPostexec, listener);
    }

    /// Calls `listener` first of all in a commit. When it fails, nothing is committed.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn on_before_commit(&mut self, listener: impl FnMut(&mut Self) -> Result<()> + Send + 'static) {
        self.listen(Moment::BeforeCommit, listener);
    }

    /// Calls `listener` when everything is committed. It cannot fail, for nothing can be taken back.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn on_after_commit(&mut self, mut listener: impl FnMut(&mut Self) + Send + 'static) {
        self.listen(Moment::AfterCommit, move |session| {
            listener(session);
            Ok(())
        });
    }

    /// Calls `listener` after `rollback()`, when memory is what it was.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn on_after_rollback(&mut self, mut listener: impl FnMut(&mut Self) + Send + 'static) {
        self.listen(Moment::AfterRollback, move |session| {
            listener(session);
            Ok(())
        });
    }

    /// Calls `listener` with the connection when a transaction has begun on it: to set what holds for the transaction only. That has to hold
    /// for reads too, so a session with such a listener begins a transaction for them. When it fails, the transaction is rolled back, and the
    /// statement that began it fails.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn on_after_begin(&mut self, listener: impl FnMut(&mut Conn) -> Result<()> + Send + 'static) {
        self.links.on_begin(Box::new(listener));
    }

    /// Calls `listener` for every object that comes to another [`State`](crate::session::State): at the end of the operation that brings
    /// it there, and in a flush after `after_flush`.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn on_state_change(&mut self, listener: impl FnMut(&Self, StateChange) + Send + 'static) {
        let journal = self.listeners.journal.get_or_insert_default().clone();
        self.store.keep_journal(Some(journal));
        self.listeners.states.push(Box::new(listener));
    }

    fn listen(&mut self, moment: Moment, listener: impl FnMut(&mut Self) -> Result<()> + Send + 'static) {
        self.listeners.moments.push((moment, Box::new(listener)));
    }

    /// Whether somebody listens to a moment.
    pub(crate) fn is_heard(&self, moment: Moment) -> bool {
        self.listeners.moments.iter().any(|(wanted, _)| *wanted == moment)
    }

    /// Whether there is a listener of flushes that have run.
    pub(crate) fn hears_flushes(&self) -> bool {
        self.is_heard(Moment::AfterFlush) || self.is_heard(Moment::AfterFlushPostexec) || self.journal().is_some()
    }

    /// Calls the listeners of a moment.
    pub(crate) fn tell(&mut self, moment: Moment) -> Result<()> {
        if !self.is_heard(moment) {
            return Ok(());
        }
        let all = std::mem::take(&mut self.listeners.moments);
        let (mut called, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(wanted, _)| *wanted == moment);
        self.listeners.moments = others;
        let outcome = catch_unwind(AssertUnwindSafe(|| called.iter_mut().try_for_each(|(_, listener)| listener(self))));
        // Listeners that came meanwhile are the last of their moment.
        called.append(&mut self.listeners.moments);
        self.listeners.moments = called;
        let told = outcome.unwrap_or_else(|panic| resume_unwind(panic));
        told.map_err(|error| error.context(format!("a listener of {}", moment.name())))
    }

    /// Tells of the changes of state since the last call, unless a flush is running, which does so itself.
    pub(crate) fn tell_states(&mut self) {
        if !self.flushing {
            self.tell_states_now();
        }
    }

    /// [`tell_states`](Session::tell_states), also in a flush.
    pub(crate) fn tell_states_now(&mut self) {
        let Some(journal) = &self.listeners.journal else { return };
        let changes = journal.take();
        let mut called = std::mem::take(&mut self.listeners.states);
        let told = catch_unwind(AssertUnwindSafe(|| {
            for change in changes {
                called.iter_mut().for_each(|listener| listener(self, change));
            }
        }));
        self.listeners.states = called;
        told.unwrap_or_else(|panic| resume_unwind(panic));
    }

    /// Forgets the changes of state since the last call: they were taken back.
    pub(crate) fn forget_states(&self) {
        if let Some(journal) = &self.listeners.journal {
            journal.take();
        }
    }

    /// The journal for a store that takes the place of another.
    pub(crate) fn journal(&self) -> Option<Journal> {
        self.listeners.journal.clone()
    }
}
