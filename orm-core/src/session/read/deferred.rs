//! Columns that are left out of their rows, and read when they are asked for: for all objects of a result at once.

use std::ops::ControlFlow;

use crate::engine::At;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, SameFamily, model_ref};
use crate::query::{Column, OnDemand, select_some};
use crate::schema::{ColumnDef, ModelRef, TableDef};
use crate::session::Session;
use crate::session::relations::loadable::Loadable;
use crate::session::store::arena::Populate;
use crate::session::store::slots::State;
use crate::sql::Access;
use crate::value::{ColumnType, Deferred};

#[diagnostic::do_not_recommend]
impl<M: Model, B: SameFamily<M>, V: ColumnType> Loadable<M> for Column<B, V, OnDemand> {
    type Loaded<'s> = &'s V;
    type Checked = ();

    fn is_loaded(self, session: &Session, object: Handle<M>) -> Result<bool> {
        let slot = session.store.slot(object)?;
        Ok(!session.store.is_old(M::table(), slot) && value(session, object, self)?.is_loaded())
    }

    fn bring(self, session: &mut Session, object: Handle<M>, at: At) -> Result<()> {
        let (table, slot) = (M::table(), session.store.slot(object)?);
        let name = table.fields.get(self.field()).map_or("", |field| field.name);
        session.note_lazy_column((M::spec().name, name), at)?;
        let companions = session.store.arena_mut::<M>().slots.companions(slot);
        session.ask_old(model_ref::<M>(), &companions)?;
        let Some(column) = table.field_columns(self.field()).first().map(|_| table.fields[self.field()].columns.start)
        else {
            return Err(no_column(M::spec().name));
        };
        session.load_column(model_ref::<M>(), &companions, column)?;
        if value(session, object, self)?.is_loaded() {
            return Ok(());
        }
        let label = session.store.label(table.id, slot);
        Err(match session.state(object) {
            State::Persistent => Error::new(ErrorKind::NotFound, format!("`{name}` of {label}: its row is gone")),
            _ => {
                let message =
                    format!("`{name}` of {label} was not set, and there is no row to load it from; assign a value");
                Error::new(ErrorKind::InvalidState, message)
            }
        })
    }

    fn read(self, session: &Session, object: Handle<M>) -> Result<&V> {
        value(session, object, self)?.get().ok_or_else(|| {
            let (table, model) = (M::table(), M::spec().name);
            let (object, name) = (session.store.label(table.id, object.slot()), table.fields[self.field()].name);
            let message = format!(
                "`{name}` of {object} is not loaded; call session.load(handle, {model}::{name}), or .undefer({model}::{name}) in the query"
            );
            Error::new(ErrorKind::NotLoaded, message)
        })
    }
}

/// The field of a deferred column.
fn value<M: Model, B, V: ColumnType>(
    session: &Session,
    object: Handle<M>,
    column: Column<B, V, OnDemand>,
) -> Result<&Deferred<V>> {
    let slot = session.store.slot(object)?;
    let stored = session.store.arena::<M>().and_then(|arena| arena.get(slot));
    let field = stored.and_then(|stored| stored.deferred(column.field())).and_then(|field| field.downcast_ref());
    field.ok_or_else(|| no_column(&session.store.label(M::table().id, slot)))
}

fn no_column(object: &str) -> Error {
    Error::new(ErrorKind::InvalidState, format!("{object} has no such column: it is of another type of the family"))
}

impl Session {
    /// Reads a deferred column, and those of its group, for those of `slots` that do not have it.
    fn load_column(&mut self, model: ModelRef, slots: &[u32], column: usize) -> Result<()> {
        let table = (model.table)();
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        let lacks = |slot: &u32| {
            arena.slots().state(*slot) == State::Persistent && arena.row_value(*slot, column).is_unloaded()
        };
        let missing: Vec<u32> = slots.iter().copied().filter(lacks).collect();
        let (columns, by) = (table.deferred_with(column), table.key_columns().collect::<Vec<&'static ColumnDef>>());
        let facts = self.links.dialect_of(&table.name).capabilities();
        for keys in self.keys_of(table, &missing).chunks(by.len(), facts) {
            let mut select = select_some(table, &columns);
            select.filter.push(keys.filter(table, &by));
            self.fill_in(table, &select, &columns)?;
        }
        Ok(())
    }

    /// Runs a SELECT of keys and columns, which become those of the objects.
    fn fill_in(&mut self, table: &'static TableDef, select: &crate::sql::Select, columns: &[usize]) -> Result<()> {
        let statement = self.links.render(select)?;
        self.reading(statement.database, Access::Read, Populate::Keep)?;
        let Self { links, store, .. } = self;
        let Some(arena) = store.any_mut(table.id) else { return Ok(()) };
        links.run(&statement, |row| {
            arena.fill_in(row, columns)?;
            Ok(ControlFlow::Continue(()))
        })
    }
}
