//! INSERTs, and what comes back of them.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::pieces::object_pieces;
use super::run::{Execution, arrays, explain, name_column, over_arrays};
use super::sources::Cells;
use crate::dialect::InsertKeys;
use crate::dialect::names;
use crate::driver::BatchDone;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render::insert::{MatchRows, Returned, ValueRows};
use crate::schema::{ColumnFacts, TableDef, TableFacts};
use crate::session::flush::plan::Insert;
use crate::session::store::arena::AnyArena;
use crate::session::store::contents::KeySource;
use crate::session::transaction::link::Link;
use crate::value::{List, Value, ValueRef};

impl Execution<'_> {
    pub(crate) fn insert(&mut self, insert: &Insert) -> Result<()> {
        let fetched = self.outcome.fetched.len();
        // Rows of nothing, of which nothing comes back, are no arrays.
        let is_empty = insert.columns.is_empty() && insert.generated.is_none() && insert.fetch.is_empty();
        let rows = if is_empty { 1 } else { insert.rows.len() };
        let facts = over_arrays(self.link, insert.table, &insert.columns, rows)?;
        let result = match facts.filter(|facts| insert.comes_back_from_arrays(facts)) {
            Some(facts) => object_pieces(self.arena(insert.table)?, &insert.columns, &insert.rows)
                .try_for_each(|rows| self.insert_arrays(insert, &facts, rows)),
            None if self.goes_as_lists(insert)? => self.insert_lists(insert),
            None => {
                let facts = describe_sent_key(self.link, insert)?;
                self.insert_rows(insert, facts.as_deref())
            }
        };
        result.map_err(|error| self.explain_insert(insert, name_column(insert.table, &insert.columns, error)))?;
        let facts = self.dialect.capabilities();
        if facts.insert_returning && !facts.returns_trigger_values {
            self.read_back(insert.table, &insert.rows, &insert.table.read_back)?;
        }
        self.check_returned(insert, fetched)
    }

    /// What the database chose must fit the fields that it goes to. `fetched` is where the outcome's values of this INSERT begin.
    fn check_returned(&self, insert: &Insert, fetched: usize) -> Result<()> {
        let (table, arena) = (insert.table, self.arena(insert.table)?);
        let Some(&any) = insert.rows.first() else { return Ok(()) };
        let check = |column: usize, values: &mut dyn Iterator<Item = ValueRef<'_>>| {
            let def = &table.columns[column];
            arena.check_values(any, def.field, values).map_err(|mismatch| {
                let message = format!("{}, column `{}`, as the database filled it: {mismatch}", table.model, def.name);
                Error::new(ErrorKind::Decode, message)
            })
        };
        if let Some(key) = insert.generated {
            let keys = insert.rows.iter().filter_map(|&slot| self.outcome.keys.assigned(table.id, slot));
            check(key, &mut keys.into_iter())?;
        }
        let of = |column: usize| self.outcome.fetched[fetched..].iter().filter(move |value| value.2 == column);
        insert.fetch.iter().try_for_each(|&column| check(column, &mut of(column).map(|value| value.3.to_ref())))
    }

    /// One prepared statement, run row by row.
    fn insert_rows(&mut self, insert: &Insert, facts: Option<&TableFacts>) -> Result<()> {
        names::check_lengths(self.dialect, insert.table)?;
        // What the connection reports is the number of the row.
        let returns = !self.dialect.capabilities().reports_keys() || !insert.table.generated_key;
        let returning: Vec<usize> =
            insert.generated.into_iter().filter(|_| returns).chain(insert.fetch.iter().copied()).collect();
        let reads_back = !self.dialect.capabilities().insert_returning;
        if reads_back && insert.generated.is_some() && returns {
            let what = "a key that the database makes and that is no number: set it before the row is inserted";
            return Err(Error::unsupported(self.dialect.name(), what));
        }
        let returning = if reads_back { Vec::new() } else { returning };
        let statement = |returning: &[usize]| {
            let rows =
                ValueRows { returning: Returned::Columns(returning), ..ValueRows::new(insert.table, &insert.columns) };
            rows.row(self.dialect, facts).map(|(sql, _)| sql)
        };
        let sql = statement(&returning)?;
        let arena = self.arena(insert.table)?;
        if returning.is_empty() {
            self.insert_batch(insert, arena, &sql)?;
            return if reads_back { self.read_back(insert.table, &insert.rows, &insert.fetch) } else { Ok(()) };
        }
        // RETURNING does not report the key where the connection does.
        let (returning, sql) = if insert.generated.is_some() && !returns {
            let returning: Vec<usize> = insert.generated.into_iter().chain(returning).collect();
            let sql = statement(&returning)?;
            (returning, sql)
        } else {
            (returning, sql)
        };
        for &slot in &insert.rows {
            let cells =
                Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &insert.deferred };
            let params: Vec<ValueRef<'_>> =
                insert.columns.iter().map(|&column| cells.of(arena, slot, column)).collect::<Result<_>>()?;
            let mut back: Option<Vec<Value>> = None;
            self.link.returning(&sql, &params, |row| {
                back = Some((0..returning.len()).map(|index| cell(row, index)).collect::<Result<_>>()?);
                Ok(ControlFlow::Continue(()))
            })?;
            let back = back.ok_or_else(|| lost_rows(insert.table, 1, 0))?;
            if let Some(key) = self.keep(insert, slot, back)? {
                self.outcome.keys.insert(insert.table.id, &[slot], [key]);
            }
        }
        Ok(())
    }

    fn insert_batch(&mut self, insert: &Insert, arena: &dyn AnyArena, sql: &str) -> Result<()> {
        let mut keys: Vec<i64> = Vec::with_capacity(insert.rows.len());
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &insert.deferred };
        let columns: Vec<(usize, bool)> =
            insert.columns.iter().map(|&column| (column, cells.is_plain(insert.table, column))).collect();
        self.link.execute_batch(
            sql,
            insert.rows.len(),
            &mut |row, out| {
                let slot = insert.rows[row];
                columns.iter().try_for_each(|&(column, is_plain)| {
                    out.bind(if is_plain { arena.value(slot, column) } else { cells.of(arena, slot, column)? })
                })
            },
            // A row that a trigger dropped got no key.
            &mut |_, done: BatchDone| keys.extend((done.affected == 1).then_some(done.last_insert_id)),
        )?;
        if keys.len() != insert.rows.len() {
            return Err(lost_rows(insert.table, insert.rows.len(), keys.len()));
        }
        if insert.generated.is_some() {
            self.outcome.keys.insert(insert.table.id, &insert.rows, keys.into_iter().map(Value::I64));
        }
        Ok(())
    }

    /// One statement for all rows, with a parameter for each column.
    fn insert_arrays(&mut self, insert: &Insert, facts: &TableFacts, rows: &[u32]) -> Result<()> {
        names::check_lengths(self.dialect, insert.table)?;
        let Insert { table, columns, generated, fetch, .. } = insert;
        let statement =
            ValueRows { generated: *generated, returning: Returned::Columns(fetch), ..ValueRows::new(table, columns) };
        let width = usize::from(generated.is_some()) + fetch.len();
        let (sql, _) = match width {
            0 => statement.arrays(self.dialect, facts)?,
            _ => statement.arrays_returning(self.dialect, facts, &MatchRows::ByKey)?,
        };
        let arena = self.arena(insert.table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &insert.deferred };
        let mut arrays = arrays(&insert.columns, rows, |slot, column| cells.of(arena, slot, column))?;
        if arrays.is_empty() {
            arrays.push((1..).take(rows.len()).map(ValueRef::I64).collect());
        }
        let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
        if width == 0 {
            let inserted = self.link.execute(&sql, &params)?;
            return if inserted == rows.len() as u64 {
                Ok(())
            } else {
                Err(lost_rows(insert.table, rows.len(), inserted))
            };
        }
        let mut back: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
        self.link.returning(&sql, &params, |row| {
            back.push((0..width).map(|index| cell(row, index)).collect::<Result<_>>()?);
            Ok(ControlFlow::Continue(()))
        })?;
        drop(params);
        if back.len() != rows.len() {
            return Err(lost_rows(insert.table, rows.len(), back.len()));
        }
        let mut keys = Vec::with_capacity(rows.len());
        for (&slot, back) in rows.iter().zip(back) {
            keys.extend(self.keep(insert, slot, back)?);
        }
        self.outcome.keys.insert(insert.table.id, rows, keys);
        Ok(())
    }

    /// Keeps the server defaults that an INSERT returned for one row, and gives the generated key before them.
    fn keep(&mut self, insert: &Insert, slot: u32, back: Vec<Value>) -> Result<Option<Value>> {
        let mut back = back.into_iter();
        let key = match insert.generated {
            Some(_) => match back.next() {
                Some(Value::Null) | None => return Err(lost_rows(insert.table, 1, 0)),
                Some(key) => Some(key),
            },
            None => None,
        };
        let id = insert.table.id;
        self.outcome.fetched.extend(insert.fetch.iter().zip(back).map(|(&column, value)| (id, slot, column, value)));
        Ok(key)
    }

    /// Names the objects of an INSERT that failed, as far as memory tells.
    fn explain_insert(&self, insert: &Insert, error: Error) -> Error {
        let Some(arena) = self.store.any(insert.table.id) else { return error };
        if error.kind() == ErrorKind::UniqueViolation {
            for &slot in &insert.rows {
                let mut known = None;
                arena.with_key(slot, &mut |key| known = arena.find(key));
                if let Some(known) = known {
                    let (new, known) = (arena.label(slot), arena.label(known));
                    return error.context(format!("inserting {new}, whose key {known} has already in this session"));
                }
            }
        }
        explain(self.store, insert.table, &insert.rows, "inserting", error)
    }
}

/// What the database says of the table, where rows bring along keys that it could choose: it has to take them, and not to choose the same
/// ones later.
pub(crate) fn describe_sent_key(link: &mut Link, insert: &Insert) -> Result<Option<Arc<TableFacts>>> {
    let has_sequences = link.dialect().capabilities().insert_keys == InsertKeys::Arrays;
    match has_sequences && insert.table.generated_key && insert.generated.is_none() {
        true => link.describe_table(&insert.table.name),
        false => Ok(None),
    }
}

impl Insert {
    /// Whether rows that go as arrays can be told apart when they come back: by keys that are sent, or that can be drawn before, and that
    /// nothing changes on their way.
    pub(crate) fn comes_back_from_arrays(&self, facts: &TableFacts) -> bool {
        let is_drawable =
            |key: usize| facts.column(&self.table.columns[key].name).is_some_and(ColumnFacts::is_drawable);
        let comes_back = self.generated.is_some() || !self.fetch.is_empty();
        !(comes_back && facts.rewrites_inserts) && self.generated.is_none_or(is_drawable)
    }
}

pub(super) fn cell(row: &dyn Row, index: usize) -> Result<Value> {
    let value = row.get(index).map_err(|mismatch| {
        Error::new(ErrorKind::Decode, format!("column `{}` of an INSERT's result: {mismatch}", row.name(index)))
    })?;
    Ok(value.to_value())
}

pub(crate) fn lost_rows(table: &TableDef, sent: usize, back: impl std::fmt::Display) -> Error {
    let message =
        format!("{sent} rows were sent to {} and {back} came back; a trigger or rule may have taken rows", table.name);
    Error::new(ErrorKind::Database, message)
}
