//! Columns that are added, dropped and changed where they are.

use super::changes::{TableChange, is_remade};
use super::{Alter, danger};
use crate::catalog::{CatalogColumn, CatalogTable, Change, Identity};
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::render::catalog::objects::sequence_options;
use crate::render::catalog::table as write;

impl<'c> Alter<'c> {
    pub(super) fn alter_columns(&mut self, change: &TableChange<'c>) -> Result<()> {
        let moved = change.moved();
        self.drop_computed(change, &moved)?;
        let own = |column: &CatalogColumn| !column.inherited;
        // A table needs a column at any time.
        let is_emptied = !change
            .from
            .columns
            .iter()
            .any(|from| change.to.column(&from.name).is_some_and(|to| !moved_away(&moved, from, to)));
        if is_emptied {
            self.add_new_columns(change)?;
        }
        for each in &change.columns {
            match *each {
                Change::Removed(column) if own(column) && column.generated.is_none() => {
                    let danger = format!("the values of {}.{} are lost", change.to.name, column.name);
                    self.drop_column(change.to, column, Some(danger))?;
                }
                Change::Changed { from, to } if own(to) && !moved_away(&moved, from, to) => {
                    self.change_column(change.to, from, to)?;
                }
                _ => {}
            }
        }
        if !is_emptied {
            self.add_new_columns(change)?;
        }
        for column in &change.to.columns {
            let from = change.from.column(&column.name);
            if let Some(from) = from
                && moved_away(&moved, from, column)
            {
                self.add_column(change.to, column)?;
            }
        }
        Ok(())
    }

    fn add_new_columns(&mut self, change: &TableChange<'c>) -> Result<()> {
        change.columns.iter().try_for_each(|each| match *each {
            Change::Added(column) if !column.inherited => self.add_column(change.to, column),
            _ => Ok(()),
        })
    }

    /// Computed columns go, or are computed no more, before those that they are computed of change. Others are dropped to be computed.
    fn drop_computed(&mut self, change: &TableChange<'c>, moved: &[&str]) -> Result<()> {
        for column in change.from.columns.iter().filter(|column| !column.inherited) {
            match change.to.column(&column.name) {
                None if column.generated.is_some() => self.drop_column(change.to, column, None)?,
                Some(to) if moved_away(moved, column, to) => {
                    self.drop_column(change.to, column, danger::of_changed(change.to, column, to))?;
                }
                Some(to) if column.generated.is_some() && to.generated.is_none() && !self.modifies() => {
                    self.alter_column(change.to, to, None, |out| {
                        out.sql("DROP EXPRESSION");
                    })?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn drop_column(&mut self, table: &CatalogTable, column: &CatalogColumn, danger: Option<String>) -> Result<()> {
        self.push_with(danger, |out| {
            out.sql("ALTER TABLE ").table(&table.name).sql(" DROP COLUMN ").ident(&column.name);
        })
    }

    pub(super) fn add_column(&mut self, table: &CatalogTable, column: &CatalogColumn) -> Result<()> {
        self.push_with(danger::of_added(table, column), |out| {
            write::column(out.sql("ALTER TABLE ").table(&table.name).sql(" ADD COLUMN "), table, column);
        })
    }

    fn change_column(&mut self, table: &CatalogTable, from: &CatalogColumn, to: &CatalogColumn) -> Result<()> {
        let retyped = from.data_type.kind != to.data_type.kind || from.collation != to.collation;
        let redefaulted = from.default != to.default;
        let danger = danger::of_changed(table, from, to);
        if self.modifies() {
            self.fill_nulls(table, from, to)?;
            return self.push_with(danger, |out| {
                write::column(out.sql("ALTER TABLE ").table(&table.name).sql(" MODIFY COLUMN "), table, to);
            });
        }
        if from.default.is_some() && (redefaulted || retyped) {
            self.alter_column(table, to, None, |out| {
                out.sql("DROP DEFAULT");
            })?;
        }
        if from.identity.is_some() && to.identity.is_none() {
            self.alter_column(table, to, None, |out| {
                out.sql("DROP IDENTITY");
            })?;
        }
        if retyped {
            self.alter_column(table, to, danger.clone(), |out| retype(out, from, to))?;
        }
        self.change_null(table, from, to, danger.filter(|_| !retyped))?;
        self.change_identity(table, from, to)?;
        match &to.default {
            Some(default) if redefaulted || retyped => self.alter_column(table, to, None, |out| {
                out.sql("SET DEFAULT (").trusted(default).sql(")");
            }),
            _ => Ok(()),
        }
    }

    fn change_null(
        &mut self,
        table: &CatalogTable,
        from: &CatalogColumn,
        to: &CatalogColumn,
        danger: Option<String>,
    ) -> Result<()> {
        if from.nullable == to.nullable {
            return Ok(());
        }
        if to.nullable {
            return self.alter_column(table, to, None, |out| {
                out.sql("DROP NOT NULL");
            });
        }
        self.fill_nulls(table, from, to)?;
        self.alter_column(table, to, danger, |out| {
            out.sql("SET NOT NULL");
        })
    }

    /// Whether a column is changed by its whole definition.
    pub(super) fn modifies(&self) -> bool {
        self.script.dialect.capabilities().modify_column
    }

    /// Puts the default in place of NULLs that may not stay.
    fn fill_nulls(&mut self, table: &CatalogTable, from: &CatalogColumn, to: &CatalogColumn) -> Result<()> {
        let Some(default) = to.default.as_ref().filter(|_| from.nullable && !to.nullable) else { return Ok(()) };
        self.push(|out| {
            out.sql("UPDATE ").table(&table.name).sql(" SET ").ident(&to.name).sql(" = (").trusted(default);
            out.sql(") WHERE ").ident(&to.name).sql(" IS NULL");
        })
    }

    fn change_identity(&mut self, table: &CatalogTable, from: &CatalogColumn, to: &CatalogColumn) -> Result<()> {
        let Some(identity) = &to.identity else { return Ok(()) };
        match &from.identity {
            Some(before) if before == identity => Ok(()),
            Some(before) if before.options == identity.options => self.alter_column(table, to, None, |out| {
                out.sql("SET GENERATED ").sql(always(identity));
            }),
            before => {
                if before.is_some() {
                    self.alter_column(table, to, None, |out| {
                        out.sql("DROP IDENTITY");
                    })?;
                }
                self.alter_column(table, to, None, |out| {
                    out.sql("ADD GENERATED ").sql(always(identity)).sql(" AS IDENTITY");
                    let mut options = SqlWriter::new(out.dialect());
                    sequence_options(&mut options, &identity.options);
                    let options = options.into_text();
                    if !options.is_empty() {
                        out.sql(" (").trusted(options.trim_start()).sql(")");
                    }
                })?;
                self.go_on_numbering(table, to)
            }
        }
    }

    /// The sequence of a new identity goes on behind the greatest number that is there.
    fn go_on_numbering(&mut self, table: &CatalogTable, column: &CatalogColumn) -> Result<()> {
        let mut name = SqlWriter::new(self.script.dialect);
        let name = {
            name.table(&table.name);
            name.into_text()
        };
        self.push(|out| {
            out.sql("SELECT setval(pg_get_serial_sequence(").ident_literal(&name).sql(", ").ident_literal(&column.name);
            out.sql("), max(").ident(&column.name).sql(")) FROM ").table(&table.name);
            out.sql(" HAVING max(").ident(&column.name).sql(") > 0");
        })
    }

    fn alter_column(
        &mut self,
        table: &CatalogTable,
        column: &CatalogColumn,
        danger: Option<String>,
        write: impl FnOnce(&mut SqlWriter),
    ) -> Result<()> {
        self.push_with(danger, |out| {
            out.sql("ALTER TABLE ").table(&table.name).sql(" ALTER COLUMN ").ident(&column.name).sql(" ");
            write(out);
        })
    }
}

/// Whether a column was dropped to be added again.
fn moved_away(moved: &[&str], from: &CatalogColumn, to: &CatalogColumn) -> bool {
    is_remade(from, to) || (from.generated.is_some() && to.generated.is_some() && moved.contains(&&*from.name))
}

fn always(identity: &Identity) -> &'static str {
    if identity.always { "ALWAYS" } else { "BY DEFAULT" }
}

fn retype(out: &mut SqlWriter, from: &CatalogColumn, to: &CatalogColumn) {
    out.sql("TYPE ").trusted(&to.data_type.spelling);
    if let Some(collation) = &to.collation {
        out.sql(" COLLATE ").ident(collation);
    }
    if !danger::converts(&from.data_type.kind, &to.data_type.kind) {
        out.sql(" USING ").ident(&to.name).sql("::text::").trusted(&to.data_type.spelling);
    }
}
