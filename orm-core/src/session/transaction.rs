//! The transaction of a session, and what becomes of its objects when it ends.

use super::Session;
use super::arena::AnyArena;
use super::events::Moment;
use super::slots::State;
use super::store::Store;
use crate::driver::TransactionMode;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Handle, Model};
use crate::schema::{Cascade, TableDef};

/// How often a commit flushes what listeners of flushes change.
const MAX_ROUNDS: usize = 100;

impl Engine {
    /// A session over this engine. It takes a connection at its first statement.
    pub fn session(&self) -> Session {
        Session::new(self.clone())
    }

    /// Runs `work` in a session of its own, commits when it returns `Ok` and rolls back when it returns `Err` or panics.
    ///
    /// # Errors
    ///
    /// Those of `work`, and of the commit.
    pub fn transaction<R>(&self, work: impl FnOnce(&mut Session) -> Result<R>) -> Result<R> {
        let mut session = self.session();
        match work(&mut session) {
            Ok(value) => {
                session.commit()?;
                Ok(value)
            }
            Err(error) => {
                if let Err(second) = session.rollback() {
                    return Err(error.context(format!("and the rollback failed ({second})")));
                }
                Err(error)
            }
        }
    }
}

impl Session {
    /// Begins a transaction now. Without it one begins by itself at the first statement.
    ///
    /// # Errors
    ///
    /// `InvalidState` when one is open already, and the database's.
    pub fn begin(&mut self) -> Result<()> {
        if self.link.in_transaction() {
            return Err(Error::new(
                ErrorKind::InvalidState,
                "a transaction is open already; commit() or rollback() ends it",
            ));
        }
        self.link.begin(TransactionMode::Write).map(|_| ())
    }

    /// Whether a database transaction is open.
    pub fn in_transaction(&self) -> bool {
        self.link.in_transaction()
    }

    /// Writes all changes and commits them.
    ///
    /// # Errors
    ///
    /// Those of [`flush`](Session::flush), and the database's refusal to commit: then nothing is committed, and `rollback()` is needed.
    pub fn commit(&mut self) -> Result<()> {
        self.refuse_within_flush("commit")?;
        self.tell(Moment::BeforeCommit)?;
        self.flush_all()?;
        if let Err(error) = self.link.commit() {
            self.link.fail(&error);
            return Err(error);
        }
        self.store.forget_transaction();
        if self.expire_on_commit {
            self.expire_all();
        }
        self.tell_states();
        self.tell(Moment::AfterCommit)
    }

    /// Flushes until listeners of flushes leave nothing to write.
    fn flush_all(&mut self) -> Result<()> {
        let mut rounds = 0;
        while self.flush_round()? && (self.is_heard(Moment::AfterFlush) || self.is_heard(Moment::AfterFlushPostexec)) {
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
    /// # Errors
    ///
    /// The database's; memory is restored all the same.
    pub fn rollback(&mut self) -> Result<()> {
        self.refuse_within_flush("rollback")?;
        self.store.sync();
        self.store.restore();
        let outcome = self.link.rollback();
        self.tell_states();
        self.tell(Moment::AfterRollback)?;
        outcome
    }

    /// Rolls back what is not committed, forgets all objects and gives the connection back. The session can be used again.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn close(&mut self) -> Result<()> {
        self.refuse_within_flush("close")?;
        self.clear();
        self.link.rollback()
    }

    /// Marks an object: the next query, `get` or `refresh` that brings its row overwrites it. Its collections are
    /// unloaded. Until then it shows its last known values. Relations with `cascade(refresh_expire)` take their members along.
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

    pub(super) fn require_row(&self, table: &TableDef, slot: u32, verb: &str) -> Result<()> {
        let state = self.store.any(table.id).map_or(State::Detached, |arena| arena.slots().state(slot));
        if state == State::Persistent {
            return Ok(());
        }
        let object = self.store.label(table.id, slot);
        Err(Error::new(ErrorKind::InvalidState, format!("{object} is {state:?}: there is no row to {verb} it from")))
    }
}

impl Store {
    /// The transaction was committed: deleted objects go, the others are what they are.
    fn forget_transaction(&mut self) {
        for arena in self.arenas_mut() {
            let deleted = std::mem::take(&mut arena.slots_mut().deleted);
            for slot in deleted {
                arena.discard(slot);
            }
            arena.forget_transaction();
        }
        self.pairs.forget_transaction();
        self.reclaim();
    }

    fn expire(&mut self, table: &'static TableDef, slot: u32) {
        self.unload_collections(table, slot);
        self.note_parents(table, slot);
        if let Some(arena) = self.any_mut(table.id) {
            arena.revert(slot);
            let entry = arena.slots_mut().entry_mut(slot);
            entry.expired = true;
            entry.fresh = false;
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

    /// Puts everything back as it was when the transaction began.
    fn restore(&mut self) {
        let inserted: Vec<(&'static TableDef, u32, bool)> = self
            .arenas()
            .flat_map(|arena| arena.slots().inserted.iter().map(|&(slot, generated)| (arena.table(), slot, generated)))
            .collect();
        for &(table, slot, _) in &inserted {
            self.restore_references(table, slot);
        }
        for (table, slot, generated) in inserted {
            if let Some(arena) = self.any_mut(table.id) {
                restore_inserted(arena, slot, generated);
            }
        }
        let affected: Vec<(&'static TableDef, Vec<u32>)> =
            self.arenas_mut().map(|arena| (arena.table(), restore_arena(&mut **arena))).collect();
        for (table, slots) in affected {
            // Collections that were loaded in the transaction saw what it had written.
            self.relist(table, &slots);
        }
        self.pairs.restore();
        self.drop_expunged_pairs();
        self.reclaim();
    }

    /// Objects that were expunged during the transaction do not come back into the lists of others.
    fn drop_expunged_pairs(&mut self) {
        let mut pairs = std::mem::take(&mut self.pairs);
        for set in pairs.iter_mut() {
            let (left, right) = ((set.canonical.owner.table)().id, (set.canonical.target.table)().id);
            let here = |model, slot| self.any(model).is_some_and(|arena| arena.slots().state(slot) != State::Detached);
            set.retain_members(|is_left, slot| here(if is_left { left } else { right }, slot));
        }
        self.pairs = pairs;
    }

    /// A key that came with the insert of another object of this transaction names that object again: its row is gone.
    fn restore_references(&mut self, table: &'static TableDef, slot: u32) {
        for (key, def) in table.foreign_keys.iter().enumerate() {
            let Some(parent) = self.parent(table, slot, key) else { continue };
            let target = (def.target.table)();
            let Some(entries) = self.any(target.id).map(AnyArena::slots) else { continue };
            if entries.inserted.iter().any(|&(inserted, _)| inserted == parent) {
                let to = Foreign::New { slot: parent, stamp: entries.entry(parent).stamp };
                if let Some(arena) = self.any_mut(table.id) {
                    arena.set_foreign(slot, def.field, to);
                }
            }
        }
    }
}

/// An inserted object has no row any more, and no key that the database chose.
fn restore_inserted(arena: &mut dyn AnyArena, slot: u32, generated: bool) {
    if arena.slots().state(slot) == State::Detached {
        return;
    }
    arena.unregister(slot);
    arena.forget_history(slot);
    arena.slots_mut().set_state(slot, State::Transient);
    if generated {
        arena.clear_key(slot);
    }
}

/// Restores an arena, and gives the objects whose parents may be others now.
fn restore_arena(arena: &mut dyn AnyArena) -> Vec<u32> {
    let slots = arena.slots_mut();
    let mut affected: Vec<u32> = slots.inserted.iter().map(|&(slot, _)| slot).collect();
    let pending: Vec<u32> = slots.pending().collect();
    for &slot in &pending {
        slots.set_state(slot, State::Transient);
    }
    affected.extend(pending);
    let deleting: Vec<u32> = slots.deleting().collect();
    for slot in deleting {
        let entry = slots.entry_mut(slot);
        entry.deleting = false;
        entry.by_cascade = false;
    }
    // One that was inserted and deleted in this transaction is transient already.
    let mut deleted = std::mem::take(&mut slots.deleted);
    deleted.retain(|&slot| slots.state(slot) == State::Deleted);
    for &slot in &deleted {
        arena.slots_mut().set_state(slot, State::Persistent);
        arena.register(slot);
    }
    affected.extend(deleted);
    affected.extend(arena.restore_values());
    arena.slots_mut().restore_members();
    arena.forget_transaction();
    affected.retain(|&slot| arena.slots().state(slot) != State::Detached);
    affected
}
