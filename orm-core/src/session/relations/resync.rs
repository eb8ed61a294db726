//! Collections after the rows, and not the user, have changed foreign keys: a query that overwrote objects, a rollback.

use crate::schema::{RelationKind, TableDef};
use crate::session::store::Store;
use crate::session::store::members::Members;
use crate::session::store::slots::{NO_PARENT, SlotMap, State};

impl Store {
    /// Brings collections in step with the foreign keys of objects that rows overwrote.
    pub(crate) fn sync_overwritten(&mut self, table: &'static TableDef) {
        if let Some(arena) = self.any_mut(table.id) {
            let slots = arena.slots_mut();
            let (overwritten, brought) = (std::mem::take(&mut slots.overwritten), std::mem::take(&mut slots.brought));
            self.relist(table, &overwritten);
            self.enlist(table, &brought);
        }
    }

    /// Puts new objects, which no collection lists, into those of their parents that are in memory.
    fn enlist(&mut self, table: &'static TableDef, slots: &[u32]) {
        if slots.is_empty() {
            return;
        }
        for (key, def) in table.foreign_keys.iter().enumerate() {
            let target = (def.target.table)();
            let inverse = table.relations[def.relation].inverse();
            let one = inverse.is_some_and(|inverse| inverse.kind == RelationKind::HasOne);
            for &slot in slots {
                if let Some(parent) = self.parent(table, slot, key)
                    && let Some(members) = self.members_mut(table, key, target, parent)
                    && !members.is_chosen()
                    && (!one || members.is_empty())
                {
                    members.push(slot);
                }
            }
        }
    }

    /// Puts each of `slots` into the loaded collection of its parent and out of all others. Who its parent was is not known any
    /// more, so all collections are looked through. Nothing is written for it: the rows say so already.
    pub(crate) fn relist(&mut self, table: &'static TableDef, slots: &[u32]) {
        if slots.is_empty() {
            return;
        }
        for (key, def) in table.foreign_keys.iter().enumerate() {
            let Some(arena) = self.any(table.id) else { return };
            let parents = self.any((def.target.table)().id);
            // A new object whose transaction was rolled back stays with a parent that shares its fate.
            let shares = |slot: u32, parent: u32| {
                let parent = parents.map_or(State::Detached, |parents| parents.slots().state(parent));
                match arena.slots().state(slot) {
                    State::Pending | State::Persistent => parent != State::Transient,
                    State::Transient => arena.slots().is_rolled_back(slot) && parent == State::Transient,
                    State::Deleted | State::Detached => false,
                }
            };
            let parent = |slot| self.parent(table, slot, key).filter(|&parent| shares(slot, parent));
            let now: Vec<(u32, u32)> = slots.iter().map(|&slot| (slot, parent(slot).unwrap_or(NO_PARENT))).collect();
            // One whose parent stays has no list there, and comes with it all the same if both are added again.
            let apart: Vec<(u32, u32)> = slots
                .iter()
                .filter(|&&slot| arena.slots().is_rolled_back(slot))
                .filter_map(|&slot| Some((slot, self.parent(table, slot, key)?)))
                .filter(|&(slot, parent)| !shares(slot, parent))
                .collect();
            let empty = |&(_, parent): &(u32, u32)| {
                let since = parents.filter(|_| parent != NO_PARENT)?.slots().empty_since(parent)?;
                Some((parent, since))
            };
            let empty = now.iter().filter_map(empty).collect();
            let one =
                table.relations[def.relation].inverse().is_some_and(|inverse| inverse.kind == RelationKind::HasOne);
            if let Some(arena) = self.any_mut(table.id) {
                let slots = arena.slots_mut();
                relist_members(&mut slots.members[key], now, empty, one);
                apart.into_iter().for_each(|(slot, parent)| slots.note_unlisted(key, parent, slot));
            }
        }
        if let Some(arena) = self.any_mut(table.id) {
            let slots = arena.slots_mut();
            slots.lacking &= slots.members.iter().flat_map(|lists| lists.values()).any(Members::is_lacking);
        }
    }
}

/// Puts objects into the lists of their parents and out of all others. The parents among `empty` have a list though none is
/// there yet: an empty one, since then.
fn relist_members(lists: &mut SlotMap<u32, Members>, now: Vec<(u32, u32)>, empty: Vec<(u32, u32)>, one: bool) {
    for (parent, since) in empty {
        lists.entry(parent).or_insert_with(|| Members::empty(since));
    }
    let parents: SlotMap<u32, u32> = now.iter().copied().collect();
    for (parent, members) in lists.iter_mut() {
        members.retain(|member| parents.get(&member).is_none_or(|now| now == parent));
    }
    for (slot, parent) in now {
        if let Some(members) = lists.get_mut(&parent)
            && !members.contains(slot)
            // Whether a list of some members has room for it, its condition says, which is not known any more.
            && !members.is_chosen()
            && (!one || members.is_empty())
        {
            members.push(slot);
        }
    }
}
