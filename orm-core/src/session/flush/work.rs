//! What a flush has to do, row by row, before anything is ordered. Pure: memory is read, and nothing else.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::check;
use super::plan::{Association, Overrides};
use crate::error::Result;
use crate::schema::{Cascade, RelationKind, TableDef};
use crate::session::arena::AnyArena;
use crate::session::pairs::{Change, PairSet};
use crate::session::slots::State;
use crate::session::store::Store;
use crate::value::{Value, ValueRef};

/// The row operations of one table.
#[derive(Debug)]
pub(super) struct TableWork {
    pub(super) table: &'static TableDef,
    pub(super) inserts: Vec<u32>,
    /// Rows with the columns that differ.
    pub(super) updates: Vec<(u32, Vec<usize>)>,
    pub(super) deletes: Vec<u32>,
}

/// Everything that a flush has to do.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) tables: Vec<TableWork>,
    pub(super) links: Vec<(Association, Vec<(u32, u32)>)>,
    pub(super) unlinks: Vec<(Association, Vec<(u32, u32)>)>,
    pub(super) overrides: Overrides,
}

impl Work {
    /// Looks at everything that was added, written to, deleted, linked or unlinked.
    ///
    /// # Errors
    ///
    /// When something could not be written: a required key is missing, a handle is stale.
    pub(super) fn collect(store: &Store) -> Result<Self> {
        store.single_parents()?;
        let mut work = Self::default();
        work.null_members_of_deleted(store)?;
        for arena in store.arenas() {
            let table = arena.table();
            let inserts: Vec<u32> = arena.slots().pending().collect();
            for &slot in &inserts {
                check::insert(store, arena, slot)?;
            }
            let mut deletes: Vec<u32> = arena.slots().deleting().collect();
            for &slot in &deletes {
                check::delete(store, arena, slot)?;
            }
            by_key(arena, &mut deletes);
            let updates = work.updates(store, arena)?;
            if !(inserts.is_empty() && updates.is_empty() && deletes.is_empty()) {
                work.tables.push(TableWork { table, inserts, updates, deletes });
            }
        }
        work.collect_pairs(store)?;
        Ok(work)
    }

    /// The surviving members of deleted objects lose their keys.
    pub(super) fn null_members_of_deleted(&mut self, store: &Store) -> Result<()> {
        for arena in store.arenas() {
            for relation in &arena.table().relations {
                let survive = matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne)
                    && !relation.cascade.has(Cascade::DELETE)
                    && relation.writes_keys();
                let Some((child, key)) = relation.member_key().filter(|_| survive) else { continue };
                let Some(children) = store.any(child.id) else { continue };
                for parent in arena.slots().deleting() {
                    for member in store.members(relation, parent).unwrap_or_default() {
                        let entry = children.slots().entry(member);
                        if !entry.deleting && matches!(entry.state, State::Pending | State::Persistent) {
                            let def = &child.foreign_keys[key];
                            check::may_lose_parent(store, def, (child, member), &arena.label(parent))?;
                            let nulls = def.columns.clone().map(|column| (column, Value::Null));
                            self.overrides.entry((child.id, member)).or_default().extend(nulls);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The rows of an arena that differ from their objects, with the columns that do.
    pub(super) fn updates(&mut self, store: &Store, arena: &dyn AnyArena) -> Result<Vec<(u32, Vec<usize>)>> {
        let table = arena.table();
        let mut slots: Vec<u32> = arena.slots().touched().collect();
        // Members of deleted objects are written though nobody touched them.
        let members = self.overrides.keys().filter(|(model, _)| *model == table.id).map(|&(_, slot)| slot);
        slots.extend(members.filter(|&slot| arena.slots().state(slot) == State::Persistent));
        slots.sort_unstable();
        slots.dedup();
        slots.retain(|&slot| !arena.slots().entry(slot).deleting);
        by_key(arena, &mut slots);
        let mut updates = Vec::new();
        for slot in slots {
            let overridden = self.overrides.get(&(table.id, slot));
            let is_overridden =
                |column: usize| overridden.is_some_and(|values| values.iter().any(|(index, _)| *index == column));
            let set: Vec<usize> = (0..table.columns.len())
                .filter(|&column| is_overridden(column) || store.column_changed(arena, slot, column))
                .collect();
            if set.is_empty() {
                continue;
            }
            check::update(store, arena, slot, &is_overridden)?;
            updates.push((slot, self.with_automatic(arena, slot, set)));
        }
        Ok(updates)
    }

    /// Adds the columns that change because others did: `on_update` values and the version.
    fn with_automatic(&mut self, arena: &dyn AnyArena, slot: u32, mut set: Vec<usize>) -> Vec<usize> {
        let table = arena.table();
        let mut automatic: Vec<(usize, Value)> = arena.on_update_values(slot);
        // A column that the user set keeps what the user set.
        automatic.retain(|(column, _)| !set.contains(column));
        if let Some(version) = table.version.filter(|version| !set.contains(version))
            && let ValueRef::I64(now) = arena.row_value(slot, version)
        {
            automatic.push((version, Value::I64(now.wrapping_add(1))));
        }
        if !automatic.is_empty() {
            set.extend(automatic.iter().map(|(column, _)| *column));
            set.sort_unstable();
            self.overrides.entry((table.id, slot)).or_default().extend(automatic);
        }
        set
    }

    fn collect_pairs(&mut self, store: &Store) -> Result<()> {
        for pairs in store.pairs.iter() {
            let canonical = pairs.canonical;
            let (def, _) = canonical.association()?;
            let Some(table) = def.table() else { continue };
            let (left, right) = ((canonical.owner.table)(), (canonical.target.table)());
            let association = Association { def, table, left, right };
            // Rows that objects of a `through` model stand for are written with these objects.
            let (inserted, deleted) = object_pairs(store, association);
            let mut unlinked = unlinked(store, pairs, association);
            unlinked.retain(|pair| !deleted.contains(pair));
            if !unlinked.is_empty() {
                self.unlinks.push((association, unlinked));
            }
            let mut linked = pairs.changes(Change::Linked);
            linked.retain(|&(l, r)| stays(store, left, l) && stays(store, right, r) && !inserted.contains(&(l, r)));
            if !linked.is_empty() {
                self.links.push((association, linked));
            }
        }
        Ok(())
    }
}

/// Whether an object has, or will have, a row after the flush.
fn stays(store: &Store, table: &TableDef, slot: u32) -> bool {
    store.any(table.id).is_some_and(|arena| {
        let entry = arena.slots().entry(slot);
        matches!(entry.state, State::Pending | State::Persistent) && !entry.deleting
    })
}

/// The pairs that were unlinked, and those of deleted objects.
fn unlinked(store: &Store, pairs: &PairSet, association: Association) -> Vec<(u32, u32)> {
    let mut found = pairs.changes(Change::Unlinked);
    let mut known: HashSet<(u32, u32)> = found.iter().copied().chain(pairs.changes(Change::Linked)).collect();
    let sides =
        [(true, association.left, Some(pairs.canonical)), (false, association.right, pairs.canonical.inverse())];
    for (left, table, relation) in sides {
        if relation.is_some_and(|relation| relation.view_only) {
            continue;
        }
        let Some(arena) = store.any(table.id) else { continue };
        for slot in arena.slots().deleting() {
            for &other in pairs.list(left, slot).into_iter().flatten() {
                let pair = if left { (slot, other) } else { (other, slot) };
                if known.insert(pair) {
                    found.push(pair);
                }
            }
        }
    }
    found
}

/// Pairs by the slots of their ends, left and right.
type Pairs = HashSet<(u32, u32)>;

/// The pairs that objects of a `through` model stand for: of those to be inserted, and of those to be deleted.
fn object_pairs(store: &Store, association: Association) -> (Pairs, Pairs) {
    let Association { def, table, left, right } = association;
    let Some(arena) = store.any(table.id) else { return Default::default() };
    let [left_field, right_field] = [&def.left, &def.right].map(|columns| table.columns[columns.start].field);
    let inserted = arena.slots().pending().filter_map(|slot| {
        let (l, r) = (arena.foreign(slot, left_field), arena.foreign(slot, right_field));
        Some((store.resolve(left, l)?, store.resolve(right, r)?))
    });
    let deleted = arena.slots().deleting().filter_map(|slot| {
        let (l, r) = (arena.row_foreign(slot, left_field), arena.row_foreign(slot, right_field));
        Some((store.resolve(left, l)?, store.resolve(right, r)?))
    });
    (inserted.collect(), deleted.collect())
}

/// Sorts objects by the keys of their rows.
pub(super) fn by_key(arena: &dyn AnyArena, slots: &mut [u32]) {
    let columns = &arena.table().primary_key;
    slots.sort_by(|&a, &b| {
        let orders = columns.iter().map(|&column| compare(arena.row_value(a, column), arena.row_value(b, column)));
        orders.fold(Ordering::Equal, Ordering::then).then(a.cmp(&b))
    });
}

fn compare(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    match (a, b) {
        (ValueRef::I64(a), ValueRef::I64(b)) => a.cmp(&b),
        (ValueRef::Text(a), ValueRef::Text(b)) => a.cmp(b),
        #[cfg(feature = "uuid")]
        (ValueRef::Uuid(a), ValueRef::Uuid(b)) => a.cmp(&b),
        (a, b) => a.to_string().cmp(&b.to_string()),
    }
}
