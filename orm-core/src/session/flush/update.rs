//! UPDATEs of many rows with the same columns.

use std::ops::ControlFlow;

use super::cells::Cells;
use super::execute::{ARRAY_ROWS, Execution, arrays, explain, name_column, over_arrays};
use super::plan::{Stage, Update};
use super::stale::{fewer, identifying, missing, position};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render::dml;
use crate::schema::TableFacts;
use crate::session::arena::AnyArena;
use crate::session::bulk::fetched;
use crate::session::link::Link;
use crate::value::{List, Value, ValueRef};

impl Execution<'_> {
    pub(super) fn update(&mut self, update: &Update) -> Result<()> {
        let result = match update.stage {
            Stage::Main => self.update_in_order(update),
            Stage::Vacate | Stage::Late => self.update_rows(update, &update.rows),
        };
        result.map_err(|error| {
            let error = name_column(update.table, &update.set, error);
            explain(self.store, update.table, &update.rows, "updating", error)
        })
    }

    /// Updates rows whose values are known.
    pub(super) fn update_rows(&mut self, update: &Update, rows: &[u32]) -> Result<()> {
        let Update { table, stage, .. } = update;
        let by = match stage {
            // The flush itself has written the row by now: nobody else can have changed it.
            Stage::Late => table.primary_key.clone(),
            Stage::Vacate | Stage::Main => identifying(table),
        };
        let returning: &[usize] = match stage {
            Stage::Vacate => &[],
            Stage::Main | Stage::Late => &table.computed,
        };
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let rows_of = Rows { cells, arena: self.arena(table)?, update, by: &by, returning };
        let mut back = Vec::new();
        let used: Vec<usize> = update.set.iter().chain(&by).copied().collect();
        let missed = if let Some(facts) = over_arrays(self.link, table, &used, rows.len())? {
            rows.chunks(ARRAY_ROWS).try_for_each(|rows| rows_of.write_arrays(self.link, &facts, rows, &mut back))
        } else if returning.is_empty() {
            rows_of.write_batch(self.link, rows)
        } else {
            rows.iter().try_for_each(|&slot| rows_of.write_one(self.link, slot, &mut back))
        };
        match missed {
            Err(Missed::Rows(rows)) => return Err(self.stale(table, &rows, "update")),
            Err(Missed::Some { sent, found }) => return Err(fewer(table, sent, found)),
            Err(Missed::Failed(error)) => return Err(error),
            Ok(()) => {}
        }
        let back = back.into_iter().flat_map(|(slot, values)| {
            returning.iter().zip(values).map(move |(&column, value)| (table.id, slot, column, value))
        });
        self.outcome.fetched.extend(back);
        Ok(())
    }
}

/// Why rows were not updated.
enum Missed {
    /// These are not what they were.
    Rows(Vec<u32>),
    /// Some were not there, and which ones is not known.
    Some {
        sent: usize,
        found: u64,
    },
    Failed(Error),
}

impl From<Error> for Missed {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What came back for a row.
type Back = Vec<(u32, Vec<Value>)>;

/// Where the values for an UPDATE come from.
struct Rows<'a> {
    cells: Cells<'a>,
    arena: &'a dyn AnyArena,
    update: &'a Update,
    /// The columns by which rows are found.
    by: &'a [usize],
    /// The columns that come back.
    returning: &'a [usize],
}

impl<'a> Rows<'a> {
    fn value(&self, slot: u32, column: usize) -> Result<ValueRef<'a>> {
        match self.update.stage {
            Stage::Vacate => Ok(ValueRef::Null),
            Stage::Main | Stage::Late => self.cells.of(self.arena, slot, column),
        }
    }

    fn locate(&self, slot: u32, column: usize) -> Result<ValueRef<'a>> {
        self.cells.locate(self.arena, slot, column, self.update.stage)
    }

    /// One statement for all rows.
    fn write_arrays(&self, link: &mut Link, facts: &TableFacts, rows: &[u32], back: &mut Back) -> Result<(), Missed> {
        let Update { table, set, stage, .. } = self.update;
        let positions = !self.returning.is_empty() || (table.is_compared() && *stage != Stage::Late);
        let sql = dml::update_arrays(link.dialect(), (table, facts), set, self.by, positions, self.returning);
        let mut arrays = arrays(set, rows, |slot, column| self.value(slot, column))?;
        arrays.extend(super::execute::arrays(self.by, rows, |slot, column| self.locate(slot, column))?);
        let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
        if !positions {
            let found = link.execute(&sql, &params)?;
            return if found == rows.len() as u64 { Ok(()) } else { Err(Missed::Some { sent: rows.len(), found }) };
        }
        let mut found = Vec::with_capacity(rows.len());
        link.returning(&sql, &params, |row| {
            let position = position(row)?;
            if !self.returning.is_empty() {
                back.push((slot_at(rows, position)?, self.returned(row, 1)?));
            }
            found.push(position);
            Ok(ControlFlow::Continue(()))
        })?;
        if found.len() == rows.len() { Ok(()) } else { Err(Missed::Rows(missing(rows, found))) }
    }

    /// One prepared statement, run row by row.
    fn write_batch(&self, link: &mut Link, rows: &[u32]) -> Result<(), Missed> {
        let Update { table, set, .. } = self.update;
        let sql = dml::update_row(link.dialect(), table, set, self.by, &[]);
        let mut missed = None;
        link.execute_batch(
            &sql,
            rows.len(),
            &mut |row, out| {
                set.iter().try_for_each(|&column| out.bind(self.value(rows[row], column)?))?;
                self.by.iter().try_for_each(|&column| out.bind(self.locate(rows[row], column)?))
            },
            &mut |row, done| {
                if done.affected != 1 {
                    missed.get_or_insert(row);
                }
            },
        )?;
        missed.map_or(Ok(()), |row| Err(Missed::Rows(vec![rows[row]])))
    }

    /// One row, of which something comes back.
    fn write_one(&self, link: &mut Link, slot: u32, back: &mut Back) -> Result<(), Missed> {
        let Update { table, set, .. } = self.update;
        let sql = dml::update_row(link.dialect(), table, set, self.by, self.returning);
        let written = set.iter().map(|&column| self.value(slot, column));
        let located = self.by.iter().map(|&column| self.locate(slot, column));
        let params: Vec<ValueRef<'_>> = written.chain(located).collect::<Result<_>>()?;
        let before = back.len();
        link.returning(&sql, &params, |row| {
            back.push((slot, self.returned(row, 0)?));
            Ok(ControlFlow::Continue(()))
        })?;
        if back.len() == before + 1 { Ok(()) } else { Err(Missed::Rows(vec![slot])) }
    }

    fn returned(&self, row: &dyn Row, first: usize) -> Result<Vec<Value>> {
        let columns = self.returning.iter().enumerate();
        columns.map(|(index, &column)| fetched(self.arena, column, row, first + index)).collect()
    }
}

/// The slot of the row at a position, counted from 1.
fn slot_at(rows: &[u32], position: i64) -> Result<u32> {
    let place = usize::try_from(position).ok().and_then(|position| rows.get(position.wrapping_sub(1)));
    place.copied().ok_or_else(|| Error::new(ErrorKind::Decode, "an UPDATE returned no position among its rows"))
}
