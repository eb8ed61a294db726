//! New objects with the keys of deleted ones: which of them take over the rows, and what references rows that are deleted and inserted
//! anew instead.

use std::collections::HashSet;

use super::changed_keys::renamed;
use super::unique::successors;
use super::work::{Work, filled_by_server, left_to_server};
use crate::schema::{ModelId, TableDef};
use crate::session::flush::plan::RowId;
use crate::session::store::arena::AnyArena;
use crate::session::store::contents::{NoKeys, Store};
use crate::session::store::slots::SlotMap;

/// The new objects that have the keys of deleted ones.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    /// The deleted object, by the row of the new one.
    pub(crate) old: SlotMap<RowId, u32>,
    /// New and deleted ones, in the order of the new ones.
    pairs: SlotMap<ModelId, Vec<(u32, u32)>>,
    /// The new object, by the row of a deleted one that it does not take over.
    parted: SlotMap<RowId, u32>,
}

impl Replaced {
    /// The objects of a model that take over the rows of others.
    pub(crate) fn taking(&self, model: ModelId) -> Vec<(u32, u32)> {
        let pairs = self.pairs.get(&model).map_or(&[][..], Vec::as_slice).iter().copied();
        pairs.filter(|(_, old)| !self.parted.contains_key(&(model, *old))).collect()
    }

    /// Whether a row references one by a foreign key that is deleted and inserted anew, and its object the new one.
    pub(crate) fn leads_to_parted(
        &self,
        store: &Store,
        table: &TableDef,
        (object, row): (u32, u32),
        key: usize,
    ) -> bool {
        let target = (table.foreign_keys[key].target.table)().id;
        !self.parted.is_empty()
            && store.row_parent(table, row, key).is_some_and(|old| {
                let new = self.parted.get(&(target, old)).copied();
                new.is_some() && store.parent(table, object, key) == new
            })
    }
}

impl Work {
    /// Finds the new objects that have the keys of deleted ones. Keys may hold the keys of parents that are replaced too.
    pub(crate) fn find_replaced(&mut self, store: &Store) {
        let arenas: Vec<(&dyn AnyArena, Vec<u32>, Vec<u32>)> = store
            .arenas()
            .map(|arena| {
                (arena, arena.slots().pending().collect::<Vec<_>>(), arena.slots().removing().collect::<Vec<_>>())
            })
            .filter(|(_, inserts, deletes)| !inserts.is_empty() && !deletes.is_empty())
            .collect();
        let mut known = 0;
        loop {
            for (arena, inserts, deletes) in &arenas {
                let model = arena.table().id;
                let pairs = successors(store, *arena, inserts, deletes, &self.replaced.old);
                self.replaced.old.extend(pairs.iter().map(|&(new, old)| ((model, new), old)));
                self.replaced.pairs.insert(model, pairs);
            }
            if self.replaced.old.len() == known {
                break;
            }
            known = self.replaced.old.len();
        }
        for (arena, ..) in arenas {
            let table = arena.table();
            let filled = filled_by_server(table);
            let pairs = self.replaced.pairs.get(&table.id).cloned().unwrap_or_default();
            let parts = |pair: &(u32, u32)| !self.takes_over(store, arena, pair.0, &filled) || !is_alike(arena, *pair);
            let parted: Vec<(u32, u32)> = pairs.into_iter().filter(parts).collect();
            self.replaced.parted.extend(parted.into_iter().map(|(new, old)| ((table.id, old), new)));
        }
        self.follow_parted(store);
    }

    /// Whether a new object can take over the row of the deleted one whose key it has. Where the database is to fill in a column of the new
    /// row, it has to be a new row; and a key that changes with that of a parent is another one by the time that the row is written.
    fn takes_over(&self, store: &Store, arena: &dyn AnyArena, new: u32, filled: &[usize]) -> bool {
        let table = arena.table();
        let changes = |&column: &usize| renamed(store, &self.rekeyed, &NoKeys, (arena, new, column)).is_some();
        left_to_server(arena, new, filled).next().is_none()
            && !self.lessons.apart.contains(&(table.id, new))
            && !table.primary_key.iter().any(changes)
    }

    /// Rows that reference a row which is deleted and inserted anew let go of it meanwhile, though their keys stay the same.
    fn follow_parted(&mut self, store: &Store) {
        if self.replaced.parted.is_empty() {
            return;
        }
        for arena in store.arenas() {
            let table = arena.table();
            for (key, def) in table.foreign_keys.iter().enumerate() {
                for slot in arena.slots().persistent().filter(|&slot| !arena.slots().entry(slot).deleting()) {
                    if self.replaced.leads_to_parted(store, table, (slot, slot), key) {
                        self.followers.entry((table.id, slot)).or_default().extend(def.columns.clone());
                    }
                }
            }
        }
    }

    /// The rows of deleted objects whose new ones have to take them over: others reference them by keys that can never be broken.
    pub(crate) fn bound(&self, store: &Store) -> HashSet<RowId> {
        let mut bound = HashSet::new();
        for arena in store.arenas() {
            let table = arena.table();
            for (key, def) in table.foreign_keys.iter().enumerate() {
                if def.nullable && !def.primary_key || self.is_deferred(table, key) {
                    continue;
                }
                let target = (def.target.table)().id;
                let staying = (0..).take(arena.slots().entries.len()).filter(|&slot| store.stays(table, slot));
                bound.extend(staying.filter_map(|slot| {
                    let new = (target, store.parent(table, slot, key)?);
                    let old = self.replaced.old.get(&new)?;
                    (store.row_parent(table, self.row_slot(table, slot), key) == Some(*old)).then_some(new)
                }));
            }
        }
        bound
    }
}

/// Whether a new object is in the tables that a deleted one is in.
fn is_alike(arena: &dyn AnyArena, (new, old): (u32, u32)) -> bool {
    let family = arena.table().joined_tables();
    family.is_none_or(|family| arena.value(new, family.discriminator) == arena.row_value(old, family.discriminator))
}
