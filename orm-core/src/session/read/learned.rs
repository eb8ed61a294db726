//! After a conflict: the objects of a unit that is rolled back learn what their rows hold, so that it can be run again with them.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::key_list::KeyList;
use crate::error::Result;
use crate::model::Row;
use crate::query::select_columns;
use crate::schema::{ColumnDef, TableDef};
use crate::session::Session;
use crate::session::relations::collections::Lists;
use crate::session::store::Store;
use crate::session::store::arena::{AnyArena, Populate};
use crate::session::store::rollback::Restored;
use crate::session::store::slots::State;

impl Session {
    /// Before a rollback in the database, and after that in memory, which gave objects the last values that are known of their rows. Where
    /// others were in the way, the rows hold something else: a second attempt with these values would fail as the first did.
    pub(crate) fn note_conflicts(&mut self, restored: Restored) {
        if self.links.failed_by_conflict() {
            self.store.conflicts.extend(restored);
        }
    }

    /// After a rollback: reads the rows that others may have changed.
    ///
    /// The rollback has succeeded, whatever becomes of this: rows that cannot be read now are compared when they are written.
    pub(crate) fn learn(&mut self) {
        if self.store.conflicts.is_empty() || self.links.needs_rollback() {
            return;
        }
        let within = self.links.in_transaction();
        // A savepoint that ends is not the end: the rollback of what is around it takes back what is learned now.
        let conflicts = self.store.conflicts.clone();
        let learned = conflicts.into_iter().try_for_each(|(table, slots)| self.learn_rows(table, slots));
        // Where reads begin a transaction, this one was for these alone.
        let ended = if within { Ok(()) } else { self.links.rollback() };
        if let Err(error) = learned.and(ended) {
            tracing::warn!(%error, "rows that others have changed could not be read after the rollback");
        }
    }

    /// The objects are not in use any more.
    pub(crate) fn forget_conflicts(&mut self) {
        self.links.forget_failures();
        self.store.conflicts.clear();
    }

    fn learn_rows(&mut self, table: &'static TableDef, mut slots: Vec<u32>) -> Result<()> {
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        slots.retain(|&slot| arena.slots().state(slot) == State::Persistent);
        slots.sort_unstable();
        slots.dedup();
        let gone = self.read_again(table, &slots, |_, _, _| Ok(()))?;
        self.store.lose_rows(table, &gone);
        Ok(())
    }

    /// Reads the rows of objects, which get their values unless they have unsaved changes, and hands each to `work` with the slot of its
    /// object. Gives the objects that have no row.
    pub(crate) fn read_again(
        &mut self,
        table: &'static TableDef,
        slots: &[u32],
        mut work: impl FnMut(&dyn AnyArena, u32, &dyn Row) -> Result<()>,
    ) -> Result<Vec<u32>> {
        let by: Vec<&'static ColumnDef> = table.key_columns().collect();
        let mut seen = HashSet::new();
        self.read_by(table, &by, self.keys_of(table, slots), |arena, slot, row| {
            seen.insert(slot);
            work(arena, slot, row)
        })?;
        Ok(slots.iter().copied().filter(|slot| !seen.contains(slot)).collect())
    }

    /// Reads the rows that have one of `keys` in the columns `by`. Their objects get the values unless they have unsaved changes; each is
    /// handed to `work`.
    pub(crate) fn read_by(
        &mut self,
        table: &'static TableDef,
        by: &[&'static ColumnDef],
        keys: KeyList,
        mut work: impl FnMut(&dyn AnyArena, u32, &dyn Row) -> Result<()>,
    ) -> Result<()> {
        let facts = self.links.dialect_of(&table.name).capabilities();
        for keys in keys.chunks(by.len(), facts) {
            let mut select = select_columns(table);
            select.filter.push(keys.filter(table, by));
            let statement = self.links.render(&select)?;
            let reading = self.reading(statement.database, statement.access, Populate::Keep)?;
            let Self { links, store, .. } = self;
            let Some(arena) = store.any_mut(table.id) else { return Ok(()) };
            links.run(&statement, |row| {
                let slot = arena.load_row(row, 0, reading)?;
                work(arena, slot, row)?;
                Ok(ControlFlow::Continue(()))
            })?;
        }
        self.store.sync_overwritten(table);
        Ok(())
    }
}

impl Store {
    /// Others have deleted the rows of objects: these leave all collections, and are known by their handles only.
    fn lose_rows(&mut self, table: &'static TableDef, gone: &[u32]) {
        self.leave_collections(table, gone, Lists::All);
        let Some(arena) = self.any_mut(table.id) else { return };
        for &slot in gone {
            arena.unregister(slot);
            arena.forget_history(slot);
            let slots = arena.slots_mut();
            slots.set_state(slot, State::Transient);
            slots.entry_mut(slot).set_rolled_back(true);
        }
    }
}
