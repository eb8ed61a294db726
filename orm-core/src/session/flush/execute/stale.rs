//! Rows that are not what they were when they were loaded.

use std::ops::ControlFlow;

use super::run::Execution;
use super::sources::Cells;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::query::select_columns;
use crate::render;
use crate::schema::TableDef;
use crate::session::flush::conflict::conflict;
use crate::session::flush::plan::{Stage, Update};
use crate::session::store::arena::AnyArena;
use crate::session::transaction::link::Link;
use crate::sql::{BinaryOp, Expr, Lock, LockWait, Nested};
use crate::value::{Mismatch, Value, ValueRef, with_refs};

/// The columns by which a row is found: its key, and what is compared with the row as it was loaded.
pub(crate) fn identifying(table: &TableDef) -> Vec<usize> {
    table.primary_key.iter().copied().chain(compared(table)).collect()
}

fn compared(table: &TableDef) -> impl Iterator<Item = usize> {
    table.version.into_iter().chain(table.optimistic.iter().copied())
}

/// Runs a statement over arrays that gives the positions of the rows that it found, from 1 on.
pub(crate) fn positions(link: &mut Link, sql: &str, params: &[ValueRef<'_>]) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    link.returning(sql, params, |row| {
        found.push(position(row)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The position with which a row of such a result begins.
pub(crate) fn position(row: &dyn Row) -> Result<i64> {
    match row.get(0) {
        Ok(ValueRef::I64(position)) => Ok(position),
        _ => Err(Error::new(ErrorKind::Decode, "a statement over arrays returned no position among its rows")),
    }
}

/// The rows that a statement did not find: those whose positions it did not give.
pub(crate) fn missing<T: Copy>(rows: &[T], mut found: Vec<i64>) -> Vec<T> {
    found.sort_unstable();
    let missing = (1..).zip(rows).filter(|(position, _)| found.binary_search(position).is_err());
    missing.map(|(_, &row)| row).collect()
}

/// Fewer rows than sent were found, and which ones is not known.
pub(crate) fn fewer(table: &TableDef, sent: usize, found: u64) -> Error {
    let message =
        format!("{found} of {sent} rows of {} to update were found; somebody else deleted the others", table.name);
    Error::new(ErrorKind::StaleData, message)
}

impl Execution<'_> {
    /// Rows that were to be written are not what they were.
    pub(crate) fn stale(&mut self, table: &'static TableDef, rows: &[u32], verb: &str) -> Error {
        let Some(&first) = rows.first() else {
            return Error::new(ErrorKind::StaleData, format!("rows of {} to {verb} are gone", table.name));
        };
        let columns: Vec<usize> = compared(table).collect();
        let by_key = |slot: u32, column: usize| self.row_value(table, slot, column);
        let expected: Vec<(usize, Value)> =
            match columns.iter().map(|&column| Ok((column, by_key(first, column)?))).collect() {
                Ok(expected) => expected,
                Err(error) => return error,
            };
        let found = match columns.is_empty() {
            true => Ok(None),
            false => self.found(table, first, &columns),
        };
        match found {
            Ok(found) => conflict(table, &self.object(table, rows), verb, expected, found),
            Err(error) => error,
        }
    }

    fn row_value(&self, table: &'static TableDef, slot: u32, column: usize) -> Result<Value> {
        let row = self.plan.succeeded.get(&(table.id, slot)).copied().unwrap_or(slot);
        Ok(self.arena(table)?.row_value(row, column).to_value())
    }

    /// `User#3 (and 2 more rows of user)`.
    fn object(&self, table: &'static TableDef, rows: &[u32]) -> String {
        let object = rows.first().map(|&first| self.store.label(table.id, first)).unwrap_or_default();
        match rows.len() {
            0 | 1 => object,
            count => format!("{object} (and {} more rows of {})", count - 1, table.name),
        }
    }

    /// Of rows that an UPDATE did not find, looked at one by one, those that hold what was expected all the same: the database keeps it in
    /// another spelling than it is sent in.
    ///
    /// # Errors
    ///
    /// `StaleData` at the first row that is gone or holds something else.
    pub(crate) fn misread(&mut self, update: &Update, rows: &[u32]) -> Result<Vec<u32>> {
        let Update { table, compare, stage, .. } = update;
        if compare.is_empty() {
            return Err(self.stale(table, rows, "update"));
        }
        let columns: Vec<usize> = compared(table).chain(compare.iter().copied()).collect();
        for (index, &slot) in rows.iter().enumerate() {
            let arena = self.arena(table)?;
            let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
            let expected = |&column: &usize| (column, cells.expected(arena, slot, column, *stage).to_value());
            let expected: Vec<(usize, Value)> = columns.iter().map(expected).collect();
            let found = self.found(table, slot, &columns)?;
            if found.as_ref() != Some(&expected) {
                return Err(conflict(table, &self.object(table, &rows[index..]), "update", expected, found));
            }
        }
        Ok(rows.to_vec())
    }

    /// What the database has in these columns of a row, as the model reads it. The row is locked where that is possible: it is written next.
    fn found(&mut self, table: &'static TableDef, slot: u32, columns: &[usize]) -> Result<Option<Vec<(usize, Value)>>> {
        let (table, arena) = (table.whole(), self.arena(table)?);
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let mut select = select_columns(table);
        for &column in &table.primary_key {
            let def = &table.columns[column];
            let value = Expr::Param(cells.locate(arena, slot, column, Stage::Main)?.to_value(), def.sql_type);
            let own = Expr::column(table, def);
            select.filter.push(Expr::Binary(Nested::new(own), BinaryOp::Eq, Nested::new(value)));
        }
        if self.dialect.capabilities().row_locks {
            select.lock = Some(Lock { shared: false, wait: LockWait::Wait, of: None });
        }
        let (sql, params) = render::select(self.dialect, &select)?;
        let mut found = None;
        with_refs(&params, |params| {
            self.link.query(&sql, params, |row| {
                found = Some(arena.values_of(&Remembered { row, arena, slot }, columns)?);
                Ok(ControlFlow::Break(()))
            })
        })?;
        Ok(found)
    }
}

/// The row of an object, with what memory knows of joined tables whose rows the flush has deleted before.
struct Remembered<'a> {
    row: &'a dyn Row,
    arena: &'a dyn AnyArena,
    slot: u32,
}

impl Row for Remembered<'_> {
    fn len(&self) -> usize {
        self.row.len()
    }

    fn name(&self, index: usize) -> &str {
        self.row.name(index)
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        let is_joined = self.arena.table().columns.get(index).is_some_and(|column| column.table != 0);
        match self.row.get(index)? {
            ValueRef::Null if is_joined => Ok(self.arena.row_value(self.slot, index)),
            value => Ok(value),
        }
    }
}
