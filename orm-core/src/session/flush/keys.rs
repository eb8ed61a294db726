//! Primary keys that change: which rows reference them, and what becomes of those.

use std::collections::HashSet;

use super::graph::RowId;
use super::plan::FlushPlan;
use super::work::Work;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{ForeignKeyDef, TableDef};
use crate::session::arena::AnyArena;
use crate::session::store::Store;

/// A row whose foreign key the database changes, because the key that it references changes.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(super) table: &'static TableDef,
    pub(super) slot: u32,
    /// The foreign key, by index.
    pub(super) key: usize,
    pub(super) parent: u32,
    /// Whether the object references the parent still.
    pub(super) stays: bool,
}

impl FlushPlan {
    /// What the database changes because keys of some rows of `table` change.
    pub(super) fn carried_with(&self, table: &TableDef, rows: &[u32]) -> Vec<&Carried> {
        if self.carried.is_empty() {
            return Vec::new();
        }
        let mut changed: HashSet<RowId> = rows.iter().map(|&slot| (table.id, slot)).collect();
        let mut found = Vec::new();
        // A key that is part of a key that is referenced in turn was found before that.
        for one in &self.carried {
            let def = &one.table.foreign_keys[one.key];
            if changed.contains(&((def.target.table)().id, one.parent)) {
                found.push(one);
                if def.primary_key {
                    changed.insert((one.table.id, one.slot));
                }
            }
        }
        found
    }
}

/// Rows of one table whose keys change.
type Changing = (&'static TableDef, HashSet<u32>);

impl Work {
    /// Looks for the rows that reference one whose key changes, as far as they are in memory.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a row that would be left behind.
    pub(super) fn follow_keys(&mut self, store: &Store) -> Result<()> {
        let mut open: Vec<Changing> = Vec::new();
        for work in &self.tables {
            let is_key = |column: &usize| work.table.primary_key.contains(column);
            let rows = work.updates.iter().filter(|(_, set)| set.iter().any(is_key)).map(|&(slot, _)| slot);
            let rows: HashSet<u32> = rows.collect();
            if !rows.is_empty() {
                self.rekeyed.extend(rows.iter().map(|&slot| (work.table.id, slot)));
                open.push((work.table, rows));
            }
        }
        let mut seen: HashSet<RowId> = self.rekeyed.clone();
        while let Some(changing) = open.pop() {
            for arena in store.arenas() {
                for (key, def) in arena.table().foreign_keys.iter().enumerate() {
                    if !std::ptr::eq((def.target.table)(), changing.0) {
                        continue;
                    }
                    let mut carried = self.follow_key(store, arena, (key, def), &changing)?;
                    // A key that is part of the row's own key changes that one too.
                    carried.retain(|&slot| def.primary_key && seen.insert((arena.table().id, slot)));
                    if !carried.is_empty() {
                        open.push((arena.table(), carried.into_iter().collect()));
                    }
                }
            }
        }
        Ok(())
    }

    /// What becomes of the rows that reference changing ones by one foreign key. Gives those that the database changes.
    fn follow_key(
        &mut self,
        store: &Store,
        arena: &dyn AnyArena,
        (key, def): (usize, &ForeignKeyDef),
        (target, changing): &Changing,
    ) -> Result<Vec<u32>> {
        let table = arena.table();
        let mut carried = Vec::new();
        for slot in arena.slots().persistent() {
            let Some(parent) = store.resolve(target, arena.row_foreign(slot, def.field)) else { continue };
            if !changing.contains(&parent) {
                continue;
            }
            let nulled = self.overrides.get(&(table.id, slot));
            let nulled = nulled.is_some_and(|values| values.iter().any(|(column, _)| *column == def.columns.start));
            let stays = !nulled
                && !arena.slots().entry(slot).deleting
                && store.resolve(target, arena.foreign(slot, def.field)) == Some(parent);
            if def.on_update_cascade {
                carried.push(slot);
                self.carried.push(Carried { table, slot, key, parent, stays });
            } else if stays {
                return Err(left_behind(store, table, slot, def, (target, parent)));
            } else if let Some(work) = self.tables.iter_mut().find(|work| std::ptr::eq(work.table, *target)) {
                work.is_left = true;
            }
        }
        Ok(carried)
    }
}

fn left_behind(
    store: &Store,
    table: &TableDef,
    slot: u32,
    def: &ForeignKeyDef,
    (target, parent): (&TableDef, u32),
) -> Error {
    let (object, field) = (store.label(table.id, slot), table.fields[def.field].name);
    let parent = store.label(target.id, parent);
    let message = format!(
        "the primary key of {parent} changes, but {object} references it by `{field}`, which the database does not change \
         with it; declare #[belongs_to(on_update = \"cascade\")] on {}::{field} and in the database, or let {object} \
         reference another {} first",
        table.model, target.model
    );
    Error::new(ErrorKind::InvalidState, message)
}
