//! The arena with its type: objects, snapshots, and the identity map.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::session::hash::NearState;

use super::AnyArena as _;
use super::image::Image;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::{Key, Model, Row, RowReader};
use crate::session::cells::RowCell;
use crate::session::events::loaded;
use crate::session::slots::{SlotMap, Slots, State};
use crate::sql::{BinaryOp, Expr};
use crate::value::Value;

/// The typed arena of one model.
pub(crate) struct Arena<T: Model> {
    pub(crate) slots: Slots,
    pub(crate) values: Vec<Option<T>>,
    /// The identity map: primary key to slot.
    pub(super) identity: HashMap<T::Key, u32, NearState>,
    /// The columns of touched objects as their rows have them.
    pub(super) snapshots: SlotMap<u32, T>,
    /// What updated objects were when the innermost savepoint, or the transaction, began.
    pub(super) before: SlotMap<u32, Before<T>>,
    /// What hooks of the flush at hand may have changed, as it was.
    pub(crate) hooked: Vec<(u32, T)>,
    /// The same for what is around the innermost savepoint, outermost first.
    pub(super) outer: Vec<SlotMap<u32, Before<T>>>,
    /// Objects as they were, while a flush that was applied to them may still fail.
    pub(super) image: Option<Image<T>>,
    /// Where the key's columns stand in a row, when they stand together.
    pub(super) key_at: Option<usize>,
    /// The text that selects one object by its key, once it was needed.
    select_by_key: Option<Arc<str>>,
}

/// What an object was when a level began: the columns of its row, and whether they were to be read again.
pub(crate) struct Before<T> {
    pub(super) columns: T,
    pub(super) expired: bool,
}

/// What became of a row that a query brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Populate {
    /// An object that is there already stays as it is, unless it is expired.
    Keep,
    /// The row overwrites the object.
    Overwrite,
}

impl<T: Model> Arena<T> {
    pub(crate) fn new() -> Self {
        let table = T::table();
        let together = table.primary_key.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        Self {
            slots: Slots::new(table.foreign_keys.len()),
            values: Vec::new(),
            identity: HashMap::default(),
            snapshots: SlotMap::default(),
            before: SlotMap::default(),
            hooked: Vec::new(),
            outer: Vec::new(),
            image: None,
            key_at: table.primary_key.first().copied().filter(|_| together),
            select_by_key: None,
        }
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        self.values.get(slot as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.values.get_mut(slot as usize)?.as_mut()
    }

    /// A slot without its object, which follows by [`place`](Arena::place).
    pub(crate) fn reserve(&mut self, stamp: NonZeroU32, state: State) -> u32 {
        reserve(&mut self.slots, &mut self.values, stamp, state)
    }

    pub(crate) fn place(&mut self, slot: u32, value: T) {
        self.values[slot as usize] = Some(value);
    }

    /// Takes the object out of the arena.
    pub(crate) fn take(&mut self, slot: u32) -> Option<T> {
        self.unregister(slot);
        self.snapshots.remove(&slot);
        self.forget_before(slot);
        self.slots.release(slot);
        self.values[slot as usize].take()
    }

    /// Keeps what the object's row was when the level began.
    pub(super) fn keep_before(&mut self, slot: u32) {
        let Some(row) = self.snapshots.get(&slot).or_else(|| self.values[slot as usize].as_ref()) else { return };
        let expired = self.slots.entry(slot).expired;
        self.before.entry(slot).or_insert_with(|| Before { columns: row.snapshot(), expired });
    }

    pub(super) fn forget_before(&mut self, slot: u32) {
        for before in self.outer.iter_mut().chain(std::iter::once(&mut self.before)) {
            before.remove(&slot);
        }
    }

    /// The object that stands for a row.
    pub(crate) fn slot_of(&self, row: &T) -> Option<u32> {
        self.find_key(&row.key()?)
    }

    pub(crate) fn find_key(&self, key: &T::Key) -> Option<u32> {
        self.identity.get(key).copied()
    }

    /// The key under which the object is registered: that of its row.
    pub(super) fn registered_key(&self, slot: u32) -> Option<T::Key> {
        self.snapshots.get(&slot).or_else(|| self.get(slot))?.key()
    }

    /// The text that selects one object by its key.
    pub(crate) fn select_by_key(&mut self, dialect: &'static dyn Dialect) -> Result<Arc<str>> {
        if let Some(text) = &self.select_by_key {
            return Ok(Arc::clone(text));
        }
        let table = T::table();
        let mut select = crate::query::select_columns(table);
        select.filter = table
            .key_columns()
            .zip(0..)
            .map(|(column, part)| {
                // Equal values would share a parameter; the keys come later.
                let value = Expr::Param(Value::I64(part), column.sql_type);
                Expr::Binary(Box::new(Expr::column(table, column)), BinaryOp::Eq, Box::new(value))
            })
            .collect();
        let text: Arc<str> = crate::render::select(dialect, &select)?.0.into();
        self.select_by_key = Some(Arc::clone(&text));
        Ok(text)
    }

    /// The object of a row: the one that is there, or a new one. The flag tells whether it is new.
    pub(crate) fn load(
        &mut self,
        row: &dyn Row,
        first: usize,
        stamp: NonZeroU32,
        populate: Populate,
    ) -> Result<(u32, bool)> {
        let name = T::spec().name;
        let (key, read) = match self.key_at {
            Some(at) => (Some(T::Key::read(&mut RowReader::new(row, first + at, name))?), None),
            None => {
                let value = T::read(&mut RowReader::new(row, first, name))?;
                (value.key(), Some(value))
            }
        };
        let value = || loaded(read.map_or_else(|| T::read(&mut RowReader::new(row, first, name)), Ok)?);
        let vacant = match key.map(|key| self.identity.entry(key)) {
            Some(Entry::Occupied(known)) => {
                let slot = *known.get();
                // What was written to an expired object since is not lost to a row.
                if populate == Populate::Overwrite || (self.slots.entry(slot).expired && !self.differs(slot)) {
                    self.overwrite(slot, value()?);
                }
                return Ok((slot, false));
            }
            Some(Entry::Vacant(vacant)) => Some(vacant),
            None => None,
        };
        let value = value()?;
        let slot = reserve(&mut self.slots, &mut self.values, stamp, State::Persistent);
        self.values[slot as usize] = Some(value);
        if let Some(vacant) = vacant {
            vacant.insert(slot);
        }
        if self.slots.lacking {
            self.slots.overwritten.push(slot);
        }
        Ok((slot, true))
    }

    /// Whether an object was written to since its row was read.
    pub(super) fn differs(&self, slot: u32) -> bool {
        let (Some(snapshot), Some(value)) = (self.snapshots.get(&slot), self.get(slot)) else { return false };
        self.slots.computes(slot)
            || T::table()
                .columns
                .iter()
                .any(|column| snapshot.value(column.field, column.part) != value.value(column.field, column.part))
    }

    /// The row overwrites the object.
    pub(crate) fn overwrite(&mut self, slot: u32, value: T) {
        self.snapshots.remove(&slot);
        let entry = self.slots.entry_mut(slot);
        entry.touched = false;
        entry.expired = false;
        self.slots.note_read(slot);
        if !T::table().foreign_keys.is_empty() {
            self.slots.overwritten.push(slot);
        }
        self.values[slot as usize] = Some(value);
    }

    /// The row has become this, by a statement that went beside the object. The object follows, but for what the user wrote since.
    pub(crate) fn follow(&mut self, slot: u32, row: &T) {
        let table = T::table();
        for (number, field) in table.fields.iter().enumerate() {
            let is_key = field.columns.clone().all(|column| table.columns[column].primary_key);
            let same = |column: usize| self.row_value(slot, column) == row.value(number, table.columns[column].part);
            if is_key || field.columns.clone().all(same) {
                continue;
            }
            let cell = match field.foreign_key {
                Some(_) => RowCell::Foreign(row.foreign(number)),
                None => RowCell::Value(row.value(number, 0)),
            };
            self.change_row(slot, number, cell);
        }
        if std::mem::replace(&mut self.slots.entry_mut(slot).expired, false) {
            self.slots.log.doubtful.push(slot);
        }
    }
}

/// A slot, and a place for its object.
fn reserve<T>(slots: &mut Slots, values: &mut Vec<Option<T>>, stamp: NonZeroU32, state: State) -> u32 {
    let slot = slots.allocate(stamp, state);
    if slot as usize == values.len() {
        values.push(None);
    }
    slot
}
