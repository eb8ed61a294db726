//! Objects from values that were read at another time, and these values.

use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::{Handle, IntoKey, Model, Row, RowReader};
use crate::query::defaults_of;
use crate::schema::TableName;
use crate::session::Session;
use crate::session::store::arena::{Arena, Populate, Reading};
use crate::value::{Mismatch, Value, ValueRef};

/// For second-level caches, which keep the columns of rows beyond a session.
impl Session {
    /// The object with that primary key, if it is in memory and was read in the unit at hand.
    ///
    /// See the example of [`recall`](Session::recall).
    pub fn peek<T: Model>(&self, key: impl IntoKey<T::Key, Checked: Sized>) -> Option<Handle<T>> {
        self.known(&key.into_key())
    }

    /// The values of the columns of an object's row, in the order of [`TableDef::columns`](crate::schema::TableDef::columns), as they were read.
    ///
    /// See the example of [`recall`](Session::recall).
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` for an object without a row.
    pub fn columns_of<T: Model>(&self, handle: Handle<T>) -> Result<Vec<Value>> {
        let slot = self.store.slot(handle)?;
        self.require_row(T::table(), slot, "take values")?;
        self.store.require_whole(T::table(), slot)?;
        let arena = self.store.any(T::table().id);
        let value = |column| arena.map_or(Value::Null, |arena| arena.row_value(slot, column).to_value());
        Ok((0..T::table().columns.len()).map(value).collect())
    }

    /// Takes rows into memory whose columns were read at another time, in the order of [`TableDef::columns`](crate::schema::TableDef::columns). The objects are
    /// tracked like any, and believed like those of an earlier transaction: they are read anew where it matters, and an UPDATE compares what they know.
    /// An object of such a key that was read in the unit at hand, or has unsaved changes, stays as it is. Relations that the model loads with its
    /// objects are loaded.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let author = session.get::<Author>(1)?.unwrap();
    /// let values = session.columns_of(author)?; // kept for later
    ///
    /// session.clear();
    /// let authors = session.recall::<Author>(&[values])?; // without asking the database
    /// assert_eq!(session[authors[0]].id, 1);
    /// assert_eq!(session.peek::<Author>(1), None); // `get` would ask
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Decode` when the values do not fit the model, and those of loading relations.
    pub fn recall<T: Model>(&mut self, rows: &[Vec<Value>]) -> Result<Vec<Handle<T>>> {
        let reading = self.store.reading(Populate::Keep);
        let arena = self.store.arena_mut::<T>();
        let slots = rows.iter().map(|values| recalled(arena, values, reading)).collect::<Result<Vec<u32>>>()?;
        self.store.sync_overwritten(T::table());
        self.load_includes(&slots, &defaults_of(T::table()), Populate::Keep)?;
        self.tell_states();
        Ok(self.handles(&slots))
    }

    /// The SQL dialect of the database that holds a table.
    pub fn dialect_of(&self, table: &TableName) -> &'static dyn Dialect {
        self.links.dialect_of(table)
    }

    /// The [`location`](crate::engine::Engine::location) of the database that holds a table.
    pub fn location_of(&self, table: &TableName) -> &str {
        self.links.engine_of(table).location()
    }
}

/// Takes a row into an arena.
fn recalled<T: Model>(arena: &mut Arena<T>, values: &[Value], reading: Reading) -> Result<u32> {
    let row = Recalled(values);
    let key = T::read(&mut RowReader::new(&row, 0, T::spec().name))?.key();
    if let Some(known) = key.and_then(|key| arena.find_key(&key)).filter(|&slot| !arena.slots.is_wanting(slot)) {
        return Ok(known);
    }
    let slot = arena.load(&row, 0, reading)?;
    arena.slots.expire(slot);
    Ok(slot)
}

/// The columns of a row.
struct Recalled<'v>(&'v [Value]);

impl Row for Recalled<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn name(&self, _: usize) -> &str {
        ""
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        let value = self.0.get(index).map(Value::to_ref);
        value.ok_or_else(|| Mismatch::new("a column", "the end of the row"))
    }
}
