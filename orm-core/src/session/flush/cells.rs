//! Where the values of a statement come from.

use super::execute::{Execution, Keys};
use super::plan::{Association, FlushPlan};
use crate::error::{Error, ErrorKind, Result};
use crate::session::arena::AnyArena;
use crate::session::slots::State;
use crate::session::store::{KeySource, Store};
use crate::value::ValueRef;

/// Where the values of a statement come from: the plan's overrides, keys on their way, and the objects.
pub(super) struct Cells<'a> {
    pub(super) store: &'a Store,
    pub(super) plan: &'a FlushPlan,
    pub(super) keys: &'a Keys,
    pub(super) deferred: &'a [usize],
}

impl<'a> Cells<'a> {
    /// The value to write.
    pub(super) fn of(&self, arena: &'a dyn AnyArena, slot: u32, column: usize) -> Result<ValueRef<'a>> {
        let table = arena.table();
        if !self.plan.overrides.is_empty() {
            let values = self.plan.overrides.get(&(table.id, slot));
            if let Some((_, value)) = values.and_then(|values| values.iter().find(|(index, _)| *index == column)) {
                return Ok(value.scalar());
            }
        }
        if self.deferred.iter().any(|&key| table.foreign_keys[key].columns.contains(&column)) {
            return Ok(ValueRef::Null);
        }
        self.store.key_value(arena, slot, column, self.keys).ok_or_else(|| {
            let message = format!("{}: column `{}` has no value yet", arena.label(slot), table.columns[column].name);
            Error::new(ErrorKind::InvalidState, message)
        })
    }

    /// The value by which the row is found.
    pub(super) fn of_row(&self, arena: &'a dyn AnyArena, slot: u32, column: usize) -> Result<ValueRef<'a>> {
        // A row that this flush inserted is found by the key that it got.
        if let Some(key) = self.keys.assigned(arena.table().id, slot)
            && arena.table().primary_key == [column]
        {
            return Ok(ValueRef::I64(key));
        }
        match self.store.any(arena.table().id) {
            Some(_) if arena.slots().state(slot) == State::Pending => self.of(arena, slot, column),
            _ => Ok(arena.row_value(slot, column)),
        }
    }
}

/// The two sides of an association.
pub(super) struct Ends<'a> {
    store: &'a Store,
    association: Association,
    left: &'a dyn AnyArena,
    right: &'a dyn AnyArena,
}

impl<'a> Ends<'a> {
    pub(super) fn new(execution: &Execution<'a>, association: &Association) -> Result<Self> {
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
    pub(super) fn row_value(&self, pair: (u32, u32), column: usize) -> ValueRef<'a> {
        let (arena, slot, key) = self.key(pair, column);
        arena.row_value(slot, key)
    }

    /// The value of a column of a new row.
    pub(super) fn new_value(&self, pair: (u32, u32), column: usize, keys: &dyn KeySource) -> Result<ValueRef<'a>> {
        let (arena, slot, key) = self.key(pair, column);
        self.store.key_value(arena, slot, key, keys).ok_or_else(|| {
            let message = format!("{} has no key yet, so it cannot be linked", arena.label(slot));
            Error::new(ErrorKind::InvalidState, message)
        })
    }
}
