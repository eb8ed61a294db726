use std::borrow::Cow;

use super::{ColumnRef, Expr};
use crate::schema::{ColumnDef, TableDef, TableName};

/// An UPDATE of the rows for which conditions hold.
#[derive(Debug, Clone)]
pub struct Update {
    /// The table.
    pub table: TableName,
    /// The columns and what they are set to.
    pub set: Vec<(Cow<'static, str>, Expr)>,
    /// The conditions; all must hold.
    pub filter: Vec<Expr>,
    /// The columns of the changed rows that come back.
    pub returning: Vec<ColumnRef>,
}

/// A DELETE of the rows for which conditions hold.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The table.
    pub table: TableName,
    /// The conditions; all must hold.
    pub filter: Vec<Expr>,
    /// The columns of the deleted rows that come back.
    pub returning: Vec<ColumnRef>,
}

impl ColumnRef {
    /// A column of a table, qualified with the table's name.
    pub(crate) fn of(table: &'static TableDef, column: &'static ColumnDef) -> Self {
        Self { qualifier: Some(table.name.name.clone()), name: column.name.clone() }
    }
}
