//! Values that only one row may have: which rows give one up that another row takes in the same flush, and which new
//! objects take the place of deleted ones.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use super::changed_keys::renamed;
use super::work::{TableWork, Work};
use crate::model::Foreign;
use crate::schema::{ForeignKeyDef, ModelId, TYPE_PART};
use crate::session::flush::plan::{Overrides, RowId, Unique};
use crate::session::store::arena::AnyArena;
use crate::session::store::contents::{NoKeys, Store};
use crate::session::store::slots::SlotMap;
use crate::value::ValueRef;

/// One row gives a value up that another takes.
#[derive(Debug)]
pub(crate) struct Handover {
    pub(crate) unique: Unique,
    pub(crate) giver: u32,
    pub(crate) taker: u32,
    /// Whether the giver is deleted, or else updated.
    deleted: bool,
    /// Whether the taker is inserted, or else updated.
    inserted: bool,
}

/// Which state of a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// As it will be.
    Object,
    /// As it is in the database.
    Row,
}

/// One column's part of a unique value.
#[derive(Clone)]
pub(crate) enum Part<'s> {
    /// The key of an object, which may have none yet.
    Object(u32),
    Value(ValueRef<'s>),
    /// The text that stands for all that the column takes for one.
    Folded(String),
}

impl PartialEq for Part<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(a), Part::Object(b)) => a == b,
            (Self::Folded(a), Part::Folded(b)) => a == b,
            (Self::Folded(a), Part::Value(ValueRef::Text(b))) | (Self::Value(ValueRef::Text(b)), Part::Folded(a)) => {
                a == b
            }
            #[cfg(feature = "decimal")]
            (Self::Value(ValueRef::Decimal(a)), Part::Value(ValueRef::Decimal(b))) => a == b,
            (Self::Value(ValueRef::F64(a)), Part::Value(ValueRef::F64(b))) => a == b || a.to_bits() == b.to_bits(),
            (Self::Value(a), Part::Value(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Part<'_> {}

impl Hash for Part<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match *self {
            Self::Object(slot) => slot.hash(state),
            Self::Folded(ref value) => value.hash(state),
            Self::Value(ValueRef::I64(value)) => value.hash(state),
            Self::Value(ValueRef::Text(value)) => value.hash(state),
            Self::Value(ValueRef::Bytes(value)) => value.hash(state),
            #[cfg(feature = "uuid")]
            Self::Value(ValueRef::Uuid(value)) => value.hash(state),
            #[cfg(feature = "decimal")]
            Self::Value(ValueRef::Decimal(value)) => value.hash(state),
            // 0.0 and -0.0 are one value to a database.
            Self::Value(ValueRef::F64(value)) => (value + 0.0).to_bits().hash(state),
            Self::Value(other) => other.to_string().hash(state),
        }
    }
}

/// Reads the unique values of the rows of one table.
struct Reader<'s> {
    store: &'s Store,
    arena: &'s dyn AnyArena,
    overrides: &'s Overrides,
    /// Rows whose keys change.
    rekeyed: &'s HashSet<RowId>,
    /// The deleted objects whose keys new ones have, by the rows of these.
    replaced: &'s SlotMap<RowId, u32>,
    columns: &'s [usize],
    /// Those of the columns that do not stand for the object which they reference: its key changes, and the row follows by a statement
    /// of its own.
    following: Vec<usize>,
}

impl<'s> Reader<'s> {
    fn new(
        store: &'s Store,
        arena: &'s dyn AnyArena,
        overrides: &'s Overrides,
        rekeyed: &'s HashSet<RowId>,
        replaced: &'s SlotMap<RowId, u32>,
        columns: &'s [usize],
    ) -> Self {
        let table = arena.table();
        let follows = |&column: &usize| {
            let key = table.fields[table.columns[column].field].foreign_key.map(|key| &table.foreign_keys[key]);
            let changes = |target: ModelId| rekeyed.iter().any(|(model, _)| *model == target);
            key.is_some_and(|def| !def.on_update_cascade && changes((def.target.table)().id))
        };
        let following = columns.iter().copied().filter(follows).collect();
        Self { store, arena, overrides, rekeyed, replaced, columns, following }
    }

    /// The value of a row, into `parts`; `false` when there is none: a part is NULL, or not known before the INSERT.
    fn read(&self, slot: u32, side: Side, parts: &mut Vec<Part<'s>>) -> bool {
        parts.clear();
        for &column in self.columns {
            match self.part(slot, column, side) {
                Some(part) => parts.push(part),
                None => return false,
            }
        }
        true
    }

    fn part(&self, slot: u32, column: usize, side: Side) -> Option<Part<'s>> {
        let Self { store, arena, .. } = *self;
        let table = arena.table();
        if side == Side::Object
            && let Some(values) = self.overrides.get(&(table.id, slot))
            && let Some((_, value)) = values.iter().find(|(index, _)| *index == column)
        {
            let value = value.to_ref();
            return (!value.is_null()).then(|| self.folded(column, value));
        }
        let foreign = |field| match side {
            Side::Object => arena.foreign(slot, field),
            Side::Row => arena.row_foreign(slot, field),
        };
        let key = table.key_at(column, |field| foreign(field).is_set());
        if let Some(key) = key.filter(|_| table.columns[column].part != TYPE_PART) {
            let foreign = foreign(table.foreign_keys[key].field);
            let target = (table.foreign_keys[key].target.table)();
            if let Some(parent) = store.resolve(target, foreign).filter(|_| !self.following.contains(&column)) {
                // Who takes the place of another one has the same key.
                return Some(Part::Object(self.replaced.get(&(target.id, parent)).copied().unwrap_or(parent)));
            }
        }
        let value = match side {
            Side::Object => renamed(store, self.rekeyed, &NoKeys, (arena, slot, column))
                .or_else(|| store.key_value(arena, slot, column, &NoKeys))?,
            Side::Row => arena.row_value(slot, column),
        };
        (!value.is_null() && !value.is_unloaded()).then(|| self.folded(column, value))
    }

    /// The value as the column compares it.
    fn folded(&self, column: usize, value: ValueRef<'s>) -> Part<'s> {
        match value {
            ValueRef::Text(text) => match self.arena.forms().text(column).folded(text) {
                Some(folded) => Part::Folded(folded),
                None => Part::Value(value),
            },
            ValueRef::Made(made) => made.with(|value| match value {
                ValueRef::Text(text) => {
                    Part::Folded(self.arena.forms().text(column).folded(text).unwrap_or_else(|| text.to_owned()))
                }
                other => Part::Folded(other.to_string()),
            }),
            value => Part::Value(value),
        }
    }
}

impl Work {
    /// Finds the values that rows of a table hand over to each other. `by_rows` tells whether the table's rows are ordered one by one anyway;
    /// else an UPDATE comes before every INSERT, and need not be looked at for that.
    pub(crate) fn handovers(&self, store: &Store, work: &TableWork, by_rows: bool) -> Vec<Handover> {
        let mut found = Vec::new();
        let TableWork { table, inserts, updates, deletes, .. } = work;
        let Some(arena) = store.any(table.id) else { return found };
        for unique in Unique::all(table) {
            let columns = unique.columns(table);
            let moving: Vec<u32> = updates
                .iter()
                .filter(|(_, set)| columns.iter().any(|column| set.contains(column)))
                .map(|&(slot, _)| slot)
                .collect();
            let takes = !(moving.is_empty() && inserts.is_empty());
            let gives_before = by_rows && !(moving.is_empty() || inserts.is_empty());
            if (deletes.is_empty() || !takes) && moving.len() < 2 && !gives_before {
                continue;
            }
            let reader = Reader::new(store, arena, &self.overrides, &self.rekeyed, &self.replaced.old, columns);
            let mut parts = Vec::new();
            let mut given: SlotMap<Vec<Part<'_>>, (u32, bool)> = SlotMap::default();
            let givers = deletes.iter().map(|&slot| (slot, true)).chain(moving.iter().map(|&slot| (slot, false)));
            for (giver, deleted) in givers {
                if reader.read(self.row_slot(table, giver), Side::Row, &mut parts) {
                    given.insert(parts.clone(), (giver, deleted));
                }
            }
            if given.is_empty() {
                continue;
            }
            let takers = moving.iter().map(|&slot| (slot, false)).chain(inserts.iter().map(|&slot| (slot, true)));
            for (taker, inserted) in takers {
                if reader.read(taker, Side::Object, &mut parts)
                    && let Some(&(giver, deleted)) = given.get(&parts).filter(|(giver, _)| *giver != taker)
                {
                    found.push(Handover { unique, giver, taker, deleted, inserted });
                }
            }
        }
        found
    }
}

impl TableWork {
    /// Whether a value is handed over that the order of statements within a table does not see to.
    pub(crate) fn hands_over(&self) -> bool {
        self.handovers.iter().any(|handover| handover.deleted || !handover.inserted)
    }

    /// Whether a value is handed over by a row that is deleted.
    pub(crate) fn inherits(&self) -> bool {
        self.handovers.iter().any(|handover| handover.deleted)
    }
}

/// The new objects of a table that take the place of deleted ones: each with the one whose key it has.
pub(crate) fn successors(
    store: &Store,
    arena: &dyn AnyArena,
    inserts: &[u32],
    deletes: &[u32],
    replaced: &SlotMap<RowId, u32>,
) -> Vec<(u32, u32)> {
    if inserts.is_empty() || deletes.is_empty() {
        return Vec::new();
    }
    let table = arena.table();
    let (overrides, rekeyed) = (Overrides::default(), HashSet::new());
    let reader = Reader::new(store, arena, &overrides, &rekeyed, replaced, &table.primary_key);
    let mut parts = Vec::new();
    let mut given: SlotMap<Vec<Part<'_>>, u32> = SlotMap::default();
    for &old in deletes {
        if reader.read(old, Side::Row, &mut parts) {
            given.insert(parts.clone(), old);
        }
    }
    let mut found = Vec::new();
    for &new in inserts {
        if reader.read(new, Side::Object, &mut parts)
            && let Some(old) = given.remove(&parts)
        {
            found.push((new, old));
        }
    }
    found
}

/// New objects by keys that were set by hand: a foreign key may name one before it has a row.
pub(crate) struct Newcomers<'s>(SlotMap<(ModelId, Vec<Part<'s>>), u32>);

impl<'s> Newcomers<'s> {
    pub(crate) fn of<'t>(store: &'s Store, tables: impl Iterator<Item = &'t TableWork>) -> Self {
        let mut known = SlotMap::default();
        for TableWork { table, inserts, .. } in tables {
            let Some(arena) = store.any(table.id) else { continue };
            for &slot in inserts {
                let parts = table.primary_key.iter().map(|&column| {
                    let value = store.key_value(arena, slot, column, &NoKeys)?;
                    (!value.is_null()).then_some(Part::Value(value))
                });
                if let Some(parts) = parts.collect::<Option<Vec<Part<'s>>>>() {
                    known.insert((table.id, parts), slot);
                }
            }
        }
        Self(known)
    }

    /// The new object that a foreign key of an object names by its key.
    pub(crate) fn find(&self, arena: &'s dyn AnyArena, slot: u32, def: &ForeignKeyDef) -> Option<u32> {
        if self.0.is_empty() || !matches!(arena.foreign(slot, def.field), Foreign::Key(_)) {
            return None;
        }
        let parts = def.key_columns().map(|column| Part::Value(arena.value(slot, column))).collect();
        self.0.get(&((def.target.table)().id, parts)).copied()
    }
}
