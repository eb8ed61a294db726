//! Statements that change many rows at once, and the objects that stand for some of them.

use std::ops::ControlFlow;

use super::arena::AnyArena;
use super::cells::RowCell;
use super::evaluate::RowOf;
use super::{Session, arena_of};
use crate::driver::TransactionMode;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Adopter, Foreign, Model, New, Row};
use crate::query::{BulkDelete, BulkUpdate, InsertAll, Synchronize};
use crate::render;
use crate::schema::{TableDef, TableName};
use crate::session::store::Store;
use crate::sql::{ColumnRef, Expr, Update};
use crate::value::{Value, with_refs};

/// Which objects stand for rows that a statement changes.
enum Matched {
    /// None that anybody cares about.
    None,
    /// These.
    Known(Vec<u32>),
    /// Those whose keys the statement returns.
    Returned,
}

impl<M: Model> BulkUpdate<M> {
    /// Updates the rows and tells how many there were. Changes that the statement could read are flushed first.
    ///
    /// # Errors
    ///
    /// `InvalidState` when the query is more than the rows of one table, when it sets the primary key of objects in the session,
    /// or when [`Synchronize::Evaluate`] cannot tell; the database's, and those of an autoflush.
    pub fn execute(self, session: &mut Session) -> Result<u64> {
        let table = M::table();
        let update = self.statement(Vec::new())?;
        let columns = self.set.iter().map(|(field, _)| table.fields[*field].columns.start).collect::<Vec<_>>();
        if let Some(&key) = columns.iter().find(|column| table.columns[**column].primary_key) {
            if self.synchronize != Synchronize::None {
                let message = format!(
                    "a bulk update cannot set `{}`, which is part of the primary key, under objects of the session; assign it through \
                     session[handle], or say .synchronize(Synchronize::None)",
                    table.columns[key].name
                );
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
        }
        session.bulk_update(table, update, &columns, self.synchronize)
    }
}

impl<M: Model> BulkDelete<M> {
    /// Deletes the rows and tells how many there were. Changes that the statement could read are flushed first.
    ///
    /// # Errors
    ///
    /// `InvalidState` when the query is more than the rows of one table, or when [`Synchronize::Evaluate`] cannot tell; the
    /// database's, and those of an autoflush.
    pub fn execute(self, session: &mut Session) -> Result<u64> {
        let table = M::table();
        let mut delete = self.statement(Vec::new())?;
        session.autoflush(&tables_of(table, delete.filter.iter()))?;
        let matched = session.matched(table, &delete.filter, self.synchronize, false)?;
        if matches!(matched, Matched::Returned) {
            delete.returning = key_of(table);
        }
        let (sql, params) = render::delete(session.link.dialect(), &delete)?;
        let (count, slots) = session.change_rows(table, matched, &sql, &params, |_, _| Ok(()))?;
        for (slot, ()) in slots {
            session.store.apply_delete(table, slot);
        }
        Ok(count)
    }
}

impl Session {
    fn bulk_update(
        &mut self,
        table: &'static TableDef,
        mut update: Update,
        columns: &[usize],
        how: Synchronize,
    ) -> Result<u64> {
        self.autoflush(&tables_of(table, update.filter.iter().chain(update.set.iter().map(|(_, value)| value))))?;
        let computed: Vec<usize> = (0..columns.len()).filter(|&at| !is_plain(&update.set[at].1)).collect();
        let matched = self.matched(table, &update.filter, how, !computed.is_empty())?;
        let returns = matches!(matched, Matched::Returned);
        if returns {
            update.returning = key_of(table);
            let computed = computed.iter().map(|&at| ColumnRef::of(table, &table.columns[columns[at]]));
            update.returning.extend(computed);
        }
        let (sql, params) = render::update(self.link.dialect(), &update)?;
        let width = table.primary_key.len();
        let (count, slots) = self.change_rows(table, matched, &sql, &params, |arena, row| {
            computed.iter().enumerate().map(|(index, &at)| fetched(arena, columns[at], row, width + index)).collect()
        })?;
        for (slot, back) in slots {
            let mut back: Vec<Value> = back;
            let mut changes: Vec<(usize, Value)> = Vec::new();
            for (&column, (_, value)) in columns.iter().zip(&update.set) {
                if let Expr::Param(value, _) = value {
                    changes.push((column, value.clone()));
                }
            }
            let news = computed.iter().map(|&at| columns[at]).zip(back.drain(..));
            changes.extend(news);
            self.store.follow_row(table, slot, &changes)?;
            if !returns && !computed.is_empty() {
                self.store.mark_expired(table, slot);
            }
        }
        self.store.sync();
        Ok(count)
    }

    /// The objects that stand for the rows that pass `filter`.
    fn matched(&mut self, table: &TableDef, filter: &[Expr], how: Synchronize, computes: bool) -> Result<Matched> {
        self.store.sync();
        let Some(arena) = self.store.any(table.id).filter(|_| how != Synchronize::None) else {
            return Ok(Matched::None);
        };
        let persistent: Vec<u32> = arena.slots().persistent().collect();
        if persistent.is_empty() {
            return Ok(Matched::None);
        }
        if how == Synchronize::Fetch || (how == Synchronize::Auto && computes) {
            return Ok(Matched::Returned);
        }
        let mut slots = Vec::new();
        for slot in persistent {
            let passes = if arena.slots().entry(slot).expired {
                Err("an expired object")
            } else {
                RowOf::new(arena, slot).passes(filter)
            };
            match passes {
                Ok(true) => slots.push(slot),
                Ok(false) => {}
                Err(_) if how == Synchronize::Auto => return Ok(Matched::Returned),
                Err(reason) => {
                    let message = format!(
                        "the conditions on {} cannot be evaluated in memory because of {reason}; use Synchronize::Fetch or Auto",
                        table.model
                    );
                    return Err(Error::new(ErrorKind::InvalidState, message));
                }
            }
        }
        Ok(Matched::Known(slots))
    }

    /// Runs a statement and tells how many rows it changed, and which objects stand for them, each with what `read` made of its
    /// row. Memory is not written to.
    fn change_rows<B: Default>(
        &mut self,
        table: &TableDef,
        matched: Matched,
        sql: &str,
        params: &[Value],
        read: impl Fn(&dyn AnyArena, &dyn Row) -> Result<B>,
    ) -> Result<(u64, Vec<(u32, B)>)> {
        let Self { link, store, .. } = self;
        let slots = match matched {
            Matched::None => Vec::new(),
            Matched::Known(slots) => slots,
            Matched::Returned => {
                link.begin(TransactionMode::Write)?;
                let (mut count, mut slots) = (0, Vec::new());
                let Some(arena) = store.any(table.id) else { return Ok((0, slots)) };
                with_refs(params, |params| {
                    link.query(sql, params, &mut |row| {
                        count += 1;
                        if let Some(slot) = arena.find_in_row(row, 0)? {
                            slots.push((slot, read(arena, row)?));
                        }
                        Ok(ControlFlow::Continue(()))
                    })
                })?;
                return Ok((count, slots));
            }
        };
        let count = with_refs(params, |params| link.execute(sql, params))?;
        Ok((count, slots.into_iter().map(|slot| (slot, B::default())).collect()))
    }
}

impl Store {
    /// Gives an object what a statement wrote into its row. Columns that the user wrote to since stay as the user has them.
    pub(super) fn follow_row(&mut self, table: &'static TableDef, slot: u32, changes: &[(usize, Value)]) -> Result<()> {
        if changes.iter().any(|(column, _)| table.fields[table.columns[*column].field].foreign_key.is_some()) {
            self.note_parents(table, slot);
        }
        for (column, value) in changes {
            let field = &table.fields[table.columns[*column].field];
            let Some(arena) = self.any_mut(table.id) else { continue };
            let Some(key) = field.foreign_key else {
                arena.change_row(slot, table.columns[*column].field, RowCell::Value(value.scalar()));
                continue;
            };
            let def = &table.foreign_keys[key];
            match arena_of(def.target).filter(|_| !matches!(value, Value::Null)) {
                Some(keys) => {
                    keys.with_key_of(value.scalar(), &mut |key| {
                        arena.change_row(slot, def.field, RowCell::Foreign(Foreign::Key(key)));
                    })?;
                }
                None => arena.change_row(slot, def.field, RowCell::Foreign(Foreign::Null)),
            }
        }
        Ok(())
    }

    fn mark_expired(&mut self, table: &TableDef, slot: u32) {
        if let Some(arena) = self.any_mut(table.id) {
            arena.slots_mut().entry_mut(slot).expired = true;
        }
    }
}

impl<M: Model> InsertAll<M> {
    /// Inserts the values in their order and tells how many there were. They are not tracked, their keys do not come back, and
    /// loaded collections do not follow. Defaults are applied as a flush applies them.
    ///
    /// A foreign key may name an object of the session; when that object has no key yet, the session is flushed first.
    ///
    /// # Errors
    ///
    /// `InvalidState` when a value carries children, before anything is written; what a flush refuses; and the database's, after
    /// which the session needs a [`rollback`](Session::rollback).
    pub fn execute(self, session: &mut Session) -> Result<u64> {
        let table = M::table();
        session.store.sync();
        let mut rows = Store::new();
        let mut count = 0;
        for mut value in self.values {
            let mut carried = Carried(None);
            value.hand_over(&mut carried);
            if let Some(field) = carried.0 {
                let message = format!(
                    "{}::insert_all writes one table, and a value carries children in `{}`; add() it to the session",
                    table.model, table.fields[field].name
                );
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
            session.key_references(&mut value)?;
            value.fill_on_insert();
            rows.add(value);
            count += 1;
        }
        if count > 0 {
            session.write_untracked(&rows)?;
        }
        Ok(count)
    }
}

/// The first field that carries children.
struct Carried(Option<usize>);

impl Adopter for Carried {
    fn adopt<T: Model>(&mut self, field: usize, _: New<T>) {
        self.0.get_or_insert(field);
    }
}

impl Session {
    /// References to objects become their keys; the flush gives them to those that have none.
    fn key_references<M: Model>(&mut self, value: &mut M) -> Result<()> {
        let waits = M::table().foreign_keys.iter().any(|def| {
            let (target, foreign) = ((def.target.table)(), value.foreign(def.field));
            let parent = matches!(foreign, Foreign::New { .. }).then(|| self.store.resolve(target, foreign)).flatten();
            parent.is_some_and(|parent| self.store.is_pending(target, parent))
        });
        if waits {
            self.flush()?;
        }
        self.store.resolve_references(value);
        Ok(())
    }
}

/// A value that the database computed, if it fits its field.
pub(super) fn fetched(arena: &dyn AnyArena, column: usize, row: &dyn Row, index: usize) -> Result<Value> {
    let table = arena.table();
    let def = &table.columns[column];
    let value = row.get(index).and_then(|value| arena.fits(def.field, value).map(|()| value.to_value()));
    value.map_err(|mismatch| {
        let message = format!("{}, column `{}`, as the database computed it: {mismatch}", table.model, def.name);
        Error::new(ErrorKind::Decode, message)
    })
}

fn is_plain(value: &Expr) -> bool {
    matches!(value, Expr::Param(..))
}

fn key_of(table: &'static TableDef) -> Vec<ColumnRef> {
    table.key_columns().map(|column| ColumnRef::of(table, column)).collect()
}

/// The tables that a statement over `table` reads.
fn tables_of<'e>(table: &TableDef, exprs: impl Iterator<Item = &'e Expr>) -> Vec<TableName> {
    let mut tables = vec![table.name.clone()];
    exprs.for_each(|expr| expr.collect_tables(&mut tables));
    tables
}
