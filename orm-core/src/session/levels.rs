//! What a rollback needs: logs of what was done, one for the transaction and one for each savepoint in it.
//!
//! Only what changed is logged, with its first state; a rollback puts it back without asking the database.

use std::collections::HashSet;

use super::arena::AnyArena;
use super::slots::State;
use super::store::Store;
use crate::model::Foreign;
use crate::schema::{ModelId, TableDef};

impl Store {
    /// Begins a savepoint.
    pub(super) fn begin_level(&mut self) {
        self.levels += 1;
        self.arenas_mut().for_each(|arena| arena.begin_level());
        self.pairs.begin_level();
    }

    /// Ends the innermost savepoint: what was done in it becomes a part of what is around it.
    pub(super) fn merge_level(&mut self) {
        self.levels = self.levels.saturating_sub(1);
        self.arenas_mut().for_each(|arena| arena.merge_level());
        self.pairs.merge_level();
    }

    /// The transaction was committed: deleted objects go, the others are what they are.
    pub(super) fn forget_transaction(&mut self) {
        self.doubt_rows(false);
        for arena in self.arenas_mut() {
            for slot in std::mem::take(&mut arena.slots_mut().log.deleted) {
                arena.discard(slot);
            }
            arena.drop_level();
        }
        self.pairs.drop_level();
        self.reclaim();
    }

    /// Puts everything back as it was when the transaction began.
    pub(super) fn restore_all(&mut self) {
        self.restore_to(0);
        self.restore();
        self.doubt_rows(false);
        self.reclaim();
    }

    /// Puts everything back as it was when the savepoint after the first `levels` began, and ends it.
    pub(super) fn restore_to(&mut self, levels: usize) {
        while self.levels > levels {
            self.restore();
            self.levels -= 1;
        }
    }

    /// Puts everything back as it was when the innermost level began, and drops its logs.
    fn restore(&mut self) {
        let logs = self.arenas().map(|arena| (arena.table(), &arena.slots().log));
        let doubtful: Vec<(&'static TableDef, u32)> =
            logs.flat_map(|(table, log)| log.doubtful.iter().map(move |&slot| (table, slot))).collect();
        let inserted: Vec<(&'static TableDef, u32, bool)> = self
            .arenas()
            .flat_map(|arena| {
                arena.slots().log.inserted.iter().map(|&(slot, generated)| (arena.table(), slot, generated))
            })
            .collect();
        let ids: HashSet<(ModelId, u32)> = inserted.iter().map(|&(table, slot, _)| (table.id, slot)).collect();
        for &(table, slot, _) in &inserted {
            self.restore_references(table, slot, &ids);
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
        self.pairs.drop_level();
        self.drop_expunged_pairs();
        self.doubt_read(doubtful);
    }

    /// Objects that hold what rows held that were rolled back are read anew when they are asked for.
    fn doubt_read(&mut self, doubtful: Vec<(&'static TableDef, u32)>) {
        for (table, slot) in doubtful {
            if self.any(table.id).is_some_and(|arena| arena.slots().state(slot) == State::Persistent) {
                self.expire(table, slot);
            }
        }
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
    fn restore_references(&mut self, table: &'static TableDef, slot: u32, inserted: &HashSet<(ModelId, u32)>) {
        for (key, def) in table.foreign_keys.iter().enumerate() {
            let Some(parent) = self.parent(table, slot, key) else { continue };
            let target = (def.target.table)();
            let Some(entries) = self.any(target.id).map(AnyArena::slots) else { continue };
            if inserted.contains(&(target.id, parent)) {
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
    let mut affected: Vec<u32> = slots.log.inserted.iter().map(|&(slot, _)| slot).collect();
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
    let mut deleted = std::mem::take(&mut slots.log.deleted);
    deleted.retain(|&slot| slots.state(slot) == State::Deleted);
    for &slot in &deleted {
        arena.slots_mut().set_state(slot, State::Persistent);
        arena.register(slot);
    }
    affected.extend(deleted);
    affected.extend(arena.restore_values());
    affected.extend(arena.slots_mut().restore_members());
    arena.drop_level();
    affected.retain(|&slot| arena.slots().state(slot) != State::Detached);
    affected
}
