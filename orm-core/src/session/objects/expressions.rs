//! What the next flush writes instead of the values that objects have: expressions, and NULLs that are meant.

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model};
use crate::query::scope::{Of, Within};
use crate::query::{Column, Expression, FitsIn};
use crate::session::Session;
use crate::session::store::Store;
use crate::session::store::arena::{AnyArena, Changes, Columns};
use crate::session::store::slots::State;
use crate::sql::Expr;
use crate::value::{ColumnType, ValueRef};

impl Session {
    /// Sets a column to an expression over its row: `session.set_expr(account, Account::balance, Account::balance + 25)`. The next
    /// flush writes it and brings the value back with the same statement. Until then the object shows the value of its row.
    ///
    /// A second expression takes the place of the first, and so does another value that is assigned to the column afterwards. A value that is
    /// assigned and equals the one that the object shows cannot be told from none: give it by `set_expr` too.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let book = Book::query().filter(Book::title.eq("Matter")).one(&mut session)?;
    /// session.set_expr(book, Book::pages, Book::pages + 7)?;
    /// session.flush()?; // UPDATE book SET pages = pages + ? .. RETURNING pages
    /// assert_eq!(session[book].pages, 600);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle; `InvalidState` for an object without a row, a key and a foreign key.
    pub fn set_expr<M, V, E, I>(&mut self, handle: Handle<M>, column: Column<M, V>, value: E) -> Result<()>
    where
        M: Model,
        V: ColumnType,
        E: Expression<Value: FitsIn<V>, Scope: Within<(Of<M>, ()), I, Null: Sized>>,
    {
        let slot = self.store.slot(handle)?;
        let (table, index) = self.plain_column(column, "set_expr")?;
        let def = &table.columns[index];
        if def.primary_key {
            let message =
                format!("set_expr: `{}` is part of the primary key of {}; assign a value", def.name, table.model);
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.require_row(table, slot, "compute")?;
        self.store.prepare_write(table, slot);
        let arena = self.store.arena_mut::<M>();
        let old = Columns::row_value(arena, slot, index).to_value();
        Changes::set_value(arena, slot, def.field, old.to_ref()).map_err(|mismatch| {
            Error::new(ErrorKind::Decode, format!("{}, column `{}`: {mismatch}", table.model, def.name))
        })?;
        let expressions = &mut arena.slots.aside_mut(slot).expressions;
        expressions.retain(|(column, _)| *column != index);
        expressions.push((index, value.into_sql()));
        Ok(())
    }

    /// Sets a column to NULL. For a column with a `server_default` this is more than assigning `None`, which leaves the column of a new
    /// row to the server.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "ticket")]
    /// struct Ticket {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[orm(server_default = "3")]
    ///     priority: Option<i32>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Ticket])?;
    /// # let mut session = engine.session();
    /// let tickets = session.add_all([Ticket::default(), Ticket::default()]);
    /// session.set_null(tickets[1], Ticket::priority)?;
    /// session.commit()?;
    /// assert_eq!((session[tickets[0]].priority, session[tickets[1]].priority), (Some(3), None));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` for an object that was deleted or is transient, and for a foreign key.
    pub fn set_null<M: Model, V: ColumnType<Base = V>>(
        &mut self,
        handle: Handle<M>,
        column: Column<M, Option<V>>,
    ) -> Result<()> {
        let slot = self.store.slot(handle)?;
        let (table, index) = self.plain_column(column, "set_null")?;
        let state = self.state(handle);
        if !matches!(state, State::Pending | State::Persistent) {
            let object = self.store.label(table.id, slot);
            return Err(Error::new(
                ErrorKind::InvalidState,
                format!("{object} is {state:?}: nothing is written for it"),
            ));
        }
        let def = &table.columns[index];
        let object = self.try_edit(handle)?;
        object.set_value(def.field, ValueRef::Null).map_err(|mismatch| {
            Error::new(ErrorKind::Decode, format!("{}, column `{}`: {mismatch}", table.model, def.name))
        })?;
        let aside = self.store.arena_mut::<M>().slots.aside_mut(slot);
        aside.expressions.retain(|(column, _)| *column != index);
        if state == State::Pending && !aside.nulls.contains(&index) {
            aside.nulls.push(index);
        }
        Ok(())
    }

    /// The column of a field that is no foreign key and that the program writes.
    fn plain_column<M: Model, V>(
        &self,
        column: Column<M, V>,
        verb: &str,
    ) -> Result<(&'static crate::schema::TableDef, usize)> {
        let table = M::table();
        let field = table.fields.get(column.field()).filter(|field| !field.columns.is_empty()).ok_or_else(|| {
            Error::new(ErrorKind::Schema, format!("{verb} was given a constant that is no column of {}", table.model))
        })?;
        if field.foreign_key.is_some() {
            let message = format!(
                "{verb}: `{}` of {} is a foreign key; assign a handle, BelongsTo::key(..) or None to the field",
                field.name, table.model
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        if field.whole.is_some() {
            let message = format!(
                "{verb}: `{}` of {} is a column of a value that is there or not as a whole; assign the whole field",
                field.name, table.model
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        if table.columns[field.columns.start].computed.is_some() {
            let message =
                format!("{verb}: the database computes `{}` of {}, so it cannot be written", field.name, table.model);
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        Ok((table, field.columns.start))
    }
}

impl Store {
    /// The expression that a flush writes into a column of a persistent object.
    pub(crate) fn expression<'s>(&'s self, arena: &'s dyn AnyArena, slot: u32, column: usize) -> Option<&'s Expr> {
        let slots = arena.slots();
        let (_, expr) = slots.aside(slot)?.expressions.iter().find(|(index, _)| *index == column)?;
        let holds = slots.entry(slot).touched() && arena.value(slot, column) == arena.row_value(slot, column);
        holds.then_some(expr)
    }
}
