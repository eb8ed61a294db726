//! Changes of objects, by the user's calls and by the executor of a flush.

use super::Arena;
use super::fields::{RowCell, set_field};
use super::typed::Before;
use crate::error::Result;
use crate::model::{Foreign, Model};
use crate::session::store::slots::State;
use crate::value::{Mismatch, SqlType, ValueRef};

/// What the session and a flush write into objects.
pub(crate) trait Changes {
    fn set_value(&mut self, slot: u32, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch>;
    fn set_foreign(&mut self, slot: u32, field: usize, to: Foreign<'_>);
    /// The row has another value in a field, by a statement that went beside the object. The object follows, unless the user wrote to
    /// the field since.
    fn change_row(&mut self, slot: u32, field: usize, to: RowCell<'_>);
    /// Sets a foreign key of `slot` to the key of `parent`, both in this arena.
    fn copy_key(&mut self, parent: u32, slot: u32, field: usize);
    /// The row of `slot` has the key of `parent`, which is in this arena too, as a foreign key. The object follows.
    fn carry_key(&mut self, parent: u32, slot: u32, field: usize);
    /// Takes the key away that the database chose.
    fn clear_key(&mut self, slot: u32, column: usize);
    /// Takes a snapshot of a persistent object, unless there is one.
    fn touch(&mut self, slot: u32);
    /// The object equals its row again: its snapshot is dropped, or kept as what it was when the transaction began.
    fn mark_flushed(&mut self, slot: u32);
    /// A touched object that equals its row: the snapshot is dropped.
    fn clean(&mut self, slot: u32);
}

impl<T: Model> Changes for Arena<T> {
    fn set_value(&mut self, slot: u32, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch> {
        self.keep_image(slot);
        self.get_mut(slot).map_or(Ok(()), |object| object.set_value(field, value))
    }

    fn set_foreign(&mut self, slot: u32, field: usize, to: Foreign<'_>) {
        self.keep_image(slot);
        if let Some(value) = self.get_mut(slot) {
            value.set_foreign(field, to);
        }
    }

    fn change_row(&mut self, slot: u32, field: usize, to: RowCell<'_>) {
        self.keep_image(slot);
        self.keep_before(slot);
        let Some(object) = self.values[slot as usize].as_mut() else { return };
        let Some(row) = self.snapshots.get_mut(&slot) else { return set_field(object, field, to) };
        let mut columns = T::table().field_columns(field).iter();
        let follows = !matches!(object.foreign(field), Foreign::New { .. })
            && columns.all(|column| row.value(field, column.part) == object.value(field, column.part));
        set_field(row, field, to);
        if follows {
            set_field(object, field, to);
        }
    }

    fn copy_key(&mut self, parent: u32, slot: u32, field: usize) {
        if let Some(key) = self.known_key(parent) {
            self.set_foreign(slot, field, Foreign::Key(&key));
        }
    }

    fn carry_key(&mut self, parent: u32, slot: u32, field: usize) {
        if let Some(key) = self.get(parent).and_then(T::key) {
            self.change_row(slot, field, RowCell::Foreign(Foreign::Key(&key)));
        }
    }

    fn clear_key(&mut self, slot: u32, column: usize) {
        let column = &T::table().columns[column];
        let blank = match column.sql_type {
            SqlType::Text => ValueRef::Text(""),
            #[cfg(feature = "uuid")]
            SqlType::Uuid => ValueRef::Uuid(uuid::Uuid::nil()),
            _ => ValueRef::I64(0),
        };
        if let Some(value) = self.get_mut(slot) {
            // A type with a `validate` may refuse it. Then the object keeps the key, and a new row of it gets the same one.
            let _ = value.set_value(column.field, blank);
        }
    }

    fn touch(&mut self, slot: u32) {
        self.keep_image(slot);
        let (state, touched) = (self.slots.state(slot), self.slots.entry(slot).touched());
        match state {
            State::Persistent if !touched => {
                if let Some(snapshot) = self.values[slot as usize].as_ref().map(T::snapshot) {
                    self.slots.touch(slot);
                    self.snapshots.insert(slot, snapshot);
                }
            }
            // Nothing is written for it, but a rollback brings its row back.
            State::Deleted => self.keep_before(slot),
            State::Transient if self.slots.entry(slot).rolled_back() => self.slots.aside_mut(slot).written = true,
            _ => {}
        }
    }

    fn mark_flushed(&mut self, slot: u32) {
        self.keep_image(slot);
        let entry = self.slots.entry_mut(slot);
        entry.set_touched(false);
        entry.set_written_expired(false);
        let read = entry.read;
        if !self.snapshots.is_empty()
            && let Some(columns) = self.snapshots.remove(&slot)
        {
            self.before.entry(slot).or_insert(Before { columns, read });
        }
    }

    fn clean(&mut self, slot: u32) {
        self.keep_image(slot);
        let entry = self.slots.entry_mut(slot);
        entry.set_touched(false);
        entry.set_written_expired(false);
        self.snapshots.remove(&slot);
    }
}
