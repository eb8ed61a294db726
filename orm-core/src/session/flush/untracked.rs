//! INSERTs of values that the session does not track: a plan of a store of their own.

use super::changes::work::Lessons;
use super::execute::outcome::Keys;
use super::execute::outcome::Outcome;
use super::execute::run::{Execution, explain, name_column, run_plan};
use super::execute::sources::Cells;
use super::order::build;
use super::plan::{FlushPlan, Insert, Step};
use super::prepare::settle;
use crate::driver::Bind;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render::bulk::BulkColumns;
use crate::schema::TableDef;
use crate::session::Session;
use crate::session::store::Store;
use crate::session::write::bulk_writer::BulkWriter;
use crate::sql::{Conflict, Expr, SelectItem};

/// Who takes what comes back of each row, by the number of the value in the store of values, beside the objects of the session.
pub(crate) type Each<'e> = &'e mut dyn FnMut(&Store, u32, &dyn Row) -> Result<()>;

impl Session {
    /// Inserts the objects of a store that is no session's. Nothing is written back into it.
    pub(crate) fn write_untracked(&mut self, rows: &mut Store) -> Result<()> {
        rows.describe_keys(&mut self.links)?;
        let plan = build::plan(rows, &mut Lessons::default())?;
        self.links.check_plan(rows, &plan)?;
        settle::check(&mut self.links, rows)?;
        settle::check_keys(&mut self.links, rows, &plan)?;
        let plan = plan.without_results();
        self.links.begin_writing(plan.tables(), false)?;
        self.store.go_beside();
        let written = run_plan(&mut self.links, rows, &plan);
        written.map(drop).inspect_err(|error| self.links.fail(error))
    }

    /// Inserts the values of a store that is no session's, and tells how many rows were inserted or updated.
    pub(crate) fn write_values(
        &mut self,
        values: &mut Store,
        conflict: Option<&Conflict>,
        returning: &[SelectItem],
        each: Each<'_>,
    ) -> Result<u64> {
        values.describe_keys(&mut self.links)?;
        let values = &*values;
        let plan = build::plan(values, &mut Lessons::default())?;
        refuse_cycles(&plan)?;
        refuse_joined(&plan, returning)?;
        self.links.check_plan(values, &plan)?;
        settle::check(&mut self.links, values)?;
        settle::check_keys(&mut self.links, values, &plan)?;
        self.links.begin_writing(plan.tables(), false)?;
        self.store.go_beside();
        let Self { links, store, .. } = self;
        let inserts = plan.steps.iter().filter_map(|step| match step {
            Step::Insert(insert) => Some(insert),
            _ => None,
        });
        let mut count = 0;
        let outcome = inserts.into_iter().try_for_each(|insert| {
            let mut execution = Execution::new(links.of(&insert.table.name), values, &plan, Outcome::default());
            let written = execution.insert_values(insert, conflict, returning, &mut |slot, row| each(store, slot, row));
            count += written.map_err(|error| {
                let error = name_column(insert.table, &insert.columns, error);
                explain(values, insert.table, &insert.rows, "inserting", error)
            })?;
            Ok(())
        });
        outcome.map(|()| count).inspect_err(|error| self.links.fail(error))
    }
}

impl Session {
    /// Inserts the values of a store that is no session's, by a writer. An error has the number of its value, from 1.
    pub(crate) fn write_in_bulk(&mut self, values: &mut Store, writer: &mut BulkWriter) -> Result<()> {
        values.describe_keys(&mut self.links)?;
        let plan = build::plan(values, &mut Lessons::default())?;
        refuse_cycles(&plan)?;
        refuse_joined(&plan, &[])?;
        self.links.check_plan(values, &plan)?;
        settle::check(&mut self.links, values)?;
        settle::check_keys(&mut self.links, values, &plan)?;
        let keys = Keys::default();
        let cells = Cells { store: values, plan: &plan, keys: &keys, deferred: &[] };
        for (table, columns, rows) in alike(&plan) {
            let Some(arena) = values.any(table.id) else { continue };
            let value = |row: usize, out: &mut dyn Bind| {
                columns.iter().try_for_each(|&column| out.bind(cells.of(arena, rows[row], column)?))
            };
            let written = writer.write(
                self.links.of(&table.name),
                &BulkColumns::of(table, columns),
                rows.len(),
                &mut |row, out| value(row, out),
            );
            written.map_err(|error| {
                let error = name_column(table, columns, error);
                match error.row().and_then(|row| rows.get(usize::try_from(row).ok()?.checked_sub(1)?)) {
                    Some(&slot) => error.with_row(u64::from(slot) + 1),
                    None => error,
                }
            })?;
        }
        Ok(())
    }
}

/// Rows with the same columns.
type Alike<'p> = (&'static TableDef, &'p [usize], Vec<u32>);

/// The inserts of a plan. Rows that leave the same columns to the database go together, unless one may reference another.
fn alike(plan: &FlushPlan) -> Vec<Alike<'_>> {
    let mut found: Vec<Alike<'_>> = Vec::new();
    for step in &plan.steps {
        let Step::Insert(Insert { table, columns, rows, .. }) = step else { continue };
        let in_order = table.foreign_keys.iter().any(|key| (key.target.table)().id == table.id);
        let known = found.iter_mut().rev().take(if in_order { 1 } else { usize::MAX });
        match known.into_iter().find(|(_, known, _)| known == columns) {
            Some((.., known)) => known.extend(rows),
            None => found.push((table, columns, rows.clone())),
        }
    }
    found
}

/// What is written apart from its row comes too late for what comes back, and may be the row of another.
fn refuse_cycles(plan: &FlushPlan) -> Result<()> {
    let apart = |step: &Step| !matches!(step, Step::Insert(insert) if insert.deferred.is_empty());
    if !plan.steps.iter().any(apart) {
        return Ok(());
    }
    let message = "values that reference each other in a cycle can be inserted neither in bulk, nor with `on_conflict`, nor with \
                   `returning`: add() them to the session";
    Err(Error::new(ErrorKind::InvalidState, message))
}

/// What is one statement writes one table, and returns columns of it.
fn refuse_joined(plan: &FlushPlan, returning: &[SelectItem]) -> Result<()> {
    let is_joined = |table: &TableDef, item: &SelectItem| {
        let of = |name: &str| table.columns.iter().any(|column| column.name == name && column.table != table.number());
        table.part.is_some() && matches!(&item.expr, Expr::Column(column) if of(&column.name))
    };
    let writes = |table: &&&TableDef| table.joined().is_some() || returning.iter().any(|item| is_joined(table, item));
    match plan.tables().collect::<Vec<_>>().iter().rev().find(writes) {
        Some(table) => Err(not_one_table(table)),
        None => Ok(()),
    }
}

/// Why rows are not inserted that are in several tables.
pub(crate) fn not_one_table(table: &TableDef) -> Error {
    let message = format!(
        "rows of {} are in several tables, and an insert with `on_conflict` or with `returning`, or of cells, is a statement about one \
         table: add() objects to the session, or say `insert_all` or `bulk_insert` alone",
        table.model
    );
    Error::new(ErrorKind::Unsupported, message)
}
