//! After the last statement: the objects become what their rows are.

use std::collections::HashSet;
use std::ops::Range;

use super::execute::outcome::Outcome;
use super::on_delete::Referencing;
use super::plan::CascadedKey;
use super::plan::{Association, FlushPlan, Insert, Stage, Step, Successor, Update};
use crate::model::Foreign;
use crate::schema::TableDef;
use crate::session::relations::collections::Lists;
use crate::session::store::arena::AnyArena;
use crate::session::store::arena::fields::RowCell;
use crate::session::store::contents::{KeySource, Store};
use crate::session::store::slots::State;
use crate::session::store::times::NEVER;
use crate::value::ValueRef;
use crate::value::version;

/// How many objects fit into the caches of a processor, so that what is done to each is done while it is there.
const CACHED: usize = 512;

impl Store {
    /// Brings memory in step with what `plan` has written. It cannot fail: everything was checked, and the database agreed.
    pub(crate) fn apply(&mut self, plan: &FlushPlan, outcome: &Outcome) {
        self.name_rekeyed(plan);
        let mut referencing = Referencing::default();
        for step in plan.steps.iter().filter(|step| !step.is_beside_base()) {
            let table = step.table().whole();
            match step {
                Step::Insert(insert) => self.apply_insert(table, insert, plan, outcome),
                Step::Update(Update { set, rows, stage: Stage::Main, .. }) => {
                    self.apply_update(table, set, rows, plan);
                    self.apply_cascaded(&plan.cascaded_with(table, rows));
                }
                Step::Update(Update { rows, stage: Stage::PostUpdate, .. }) => self.resolve_foreign(table, rows),
                Step::Update(Update { rows, stage: Stage::Mark, .. }) => self.apply_flushed_delete(table, rows),
                Step::Update(Update { stage: Stage::Vacate, .. }) => {}
                Step::Delete { rows, .. } => {
                    self.apply_on_delete(table, rows, &mut referencing);
                    self.apply_flushed_delete(table, rows);
                }
                Step::Unlink { association, links } => self.apply_unlink(association, links),
                Step::Link { .. } => {}
            }
        }
        plan.successors.iter().for_each(|successor| self.apply_succession(successor, plan));
        for &(model, slot, column, ref value) in &outcome.fetched {
            if let Some(arena) = self.any_mut(model) {
                set_column(arena, slot, column, value.to_ref());
            }
        }
        for set in self.associations.iter_mut() {
            set.mark_flushed();
        }
        self.unload_through(plan);
        if self.clean_touched() {
            self.resolve_written(plan);
        }
        self.sync_waiting();
    }

    /// The rows of dropped links are gone, and with them the objects of a `through` model that stood for them.
    fn apply_unlink(&mut self, association: &Association, links: &[(u32, u32)]) {
        let through = association.table;
        let key = |columns: &Range<usize>| through.foreign_keys.iter().position(|key| key.columns == *columns);
        let (Some(left), Some(right)) = (key(&association.def.left), key(&association.def.right)) else { return };
        let unlinked: HashSet<(u32, u32)> = links.iter().copied().collect();
        let gone: Vec<u32> = self.any(through.id).map_or_else(Vec::new, |arena| {
            let link = |slot| Some((self.row_parent(through, slot, left)?, self.row_parent(through, slot, right)?));
            arena.slots().persistent().filter(|&slot| link(slot).is_some_and(|link| unlinked.contains(&link))).collect()
        });
        self.apply_delete(through, &gone);
    }

    /// The links of a relation `through` a model, and the objects of that model, stand for the same rows: what was written
    /// as the one has to be loaded as the other.
    fn unload_through(&mut self, plan: &FlushPlan) {
        for step in &plan.steps {
            match step {
                Step::Insert(Insert { table, .. })
                | Step::Update(Update { table, .. })
                | Step::Delete { table, .. } => {
                    for set in self.associations.iter_mut() {
                        let association = set.canonical.association();
                        let through = association.ok().and_then(|(association, _)| association.through());
                        if through.is_some_and(|model| (model.table)().id == table.id) {
                            set.unload_all();
                        }
                    }
                }
                Step::Link { association, links, .. } | Step::Unlink { association, links } => {
                    if association.def.through().is_some() {
                        let (left, right) = (links.iter().map(|link| link.0), links.iter().map(|link| link.1));
                        self.unload_joins(association.table, &association.def.left, association.left, left);
                        self.unload_joins(association.table, &association.def.right, association.right, right);
                    }
                }
            }
        }
    }

    /// Unloads the objects of a `through` model that are members of `ends` by the key that has `columns`.
    fn unload_joins(
        &mut self,
        through: &'static TableDef,
        columns: &Range<usize>,
        end: &'static TableDef,
        ends: impl Iterator<Item = u32>,
    ) {
        let Some(key) = through.foreign_keys.iter().position(|key| key.columns == *columns) else { return };
        for slot in ends {
            if let Some(arena) = self.any_mut(end.id) {
                arena.slots_mut().entry_mut(slot).born = NEVER;
            }
            if let Some(arena) = self.any_mut(through.id) {
                arena.slots_mut().unload_members(key, slot);
            }
        }
    }

    /// References that waited for the key of an object that was touched and not changed.
    fn resolve_written(&mut self, plan: &FlushPlan) {
        for step in &plan.steps {
            if let Step::Insert(Insert { table, rows, .. }) | Step::Update(Update { table, rows, .. }) = step {
                self.resolve_foreign(table.whole(), rows);
            }
        }
    }

    /// What is touched still was touched and not changed. Tells whether there was anything.
    pub(crate) fn clean_touched(&mut self) -> bool {
        let unchanged: Vec<(&'static TableDef, u32)> =
            self.arenas().flat_map(|arena| arena.slots().touched().map(|slot| (arena.table(), slot))).collect();
        let any = !unchanged.is_empty();
        self.resolve_unchanged(unchanged.clone());
        for (table, slot) in unchanged {
            if let Some(arena) = self.any_mut(table.id) {
                arena.clean(slot);
            }
        }
        self.settle();
        any
    }

    /// References to the objects that the keys named already become keys again. The key of such an object may hold a reference that
    /// is to be resolved before.
    fn resolve_unchanged(&mut self, mut open: Vec<(&'static TableDef, u32)>) {
        let mut before = usize::MAX;
        while open.len() < before {
            before = open.len();
            open.iter().for_each(|&(table, slot)| self.resolve_foreign(table, &[slot]));
            open.retain(|&(table, slot)| {
                let is_new = |foreign: Option<Foreign<'_>>| matches!(foreign, Some(Foreign::New { .. }));
                table
                    .foreign_keys
                    .iter()
                    .any(|def| is_new(self.any(table.id).map(|arena| arena.foreign(slot, def.field))))
            });
        }
    }

    fn apply_insert(&mut self, table: &'static TableDef, insert: &Insert, plan: &FlushPlan, outcome: &Outcome) {
        let Some(arena) = self.any_mut(table.id) else { return };
        if let Some((column, version)) = table.version.zip(plan.first_versions.get(&table.id)) {
            for &slot in &insert.rows {
                if version::is_unset(arena.value(slot, column)) {
                    set_column(arena, slot, column, version.to_ref());
                }
            }
        }
        if let Some(column) = insert.generated {
            for &slot in &insert.rows {
                if let Some(key) = outcome.keys.assigned(table.id, slot) {
                    set_column(arena, slot, column, key);
                }
            }
        }
        arena.reserve_keys(insert.rows.len());
        insert.rows.iter().for_each(|&slot| self.apply_overrides(table, slot, plan));
        for rows in insert.rows.chunks(CACHED) {
            self.resolve_foreign(table, rows);
            let Some(arena) = self.any_mut(table.id) else { continue };
            for &slot in rows {
                arena.keep_image(slot);
                arena.slots_mut().set_inserted(slot, insert.generated);
                arena.register(slot);
            }
        }
    }

    /// The new object has the row of the old one, which is deleted.
    fn apply_succession(&mut self, &Successor { table, new, old }: &Successor, plan: &FlushPlan) {
        self.apply_delete(table, &[old]);
        self.apply_overrides(table, new, plan);
        self.resolve_foreign(table, &[new]);
        if let Some(arena) = self.any_mut(table.id) {
            arena.keep_image(new);
            arena.slots_mut().set_inserted(new, None);
            arena.register(new);
        }
    }

    /// References by the old keys of rows whose keys have changed become references to the objects, to be resolved anew.
    fn name_rekeyed(&mut self, plan: &FlushPlan) {
        if plan.rekeyed.is_empty() {
            return;
        }
        for step in plan.steps.iter().filter(|step| !step.is_beside_base()) {
            if let Step::Delete { table, rows } = step {
                // As long as their parents are found by the keys that they hold.
                rows.iter().for_each(|&slot| self.leave_parents(table.whole(), slot, Lists::OfThoseThatStay));
            }
            let (Step::Insert(Insert { table, rows, .. }) | Step::Update(Update { table, rows, .. })) = step else {
                continue;
            };
            let rows = rows.iter().flat_map(|&slot| (0..table.foreign_keys.len()).map(move |key| (slot, key)));
            for (slot, key) in rows {
                let (target, field) = ((table.foreign_keys[key].target.table)(), table.foreign_keys[key].field);
                let Some(arena) = self.any(table.id) else { continue };
                let is_key = matches!(arena.foreign(slot, field), Foreign::Key(_));
                let parent =
                    self.parent(table, slot, key).filter(|&parent| plan.rekeyed.contains(&(target.id, parent)));
                // What the row had already follows by itself.
                let is_other =
                    |parent: &u32| is_key && plan.cascaded_parents.get(&((table.id, slot), key)) != Some(parent);
                let Some(parent) = parent.filter(is_other) else { continue };
                let Some(stamp) = self.any(target.id).map(|arena| arena.slots().entry(parent).stamp) else { continue };
                if let Some(arena) = self.any_mut(table.id) {
                    // The flush may write a row that nobody touched.
                    arena.touch(slot);
                    arena.set_foreign(slot, field, Foreign::New { slot: parent, stamp });
                }
            }
        }
    }

    /// Foreign keys follow the keys that they reference, as the rows' did in the database.
    fn apply_cascaded(&mut self, cascaded: &[&CascadedKey]) {
        let is_key = |cascaded: &&&CascadedKey| cascaded.table.foreign_keys[cascaded.key].primary_key;
        // All old keys leave the map before a new one enters.
        for &&CascadedKey { table, slot, .. } in cascaded.iter().filter(is_key) {
            if let Some(arena) = self.any_mut(table.id) {
                arena.unregister(slot);
            }
        }
        // A key that is part of a key that is referenced in turn was found before that.
        for &&CascadedKey { table, slot, key, parent, .. } in cascaded.iter().filter(|cascaded| cascaded.stays) {
            let def = &table.foreign_keys[key];
            let target = (def.target.table)().id;
            self.with_arena(table.id, |store, arena| {
                if target == table.id {
                    arena.carry_key(parent, slot, def.field);
                } else if let Some(parents) = store.any(target) {
                    parents.with_key(parent, &mut |key| {
                        arena.change_row(slot, def.field, RowCell::Foreign(Foreign::Key(key)));
                    });
                }
            });
        }
        for &&CascadedKey { table, slot, .. } in cascaded.iter().filter(is_key) {
            if let Some(arena) = self.any_mut(table.id).filter(|arena| arena.slots().state(slot) == State::Persistent) {
                arena.register(slot);
            }
        }
    }

    fn apply_update(&mut self, table: &'static TableDef, set: &[usize], rows: &[u32], plan: &FlushPlan) {
        let rekeyed = set.iter().any(|column| table.primary_key.contains(column));
        if let Some(arena) = self.any_mut(table.id).filter(|_| rekeyed) {
            // All old keys leave the map before a new one enters: rows may exchange them.
            rows.iter().for_each(|&slot| arena.unregister(slot));
        }
        for &slot in rows {
            if let Some(arena) = self.any_mut(table.id) {
                arena.touch(slot);
            }
            self.apply_overrides(table, slot, plan);
        }
        self.resolve_foreign(table, rows);
        if let Some(arena) = self.any_mut(table.id) {
            for &slot in rows {
                arena.mark_flushed(slot);
                arena.slots_mut().note_locked(slot, set.iter().copied());
                if rekeyed {
                    arena.register(slot);
                }
            }
        }
    }

    /// Objects whose rows were deleted by a statement leave all collections, and are readable until the commit.
    pub(crate) fn apply_delete(&mut self, table: &'static TableDef, deleted: &[u32]) {
        self.delete_objects(table, deleted, Lists::All);
    }

    /// As [`apply_delete`](Self::apply_delete), by the flush that deletes everything that is marked.
    pub(super) fn apply_flushed_delete(&mut self, table: &'static TableDef, deleted: &[u32]) {
        self.delete_objects(table, deleted, Lists::OfThoseThatStay);
    }

    fn delete_objects(&mut self, table: &'static TableDef, deleted: &[u32], lists: Lists) {
        if let Some(arena) = self.any_mut(table.id) {
            deleted.iter().for_each(|&slot| arena.keep_image(slot));
        }
        self.leave_collections(table, deleted, lists);
        let Some(arena) = self.any_mut(table.id) else { return };
        for &slot in deleted {
            arena.unregister(slot);
            arena.mark_flushed(slot);
            let slots = arena.slots_mut();
            slots.set_state(slot, State::Deleted);
            slots.unmark(slot);
        }
    }

    fn apply_overrides(&mut self, table: &'static TableDef, slot: u32, plan: &FlushPlan) {
        if plan.overrides.is_empty() {
            return;
        }
        let Some(values) = plan.overrides.get(&(table.id, slot)) else { return };
        let Some(arena) = self.any_mut(table.id) else { return };
        for (column, value) in values {
            match table.key_at(*column, |field| arena.foreign(slot, field).is_set()) {
                Some(key) => arena.set_foreign(slot, table.foreign_keys[key].field, Foreign::Null),
                None => set_column(arena, slot, *column, value.to_ref()),
            }
        }
    }

    /// References to objects become their keys, as far as the objects have keys.
    pub(crate) fn resolve_foreign(&mut self, table: &'static TableDef, rows: &[u32]) {
        self.with_arena(table.id, |store, arena| {
            for def in &table.foreign_keys {
                let target = (def.target.table)().id;
                for &slot in rows {
                    let Foreign::New { slot: parent, stamp } = arena.foreign(slot, def.field) else { continue };
                    // Whose key the database has yet to choose has none to be named by.
                    let has_key = |parents: &dyn AnyArena| {
                        let entry = parents.slots().live(parent, stamp);
                        entry.is_some_and(|entry| {
                            entry.state != State::Pending || store.open_key(parents, parent).is_none()
                        })
                    };
                    if target == table.id {
                        if has_key(arena) {
                            arena.copy_key(parent, slot, def.field);
                        }
                    } else if let Some(parents) = store.any(target)
                        && has_key(parents)
                    {
                        parents.with_key(parent, &mut |key| arena.set_foreign(slot, def.field, Foreign::Key(key)));
                    }
                }
            }
        });
    }
}

/// Writes a value that the database or the plan gave into a plain column.
fn set_column(arena: &mut dyn AnyArena, slot: u32, column: usize, value: ValueRef<'_>) {
    let table = arena.table();
    if let Err(mismatch) = arena.set_value(slot, table.columns[column].field, value) {
        tracing::warn!(model = table.model, column = %table.columns[column].name, %mismatch, "the database returned a value that does not fit the field");
    }
}
