//! Deleting objects: marks now, DELETE statements with the next flush.

use super::marks::{Marks, Object, reached_by};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, require_writable};
use crate::schema::{Cascade, ColumnDef, ModelId, PassiveDeletes, RelationDef, RelationKind, TableDef};
use crate::session::Session;
use crate::session::relations::owners::Owners;
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::store::slots::State;

impl Session {
    /// Marks an object to be deleted by the next flush, with everything in memory that `cascade(delete)` reaches. It sends nothing:
    /// what is not loaded the flush loads for all deleted objects at once, by one statement for each level and relation. A pending
    /// object just leaves the session.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` for a transient object.
    pub fn delete<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        const { require_writable::<T>() };
        self.mark_to_delete(handle, T::table().soft_delete.is_some())
    }

    /// [`delete`](Session::delete)s an object for good, with its row, though the model says `soft_delete`. What its cascade reaches goes for
    /// good too, rows included that are marked as deleted.
    ///
    /// See the example of [`with_deleted`](Session::with_deleted).
    ///
    /// # Errors
    ///
    /// Those of [`delete`](Session::delete).
    pub fn purge<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.mark_to_delete(handle, false)
    }

    fn mark_to_delete<T: Model>(&mut self, handle: Handle<T>, softly: bool) -> Result<()> {
        self.store.sync();
        let slot = self.store.slot(handle)?;
        match self.store.state(handle.raw()) {
            State::Transient => {
                let object = self.store.label(T::table().id, slot);
                let message = format!("{object} is transient: it has no row to delete; expunge it");
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
            State::Deleted => {}
            _ => self.store.mark_deleted((T::table(), slot), softly),
        }
        self.tell_states();
        Ok(())
    }

    /// Before a flush: orphans are marked, and what the flush must know of the relations of deleted objects is loaded.
    pub(crate) fn prepare_deletes(&mut self, marks: &mut Marks) -> Result<()> {
        self.load_replaced()?;
        let mut owners = Owners::default();
        let orphans = self.orphans(&mut owners)?;
        self.complete_deletes(orphans, owners, marks)?;
        for (table, slots) in self.store.removing() {
            for relation in table.relations.iter().filter(|relation| leaves_rows(relation)) {
                self.load_whole(relation, &slots)?;
            }
        }
        self.load_post_updated()
    }

    /// Loads the rows that reference objects about to be deleted by keys with `post_update` which no relation leads back from: these keys
    /// become NULL before.
    fn load_post_updated(&mut self) -> Result<()> {
        // A flush that is explained loads nothing.
        if self.put_off.is_some() {
            return Ok(());
        }
        for (table, _) in self.store.removing() {
            for relation in &table.relations {
                self.store.meet(relation.target);
            }
        }
        for (table, def) in self.store.one_way_post_updates() {
            let target = (def.target.table)();
            let deleted: Vec<u32> = self.store.any(target.id).map_or_else(Vec::new, |arena| {
                // What has no row is referenced by none.
                let slots = arena.slots();
                slots.removing().filter(|&slot| slots.state(slot) == State::Persistent).collect()
            });
            if !deleted.is_empty() {
                let by: Vec<&'static ColumnDef> = table.columns[def.columns.clone()].iter().collect();
                self.read_by(table, &by, self.keys_of(target, &deleted), |_, _, _| Ok(()))?;
            }
        }
        Ok(())
    }

    /// Marks `orphans`, and what the delete cascade reaches from everything that is marked, level by level: what is not loaded is
    /// loaded by one statement for each level and relation.
    pub(crate) fn complete_deletes(
        &mut self,
        orphans: Vec<Object>,
        mut owners: Owners,
        marks: &mut Marks,
    ) -> Result<()> {
        // Members that came after the delete() are reached by its cascade too.
        let mut level = self.store.deleting();
        let mut reached: Vec<(Object, Option<(ModelId, u32)>)> =
            orphans.into_iter().map(|orphan| (orphan, None)).collect();
        loop {
            for ((table, slot), through) in reached.drain(..) {
                if self.store.mark_with((table, slot), through, marks) {
                    owners.leave(table, slot);
                    level.push((table, slot));
                }
            }
            if level.is_empty() {
                return Ok(());
            }
            for (table, slots) in by_table(level.drain(..)) {
                let stays =
                    |slot: &u32| self.store.any(table.id).is_some_and(|arena| arena.slots().entry(*slot).softly());
                let (staying, going): (Vec<u32>, Vec<u32>) = slots.into_iter().partition(stays);
                for (slots, softly) in [(going, false), (staying, true)] {
                    for relation in reached_by(table, softly).filter(|_| !slots.is_empty()) {
                        let target = (relation.target.table)();
                        let mut members = self.reached(relation, &slots, softly)?;
                        members.retain(|&(_, member)| !owners.any_other(&self.store, relation, member));
                        let members =
                            members.into_iter().map(|(owner, member)| ((target, member), Some((table.id, owner))));
                        reached.extend(members);
                    }
                }
            }
        }
    }

    /// What `slots` reach by a relation that cascades deletes and is not marked yet, each member with its owner.
    fn reached(&mut self, relation: &'static RelationDef, slots: &[u32], softly: bool) -> Result<Vec<(u32, u32)>> {
        if softly {
            // No row goes, so the database does nothing by itself.
            self.load_relation(relation, slots)?;
        } else if relation.passive_deletes == PassiveDeletes::No {
            self.load_whole(relation, slots)?;
        }
        let store = &self.store;
        let target = store.any((relation.target.table)().id).map(AnyArena::slots);
        // Nearly all of them were marked by `delete` already.
        let is_new = |member: u32| {
            let entry = target.map(|slots| slots.entry(member));
            entry.is_some_and(|entry| entry.state == State::Pending || entry.may_go(softly))
        };
        let (mut members, mut listed) = (Vec::new(), Vec::new());
        for &slot in slots {
            store.list_in_memory(relation, slot, &mut listed);
            members.extend(listed.drain(..).filter(|&member| is_new(member)).map(|member| (slot, member)));
        }
        let unknown: Vec<u32> = slots.iter().copied().filter(|&slot| !store.is_loaded(relation, slot)).collect();
        members.extend(store.new_members(relation, &unknown));
        Ok(members)
    }
}

impl Store {
    pub(crate) fn deleting(&self) -> Vec<Object> {
        let arenas = self.arenas();
        arenas.flat_map(|arena| arena.slots().deleting().map(|slot| (arena.table(), slot))).collect()
    }

    /// Those whose rows go, table by table, in the order of the tables' names.
    fn removing(&self) -> Vec<(&'static TableDef, Vec<u32>)> {
        let tables = self.arenas().map(|arena| (arena.table(), arena.slots().removing().collect()));
        let mut tables: Vec<(&'static TableDef, Vec<u32>)> = tables.collect();
        tables.retain(|(_, slots)| !slots.is_empty());
        tables.sort_by_key(|(table, _)| (&table.name, table.id));
        tables
    }
}

/// Whether a flush that deletes an object has to know what the relation leads to that the cascade does not reach: rows that lose their
/// keys, pairs that go. The rows of a `through` model are objects: they are left to that model's own relations.
fn leaves_rows(relation: &RelationDef) -> bool {
    relation.kind != RelationKind::BelongsTo
        && !relation.view_only
        && !relation.has_through()
        && !relation.cascade.has(Cascade::DELETE)
        && relation.passive_deletes == PassiveDeletes::No
}

/// Objects table by table, in the order of the tables' names.
pub(crate) fn by_table(
    objects: impl IntoIterator<Item = (&'static TableDef, u32)>,
) -> Vec<(&'static TableDef, Vec<u32>)> {
    let mut tables: Vec<(&'static TableDef, Vec<u32>)> = Vec::new();
    for (table, slot) in objects {
        // They come with few changes of the table.
        match tables.iter_mut().rev().find(|(known, _)| known.id == table.id) {
            Some((_, slots)) => slots.push(slot),
            None => tables.push((table, vec![slot])),
        }
    }
    tables.sort_by_key(|(table, _)| (&table.name, table.id));
    tables
}
