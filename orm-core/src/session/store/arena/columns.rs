//! Columns of objects, for the planner.

use super::Arena;
use crate::error::Result;
use crate::model::{Foreign, Model};
use crate::value::{Mismatch, Value, ValueRef};

/// What a flush reads to plan: the columns of objects and of their rows.
pub(crate) trait Columns {
    /// The value of a column, as the object has it.
    fn value(&self, slot: u32, column: usize) -> ValueRef<'_>;
    /// The value of a column, as the row has it.
    fn row_value(&self, slot: u32, column: usize) -> ValueRef<'_>;
    fn foreign(&self, slot: u32, field: usize) -> Foreign<'_>;
    /// The foreign key as the row has it.
    fn row_foreign(&self, slot: u32, field: usize) -> Foreign<'_>;
    /// Whether all values fit a field: tried on a copy of `slot`.
    fn check_values(
        &self,
        slot: u32,
        field: usize,
        values: &mut dyn Iterator<Item = ValueRef<'_>>,
    ) -> Result<(), Mismatch>;
    /// Whether a field of the model can take a value.
    fn fits(&self, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch>;
    /// The first relation field to which members were assigned after the object was added, by number.
    fn pending_relation(&self, slot: u32) -> Option<usize>;
    /// The object with `on_update` values set, as a list of the columns that this changes.
    fn on_update_values(&self, slot: u32) -> Vec<(usize, Value)>;
    /// The columns with a `default = expr`, and their values.
    fn defaults(&self) -> Vec<(usize, Value)>;
}

impl<T: Model> Columns for Arena<T> {
    fn value(&self, slot: u32, column: usize) -> ValueRef<'_> {
        let column = &T::table().columns[column];
        self.get(slot).map_or(ValueRef::Null, |value| value.value(column.field, column.part))
    }

    fn row_value(&self, slot: u32, column: usize) -> ValueRef<'_> {
        let def = &T::table().columns[column];
        match self.snapshots.get(&slot) {
            Some(snapshot) => snapshot.value(def.field, def.part),
            None => self.value(slot, column),
        }
    }

    fn foreign(&self, slot: u32, field: usize) -> Foreign<'_> {
        self.get(slot).map_or(Foreign::Unset, |value| value.foreign(field))
    }

    fn row_foreign(&self, slot: u32, field: usize) -> Foreign<'_> {
        match self.snapshots.get(&slot) {
            Some(snapshot) => snapshot.foreign(field),
            None => self.foreign(slot, field),
        }
    }

    fn check_values(
        &self,
        slot: u32,
        field: usize,
        values: &mut dyn Iterator<Item = ValueRef<'_>>,
    ) -> Result<(), Mismatch> {
        let Some(mut copy) = self.get(slot).map(T::snapshot) else { return Ok(()) };
        for value in values {
            copy.set_value(field, value)?;
        }
        Ok(())
    }

    fn fits(&self, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch> {
        match self.values.iter().flatten().next() {
            Some(object) => object.snapshot().set_value(field, value),
            None => Ok(()),
        }
    }

    fn pending_relation(&self, slot: u32) -> Option<usize> {
        self.get(slot)?.pending_relation()
    }

    fn on_update_values(&self, slot: u32) -> Vec<(usize, Value)> {
        let Some(value) = self.get(slot) else { return Vec::new() };
        let mut updated = value.snapshot();
        updated.touch_on_update();
        let columns = T::table().columns.iter().enumerate();
        columns
            .filter(|(_, column)| value.value(column.field, column.part) != updated.value(column.field, column.part))
            .map(|(index, column)| (index, updated.value(column.field, column.part).to_value()))
            .collect()
    }

    fn defaults(&self) -> Vec<(usize, Value)> {
        let mut found = Vec::new();
        T::defaults(&mut |field, value| found.push((T::table().fields[field].columns.start, value.to_value())));
        found
    }
}
