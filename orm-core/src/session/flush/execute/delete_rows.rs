//! DELETEs, and the rows of association tables.

use super::insert_lists::{Texts, listed};
use super::pieces::{Most, cut, lists_rows, pieces};
use super::run::{Execution, explain, over_arrays};
use super::sources::{Cells, Ends};
use super::stale::{identifying, missing, positions};
use crate::error::{Error, ErrorKind, Result};
use crate::render::dml;
use crate::render::insert::ValueRows;
use crate::schema::TableDef;
use crate::session::flush::plan::{Association, Fill, Stage};
use crate::session::transaction::link::Link;
use crate::value::{List, ValueRef};

impl Execution<'_> {
    pub(crate) fn delete(&mut self, table: &'static TableDef, rows: &[u32]) -> Result<()> {
        self.delete_rows(table, rows).map_err(|error| explain(self.store, table, rows, "deleting", error))
    }

    fn delete_rows(&mut self, table: &'static TableDef, rows: &[u32]) -> Result<()> {
        let by = identifying(table);
        let arena = self.arena(table)?;
        let Self { link, store, plan, outcome, .. } = self;
        let cells = Cells { store, plan, keys: &outcome.keys, deferred: &[] };
        let deleted =
            delete_by(link, table, &by, rows.len(), |row, column| cells.locate(arena, rows[row], column, Stage::Main))?;
        if deleted.rows == rows.len() as u64 {
            return Ok(());
        }
        if table.is_compared() {
            let missing: Vec<u32> = deleted.missing.into_iter().map(|row| rows[row]).collect();
            return Err(self.stale(table, &missing, "delete"));
        }
        tracing::warn!(table = %table.name, expected = rows.len(), found = deleted.rows, "rows to delete were gone already");
        Ok(())
    }

    pub(crate) fn insert_links(&mut self, association: &Association, links: &[(u32, u32)], fill: &Fill) -> Result<()> {
        let keys = association.def.left.clone().chain(association.def.right.clone());
        let columns: Vec<usize> = keys.chain(fill.columns.iter().copied()).collect();
        let ends = Ends::new(self, association)?;
        let value = |row: usize, column: usize| match fill.columns.iter().position(|&filled| filled == column) {
            Some(at) => Ok(fill.rows[row][at].to_ref()),
            None => ends.new_value(links[row], column, &self.outcome.keys),
        };
        if let Some(facts) = over_arrays(self.link, association.table, &columns, links.len())? {
            let (sql, _) = ValueRows::new(association.table, &columns).arrays(self.dialect, &facts)?;
            let all: Vec<usize> = (0..links.len()).collect();
            for rows in pieces(&all, |_| 0) {
                let arrays = columns
                    .iter()
                    .map(|&column| rows.iter().map(|&row| value(row, column)).collect::<Result<Vec<_>>>())
                    .collect::<Result<Vec<_>>>()?;
                let params: Vec<ValueRef<'_>> =
                    arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
                self.link.execute(&sql, &params)?;
            }
            return Ok(());
        }
        let statement = ValueRows::new(association.table, &columns);
        if lists_rows(self.dialect, columns.len(), links.len()) {
            let mut texts = Texts::new(self.dialect, &statement);
            let all: Vec<usize> = (0..links.len()).collect();
            for rows in cut(Most::listed(self.dialect, columns.len()), &all, |_| 0) {
                self.link.execute(&texts.of(rows.len())?.0, &listed(&columns, rows, value)?)?;
            }
            return Ok(());
        }
        let (sql, _) = statement.row(self.dialect, None)?;
        self.link.execute_batch(
            &sql,
            links.len(),
            &mut |row, out| columns.iter().try_for_each(|&column| out.bind(value(row, column)?)),
            &mut |_, _| {},
        )
    }

    pub(crate) fn delete_links(&mut self, association: &Association, links: &[(u32, u32)]) -> Result<()> {
        let by: Vec<usize> = association.def.left.clone().chain(association.def.right.clone()).collect();
        let ends = Ends::new(self, association)?;
        let gone = delete_by(self.link, association.table, &by, links.len(), |row, column| {
            Ok(ends.row_value(links[row], column))
        })?;
        let gone = gone.rows;
        if gone < links.len() as u64 {
            let message = format!(
                "{} of {} rows of the association table {} were gone already; refresh the objects and try again",
                links.len() as u64 - gone,
                links.len(),
                association.table.name
            );
            return Err(Error::new(ErrorKind::StaleData, message));
        }
        Ok(())
    }
}

/// What a DELETE of many rows found.
struct Deleted {
    rows: u64,
    /// Which rows were not there, as far as that is known: for tables whose rows are compared it is.
    missing: Vec<usize>,
}

impl Deleted {
    /// Deletes these rows by one prepared statement, run row by row.
    fn each<'v>(
        &mut self,
        link: &mut Link,
        (table, by): (&TableDef, &[usize]),
        rows: &[usize],
        value: impl Fn(usize, usize) -> Result<ValueRef<'v>>,
    ) -> Result<()> {
        let sql = dml::delete_row(link.dialect(), table, by);
        link.execute_batch(
            &sql,
            rows.len(),
            &mut |row, out| by.iter().try_for_each(|&column| out.bind(value(rows[row], column)?)),
            &mut |row, done| {
                self.rows += done.affected;
                self.missing.extend((done.affected == 0).then_some(rows[row]));
            },
        )
    }
}

/// Deletes rows by the values of some columns.
fn delete_by<'v>(
    link: &mut Link,
    table: &TableDef,
    by: &[usize],
    rows: usize,
    value: impl Fn(usize, usize) -> Result<ValueRef<'v>>,
) -> Result<Deleted> {
    let mut deleted = Deleted { rows: 0, missing: Vec::new() };
    if let Some(facts) = over_arrays(link, table, by, rows)? {
        let sql = dml::delete_arrays(link.dialect(), (table, &facts), by, table.is_compared());
        let all: Vec<usize> = (0..rows).collect();
        for rows in pieces(&all, |_| 0) {
            let arrays = by
                .iter()
                .map(|&column| rows.iter().map(|&row| value(row, column)).collect::<Result<Vec<_>>>())
                .collect::<Result<Vec<_>>>()?;
            let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
            if table.is_compared() {
                let found = positions(link, &sql, &params)?;
                deleted.rows += found.len() as u64;
                deleted.missing.extend(missing(rows, found));
            } else {
                deleted.rows += link.execute(&sql, &params)?;
            }
        }
        return Ok(deleted);
    }
    let all: Vec<usize> = (0..rows).collect();
    if !lists_rows(link.dialect(), by.len(), rows) {
        deleted.each(link, (table, by), &all, &value)?;
        return Ok(deleted);
    }
    for rows in cut(Most::listed(link.dialect(), by.len()), &all, |_| 0) {
        let sql = dml::delete_list(link.dialect(), table, by, rows.len());
        let params = listed(by, rows, &value)?;
        if !table.is_compared() {
            deleted.rows += link.execute(&sql, &params)?;
        } else if link.execute_for_all(&sql, &params, rows.len())? {
            deleted.rows += rows.len() as u64;
        } else {
            deleted.each(link, (table, by), rows, &value)?;
        }
    }
    Ok(deleted)
}
