//! Statements that change rows.

use std::borrow::Cow;

use super::{Body, Expr, Lift, SelectItem, Source, Withs};
use crate::schema::{ModelRef, TableName};
use crate::value::{Format, SqlType};

/// Columns by name, with their new values.
pub type SetList = Vec<(Cow<'static, str>, Expr)>;

/// A statement that changes rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Queries whose rows stand under a name, before everything else.
    pub with: Withs,
    /// The table.
    pub table: TableName,
    /// The model whose rows are meant: what holds for them holds here. `None` for all rows, as they are.
    pub model: Option<ModelRef>,
    /// The model, where what holds for its rows is among the conditions already.
    pub(crate) rows_of: Option<ModelRef>,
    /// Which conditions that models have anyway it goes without, in all of its parts.
    pub lift: Lift,
    /// What happens to its rows.
    pub change: Change,
    /// The values to return of each row.
    pub returning: Vec<SelectItem>,
}

impl Write {
    /// A statement about all rows of a table.
    pub fn table(table: TableName, change: Change, returning: Vec<SelectItem>) -> Self {
        Self { with: Withs::new(), table, model: None, rows_of: None, lift: Lift::Nothing, change, returning }
    }

    /// A statement about the rows of a model.
    pub fn model(model: ModelRef, change: Change, returning: Vec<SelectItem>) -> Self {
        Self { model: Some(model), ..Self::table((model.table)().name.clone(), change, returning) }
    }

    /// Sets columns of the rows instead of deleting them.
    pub(crate) fn set(&mut self, set: SetList) {
        let nothing = Change::Delete(ChangedRows::default());
        self.change = match std::mem::replace(&mut self.change, nothing) {
            Change::Delete(rows) => Change::Update(set, rows),
            change => change,
        };
    }
}

/// What happens to the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// New ones are inserted.
    Insert(Insert),
    /// The columns are set to these values.
    Update(SetList, ChangedRows),
    /// They are deleted.
    Delete(ChangedRows),
}

/// The rows that an UPDATE or a DELETE changes: those for which conditions hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChangedRows {
    /// What else is read.
    pub sources: Vec<Source>,
    /// The conditions; all must hold.
    pub filter: Vec<Expr>,
}

/// An INSERT of rows that the database computes: from expressions, or by a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// The columns.
    pub columns: Vec<Cow<'static, str>>,
    /// The stored form of each column.
    pub forms: Vec<(SqlType, Format)>,
    /// The rows.
    pub rows: InsertRows,
    /// What happens to rows that violate a constraint. Without it, they are an error.
    pub conflict: Option<Conflict>,
}

/// The rows of an INSERT.
#[derive(Debug, Clone, PartialEq)]
pub enum InsertRows {
    /// These rows, each with a value for every column.
    Values(Vec<Vec<Expr>>),
    /// Those of a query.
    Query(Body),
}

/// `ON CONFLICT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Which constraint.
    pub target: ConflictTarget,
    /// The other unique keys of the table, by their columns. `None` if they are not known.
    pub others: Option<Vec<Vec<Cow<'static, str>>>>,
    /// The update of the existing row. Without it, nothing happens.
    pub update: Option<ConflictUpdate>,
}

/// Which constraint a row may violate.
#[derive(Debug, Clone, PartialEq)]
pub enum ConflictTarget {
    /// Any.
    Any,
    /// The unique constraint over these columns.
    Columns(Vec<Cow<'static, str>>),
    /// The constraint of this name.
    Constraint(Cow<'static, str>),
}

/// `DO UPDATE`.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictUpdate {
    /// The columns and what they are set to.
    pub set: SetList,
    /// The conditions on the existing row; all must hold.
    pub filter: Vec<Expr>,
    /// Instead of `set`, of rows in bulk: the columns are those that are written.
    pub written: Option<WrittenColumns>,
}

/// The columns of an existing row that get the values of the new row: all that an INSERT writes.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenColumns {
    /// But for these: the keys.
    pub kept: Vec<Cow<'static, str>>,
    /// The column that counts versions, which is counted on.
    pub counted: Option<Cow<'static, str>>,
}

impl Change {
    /// The rows that are there and are changed.
    pub fn rows(&self) -> Option<&ChangedRows> {
        match self {
            Self::Insert(_) => None,
            Self::Update(_, rows) | Self::Delete(rows) => Some(rows),
        }
    }
}
