//! Keys and rows, for loading.

use std::any::Any;

use super::fields::Cell;
use super::{Arena, Reading};
use crate::error::Result;
use crate::model::{Key, Model, Row, RowReader};
use crate::session::events::loaded;
use crate::session::store::forms::Forms;
use crate::value::{Value, ValueRef};

/// What loading needs: which object a key or a row is, and the object of a new row.
pub(crate) trait Identity {
    /// The slot of the object with that key, which is the model's `Key`.
    fn find(&self, key: &dyn Any) -> Option<u32>;
    /// The slot of the object whose key stands in a row from column `first`.
    fn find_in_row(&self, row: &dyn Row, first: usize) -> Result<Option<u32>>;
    /// The slot of the object whose columns stand in a row from column `first`, as far as its key stands together.
    fn find_whole(&self, row: &dyn Row, first: usize) -> Result<Option<u32>>;
    /// Lends the object's key to `f`, when it has one.
    fn with_key(&self, slot: u32, f: &mut dyn FnMut(&dyn Any));
    /// Lends the key by which the object is found to `f`, when it has one: that of its row, though another is set to be written.
    fn with_row_key(&self, slot: u32, f: &mut dyn FnMut(&dyn Any));
    /// Lends the key that consists of one value to `f`.
    fn with_key_of(&self, value: ValueRef<'_>, f: &mut dyn FnMut(&dyn Any)) -> Result<()>;
    /// Loads the object of a row.
    fn load_row(&mut self, row: &dyn Row, first: usize, reading: Reading) -> Result<u32>;
    /// The values of columns in a row of all columns, as the model reads them.
    fn values_of(&self, row: &dyn Row, columns: &[usize]) -> Result<Vec<(usize, Value)>>;
    /// Gives the object of a row the values of columns that were left out before: they stand behind the key.
    fn fill_in(&mut self, row: &dyn Row, columns: &[usize]) -> Result<Option<u32>>;
    /// Makes room in the identity map.
    fn reserve_keys(&mut self, objects: usize);
    /// Puts the object into the identity map under its present key. Gives another object that was there.
    fn register(&mut self, slot: u32) -> Option<u32>;
    /// Takes the object out of the identity map.
    fn unregister(&mut self, slot: u32);
    /// What the columns make of values, as far as somebody has asked.
    fn forms(&self) -> &Forms;
    /// Takes over what the columns make of values, and puts the identity map in step with it.
    fn set_forms(&mut self, forms: Forms);
}

impl<T: Model> Identity for Arena<T> {
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

    fn with_row_key(&self, slot: u32, f: &mut dyn FnMut(&dyn Any)) {
        if let Some(key) = self.snapshots.get(&slot).and_then(T::key).or_else(|| self.known_key(slot)) {
            f(&key);
        }
    }

    fn with_key_of(&self, value: ValueRef<'_>, f: &mut dyn FnMut(&dyn Any)) -> Result<()> {
        let key = T::Key::read(&mut RowReader::new(&Cell(value), 0, T::spec().name))?;
        f(&key);
        Ok(())
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

    fn fill_in(&mut self, row: &dyn Row, columns: &[usize]) -> Result<Option<u32>> {
        self.fill_in(row, columns)
    }

    fn reserve_keys(&mut self, objects: usize) {
        self.identity.reserve(objects);
    }

    fn register(&mut self, slot: u32) -> Option<u32> {
        let key = self.get(slot).and_then(T::key)?;
        let key = self.identity_key(key);
        self.identity.insert(key, slot).filter(|&other| other != slot)
    }

    fn unregister(&mut self, slot: u32) {
        if let Some(key) = self.registered_key(slot) {
            let key = self.identity_key(key);
            if let Some((key, other)) = self.identity.remove_entry(&key)
                && other != slot
            {
                // A pending object may bear the key of a persistent one until the database refuses it.
                self.identity.insert(key, other);
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
}
