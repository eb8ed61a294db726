//! What types of a family have in tables of their own, where a query read the tables of its own type only.

use crate::error::{Error, ErrorKind, Result};
use crate::model::{FamilyMember, Handle, model_ref};
use crate::query::select_model;
use crate::schema::{ColumnDef, ModelRef, TableDef};
use crate::session::Session;
use crate::session::store::Store;
use crate::session::store::arena::{AnyArena, Populate};
use crate::session::store::slots::{SlotSet, State};
use crate::sql::{Lift, Lock};
use crate::value::ValueRef;

impl Session {
    /// Reads what [`base_only`](crate::query::Query::base_only) left out of an object, and of all others that came with the same result, by one
    /// statement. Where nothing was left out, nothing is sent.
    ///
    /// See the example of [`with_subtypes`](crate::query::Query::with_subtypes).
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `NotFound` when the row is gone, the database's, and those of an autoflush.
    pub fn complete<T: FamilyMember>(&mut self, object: Handle<T>) -> Result<()> {
        let (table, slot) = (T::table(), self.store.slot(object)?);
        if !self.store.is_part(table, slot) {
            return Ok(());
        }
        self.autoflush_for(&[table])?;
        let slots = self.store.old_companions(table, slot);
        self.ask_anew(model_ref::<T::Family>(), &slots)?;
        self.tell_states();
        if !self.store.is_part(table, slot) {
            return Ok(());
        }
        let label = self.store.label(table.id, slot);
        self.store.release(table, slot);
        Err(Error::new(ErrorKind::NotFound, format!("the row of {label} is gone; the object left the session")))
    }

    /// Reads the rest of the objects of a result: one statement for each type that occurs, which brings whole rows. So no object is made of
    /// the row of one moment and that of another. Gives those that have no row any more.
    pub(super) fn read_rest(
        &mut self,
        table: &'static TableDef,
        (lock, populate): (Option<&Lock>, Populate),
    ) -> Result<SlotSet> {
        let wanted = self.store.take_incomplete(table);
        if wanted.is_empty() {
            return Ok(SlotSet::default());
        }
        let mut came = SlotSet::default();
        for (model, slots) in self.store.by_type(table, &wanted) {
            self.read_whole(model, &slots, (lock, populate), &mut came)?;
        }
        let gone: SlotSet = wanted.iter().copied().filter(|slot| !came.contains(slot)).collect();
        let parts = wanted.into_iter().filter(|slot| gone.contains(slot) && self.store.is_part(table, *slot));
        let parts: Vec<u32> = parts.collect();
        parts.into_iter().for_each(|slot| self.store.release(table, slot));
        Ok(gone)
    }

    /// Reads the whole rows of objects of one type.
    fn read_whole(
        &mut self,
        model: ModelRef,
        slots: &[u32],
        (lock, populate): (Option<&Lock>, Populate),
        came: &mut SlotSet,
    ) -> Result<()> {
        let table = (model.table)();
        let by: Vec<&'static ColumnDef> = table.key_columns().collect();
        let facts = self.links.dialect_of(&table.name).capabilities();
        for keys in self.keys_of(table, slots).chunks(by.len(), facts) {
            let mut select = select_model(model);
            select.leave_out_below();
            crate::query::leave_out(&mut select, table, 0, &[]);
            select.lift = Lift::All;
            select.filter.push(keys.filter(table, &by));
            // The rows in the joined tables too.
            select.lock = lock.map(|lock| Lock { of: None, ..lock.clone() });
            self.run(model, &select, &mut [], populate, |_, slot, _| {
                came.insert(slot);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Before a flush plans: reads the rest of the objects whose rows it deletes, which may reference others, and of those that hooks or rules
    /// are to see.
    pub(crate) fn complete_written(&mut self) -> Result<()> {
        if self.put_off.is_some() {
            return Ok(());
        }
        for (table, slots) in self.store.parts_to_write() {
            let family = table.family.as_ref().and_then(|family| family.types.first());
            let Some(base) = family.map(|of| of.model) else { continue };
            self.ask_anew(base, &slots)?;
        }
        Ok(())
    }
}

impl Store {
    /// Whether only a part of an object was read.
    pub(crate) fn is_part(&self, table: &TableDef, slot: u32) -> bool {
        self.any(table.id).is_some_and(|arena| arena.slots().entry(slot).part())
    }

    /// Refuses an object of which only a part was read.
    pub(crate) fn require_whole(&self, table: &TableDef, slot: u32) -> Result<()> {
        if self.is_part(table, slot) { Err(self.part_only(table, slot)) } else { Ok(()) }
    }

    /// Why a part is not what it was taken for.
    #[cold]
    pub(crate) fn part_only(&self, table: &TableDef, slot: u32) -> Error {
        let object = self.label(table.id, slot);
        let message = format!(
            "of {object} only the columns of `{}` were read, as `base_only` says; `session.complete(handle)` reads the rest, for all \
             objects of the result at once",
            table.name
        );
        Error::new(ErrorKind::NotLoaded, message)
    }

    /// What a statement that failed has left is of no use.
    pub(super) fn forget_incomplete(&mut self, table: &TableDef) {
        self.take_incomplete(table);
    }

    /// The objects whose rest is to be read, each once.
    fn take_incomplete(&mut self, table: &TableDef) -> Vec<u32> {
        let arena = self.any_mut(table.id);
        let mut slots = arena.map(|arena| std::mem::take(&mut arena.slots_mut().incomplete)).unwrap_or_default();
        let mut seen = SlotSet::default();
        slots.retain(|&slot| seen.insert(slot));
        slots
    }

    /// Objects of a family by their types, in the order in which the base names them.
    fn by_type(&self, table: &'static TableDef, slots: &[u32]) -> Vec<(ModelRef, Vec<u32>)> {
        let (Some(family), Some(arena)) = (&table.family, self.any(table.id)) else { return Vec::new() };
        let mut found: Vec<(ModelRef, Vec<u32>)> = family.types.iter().map(|of| (of.model, Vec::new())).collect();
        for &slot in slots {
            if let ValueRef::Text(identity) = arena.row_value(slot, family.discriminator)
                && let Some(of) = family.number_of(identity)
            {
                found[of].1.push(slot);
            }
        }
        found.retain(|(_, slots)| !slots.is_empty());
        found
    }

    /// The objects of which a part is known and whose rows a flush is about to delete, or of which hooks or rules are to see all.
    fn parts_to_write(&self) -> Vec<(&'static TableDef, Vec<u32>)> {
        let of_arena = |arena: &dyn AnyArena| {
            let slots = arena.slots();
            let is_written =
                |slot: &u32| slots.entry(*slot).removing() || arena.is_asked() && self.changed(arena, *slot);
            let all = slots.deleting().chain(slots.touched());
            let mut parts: Vec<u32> = all
                .filter(|&slot| slots.entry(slot).part() && slots.state(slot) == State::Persistent)
                .filter(is_written)
                .collect();
            parts.sort_unstable();
            parts.dedup();
            (arena.table(), parts)
        };
        let mut parts: Vec<(&'static TableDef, Vec<u32>)> = self.arenas().map(of_arena).collect();
        parts.retain(|(_, slots)| !slots.is_empty());
        // Not in the order of the arenas, which depends on what else the process does.
        parts.sort_by_key(|(table, _)| (&table.name, table.id));
        parts
    }
}
