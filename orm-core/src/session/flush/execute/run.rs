//! Runs a plan. Nothing is decided here, and no object is written to: what the database returns is kept aside until
//! every statement has succeeded, so that a failed flush leaves the objects as they were.

use std::sync::Arc;

use super::outcome::Outcome;
use crate::dialect::{Dialect, InsertKeys};
use crate::engine::FlushedRows;
use crate::error::{Error, ErrorKind, Result};
use crate::render::dml;
use crate::schema::{TableDef, TableFacts};
use crate::session::flush::plan::{FlushPlan, Step};
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::transaction::link::Link;
use crate::session::transaction::links::Links;
use crate::value::ValueRef;

pub(crate) struct Execution<'s> {
    pub(crate) link: &'s mut Link,
    pub(crate) store: &'s Store,
    pub(crate) plan: &'s FlushPlan,
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) outcome: Outcome,
}

/// Runs all steps, each on the database of its table, and tells what came of them.
pub(crate) fn run_plan(links: &mut Links, store: &Store, plan: &FlushPlan) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for step in &plan.steps {
        let mut execution = Execution::new(links.of(&step.table().name), store, plan, outcome);
        execution.run(step)?;
        outcome = execution.outcome;
    }
    Ok(outcome)
}

impl<'s> Execution<'s> {
    pub(crate) fn new(link: &'s mut Link, store: &'s Store, plan: &'s FlushPlan, outcome: Outcome) -> Self {
        let dialect = link.dialect();
        Self { link, store, plan, dialect, outcome }
    }

    /// Runs a step, and says which rows it writes where somebody wants to know.
    fn run(&mut self, step: &'s Step) -> Result<()> {
        if !self.link.wants_rows() {
            return self.step(step);
        }
        self.link.set_flushed(self.flushed_rows(step));
        let outcome = self.step(step);
        self.link.set_flushed(None);
        outcome
    }

    fn step(&mut self, step: &'s Step) -> Result<()> {
        match step {
            Step::Insert(insert) => self.insert(insert),
            Step::Update(update) => self.update(update),
            Step::Delete { table, rows } => self.delete(table, rows),
            Step::Link { association, links, fill } => self.insert_links(association, links, fill),
            Step::Unlink { association, links } => self.delete_links(association, links),
        }
    }

    /// The rows that a step writes, by the keys that they have; nothing for those whose keys it changes, and for links.
    fn flushed_rows(&self, step: &Step) -> Option<FlushedRows> {
        let (table, rows, is_new) = match step {
            Step::Insert(insert) => (insert.table, &insert.rows, true),
            Step::Update(update) => (update.table, &update.rows, false),
            Step::Delete { table, rows } => (*table, rows, false),
            Step::Link { .. } | Step::Unlink { .. } => return None,
        };
        let arena = self.store.any(table.id).filter(|_| self.plan.rekeyed.is_empty())?;
        let key =
            |slot: u32| table.primary_key.iter().map(|&column| arena.row_value(slot, column).to_value()).collect();
        let keys = if is_new { Vec::new() } else { rows.iter().map(|&slot| key(slot)).collect() };
        Some(FlushedRows::new(&table.name.name, keys))
    }

    pub(crate) fn arena(&self, table: &TableDef) -> Result<&'s dyn AnyArena> {
        let arena = self.store.any(table.id);
        arena.ok_or_else(|| Error::new(ErrorKind::Schema, format!("{} is not in this session", table.model)))
    }
}

/// Names the column of the parameter that a statement failed over. Its first parameters are those of `columns`.
pub(crate) fn name_column(table: &TableDef, columns: &[usize], error: Error) -> Error {
    match error.parameter().and_then(|index| columns.get(index)) {
        Some(&column) => error.context(format!("column `{}`", table.columns[column].name)),
        None => error,
    }
}

/// Names the object of a statement that failed, or how many there were.
pub(crate) fn explain(store: &Store, table: &TableDef, rows: &[u32], doing: &str, error: Error) -> Error {
    let error = match unkept(store, table, rows) {
        Some(field) if error.kind() == ErrorKind::Unsupported => error.context(format!("`{}::{field}`", table.model)),
        _ => error,
    };
    match rows {
        // It is named already.
        _ if error.kind() == ErrorKind::StaleData => error,
        [only] => error.context(format!("{doing} {}", store.label(table.id, *only))),
        _ => error.context(format!("{doing} {} rows of {}", rows.len(), table.model)),
    }
}

/// The first field whose text holds a NUL, which not every database can keep.
fn unkept(store: &Store, table: &TableDef, rows: &[u32]) -> Option<&'static str> {
    let arena = store.any(table.id)?;
    let holds = |&slot: &u32, column: usize| arena.value(slot, column).holds_nul();
    let column = (0..table.columns.len()).find(|&column| rows.iter().any(|slot| holds(slot, column)))?;
    table.fields.get(table.columns[column].field).map(|field| field.name)
}

/// The table as the database has it, where so many rows of these columns go as one statement over arrays; nothing where they go one by
/// one.
pub(crate) fn over_arrays(
    link: &mut Link,
    table: &TableDef,
    columns: &[usize],
    rows: usize,
) -> Result<Option<Arc<TableFacts>>> {
    if rows < 2 || link.dialect().capabilities().insert_keys != InsertKeys::Arrays {
        return Ok(None);
    }
    let dialect = link.dialect();
    let facts = link.describe_table(&table.name)?;
    Ok(facts.filter(|facts| dml::fit_arrays(dialect, (table, facts), columns)))
}

/// The values of several rows, column by column.
pub(crate) fn arrays<'v>(
    columns: &[usize],
    rows: &[u32],
    value: impl Fn(u32, usize) -> Result<ValueRef<'v>>,
) -> Result<Vec<Vec<ValueRef<'v>>>> {
    columns.iter().map(|&column| rows.iter().map(|&slot| value(slot, column)).collect()).collect()
}
