//! Objects that were written to while what they showed was of an earlier unit, and that equal it still.

use crate::error::{Error, Result};
use crate::schema::TableDef;
use crate::session::Session;
use crate::session::flush::conflict::conflict;
use crate::session::store::arena::AnyArena;
use crate::value::Value;

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
                entry.written_expired() && !entry.deleting() && !self.store.changed(arena, slot)
            });
            (arena.table(), expired.collect::<Vec<u32>>())
        };
        let mut expired: Vec<(&'static TableDef, Vec<u32>)> = self.store.arenas().map(of_arena).collect();
        expired.retain(|(_, slots)| !slots.is_empty());
        // Not in the order of the arenas, which depends on what else the process does.
        expired.sort_by_key(|(table, _)| (&table.name, table.id));
        for (table, slots) in expired {
            self.confirm(table, &slots)?;
        }
        Ok(())
    }

    fn confirm(&mut self, table: &'static TableDef, slots: &[u32]) -> Result<()> {
        let mut changed = None;
        let gone = self.read_again(table, slots, |arena, slot, row| {
            if changed.is_none() && arena.slots().entry(slot).touched() {
                let columns: Vec<usize> = (0..table.columns.len()).collect();
                let found = arena.values_of(row, &columns)?;
                let holds = |(column, value): &(usize, Value)| {
                    let shown = arena.row_value(slot, *column);
                    shown == value.to_ref() || shown.is_unloaded()
                };
                // A key that is given by the object that has it is no other key.
                changed = (!found.iter().all(holds)).then_some((slot, found));
            }
            Ok(())
        })?;
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        let gone = || gone.first().map(|&slot| (slot, None));
        let Some((slot, found)) = changed.map(|(slot, found)| (slot, Some(found))).or_else(gone) else { return Ok(()) };
        let shown = (0..table.columns.len()).map(|column| (column, arena.row_value(slot, column).to_value())).collect();
        let error: Error = conflict(table, &arena.label(slot), "update", shown, found);
        Err(error.context("an assignment to an object that was not read in this unit"))
    }
}
