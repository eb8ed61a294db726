//! Where the values of a statement come from.

use super::outcome::Keys;
use super::run::Execution;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableDef;
use crate::session::flush::changes::changed_keys::renamed;
use crate::session::flush::plan::{Association, FlushPlan, Stage};
use crate::session::store::arena::AnyArena;
use crate::session::store::contents::{KeySource, Store};
use crate::session::store::slots::State;
use crate::value::ValueRef;
use crate::value::version;

/// Where the values of a statement come from: the plan's overrides, keys on their way, and the objects.
pub(crate) struct Cells<'a> {
    pub(crate) store: &'a Store,
    pub(crate) plan: &'a FlushPlan,
    pub(crate) keys: &'a Keys,
    pub(crate) deferred: &'a [usize],
}

impl<'a> Cells<'a> {
    /// Whether the value to write into a column is always that of the object.
    pub(crate) fn is_plain(&self, table: &TableDef, column: usize) -> bool {
        let def = &table.columns[column];
        let has_key = def.primary_key || table.fields[def.field].foreign_key.is_some();
        self.plan.overrides.is_empty() && !has_key && table.version != Some(column)
    }

    /// The value to write.
    pub(crate) fn of(&self, arena: &'a dyn AnyArena, slot: u32, column: usize) -> Result<ValueRef<'a>> {
        let table = arena.table();
        if !self.plan.overrides.is_empty() {
            let values = self.plan.overrides.get(&(table.id, slot));
            if let Some((_, value)) = values.and_then(|values| values.iter().find(|(index, _)| *index == column)) {
                return Ok(value.to_ref());
            }
        }
        if self.deferred.iter().any(|&key| table.foreign_keys[key].columns.contains(&column)) {
            return Ok(ValueRef::Null);
        }
        if Some(column) == table.version
            && let Some(first) = self.plan.first_versions.get(&table.id)
            && arena.slots().state(slot) == State::Pending
            && version::is_unset(arena.value(slot, column))
        {
            return Ok(first.to_ref());
        }
        let renamed = renamed(self.store, &self.plan.rekeyed, self.keys, (arena, slot, column));
        renamed.or_else(|| self.store.key_value(arena, slot, column, self.keys)).ok_or_else(|| {
            let message = format!("{}: column `{}` has no value yet", arena.label(slot), table.columns[column].name);
            Error::new(ErrorKind::InvalidState, message)
        })
    }

    /// The value by which the row is found, by the statement of a stage of its writing.
    pub(crate) fn locate(
        &self,
        arena: &'a dyn AnyArena,
        slot: u32,
        column: usize,
        stage: Stage,
    ) -> Result<ValueRef<'a>> {
        let table = arena.table();
        let id = (table.id, slot);
        if stage == Stage::PostUpdate {
            // A row that this flush inserted is found by the key that it got.
            return match self.keys.assigned(table.id, slot) {
                Some(key) if self.store.open_key(arena, slot) == Some(column) => Ok(key),
                _ => self.of(arena, slot, column),
            };
        }
        if self.plan.keeps_keys() {
            return Ok(arena.row_value(slot, column));
        }
        if stage == Stage::Main && self.plan.vacated.get(&id).is_some_and(|columns| columns.contains(&column)) {
            return Ok(ValueRef::Null);
        }
        if let Some(value) = self.cascaded(table, slot, column) {
            return Ok(value);
        }
        let row = self.plan.succeeded.get(&id).copied().unwrap_or(slot);
        Ok(arena.row_value(row, column))
    }

    /// What the row is expected to hold, by the statement of a stage of its writing.
    pub(crate) fn expected(&self, arena: &'a dyn AnyArena, slot: u32, column: usize, stage: Stage) -> ValueRef<'a> {
        let id = (arena.table().id, slot);
        let vacated = || self.plan.vacated.get(&id).is_some_and(|columns| columns.contains(&column));
        let row = self.plan.succeeded.get(&id).copied().unwrap_or(slot);
        // A row that this flush inserted has no value yet in a column that is written late.
        if arena.slots().state(row) == State::Pending || (stage != Stage::Vacate && vacated()) {
            return ValueRef::Null;
        }
        arena.row_value(row, column)
    }

    /// The part of a key that the database changed, because the key that it references changed.
    fn cascaded(&self, table: &TableDef, slot: u32, column: usize) -> Option<ValueRef<'a>> {
        let key = table.fields[table.columns[column].field].foreign_key?;
        let parent = *self.plan.cascaded_parents.get(&((table.id, slot), key))?;
        let parents = self.store.any((table.foreign_keys[key].target.table)().id)?;
        let column = *parents.table().primary_key.get(table.columns[column].part)?;
        let cascaded = self.cascaded(parents.table(), parent, column);
        cascaded.or_else(|| self.store.key_value(parents, parent, column, self.keys))
    }
}

/// The two sides of an association.
pub(crate) struct Ends<'a> {
    store: &'a Store,
    association: Association,
    left: &'a dyn AnyArena,
    right: &'a dyn AnyArena,
}

impl<'a> Ends<'a> {
    pub(crate) fn new(execution: &Execution<'a>, association: &Association) -> Result<Self> {
        let (left, right) = (execution.arena(association.left)?, execution.arena(association.right)?);
        Ok(Self { store: execution.store, association: *association, left, right })
    }

    /// The object and the key column that a column of the association table references.
    fn key(&self, (left, right): (u32, u32), column: usize) -> (&'a dyn AnyArena, u32, usize) {
        let def = self.association.def;
        let (arena, slot, part) = if def.left.contains(&column) {
            (self.left, left, column - def.left.start)
        } else {
            (self.right, right, column - def.right.start)
        };
        (arena, slot, arena.table().primary_key[part])
    }

    /// The value of a column of a row that is there.
    pub(crate) fn row_value(&self, link: (u32, u32), column: usize) -> ValueRef<'a> {
        let (arena, slot, key) = self.key(link, column);
        arena.row_value(slot, key)
    }

    /// The value of a column of a new row.
    pub(crate) fn new_value(&self, link: (u32, u32), column: usize, keys: &'a dyn KeySource) -> Result<ValueRef<'a>> {
        let (arena, slot, key) = self.key(link, column);
        self.store.key_value(arena, slot, key, keys).ok_or_else(|| {
            let message = format!("{} has no key yet, so it cannot be linked", arena.label(slot));
            Error::new(ErrorKind::InvalidState, message)
        })
    }
}
