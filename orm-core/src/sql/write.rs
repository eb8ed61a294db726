//! Statements that change rows.

use std::borrow::Cow;

use super::{Body, Expr, SelectItem, Source, Withs};
use crate::schema::TableName;
use crate::value::{Format, SqlType};

/// Columns by name, with their new values.
pub type SetList = Vec<(Cow<'static, str>, Expr)>;

/// A statement that changes rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// An INSERT.
    Insert(Insert),
    /// An UPDATE.
    Update(Update),
    /// A DELETE.
    Delete(Delete),
}

/// An INSERT of rows that the database computes: from expressions, or by a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// Queries whose rows stand under a name, before everything else.
    pub with: Withs,
    /// The table.
    pub table: TableName,
    /// The columns.
    pub columns: Vec<Cow<'static, str>>,
    /// The stored form of each column.
    pub forms: Vec<(SqlType, Format)>,
    /// The rows.
    pub rows: InsertRows,
    /// What happens to rows that violate a constraint. Without it, they are an error.
    pub conflict: Option<Conflict>,
    /// The values to return of each row.
    pub returning: Vec<SelectItem>,
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
}

/// An UPDATE of the rows for which conditions hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// Queries whose rows stand under a name, before everything else.
    pub with: Withs,
    /// The table.
    pub table: TableName,
    /// The columns and what they are set to.
    pub set: SetList,
    /// What else is read.
    pub from: Vec<Source>,
    /// The conditions; all must hold.
    pub filter: Vec<Expr>,
    /// The values to return of each row.
    pub returning: Vec<SelectItem>,
}

/// A DELETE of the rows for which conditions hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// Queries whose rows stand under a name, before everything else.
    pub with: Withs,
    /// The table.
    pub table: TableName,
    /// What else is read.
    pub using: Vec<Source>,
    /// The conditions; all must hold.
    pub filter: Vec<Expr>,
    /// The values to return of each row.
    pub returning: Vec<SelectItem>,
}

impl Write {
    /// The table that is written to.
    pub fn table(&self) -> &TableName {
        match self {
            Self::Insert(insert) => &insert.table,
            Self::Update(update) => &update.table,
            Self::Delete(delete) => &delete.table,
        }
    }

    /// The values to return of each row.
    pub fn returning_mut(&mut self) -> &mut Vec<SelectItem> {
        match self {
            Self::Insert(insert) => &mut insert.returning,
            Self::Update(update) => &mut update.returning,
            Self::Delete(delete) => &mut delete.returning,
        }
    }

    /// The queries whose rows stand under a name.
    pub fn with_mut(&mut self) -> &mut Withs {
        match self {
            Self::Insert(insert) => &mut insert.with,
            Self::Update(update) => &mut update.with,
            Self::Delete(delete) => &mut delete.with,
        }
    }

    /// The queries whose rows stand under a name.
    pub(super) fn with(&self) -> &Withs {
        match self {
            Self::Insert(insert) => &insert.with,
            Self::Update(update) => &update.with,
            Self::Delete(delete) => &delete.with,
        }
    }
}
