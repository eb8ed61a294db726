//! Before a flush plans: values become what their columns make of them, so that what is sent, what is remembered and what the row has
//! are one.

use crate::error::{Error, ErrorKind, Result};
use crate::model::Foreign;
use crate::schema::{Filled, ModelId, TableDef};
use crate::session::flush::plan::{FlushPlan, Insert, Step};
use crate::session::store::Store;
use crate::session::store::arena::{AnyArena, does_not_fit};
use crate::session::store::forms;
use crate::session::store::forms::{Forms, may_change};
use crate::session::transaction::link::Link;
use crate::session::transaction::links::Links;
use crate::session::{Session, arena_of};
use crate::value::Value;

/// A field that was brought to the form of its column, with the value that it had.
#[derive(Debug)]
pub(crate) struct Settled {
    model: ModelId,
    slot: u32,
    field: usize,
    before: Value,
}

impl Session {
    /// Brings the values of all objects that are going to be written to the form of their columns. After a failed flush
    /// [`unsettle`](Store::unsettle) takes it back.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a value that its column cannot hold, and the database's.
    pub(crate) fn settle_values(&mut self) -> Result<()> {
        self.learn_unique()?;
        for (table, cells) in self.store.cells_to_write() {
            self.learn_forms(table)?;
            for (slot, column) in cells {
                self.store.settle_value(table, slot, column)?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// The cells that a flush would write, in columns that may make something else of a value.
    fn cells_to_write(&self) -> Vec<(&'static TableDef, Vec<(u32, usize)>)> {
        let mut found = Vec::new();
        for arena in self.arenas() {
            let table = arena.table();
            let columns: Vec<usize> = (0..table.columns.len()).filter(|&column| may_change(table, column)).collect();
            if columns.is_empty() {
                continue;
            }
            let each = |slot: u32| columns.iter().map(move |&column| (slot, column));
            let new = arena.slots().pending().flat_map(each);
            let changed = arena.slots().touched().filter(|&slot| !arena.slots().entry(slot).deleting());
            let changed = changed.flat_map(each).filter(|&(slot, column)| self.column_changed(arena, slot, column));
            let cells: Vec<(u32, usize)> = new.chain(changed).collect();
            // What a row gets by `on_update` has to be brought to the form too.
            if !cells.is_empty() || arena.slots().touched().any(|slot| self.changed(arena, slot)) {
                found.push((table, cells));
            }
        }
        found
    }

    fn settle_value(&mut self, table: &'static TableDef, slot: u32, column: usize) -> Result<()> {
        let Some(arena) = self.any_mut(table.id) else { return Ok(()) };
        let field = table.columns[column].field;
        let value = arena.value(slot, column);
        let Some(stored) = arena.forms().stored(table, column, value).map_err(|error| about(arena, slot, error))?
        else {
            return Ok(());
        };
        let before = value.to_value();
        match table.key_at(column, |field| arena.foreign(slot, field).is_set()) {
            None => {
                arena
                    .set_value(slot, field, stored.to_ref())
                    .map_err(|mismatch| does_not_fit(table, column, &mismatch))?;
                self.settled.push(Settled { model: table.id, slot, field, before });
            }
            // A key of several parts follows the object that it names, which has one itself.
            Some(key) if table.foreign_keys[key].key_columns() == (column..column + 1) => {
                let def = &table.foreign_keys[key];
                if let Some(keys) = arena_of(def.target) {
                    keys.with_key_of(stored.to_ref(), &mut |key| {
                        arena.set_foreign(slot, def.field, Foreign::Key(key))
                    })?;
                }
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Gives fields back what they had before the flush.
    pub(crate) fn unsettle(&mut self) {
        for Settled { model, slot, field, before } in std::mem::take(&mut self.settled) {
            if let Some(arena) = self.any_mut(model) {
                let set = arena.set_value(slot, field, before.to_ref());
                debug_assert!(set.is_ok(), "a field takes the value that it had");
            }
        }
    }
}

/// Checks the values of a temporary store, which plain inserts use.
///
/// # Errors
///
/// `Unsupported` for a value that its column cannot hold, and the database's.
pub(crate) fn check(links: &mut Links, rows: &Store) -> Result<()> {
    for (table, cells) in rows.cells_to_write() {
        let forms: Forms = forms::ask(links.of(&table.name), table)?;
        let Some(arena) = rows.any(table.id) else { continue };
        for (slot, column) in cells {
            forms.stored(table, column, arena.value(slot, column)).map_err(|error| about(arena, slot, error))?;
        }
    }
    Ok(())
}

/// Refuses new rows without keys in tables that do not number their rows by them, before anything is written: the database would store
/// NULLs, and report the numbers of the rows.
///
/// # Errors
///
/// `NotNullViolation`, and the database's.
pub(crate) fn check_keys(links: &mut Links, store: &Store, plan: &FlushPlan) -> Result<()> {
    for step in &plan.steps {
        let Step::Insert(Insert { table, generated: Some(key), rows, .. }) = step else { continue };
        let object = || rows.first().map_or_else(String::new, |&slot| store.label(table.id, slot));
        check_key(links.of(&table.name), table, *key, object)?;
    }
    Ok(())
}

/// Refuses rows that leave the key to a table that does not number its rows by it.
pub(crate) fn check_key(link: &mut Link, table: &TableDef, key: usize, rows: impl FnOnce() -> String) -> Result<()> {
    if !table.generated_key || !link.dialect().capabilities().reports_keys() {
        return Ok(());
    }
    let facts = link.describe_table(&table.name)?;
    let declared = facts.as_ref().and_then(|facts| facts.column(&table.columns[key].name));
    let Some(column) = declared.filter(|column| column.filled != Filled::RowId) else { return Ok(()) };
    let message = format!(
        "{}: the primary key `{}` was not set, and the database gives it no number, because `{}`.`{}` is declared as {}; set \
         the key, or declare the column as INTEGER PRIMARY KEY",
        rows(),
        table.fields[table.columns[key].field].name,
        table.name,
        column.name,
        column.full_type
    );
    Err(Error::new(ErrorKind::NotNullViolation, message))
}

fn about(arena: &dyn AnyArena, slot: u32, error: Error) -> Error {
    error.context(arena.label(slot))
}
