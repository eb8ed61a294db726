//! The arena without its type: what the session does is written once, over this.

use std::any::Any;

use super::fields::{Cell, RowCell, set_field};
use super::typed::Before;
use super::{Arena, Reading};
use crate::error::Result;
use crate::model::{Foreign, Key, Model, Row, RowReader};
use crate::schema::TableDef;
use crate::session::events::{HookedArena, loaded};
use crate::session::store::forms::Forms;
use crate::session::store::log::{Log, Unlogged};
use crate::session::store::slots::{Slots, State};
use crate::value::{Mismatch, SqlType, Value, ValueRef};

/// An arena without its type. A model adds data, not code: everything that the session does is written once, over this.
pub(crate) trait AnyArena: Any + Send {
    fn table(&self) -> &'static TableDef;
    fn slots(&self) -> &Slots;
    fn slots_mut(&mut self) -> &mut Slots;

    /// The value of a column, as the object has it.
    fn value(&self, slot: u32, column: usize) -> ValueRef<'_>;
    /// The value of a column, as the row has it.
    fn row_value(&self, slot: u32, column: usize) -> ValueRef<'_>;
    fn set_value(&mut self, slot: u32, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch>;
    /// Whether all values fit a field: tried on a copy of `slot`.
    fn check_values(
        &self,
        slot: u32,
        field: usize,
        values: &mut dyn Iterator<Item = ValueRef<'_>>,
    ) -> Result<(), Mismatch>;
    fn foreign(&self, slot: u32, field: usize) -> Foreign<'_>;
    /// The foreign key as the row has it.
    fn row_foreign(&self, slot: u32, field: usize) -> Foreign<'_>;
    fn set_foreign(&mut self, slot: u32, field: usize, to: Foreign<'_>);

    /// The slot of the object with that key, which is the model's `Key`.
    fn find(&self, key: &dyn Any) -> Option<u32>;
    /// The slot of the object whose key stands in a row from column `first`.
    fn find_in_row(&self, row: &dyn Row, first: usize) -> Result<Option<u32>>;
    /// The slot of the object whose columns stand in a row from column `first`, as far as its key stands together.
    fn find_whole(&self, row: &dyn Row, first: usize) -> Result<Option<u32>>;
    /// Lends the object's key to `f`, when it has one.
    fn with_key(&self, slot: u32, f: &mut dyn FnMut(&dyn Any));
    /// The object's key as a person would write it: `User#3`, `User#new`.
    fn label(&self, slot: u32) -> String;

    /// The first relation field to which members were assigned after the object was added, by number.
    fn pending_relation(&self, slot: u32) -> Option<usize>;
    /// Takes a snapshot of a persistent object, unless there is one.
    fn touch(&mut self, slot: u32);
    /// The row has another value in a field, by a statement that went beside the object. The object follows, unless the user wrote to
    /// the field since.
    fn change_row(&mut self, slot: u32, field: usize, to: RowCell<'_>);
    /// Whether a field of the model can take a value.
    fn fits(&self, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch>;
    /// Lends the key that consists of one value to `f`.
    fn with_key_of(&self, value: ValueRef<'_>, f: &mut dyn FnMut(&dyn Any)) -> Result<()>;
    /// The object equals its row again: its snapshot is dropped, or kept as what it was when the transaction began.
    fn mark_flushed(&mut self, slot: u32);
    /// A touched object that equals its row: the snapshot is dropped.
    fn clean(&mut self, slot: u32);
    /// Sets a foreign key of `slot` to the key of `parent`, both in this arena.
    fn copy_key(&mut self, parent: u32, slot: u32, field: usize);
    /// The row of `slot` has the key of `parent`, which is in this arena too, as a foreign key. The object follows.
    fn carry_key(&mut self, parent: u32, slot: u32, field: usize);
    /// The object with `on_update` values set, as a list of the columns that this changes.
    fn on_update_values(&self, slot: u32) -> Vec<(usize, Value)>;
    /// The columns with a `default = expr`, and their values.
    fn defaults(&self) -> Vec<(usize, Value)>;

    /// Loads the object of a row.
    fn load_row(&mut self, row: &dyn Row, first: usize, reading: Reading) -> Result<u32>;
    /// The values of columns in a row of all columns, as the model reads them.
    fn values_of(&self, row: &dyn Row, columns: &[usize]) -> Result<Vec<(usize, Value)>>;
    /// Makes room in the identity map.
    fn reserve_keys(&mut self, objects: usize);
    /// The model's hooks, if it has any.
    fn hooks(&mut self) -> Option<&mut dyn HookedArena>;
    /// Whether the model has hooks, or fields that the flush fills.
    fn has_hooks(&self) -> bool;
    /// Puts the object into the identity map under its present key.
    fn register(&mut self, slot: u32);
    /// Takes the object out of the identity map.
    fn unregister(&mut self, slot: u32);
    /// What the columns make of values, as far as somebody has asked.
    fn forms(&self) -> &Forms;
    /// Takes over what the columns make of values, and puts the identity map in step with it.
    fn set_forms(&mut self, forms: Forms);
    /// Drops the object.
    fn discard(&mut self, slot: u32);
    /// Gives the object the columns that its row has, and drops the snapshot.
    fn revert(&mut self, slot: u32);
    /// Drops what is kept of the object's earlier columns.
    fn forget_history(&mut self, slot: u32);
    /// Takes the key away that the database chose.
    fn clear_key(&mut self, slot: u32, column: usize);
    /// Gives every object the columns that it had when the innermost level began, and tells which objects that changed.
    fn restore_values(&mut self) -> Vec<u32>;
    /// From now on objects are kept as they are before they change.
    fn begin_image(&mut self);
    /// Keeps an object as it is, if an image was begun.
    fn keep_image(&mut self, slot: u32);
    /// Gives all objects back what they were when the image was begun, or keeps them as they are now.
    fn end_image(&mut self, restore: bool);
    /// Begins a savepoint.
    fn begin_level(&mut self);
    /// Ends a savepoint: what was done in it becomes a part of what is around it.
    fn merge_level(&mut self);
    /// The transaction was committed: its log is of no use any more.
    fn end_level(&mut self);
    /// Ends a savepoint, or the transaction, that was rolled back. See [`Slots::drop_level`].
    fn drop_level(&mut self, unlogged: Unlogged) -> Vec<u32>;
}

impl<T: Model> AnyArena for Arena<T> {
    fn table(&self) -> &'static TableDef {
        T::table()
    }

    fn slots(&self) -> &Slots {
        &self.slots
    }

    fn slots_mut(&mut self) -> &mut Slots {
        &mut self.slots
    }

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

    fn set_value(&mut self, slot: u32, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch> {
        self.keep_image(slot);
        self.get_mut(slot).map_or(Ok(()), |object| object.set_value(field, value))
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

    fn foreign(&self, slot: u32, field: usize) -> Foreign<'_> {
        self.get(slot).map_or(Foreign::Unset, |value| value.foreign(field))
    }

    fn row_foreign(&self, slot: u32, field: usize) -> Foreign<'_> {
        match self.snapshots.get(&slot) {
            Some(snapshot) => snapshot.foreign(field),
            None => self.foreign(slot, field),
        }
    }

    fn set_foreign(&mut self, slot: u32, field: usize, to: Foreign<'_>) {
        self.keep_image(slot);
        if let Some(value) = self.get_mut(slot) {
            value.set_foreign(field, to);
        }
    }

    fn find(&self, key: &dyn Any) -> Option<u32> {
        self.find_key(key.downcast_ref()?)
    }

    fn find_in_row(&self, row: &dyn Row, first: usize) -> Result<Option<u32>> {
        let key = T::Key::read(&mut RowReader::new(row, first, T::spec().name))?;
        Ok(self.find_key(&key))
    }

    fn find_whole(&self, row: &dyn Row, first: usize) -> Result<Option<u32>> {
        self.key_at.map_or(Ok(None), |at| self.find_in_row(row, first + at))
    }

    fn with_key(&self, slot: u32, f: &mut dyn FnMut(&dyn Any)) {
        if let Some(key) = self.known_key(slot) {
            f(&key);
        }
    }

    fn label(&self, slot: u32) -> String {
        let name = T::spec().name;
        let table = T::table();
        // A key that the database has yet to choose tells nobody anything.
        let is_open = || table.generated_key && self.value(slot, table.primary_key[0]) == ValueRef::I64(0);
        match (self.slots.entries.get(slot as usize).map(|entry| entry.state), self.registered_key(slot)) {
            (Some(State::Pending | State::Transient), None) => format!("{name}#new"),
            (Some(State::Pending | State::Transient), Some(_)) if is_open() => format!("{name}#new"),
            (Some(State::Pending | State::Transient), Some(key)) => format!("{name}#new({key:?})"),
            (_, Some(key)) => format!("{name}#{key:?}"),
            (_, None) => format!("{name}#(no key)"),
        }
    }

    fn pending_relation(&self, slot: u32) -> Option<usize> {
        self.get(slot)?.pending_relation()
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

    fn change_row(&mut self, slot: u32, field: usize, to: RowCell<'_>) {
        self.keep_image(slot);
        self.keep_before(slot);
        let Some(object) = self.values[slot as usize].as_mut() else { return };
        let Some(row) = self.snapshots.get_mut(&slot) else { return set_field(object, field, to) };
        let parts = 0..T::table().fields[field].columns.len();
        let follows = !matches!(object.foreign(field), Foreign::New { .. })
            && parts.into_iter().all(|part| row.value(field, part) == object.value(field, part));
        set_field(row, field, to);
        if follows {
            set_field(object, field, to);
        }
    }

    fn fits(&self, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch> {
        match self.values.iter().flatten().next() {
            Some(object) => object.snapshot().set_value(field, value),
            None => Ok(()),
        }
    }

    fn with_key_of(&self, value: ValueRef<'_>, f: &mut dyn FnMut(&dyn Any)) -> Result<()> {
        let key = T::Key::read(&mut RowReader::new(&Cell(value), 0, T::spec().name))?;
        f(&key);
        Ok(())
    }

    fn mark_flushed(&mut self, slot: u32) {
        self.keep_image(slot);
        let entry = self.slots.entry_mut(slot);
        entry.set_touched(false);
        entry.set_written_expired(false);
        let read = entry.read;
        if let Some(columns) = self.snapshots.remove(&slot) {
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

    fn load_row(&mut self, row: &dyn Row, first: usize, reading: Reading) -> Result<u32> {
        self.load(row, first, reading)
    }

    fn values_of(&self, row: &dyn Row, columns: &[usize]) -> Result<Vec<(usize, Value)>> {
        let object = loaded(T::read(&mut RowReader::new(row, 0, T::spec().name))?)?;
        let value = |&column: &usize| {
            let def = &T::table().columns[column];
            (column, object.value(def.field, def.part).to_value())
        };
        Ok(columns.iter().map(value).collect())
    }

    fn reserve_keys(&mut self, objects: usize) {
        self.identity.reserve(objects);
    }

    fn hooks(&mut self) -> Option<&mut dyn HookedArena> {
        if T::HOOKS || T::FILLS { Some(self) } else { None }
    }

    fn has_hooks(&self) -> bool {
        T::HOOKS || T::FILLS
    }

    fn register(&mut self, slot: u32) {
        if let Some(key) = self.get(slot).and_then(T::key) {
            let key = self.identity_key(key);
            self.identity.insert(key, slot);
        }
    }

    fn unregister(&mut self, slot: u32) {
        if let Some(key) = self.registered_key(slot) {
            let key = self.identity_key(key);
            // A pending object may bear the key of a persistent one until the database refuses it.
            if self.identity.get(&key) == Some(&slot) {
                self.identity.remove(&key);
            }
        }
    }

    fn forms(&self) -> &Forms {
        &self.forms
    }

    fn set_forms(&mut self, forms: Forms) {
        let rekeyed = self.forms.of_key() != forms.of_key();
        self.forms = forms;
        if rekeyed {
            let known = std::mem::take(&mut self.identity);
            self.identity = known.into_iter().map(|(key, slot)| (self.identity_key(key), slot)).collect();
        }
    }

    fn discard(&mut self, slot: u32) {
        self.take(slot);
    }

    fn revert(&mut self, slot: u32) {
        let entry = self.slots.entry_mut(slot);
        entry.set_touched(false);
        entry.set_written_expired(false);
        if let Some(snapshot) = self.snapshots.remove(&slot) {
            self.values[slot as usize] = Some(snapshot);
        }
    }

    fn forget_history(&mut self, slot: u32) {
        self.slots.entry_mut(slot).set_touched(false);
        self.snapshots.remove(&slot);
        self.forget_before(slot);
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
            let cleared = value.set_value(column.field, blank);
            debug_assert!(cleared.is_ok(), "a key that can be left out can be blank");
        }
    }

    fn restore_values(&mut self) -> Vec<u32> {
        let mut restored: Vec<u32> = self.slots.touched().collect();
        for &slot in &restored {
            self.revert(slot);
        }
        let changed: Vec<(u32, Before<T>)> = self.before.drain().collect();
        // All old keys leave the map before any comes back: objects may have exchanged them.
        for (slot, _) in &changed {
            self.unregister(*slot);
        }
        for (slot, Before { columns, read }) in changed {
            self.values[slot as usize] = Some(columns);
            self.slots.entry_mut(slot).read = read;
            if self.slots.state(slot) == State::Persistent {
                self.register(slot);
            }
            restored.push(slot);
        }
        restored
    }

    fn begin_image(&mut self) {
        Self::begin_image(self);
    }

    fn keep_image(&mut self, slot: u32) {
        Self::keep_image(self, slot);
    }

    fn end_image(&mut self, restore: bool) {
        if restore {
            self.restore_image();
        }
        self.image = None;
    }

    fn begin_level(&mut self) {
        self.outer.push(std::mem::take(&mut self.before));
        self.slots.begin_level();
    }

    fn merge_level(&mut self) {
        if let Some(outer) = self.outer.pop() {
            for (slot, value) in std::mem::replace(&mut self.before, outer) {
                self.before.entry(slot).or_insert(value);
            }
        }
        self.slots.merge_level();
    }

    fn end_level(&mut self) {
        self.before.clear();
        self.slots.log = Log::default();
    }

    fn drop_level(&mut self, unlogged: Unlogged) -> Vec<u32> {
        self.before = self.outer.pop().unwrap_or_default();
        self.slots.drop_level(unlogged)
    }
}
