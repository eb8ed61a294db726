//! Databases that make a table anew where they cannot change it.

use super::changes::TableChange;
use super::{Alter, danger, removed};
use crate::catalog::{CatalogColumn, CatalogTable, Change};
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::render::catalog::order;
use crate::schema::TableName;

impl<'c> Alter<'c> {
    /// Returns whether tables are dropped, so that foreign keys must not be checked meanwhile.
    pub(super) fn rebuilding(&mut self, tables: &[TableChange<'c>]) -> Result<bool> {
        let removed = removed(self.from, tables);
        let anew: Vec<bool> = tables.iter().map(needs_rebuild).collect();
        let views = self.dropped_views(&[]);
        self.drop_views(&views)?;
        // Also where the table goes: what a script does not name is kept, even if this catalog does not know it.
        for change in tables {
            for trigger in change.triggers.iter().filter_map(|each| each.before()) {
                let name = TableName { schema: change.from.name.schema.clone(), name: trigger.name.clone().into() };
                self.push(|out| {
                    out.sql("DROP TRIGGER ").table(&name);
                })?;
            }
            for index in change.indexes.iter().filter_map(|each| each.before()) {
                self.drop_index(&change.from.name, &index.name)?;
            }
        }
        self.drop_tables(&removed)?;
        let is_new = |table: &&CatalogTable| tables.iter().all(|change| change.to.name != table.name);
        let added: Vec<&CatalogTable> = order::tables(&self.to.tables).into_iter().filter(is_new).collect();
        // A rebuilt table takes its indexes with it, whose names another table may get.
        for (change, anew) in tables.iter().zip(&anew) {
            if *anew { self.rebuild(change)? } else { self.add_columns(change)? }
        }
        added.iter().try_for_each(|table| self.create(|script| script.table(table)))?;
        for (change, anew) in tables.iter().zip(&anew) {
            let changed = change.indexes.iter().filter_map(|each| each.after());
            let indexes: Vec<_> = if *anew { change.to.indexes.iter().collect() } else { changed.collect() };
            indexes.into_iter().try_for_each(|index| self.create(|script| script.index(change.name(), index)))?;
        }
        for table in &added {
            table.indexes.iter().try_for_each(|index| self.create(|script| script.index(&table.name, index)))?;
        }
        for (change, anew) in tables.iter().zip(&anew) {
            let changed = change.triggers.iter().filter_map(|each| each.after());
            let triggers: Vec<_> = if *anew { change.to.triggers.iter().collect() } else { changed.collect() };
            self.script.statements.extend(triggers.into_iter().map(|trigger| trigger.definition.clone()));
        }
        let triggers = added.iter().flat_map(|table| &table.triggers);
        self.script.statements.extend(triggers.map(|trigger| trigger.definition.clone()));
        self.take(None);
        self.create_views(&views)?;
        Ok(!removed.is_empty() || anew.contains(&true))
    }

    fn add_columns(&mut self, change: &TableChange<'c>) -> Result<()> {
        change.columns.iter().filter_map(|each| each.after()).try_for_each(|column| self.add_column(change.to, column))
    }

    /// The new table beside the old one, the rows, and then the name.
    fn rebuild(&mut self, change: &TableChange<'c>) -> Result<()> {
        let (from, to) = (change.from, change.to);
        if from.options.module.is_some() || to.options.module.is_some() {
            self.drop_tables(&[&from.name])?;
            return self.create(|script| script.table(to));
        }
        let beside = TableName { schema: to.name.schema.clone(), name: format!("__new_{}", to.name.name).into() };
        self.create(|script| script.table(&CatalogTable { name: beside.clone(), ..to.clone() }))?;
        let kept: Vec<(&CatalogColumn, &CatalogColumn)> = to
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
            .filter_map(|column| Some((from.column(&column.name)?, column)))
            .collect();
        let danger = dangers(change);
        if kept.is_empty() {
            self.push_with(Some(format!("the rows of {} are lost: none of their columns stays", to.name)), |out| {
                out.sql("DROP TABLE ").table(&from.name);
            })?;
        } else {
            self.push_with(danger, |out| copy(out, &beside, &from.name, &kept))?;
            self.keep_numbers(from, to, &beside)?;
            self.push(|out| {
                out.sql("DROP TABLE ").table(&from.name);
            })?;
        }
        // Views and keys that name the table are about the new one now, and keep their text.
        let guard = self.script.dialect.rebuild();
        let (before, after) = guard.map_or(("", ""), |guard| (guard.before_rename, guard.after_rename));
        self.push(|out| {
            out.sql(before);
        })?;
        self.push(|out| {
            out.sql("ALTER TABLE ").table(&beside).sql(" RENAME TO ").ident(&to.name.name);
        })?;
        self.push(|out| {
            out.sql(after);
        })
    }

    /// Keys of deleted rows are not given again.
    fn keep_numbers(&mut self, from: &CatalogTable, to: &CatalogTable, beside: &TableName) -> Result<()> {
        let guard = self.script.dialect.rebuild();
        let Some(numbers) =
            guard.map(|guard| guard.numbers).filter(|_| from.options.autoincrement && to.options.autoincrement)
        else {
            return Ok(());
        };
        let numbers = TableName { schema: to.name.schema.clone(), name: numbers.into() };
        self.push(|out| {
            out.sql("DELETE FROM ").table(&numbers).sql(" WHERE name = ").ident_literal(&beside.name);
        })?;
        self.push(|out| {
            out.sql("INSERT INTO ").table(&numbers).sql(" (name, seq) SELECT ").ident_literal(&beside.name);
            out.sql(", seq FROM ").table(&numbers).sql(" WHERE name = ").ident_literal(&from.name.name);
        })
    }
}

/// What the rebuild does to rows that are there.
fn dangers(change: &TableChange<'_>) -> Option<String> {
    let said = change.columns.iter().filter_map(|each| match *each {
        Change::Removed(column) => {
            column.generated.is_none().then(|| format!("the values of {}.{} are lost", change.to.name, column.name))
        }
        Change::Added(column) => danger::of_added(change.to, column),
        Change::Changed { from, to } => danger::of_changed(change.to, from, to),
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn copy(out: &mut SqlWriter, to: &TableName, from: &TableName, kept: &[(&CatalogColumn, &CatalogColumn)]) {
    out.sql("INSERT INTO ").table(to).sql(" (").list(", ", kept, |out, (_, column)| {
        out.ident(&column.name);
    });
    out.sql(")\nSELECT ").list(", ", kept, |out, (old, new)| match &new.default {
        Some(default) if old.nullable && !new.nullable => {
            out.sql("coalesce(").ident(&old.name).sql(", (").trusted(default).sql("))");
        }
        _ => {
            out.ident(&old.name);
        }
    });
    out.sql("\nFROM ").table(from);
}

/// Whether a table cannot become the other by added columns and other indexes and triggers.
fn needs_rebuild(change: &TableChange<'_>) -> bool {
    let others = change.itself
        || !(change.keys.is_empty() && change.uniques.is_empty() && change.checks.is_empty())
        || !(change.exclusions.is_empty() && change.foreign_keys.is_empty());
    others
        || change.columns.iter().any(|each| !matches!(each, Change::Added(column) if can_be_added(change.to, column)))
}

/// Whether `ALTER TABLE .. ADD COLUMN` can add it to a table with rows.
fn can_be_added(table: &CatalogTable, column: &CatalogColumn) -> bool {
    let is_literal = |text: &str| {
        let word = text.trim();
        word.starts_with('\'') && word.ends_with('\'') && word.matches('\'').count() == 2
            || word.trim_start_matches('-').chars().all(|letter| letter.is_ascii_digit() || letter == '.')
            || ["true", "false", "null"].contains(&&*word.to_ascii_lowercase())
    };
    let filled = column.default.as_deref().map_or(column.nullable, is_literal);
    filled && column.generated.is_none() && table.options.module.is_none()
}
