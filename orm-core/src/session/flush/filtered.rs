//! Plans that the session's filters refuse: objects outside of them are not written.

use super::plan::{Fill, FlushPlan, Insert, Step, Update};
use crate::error::Result;
use crate::schema::TableDef;
use crate::session::store::Store;
use crate::session::store::slots::State;
use crate::session::transaction::links::Links;
use crate::session::write::evaluate::{Inexact, ObjectOf, RowOf, RowValues};
use crate::session::write::filtered::{met, refused};
use crate::value::{Value, ValueRef};

impl Links {
    /// Refuses a plan that writes or deletes rows outside of the session's filters, or leaves them there.
    ///
    /// # Errors
    ///
    /// `InvalidState` with the object and the filter.
    pub(crate) fn check_plan(&self, store: &Store, plan: &FlushPlan) -> Result<()> {
        if self.context().filters.is_none() || self.context().writes_all {
            return Ok(());
        }
        plan.steps.iter().try_for_each(|step| match step {
            Step::Insert(Insert { table, rows, .. }) => self.check_rows(store, plan, table, rows, Sides::NEW),
            Step::Update(Update { table, rows, .. }) => self.check_rows(store, plan, table, rows, Sides::BOTH),
            Step::Delete { table, rows } => self.check_rows(store, plan, table, rows, Sides::OLD),
            Step::Link { association, fill, .. } => self.check_links(association.table, fill),
            Step::Unlink { .. } => Ok(()),
        })
    }

    fn check_rows(&self, store: &Store, plan: &FlushPlan, table: &TableDef, rows: &[u32], sides: Sides) -> Result<()> {
        let (Some(filter), Some(arena)) = (self.written_filter(table), store.any(table.id)) else { return Ok(()) };
        let conditions = std::slice::from_ref(filter);
        for &slot in rows {
            let overrides = plan.overrides.get(&(table.id, slot)).map_or(&[][..], Vec::as_slice);
            let before = plan.succeeded.get(&(table.id, slot)).copied().unwrap_or(slot);
            let has_row = sides.old && arena.slots().state(before) != State::Pending;
            let old = if has_row { RowOf::new(arena, before).passes(conditions) } else { Ok(true) };
            let new =
                if sides.new { ObjectOf::new(store, arena, slot, overrides).passes(conditions) } else { Ok(true) };
            for passes in [old, new] {
                met(passes).map_err(|why| refused(&store.label(table.id, slot), filter, why))?;
            }
        }
        Ok(())
    }

    /// The rows of an association table that is a model.
    fn check_links(&self, table: &TableDef, fill: &Fill) -> Result<()> {
        let Some(filter) = self.written_filter(table) else { return Ok(()) };
        let conditions = std::slice::from_ref(filter);
        for row in &fill.rows {
            let passes = LinkRow { table, fill, row }.passes(conditions);
            met(passes).map_err(|why| refused(table.model, filter, why))?;
        }
        if fill.rows.is_empty() {
            return Err(refused(table.model, filter, "the link says nothing about it; add an object of the model"));
        }
        Ok(())
    }
}

/// Which states of a row have to meet a filter.
#[derive(Clone, Copy)]
struct Sides {
    old: bool,
    new: bool,
}

impl Sides {
    const OLD: Self = Self { old: true, new: false };
    const NEW: Self = Self { old: false, new: true };
    const BOTH: Self = Self { old: true, new: true };
}

/// The row of an association table that a link makes.
#[derive(Clone, Copy)]
struct LinkRow<'a> {
    table: &'a TableDef,
    fill: &'a Fill,
    row: &'a [Value],
}

impl<'a> RowValues<'a> for LinkRow<'a> {
    fn table(self) -> &'a TableDef {
        self.table
    }

    fn cell(self, column: usize) -> Result<ValueRef<'a>, Inexact> {
        let place = self.fill.columns.iter().position(|known| *known == column);
        place.map(|place| self.row[place].to_ref()).ok_or("a column that the link does not set")
    }
}
