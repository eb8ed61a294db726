//! What the database does to rows that reference deleted ones: their objects follow.

use std::collections::HashSet;

use super::plan::RowId;
use crate::model::Foreign;
use crate::schema::{ModelId, OnDelete, TableDef};
use crate::session::store::Store;
use crate::session::store::arena::fields::RowCell;
use crate::session::store::slots::SlotMap;

/// Objects with rows by the one that they reference, foreign key by foreign key: looked up once for all that a flush deletes.
pub(crate) type Referencing = SlotMap<(ModelId, usize), SlotMap<u32, Vec<u32>>>;

impl Store {
    /// Before the objects of deleted rows go: the keys of rows that reference them by `ON DELETE SET NULL` are NULL now, and rows that
    /// do by `ON DELETE CASCADE` are gone, as far as they are in memory, and so on with what references these.
    pub(crate) fn apply_on_delete(&mut self, target: &'static TableDef, rows: &[u32], referencing: &mut Referencing) {
        if self.acting_keys(target).is_empty() {
            return;
        }
        let mut gone: HashSet<RowId> = rows.iter().map(|&slot| (target.id, slot)).collect();
        let mut open = vec![(target, rows.to_vec())];
        let (mut cleared, mut next) = (Vec::new(), 0);
        while let Some((target, rows)) = open.get(next).cloned() {
            next += 1;
            for (table, key, on_delete) in self.acting_keys(target) {
                let known = referencing.entry((table.id, key)).or_insert_with(|| self.referencing(table, key));
                let known =
                    rows.iter().flat_map(|&row| known.remove(&row).into_iter().flatten().map(move |slot| (slot, row)));
                // What has been updated since may reference another row.
                let still = known.filter(|&(slot, row)| self.row_parent(table, slot, key) == Some(row));
                let rows: Vec<u32> =
                    still.map(|(slot, _)| slot).filter(|&slot| !gone.contains(&(table.id, slot))).collect();
                match on_delete {
                    OnDelete::SetNull => cleared.push((table, key, rows)),
                    OnDelete::Cascade if !rows.is_empty() => {
                        gone.extend(rows.iter().map(|&slot| (table.id, slot)));
                        open.push((table, rows));
                    }
                    OnDelete::Cascade | OnDelete::Restrict => {}
                }
            }
        }
        for (table, key, rows) in cleared {
            self.clear_key(table, key, &rows, &gone);
        }
        for (table, rows) in open.drain(1..).rev() {
            self.apply_delete(table, &rows);
        }
    }

    /// The objects whose rows reference others by a foreign key, by these.
    fn referencing(&self, table: &'static TableDef, key: usize) -> SlotMap<u32, Vec<u32>> {
        let mut found: SlotMap<u32, Vec<u32>> = SlotMap::default();
        for slot in self.any(table.id).into_iter().flat_map(|arena| arena.slots().persistent()) {
            if let Some(parent) = self.row_parent(table, slot, key) {
                found.entry(parent).or_default().push(slot);
            }
        }
        found
    }

    /// Whether the database changes rows by itself when one of a table goes, as far as the session has met the models.
    pub(crate) fn acts_on_delete(&self, target: &TableDef) -> bool {
        let keys = self.arenas().flat_map(|arena| &arena.table().foreign_keys);
        let mut acting = keys.filter(|def| !matches!(def.on_delete, None | Some(OnDelete::Restrict)));
        acting.any(|def| std::ptr::eq((def.target.table)(), target))
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

    fn clear_key(&mut self, table: &'static TableDef, key: usize, rows: &[u32], gone: &HashSet<RowId>) {
        let def = &table.foreign_keys[key];
        let (field, target) = (def.field, (def.target.table)().id);
        for &slot in rows {
            // An object that was given another reference meanwhile keeps it.
            let names = self.parent(table, slot, key).is_some_and(|parent| gone.contains(&(target, parent)));
            let Some(arena) = self.any_mut(table.id) else { return };
            arena.change_row(slot, field, RowCell::Foreign(Foreign::Null));
            if names {
                arena.set_foreign(slot, field, Foreign::Null);
            }
        }
    }
}
