//! The way of rows in bulk into a table: they are copied where the database can, and else inserted by statements that list them, or by one
//! prepared statement.

use std::sync::Arc;

use super::bulk_lists::Lists;
use crate::dialect::Dialect;
use crate::driver::{Bind, CopyRows};
use crate::error::{Error, Result};
use crate::render::bulk::{BulkColumns, drop_stage};
use crate::render::dml;
use crate::schema::{ModelRef, TableDef, TableFacts, TableName};
use crate::session::flush::lists_rows;
use crate::session::transaction::link::Link;
use crate::sql::{Conflict, Expr, criteria};
use crate::value::{SqlType, Value, with_refs};

/// Binds the values of a row, by its index.
pub(crate) type BindRow<'b> = dyn FnMut(usize, &mut dyn Bind) -> Result<()> + 'b;

/// Writes rows into a table, some at a time.
#[derive(Debug)]
pub(crate) struct BulkWriter {
    facts: Option<Arc<TableFacts>>,
    job: Job,
    part: Option<Part>,
    /// How many rows were inserted or updated.
    written: u64,
}

/// What becomes of the rows.
#[derive(Debug)]
enum Job {
    /// They are inserted.
    Insert(Option<Conflict>),
    /// Existing ones are updated that the conditions hold for: behind the columns that are set stand those of the primary key.
    Update(&'static TableDef, Vec<usize>, Vec<Expr>),
}

/// Rows with the same columns.
#[derive(Debug)]
struct Part {
    columns: BulkColumns,
    types: Vec<SqlType>,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// A prepared statement is run for each, with these values behind those of the row.
    Statement(String, Vec<Value>),
    /// They are listed in statements.
    Lists(Lists),
    /// They are copied into the table.
    Copy { sql: String, described_by: String },
    /// They are copied into a table without constraints, and inserted from there in the end.
    Stage { sql: String, described_by: String, copied: u64 },
}

impl BulkWriter {
    /// Begins a transaction, unless one is open.
    pub(crate) fn new(link: &mut Link, table: &TableName, conflict: Option<Conflict>) -> Result<Self> {
        Self::of(link, table, Job::Insert(conflict))
    }

    /// Updates these columns of the model's rows, by the primary key, whose columns are written behind them.
    pub(crate) fn updating(link: &mut Link, model: ModelRef, columns: &[usize]) -> Result<Self> {
        let table = (model.table)();
        let conditions = criteria(model, &link.context);
        Self::of(link, &table.name, Job::Update(table, columns.to_vec(), conditions))
    }

    fn of(link: &mut Link, table: &TableName, job: Job) -> Result<Self> {
        link.begin()?;
        // What the database chooses and changes by itself matters only where rows can be copied.
        let copies = link.dialect().capabilities().copy;
        let facts = if copies { link.describe_table(table)? } else { None };
        Ok(Self { facts, job, part: None, written: 0 })
    }

    /// Writes so many rows into these columns.
    ///
    /// # Errors
    ///
    /// The database's, and those of `bind`, with the number of the row among these, where it is known.
    pub(crate) fn write(
        &mut self,
        link: &mut Link,
        columns: &BulkColumns,
        rows: usize,
        bind: &mut BindRow<'_>,
    ) -> Result<()> {
        if self.part.as_ref().is_none_or(|part| part.columns != *columns) {
            self.end_part(link)?;
            self.part = Some(self.begin_part(link, columns)?);
        }
        let Some(part) = &mut self.part else { return Ok(()) };
        match part.copy(link, rows, bind)? {
            Some(copied) if !matches!(part.way, Way::Stage { .. }) => self.written += copied,
            Some(_) => {}
            None => {
                if matches!(part.way, Way::Stage { .. }) {
                    link.execute(&drop_stage(link.dialect()), &[])?;
                }
                if !matches!(part.way, Way::Statement(..) | Way::Lists(_)) {
                    part.way = self.job.statement(link, columns, self.facts.as_deref())?;
                }
                match &mut part.way {
                    Way::Statement(sql, values) => self.written += insert_rows(link, (sql, values), rows, bind)?,
                    Way::Lists(lists) => self.written += lists.insert(link, columns, rows, bind)?,
                    Way::Copy { .. } | Way::Stage { .. } => {}
                }
            }
        }
        Ok(())
    }

    /// Ends it, and tells how many rows were inserted or updated.
    pub(crate) fn finish(mut self, link: &mut Link) -> Result<u64> {
        self.end_part(link)?;
        Ok(self.written)
    }

    fn begin_part(&self, link: &mut Link, columns: &BulkColumns) -> Result<Part> {
        let dialect = link.dialect();
        let facts = self.facts.as_deref();
        let can_copy = facts.is_some_and(|facts| !facts.rewrites_inserts) && !columns.names.is_empty();
        let way = match &self.job {
            job if !can_copy || job.is_restricted() => job.statement(link, columns, facts)?,
            Job::Insert(None) => {
                let sql = columns.copy_in(dialect)?;
                Way::Copy { sql, described_by: columns.described_by(dialect) }
            }
            Job::Insert(Some(_)) | Job::Update(..) => {
                link.execute(&columns.create_stage(dialect), &[])?;
                let sql = columns.copy_into_stage(dialect)?;
                Way::Stage { sql, described_by: columns.described_by(dialect), copied: 0 }
            }
        };
        let types = columns.forms.iter().map(|(sql_type, _)| *sql_type).collect();
        Ok(Part { columns: columns.clone(), types, way })
    }

    fn end_part(&mut self, link: &mut Link) -> Result<()> {
        let Some(Part { columns, way, .. }) = self.part.take() else { return Ok(()) };
        let dialect = link.dialect();
        if let Way::Stage { copied: 1.., .. } = way {
            let (sql, values) = self.job.unstage(dialect, &columns, self.facts.as_deref())?;
            self.written += with_refs(&values, |values| link.execute(&sql, values))?;
            link.execute(&drop_stage(dialect), &[])?;
        }
        if let Job::Update(..) = self.job {
            return Ok(());
        }
        match self.facts.as_deref().map(|facts| columns.advance(dialect, facts)).transpose()?.flatten() {
            Some(sql) => link.execute(&sql, &[]).map(drop),
            None => Ok(()),
        }
    }
}

impl Part {
    /// Copies rows. `None` if they have to be inserted.
    fn copy(&mut self, link: &mut Link, rows: usize, bind: &mut BindRow<'_>) -> Result<Option<u64>> {
        let Self { types, way, .. } = self;
        let (sql, described_by) = match way {
            Way::Statement(..) | Way::Lists(_) => return Ok(None),
            Way::Copy { sql, described_by } | Way::Stage { sql, described_by, .. } => (sql, described_by),
        };
        let mut at = 0;
        let copied = link.copy_in(&CopyRows { sql, described_by, types }, &mut |out| {
            if at == rows {
                return Ok(false);
            }
            at += 1;
            bind(at - 1, out).map(|()| true).map_err(|error| error.with_row(at as u64))
        })?;
        if let (Way::Stage { copied: all, .. }, Some(copied)) = (way, copied) {
            *all += copied;
        }
        Ok(copied)
    }
}

impl Job {
    /// Whether conditions tell which rows are updated: then they go one by one.
    fn is_restricted(&self) -> bool {
        matches!(self, Self::Update(_, _, conditions) if !conditions.is_empty())
    }

    /// The statement that is run for each row, or those of lists.
    fn statement(&self, link: &Link, columns: &BulkColumns, facts: Option<&TableFacts>) -> Result<Way> {
        let dialect = link.dialect();
        Ok(match self {
            Self::Insert(conflict) => {
                let conflict = conflict.as_ref().map(|conflict| columns.resolved(conflict));
                if lists_rows(dialect, columns.names.len(), usize::MAX) {
                    return Lists::new(dialect, columns, conflict).map(Way::Lists);
                }
                let (sql, values) = columns.insert_rows(dialect, facts, conflict.as_ref(), 1)?;
                Way::Statement(sql, values)
            }
            Self::Update(table, set, conditions) => {
                let (sql, values) = dml::update_row_where(dialect, table, (set, &table.primary_key), conditions)?;
                Way::Statement(sql, values)
            }
        })
    }

    /// The statement that takes the rows out of the stage.
    fn unstage(
        &self,
        dialect: &'static dyn Dialect,
        columns: &BulkColumns,
        facts: Option<&TableFacts>,
    ) -> Result<(String, Vec<Value>)> {
        match self {
            Self::Insert(Some(conflict)) => columns.insert_stage(dialect, facts, &columns.resolved(conflict)),
            Self::Insert(None) => Ok((String::new(), Vec::new())),
            Self::Update(_, set, _) => Ok((columns.update_from_stage(dialect, set.len()), Vec::new())),
        }
    }
}

/// Runs one prepared statement for each row.
fn insert_rows(link: &mut Link, (sql, values): (&str, &[Value]), rows: usize, bind: &mut BindRow<'_>) -> Result<u64> {
    let (mut done, mut written) = (0, 0);
    let inserted = link.execute_batch(
        sql,
        rows,
        &mut |row, out| {
            bind(row, out)?;
            values.iter().try_for_each(|value| out.bind(value.to_ref()))
        },
        &mut |_, effect| {
            done += 1;
            written += effect.affected;
        },
    );
    inserted.map(|()| written).map_err(|error: Error| error.with_row(done + 1))
}
