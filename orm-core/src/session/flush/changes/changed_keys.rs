//! Primary keys that change: which rows reference them, and what becomes of those.

use std::collections::HashSet;

use super::work::Work;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{ForeignKeyDef, ModelId, TableDef};
use crate::session::flush::plan::RowId;
use crate::session::flush::plan::{CascadedKey, FlushPlan};
use crate::session::store::arena::AnyArena;
use crate::session::store::contents::{KeySource, Store};
use crate::session::store::slots::SlotMap;
use crate::value::ValueRef;

impl FlushPlan {
    /// What the database changes because keys of some rows of `table` change.
    pub(crate) fn cascaded_with(&self, table: &TableDef, rows: &[u32]) -> Vec<&CascadedKey> {
        if self.cascaded.is_empty() {
            return Vec::new();
        }
        let mut changed: HashSet<RowId> = rows.iter().map(|&slot| (table.id, slot)).collect();
        let mut found = Vec::new();
        // A key that is part of a key that is referenced in turn was found before that.
        for one in &self.cascaded {
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

    /// Whether the flush changes a foreign key of a row because the key changes that it references.
    pub(crate) fn follows(&self, store: &Store, table: &TableDef, slot: u32, key: usize) -> bool {
        let target = (table.foreign_keys[key].target.table)();
        store.parent(table, slot, key).is_some_and(|parent| {
            self.rekeyed.contains(&(target.id, parent))
                && store.row_parent(table, slot, key) == Some(parent)
                && !self.cascaded_parents.contains_key(&((table.id, slot), key))
        })
    }
}

impl Store {
    /// The objects with rows whose primary keys were changed, of those tables for which `matters` says that somebody asks.
    pub(crate) fn rekeyed(&self, matters: impl Fn(&'static TableDef) -> bool) -> Vec<(&'static TableDef, Vec<u32>)> {
        let mut found = Vec::new();
        let touched = self.arenas().filter(|arena| arena.slots().touched().next().is_some());
        for arena in touched.filter(|arena| matters(arena.table())) {
            let key = &arena.table().primary_key;
            let changed = |&slot: &u32| {
                !arena.slots().entry(slot).deleting()
                    && key.iter().any(|&column| self.column_changed(arena, slot, column))
            };
            let rows: Vec<u32> = arena.slots().touched().filter(changed).collect();
            if !rows.is_empty() {
                found.push((arena.table(), rows));
            }
        }
        found
    }
}

/// Rows of one table whose keys change.
type Changing = (&'static TableDef, HashSet<u32>);

impl Work {
    /// Looks for the rows that reference one whose key changes, as far as they are in memory: the database changes them with it, or
    /// the flush does.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a row that would be left behind.
    pub(crate) fn follow_keys(&mut self, store: &Store) -> Result<()> {
        let keys = store.arenas().flat_map(|arena| &arena.table().foreign_keys);
        let referenced: HashSet<ModelId> = keys.map(|def| (def.target.table)().id).collect();
        let mut open: Vec<Changing> = Vec::new();
        for (table, rows) in store.rekeyed(|table| referenced.contains(&table.id)) {
            self.rekeyed.extend(rows.iter().map(|&slot| (table.id, slot)));
            open.push((table, rows.into_iter().collect()));
        }
        while let Some(changing) = open.pop() {
            // The rows of views follow by themselves.
            for arena in store.arenas().filter(|arena| !arena.table().kind.is_read_only()) {
                let table = arena.table();
                for (key, def) in table.foreign_keys.iter().enumerate() {
                    if !std::ptr::eq((def.target.table)(), changing.0) {
                        continue;
                    }
                    let mut following = self.follow_key(store, arena, key, &changing)?;
                    // A key that is part of the row's own key changes that one too.
                    following.retain(|&slot| def.primary_key && self.rekeyed.insert((table.id, slot)));
                    if !following.is_empty() {
                        open.push((table, following.into_iter().collect()));
                    }
                }
            }
        }
        Ok(())
    }

    /// What becomes of the rows that reference changing ones by one foreign key. Gives those whose foreign key changes too.
    fn follow_key(
        &mut self,
        store: &Store,
        arena: &dyn AnyArena,
        key: usize,
        (target, changing): &Changing,
    ) -> Result<Vec<u32>> {
        let table = arena.table();
        let def = &table.foreign_keys[key];
        let mut following = Vec::new();
        for slot in arena.slots().persistent() {
            let parent = store.resolve(target, arena.row_foreign(slot, def.field));
            let Some(parent) = parent.filter(|parent| changing.contains(parent)) else { continue };
            let stays = self.stays(store, arena, (slot, def), (target, parent));
            if def.on_update_cascade {
                following.push(slot);
                self.cascaded.push(CascadedKey { table, slot, key, parent, stays });
            } else if !stays {
                if !self.is_deferred(table, key) {
                    self.left.insert(target.id);
                }
            } else if self.is_deferred(table, key) || (target.id, parent) == (table.id, slot) {
                if !is_elsewhere(store, arena, (slot, key), parent) {
                    if def.is_checked() && (target.id, parent) != (table.id, slot) {
                        self.put_off.push((table, key));
                    }
                    following.push(slot);
                    self.followers.entry((table.id, slot)).or_default().extend(def.key_columns());
                }
            } else {
                return Err(outdated_key(store, table, slot, def, (target, parent)));
            }
        }
        Ok(following)
    }

    /// The rows whose keys the database changes, each with the row whose key it does so with.
    pub(crate) fn bearers(&self) -> SlotMap<RowId, RowId> {
        let keys = self.cascaded.iter().map(|one| (one, &one.table.foreign_keys[one.key]));
        let own = keys.filter(|(one, def)| def.primary_key && one.stays);
        own.map(|(one, def)| ((one.table.id, one.slot), ((def.target.table)().id, one.parent))).collect()
    }

    /// Whether a row references after the flush what it does now.
    fn stays(
        &self,
        store: &Store,
        arena: &dyn AnyArena,
        (slot, def): (u32, &ForeignKeyDef),
        (target, parent): (&TableDef, u32),
    ) -> bool {
        let nulled = self.overrides.get(&(arena.table().id, slot));
        let nulled = nulled.is_some_and(|values| values.iter().any(|(column, _)| *column == def.columns.start));
        !nulled
            && !arena.slots().entry(slot).deleting()
            && store.resolve(target, arena.foreign(slot, def.field)) == Some(parent)
    }
}

/// Whether the row of an object from an earlier unit references another row by now: it is not among the members, all of which are known, and
/// this transaction did not write the foreign key itself, or a part of it.
fn is_elsewhere(store: &Store, arena: &dyn AnyArena, (slot, key): (u32, usize), parent: u32) -> bool {
    let def = &arena.table().foreign_keys[key];
    let (slots, inverse) = (arena.slots(), arena.table().relations[def.relation].inverse());
    !slots.is_current(slot)
        && !slots.entry(slot).touched()
        && !def.columns.clone().any(|column| slots.is_protected(slot, column))
        && !slots.members(key, parent).is_some_and(|members| members.contains(slot))
        && inverse.is_some_and(|relation| store.is_loaded(relation, parent))
}

/// The new value of a column of a foreign key that references a row of `rekeyed`, perhaps by the old one.
pub(crate) fn renamed<'s>(
    store: &'s Store,
    rekeyed: &HashSet<RowId>,
    keys: &'s dyn KeySource,
    (arena, slot, column): (&'s dyn AnyArena, u32, usize),
) -> Option<ValueRef<'s>> {
    if rekeyed.is_empty() {
        return None;
    }
    let table = arena.table();
    let key = table.key_at(column, |field| arena.foreign(slot, field).is_set())?;
    let (def, part) = (&table.foreign_keys[key], table.columns[column].part);
    let target = (def.target.table)();
    let parent = store.resolve(target, arena.foreign(slot, def.field))?;
    let parents = store.any(target.id)?;
    let column = *target.primary_key.get(part)?;
    // The key of a new row may follow another, too.
    let of_parent = renamed(store, rekeyed, keys, (parents, parent, column));
    let is_rekeyed = rekeyed.contains(&(target.id, parent));
    of_parent.or_else(|| is_rekeyed.then(|| store.key_value(parents, parent, column, keys)).flatten())
}

fn outdated_key(
    store: &Store,
    table: &TableDef,
    slot: u32,
    def: &ForeignKeyDef,
    (target, parent): (&TableDef, u32),
) -> Error {
    let (object, field) = (store.label(table.id, slot), table.fields[def.field].name);
    let parent = store.label(target.id, parent);
    let message = format!(
        "the primary key of {parent} changes, but {object} references it by `{field}`, which the database neither changes with \
         it nor leaves to the flush; declare #[belongs_to(on_update = \"cascade\")] or #[belongs_to(deferrable)] on {}::{field} \
         and in the database, or let {object} reference another {} first",
        table.model, target.model
    );
    Error::new(ErrorKind::InvalidState, message)
}
