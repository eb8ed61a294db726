use super::{Item, ItemOperand, Table};
use crate::error::Result;
use crate::query::{Parts, Statement};
use crate::sql::{JoinKind, SelectItem, SetList, Write};

/// An UPDATE or a DELETE of rows of a [`Table`]. `S` is what it sets.
#[must_use = "it does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct TableChange<S> {
    table: Table,
    set: S,
    parts: Parts,
}

/// An UPDATE of rows of a [`Table`]. Where several joined rows go with one of them, the database takes one of these.
pub type TableUpdate = TableChange<SetList>;

/// A DELETE of rows of a [`Table`].
pub type TableDelete = TableChange<()>;

impl<S> TableChange<S> {
    pub(super) fn new(table: &Table, set: S) -> Self {
        Self { table: table.clone(), set, parts: Parts::from_source(table.source.clone()) }
    }

    /// Only rows for which the condition holds.
    pub fn filter(mut self, condition: Item) -> Self {
        self.parts.filter_by(condition);
        self
    }

    /// Reads another table beside the rows: only rows that have one for which the condition holds, however many.
    pub fn join(mut self, table: &Table, on: Item) -> Self {
        self.parts.join_table(JoinKind::Inner, table, on);
        self
    }
}

impl TableUpdate {
    /// Sets a column: to a value, or to what is computed of the row as it was and of what is joined.
    pub fn set(mut self, column: &str, value: impl Into<ItemOperand>) -> Self {
        match self.table.assigned(self.set.iter().map(|(name, _)| name), column, value.into()) {
            Ok(assigned) => self.set.push(assigned),
            Err((kind, message)) => self.parts.fail(kind, message),
        }
        self
    }
}

impl Statement for TableUpdate {
    fn into_write(self, returning: Vec<SelectItem>) -> Result<Write> {
        let is_unset = self.set.is_empty();
        let write = self.parts.update(self.table.target()?, self.set, returning)?;
        if is_unset { Err(self.table.unset("an update sets no column")) } else { Ok(write) }
    }
}

impl Statement for TableDelete {
    fn into_write(self, returning: Vec<SelectItem>) -> Result<Write> {
        self.parts.delete(self.table.target()?, returning)
    }
}
