//! The collections of objects: read, changed, left, unloaded.

use crate::error::Result;
use crate::schema::{Cascade, RelationDef, RelationKind, TableDef};
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::store::members::Members;
use crate::session::store::slots::{Owner, SlotSet, Slots, State};
use crate::session::store::times::NEVER;

/// Which collections an object leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// All that list it.
    All,
    /// Not those of objects that the same flush deletes: they are unloaded as they are when their objects leave.
    OfThoseThatStay,
}

impl Store {
    /// The collection of `parent`, to be changed; `None` when it was never loaded.
    pub(crate) fn members_mut(
        &mut self,
        table: &'static TableDef,
        key: usize,
        target: &TableDef,
        parent: u32,
    ) -> Option<&mut Members> {
        let owner = self.any(target.id)?.slots().owner(parent);
        self.any_mut(table.id)?.slots_mut().members_mut(key, parent, owner)
    }

    /// The members of a `has_many` or `has_one` that are in memory, with what was written since the last synchronisation. `None` when
    /// nothing was loaded.
    pub(crate) fn members(&self, relation: &'static RelationDef, parent: u32) -> Option<Vec<u32>> {
        let mut members = Vec::new();
        self.list_members(relation, parent, &mut members).then_some(members)
    }

    /// Puts what [`members`](Store::members) gives into `members`, which is empty. `false` when nothing was loaded.
    pub(crate) fn list_members(&self, relation: &'static RelationDef, parent: u32, members: &mut Vec<u32>) -> bool {
        let owner = (relation.owner.table)();
        let Some((table, key)) = relation.member_key() else { return false };
        let fresh = || self.any(owner.id).is_some_and(|arena| arena.slots().entry(parent).born != NEVER);
        let Some(arena) = self.any(table.id) else { return fresh() };
        let slots = arena.slots();
        match slots.members(key, parent) {
            Some(list) => list.list(members),
            None if fresh() => {}
            None => return false,
        }
        let before = slots.parents_before.chunks(table.foreign_keys.len());
        for (&slot, before) in slots.unsynced.iter().zip(before) {
            let stays = self.is_alive(table, slot) || slots.mark(slot) != 0;
            let here = stays && self.parent(table, slot, key) == Some(parent);
            let listed = members.iter().position(|&member| member == slot);
            match (here, listed) {
                (true, None) if before[key] != parent => {
                    if relation.kind == RelationKind::HasOne {
                        members.clear();
                    }
                    members.push(slot);
                }
                (false, Some(at)) => {
                    members.remove(at);
                }
                _ => {}
            }
        }
        true
    }

    /// The members of collections that have no rows yet, loaded or not, each after its parent.
    pub(crate) fn new_members(&self, relation: &'static RelationDef, parents: &[u32]) -> Vec<(u32, u32)> {
        let Some((table, key)) = relation.member_key().filter(|_| !parents.is_empty()) else { return Vec::new() };
        let Some(arena) = self.any(table.id) else { return Vec::new() };
        let parents: SlotSet = parents.iter().copied().collect();
        let members = arena.slots().pending().filter_map(|slot| Some((self.parent(table, slot, key)?, slot)));
        members.filter(|(parent, _)| parents.contains(parent)).collect()
    }

    /// Notes a new object as the member of a collection that is not loaded, where a delete of the parent takes it along.
    pub(crate) fn note_new_member(&mut self, relation: &'static RelationDef, slot: u32, key: usize, parent: u32) {
        if !relation.cascade.has(Cascade::DELETE) {
            return;
        }
        let owner = (relation.owner.table)();
        let is_new_parent = self.any(owner.id).is_some_and(|arena| arena.slots().owner(parent) != Owner::Known);
        let Some(arena) = self.any_mut((relation.target.table)().id).filter(|_| !is_new_parent) else { return };
        let slots = arena.slots_mut();
        if slots.state(slot) == State::Pending && slots.members(key, parent).is_none() {
            slots.note_unlisted(key, parent, slot);
        }
    }

    /// The members of a collection that [`note_new_member`](Store::note_new_member) noted and that still have no rows. They are not noted
    /// any more: who keeps them in the session notes them again.
    pub(crate) fn take_unlisted(&mut self, relation: &'static RelationDef, parent: u32) -> Vec<u32> {
        let Some((table, key)) = relation.member_key() else { return Vec::new() };
        let Some(arena) = self.any_mut(table.id) else { return Vec::new() };
        let mut noted = arena.slots_mut().take_unlisted(key, parent);
        noted.retain(|&slot| self.is_pending(table, slot) && self.parent(table, slot, key) == Some(parent));
        noted
    }

    /// Whether all members of a collection are in memory, and were brought in the unit at hand.
    pub(crate) fn is_loaded(&self, relation: &'static RelationDef, parent: u32) -> bool {
        let owner = (relation.owner.table)();
        if self.is_incomplete(relation, parent) {
            return false;
        }
        if relation.kind == RelationKind::ManyToMany && self.associations.is_loaded(relation, parent) {
            return true;
        }
        let owner = self.any(owner.id).map(AnyArena::slots);
        // What a view shows of a row, or the rows of a `through` model, is not known by the objects related in this session.
        let shows = |slots: &Slots| {
            let is_view = (relation.target.spec)().kind.view().is_some();
            let is_shown = relation.kind == RelationKind::ManyToMany && (relation.view_only || relation.has_through());
            // The row of a new object is written before it is looked for in a view.
            is_view || (is_shown && slots.state(parent) != State::Pending)
        };
        if owner.is_some_and(|slots| slots.is_fresh(parent) && !shows(slots)) {
            return true;
        }
        let Some((table, key)) = relation.member_key() else { return false };
        self.any(table.id).is_some_and(|arena| arena.slots().has_all_members(key, parent))
    }

    /// Notes that the collections that an object with a row belongs to lack it from now on: it leaves the session.
    pub(crate) fn note_absent(&mut self, table: &'static TableDef, slot: u32) {
        let has_row = |arena: &dyn AnyArena| matches!(arena.slots().state(slot), State::Persistent | State::Deleted);
        if !self.any(table.id).is_some_and(has_row) {
            return;
        }
        self.associations.note_absent(table, slot);
        for (key, def) in table.foreign_keys.iter().enumerate() {
            let Some(parent) = self.row_parent(table, slot, key) else { continue };
            let owner = self.any((def.target.table)().id).map(|parents| parents.slots().owner(parent));
            if let Some((arena, owner)) = self.any_mut(table.id).zip(owner) {
                arena.slots_mut().note_absent(key, parent, owner);
            }
        }
    }

    /// Whether a collection that is in memory does not claim to be all.
    pub(crate) fn is_incomplete(&self, relation: &'static RelationDef, parent: u32) -> bool {
        let list = match (relation.kind, relation.member_key()) {
            (RelationKind::ManyToMany, _) => {
                self.associations.of(relation).and_then(|(set, left)| set.list(left, parent))
            }
            (_, Some((table, key))) => self.any(table.id).and_then(|arena| arena.slots().members(key, parent)),
            (_, None) => None,
        };
        list.is_some_and(Members::is_partial)
    }

    /// Takes an object out of the collections that list it, with its own: it leaves the session. What is still kept by its slot goes with
    /// the slot, see [`reclaim`](Store::reclaim).
    pub(crate) fn leave(&mut self, table: &'static TableDef, slot: u32) {
        self.note_absent(table, slot);
        self.leave_collections(table, &[slot], Lists::All);
        self.associations.forget(table, slot);
    }

    /// An object leaves the session.
    pub(crate) fn release(&mut self, table: &'static TableDef, slot: u32) {
        self.leave(table, slot);
        if let Some(arena) = self.any_mut(table.id) {
            arena.discard(slot);
        }
    }

    /// Removes objects from the collections that list them, and unloads their own. A rollback brings them back.
    pub(crate) fn leave_collections(&mut self, table: &'static TableDef, slots: &[u32], lists: Lists) {
        slots.iter().for_each(|&slot| self.leave_parents(table, slot, lists));
        self.associations.leave(table, slots);
        slots.iter().for_each(|&slot| self.unload_collections(table, slot));
    }

    /// Brings an object back into the collections that [`leave_lists`](Store::leave_lists) took it from.
    pub(crate) fn enter_lists(&mut self, table: &'static TableDef, slot: u32) {
        self.note_unseen(table, slot);
        self.associations.enter(table, slot);
        self.sync();
    }

    /// Removes objects from the collections that list them. A rollback brings them back.
    pub(crate) fn leave_lists(&mut self, table: &'static TableDef, slots: &[u32]) {
        slots.iter().for_each(|&slot| self.leave_parents(table, slot, Lists::All));
        self.associations.leave(table, slots);
    }

    /// Removes an object from the collections of the objects that it references.
    pub(crate) fn leave_parents(&mut self, table: &'static TableDef, slot: u32, lists: Lists) {
        for (key, def) in table.foreign_keys.iter().enumerate() {
            let Some(arena) = self.any(table.id) else { continue };
            let target = (def.target.table)();
            let parent = self.resolve(target, arena.foreign(slot, def.field));
            // What nobody wrote to references what its row does.
            let is_written = arena.slots().entry(slot).touched();
            let row_parent = is_written.then(|| self.row_parent(table, slot, key)).flatten();
            for parent in [parent, row_parent].into_iter().flatten() {
                if lists == Lists::OfThoseThatStay && self.is_going(target, parent) {
                    continue;
                }
                if let Some(members) = self.members_mut(table, key, target, parent) {
                    members.remove(slot);
                }
            }
        }
    }

    /// Whether an object has a row that the flush at hand deletes, or marks as deleted.
    fn is_going(&self, table: &TableDef, slot: u32) -> bool {
        let entry = self.any(table.id).map(|arena| arena.slots().entry(slot));
        entry.is_some_and(|entry| entry.deleting() && entry.state == State::Persistent)
    }

    /// Unloads the collections of an object. A rollback brings them back.
    pub(crate) fn unload_collections(&mut self, table: &'static TableDef, slot: u32) {
        for relation in &table.relations {
            match relation.kind {
                RelationKind::BelongsTo => {}
                RelationKind::ManyToMany => self.associations.unload(relation, slot),
                RelationKind::HasMany | RelationKind::HasOne => {
                    if let Some((child, key)) = relation.member_key()
                        && let Some(arena) = self.any_mut(child.id)
                    {
                        arena.slots_mut().unload_members(key, slot);
                    }
                }
            }
        }
    }

    /// Gives objects the lists of a `many_to_many` that a load found, all of the members or some.
    pub(crate) fn set_links(
        &mut self,
        relation: &'static RelationDef,
        lists: impl IntoIterator<Item = (u32, Vec<u32>)>,
        partial: bool,
    ) -> Result<()> {
        let mut associations = std::mem::take(&mut self.associations);
        let outcome = associations.of_mut(relation).map(|(set, left)| {
            set.set_lists(left, lists, partial, |other| self.is_alive((relation.target.table)(), other));
        });
        self.associations = associations;
        outcome
    }

    /// Unloads a relation of objects with rows.
    pub(crate) fn unload(&mut self, relation: &'static RelationDef, slots: &[u32]) {
        let owner = (relation.owner.table)();
        for &slot in slots {
            if let Some(arena) = self.any_mut(owner.id) {
                let entry = arena.slots_mut().entry_mut(slot);
                if entry.state != State::Pending {
                    entry.born = NEVER;
                }
            }
            match (relation.kind, relation.member_key()) {
                (RelationKind::ManyToMany, _) => self.associations.unload(relation, slot),
                (_, Some((child, key))) => {
                    if let Some(arena) = self.any_mut(child.id) {
                        arena.slots_mut().unload_members(key, slot);
                    }
                }
                (_, None) => {}
            }
        }
    }
}
