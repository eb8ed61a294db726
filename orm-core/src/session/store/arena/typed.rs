//! The arena with its type: objects, snapshots, and the identity map.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use super::near_hash::NearState;
use crate::session::store::forms::Forms;

use super::fields::RowCell;
use super::image::Image;
use super::{AnyArena as _, Changes as _, Columns as _, Identity as _};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Key, Model, Row, RowReader};
use crate::query::Extent;
use crate::schema::TableDef;
use crate::session::events::loaded;
use crate::session::read::lock::other_version;
use crate::session::store::slots::{SlotMap, Slots, State, append};
use crate::sql::{BinaryOp, Expr, Nested};
use crate::value::{Mismatch, Value};

/// The typed arena of one model.
pub(crate) struct Arena<T: Model> {
    pub(crate) slots: Slots,
    pub(crate) values: Vec<Option<T>>,
    /// The identity map: primary key to slot.
    pub(super) identity: HashMap<T::Key, u32, NearState>,
    /// The columns of touched objects as their rows have them.
    pub(crate) snapshots: SlotMap<u32, T>,
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
    /// What the columns make of values, once somebody has asked.
    pub(super) forms: Forms,
    /// The text that selects one object by its key, once it was needed.
    select_by_key: Option<Arc<str>>,
}

/// What an object was when a level began: the columns of its row, and when they were read.
pub(crate) struct Before<T> {
    pub(super) columns: T,
    pub(super) read: u32,
}

/// What a row does to an object that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Populate {
    /// The object gets the row's values, unless it has unsaved changes.
    Keep,
    /// The object gets the row's values, and loses unsaved changes.
    Overwrite,
}

/// How the rows of a statement become objects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// The stamp of new objects.
    pub(crate) stamp: NonZeroU32,
    pub(crate) populate: Populate,
    /// The number of the statement: a row that comes twice in one is known.
    pub(crate) statement: u32,
    /// Whether the statement locks the rows.
    pub(crate) locks: bool,
    /// How much of the objects the rows have.
    pub(crate) extent: Extent,
}

impl Reading {
    /// The joined table of a family up to which rows were read, if that is not all.
    fn up_to(self) -> Option<usize> {
        match self.extent {
            Extent::Whole => None,
            Extent::UpTo { table, .. } => Some(table),
        }
    }

    /// Whether the rest of the objects is read before anybody sees them.
    pub(super) fn rest_follows(self) -> bool {
        matches!(self.extent, Extent::UpTo { rest_follows: true, .. })
    }
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
            forms: Forms::default(),
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
        if self.slots.state(slot) != State::Deleted {
            self.unregister(slot);
        }
        self.snapshots.remove(&slot);
        self.forget_before(slot);
        self.slots.release(slot);
        self.values[slot as usize].take()
    }

    /// Keeps what the object's row was when the level began.
    pub(super) fn keep_before(&mut self, slot: u32) {
        let Some(row) = self.snapshots.get(&slot).or_else(|| self.values[slot as usize].as_ref()) else { return };
        let read = self.slots.entry(slot).read;
        self.before.entry(slot).or_insert_with(|| Before { columns: row.snapshot(), read });
    }

    pub(super) fn forget_before(&mut self, slot: u32) {
        let levels = self.outer.iter_mut().chain(std::iter::once(&mut self.before));
        levels.filter(|before| !before.is_empty()).for_each(|before| drop(before.remove(&slot)));
    }

    /// The object that stands for a row.
    pub(crate) fn slot_of(&self, row: &T) -> Option<u32> {
        self.find_key(&row.key()?)
    }

    /// The key as the identity map has it.
    pub(super) fn identity_key(&self, key: T::Key) -> T::Key {
        match self.forms.of_key() {
            [] => key,
            forms => key.folded(forms),
        }
    }

    pub(crate) fn find_key(&self, key: &T::Key) -> Option<u32> {
        match self.forms.of_key() {
            [] => self.identity.get(key).copied(),
            forms => self.identity.get(&key.clone().folded(forms)).copied(),
        }
    }

    /// The key of an object, unless the database has still to choose it.
    pub(super) fn known_key(&self, slot: u32) -> Option<T::Key> {
        let waits = T::table().generated_key && matches!(self.slots.state(slot), State::Pending | State::Transient);
        self.get(slot).and_then(T::key).filter(|key| !waits || key.is_set())
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
                Expr::Binary(Nested::new(Expr::column(table, column)), BinaryOp::Eq, Nested::new(value))
            })
            .collect();
        crate::query::leave_out(&mut select, table, 0, &[]);
        let text: Arc<str> = crate::render::select(dialect, &select)?.0.into();
        self.select_by_key = Some(Arc::clone(&text));
        Ok(text)
    }

    /// The object of a row: the one that is there, or a new one.
    pub(crate) fn load(&mut self, row: &dyn Row, first: usize, reading: Reading) -> Result<u32> {
        let value = T::read(&mut RowReader::new(row, first, T::spec().name).up_to(reading.up_to()))?;
        let key = value.key();
        let forms = self.forms.of_key();
        let key = if forms.is_empty() { key } else { key.map(|key| key.folded(forms)) };
        let vacant = match key.map(|key| self.identity.entry(key)) {
            Some(Entry::Occupied(known)) => {
                let slot = *known.get();
                if T::FAMILY && value.is_part() && self.is_left_to_the_rest(slot, &value, reading)? {
                    return Ok(slot);
                }
                if reading.populate == Populate::Keep {
                    if reading.locks {
                        self.check_version(slot, &value)?;
                    }
                    if self.has_unsaved(slot, &value) {
                        self.complete(slot, value)?;
                        return Ok(slot);
                    }
                }
                self.overwrite(slot, value, reading)?;
                return Ok(slot);
            }
            Some(Entry::Vacant(vacant)) => Some(vacant),
            None => None,
        };
        let is_part = T::FAMILY && value.is_part();
        let value = if is_part && reading.rest_follows() { value } else { loaded(value)? };
        let slot = reserve(&mut self.slots, &mut self.values, reading.stamp, State::Persistent);
        self.values[slot as usize] = Some(value);
        if let Some(vacant) = vacant {
            vacant.insert(slot);
        }
        if self.slots.has_lists() {
            self.slots.brought.push(slot);
        }
        self.slots.entry_mut(slot).statement = reading.statement;
        if is_part {
            self.slots.note_part(slot, reading.rest_follows());
        }
        if reading.locks {
            self.slots.note_all_locked(slot);
        }
        Ok(slot)
    }

    /// Whether a row that is locked has the version of its object. Who computes with the values that the session showed in this unit, before
    /// the lock, would compute with old ones.
    fn check_version(&self, slot: u32, row: &T) -> Result<()> {
        let Some(version) = T::table().version else { return Ok(()) };
        let def = &T::table().columns[version];
        let (known, now) = (self.row_value(slot, version), row.value(def.field, def.part));
        let is_shown = self.slots.is_current(slot) || self.slots.entry(slot).touched();
        if known == now || !is_shown { Ok(()) } else { Err(other_version(&self.label(slot), known, now)) }
    }

    /// Whether an object has unsaved changes that `row` must not overwrite. What was assigned to an object from an earlier unit is one
    /// even where the object showed that value before: its row may hold another by now.
    fn has_unsaved(&self, slot: u32, row: &T) -> bool {
        let entry = self.slots.entry(slot);
        entry.touched()
            && (self.differs(slot)
                || self.get(slot).is_some_and(|object| {
                    object.pending_relation().is_some() || (entry.written_expired() && !equal(object, row))
                }))
    }

    /// Whether an object was written to since its row was read.
    pub(super) fn differs(&self, slot: u32) -> bool {
        let (Some(snapshot), Some(value)) = (self.snapshots.get(&slot), self.get(slot)) else { return false };
        self.slots.computes(slot) || !equal(snapshot, value)
    }

    /// The row overwrites the object.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when another row of the same statement has the same key and other values, `StaleData` when the row is of another
    /// type of the family than the object.
    pub(crate) fn overwrite(&mut self, slot: u32, value: T, reading: Reading) -> Result<()> {
        if T::FAMILY {
            self.keeps_type(slot, &value)?;
        }
        let holds = |value: &T| {
            self.get(slot).is_some_and(|object| {
                object.is_part() == value.is_part() && equal(object, value) && object.pending_relation().is_none()
            })
        };
        let mut value = value;
        if !T::table().deferred.is_empty() && reading.populate == Populate::Keep && self.slots.is_current(slot) {
            self.keep_deferred(slot, &mut value)?;
        }
        // What a hook makes of a row is what the object is compared with, but a row that is known need not be told of.
        let value = if holds(&value) { value } else { loaded(value)? };
        let is_same = holds(&value);
        if self.slots.entry(slot).statement == reading.statement && !is_same {
            return Err(several_rows(T::table(), &self.label(slot)));
        }
        if self.slots.has_unlogged && !is_same {
            self.keep_before(slot);
        }
        if T::FAMILY {
            self.note_extent(slot, &value);
        }
        self.snapshots.remove(&slot);
        self.slots.entry_mut(slot).set_touched(false);
        self.slots.note_read(slot);
        if reading.locks {
            self.slots.note_all_locked(slot);
        }
        self.slots.entry_mut(slot).statement = reading.statement;
        let Some(object) = self.values[slot as usize].as_mut().filter(|_| !is_same) else { return Ok(()) };
        let mut keys = T::table().foreign_keys.iter().flat_map(|key| key.columns.clone());
        if keys.any(|column| differs_in(object, &value, column)) {
            self.slots.overwritten.push(slot);
        }
        *object = value;
        Ok(())
    }

    /// What was loaded of an object in the unit at hand stays, where its row comes again without it.
    fn keep_deferred(&self, slot: u32, row: &mut T) -> Result<()> {
        let Some(object) = self.get(slot) else { return Ok(()) };
        for &column in &T::table().deferred {
            let def = &T::table().columns[column];
            let known = object.value(def.field, 0);
            // A part of an object has NULL in the columns that were not read.
            let is_unknown = known.is_unloaded() || object.is_part() && known.is_null();
            if !is_unknown && row.value(def.field, 0).is_unloaded() {
                row.set_value(def.field, known).map_err(|mismatch| does_not_fit(T::table(), column, &mismatch))?;
            }
        }
        Ok(())
    }

    /// Gives objects the values of columns that were left out of their rows: of the row `row`, which has them behind the key. What was assigned
    /// meanwhile stays. Gives the slot of the object.
    pub(super) fn fill_in(&mut self, row: &dyn Row, columns: &[usize]) -> Result<Option<u32>> {
        let table = T::table();
        let Some(slot) = self.find_in_row(row, 0)? else { return Ok(None) };
        self.keep_image(slot);
        if self.slots.has_unlogged {
            self.keep_before(slot);
        }
        for (at, &column) in (table.primary_key.len()..).zip(columns) {
            let field = table.columns[column].field;
            let objects = [self.snapshots.get_mut(&slot), self.values[slot as usize].as_mut()];
            for object in objects.into_iter().flatten().filter(|object| object.value(field, 0).is_unloaded()) {
                let filled = row.get(at).and_then(|value| object.set_value(field, value));
                filled.map_err(|mismatch| does_not_fit(table, column, &mismatch))?;
            }
        }
        Ok(Some(slot))
    }

    /// An object keeps its type.
    pub(super) fn keeps_type(&self, slot: u32, row: &T) -> Result<()> {
        let is_other = self.get(slot).is_some_and(|object| object.type_name() != row.type_name());
        if !is_other {
            return Ok(());
        }
        let message = format!(
            "the row of {} is a {} now: somebody else changed its type, which an object keeps; expunge it and read it again",
            self.label(slot),
            row.type_name()
        );
        Err(Error::new(ErrorKind::StaleData, message))
    }

    /// The row has become this, by a statement that went beside the object. The object follows, but for what the user wrote since.
    pub(crate) fn follow(&mut self, slot: u32, row: &T) {
        let table = T::table();
        for (number, field) in table.fields.iter().enumerate() {
            if let Some(whole) = &field.whole {
                if whole.start == number {
                    self.follow_whole(slot, whole.clone(), row);
                }
                continue;
            }
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
        self.slots.note_read(slot);
        self.slots.note_all_locked(slot);
    }

    /// As [`follow`](Self::follow), of fields that change only together: the object keeps all of them if the user wrote to one.
    fn follow_whole(&mut self, slot: u32, mut whole: Range<usize>, row: &T) {
        if whole
            .clone()
            .all(|field| self.row_value(slot, T::table().fields[field].columns.start) == row.value(field, 0))
        {
            return;
        }
        self.keep_image(slot);
        self.keep_before(slot);
        let Some(object) = self.values[slot as usize].as_mut() else { return };
        let first = whole.start;
        if let Some(known) = self.snapshots.get_mut(&slot) {
            let follows = whole.all(|field| known.value(field, 0) == object.value(field, 0));
            known.set_embedded(first, row);
            if !follows {
                return;
            }
        }
        object.set_embedded(first, row);
    }
}

/// A value that does not fit the field of its column.
pub(crate) fn does_not_fit(table: &TableDef, column: usize, mismatch: &Mismatch) -> Error {
    let message = format!("{}, column `{}`: {mismatch}", table.model, table.columns[column].name);
    Error::new(ErrorKind::Decode, message)
}

fn several_rows(table: &TableDef, object: &str) -> Error {
    let message = format!(
        "{} has rows that differ and are all {object}: the primary key of the model is not unique there, so that its rows cannot be \
         objects; name the fields that tell them apart as the key, or read them by `values`",
        table.name
    );
    Error::new(ErrorKind::MultipleFound, message)
}

/// Whether two objects differ in a column.
fn differs_in<T: Model>(a: &T, b: &T, column: usize) -> bool {
    let def = &T::table().columns[column];
    a.value(def.field, def.part) != b.value(def.field, def.part)
}

/// Whether two objects are equal in all columns. A reference by handle equals nothing: its key shows no value yet.
fn equal<T: Model>(a: &T, b: &T) -> bool {
    let by_handle = |object: &T, field: usize| matches!(object.foreign(field), Foreign::New { .. });
    let mut keys = T::table().foreign_keys.iter().map(|def| def.field);
    !keys.any(|field| by_handle(a, field) || by_handle(b, field))
        && T::table().columns.iter().all(|def| a.value(def.field, def.part) == b.value(def.field, def.part))
}

/// A slot, and a place for its object.
fn reserve<T>(slots: &mut Slots, values: &mut Vec<Option<T>>, stamp: NonZeroU32, state: State) -> u32 {
    let slot = slots.allocate(stamp, state);
    if slot as usize == values.len() {
        append(values, None);
    }
    slot
}
