use std::borrow::Cow;

use super::{Item, ItemOperand, ManyRows, TableInsert};
use crate::error::ErrorKind;
use crate::query::Updating;
use crate::sql::{Conflict, ConflictTarget, ConflictUpdate, SetList};

/// An insert with `ON CONFLICT`, before its action is chosen.
#[must_use = "say `do_nothing` or `do_update`"]
#[derive(Debug, Clone)]
pub struct TableConflict<K> {
    insert: TableInsert<K>,
    target: ConflictTarget,
}

impl<K> TableInsert<K> {
    /// Handles rows that have the values of existing rows in these columns, which must be those of a unique constraint or of the
    /// primary key.
    pub fn on_conflict<N: AsRef<str>>(mut self, columns: impl IntoIterator<Item = N>) -> TableConflict<K> {
        let mut names: Vec<Cow<'static, str>> = Vec::new();
        for name in columns {
            match self.table.unset_column(names.iter(), name.as_ref()) {
                Ok(column) => names.push(column.name.clone()),
                Err(problem) => self.fail(problem),
            }
        }
        if names.is_empty() {
            let message = format!("`on_conflict` of an insert into table `{}` names no column", self.table.name());
            self.fail((ErrorKind::InvalidState, message));
        }
        TableConflict { insert: self, target: ConflictTarget::Columns(names) }
    }

    /// Handles rows that violate the constraint of that name. Not every database supports names of constraints here.
    pub fn on_constraint(self, name: impl Into<Cow<'static, str>>) -> TableConflict<K> {
        TableConflict { insert: self, target: ConflictTarget::Constraint(name.into()) }
    }

    /// Skips the rows that violate any unique constraint: `ON CONFLICT DO NOTHING`.
    pub fn ignore_conflicts(self) -> TableInsert<ManyRows> {
        TableConflict { insert: self, target: ConflictTarget::Any }.do_nothing()
    }
}

impl<K> TableConflict<K> {
    /// Keeps the existing row, and skips the new one.
    pub fn do_nothing(self) -> TableInsert<ManyRows> {
        self.resolved(None)
    }

    /// The existing row is updated: its columns are [`set`](TableInsert::set).
    pub fn do_update(self) -> TableInsert<Updating> {
        self.resolved(Some(ConflictUpdate { set: SetList::new(), filter: Vec::new() }))
    }

    fn resolved<L>(mut self, update: Option<ConflictUpdate>) -> TableInsert<L> {
        self.insert.conflict = Some(Conflict { target: self.target, update });
        self.insert.into_kind()
    }
}

impl TableInsert<Updating> {
    /// Sets a column of the existing row: to a value, or to what is computed of the existing row, by
    /// [`col`](super::Table::col), and of the new one, by [`excluded`](super::Table::excluded).
    pub fn set(mut self, column: &str, value: impl Into<ItemOperand>) -> Self {
        let Some(update) = self.conflict.as_mut().and_then(|conflict| conflict.update.as_mut()) else { return self };
        match self.table.assigned(update.set.iter().map(|(name, _)| name), column, value.into()) {
            Ok(assigned) => update.set.push(assigned),
            Err(problem) => self.fail(problem),
        }
        self
    }

    /// Updates an existing row only if the condition holds. Else it stays as it is, and does not count.
    pub fn filter(mut self, condition: Item) -> Self {
        let Some(update) = self.conflict.as_mut().and_then(|conflict| conflict.update.as_mut()) else { return self };
        match condition.expr {
            Ok(condition) => update.filter.push(condition),
            Err(problem) => self.fail(problem),
        }
        self
    }
}
