//! Rows that are not what they were when they were loaded.

use std::ops::ControlFlow;

use super::cells::Cells;
use super::execute::Execution;
use super::plan::Stage;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::query::select_columns;
use crate::render;
use crate::schema::TableDef;
use crate::session::bulk::fetched;
use crate::session::link::Link;
use crate::sql::{BinaryOp, Expr};
use crate::value::{Value, ValueRef, with_refs};

/// The columns by which a row is found: its key, and what is compared with the row as it was loaded.
pub(super) fn identifying(table: &TableDef) -> Vec<usize> {
    table.primary_key.iter().copied().chain(compared(table)).collect()
}

fn compared(table: &TableDef) -> impl Iterator<Item = usize> {
    table.version.into_iter().chain(table.optimistic.iter().copied())
}

/// Runs a statement over arrays that gives the positions of the rows that it found, from 1 on.
pub(super) fn positions(link: &mut Link, sql: &str, params: &[ValueRef<'_>]) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    link.returning(sql, params, |row| {
        found.push(position(row)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The position with which a row of such a result begins.
pub(super) fn position(row: &dyn Row) -> Result<i64> {
    match row.get(0) {
        Ok(ValueRef::I64(position)) => Ok(position),
        _ => Err(Error::new(ErrorKind::Decode, "a statement over arrays returned no position among its rows")),
    }
}

/// The rows that a statement did not find: those whose positions it did not give.
pub(super) fn missing<T: Copy>(rows: &[T], mut found: Vec<i64>) -> Vec<T> {
    found.sort_unstable();
    let missing = (1..).zip(rows).filter(|(position, _)| found.binary_search(position).is_err());
    missing.map(|(_, &row)| row).collect()
}

/// Fewer rows than sent were found, and which ones is not known.
pub(super) fn fewer(table: &TableDef, sent: usize, found: u64) -> Error {
    let message =
        format!("{found} of {sent} rows of {} to update were found; somebody else deleted the others", table.name);
    Error::new(ErrorKind::StaleData, message)
}

impl Execution<'_> {
    /// Rows that were to be written are not what they were.
    pub(super) fn stale(&mut self, table: &'static TableDef, rows: &[u32], verb: &str) -> Error {
        match self.stale_message(table, rows, verb) {
            Ok(message) => Error::new(ErrorKind::StaleData, message),
            Err(error) => error,
        }
    }

    fn stale_message(&mut self, table: &'static TableDef, rows: &[u32], verb: &str) -> Result<String> {
        let Some(&first) = rows.first() else { return Ok(format!("rows of {} to {verb} are gone", table.name)) };
        let object = self.store.label(table.id, first);
        let others = match rows.len() - 1 {
            0 => String::new(),
            others => format!(" (and {others} more rows of {})", table.name),
        };
        if !table.is_compared() {
            return Ok(format!("no row to {verb} for {object}{others}: it was deleted by somebody else"));
        }
        let row = self.plan.succeeded.get(&(table.id, first)).copied().unwrap_or(first);
        let arena = self.arena(table)?;
        let expected: Vec<(usize, Value)> =
            compared(table).map(|column| (column, arena.row_value(row, column).to_value())).collect();
        let Some(mut found) = self.found(table, first)? else {
            let expected = values(table, &expected);
            return Ok(format!(
                "no row to {verb} for {object}{others}: expected {expected}, and somebody else deleted it"
            ));
        };
        let differs = |column: usize| {
            let of = |values: &[(usize, Value)]| values.iter().find(|(known, _)| *known == column).cloned();
            of(&expected).zip(of(&found)).is_none_or(|((_, a), (_, b))| a.to_ref() != b.to_ref())
        };
        let different: Vec<usize> = compared(table).filter(|&column| differs(column)).collect();
        let mut expected = expected.clone();
        if !different.is_empty() {
            expected.retain(|(column, _)| different.contains(column));
            found.retain(|(column, _)| different.contains(column));
        }
        Ok(format!(
            "no row to {verb} for {object}{others}: expected {}, found {}: somebody else changed it; refresh it and try again",
            values(table, &expected),
            values(table, &found)
        ))
    }

    /// What the database has in the compared columns of a row.
    fn found(&mut self, table: &'static TableDef, slot: u32) -> Result<Option<Vec<(usize, Value)>>> {
        let arena = self.arena(table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let mut select = select_columns(table);
        for &column in &table.primary_key {
            let def = &table.columns[column];
            let value = Expr::Param(cells.locate(arena, slot, column, Stage::Main)?.to_value(), def.sql_type);
            let own = Expr::column(table, def);
            select.filter.push(Expr::Binary(Box::new(own), BinaryOp::Eq, Box::new(value)));
        }
        let (sql, params) = render::select(self.dialect, &select)?;
        let mut found = None;
        with_refs(&params, |params| {
            self.link.query(&sql, params, |row| {
                let values = compared(table).map(|column| Ok((column, fetched(arena, column, row, column)?)));
                found = Some(values.collect::<Result<_>>()?);
                Ok(ControlFlow::Break(()))
            })
        })?;
        Ok(found)
    }
}

/// `version 3, title "new"`.
fn values(table: &TableDef, values: &[(usize, Value)]) -> String {
    let texts = values.iter().map(|(column, value)| format!("{} {}", table.columns[*column].name, value.to_ref()));
    texts.collect::<Vec<_>>().join(", ")
}
