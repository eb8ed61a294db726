use std::borrow::Cow;

use super::{Item, ItemOperand, Table, TableInsert, TableRows};
use crate::error::ErrorKind;
use crate::query::{Insert, OnConflict, Updating};
use crate::sql::{ConflictTarget, SetList};

impl<K> TableInsert<K> {
    /// Handles rows that have the values of existing rows in these columns, which must be those of a unique constraint or of the
    /// primary key.
    pub fn on_conflict<N: AsRef<str>>(
        mut self,
        columns: impl IntoIterator<Item = N>,
    ) -> OnConflict<Table, TableRows<K>> {
        let mut names: Vec<Cow<'static, str>> = Vec::new();
        for name in columns {
            match self.source.table.unset_column(names.iter(), name.as_ref()) {
                Ok(column) => names.push(column.name.clone()),
                Err(problem) => self.fail(problem),
            }
        }
        if names.is_empty() {
            let table = self.source.table.name();
            let message = format!("`on_conflict` of an insert into table `{table}` names no column");
            self.fail((ErrorKind::InvalidState, message));
        }
        self.on_conflict_with(ConflictTarget::Columns(names), None)
    }
}

impl<K> OnConflict<Table, TableRows<K>> {
    /// The existing row is updated: its columns are [`set`](Insert::set).
    pub fn do_update(self) -> TableInsert<K, Updating> {
        self.updating(SetList::new())
    }
}

impl<K> TableInsert<K, Updating> {
    /// Sets a column of the existing row: to a value, or to what is computed of the existing row, by
    /// [`col`](super::Table::col), and of the new one, by [`excluded`](super::Table::excluded).
    pub fn set(mut self, column: &str, value: impl Into<ItemOperand>) -> Self {
        let Insert { source, conflict, .. } = &mut self;
        let Some(update) = conflict.as_mut().and_then(|conflict| conflict.update.as_mut()) else { return self };
        match source.table.assigned(update.set.iter().map(|(name, _)| name), column, value.into()) {
            Ok(assigned) => update.set.push(assigned),
            Err(problem) => self.fail(problem),
        }
        self
    }

    /// Updates an existing row only if the condition holds. Else it stays as it is, and does not count.
    pub fn filter(mut self, condition: Item) -> Self {
        match (condition.expr, self.update_mut()) {
            (Ok(condition), Some(update)) => update.filter.push(condition),
            (Ok(_), None) => {}
            (Err(problem), _) => self.fail(problem),
        }
        self
    }
}
