//! Runs a plan. Nothing is decided here, and no object is written to: what the database returns is kept aside until
//! every statement has succeeded, so that a failed flush leaves the objects as they were.

use std::ops::ControlFlow;

use super::cells::{Cells, Ends};
use super::plan::{Association, Fill, FlushPlan, Insert, Step};
use crate::dialect::{Dialect, InsertKeys};
use crate::driver::BatchDone;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render::dml;
use crate::schema::{ModelId, TableDef};
use crate::session::arena::AnyArena;
use crate::session::link::Link;
use crate::session::store::{KeySource, Store};
use crate::value::{Value, ValueRef};

/// What the database returned.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) keys: Keys,
    /// Server defaults that came back: row, column, value.
    pub(super) fetched: Vec<(ModelId, u32, usize, Value)>,
}

/// The keys that the database gave to inserted rows.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<(ModelId, AssignedKeys)>);

/// The keys of one model by slot, from the slot `first`; 0 for none. New objects mostly have slots that follow each other.
#[derive(Debug, Default)]
struct AssignedKeys {
    first: u32,
    keys: Vec<i64>,
}

impl Keys {
    fn insert(&mut self, model: ModelId, slots: &[u32], keys: &[i64]) {
        let (Some(&low), Some(&high)) = (slots.iter().min(), slots.iter().max()) else { return };
        let index = self.0.iter().position(|(known, _)| *known == model).unwrap_or_else(|| {
            self.0.push((model, AssignedKeys { first: low, keys: Vec::new() }));
            self.0.len() - 1
        });
        self.0[index].1.insert(slots, keys, low, high);
    }
}

impl AssignedKeys {
    fn insert(&mut self, slots: &[u32], keys: &[i64], low: u32, high: u32) {
        if low < self.first {
            let gap = (self.first - low) as usize;
            self.keys.splice(0..0, std::iter::repeat_n(0, gap));
            self.first = low;
        }
        let length = (high - self.first) as usize + 1;
        if self.keys.len() < length {
            self.keys.resize(length, 0);
        }
        for (&slot, &key) in slots.iter().zip(keys) {
            self.keys[(slot - self.first) as usize] = key;
        }
    }
}

impl KeySource for Keys {
    fn assigned(&self, model: ModelId, slot: u32) -> Option<i64> {
        let (_, keys) = self.0.iter().find(|(known, _)| *known == model)?;
        let key = *keys.keys.get(slot.checked_sub(keys.first)? as usize)?;
        (key != 0).then_some(key)
    }
}

/// Rows of one statement over arrays: beyond this the arrays cost more memory than the round trips saved.
const ARRAY_ROWS: usize = 16_384;

pub(super) struct Execution<'s> {
    pub(super) link: &'s mut Link,
    pub(super) store: &'s Store,
    pub(super) plan: &'s FlushPlan,
    pub(super) dialect: &'static dyn Dialect,
    pub(super) outcome: Outcome,
}

impl<'s> Execution<'s> {
    pub(super) fn new(link: &'s mut Link, store: &'s Store, plan: &'s FlushPlan) -> Self {
        let dialect = link.dialect();
        Self { link, store, plan, dialect, outcome: Outcome::default() }
    }

    /// Runs all steps.
    pub(super) fn run(mut self) -> Result<Outcome> {
        let plan = self.plan;
        for step in &plan.steps {
            match step {
                Step::Insert(insert) => self.insert(insert)?,
                Step::Update { table, set, rows } => {
                    self.update_in_order(table, set, rows)
                        .map_err(|error| explain(self.store, table, rows, "updating", error))?;
                }
                Step::Delete { table, rows } => {
                    self.delete(table, rows).map_err(|error| explain(self.store, table, rows, "deleting", error))?;
                }
                Step::Link { association, pairs, fill } => self.link_pairs(association, pairs, fill)?,
                Step::Unlink { association, pairs } => self.unlink_pairs(association, pairs)?,
            }
        }
        Ok(self.outcome)
    }

    pub(super) fn arena(&self, table: &TableDef) -> Result<&'s dyn AnyArena> {
        let arena = self.store.any(table.id);
        arena.ok_or_else(|| Error::new(ErrorKind::Schema, format!("{} is not in this session", table.model)))
    }

    fn insert(&mut self, insert: &Insert) -> Result<()> {
        let fetched = self.outcome.fetched.len();
        let result = if uses_arrays(self.dialect, insert.rows.len()) {
            insert.rows.chunks(ARRAY_ROWS).try_for_each(|rows| self.insert_arrays(insert, rows))
        } else {
            self.insert_rows(insert)
        };
        result.map_err(|error| self.explain_insert(insert, error))?;
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
            check(key, &mut keys.map(ValueRef::I64))?;
        }
        let of = |column: usize| self.outcome.fetched[fetched..].iter().filter(move |value| value.2 == column);
        insert.fetch.iter().try_for_each(|&column| check(column, &mut of(column).map(|value| value.3.scalar())))
    }

    /// One prepared statement, run row by row.
    fn insert_rows(&mut self, insert: &Insert) -> Result<()> {
        let returns = self.dialect.capabilities().insert_keys == InsertKeys::Arrays;
        let returning: Vec<usize> =
            insert.generated.into_iter().filter(|_| returns).chain(insert.fetch.iter().copied()).collect();
        let sql = dml::insert_row(self.dialect, insert.table, &insert.columns, &returning);
        let arena = self.arena(insert.table)?;
        if returning.is_empty() {
            return self.insert_batch(insert, arena, &sql);
        }
        // RETURNING does not report the key where the connection does.
        let returning: Vec<usize> = if insert.generated.is_some() && !returns {
            insert.generated.into_iter().chain(returning).collect()
        } else {
            returning
        };
        let sql = if returns { sql } else { dml::insert_row(self.dialect, insert.table, &insert.columns, &returning) };
        for &slot in &insert.rows {
            let cells =
                Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &insert.deferred };
            let params: Vec<ValueRef<'_>> =
                insert.columns.iter().map(|&column| cells.of(arena, slot, column)).collect::<Result<_>>()?;
            let mut back: Option<Vec<Value>> = None;
            self.link.query(&sql, &params, &mut |row| {
                back = Some((0..returning.len()).map(|index| cell(row, index)).collect::<Result<_>>()?);
                Ok(ControlFlow::Continue(()))
            })?;
            let back = back.ok_or_else(|| lost_rows(insert.table, 1, 0))?;
            if let Some(key) = self.keep(insert, slot, back)? {
                self.outcome.keys.insert(insert.table.id, &[slot], &[key]);
            }
        }
        Ok(())
    }

    fn insert_batch(&mut self, insert: &Insert, arena: &dyn AnyArena, sql: &str) -> Result<()> {
        let mut keys: Vec<i64> = Vec::with_capacity(insert.rows.len());
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &insert.deferred };
        self.link.execute_batch(
            sql,
            insert.rows.len(),
            &mut |row, out| {
                insert.columns.iter().try_for_each(|&column| out.bind(cells.of(arena, insert.rows[row], column)?))
            },
            // A row that a trigger dropped got no key.
            &mut |_, done: BatchDone| keys.extend((done.affected == 1).then_some(done.last_insert_id)),
        )?;
        if keys.len() != insert.rows.len() {
            return Err(lost_rows(insert.table, insert.rows.len(), keys.len()));
        }
        if insert.generated.is_some() {
            self.outcome.keys.insert(insert.table.id, &insert.rows, &keys);
        }
        Ok(())
    }

    /// One statement for all rows, with a parameter for each column.
    fn insert_arrays(&mut self, insert: &Insert, rows: &[u32]) -> Result<()> {
        let sql = dml::insert_arrays(self.dialect, insert.table, &insert.columns, insert.generated, &insert.fetch)?;
        let arena = self.arena(insert.table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &insert.deferred };
        let mut arrays = arrays(&insert.columns, rows, |slot, column| cells.of(arena, slot, column))?;
        if arrays.is_empty() {
            arrays.push((1..).take(rows.len()).map(ValueRef::I64).collect());
        }
        let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(array)).collect();
        let width = usize::from(insert.generated.is_some()) + insert.fetch.len();
        if width == 0 {
            let inserted = self.link.execute(&sql, &params)?;
            return if inserted == rows.len() as u64 {
                Ok(())
            } else {
                Err(lost_rows(insert.table, rows.len(), inserted))
            };
        }
        let mut back: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
        self.link.query(&sql, &params, &mut |row| {
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
        self.outcome.keys.insert(insert.table.id, rows, &keys);
        Ok(())
    }

    /// Keeps the server defaults that an INSERT returned for one row, and gives the generated key before them.
    fn keep(&mut self, insert: &Insert, slot: u32, back: Vec<Value>) -> Result<Option<i64>> {
        let mut back = back.into_iter();
        let key = match insert.generated {
            Some(_) => match back.next() {
                Some(Value::I64(key)) => Some(key),
                _ => return Err(lost_rows(insert.table, 1, 0)),
            },
            None => None,
        };
        let id = insert.table.id;
        self.outcome.fetched.extend(insert.fetch.iter().zip(back).map(|(&column, value)| (id, slot, column, value)));
        Ok(key)
    }

    pub(super) fn update(&mut self, table: &'static TableDef, set: &[usize], rows: &[u32]) -> Result<()> {
        let by = identifying(table);
        let arena = self.arena(table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let locate = |slot: u32, column: usize| cells.of_row(arena, slot, column);
        if uses_arrays(self.dialect, rows.len()) {
            let sql = dml::update_arrays(self.dialect, table, set, &by);
            for rows in rows.chunks(ARRAY_ROWS) {
                let mut arrays = arrays(set, rows, |slot, column| cells.of(arena, slot, column))?;
                arrays.extend(self::arrays(&by, rows, locate)?);
                let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(array)).collect();
                let matched = self.link.execute(&sql, &params)?;
                if matched != rows.len() as u64 {
                    return Err(stale(self.store, table, rows, matched, "update"));
                }
            }
            return Ok(());
        }
        let sql = dml::update_row(self.dialect, table, set, &by);
        let mut missed = None;
        self.link.execute_batch(
            &sql,
            rows.len(),
            &mut |row, out| {
                set.iter().try_for_each(|&column| out.bind(cells.of(arena, rows[row], column)?))?;
                by.iter().try_for_each(|&column| out.bind(locate(rows[row], column)?))
            },
            &mut |row, done| {
                if done.affected != 1 {
                    missed.get_or_insert(row);
                }
            },
        )?;
        missed.map_or(Ok(()), |row| Err(stale(self.store, table, &rows[row..=row], 0, "update")))
    }

    fn delete(&mut self, table: &'static TableDef, rows: &[u32]) -> Result<()> {
        let by = identifying(table);
        let arena = self.arena(table)?;
        let Self { link, store, plan, outcome, .. } = self;
        let cells = Cells { store, plan, keys: &outcome.keys, deferred: &[] };
        let gone = delete_by(link, table, &by, rows.len(), |row, column| cells.of_row(arena, rows[row], column))?;
        if gone == rows.len() as u64 {
            return Ok(());
        }
        if table.version.is_some() {
            return Err(stale(self.store, table, rows, gone, "delete"));
        }
        tracing::warn!(table = %table.name, expected = rows.len(), found = gone, "rows to delete were gone already");
        Ok(())
    }

    fn link_pairs(&mut self, association: &Association, pairs: &[(u32, u32)], fill: &Fill) -> Result<()> {
        let keys = association.def.left.clone().chain(association.def.right.clone());
        let columns: Vec<usize> = keys.chain(fill.columns.iter().copied()).collect();
        let ends = Ends::new(self, association)?;
        let value = |row: usize, column: usize| match fill.columns.iter().position(|&filled| filled == column) {
            Some(at) => Ok(fill.rows[row][at].scalar()),
            None => ends.new_value(pairs[row], column, &self.outcome.keys),
        };
        if uses_arrays(self.dialect, pairs.len()) {
            let sql = dml::insert_arrays(self.dialect, association.table, &columns, None, &[])?;
            let all: Vec<usize> = (0..pairs.len()).collect();
            for rows in all.chunks(ARRAY_ROWS) {
                let arrays = columns
                    .iter()
                    .map(|&column| rows.iter().map(|&row| value(row, column)).collect::<Result<Vec<_>>>())
                    .collect::<Result<Vec<_>>>()?;
                let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(array)).collect();
                self.link.execute(&sql, &params)?;
            }
            return Ok(());
        }
        let sql = dml::insert_row(self.dialect, association.table, &columns, &[]);
        self.link.execute_batch(
            &sql,
            pairs.len(),
            &mut |row, out| columns.iter().try_for_each(|&column| out.bind(value(row, column)?)),
            &mut |_, _| {},
        )
    }

    fn unlink_pairs(&mut self, association: &Association, pairs: &[(u32, u32)]) -> Result<()> {
        let by: Vec<usize> = association.def.left.clone().chain(association.def.right.clone()).collect();
        let ends = Ends::new(self, association)?;
        let gone = delete_by(self.link, association.table, &by, pairs.len(), |row, column| {
            Ok(ends.row_value(pairs[row], column))
        })?;
        if gone < pairs.len() as u64 {
            let message = format!(
                "{} of {} rows of the association table {} were gone already; refresh the objects and try again",
                pairs.len() as u64 - gone,
                pairs.len(),
                association.table.name
            );
            return Err(Error::new(ErrorKind::StaleData, message));
        }
        Ok(())
    }

    /// Names the objects of an INSERT that failed, as far as memory tells.
    fn explain_insert(&self, insert: &Insert, error: Error) -> Error {
        let Some(arena) = self.store.any(insert.table.id) else { return error };
        if error.kind() == ErrorKind::UniqueViolation {
            for &slot in &insert.rows {
                let mut twin = None;
                arena.with_key(slot, &mut |key| twin = arena.find(key));
                if let Some(twin) = twin {
                    let (new, known) = (arena.label(slot), arena.label(twin));
                    return error.context(format!("inserting {new}, whose key {known} has already in this session"));
                }
            }
        }
        explain(self.store, insert.table, &insert.rows, "inserting", error)
    }
}

/// Names the object of a statement that failed, or how many there were.
fn explain(store: &Store, table: &TableDef, rows: &[u32], doing: &str, error: Error) -> Error {
    match rows {
        // It is named already.
        _ if error.kind() == ErrorKind::StaleData => error,
        [only] => error.context(format!("{doing} {}", store.label(table.id, *only))),
        _ => error.context(format!("{doing} {} rows of {}", rows.len(), table.model)),
    }
}

/// Whether so many rows go as one statement over arrays.
fn uses_arrays(dialect: &dyn Dialect, rows: usize) -> bool {
    rows > 1 && dialect.capabilities().insert_keys == InsertKeys::Arrays
}

/// Deletes rows by the values of some columns, and tells how many were there.
fn delete_by<'v>(
    link: &mut Link,
    table: &TableDef,
    by: &[usize],
    rows: usize,
    value: impl Fn(usize, usize) -> Result<ValueRef<'v>>,
) -> Result<u64> {
    if uses_arrays(link.dialect(), rows) {
        let sql = dml::delete_arrays(link.dialect(), table, by);
        let all: Vec<usize> = (0..rows).collect();
        let mut gone = 0;
        for rows in all.chunks(ARRAY_ROWS) {
            let arrays = by
                .iter()
                .map(|&column| rows.iter().map(|&row| value(row, column)).collect::<Result<Vec<_>>>())
                .collect::<Result<Vec<_>>>()?;
            let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(array)).collect();
            gone += link.execute(&sql, &params)?;
        }
        return Ok(gone);
    }
    let sql = dml::delete_row(link.dialect(), table, by);
    let mut gone = 0;
    link.execute_batch(
        &sql,
        rows,
        &mut |row, out| by.iter().try_for_each(|&column| out.bind(value(row, column)?)),
        &mut |_, done| gone += done.affected,
    )?;
    Ok(gone)
}

/// The columns by which a row is found: its key, and its version.
pub(super) fn identifying(table: &TableDef) -> Vec<usize> {
    table.primary_key.iter().copied().chain(table.version).collect()
}

/// The values of several rows, column by column.
fn arrays<'v>(
    columns: &[usize],
    rows: &[u32],
    value: impl Fn(u32, usize) -> Result<ValueRef<'v>>,
) -> Result<Vec<Vec<ValueRef<'v>>>> {
    columns.iter().map(|&column| rows.iter().map(|&slot| value(slot, column)).collect()).collect()
}

fn cell(row: &dyn Row, index: usize) -> Result<Value> {
    let value = row.get(index).map_err(|mismatch| {
        Error::new(ErrorKind::Decode, format!("column `{}` of an INSERT's result: {mismatch}", row.name(index)))
    })?;
    Ok(value.to_value())
}

fn lost_rows(table: &TableDef, sent: usize, back: impl std::fmt::Display) -> Error {
    let message =
        format!("{sent} rows were sent to {} and {back} came back; a trigger or rule may have taken rows", table.name);
    Error::new(ErrorKind::Database, message)
}

/// Rows that were to be written are not what they were.
pub(super) fn stale(store: &Store, table: &TableDef, rows: &[u32], matched: u64, verb: &str) -> Error {
    let message = match (rows, table.version) {
        ([only], None) => {
            format!("no row to {verb} for {}: it was deleted by somebody else", store.label(table.id, *only))
        }
        ([only], Some(version)) => {
            let arena = store.any(table.id);
            let expected = arena.map_or(ValueRef::Null, |arena| arena.row_value(*only, version));
            format!(
                "no row to {verb} for {} with version {expected}: it was changed or deleted by somebody else; refresh it and try again",
                store.label(table.id, *only)
            )
        }
        _ => format!(
            "{matched} of {} rows of {} to {verb} were found; the others were changed or deleted by somebody else",
            rows.len(),
            table.name
        ),
    };
    Error::new(ErrorKind::StaleData, message)
}
