//! What a rollback needs: logs of what was done, one for the transaction and one for each savepoint in it.
//!
//! Only what changed is logged, with its first state; a rollback puts it back without asking the database.

use std::collections::HashSet;

use super::Store;
use super::arena::AnyArena;
use super::associations::AssociationSet;
use super::log::{Step, Unlogged};
use super::slots::State;
use crate::model::{Foreign, RawHandle};
use crate::schema::{ModelId, TableDef};

/// Objects that a rollback gave their rows' values, by table.
pub(crate) type Restored = Vec<(&'static TableDef, Vec<u32>)>;

/// Objects of one table that changed their state, with where they were.
type Origins = Vec<(&'static TableDef, Vec<Step>)>;

impl Store {
    /// Begins a savepoint.
    pub(crate) fn begin_level(&mut self) {
        self.unlogged.push(Unlogged::None);
        self.arenas_mut().for_each(|arena| arena.begin_level());
        self.associations.begin_level();
    }

    /// Ends the innermost savepoint: what was done in it becomes a part of what is around it.
    pub(crate) fn merge_level(&mut self) {
        if let Some(unlogged) = self.unlogged.pop() {
            self.note_unlogged(unlogged);
        }
        self.arenas_mut().for_each(|arena| arena.merge_level());
        self.associations.merge_level();
    }

    /// The transaction was committed: deleted objects go, the others are what they are.
    pub(crate) fn forget_transaction(&mut self) {
        for arena in self.arenas_mut() {
            let slots = arena.slots_mut();
            let mut deleted: Vec<u32> = std::mem::take(&mut slots.log.steps).iter().map(|step| step.slot).collect();
            deleted.retain(|&slot| slots.state(slot) == State::Deleted);
            deleted.into_iter().for_each(|slot| arena.discard(slot));
            arena.end_level();
        }
        self.associations.drop_level();
        self.trust_rows();
        self.reclaim();
    }

    /// Puts everything back as it was when the transaction began. Gives the objects that this concerns.
    pub(crate) fn restore_all(&mut self) -> Restored {
        let mut restored = self.restore_to(0);
        restored.extend(self.restore());
        self.trust_rows();
        self.reclaim();
        restored
    }

    /// Puts everything back as it was when the savepoint after the first `levels` began, and ends it. Gives the objects that this concerns.
    pub(crate) fn restore_to(&mut self, levels: usize) -> Restored {
        let mut restored = Vec::new();
        while self.levels() > levels {
            restored.extend(self.restore());
            self.release_locks();
        }
        restored
    }

    /// Puts everything back as it was when the innermost level began, and drops its logs. Gives the objects that this concerns.
    fn restore(&mut self) -> Restored {
        let mut restored: Restored =
            self.arenas().map(|arena| (arena.table(), arena.slots().deleting().collect())).collect();
        let origins: Origins = self.arenas().map(|arena| (arena.table(), arena.slots().log.origins())).collect();
        let mut inserted: HashSet<(ModelId, u32)> = HashSet::new();
        for (table, steps) in &origins {
            let had_row = |slot: u32| {
                let state = self.any(table.id).map(|arena| arena.slots().state(slot));
                matches!(state, Some(State::Persistent | State::Deleted))
            };
            let new = steps.iter().filter(|step| is_new(step) && had_row(step.slot));
            inserted.extend(new.map(|step| (table.id, step.slot)));
        }
        for (table, steps) in &origins {
            for step in steps.iter().filter(|step| is_new(step)) {
                self.restore_references(table, step.slot, &inserted);
                self.keep_links(table, step.slot);
            }
        }
        let affected: Vec<(&'static TableDef, Vec<u32>)> =
            origins.into_iter().map(|(table, steps)| (table, self.restore_objects(table, &steps))).collect();
        let to_expire = self.drop_level();
        for (table, slots) in &affected {
            // Collections that were loaded in the transaction saw what it had written.
            self.relist(table, slots);
        }
        restored.extend(affected);
        for (table, slot) in to_expire {
            if self.any(table.id).is_some_and(|arena| arena.slots().state(slot) == State::Persistent) {
                self.mark_expired(table, slot);
            }
        }
        self.settle();
        restored
    }

    /// Before a flush is applied that may still fail: everything is kept as it is, in a level of its own.
    pub(crate) fn begin_image(&mut self) {
        self.has_image = true;
        self.begin_level();
        self.arenas_mut().for_each(|arena| arena.begin_image());
        self.associations.iter_mut().for_each(AssociationSet::begin_image);
    }

    /// The flush has succeeded.
    pub(crate) fn drop_image(&mut self) {
        self.has_image = false;
        self.arenas_mut().for_each(|arena| arena.end_image(false));
        self.associations.iter_mut().for_each(|set| set.end_image(false));
        self.merge_level();
    }

    /// The flush that was applied has failed after all: objects and collections are as the user left them, to be flushed again or rolled
    /// back.
    pub(crate) fn restore_image(&mut self) {
        self.has_image = false;
        self.sync();
        let came = |arena: &dyn AnyArena| {
            let steps = arena.slots().log.steps.iter().filter(is_new).map(|step| step.slot);
            let came = steps.filter(|&slot| arena.slots().state(slot) == State::Pending).collect();
            (arena.table(), came)
        };
        let came: Vec<(&'static TableDef, Vec<u32>)> = self.arenas().map(came).collect();
        self.arenas_mut().for_each(|arena| arena.end_image(true));
        for (table, came) in came {
            self.restore_lists(table);
            self.relist(table, &came);
        }
        // The database takes the statements back, and nothing was read but by listeners.
        if let Some(unlogged) = self.unlogged.last_mut() {
            *unlogged = Unlogged::None;
        }
        self.drop_level();
        self.associations.iter_mut().for_each(|set| set.end_image(true));
    }

    /// Restores the objects of one table and the collections of them, and gives the objects whose parents may be others now.
    fn restore_objects(&mut self, table: &'static TableDef, steps: &[Step]) -> Vec<u32> {
        let Some(arena) = self.any_mut(table.id) else { return Vec::new() };
        let mut affected = restore_arena(arena, steps);
        affected.extend(self.restore_lists(table));
        if let Some(arena) = self.any(table.id) {
            affected.retain(|&slot| !arena.slots().is_gone(slot));
        }
        affected
    }

    /// Restores the collections of which the objects of one table are members, and gives the members that are out of the session.
    fn restore_lists(&mut self, table: &'static TableDef) -> Vec<u32> {
        let Some(arena) = self.any_mut(table.id) else { return Vec::new() };
        let mut lists = std::mem::take(&mut arena.slots_mut().log.lists);
        lists.retain(|&(key, owner), _| {
            let owners = self.any((table.foreign_keys[key].target.table)().id);
            owners.is_some_and(|owners| !owners.slots().is_gone(owner))
        });
        self.any_mut(table.id).map(|arena| arena.slots_mut().restore_lists(lists)).unwrap_or_default()
    }

    /// Drops the logs of the innermost level, when all objects are restored. Gives those that hold what rows held that were rolled back:
    /// they are read anew when they are asked for.
    fn drop_level(&mut self) -> Vec<(&'static TableDef, u32)> {
        let unlogged = self.unlogged.pop().unwrap_or(Unlogged::None);
        let mut to_expire = Vec::new();
        for arena in self.arenas_mut() {
            let table = arena.table();
            to_expire.extend(arena.drop_level(unlogged).into_iter().map(|slot| (table, slot)));
        }
        let mut associations = std::mem::take(&mut self.associations);
        for set in associations.iter_mut() {
            let (left, right) = ((set.canonical.owner.table)().id, (set.canonical.target.table)().id);
            set.restore(|is_left, slot| {
                let arena = self.any(if is_left { left } else { right });
                arena.is_none_or(|arena| arena.slots().is_gone(slot))
            });
        }
        associations.drop_level();
        self.associations = associations;
        self.spread_unlogged();
        to_expire
    }

    /// A key that came with the insert of another object of this level names that object again: its row is gone.
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

    /// Keeps the objects that a new one is linked to, for the case that it is added again: their lists forget it.
    fn keep_links(&mut self, table: &'static TableDef, slot: u32) {
        let mut links = Vec::new();
        for (relation, other, member) in self.associations.links_of(table, slot) {
            let stamp = self.any(other).map(|arena| arena.slots().entry(member).stamp);
            links.extend(stamp.map(|stamp| (relation, RawHandle { model: other, slot: member, stamp })));
        }
        if let Some(arena) = self.any_mut(table.id) {
            let slots = arena.slots_mut();
            if !links.is_empty() || slots.aside(slot).is_some() {
                slots.aside_mut(slot).links = links;
            }
        }
    }
}

/// Whether an object had no row when the level began.
fn is_new(step: &Step) -> bool {
    matches!(step.before, State::Pending | State::Transient)
}

/// Restores states and columns, and gives the objects that this may have changed.
fn restore_arena(arena: &mut dyn AnyArena, steps: &[Step]) -> Vec<u32> {
    let mut affected = Vec::with_capacity(steps.len());
    for step in steps.iter().filter(|step| is_new(step)) {
        restore_new(arena, step);
        affected.push(step.slot);
    }
    arena.slots_mut().unmark_all();
    let was_deleted =
        |step: &&Step| step.before == State::Persistent && arena.slots().state(step.slot) == State::Deleted;
    let deleted: Vec<u32> = steps.iter().filter(was_deleted).map(|step| step.slot).collect();
    for &slot in &deleted {
        arena.slots_mut().restore_state(slot, State::Persistent);
    }
    affected.extend(arena.restore_values());
    deleted.iter().for_each(|&slot| arena.register_again(slot));
    affected.extend(deleted);
    affected.extend(std::mem::take(&mut arena.slots_mut().log.reverted));
    affected
}

/// A new object has no row any more, and no key that the database chose.
fn restore_new(arena: &mut dyn AnyArena, step: &Step) {
    let slot = step.slot;
    match arena.slots().state(slot) {
        State::Detached => return,
        State::Persistent | State::Deleted => {
            arena.unregister(slot);
            arena.forget_history(slot);
        }
        State::Pending | State::Transient => {}
    }
    arena.slots_mut().restore_state(slot, State::Transient);
    if let Some(column) = step.drawn() {
        arena.clear_key(slot, column);
    }
}
