//! What a flush will do: a value, made without I/O, in a total order. Executing it decides nothing.

use std::collections::HashSet;

use crate::schema::{AssociationDef, ModelId, TableDef};
use crate::session::store::Store;
use crate::session::store::log::Unlogged;
use crate::session::store::slots::SlotMap;
use crate::value::{Value, ValueRef};

/// The steps of a flush, in order.
#[derive(Debug, Default)]
pub(crate) struct FlushPlan {
    pub(crate) steps: Vec<Step>,
    /// Why steps, by index, stand where they do, as far as that is not obvious.
    pub(crate) because: SlotMap<usize, Because>,
    /// Columns that get another value than the object has.
    pub(crate) overrides: Overrides,
    /// What new objects get whose version was not set.
    pub(crate) first_versions: SlotMap<ModelId, Value>,
    /// New objects that take over the rows of deleted ones.
    pub(crate) successors: Vec<Successor>,
    /// The slot of the deleted object, by the row of its successor.
    pub(crate) succeeded: SlotMap<RowId, u32>,
    /// Columns that are NULL before the rest of their rows is written.
    pub(crate) vacated: SlotMap<RowId, Vec<usize>>,
    /// Rows whose foreign keys the database changes.
    pub(crate) cascaded: Vec<CascadedKey>,
    /// The slots of the parents with the changed keys, by row and foreign key.
    pub(crate) cascaded_parents: SlotMap<(RowId, usize), u32>,
    /// Rows whose keys the flush changes, or the database with it.
    pub(crate) rekeyed: HashSet<RowId>,
    /// Foreign keys, by table and index, that the database must not look at before the transaction ends.
    pub(crate) put_off: Vec<(&'static TableDef, usize)>,
}

/// One row of a flush.
pub(crate) type RowId = (ModelId, u32);

/// Columns that get another value than the object has: a key to a deleted row, a new version, an `on_update`.
pub(crate) type Overrides = SlotMap<RowId, Vec<(usize, Value)>>;

/// A row whose foreign key the database changes, because the key that it references changes.
#[derive(Debug)]
pub(crate) struct CascadedKey {
    pub(crate) table: &'static TableDef,
    pub(crate) slot: u32,
    /// The foreign key, by index.
    pub(crate) key: usize,
    pub(crate) parent: u32,
    /// Whether the object references the parent still.
    pub(crate) stays: bool,
}

/// What is unique: the primary key, or what one of the table's indexes says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unique {
    Key,
    Index(usize),
}

impl Unique {
    /// All that is unique in a table.
    pub(crate) fn all(table: &TableDef) -> impl Iterator<Item = Self> {
        let indexes = table.indexes.iter().enumerate();
        std::iter::once(Self::Key)
            .chain(indexes.filter(|(_, index)| index.is_unique_by_columns()).map(|(at, _)| Self::Index(at)))
    }

    pub(crate) fn columns(self, table: &TableDef) -> &[usize] {
        match self {
            Self::Key => &table.primary_key,
            Self::Index(index) => &table.indexes[index].columns,
        }
    }

    /// The columns that give the value up by becoming NULL, if any may.
    pub(crate) fn free_by_null(self, table: &TableDef) -> Option<Vec<usize>> {
        if matches!(self, Self::Index(index) if table.indexes[index].nulls_not_distinct) {
            return None;
        }
        self.columns(table).iter().find_map(|&column| {
            let def = &table.columns[column];
            if !def.nullable || def.primary_key {
                return None;
            }
            // The columns of a foreign key are NULL together.
            Some(table.fields[def.field].columns.clone().collect())
        })
    }

    /// The fields, as the user calls them.
    pub(crate) fn fields(self, table: &TableDef) -> String {
        let mut names: Vec<&str> =
            self.columns(table).iter().map(|&column| table.fields[table.columns[column].field].name).collect();
        names.dedup();
        match names[..] {
            [only] => only.to_owned(),
            _ => format!("({})", names.join(", ")),
        }
    }
}

/// A new object that takes over the row of a deleted one, whose key it has.
#[derive(Debug)]
pub(crate) struct Successor {
    pub(crate) table: &'static TableDef,
    pub(crate) new: u32,
    pub(crate) old: u32,
}

/// One batch: rows of one table that get one kind of statement with the same columns.
#[derive(Debug)]
pub(crate) enum Step {
    /// New rows, in the order of `add`.
    Insert(Insert),
    /// Changed rows, in the order of their keys.
    Update(Update),
    /// Deleted rows, in the order of their keys.
    Delete { table: &'static TableDef, rows: Vec<u32> },
    /// New links, in the order in which they were made.
    Link { association: Association, links: Vec<(u32, u32)>, fill: Fill },
    /// Links that are no more.
    Unlink { association: Association, links: Vec<(u32, u32)> },
}

impl Step {
    /// Whether the step beside it, about the base's table, says the same of the same rows.
    pub(crate) fn is_beside_base(&self) -> bool {
        !matches!(self, Self::Update(_)) && self.table().joined().is_some()
    }

    /// The table that it writes to.
    pub(crate) fn table(&self) -> &'static TableDef {
        match self {
            Self::Insert(Insert { table, .. }) | Self::Update(Update { table, .. }) | Self::Delete { table, .. } => {
                table
            }
            Self::Link { association, .. } | Self::Unlink { association, .. } => association.table,
        }
    }
}

/// New rows of one table that give the same columns.
#[derive(Debug)]
pub(crate) struct Insert {
    pub(crate) table: &'static TableDef,
    pub(crate) columns: Vec<usize>,
    /// The key that the database chooses.
    pub(crate) generated: Option<usize>,
    /// Columns that the database fills, which come back.
    pub(crate) fetch: Vec<usize>,
    /// Foreign keys that are written as NULL now and by an UPDATE later, by index: they close a cycle of rows.
    pub(crate) deferred: Vec<usize>,
    pub(crate) rows: Vec<u32>,
}

/// Rows of one table of which the same columns are written.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) table: &'static TableDef,
    pub(crate) set: Vec<usize>,
    /// Those of the columns that the rows must hold as they were read.
    pub(crate) compare: Vec<usize>,
    pub(crate) rows: Vec<u32>,
    pub(crate) stage: Stage,
}

/// Which part of what happens to a row an UPDATE is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The columns become NULL, before the row is written or deleted.
    Vacate,
    /// What there is to write.
    Main,
    /// The row is marked as deleted, and its object goes.
    Mark,
    /// The columns get their values, after the row was written.
    PostUpdate,
}

/// Why a step stands where it does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Because {
    /// It gives up a unique value that another row takes.
    Frees { unique: Unique, taker: RowId },
    /// It takes a unique value that another row gave up.
    Takes { unique: Unique, giver: RowId },
    /// It opens a cycle of rows, so that they can be deleted.
    Opens,
    /// It closes a cycle of rows that were inserted.
    Closes,
    /// It references rows that the flush inserts before.
    Follows,
    /// The key has `post_update`.
    PostUpdate,
}

/// What the rows of new links hold beside the two keys: the defaults of a `through` model.
#[derive(Debug, Default)]
pub(crate) struct Fill {
    pub(crate) columns: Vec<usize>,
    /// Per link, in the order of `columns`.
    pub(crate) rows: Vec<Vec<Value>>,
}

/// The association table of a `many_to_many` relation and the models of its two sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Association {
    pub(crate) def: &'static AssociationDef,
    pub(crate) table: &'static TableDef,
    pub(crate) left: &'static TableDef,
    pub(crate) right: &'static TableDef,
}

impl FlushPlan {
    /// The tables that it writes to, step by step.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &'static TableDef> {
        self.steps.iter().map(Step::table)
    }

    /// Whether every row has the key that its object had before, so that no step changes what it is found by.
    pub(crate) fn keeps_keys(&self) -> bool {
        self.succeeded.is_empty() && self.vacated.is_empty() && self.cascaded_parents.is_empty()
    }

    /// What the database does beside the statements, to rows that reference theirs, is known to no log.
    pub(crate) fn unlogged(&self, store: &Store) -> Unlogged {
        let acts = |step: &Step| matches!(step, Step::Delete { table, .. } if store.acts_on_delete(table));
        if self.rekeyed.is_empty() && !self.steps.iter().any(acts) { Unlogged::Flushed } else { Unlogged::Unknown }
    }

    /// The plan for rows whose keys and defaults nobody waits for, but for joined tables, which need the keys.
    pub(crate) fn without_results(mut self) -> Self {
        let joined: Vec<ModelId> =
            self.tables().filter(|table| table.joined().is_some()).map(|table| table.id).collect();
        for step in &mut self.steps {
            if let Step::Insert(insert) = step
                && !joined.contains(&insert.table.id)
            {
                insert.generated = None;
                insert.fetch.clear();
            }
        }
        self
    }

    /// Whether there is one statement for one row, which fails without a trace or does all that it has to: what it returns cannot be
    /// unfit.
    pub(crate) fn is_one_row(&self, store: &Store) -> bool {
        let [step] = &self.steps[..] else { return false };
        if !self.put_off.is_empty() {
            return false;
        }
        match step {
            Step::Insert(Insert { table, rows, generated, fetch, .. }) => {
                rows.len() == 1
                    && fetch.is_empty()
                    && generated.is_none_or(|key| takes_any_key(store, table, rows[0], key))
            }
            Step::Update(Update { table, set, rows, .. }) => {
                rows.len() == 1
                    && table.returned.is_empty()
                    && store.any(table.id).is_some_and(|arena| {
                        !set.iter().any(|&column| store.expression(arena, rows[0], column).is_some())
                    })
            }
            Step::Delete { rows, .. } => rows.len() == 1,
            Step::Link { links, .. } | Step::Unlink { links, .. } => links.len() == 1,
        }
    }

    /// Notes that columns are NULL before the rest of their row is written.
    pub(crate) fn vacate(&mut self, row: RowId, columns: &[usize]) {
        self.vacated.entry(row).or_default().extend(columns);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.successors.is_empty()
    }
}

/// Whether the field of a key takes whatever integer the database chooses.
fn takes_any_key(store: &Store, table: &TableDef, slot: u32, key: usize) -> bool {
    let mut extremes = [i64::MIN, i64::MAX].into_iter().map(ValueRef::I64);
    store.any(table.id).is_some_and(|arena| arena.check_values(slot, table.columns[key].field, &mut extremes).is_ok())
}
