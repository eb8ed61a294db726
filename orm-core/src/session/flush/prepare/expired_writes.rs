//! Objects that were written to while what they showed was of an earlier unit, and that equal it still.

use std::collections::HashSet;
use std::ops::ControlFlow;

use crate::error::{Error, Result};
use crate::query::select_columns;
use crate::render;
use crate::schema::{ColumnDef, TableDef};
use crate::session::Session;
use crate::session::flush::execute::stale::conflict;
use crate::session::store::arena::{AnyArena, Populate};
use crate::sql::Access;
use crate::value::{Value, with_refs};

impl Session {
    /// Before a flush: an assignment of the value that an object showed already is a change, where the row holds another by now. So the
    /// rows are looked at.
    ///
    /// # Errors
    ///
    /// `StaleData` when a row holds something else.
    pub(crate) fn confirm_expired_writes(&mut self) -> Result<()> {
        let of_arena = |arena: &dyn AnyArena| {
            let expired = arena.slots().touched().filter(|&slot| {
                let entry = arena.slots().entry(slot);
                entry.written_expired && !entry.deleting && !self.store.changed(arena, slot)
            });
            (arena.table(), expired.collect::<Vec<u32>>())
        };
        let expired: Vec<(&'static TableDef, Vec<u32>)> = self.store.arenas().map(of_arena).collect();
        for (table, slots) in expired.into_iter().filter(|(_, slots)| !slots.is_empty()) {
            self.confirm(table, &slots)?;
        }
        Ok(())
    }

    fn confirm(&mut self, table: &'static TableDef, slots: &[u32]) -> Result<()> {
        let by: Vec<&'static ColumnDef> = table.key_columns().collect();
        let most = self.link.dialect().capabilities().max_parameters;
        let (mut changed, mut seen) = (None, HashSet::new());
        for keys in self.keys_of(table, slots).chunks(by.len(), most) {
            let mut select = select_columns(table);
            select.filter.push(keys.filter(table, &by));
            let (sql, params) = render::select(self.link.dialect(), &select)?;
            let reading = self.reading(Access::Read, Populate::Keep)?;
            let Self { link, store, .. } = self;
            let Some(arena) = store.any_mut(table.id) else { return Ok(()) };
            with_refs(&params, |params| {
                link.query(&sql, params, |row| {
                    let slot = arena.load_row(row, 0, reading)?;
                    if changed.is_none() && arena.slots().entry(slot).touched {
                        let columns: Vec<usize> = (0..table.columns.len()).collect();
                        let found = arena.values_of(row, &columns)?;
                        let holds = |(column, value): &(usize, Value)| arena.row_value(slot, *column) == value.to_ref();
                        // A key that is given by the object that has it is no other key.
                        changed = (!found.iter().all(holds)).then_some((slot, found));
                    }
                    seen.insert(slot);
                    Ok(ControlFlow::Continue(()))
                })
            })?;
        }
        self.store.sync_overwritten(table);
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        let gone = || slots.iter().copied().find(|slot| !seen.contains(slot)).map(|slot| (slot, None));
        let Some((slot, found)) = changed.map(|(slot, found)| (slot, Some(found))).or_else(gone) else { return Ok(()) };
        let shown = (0..table.columns.len()).map(|column| (column, arena.row_value(slot, column).to_value())).collect();
        let error: Error = conflict(table, &arena.label(slot), "update", shown, found);
        Err(error.context("an assignment to an object that was not read in this unit"))
    }
}
