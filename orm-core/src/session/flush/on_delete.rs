//! What the database does to rows that reference deleted ones: their objects follow.

use std::collections::HashSet;

use crate::model::Foreign;
use crate::schema::{OnDelete, TableDef};
use crate::session::cells::RowCell;
use crate::session::store::Store;

impl Store {
    /// Before the objects of deleted rows go: the keys of rows that reference them by `ON DELETE SET NULL` are NULL now, and rows that
    /// do by `ON DELETE CASCADE` are gone, as far as they are in memory.
    pub(super) fn apply_on_delete(&mut self, target: &'static TableDef, rows: &[u32]) {
        let deleted: HashSet<u32> = rows.iter().copied().collect();
        for (table, key, on_delete) in self.acting_keys(target) {
            let referencing: Vec<u32> = self.any(table.id).map_or_else(Vec::new, |arena| {
                let of_deleted =
                    |&slot: &u32| self.row_parent(table, slot, key).is_some_and(|row| deleted.contains(&row));
                let is_other = |slot: &u32| table.id != target.id || !deleted.contains(slot);
                arena.slots().persistent().filter(is_other).filter(of_deleted).collect()
            });
            match on_delete {
                OnDelete::SetNull => self.clear_key(table, key, &referencing, &deleted),
                OnDelete::Cascade if !referencing.is_empty() => {
                    self.apply_on_delete(table, &referencing);
                    referencing.iter().for_each(|&slot| self.apply_delete(table, slot));
                }
                OnDelete::Cascade | OnDelete::Restrict => {}
            }
        }
    }

    /// The foreign keys to a table at which the database acts when a row goes.
    fn acting_keys(&self, target: &'static TableDef) -> Vec<(&'static TableDef, usize, OnDelete)> {
        let tables = self.arenas().map(|arena| arena.table());
        let keys =
            tables.flat_map(|table| table.foreign_keys.iter().enumerate().map(move |(key, def)| (table, key, def)));
        let acting = keys.filter(|(_, _, def)| std::ptr::eq((def.target.table)(), target));
        acting
            .filter_map(|(table, key, def)| Some((table, key, def.on_delete?)))
            .filter(|(_, _, on_delete)| *on_delete != OnDelete::Restrict)
            .collect()
    }

    fn clear_key(&mut self, table: &'static TableDef, key: usize, rows: &[u32], deleted: &HashSet<u32>) {
        let field = table.foreign_keys[key].field;
        for &slot in rows {
            // An object that was given another reference meanwhile keeps it.
            let names = self.parent(table, slot, key).is_some_and(|parent| deleted.contains(&parent));
            let Some(arena) = self.any_mut(table.id) else { return };
            arena.change_row(slot, field, RowCell::Foreign(Foreign::Null));
            if names {
                arena.set_foreign(slot, field, Foreign::Null);
            }
        }
    }
}
