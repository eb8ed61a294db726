//! Which columns an UPDATE compares with what was read, so that no change by others is overwritten unseen.

use super::work::Work;
use crate::schema::TableDef;
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::store::slots::State;
use crate::value::{SqlType, ValueRef};

/// Decides it for the rows of one table.
pub(crate) struct Comparing<'a> {
    store: &'a Store,
    work: &'a Work,
    arena: &'a dyn AnyArena,
}

impl<'a> Comparing<'a> {
    /// Nothing where the model, the engine or a version says that nothing is to be compared.
    pub(crate) fn new(store: &'a Store, work: &'a Work, table: &TableDef) -> Option<Self> {
        let arena = store.any(table.id).filter(|_| table.compares && store.compares && table.version.is_none())?;
        Some(Self { store, work, arena })
    }

    /// Those of the columns `set` that are not compared for a row: what the database computes, what the flush fills in of itself, and what
    /// equals nothing. Rows differ in it seldom.
    pub(crate) fn left_out(&self, slot: u32, set: &[usize]) -> Vec<usize> {
        set.iter()
            .copied()
            .filter(|&column| can_compare(self.arena.table(), column) && self.leaves_out(slot, column))
            .collect()
    }

    fn leaves_out(&self, slot: u32, column: usize) -> bool {
        let (store, arena, table) = (self.store, self.arena, self.arena.table());
        if let Some(key) = table.key_at(column, |field| arena.row_foreign(slot, field).is_set()) {
            return self.follows_key(slot, key);
        }
        let overrides = (!self.work.overrides.is_empty()).then(|| self.work.overrides.get(&(table.id, slot))).flatten();
        overrides.is_some_and(|values| values.iter().any(|(index, _)| *index == column))
            || store.expression(arena, slot, column).is_some()
            || match arena.row_value(slot, column) {
                ValueRef::F64(value) => value.is_nan(),
                ValueRef::Made(made) => !made.is_deterministic(),
                // What the row held is not known.
                ValueRef::Unloaded => true,
                _ => false,
            }
    }

    /// Whether a foreign key is another one by now, because the key that it references has changed in this flush.
    fn follows_key(&self, slot: u32, key: usize) -> bool {
        let table = self.arena.table();
        let target = (table.foreign_keys[key].target.table)();
        !self.work.rekeyed.is_empty()
            && self
                .store
                .row_parent(table, slot, key)
                .is_some_and(|parent| self.work.rekeyed.contains(&(target.id, parent)))
    }

    /// The columns that an UPDATE of `rows` compares: none, where all of them are protected. More than needed does no harm.
    pub(crate) fn columns(&self, rows: &[u32], set: &[usize], left_out: &[usize]) -> Vec<usize> {
        let table = self.arena.table();
        let compare: Vec<usize> =
            set.iter().copied().filter(|&column| can_compare(table, column) && !left_out.contains(&column)).collect();
        let slots = self.arena.slots();
        let is_open =
            |slot: u32, column: usize| slots.state(slot) == State::Persistent && !slots.is_protected(slot, column);
        let needs = rows.iter().any(|&slot| compare.iter().any(|&column| is_open(slot, column)));
        if needs { compare } else { Vec::new() }
    }
}

/// Whether databases compare the values of a column with certainty, and nothing else does it already.
fn can_compare(table: &TableDef, column: usize) -> bool {
    let def = &table.columns[column];
    let is_certain = !matches!(def.sql_type, SqlType::Json | SqlType::Array(SqlType::Json));
    is_certain && !def.primary_key && def.computed.is_none() && !table.optimistic.contains(&column)
}
