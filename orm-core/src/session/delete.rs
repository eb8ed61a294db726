//! Deleting objects: marks now, DELETE statements with the next flush.

use std::collections::BTreeMap;

use super::Session;
use super::aside::Marks;
use super::slots::State;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model};
use crate::schema::{Cascade, PassiveDeletes, RelationDef, RelationKind, TableDef};

impl Session {
    /// Marks an object to be deleted by the next flush, with everything that `cascade(delete)` reaches: collections that
    /// are not loaded are loaded, one statement for each level and relation. A pending object just leaves the session.
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` for a transient object, and the database's when collections are loaded.
    pub fn delete<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.store.sync();
        let slot = self.store.slot(handle)?;
        match self.store.state(handle.raw()) {
            State::Transient => {
                let object = self.store.label(T::table().id, slot);
                Err(Error::new(
                    ErrorKind::InvalidState,
                    format!("{object} is transient: it has no row to delete; expunge it"),
                ))
            }
            State::Deleted => Ok(()),
            _ => {
                let mut marks = Marks::new(self.store.next_mark(), Some((T::table().id, slot)));
                // What is marked must not be flushed before its members are marked too.
                let objects = vec![(T::table(), slot)];
                let result = self.no_autoflush(|session| session.mark_deleted(objects, false, &mut marks));
                match result {
                    Ok(()) if marks.objects.is_empty() => {}
                    Ok(()) => self.store.arena_mut::<T>().slots.aside_mut(slot).marks = Some(marks),
                    Err(_) => self.unmark(&marks),
                }
                self.tell_states();
                result
            }
        }
    }

    /// Takes back a [`delete`](Session::delete) that was not flushed yet, and what its cascade marked. A pending object that
    /// it took out of the session is pending again.
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` when the DELETE was flushed already.
    pub fn undelete<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        let slot = self.store.slot(handle)?;
        if self.store.state(handle.raw()) == State::Deleted {
            let object = self.store.label(T::table().id, slot);
            return Err(Error::new(
                ErrorKind::InvalidState,
                format!("the DELETE of {object} was flushed; roll back, or add a new value"),
            ));
        }
        let slots = &mut self.store.arena_mut::<T>().slots;
        slots.entry_mut(slot).deleting = false;
        if let Some(marks) = slots.aside(slot).is_some().then(|| slots.aside_mut(slot).marks.take()).flatten() {
            self.unmark(&marks);
        }
        self.tell_states();
        Ok(())
    }

    /// Marks objects and what the delete cascade reaches, level by level; `by_cascade` tells whether a cascade reached the
    /// objects themselves. `marks` gets what was not marked before.
    pub(super) fn mark_deleted(
        &mut self,
        objects: Vec<(&'static TableDef, u32)>,
        mut by_cascade: bool,
        marks: &mut Marks,
    ) -> Result<()> {
        let mut level = objects;
        while !level.is_empty() {
            for (table, slots) in by_table(level.drain(..)) {
                let mark = |&slot: &u32| self.mark_one(table, slot, by_cascade, marks);
                let fresh: Vec<u32> = slots.into_iter().filter(mark).collect();
                for relation in table.relations.iter().filter(|relation| relation.cascade.has(Cascade::DELETE)) {
                    level.extend(self.reached(relation, &fresh)?);
                }
            }
            by_cascade = true;
        }
        Ok(())
    }

    /// Marks one object; a pending one leaves the session instead. `false` when there was nothing to do.
    fn mark_one(&mut self, table: &'static TableDef, slot: u32, by_cascade: bool, marks: &mut Marks) -> bool {
        let mark = if by_cascade { marks.number } else { 0 };
        if self.store.expel_one(table, slot, mark) {
            marks.objects.push((table.id, slot));
            return true;
        }
        let Some(arena) = self.store.any_mut(table.id) else { return false };
        let slots = arena.slots_mut();
        match slots.state(slot) {
            State::Persistent if !slots.entry(slot).deleting => {
                slots.mark_deleting(slot);
                slots.entry_mut(slot).mark = mark;
                marks.objects.push((table.id, slot));
                true
            }
            _ => false,
        }
    }

    /// What `slots` reach by a relation that cascades deletes.
    fn reached(&mut self, relation: &'static RelationDef, slots: &[u32]) -> Result<Vec<(&'static TableDef, u32)>> {
        if relation.passive_deletes == PassiveDeletes::No {
            self.load_relation(relation, slots)?;
        }
        let target = (relation.target.table)();
        let members = slots.iter().flat_map(|&slot| match self.store.is_loaded(relation, slot) {
            true => self.store.in_memory(relation, slot),
            false => self.store.new_members(relation, slot),
        });
        let members = members.filter(|&member| !self.store.has_other_owner(relation, member));
        Ok(members.map(|member| (target, member)).collect())
    }

    /// What `slots` reference by a `belongs_to` that cascades deletes, as far as it is in memory.
    fn owned(&self, relation: &'static RelationDef, slots: &[u32]) -> Vec<(&'static TableDef, u32)> {
        let members = slots.iter().flat_map(|&slot| self.store.in_memory(relation, slot));
        let members = members.filter(|&member| !self.store.has_other_owner(relation, member));
        members.map(|member| ((relation.target.table)(), member)).collect()
    }

    /// Takes marks back, but for those of objects that another one took back, or marked, since.
    pub(super) fn unmark(&mut self, marks: &Marks) {
        for &(model, slot) in &marks.objects {
            let Some(arena) = self.store.any_mut(model) else { continue };
            let table = arena.table();
            let slots = arena.slots_mut();
            let entry = slots.entry_mut(slot);
            if !marks.hold((model, slot), entry.mark) {
                continue;
            }
            entry.deleting = false;
            entry.mark = 0;
            // Only a pending object becomes transient by being deleted.
            if entry.state == State::Transient {
                slots.set_pending(slot);
                self.store.enter_lists(table, slot);
            }
        }
    }

    /// Before a flush: orphans are marked, and what the flush must know of the relations of deleted objects is loaded.
    pub(super) fn prepare_deletes(&mut self, marks: &mut Marks) -> Result<()> {
        self.load_replaced()?;
        let mut reached = self.orphans()?;
        let deleting = self.deleting();
        // Members that came after the delete() are reached by its cascade too, also where their collection was unloaded since.
        for (table, slots) in by_table(deleting) {
            for relation in table.relations.iter().filter(|relation| relation.cascade.has(Cascade::DELETE)) {
                match relation.kind {
                    RelationKind::BelongsTo => reached.extend(self.owned(relation, &slots)),
                    _ => reached.extend(self.reached(relation, &slots)?),
                }
            }
        }
        self.mark_deleted(reached, true, marks)?;
        for (table, slots) in by_table(self.deleting()) {
            for relation in &table.relations {
                let left_alone = relation.kind == RelationKind::BelongsTo || relation.view_only;
                if !left_alone && relation.passive_deletes == PassiveDeletes::No {
                    self.load_relation(relation, &slots)?;
                }
            }
        }
        Ok(())
    }

    fn deleting(&self) -> Vec<(&'static TableDef, u32)> {
        let arenas = self.store.arenas();
        arenas.flat_map(|arena| arena.slots().deleting().map(|slot| (arena.table(), slot))).collect()
    }
}

/// Objects table by table, in the order of the tables' names.
pub(super) fn by_table(
    objects: impl IntoIterator<Item = (&'static TableDef, u32)>,
) -> Vec<(&'static TableDef, Vec<u32>)> {
    let mut tables: BTreeMap<_, (&'static TableDef, Vec<u32>)> = BTreeMap::new();
    for (table, slot) in objects {
        tables.entry((&table.name, table.id)).or_insert((table, Vec::new())).1.push(slot);
    }
    tables.into_values().collect()
}
