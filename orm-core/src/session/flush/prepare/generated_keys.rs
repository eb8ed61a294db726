//! Keys that are left to the database.

use crate::error::Result;
use crate::schema::{Filled, TableDef, TableFacts};
use crate::session::Session;
use crate::session::flush::changes::check::is_blank;
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::session::transaction::links::Links;
use crate::value::ValueRef;

/// Whether the database gives a value to a part of a key that an INSERT leaves out.
pub(crate) fn is_filled(table: &TableDef, facts: &TableFacts, column: usize) -> bool {
    let own = facts.column(&table.columns[column].name);
    match own.map(|own| &own.filled) {
        Some(Filled::Identity { .. } | Filled::Default(_) | Filled::RowId) => true,
        // What may be a trigger's to fill in; where it is not, the database says that the key is missing.
        Some(Filled::Nothing) => facts.rewrites_inserts && table.primary_key.len() == 1,
        Some(Filled::Computed) | None => false,
    }
}

impl Store {
    /// The part of a new object's key that the database is to choose.
    pub(crate) fn open_key(&self, arena: &dyn AnyArena, slot: u32) -> Option<usize> {
        let table = arena.table();
        if table.generated_key {
            let only = *table.primary_key.first()?;
            return matches!(arena.value(slot, only), ValueRef::I64(0)).then_some(only);
        }
        if self.described.is_empty() {
            return None;
        }
        let facts = self.described.get(&table.id)?;
        blank_parts(arena, slot).find(|&column| is_filled(table, facts, column))
    }

    /// The tables of new objects with a part of a key that is not set, and of which the model does not tell whether the database fills it.
    fn undescribed(&self) -> Vec<&'static TableDef> {
        let has_blank =
            |arena: &dyn AnyArena| arena.slots().pending().any(|slot| blank_parts(arena, slot).next().is_some());
        let arenas = self.arenas().filter(|arena| !arena.table().generated_key);
        arenas.filter(|arena| has_blank(*arena)).map(AnyArena::table).collect()
    }
}

/// The parts of an object's own key that were never set.
fn blank_parts(arena: &dyn AnyArena, slot: u32) -> impl Iterator<Item = usize> {
    let table = arena.table();
    let is_own = |column: &usize| table.fields[table.columns[*column].field].foreign_key.is_none();
    table.primary_key.iter().copied().filter(is_own).filter(move |&column| is_blank(arena.value(slot, column)))
}

impl Session {
    /// Asks what the database does with the keys that are not set, so that a plan can be made without asking.
    pub(crate) fn describe_keys(&mut self) -> Result<()> {
        let Self { links, store, .. } = self;
        store.describe_keys(links)
    }
}

impl Store {
    /// As [`Session::describe_keys`], for a store that is no session's.
    pub(crate) fn describe_keys(&mut self, links: &mut Links) -> Result<()> {
        for table in self.undescribed() {
            match links.of(&table.name).describe_table(&table.name)? {
                Some(facts) => self.described.insert(table.id, facts),
                None => self.described.remove(&table.id),
            };
        }
        Ok(())
    }
}
