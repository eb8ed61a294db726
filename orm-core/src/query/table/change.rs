use super::{Item, ItemOperand, Table};
use crate::error::Result;
use crate::query::Parts;
use crate::sql::{Delete, JoinKind, SetList, Update, Write};

/// An UPDATE of rows of a [`Table`].
#[must_use = "an update does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct TableUpdate {
    table: Table,
    set: SetList,
    parts: Parts,
}

/// A DELETE of rows of a [`Table`].
#[must_use = "a delete does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct TableDelete {
    table: Table,
    parts: Parts,
}

impl TableUpdate {
    pub(super) fn new(table: &Table) -> Self {
        Self { table: table.clone(), set: SetList::new(), parts: Parts::from_source(table.source.clone()) }
    }

    /// Sets a column: to a value, or to what is computed of the row as it was and of what is joined.
    pub fn set(mut self, column: &str, value: impl Into<ItemOperand>) -> Self {
        match self.table.assigned(self.set.iter().map(|(name, _)| name), column, value.into()) {
            Ok(assigned) => self.set.push(assigned),
            Err((kind, message)) => self.parts.fail(kind, message),
        }
        self
    }

    /// Only rows for which the condition holds.
    pub fn filter(mut self, condition: Item) -> Self {
        self.parts.filter_by(condition);
        self
    }

    /// Reads another table beside the rows: only rows that have one for which the condition holds. Where there are several, the database
    /// takes one of them.
    pub fn join(mut self, table: &Table, on: Item) -> Self {
        self.parts.join_table(JoinKind::Inner, table, on);
        self
    }

    pub(crate) fn into_write(self) -> Result<Write> {
        let table = self.table.target()?;
        let rows = self.parts.changed_rows("update")?;
        if self.set.is_empty() {
            return Err(self.table.unset("an update sets no column"));
        }
        let (with, from, filter) = (rows.with, rows.sources, rows.filter);
        Ok(Write::Update(Update { with, table, set: self.set, from, filter, returning: Vec::new() }))
    }
}

impl TableDelete {
    pub(super) fn new(table: &Table) -> Self {
        Self { table: table.clone(), parts: Parts::from_source(table.source.clone()) }
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

    pub(crate) fn into_write(self) -> Result<Write> {
        let table = self.table.target()?;
        let rows = self.parts.changed_rows("delete")?;
        let (with, using, filter) = (rows.with, rows.sources, rows.filter);
        Ok(Write::Delete(Delete { with, table, using, filter, returning: Vec::new() }))
    }
}
