//! What a flush will do: a value, made without I/O, in a total order. Executing it decides nothing.

use std::fmt;

use crate::schema::{AssociationDef, ModelId, TableDef};
use crate::session::slots::SlotMap;
use crate::value::Value;

/// The steps of a flush, in order.
#[derive(Debug, Default)]
pub(crate) struct FlushPlan {
    pub(super) steps: Vec<Step>,
    /// Columns that get another value than the object has.
    pub(super) overrides: Overrides,
}

/// Columns that get another value than the object has: a key to a deleted row, a new version, an `on_update`.
pub(super) type Overrides = SlotMap<(ModelId, u32), Vec<(usize, Value)>>;

/// One batch: rows of one table that get one kind of statement with the same columns.
#[derive(Debug)]
pub(super) enum Step {
    /// New rows, in the order of `add`.
    Insert(Insert),
    /// Changed rows, in the order of their keys.
    Update { table: &'static TableDef, set: Vec<usize>, rows: Vec<u32> },
    /// Deleted rows, in the order of their keys.
    Delete { table: &'static TableDef, rows: Vec<u32> },
    /// New pairs, in the order in which they were linked.
    Link { association: Association, pairs: Vec<(u32, u32)>, fill: Fill },
    /// Pairs that are no more.
    Unlink { association: Association, pairs: Vec<(u32, u32)> },
}

/// New rows of one table that give the same columns.
#[derive(Debug)]
pub(super) struct Insert {
    pub(super) table: &'static TableDef,
    pub(super) columns: Vec<usize>,
    /// The key that the database chooses.
    pub(super) generated: Option<usize>,
    /// Columns with server defaults that come back.
    pub(super) fetch: Vec<usize>,
    /// Foreign keys that are written as NULL now and by an UPDATE later, by index: they close a circle of rows.
    pub(super) deferred: Vec<usize>,
    pub(super) rows: Vec<u32>,
}

/// What the rows of new pairs hold beside the two keys: the defaults of a `through` model.
#[derive(Debug, Default)]
pub(super) struct Fill {
    pub(super) columns: Vec<usize>,
    /// Per pair, in the order of `columns`.
    pub(super) rows: Vec<Vec<Value>>,
}

/// The association table of a `many_to_many` relation and the models of its two sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Association {
    pub(super) def: &'static AssociationDef,
    pub(super) table: &'static TableDef,
    pub(super) left: &'static TableDef,
    pub(super) right: &'static TableDef,
}

impl FlushPlan {
    /// The plan for rows whose keys and defaults nobody waits for.
    pub(super) fn without_results(mut self) -> Self {
        for step in &mut self.steps {
            if let Step::Insert(insert) = step {
                insert.generated = None;
                insert.fetch.clear();
            }
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

impl fmt::Display for FlushPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.steps.iter().enumerate() {
            writeln!(f, "{}: {step}", number + 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insert(Insert { table, rows, .. }) => write!(f, "INSERT {} ({} rows)", table.name, rows.len()),
            Self::Update { table, set, rows } => {
                let columns: Vec<&str> = set.iter().map(|&column| &*table.columns[column].name).collect();
                write!(f, "UPDATE {} SET {} ({} rows)", table.name, columns.join(", "), rows.len())
            }
            Self::Delete { table, rows } => write!(f, "DELETE {} ({} rows)", table.name, rows.len()),
            Self::Link { association, pairs, .. } => {
                write!(f, "INSERT {} ({} pairs)", association.table.name, pairs.len())
            }
            Self::Unlink { association, pairs } => {
                write!(f, "DELETE {} ({} pairs)", association.table.name, pairs.len())
            }
        }
    }
}
