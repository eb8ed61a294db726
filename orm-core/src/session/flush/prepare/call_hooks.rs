//! The hooks of models around the statements of a flush.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::schema::{ModelId, TableDef};
use crate::session::events::ChangeKind;
use crate::session::flush::changes::work::{Work, by_key};
use crate::session::flush::order::tables::in_order;
use crate::session::flush::plan::{FlushPlan, Stage, Step, Update};
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;

/// The rows whose models have hooks, in the order in which the hooks are called: that of the statements, table by table.
pub(crate) type HookedRows = Vec<(&'static TableDef, u32, ChangeKind)>;

impl Store {
    /// Calls what comes before the statements, for every row that the flush is about to write, and checks the rules of the models. Gives the
    /// rows whose hooks are to be called after the statements.
    ///
    /// # Errors
    ///
    /// The first one of a hook, or else all rules that are broken. What hooks changed is still to be taken back then.
    pub(crate) fn before_hooks(&mut self) -> Result<HookedRows> {
        if !self.arenas().any(AnyArena::is_asked) {
            return Ok(Vec::new());
        }
        let mut rows = asked_rows(self)?;
        let mut broken = Vec::new();
        for &(table, slot, change) in &rows {
            if change == ChangeKind::Update {
                // Members of deleted objects, and of those whose keys change, are written though nobody touched them.
                self.prepare_write(table, slot);
            }
            if let Some(hooks) = self.any_mut(table.id).and_then(AnyArena::hooks) {
                hooks.before(slot, change, &mut broken)?;
            }
        }
        if !broken.is_empty() {
            return Err(Error::invalid(broken));
        }
        rows.retain(|(table, ..)| self.any(table.id).is_some_and(AnyArena::has_hooks));
        Ok(rows)
    }

    /// Calls what comes after the statements.
    ///
    /// # Errors
    ///
    /// The first one of a hook.
    pub(crate) fn after_hooks(&mut self, rows: &HookedRows, plan: &FlushPlan) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let updated: HashSet<(ModelId, u32)> = plan.updated_rows().collect();
        for &(table, slot, change) in rows {
            // A hook may have left nothing to update.
            if change == ChangeKind::Update && !updated.contains(&(table.id, slot)) {
                continue;
            }
            if let Some(hooks) = self.any_mut(table.id).and_then(AnyArena::hooks) {
                hooks.after(slot, change)?;
            }
        }
        Ok(())
    }

    /// What hooks changed is final: the statements have run.
    pub(crate) fn keep_hooked(&mut self) {
        self.arenas_mut().filter_map(|arena| arena.hooks()).for_each(|hooks| hooks.forget());
    }

    /// Takes back what the hooks of a failed flush changed.
    pub(crate) fn restore_hooked(&mut self) {
        self.arenas_mut().filter_map(|arena| arena.hooks()).for_each(|hooks| hooks.restore());
    }
}

impl FlushPlan {
    fn updated_rows(&self) -> impl Iterator<Item = (ModelId, u32)> {
        self.steps.iter().flat_map(|step| {
            let (table, rows) = match step {
                Step::Update(Update { table, rows, stage: Stage::Main, .. }) => (Some(table.id), &rows[..]),
                _ => (None, &[][..]),
            };
            table.into_iter().flat_map(move |table| rows.iter().map(move |&slot| (table, slot)))
        })
    }
}

/// The rows that a flush is about to write, of models that are asked before.
fn asked_rows(store: &Store) -> Result<HookedRows> {
    let mut work = Work::default();
    work.null_members_of_deleted(store)?;
    work.follow_keys(store)?;
    let (mut rows, mut deleted) = (Vec::new(), Vec::new());
    let components = in_order(store.arenas().map(AnyArena::table).collect());
    for table in components.iter().flat_map(|component| component.tables.iter().copied()) {
        let Some(arena) = store.any(table.id).filter(|arena| arena.is_asked()) else { continue };
        let updates = work.changes(store, arena)?.into_iter();
        rows.extend(updates.map(|(slot, _)| (table, slot, ChangeKind::Update)));
        rows.extend(arena.slots().pending().map(|slot| (table, slot, ChangeKind::Insert)));
        let mut gone: Vec<u32> = arena.slots().deleting().collect();
        by_key(arena, &mut gone);
        deleted.push(gone.into_iter().map(|slot| (table, slot, ChangeKind::Delete)).collect::<Vec<_>>());
    }
    rows.extend(deleted.into_iter().rev().flatten());
    Ok(rows)
}
