//! Collections follow foreign keys: what is written to objects is noted, and brought into the collections before anybody looks.

use super::Store;
use super::arena::AnyArena;
use super::slots::{NO_PARENT, Owner, State};
use crate::model::Foreign;
use crate::schema::{Cascade, ForeignKeyDef, RelationKind, TableDef};

impl Store {
    /// Notes the parents of an object that is about to be written to.
    pub(crate) fn note_parents(&mut self, table: &'static TableDef, slot: u32) {
        if table.foreign_keys.is_empty() {
            return;
        }
        let Some(arena) = self.any(table.id) else { return };
        if arena.slots().entry(slot).unsynced() {
            return;
        }
        let parents: Vec<u32> =
            (0..table.foreign_keys.len()).map(|key| self.parent(table, slot, key).unwrap_or(NO_PARENT)).collect();
        self.push_unsynced(table, slot, parents.into_iter());
    }

    /// Notes that a new object has no collection that knows it yet.
    pub(crate) fn note_unseen(&mut self, table: &'static TableDef, slot: u32) {
        let Some(arena) = self.any_mut(table.id) else { return };
        if arena.slots_mut().note_unseen(slot, table.foreign_keys.len()) {
            self.unsynced.push(table.id);
        }
    }

    /// Notes that an object came back, which collections may list or not.
    pub(crate) fn note_unlisted(&mut self, table: &'static TableDef, slot: u32) {
        let is_noted = self.any(table.id).is_some_and(|arena| arena.slots().entry(slot).unsynced());
        if !table.foreign_keys.is_empty() && !is_noted {
            self.push_unsynced(table, slot, table.foreign_keys.iter().map(|_| NO_PARENT));
        }
    }

    fn push_unsynced(&mut self, table: &'static TableDef, slot: u32, parents: impl Iterator<Item = u32>) {
        let Some(arena) = self.any_mut(table.id) else { return };
        if arena.slots_mut().note_unsynced(slot, parents) {
            self.unsynced.push(table.id);
        }
    }

    /// Makes an object ready to be written to: its row's columns and its parents are kept.
    pub(crate) fn prepare_write(&mut self, table: &'static TableDef, slot: u32) {
        self.note_parents(table, slot);
        if let Some(arena) = self.any_mut(table.id) {
            arena.touch(slot);
        }
    }

    /// Sets a foreign key as a user would: tracked, and with collections in step at the next synchronisation.
    pub(crate) fn set_parent(&mut self, table: &'static TableDef, slot: u32, key: usize, to: Foreign<'_>) {
        self.prepare_write(table, slot);
        if let Some(arena) = self.any_mut(table.id) {
            arena.set_foreign(slot, table.foreign_keys[key].field, to);
        }
    }

    /// Brings all collections in step with the foreign keys that were written since the last call.
    pub(crate) fn sync(&mut self) {
        while let Some(model) = self.unsynced.pop() {
            let Some(arena) = self.any_mut(model) else { continue };
            let table = arena.table();
            let slots = arena.slots_mut();
            let changed = std::mem::take(&mut slots.unsynced);
            let before = std::mem::take(&mut slots.parents_before);
            for &slot in &changed {
                slots.entry_mut(slot).set_unsynced(false);
            }
            let new = self.sync_new(table, &changed);
            let before = before.chunks(table.foreign_keys.len());
            for (&slot, before) in changed.iter().zip(before).skip(new) {
                for (key, &old) in before.iter().enumerate() {
                    self.sync_member(table, slot, key, old);
                }
                if let Some(arena) = self.any_mut(table.id) {
                    arena.slots_mut().entry_mut(slot).set_unseen(false);
                }
            }
        }
    }

    /// Brings the new objects with which `changed` begins into the collections of their parents, each collection once, as far as nothing
    /// but that is to be done. Gives their number.
    fn sync_new(&mut self, table: &'static TableDef, changed: &[u32]) -> usize {
        let is_list = |def: &ForeignKeyDef| {
            let inverse = table.relations[def.relation].inverse();
            let is_marked = self.any((def.target.table)().id).is_some_and(|arena| arena.slots().has_marks());
            inverse.is_none_or(|inverse| inverse.kind == RelationKind::HasMany) && !is_marked
        };
        let Some(slots) = self.any(table.id).map(AnyArena::slots).filter(|slots| !slots.has_marks()) else { return 0 };
        let is_new = |slot: &&u32| slots.entry(**slot).unseen() && slots.state(**slot) == State::Pending;
        let new = &changed[..changed.iter().take_while(is_new).count()];
        if new.is_empty() || !table.foreign_keys.iter().all(is_list) {
            return 0;
        }
        for key in 0..table.foreign_keys.len() {
            self.enlist_new(table, key, new);
        }
        if let Some(arena) = self.any_mut(table.id) {
            new.iter().for_each(|&slot| arena.slots_mut().entry_mut(slot).set_unseen(false));
        }
        new.len()
    }

    /// Puts new objects into the lists of their parents by one foreign key. Those of one parent mostly come together.
    fn enlist_new(&mut self, table: &'static TableDef, key: usize, new: &[u32]) {
        let def = &table.foreign_keys[key];
        let (target, inverse) = ((def.target.table)(), table.relations[def.relation].inverse());
        let parents: Vec<u32> = new.iter().map(|&slot| self.parent(table, slot, key).unwrap_or(NO_PARENT)).collect();
        let mut first = 0;
        for siblings in parents.chunk_by(|a, b| a == b) {
            let (parent, slots) = (siblings[0], &new[first..first + siblings.len()]);
            first += siblings.len();
            match inverse {
                _ if parent == NO_PARENT => slots.iter().for_each(|&slot| self.note_waiting(table, slot, key)),
                Some(inverse) => {
                    let owner = self.any(target.id).map(|parents| parents.slots().owner(parent));
                    if owner == Some(Owner::Known) {
                        slots.iter().for_each(|&slot| self.note_new_member(inverse, slot, key, parent));
                    }
                    if let Some(members) = self.members_mut(table, key, target, parent) {
                        members.extend(slots);
                    }
                }
                None => {}
            }
        }
    }

    /// Moves one member from the collection of its old parent to that of its present one.
    fn sync_member(&mut self, table: &'static TableDef, slot: u32, key: usize, old: u32) {
        let mut new = self.parent(table, slot, key).unwrap_or(NO_PARENT);
        if new == NO_PARENT {
            self.note_waiting(table, slot, key);
        }
        if new == old {
            return;
        }
        if new != NO_PARENT {
            self.unmark_adopted(table, slot);
            self.unmark_adopted((table.foreign_keys[key].target.table)(), new);
        }
        if !self.is_alive(table, slot) {
            new = NO_PARENT;
        }
        let def = &table.foreign_keys[key];
        let relation = &table.relations[def.relation];
        let target = (def.target.table)();
        if old != NO_PARENT && relation.cascade.has(Cascade::DELETE_ORPHAN) {
            self.expunge_orphan(relation, old);
        }
        let Some(inverse) = relation.inverse() else { return };
        if old != NO_PARENT {
            if let Some(members) = self.members_mut(table, key, target, old) {
                members.remove(slot);
            }
            let is_orphan = new == NO_PARENT && !self.references_another(table, slot, def.field);
            if is_orphan && inverse.cascade.has(Cascade::DELETE_ORPHAN) {
                self.expunge_pending(table, slot);
            }
        }
        if new != NO_PARENT {
            let unseen = self.any(table.id).is_some_and(|arena| arena.slots().entry(slot).unseen());
            self.note_new_member(inverse, slot, key, new);
            let replaced = self.members_mut(table, key, target, new).and_then(|members| {
                let replaced = (inverse.kind == RelationKind::HasOne).then(|| members.pop()).flatten();
                // Looking through a long list for each of its new members would take the square of their number.
                if unseen || !members.contains(slot) {
                    members.push(slot);
                }
                replaced.filter(|&other| other != slot)
            });
            if let Some(other) = replaced {
                self.replace_member(inverse, other, new);
            }
        }
    }

    fn note_waiting(&mut self, table: &TableDef, slot: u32, key: usize) {
        let Some(arena) = self.any_mut(table.id) else { return };
        if matches!(arena.foreign(slot, table.foreign_keys[key].field), Foreign::Key(_)) {
            let slots = arena.slots_mut();
            slots.waiting.push((slot, slots.entry(slot).stamp, key));
        }
    }
}
