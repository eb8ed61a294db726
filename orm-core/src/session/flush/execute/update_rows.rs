//! UPDATEs of many rows with the same columns.

use std::ops::ControlFlow;

use super::pieces::{Most, lists_rows, object_pieces, objects_within};
use super::read_back::reads_back;
use super::run::{Execution, arrays, explain, name_column, over_arrays};
use super::sources::Cells;
use super::stale::{fewer, identifying, missing, position};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render::dml;
use crate::schema::TableFacts;
use crate::session::flush::plan::{Stage, Update};
use crate::session::store::arena::AnyArena;
use crate::session::transaction::link::Link;
use crate::session::write::bulk::fetched;
use crate::value::{List, Value, ValueRef};

impl Execution<'_> {
    pub(crate) fn update(&mut self, update: &Update) -> Result<()> {
        let result = match update.stage {
            Stage::Main => self.update_in_order(update),
            Stage::Vacate | Stage::Mark | Stage::PostUpdate => self.update_rows(update, &update.rows),
        };
        result.map_err(|error| {
            let error = name_column(update.table, &update.set, error);
            explain(self.store, update.table, &update.rows, "updating", error)
        })
    }

    /// Updates rows whose values are known.
    pub(crate) fn update_rows(&mut self, update: &Update, rows: &[u32]) -> Result<()> {
        let missed = self.send(update, &update.compare, rows)?;
        if missed.is_empty() {
            return Ok(());
        }
        // A row that holds what was expected, spelled otherwise, is not a change. What it holds now, it must hold still when it is
        // written.
        self.link.begin_after_alone()?;
        let misread = self.misread(update, &missed)?;
        match self.send(update, &[], &misread)? {
            gone if gone.is_empty() => Ok(()),
            gone => Err(self.stale(update.table, &gone, "update")),
        }
    }

    /// Updates those rows that hold what was read in the columns `compare`, and gives the others.
    fn send(&mut self, update: &Update, compare: &[usize], rows: &[u32]) -> Result<Vec<u32>> {
        let Update { table, stage, .. } = update;
        let by = match stage {
            // The flush itself has written the row by now: nobody else can have changed it.
            Stage::PostUpdate => table.primary_key.clone(),
            Stage::Vacate | Stage::Main | Stage::Mark => identifying(table),
        };
        let returning: &[usize] = match stage {
            Stage::Vacate | Stage::Mark => &[],
            Stage::Main | Stage::PostUpdate => &table.returned,
        };
        let reads_back = reads_back(self.dialect.capabilities().update_returning, self.dialect, table);
        let located = by.len();
        let by: Vec<usize> = by.into_iter().chain(compare.iter().copied()).collect();
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let rows_of = Rows { cells, arena: self.arena(table)?, update, by: &by, located, returning };
        let mut back = Vec::new();
        let used: Vec<usize> = update.set.iter().chain(&by).copied().collect();
        let sent = if let Some(facts) = over_arrays(self.link, table, &used, rows.len())? {
            object_pieces(rows_of.arena, &update.set, rows).try_fold(Vec::new(), |mut missed, rows| {
                missed.extend(rows_of.write_arrays(self.link, &facts, rows, &mut back)?);
                Ok(missed)
            })
        } else if rows_of.go_as_lists(self.dialect, rows.len()) {
            rows_of.write_lists(self.link, rows)
        } else if returning.is_empty() || reads_back {
            rows_of.write_batch(self.link, rows)
        } else {
            rows_of.write_each(self.link, rows, &mut back)
        };
        let missed = sent?;
        let back = back.into_iter().flat_map(|(slot, values)| {
            returning.iter().zip(values).map(move |(&column, value)| (table.id, slot, column, value))
        });
        self.outcome.fetched.extend(back);
        if reads_back {
            let written: Vec<u32> = rows.iter().copied().filter(|slot| !missed.contains(slot)).collect();
            self.read_back(update.table, &written, returning)?;
        }
        Ok(missed)
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
    /// How many of these say which row it is; the others are what it is expected to hold.
    located: usize,
    /// The columns that come back.
    returning: &'a [usize],
}

impl<'a> Rows<'a> {
    fn value(&self, slot: u32, column: usize) -> Result<ValueRef<'a>> {
        match self.update.stage {
            Stage::Vacate => Ok(ValueRef::Null),
            Stage::Main | Stage::Mark | Stage::PostUpdate => self.cells.of(self.arena, slot, column),
        }
    }

    /// The values by which a row is found.
    fn found_by(&self, slot: u32) -> impl Iterator<Item = Result<ValueRef<'a>>> {
        self.by.iter().enumerate().map(move |(index, &column)| match index < self.located {
            true => self.cells.locate(self.arena, slot, column, self.update.stage),
            false => Ok(self.cells.expected(self.arena, slot, column, self.update.stage)),
        })
    }

    /// One statement for all rows. Gives those that it did not find.
    fn write_arrays(&self, link: &mut Link, facts: &TableFacts, rows: &[u32], back: &mut Back) -> Result<Vec<u32>> {
        let Update { table, set, stage, .. } = self.update;
        let compares = self.by.len() > self.located || (table.is_compared() && *stage != Stage::PostUpdate);
        let positions = !self.returning.is_empty() || compares;
        let sql = dml::update_arrays(link.dialect(), (table, facts), set, self.by, positions, self.returning);
        let mut arrays = arrays(set, rows, |slot, column| self.value(slot, column))?;
        let mut by: Vec<Vec<ValueRef<'_>>> = self.by.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for &slot in rows {
            for (array, value) in by.iter_mut().zip(self.found_by(slot)) {
                array.push(value?);
            }
        }
        arrays.extend(by);
        let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
        if !positions {
            let found = link.execute(&sql, &params)?;
            return if found == rows.len() as u64 { Ok(Vec::new()) } else { Err(fewer(table, rows.len(), found)) };
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
        Ok(if found.len() == rows.len() { Vec::new() } else { missing(rows, found) })
    }

    /// Whether rows go as lists: those of which nothing comes back with the statement, and whose keys stay. Two rows would cost a savepoint and a
    /// list.
    fn go_as_lists(&self, dialect: &dyn Dialect, rows: usize) -> bool {
        let Update { table, set, .. } = self.update;
        let comes_back = !self.returning.is_empty() && dialect.capabilities().update_returning;
        let moves = set.iter().any(|column| table.primary_key.contains(column));
        lists_rows(dialect, set.len(), rows) && rows > 2 && !comes_back && !moves
    }

    /// A statement for each list. Where one does not find all rows, they are written row by row, which tells those that are missed.
    fn write_lists(&self, link: &mut Link, rows: &[u32]) -> Result<Vec<u32>> {
        let Update { table, set, .. } = self.update;
        let (mut missed, mut last) = (Vec::new(), (0, String::new()));
        let parameters = set.len() * (table.primary_key.len() + 1) + self.by.len();
        for rows in objects_within(Most::cases(link.dialect(), parameters), self.arena, set, rows) {
            if last.0 != rows.len() {
                last = (rows.len(), dml::update_list(link.dialect(), table, set, self.by, rows.len()));
            }
            if !link.execute_for_all(&last.1, &self.listed(rows)?, rows.len())? {
                missed.extend(self.write_batch(link, rows)?);
            }
        }
        Ok(missed)
    }

    /// The parameters of a list.
    fn listed(&self, rows: &[u32]) -> Result<Vec<ValueRef<'a>>> {
        let Update { table, set, .. } = self.update;
        let mut params = Vec::new();
        for &column in set {
            for &slot in rows {
                let key = self.found_by(slot).take(table.primary_key.len());
                for value in key.chain([self.value(slot, column)]) {
                    params.push(value?);
                }
            }
        }
        for &slot in rows {
            for value in self.found_by(slot) {
                params.push(value?);
            }
        }
        Ok(params)
    }

    /// One prepared statement, run row by row. Gives the rows that it did not find.
    fn write_batch(&self, link: &mut Link, rows: &[u32]) -> Result<Vec<u32>> {
        let Update { table, set, .. } = self.update;
        let sql = dml::update_row(link.dialect(), table, set, self.by, &[]);
        let mut missed = Vec::new();
        link.execute_batch(
            &sql,
            rows.len(),
            &mut |row, out| {
                set.iter().try_for_each(|&column| out.bind(self.value(rows[row], column)?))?;
                self.found_by(rows[row]).try_for_each(|value| out.bind(value?))
            },
            &mut |row, done| {
                if done.affected != 1 {
                    missed.push(rows[row]);
                }
            },
        )?;
        Ok(missed)
    }

    /// A statement for each row, of which something comes back. Gives the rows that were not found.
    fn write_each(&self, link: &mut Link, rows: &[u32], back: &mut Back) -> Result<Vec<u32>> {
        let Update { table, set, .. } = self.update;
        let sql = dml::update_row(link.dialect(), table, set, self.by, self.returning);
        let mut missed = Vec::new();
        for &slot in rows {
            let written = set.iter().map(|&column| self.value(slot, column));
            let params: Vec<ValueRef<'_>> = written.chain(self.found_by(slot)).collect::<Result<_>>()?;
            let before = back.len();
            link.returning(&sql, &params, |row| {
                back.push((slot, self.returned(row, 0)?));
                Ok(ControlFlow::Continue(()))
            })?;
            if back.len() != before + 1 {
                missed.push(slot);
            }
        }
        Ok(missed)
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
