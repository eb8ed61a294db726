//! INSERTs of plain values that may meet rows that are there, and whose columns come back.

use std::ops::ControlFlow;

use super::insert_lists::{Texts, listed};
use super::insert_rows::{describe_sent_key, lost_rows};
use super::outcome::Keys;
use super::pieces::{Most, lists_rows, object_pieces, objects_within};
use super::run::Execution;
use super::run::{arrays, over_arrays};
use super::sources::Cells;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render::insert::{MatchRows, Returned, ValueRows};
use crate::schema::{TableDef, TableFacts};
use crate::session::flush::plan::{FlushPlan, Insert};
use crate::session::store::Store;
use crate::sql::{Conflict, ConflictTarget, SelectItem};
use crate::value::{List, Value, ValueRef, with_refs};

impl Execution<'_> {
    pub(crate) fn insert_values(
        &mut self,
        insert: &Insert,
        conflict: Option<&Conflict>,
        returning: &[SelectItem],
        each: &mut dyn FnMut(u32, &dyn Row) -> Result<()>,
    ) -> Result<u64> {
        let Insert { table, columns, generated, rows, .. } = insert;
        let statement =
            ValueRows { table, columns, generated: *generated, conflict, returning: Returned::Items(returning) };
        let sent = if columns.is_empty() { 1 } else { rows.len() };
        let facts = over_arrays(self.link, table, columns, sent)?;
        if returning.is_empty() {
            return match facts {
                Some(facts) => self.count_arrays(insert, &facts, &statement),
                None if lists_rows(self.dialect, columns.len(), rows.len()) => self.count_lists(insert, &statement),
                None => self.count_rows(insert, &statement),
            };
        }
        let facts = facts.filter(|facts| !facts.rewrites_inserts && insert.comes_back_from_arrays(facts));
        match facts.zip(matched(table, columns, *generated, conflict)) {
            Some((facts, matched)) => {
                let mut count = 0;
                for rows in object_pieces(self.arena(table)?, columns, rows) {
                    count += self.return_arrays(insert, &facts, rows, &statement, &matched, each)?;
                }
                Ok(count)
            }
            None => self.return_rows(insert, &statement, each),
        }
    }

    /// One prepared statement, run row by row.
    fn count_rows(&mut self, insert: &Insert, statement: &ValueRows<'_>) -> Result<u64> {
        let facts = describe_sent_key(self.link, insert)?;
        let (sql, more) = statement.row(self.dialect, facts.as_deref())?;
        let arena = self.arena(insert.table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let mut count = 0;
        self.link.execute_batch(
            &sql,
            insert.rows.len(),
            &mut |row, out| {
                let row = insert.rows[row];
                insert.columns.iter().try_for_each(|&column| out.bind(cells.of(arena, row, column)?))?;
                more.iter().try_for_each(|value| out.bind(value.to_ref()))
            },
            &mut |_, done| count += done.affected,
        )?;
        Ok(count)
    }

    /// A statement for each list of rows.
    fn count_lists(&mut self, insert: &Insert, statement: &ValueRows<'_>) -> Result<u64> {
        let Insert { columns, rows, .. } = insert;
        let arena = self.arena(insert.table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let mut texts = Texts::new(self.dialect, statement);
        let mut count = 0;
        for rows in objects_within(Most::listed(self.dialect, columns.len()), arena, columns, rows) {
            let (sql, more) = texts.of(rows.len())?;
            let params = listed(columns, rows, |slot, column| cells.of(arena, slot, column))?;
            let link = &mut *self.link;
            count += with_all(params, more, |params| link.execute(sql, params))?;
        }
        Ok(count)
    }

    fn return_rows(
        &mut self,
        insert: &Insert,
        statement: &ValueRows<'_>,
        each: &mut dyn FnMut(u32, &dyn Row) -> Result<()>,
    ) -> Result<u64> {
        let facts = describe_sent_key(self.link, insert)?;
        let (sql, more) = statement.row(self.dialect, facts.as_deref())?;
        let arena = self.arena(insert.table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let mut count = 0;
        for &slot in &insert.rows {
            let row: Vec<ValueRef<'_>> =
                insert.columns.iter().map(|&column| cells.of(arena, slot, column)).collect::<Result<_>>()?;
            let link = &mut *self.link;
            with_all(row, &more, |params| {
                link.returning(&sql, params, |row| {
                    count += 1;
                    each(slot, row)?;
                    Ok(ControlFlow::Continue(()))
                })
            })?;
        }
        Ok(count)
    }

    /// One statement for all rows, with a parameter for each column.
    fn count_arrays(&mut self, insert: &Insert, facts: &TableFacts, statement: &ValueRows<'_>) -> Result<u64> {
        let (sql, more) = statement.arrays(self.dialect, facts)?;
        let mut count = 0;
        for rows in object_pieces(self.arena(insert.table)?, &insert.columns, &insert.rows) {
            let arrays = value_arrays(self.store, self.plan, &self.outcome.keys, insert, rows)?;
            let params = arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
            let link = &mut *self.link;
            count += with_all(params, &more, |params| link.execute(&sql, params))?;
        }
        Ok(count)
    }

    fn return_arrays(
        &mut self,
        insert: &Insert,
        facts: &TableFacts,
        rows: &[u32],
        statement: &ValueRows<'_>,
        matched: &MatchRows,
        each: &mut dyn FnMut(u32, &dyn Row) -> Result<()>,
    ) -> Result<u64> {
        let (sql, more) = statement.arrays_returning(self.dialect, facts, matched)?;
        let arrays = value_arrays(self.store, self.plan, &self.outcome.keys, insert, rows)?;
        let params = arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
        let (link, position) = (&mut *self.link, statement.returning.len());
        let mut count = 0;
        with_all(params, &more, |params| {
            link.returning(&sql, params, |row| {
                count += 1;
                each(sent(rows, row, position)?, row)?;
                Ok(ControlFlow::Continue(()))
            })
        })?;
        if statement.conflict.is_none() && count != rows.len() as u64 {
            return Err(lost_rows(insert.table, rows.len(), count));
        }
        Ok(count)
    }
}

/// The values of several rows, column by column.
fn value_arrays<'a>(
    values: &'a Store,
    plan: &'a FlushPlan,
    keys: &'a Keys,
    insert: &Insert,
    rows: &[u32],
) -> Result<Vec<Vec<ValueRef<'a>>>> {
    let Some(arena) = values.any(insert.table.id) else { return Ok(Vec::new()) };
    let cells = Cells { store: values, plan, keys, deferred: &[] };
    arrays(&insert.columns, rows, |slot, column| cells.of(arena, slot, column))
}

/// How the rows that come back are told apart, if they can be.
fn matched(
    table: &'static TableDef,
    columns: &[usize],
    generated: Option<usize>,
    conflict: Option<&Conflict>,
) -> Option<MatchRows> {
    let Some(conflict) = conflict else { return Some(MatchRows::ByKey) };
    let Some(update) = &conflict.update else {
        // Of two rows with one key that is sent, one is left out, and both would find the other.
        return generated.map(|_| MatchRows::ByKey);
    };
    let ConflictTarget::Columns(names) = &conflict.target else { return None };
    let target: Vec<usize> =
        names.iter().filter_map(|name| table.columns.iter().position(|column| column.name == *name)).collect();
    let is_set = |column: &usize| update.set.iter().any(|(name, _)| *name == table.columns[*column].name);
    if target == table.primary_key && !target.iter().any(is_set) {
        return Some(MatchRows::ByKey);
    }
    let is_sent = target.iter().all(|column| columns.contains(column));
    (is_sent && !target.iter().chain(&table.primary_key).any(is_set)).then_some(MatchRows::ByTarget(target))
}

/// The value that a row comes of, by the position that stands in it.
fn sent(rows: &[u32], row: &dyn Row, index: usize) -> Result<u32> {
    let lost = || Error::new(ErrorKind::Decode, "an INSERT returned a row without its position");
    match row.get(index) {
        Ok(ValueRef::I64(position)) => {
            let index = usize::try_from(position).ok().and_then(|position| position.checked_sub(1));
            index.and_then(|index| rows.get(index)).copied().ok_or_else(lost)
        }
        _ => Err(lost()),
    }
}

/// Lends the parameters of rows, and those of the rest of the statement behind them.
fn with_all<R>(
    params: Vec<ValueRef<'_>>,
    more: &[Value],
    work: impl FnOnce(&[ValueRef<'_>]) -> Result<R>,
) -> Result<R> {
    if more.is_empty() {
        return work(&params);
    }
    with_refs(more, |more| {
        let all: Vec<ValueRef<'_>> = params.into_iter().chain(more.iter().copied()).collect();
        work(&all)
    })
}
