//! INSERTs of lists of rows. What comes back is matched by the order of the rows, which is not taken for granted: the keys prove it.

use std::ops::ControlFlow;

use super::insert_rows::{cell, lost_rows};
use super::pieces::{Most, lists_rows, objects_within};
use super::run::Execution;
use super::sources::Cells;
use crate::dialect::{Dialect, names};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render::insert::{Returned, ValueRows};
use crate::schema::{Filled, TableDef};
use crate::session::flush::plan::Insert;
use crate::value::{Value, ValueRef};

impl Execution<'_> {
    /// Whether rows go as lists: those of which nothing comes back, and those whose keys tell in which order they come back. The database counts
    /// them up, or they are integers that were sent.
    pub(super) fn goes_as_lists(&mut self, insert: &Insert) -> Result<bool> {
        let can = self.dialect.capabilities();
        if !lists_rows(self.dialect, insert.columns.len(), insert.rows.len()) {
            return Ok(false);
        }
        if insert.generated.is_none() && insert.fetch.is_empty() {
            return Ok(true);
        }
        if !can.insert_returning {
            return Ok(false);
        }
        let facts = self.link.describe_table(&insert.table.name)?;
        let Some(facts) = facts.filter(|facts| !facts.rewrites_inserts) else { return Ok(false) };
        let columns = &insert.table.columns;
        Ok(match insert.generated {
            Some(key) => facts.column(&columns[key].name).is_some_and(|own| own.filled == Filled::RowId),
            None => insert.table.primary_key.iter().all(|&key| columns[key].sql_type.is_integer()),
        })
    }

    /// A statement for each list.
    pub(super) fn insert_lists(&mut self, insert: &Insert) -> Result<()> {
        let Insert { table, columns, generated, fetch, rows, .. } = insert;
        names::check_lengths(self.dialect, table)?;
        let told_by: Vec<usize> = match generated {
            Some(key) => vec![*key],
            None if fetch.is_empty() => Vec::new(),
            None => table.primary_key.clone(),
        };
        let returning: Vec<usize> = told_by.iter().chain(fetch).copied().collect();
        let statement = ValueRows { returning: Returned::Columns(&returning), ..ValueRows::new(table, columns) };
        let mut texts = Texts::new(self.dialect, &statement);
        let arena = self.arena(table)?;
        for rows in objects_within(Most::listed(self.dialect, columns.len()), arena, columns, rows) {
            let (sql, _) = texts.of(rows.len())?;
            let cells =
                Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &insert.deferred };
            let value = |slot: u32, column: usize| cells.of(arena, slot, column);
            let params = listed(columns, rows, value)?;
            if returning.is_empty() {
                let inserted = self.link.execute(sql, &params)?;
                check_count(table, rows.len(), inserted)?;
                continue;
            }
            let mut back =
                Back { table, told_by: &told_by, fetch, rows, keys: Vec::new(), fetched: Vec::new(), read: 0 };
            let is_sent = generated.is_none();
            self.link.returning(sql, &params, |row| {
                match is_sent {
                    true => back.check_sent(row, value)?,
                    false => back.take_key(row)?,
                }
                back.take_rest(row)?;
                Ok(ControlFlow::Continue(()))
            })?;
            check_count(table, rows.len(), back.read as u64)?;
            let Back { keys, fetched, .. } = back;
            self.outcome
                .fetched
                .extend(fetched.into_iter().map(|(slot, column, value)| (table.id, slot, column, value)));
            if !is_sent {
                self.outcome.keys.insert(table.id, rows, keys.into_iter().map(Value::I64));
            }
        }
        Ok(())
    }
}

/// The values of several rows, row by row.
pub(super) fn listed<'v, R: Copy>(
    columns: &[usize],
    rows: &[R],
    value: impl Fn(R, usize) -> Result<ValueRef<'v>>,
) -> Result<Vec<ValueRef<'v>>> {
    let mut params = Vec::with_capacity(columns.len() * rows.len());
    for &row in rows {
        for &column in columns {
            params.push(value(row, column)?);
        }
    }
    Ok(params)
}

/// # Errors
///
/// `Database` when a row is missing.
fn check_count(table: &TableDef, sent: usize, back: u64) -> Result<()> {
    if back == sent as u64 { Ok(()) } else { Err(lost_rows(table, sent, back)) }
}

/// The text for lists, which is that of the list before if that had as many rows.
pub(super) struct Texts<'a> {
    dialect: &'static dyn Dialect,
    statement: &'a ValueRows<'a>,
    last: Option<(usize, (String, Vec<Value>))>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(dialect: &'static dyn Dialect, statement: &'a ValueRows<'a>) -> Self {
        Self { dialect, statement, last: None }
    }

    /// The text for so many rows, and the parameters behind those of the rows.
    pub(super) fn of(&mut self, rows: usize) -> Result<&(String, Vec<Value>)> {
        let last = self.last.take().filter(|(known, _)| *known == rows);
        let text = match last {
            Some((_, text)) => text,
            None => self.statement.listed(self.dialect, None, rows)?,
        };
        Ok(&self.last.insert((rows, text)).1)
    }
}

/// What comes back of a list.
struct Back<'a> {
    table: &'static TableDef,
    /// The columns that prove the order, which come first.
    told_by: &'a [usize],
    fetch: &'a [usize],
    rows: &'a [u32],
    keys: Vec<i64>,
    fetched: Vec<(u32, usize, Value)>,
    /// How many rows have come back.
    read: usize,
}

impl Back<'_> {
    /// Takes the key that the database gave to the next row: it is greater than the one before.
    fn take_key(&mut self, row: &dyn Row) -> Result<()> {
        match row.get(0) {
            Ok(ValueRef::I64(key)) if self.keys.last().is_none_or(|&last| last < key) => self.keys.push(key),
            _ => return Err(self.disordered()),
        }
        Ok(())
    }

    /// Compares the key of the next row with the one that was sent.
    fn check_sent<'v>(&self, row: &dyn Row, value: impl Fn(u32, usize) -> Result<ValueRef<'v>>) -> Result<()> {
        let slot = self.slot()?;
        for (index, &column) in self.told_by.iter().enumerate() {
            let sent = match value(slot, column)? {
                ValueRef::I64(sent) => sent,
                _ => return Err(self.disordered()),
            };
            if !matches!(row.get(index), Ok(ValueRef::I64(key)) if key == sent) {
                return Err(self.disordered());
            }
        }
        Ok(())
    }

    /// Takes what the database filled in.
    fn take_rest(&mut self, row: &dyn Row) -> Result<()> {
        let slot = self.slot()?;
        for (index, &column) in self.fetch.iter().enumerate() {
            self.fetched.push((slot, column, cell(row, self.told_by.len() + index)?));
        }
        self.read += 1;
        Ok(())
    }

    fn slot(&self) -> Result<u32> {
        self.rows.get(self.read).copied().ok_or_else(|| lost_rows(self.table, self.rows.len(), "more"))
    }

    #[cold]
    fn disordered(&self) -> Error {
        let message = format!(
            "the rows that were sent to {} did not come back in their order, so that their keys are not known; a trigger may have changed them",
            self.table.name
        );
        Error::new(ErrorKind::Database, message)
    }
}
