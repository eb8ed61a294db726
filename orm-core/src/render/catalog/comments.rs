//! `COMMENT ON`, and what stands for it where a comment is a part of the definition.

use super::Script;
use crate::catalog::{Catalog, CatalogTable, View};
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::schema::TableName;

impl Script {
    pub(super) fn comments(&mut self, catalog: &Catalog) -> Result<()> {
        for known in &catalog.enums {
            self.object("TYPE ", &known.name, known.comment.as_deref())?;
        }
        for domain in &catalog.domains {
            self.object("DOMAIN ", &domain.name, domain.comment.as_deref())?;
            for check in &domain.checks {
                self.constraint("DOMAIN ", &domain.name, check.name.as_deref(), check.comment.as_deref())?;
            }
        }
        for sequence in &catalog.sequences {
            self.object("SEQUENCE ", &sequence.name, sequence.comment.as_deref())?;
        }
        catalog.tables.iter().try_for_each(|table| self.table_comments(table))?;
        catalog.views.iter().try_for_each(|view| self.view_comments(view))
    }

    pub(super) fn comment(&mut self, comment: Option<&str>, write: impl FnOnce(&mut SqlWriter)) -> Result<()> {
        let Some(comment) = comment else { return Ok(()) };
        let facts = self.dialect.capabilities();
        self.require(facts.comments, "comments on tables and columns")?;
        if facts.comment_clause {
            return Ok(());
        }
        self.push(|out| {
            write(out.sql("COMMENT ON "));
            out.sql(" IS ").ident_literal(comment);
        })
    }

    pub(super) fn object(&mut self, kind: &'static str, name: &TableName, comment: Option<&str>) -> Result<()> {
        self.comment(comment, |out| {
            out.sql(kind).table(name);
        })
    }

    fn constraint(
        &mut self,
        kind: &'static str,
        of: &TableName,
        name: Option<&str>,
        comment: Option<&str>,
    ) -> Result<()> {
        self.require(comment.is_none() || !self.dialect.capabilities().comment_clause, "comments on constraints")?;
        self.comment(comment, |out| {
            out.sql("CONSTRAINT ").ident(name.unwrap_or_default()).sql(" ON ").sql(kind).table(of);
        })
    }

    fn column(&mut self, table: &TableName, name: &str, comment: Option<&str>) -> Result<()> {
        self.comment(comment, |out| {
            out.sql("COLUMN ").table(table).sql(".").ident(name);
        })
    }

    pub(super) fn table_comments(&mut self, table: &CatalogTable) -> Result<()> {
        self.object("TABLE ", &table.name, table.comment.as_deref())?;
        for column in &table.columns {
            self.column(&table.name, &column.name, column.comment.as_deref())?;
        }
        let key = table.primary_key.iter().map(|key| (key.name.as_deref(), key.comment.as_deref()));
        let uniques = table.uniques.iter().map(|key| (key.name.as_deref(), key.comment.as_deref()));
        let checks = table.checks.iter().map(|check| (check.name.as_deref(), check.comment.as_deref()));
        let foreign = table.foreign_keys.iter().map(|key| (key.name.as_deref(), key.comment.as_deref()));
        let exclusions = table.exclusions.iter().map(|known| (Some(&*known.name), known.comment.as_deref()));
        for (name, comment) in key.chain(uniques).chain(checks).chain(foreign).chain(exclusions) {
            self.constraint("", &table.name, name, comment)?;
        }
        for index in &table.indexes {
            let name = TableName { schema: table.name.schema.clone(), name: index.name.clone().into() };
            self.object("INDEX ", &name, index.comment.as_deref())?;
        }
        Ok(())
    }

    pub(super) fn view_comments(&mut self, view: &View) -> Result<()> {
        let kind = if view.materialized { "MATERIALIZED VIEW " } else { "VIEW " };
        self.object(kind, &view.name, view.comment.as_deref())?;
        for column in &view.columns {
            self.column(&view.name, &column.name, column.comment.as_deref())?;
        }
        for index in &view.indexes {
            let name = TableName { schema: view.name.schema.clone(), name: index.name.clone().into() };
            self.object("INDEX ", &name, index.comment.as_deref())?;
        }
        Ok(())
    }
}

/// ` COMMENT '..'`, where a comment is a part of the definition.
pub(super) fn clause(out: &mut SqlWriter, comment: Option<&str>) {
    if let Some(comment) = comment.filter(|_| out.dialect().capabilities().comment_clause) {
        out.sql(" COMMENT ").ident_literal(comment);
    }
}
