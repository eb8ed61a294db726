//! The transaction of a session, and what becomes of its objects when it ends.

use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

use tracing::span::EnteredSpan;

use crate::driver::TransactionOptions;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model};
use crate::query::Manner;
use crate::schema::{Cascade, TableDef};
use crate::session::Session;
use crate::session::events::Moment;
use crate::session::flush::Then;
use crate::session::store::Store;
use crate::session::store::slots::State;
use crate::session::store::times::NEVER;

/// A span around what a session does in several statements.
pub(crate) fn span(operation: &'static str) -> EnteredSpan {
    tracing::debug_span!(target: "orm::session", "orm::session", otel.name = operation, orm.operation = operation)
        .entered()
}

/// How often a commit flushes what listeners of flushes change.
const MAX_ROUNDS: usize = 100;

impl Engine {
    /// A session over this engine. It takes a connection at its first statement.
    ///
    /// See the example of [`Session`].
    #[track_caller]
    pub fn session(&self) -> Session {
        Session::new(self.clone(), Location::caller())
    }
}

impl Session {
    /// Begins a transaction now. Without it one begins by itself at the first write, lock, savepoint or raw statement, and reads before that
    /// have none: each sees what is committed when it runs.
    ///
    /// See the example of [`begin_with`](Session::begin_with).
    ///
    /// # Errors
    ///
    /// `InvalidState` when one is open already, and the database's.
    pub fn begin(&mut self) -> Result<()> {
        self.refuse_begin()?;
        self.links.begin_with(TransactionOptions::new())
    }

    /// [`begin`](Session::begin)s a transaction with options: an isolation, or [`TransactionOptions`]. What they leave open is as the session and
    /// the engine have it.
    ///
    /// ```
    /// # use orm::Engine;
    /// use orm::{Isolation, TransactionOptions};
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// let mut session = engine.session();
    /// session.begin_with(Isolation::Serializable)?;
    /// assert!(session.in_transaction());
    /// // All queries see one snapshot, until the end of the transaction.
    /// session.commit()?;
    ///
    /// session.set_transaction_options(TransactionOptions::new().read_only(true)); // each one from now on
    /// session.begin()?;
    /// session.rollback()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database lacks something of it, `Config` for options that contradict each other, and as
    /// [`begin`](Session::begin).
    pub fn begin_with(&mut self, options: impl Into<TransactionOptions>) -> Result<()> {
        self.refuse_begin()?;
        self.links.begin_with(options.into())
    }

    pub(super) fn refuse_begin(&self) -> Result<()> {
        if !self.links.in_transaction() {
            return Ok(());
        }
        let message = "a transaction is open already; commit() or rollback() ends it";
        Err(Error::new(ErrorKind::InvalidState, message))
    }

    /// How every transaction that the session begins from now on runs: an isolation, or [`TransactionOptions`]. What they leave open is as the
    /// engine has it. With an isolation, `read_only` or `deferrable` one begins for reads too. An open transaction stays as it is.
    ///
    /// `TransactionOptions::new()` goes back to what the engine says.
    ///
    /// See the example of [`begin_with`](Session::begin_with).
    pub fn set_transaction_options(&mut self, options: impl Into<TransactionOptions>) {
        self.links.set_options(options.into());
    }

    /// Runs `work`, whose reads see one snapshot where the database gives one for next to nothing, or where the query asks for it.
    pub(crate) fn in_snapshot<R>(&mut self, manner: Manner, work: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        if !self.links.begin_snapshot(manner.consistent) {
            return work(self);
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| work(self)));
        let ended = self.links.end_snapshot();
        let value = outcome.unwrap_or_else(|panic| resume_unwind(panic))?;
        ended.map(|()| value)
    }

    /// Whether a database transaction is open.
    ///
    /// See the example of [`begin_with`](Session::begin_with).
    pub fn in_transaction(&self) -> bool {
        self.links.in_transaction()
    }

    /// Whether it has a connection of the pool at the moment, as in a transaction.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// # let engine = Engine::connect("sqlite://")?;
    /// let mut session = engine.session();
    /// assert!(!session.holds_connection());
    /// session.begin()?;
    /// assert!(session.holds_connection());
    /// session.rollback()?;
    /// assert!(!session.holds_connection());
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn holds_connection(&self) -> bool {
        self.links.holds_connection()
    }

    /// Writes all changes and commits them.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// Those of [`flush`](Session::flush), and the database's refusal to commit: then nothing is committed, and `rollback()` is needed.
    pub fn commit(&mut self) -> Result<()> {
        let _span = span("commit");
        self.before_commit(Then::Commit)?;
        self.links.commit()?;
        self.after_commit()
    }

    /// What a commit does before the database commits: listeners are told, and everything is flushed.
    pub(super) fn before_commit(&mut self, then: Then) -> Result<()> {
        self.refuse_within_flush("commit")?;
        self.refuse_with_savepoint("committed")?;
        self.tell(Moment::BeforeCommit)?;
        self.flush_all(then)
    }

    /// What a commit does when the database has committed.
    pub(crate) fn after_commit(&mut self) -> Result<()> {
        self.end_transaction();
        self.tell(Moment::AfterCommit)
    }

    /// What the transaction wrote holds, and its objects are what they are.
    pub(crate) fn end_transaction(&mut self) {
        self.store.forget_transaction();
        self.end_unit(!self.expire_on_commit);
        self.tell_states();
    }

    /// A unit of the session is over, by a commit, a rollback or a close. Memory is in step with the end of the transaction by now; it is
    /// `trusted` further, or asked anew.
    fn end_unit(&mut self, trusted: bool) {
        self.store.end_unit(trusted);
        if let Some(lazy) = &mut self.lazy {
            lazy.forget();
        }
    }

    pub(crate) fn refuse_with_savepoint(&self, verb: &str) -> Result<()> {
        if !self.links.has_savepoint() {
            return Ok(());
        }
        let message = format!(
            "a savepoint is open; commit() or rollback() of the Nested ends it, then the transaction can be {verb}"
        );
        Err(Error::new(ErrorKind::InvalidState, message))
    }

    /// Flushes until listeners of flushes leave nothing to write.
    pub(crate) fn flush_all(&mut self, then: Then) -> Result<()> {
        let mut rounds = 0;
        while self.flush_round(then)?
            && (self.is_heard(Moment::AfterFlush) || self.is_heard(Moment::AfterFlushPostexec))
        {
            rounds += 1;
            if rounds == MAX_ROUNDS {
                let message = format!(
                    "{MAX_ROUNDS} flushes left something to write: a listener of after_flush makes changes each time; roll back"
                );
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
        }
        Ok(())
    }

    /// Ends the transaction without its changes, in the database and in memory: changed objects have the values that they
    /// had when the transaction began, deleted ones are persistent again, and added ones become
    /// [`Transient`](State::Transient): readable, not flushed any more, given back by [`expunge`](Session::expunge).
    ///
    /// Where others were in the way (`StaleData`, `Serialization`, `Deadlock`, `Busy`), the rows of the objects that the transaction changed are
    /// read: the objects show what is so by now, and the same changes may be made to them again. Those whose rows are gone are transient.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// The database's; memory is restored all the same.
    pub fn rollback(&mut self) -> Result<()> {
        let _span = span("rollback");
        self.refuse_within_flush("rollback")?;
        self.store.sync();
        let restored = self.store.restore_all();
        self.note_conflicts(restored);
        let outcome = self.links.rollback();
        if self.links.take_partly() {
            // What one of the databases has committed, memory has taken back.
            self.expire_all();
        }
        self.learn();
        self.end_unit(false);
        self.tell_states();
        self.tell(Moment::AfterRollback)?;
        outcome
    }

    /// Rolls back what is not committed, forgets all objects and gives the connection back. The session can be used again.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn close(&mut self) -> Result<()> {
        self.refuse_within_flush("close")?;
        self.clear();
        self.store.restore_all();
        let outcome = self.links.rollback();
        self.end_unit(false);
        outcome
    }

    /// Marks an object: the next query, `get` or `refresh` that brings its row overwrites it. Its collections are
    /// unloaded. Until then it shows its last known values. Relations with `cascade(refresh_expire)` take their members along.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` for an object without a row.
    pub fn expire<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.store.sync();
        let slot = self.store.slot(handle)?;
        self.require_row(T::table(), slot, "expire")?;
        self.store.expire_reached(T::table(), slot);
        Ok(())
    }

    /// [`expire`](Session::expire)s every persistent object.
    ///
    /// See the example of [`Session`]: it is `expire` for every object.
    pub fn expire_all(&mut self) {
        self.store.sync();
        let all: Vec<(&'static TableDef, u32)> = self
            .store
            .arenas()
            .flat_map(|arena| {
                let slots = 0..u32::try_from(arena.slots().entries.len()).unwrap_or(u32::MAX);
                slots.filter(|&slot| arena.slots().state(slot) == State::Persistent).map(|slot| (arena.table(), slot))
            })
            .collect();
        for (table, slot) in all {
            self.store.expire(table, slot);
        }
    }

    pub(crate) fn require_row(&self, table: &TableDef, slot: u32, verb: &str) -> Result<()> {
        let state = self.store.any(table.id).map_or(State::Detached, |arena| arena.slots().state(slot));
        if state == State::Persistent {
            return Ok(());
        }
        let object = self.store.label(table.id, slot);
        Err(Error::new(ErrorKind::InvalidState, format!("{object} is {state:?}: there is no row to {verb} it from")))
    }
}

impl Store {
    pub(crate) fn expire(&mut self, table: &'static TableDef, slot: u32) {
        self.unload_collections(table, slot);
        self.note_parents(table, slot);
        if let Some(arena) = self.any_mut(table.id) {
            arena.revert(slot);
            arena.slots_mut().expire(slot);
            arena.slots_mut().entry_mut(slot).born = NEVER;
        }
        self.sync();
    }

    /// Expires an object and the persistent objects that its refresh_expire cascade reaches.
    fn expire_reached(&mut self, table: &'static TableDef, slot: u32) {
        let mut reached = self.reached_in_memory(table, slot, Cascade::REFRESH_EXPIRE);
        reached.retain(|&(table, slot)| {
            self.any(table.id).is_some_and(|arena| arena.slots().state(slot) == State::Persistent)
        });
        for (table, slot) in std::iter::once((table, slot)).chain(reached) {
            self.expire(table, slot);
        }
    }
}
