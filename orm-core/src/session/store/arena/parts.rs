//! Objects of families of which only the part of the base was read.

use super::{Arena, Columns as _, Populate, Reading};
use crate::error::Result;
use crate::model::Model;
use crate::session::events::loaded;

impl<T: Model> Arena<T> {
    /// Whether a row that has a part of an object says nothing more: the whole object shows the same, or is to be read anew.
    pub(super) fn is_left_to_the_rest(&mut self, slot: u32, part: &T, reading: Reading) -> Result<bool> {
        self.keeps_type(slot, part)?;
        let is_whole = !self.slots.entry(slot).part();
        if !is_whole && !reading.rest_follows() {
            return Ok(false);
        }
        if reading.rest_follows() || reading.populate == Populate::Overwrite || !self.shows(slot, part) {
            self.slots.incomplete.push(slot);
        }
        Ok(true)
    }

    /// Whether the row of an object has these columns of the base.
    fn shows(&self, slot: u32, part: &T) -> bool {
        let table = T::table();
        let of_base = table.family.as_ref().map_or(0, |family| family.discriminator);
        let mut columns = (0..of_base).zip(&table.columns);
        columns.all(|(column, def)| self.row_value(slot, column) == part.value(def.field, def.part))
    }

    /// An object that keeps its unsaved changes gets from a row what was not read of it.
    pub(super) fn complete(&mut self, slot: u32, whole: T) -> Result<()> {
        if !T::FAMILY || !self.slots.entry(slot).part() || whole.is_part() {
            return Ok(());
        }
        let whole = loaded(whole)?;
        self.note_extent(slot, &whole);
        if let Some(snapshot) = self.snapshots.get_mut(&slot) {
            snapshot.complete(whole.snapshot());
        }
        if let Some(object) = self.get_mut(slot) {
            object.complete(whole);
        }
        // Its foreign keys are known now.
        self.slots.overwritten.push(slot);
        Ok(())
    }

    /// Notes whether the object is whole with the values of a row. If so, what it was before is known as a whole too.
    pub(super) fn note_extent(&mut self, slot: u32, row: &T) {
        if row.is_part() || !self.slots.entry(slot).part() {
            return;
        }
        for before in self.outer.iter_mut().chain(std::iter::once(&mut self.before)) {
            if let Some(before) = before.get_mut(&slot) {
                before.columns.complete(row.snapshot());
            }
        }
        self.slots.entry_mut(slot).set_part(false);
    }
}
