//! Foreign keys with `post_update`: written apart from their rows, so that they never decide an order.

use std::collections::HashSet;

use super::unique::Newcomers;
use super::work::{TableWork, Work};
use crate::schema::{ForeignKeyDef, OnDelete, TableDef};
use crate::session::flush::plan::RowId;
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::store::slots::SlotMap;
use crate::value::Value;

/// Foreign keys that are written apart from their rows.
#[derive(Debug, Default)]
pub(crate) struct Post {
    /// Foreign keys, by index, that an INSERT leaves out.
    pub(crate) deferred: SlotMap<RowId, Vec<usize>>,
    /// Rows with the columns that are written after all others, and whether nothing else of the row is.
    pub(crate) updates: Vec<(&'static TableDef, Vec<PostRow>)>,
    /// Rows that are deleted, with the columns that are NULL before.
    pub(crate) vacated: Vec<(&'static TableDef, Vec<PostRow>)>,
    /// Rows of `updates` that reference deleted ones until then: NULL before, should there be DELETEs before.
    pub(crate) leaving: Vec<(&'static TableDef, Vec<PostRow>)>,
}

/// The columns of one row.
#[derive(Debug)]
pub(crate) struct PostRow {
    pub(crate) slot: u32,
    pub(crate) columns: Vec<usize>,
    /// Whether it is all that is written of the row.
    pub(crate) whole: bool,
}

/// Whether a key with `post_update` has to become NULL when its target goes, and no relation leads back from there.
fn is_one_way(table: &TableDef, def: &ForeignKeyDef) -> bool {
    let acts = matches!(def.on_delete, Some(OnDelete::Cascade | OnDelete::SetNull));
    let has_inverse = table.relations[def.relation].inverse().is_some_and(|inverse| !inverse.view_only);
    def.post_update && !acts && !has_inverse
}

impl Store {
    /// The keys with `post_update`, of models that the session has met, from whose targets no relation leads back.
    pub(crate) fn one_way_post_updates(&self) -> Vec<(&'static TableDef, &'static ForeignKeyDef)> {
        let tables = self.arenas().map(AnyArena::table);
        let keys = tables.flat_map(|table| table.foreign_keys.iter().map(move |def| (table, def)));
        keys.filter(|(table, def)| is_one_way(table, def)).collect()
    }
}

impl Work {
    /// Objects that stay and reference deleted ones by keys with `post_update` lose these keys, whether or not the deleted ones have
    /// a relation that leads back.
    pub(crate) fn null_post_updated(&mut self, store: &Store) {
        for arena in store.arenas() {
            let table = arena.table();
            for (key, def) in table.foreign_keys.iter().enumerate().filter(|(_, def)| is_one_way(table, def)) {
                let targets = store.any((def.target.table)().id).map(AnyArena::slots);
                let Some(targets) = targets.filter(|targets| targets.removing().next().is_some()) else { continue };
                for slot in (0..).take(arena.slots().entries.len()).filter(|&slot| store.stays(table, slot)) {
                    let parent = store.parent(table, slot, key);
                    if parent.is_some_and(|parent| targets.entry(parent).removing()) {
                        let nulls = def.columns.clone().map(|column| (column, Value::Null));
                        self.overrides.entry((table.id, slot)).or_default().extend(nulls);
                    }
                }
            }
        }
    }

    /// Rows that reference themselves lose that reference before they go, and before their keys change.
    pub(crate) fn free_from_themselves(&mut self, store: &Store) {
        for work in &self.tables {
            let table = work.table;
            let Some(arena) = store.any(table.id) else { continue };
            let may_be_null = |def: &ForeignKeyDef| {
                def.columns.clone().all(|column| table.columns[column].nullable && !table.primary_key.contains(&column))
            };
            let is_own = |def: &&ForeignKeyDef| (def.target.table)().id == table.id && may_be_null(def);
            let keys: Vec<&ForeignKeyDef> = table.foreign_keys.iter().filter(is_own).collect();
            if keys.is_empty() {
                continue;
            }
            let is_rekeyed = |set: &[usize]| set.iter().any(|column| table.primary_key.contains(column));
            let rekeyed = work.updates.iter().filter(|(_, set)| is_rekeyed(set)).map(|(slot, _)| *slot);
            let freed = work.deletes.iter().copied().chain(rekeyed).map(|slot| {
                let own =
                    keys.iter().filter(|def| store.resolve(table, arena.row_foreign(slot, def.field)) == Some(slot));
                PostRow { slot, columns: own.flat_map(|def| def.columns.clone()).collect(), whole: false }
            });
            let freed: Vec<PostRow> = freed.filter(|row| !row.columns.is_empty()).collect();
            self.post.vacated.extend((!freed.is_empty()).then_some((table, freed)));
        }
    }

    /// Takes the keys with `post_update` out of the rows' own statements, where the row that they reference is written or
    /// deleted by the same flush.
    pub(crate) fn post_updates(&mut self, store: &Store) {
        let has_post = |work: &TableWork| work.table.foreign_keys.iter().any(|def| def.post_update);
        if !self.tables.iter().any(has_post) {
            return;
        }
        let rows = |slots: fn(&TableWork) -> &[u32]| -> HashSet<RowId> {
            self.tables.iter().flat_map(|work| slots(work).iter().map(|&slot| (work.table.id, slot))).collect()
        };
        let (inserted, deleted) = (&rows(|work| &work.inserts), &rows(|work| &work.deletes));
        let newcomers = Newcomers::of(store, self.tables.iter());
        let Self { tables, post, overrides, .. } = self;
        for work in tables.iter_mut().filter(|work| has_post(work)) {
            let table = work.table;
            let Some(arena) = store.any(table.id) else { continue };
            let keys = || table.foreign_keys.iter().enumerate().filter(|(_, def)| def.post_update);
            let new = |slot: u32| {
                let waits = |def: &ForeignKeyDef| {
                    let target = (def.target.table)();
                    let parent = store.resolve(target, arena.foreign(slot, def.field));
                    let parent = parent.or_else(|| newcomers.find(arena, slot, def));
                    parent.is_some_and(|parent| inserted.contains(&(target.id, parent)))
                };
                keys().filter(|(_, def)| waits(def)).collect::<Vec<_>>()
            };
            let gone = |slot: u32| -> Vec<usize> {
                let references = |field: usize, target: &TableDef| {
                    let parent = store.resolve(target, arena.row_foreign(slot, field));
                    let parent = parent.map(|parent| (target.id, parent)).filter(|parent| *parent != (table.id, slot));
                    parent.is_some_and(|parent| deleted.contains(&parent))
                };
                keys()
                    .filter(|(_, def)| references(def.field, (def.target.table)()))
                    .flat_map(|(_, def)| def.columns.clone())
                    .collect()
            };
            let (mut updates, mut leaving) = (Vec::new(), Vec::new());
            for &slot in &work.inserts {
                let keys = new(slot);
                if !keys.is_empty() {
                    let columns = keys.iter().flat_map(|(_, def)| def.columns.clone()).collect();
                    post.deferred.insert((table.id, slot), keys.iter().map(|(key, _)| *key).collect());
                    updates.push(PostRow { slot, columns, whole: false });
                }
            }
            for (slot, set) in &mut work.updates {
                let nulled = overrides.get(&(table.id, *slot));
                let is_nulled =
                    |column: usize| nulled.is_some_and(|values| values.iter().any(|(index, _)| *index == column));
                let keys = new(*slot).into_iter().flat_map(|(_, def)| def.columns.clone());
                let columns: Vec<usize> = keys.filter(|&column| set.contains(&column) && !is_nulled(column)).collect();
                if !columns.is_empty() {
                    let left: Vec<usize> = gone(*slot).into_iter().filter(|column| columns.contains(column)).collect();
                    if !left.is_empty() {
                        leaving.push(PostRow { slot: *slot, columns: left, whole: false });
                    }
                    set.retain(|column| !columns.contains(column));
                    // Nothing else was written: the statement of the key counts the version.
                    let whole = set.iter().all(|&column| Some(column) == table.version);
                    let rest = if whole { std::mem::take(set) } else { Vec::new() };
                    updates.push(PostRow { slot: *slot, columns: [columns, rest].concat(), whole });
                }
            }
            work.updates.retain(|(_, set)| !set.is_empty());
            let vacated = work.deletes.iter().map(|&slot| PostRow { slot, columns: gone(slot), whole: false });
            let vacated: Vec<PostRow> = vacated.filter(|row| !row.columns.is_empty()).collect();
            post.leaving.extend((!leaving.is_empty()).then_some((table, leaving)));
            post.updates.extend((!updates.is_empty()).then_some((table, updates)));
            post.vacated.extend((!vacated.is_empty()).then_some((table, vacated)));
        }
    }
}
