//! Marks of deletes: an object that `delete` was called with, and what its cascade marked or expunged, each with the object through
//! which it was reached.

use crate::schema::{Cascade, ModelId, RelationDef, RelationKind, TableDef};
use crate::session::store::Store;
use crate::session::store::slots::State;

/// An object, by its model and slot.
type Row = (ModelId, u32);

/// An object with its table.
pub(crate) type Object = (&'static TableDef, u32);

/// An object that a cascade reached. It is still so as long as it bears the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Marked {
    row: Row,
    mark: u32,
}

/// What one flush marked.
#[derive(Debug)]
pub(crate) struct Marks {
    /// The mark of the objects, 0 for those that nothing reached.
    number: u32,
    objects: Vec<Row>,
}

impl Marks {
    /// No objects yet; `number` is of no other delete or flush.
    pub(crate) fn new(number: u32) -> Self {
        Self { number, objects: Vec::new() }
    }

    /// What was marked was deleted.
    pub(crate) fn clear(&mut self) {
        self.objects.clear();
    }
}

impl Store {
    /// Marks an object to be deleted by the next flush, with all that its delete cascade reaches in memory. What is not loaded, and
    /// what another object may own too, the flush finds.
    pub(crate) fn mark_deleted(&mut self, object: Object, softly: bool) {
        let (table, slot) = object;
        let Some(arena) = self.any_mut(table.id) else { return };
        arena.slots_mut().note_called(slot);
        let entry = arena.slots().entry(slot);
        if entry.deleting() && (softly || !entry.softly()) {
            // It was reached by a cascade, and goes for its own sake from now on.
            arena.slots_mut().set_mark(slot, 0);
        } else if self.mark_one(object, None, 0, softly) {
            let mark = self.next_mark();
            self.mark_reached(object, mark);
        }
    }

    /// Marks an object for a flush: what goes with another one as that does, and an orphan as its model says. `false` when there was nothing
    /// to do.
    pub(crate) fn mark_with(&mut self, object: Object, through: Option<Row>, marks: &mut Marks) -> bool {
        let softly = through.map_or(object.0.soft_delete.is_some(), |owner| self.goes_softly(owner));
        let marked = self.mark_one(object, through, marks.number, softly);
        if marked {
            marks.objects.push((object.0.id, object.1));
        }
        marked
    }

    /// Whether the row of an object that is marked stays.
    fn goes_softly(&self, (model, slot): Row) -> bool {
        self.any(model).is_some_and(|arena| {
            let entry = arena.slots().entry(slot);
            entry.deleting() && entry.softly()
        })
    }

    /// Marks one object; a pending one leaves the session instead. What was to stay as a row goes after all, if one asks for it. `false` when
    /// there was nothing to do.
    fn mark_one(&mut self, (table, slot): Object, through: Option<Row>, mark: u32, softly: bool) -> bool {
        let Some(arena) = self.any_mut(table.id) else { return false };
        let slots = arena.slots_mut();
        let entry = slots.entry(slot);
        if entry.state == State::Pending {
            return self.expunge_one((table, slot), through, mark);
        }
        let may_go = entry.may_go(softly);
        if may_go {
            slots.mark_deleting(slot, softly);
            slots.set_mark(slot, mark);
            self.note_reached((table.id, slot), through, mark);
        }
        may_go
    }

    fn note_reached(&mut self, row: Row, through: Option<Row>, mark: u32) {
        if let Some((model, slot)) = through
            && let Some(arena) = self.any_mut(model)
        {
            arena.slots_mut().note_reached(slot, Marked { row, mark });
        }
    }

    /// Marks what the delete cascade reaches in memory from a marked object, at any depth. Members that other objects may own too are
    /// left to the flush, which looks for their owners once for all of them; it never looks at objects that left the session here.
    fn mark_reached(&mut self, object: Object, mark: u32) {
        let (mut marked, mut members) = (vec![object], Vec::new());
        let mut next = 0;
        while let Some(&(table, slot)) = marked.get(next) {
            next += 1;
            let left = self.any(table.id).is_some_and(|arena| arena.slots().state(slot) == State::Transient);
            let softly = self.goes_softly((table.id, slot));
            for relation in reached_by(table, softly).filter(|relation| left || !has_owners(relation)) {
                let target = (relation.target.table)();
                self.list_in_memory(relation, slot, &mut members);
                members.extend(self.take_unlisted(relation, slot));
                for member in members.drain(..) {
                    let owned = has_owners(relation) && self.is_owned(relation, member);
                    if !owned && self.mark_one((target, member), Some((table.id, slot)), mark, softly) {
                        marked.push((target, member));
                    }
                }
            }
        }
    }

    /// A pending object leaves the session, with the pending objects that its delete cascade reaches: they are never
    /// inserted, unless a new parent adopts them.
    pub(crate) fn expunge_pending(&mut self, table: &'static TableDef, slot: u32) {
        let mark = self.next_mark();
        if !self.expunge_one((table, slot), None, mark) {
            return;
        }
        let mut expunged = vec![(table, slot)];
        let mut next = 0;
        while let Some(&(table, slot)) = expunged.get(next) {
            next += 1;
            for relation in deleting(table) {
                let target = (relation.target.table)();
                for member in self.in_memory(relation, slot) {
                    if self.expunge_one((target, member), Some((table.id, slot)), mark) {
                        expunged.push((target, member));
                    }
                }
            }
        }
    }

    /// A pending object leaves the session and all collections. `false` when it was not pending.
    fn expunge_one(&mut self, (table, slot): Object, through: Option<Row>, mark: u32) -> bool {
        let Some(arena) = self.any_mut(table.id) else { return false };
        if arena.slots().state(slot) != State::Pending {
            return false;
        }
        arena.slots_mut().set_mark(slot, mark);
        arena.slots_mut().set_state(slot, State::Transient);
        self.leave_lists(table, &[slot]);
        self.note_reached((table.id, slot), through, mark);
        true
    }

    /// A new parent keeps an object that was marked or expunged because of another one, and what went with it.
    pub(crate) fn unmark_adopted(&mut self, table: &'static TableDef, slot: u32) {
        if self.any(table.id).is_none_or(|arena| arena.slots().mark(slot) == 0) {
            return;
        }
        self.unmark_all(table, slot, |store, table, slot, unsynced| {
            if !unsynced {
                store.note_unseen(table, slot);
            }
            store.associations.enter(table, slot);
        });
    }

    /// Takes back what `delete` did to an object, and what its cascade did to others.
    pub(crate) fn undelete(&mut self, (table, slot): Object) {
        let Some(slots) = self.any_mut(table.id).map(|arena| arena.slots_mut()) else { return };
        if slots.take_called(slot) {
            self.unmark_all(table, slot, |store, table, slot, _| store.enter_lists(table, slot));
        } else {
            // A cascade reached it: as long as its owner goes, the flush reaches it again.
            slots.entry_mut(slot).set_deleting(false);
        }
    }

    /// Takes back what a flush marked, but for what was taken back since.
    pub(crate) fn unmark(&mut self, marks: &Marks) {
        for &(model, slot) in &marks.objects {
            let Some(arena) = self.any(model).filter(|arena| arena.slots().mark(slot) == marks.number) else {
                continue;
            };
            let table = arena.table();
            if self.unmark_one(table, slot).is_some() {
                self.enter_lists(table, slot);
            }
        }
    }

    /// Takes the mark of an object away, and those of what was reached through it; `enter` puts those that left the session by it back
    /// into collections.
    fn unmark_all(
        &mut self,
        table: &'static TableDef,
        slot: u32,
        enter: impl Fn(&mut Self, &'static TableDef, u32, bool),
    ) {
        let mut open = vec![(table, slot)];
        let mut next = 0;
        while let Some(&(table, slot)) = open.get(next) {
            next += 1;
            if let Some(unsynced) = self.unmark_one(table, slot) {
                enter(self, table, slot, unsynced);
            }
            let Some(slots) = self.any_mut(table.id).map(|arena| arena.slots_mut()) else { continue };
            let reached = slots.reached(slot).to_vec();
            open.extend(reached.into_iter().filter_map(|(_, Marked { row: (model, slot), mark })| {
                let arena = self.any(model).filter(|arena| arena.slots().mark(slot) == mark)?;
                Some((arena.table(), slot))
            }));
        }
    }

    /// Takes a mark away. For a pending object that left the session by it: it is pending again, and whether it was to be synchronised.
    fn unmark_one(&mut self, table: &'static TableDef, slot: u32) -> Option<bool> {
        let slots = self.any_mut(table.id)?.slots_mut();
        slots.unmark(slot);
        let entry = slots.entry(slot);
        let unsynced = entry.unsynced();
        // Only a pending object becomes transient by being deleted.
        if entry.state != State::Transient {
            return None;
        }
        slots.set_pending(slot);
        Some(unsynced)
    }
}

/// The relations of a table that cascade deletes.
pub(crate) fn deleting(table: &'static TableDef) -> impl Iterator<Item = &'static RelationDef> {
    table.relations.iter().filter(|relation| relation.cascade.has(Cascade::DELETE))
}

/// The relations of a table whose members go with an object. If its row stays, rows that cannot be marked stay too, so that it can come back
/// as it was.
pub(crate) fn reached_by(table: &'static TableDef, softly: bool) -> impl Iterator<Item = &'static RelationDef> {
    deleting(table).filter(move |relation| !softly || (relation.target.table)().soft_delete.is_some())
}

/// Whether an object that a relation reaches may have another owner, with which it stays.
pub(crate) fn has_owners(relation: &RelationDef) -> bool {
    relation.cascade.has(Cascade::DELETE_ORPHAN)
        && matches!(relation.kind, RelationKind::BelongsTo | RelationKind::ManyToMany)
}
