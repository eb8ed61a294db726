//! Running queries: the methods that end a query by handing it a session.

use std::ops::ControlFlow;

use super::Session;
use super::arena::Populate;
use super::events::loaded;
use super::slots::State;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, RowReader};
use crate::query::{Include, Query, RowType, Rows};
use crate::render;
use crate::schema::{TableDef, TableName};
use crate::sql::Select;
use crate::value::{ValueRef, with_refs};

impl<M: Model, Q> Query<M, Q> {
    /// The objects, in the order of the rows. A row that is an object of the session already is that object.
    ///
    /// # Errors
    ///
    /// The database's, `Decode` when a row does not fit the model, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<Handle<M>>> {
        let select = self.parts.entity_statement()?;
        let populate = if self.parts.populate_existing { Populate::Overwrite } else { Populate::Keep };
        session.autoflush(&self.parts.tables())?;
        let slots = session.fetch::<M>(&select, populate)?;
        session.group(M::table(), &slots);
        session.include(&slots, &self.parts.includes, populate)?;
        session.tell_states();
        Ok(session.handles(&slots))
    }

    /// The first object, if there is any.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all).
    pub fn first(mut self, session: &mut Session) -> Result<Option<Handle<M>>> {
        self.parts.limit_to_first();
        Ok(self.all(session)?.pop())
    }

    /// The only object.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one(self, session: &mut Session) -> Result<Handle<M>> {
        self.one_or_none(session)?.ok_or_else(|| none(M::spec().name))
    }

    /// The only object, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one_or_none(mut self, session: &mut Session) -> Result<Option<Handle<M>>> {
        // Two rows tell as much as all of them, but a limit of the query's own stays.
        self.parts.limit_if_unlimited(2);
        at_most_one(self.all(session)?, M::spec().name)
    }

    /// How many objects there are.
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn count(self, session: &mut Session) -> Result<u64> {
        session.autoflush(&self.parts.tables())?;
        session.count(&self.parts.count_statement()?)
    }

    /// Whether there is any.
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn exists(self, session: &mut Session) -> Result<bool> {
        session.autoflush(&self.parts.tables())?;
        session.exists(&self.parts.exists_statement()?)
    }

    /// The rows as plain values, which the session does not track: the fast way to read.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all).
    pub fn values(self, session: &mut Session) -> Result<Vec<M>> {
        let mut values = Vec::new();
        self.each(session, |value| {
            values.push(value);
            Ok(())
        })?;
        Ok(values)
    }

    /// Hands each row to `work` as a plain value, which the session does not track.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all), and the first error of `work`, which ends the reading.
    pub fn each(self, session: &mut Session, mut work: impl FnMut(M) -> Result<()>) -> Result<()> {
        session.autoflush(&self.parts.tables())?;
        session.read_rows(&self.parts.entity_statement()?, M::spec().name, |row| work(loaded(M::read(row)?)?))
    }
}

impl<R: RowType, Q> Query<Rows<R>, Q> {
    /// The rows.
    ///
    /// # Errors
    ///
    /// The database's, `Decode` when a cell does not fit, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        self.each(session, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, if there is any.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all).
    pub fn first(mut self, session: &mut Session) -> Result<Option<R>> {
        self.parts.limit_to_first();
        Ok(self.all(session)?.pop())
    }

    /// The only row.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one(self, session: &mut Session) -> Result<R> {
        self.one_or_none(session)?.ok_or_else(|| none("row"))
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one_or_none(mut self, session: &mut Session) -> Result<Option<R>> {
        self.parts.limit_if_unlimited(2);
        at_most_one(self.all(session)?, "row")
    }

    /// How many rows there are.
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn count(self, session: &mut Session) -> Result<u64> {
        session.autoflush(&self.parts.tables())?;
        session.count(&self.parts.count_statement()?)
    }

    /// Whether there is any.
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn exists(self, session: &mut Session) -> Result<bool> {
        session.autoflush(&self.parts.tables())?;
        session.exists(&self.parts.exists_statement()?)
    }

    /// Hands each row to `work`.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all), and the first error of `work`, which ends the reading.
    pub fn each(self, session: &mut Session, mut work: impl FnMut(R) -> Result<()>) -> Result<()> {
        session.autoflush(&self.parts.tables())?;
        session.read_rows(&self.parts.row_statement()?, "row", |row| work(R::read(row)?))
    }
}

fn none(what: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("no {what} matches the query; one_or_none() gives an Option"))
}

fn at_most_one<T>(mut found: Vec<T>, what: &str) -> Result<Option<T>> {
    if found.len() > 1 {
        let message = format!("more than one {what} matches the query; all() gives all of them, first() the first");
        return Err(Error::new(ErrorKind::MultipleFound, message));
    }
    Ok(found.pop())
}

impl Session {
    /// The object with that primary key: from the identity map, else from the database. `None` when there is no such row.
    ///
    /// # Errors
    ///
    /// The database's, and `Decode` when the row does not fit the model.
    pub fn get<T: Model>(&mut self, key: impl Into<T::Key>) -> Result<Option<Handle<T>>> {
        use crate::model::Key;
        let key = key.into();
        if let Some(known) = self.known(&key) {
            return Ok(Some(known));
        }
        let table = T::table();
        if table.generated_key && !key.is_set() {
            return Ok(None);
        }
        self.autoflush_for(&[table])?;
        if let Some(known) = self.known(&key) {
            return Ok(Some(known));
        }
        let sql = self.store.arena_mut::<T>().select_by_key(self.link.dialect())?;
        let params: Vec<ValueRef<'_>> = (0..T::Key::WIDTH).map(|part| key.part(part)).collect();
        let stamp = self.store.stamp();
        let Self { link, store, .. } = self;
        let mut found = None;
        let arena = store.arena_mut::<T>();
        link.query(&sql, &params, &mut |row| {
            found = Some(arena.load(row, 0, stamp, Populate::Keep)?.0);
            Ok(ControlFlow::Break(()))
        })?;
        store.sync_overwritten(table);
        if found.is_none() {
            // An expired object whose row is gone leaves the session.
            if let Some(slot) = store.arena_mut::<T>().find_key(&key) {
                store.forget_everywhere(table, slot);
                store.arena_mut::<T>().take(slot);
            }
        }
        let found = found.map(|slot| Handle::new(slot, store.arena_mut::<T>().slots.entry(slot).stamp));
        self.tell_states();
        Ok(found)
    }

    /// The object with that key, if it is in memory and not expired.
    fn known<T: Model>(&self, key: &T::Key) -> Option<Handle<T>> {
        let arena = self.store.arena::<T>()?;
        let slot = arena.find_key(key)?;
        let entry = arena.slots.entry(slot);
        (!entry.expired).then(|| Handle::new(slot, entry.stamp))
    }

    /// Reads an object's row again and drops what was changed in memory since. Its collections are unloaded.
    ///
    /// # Errors
    ///
    /// `NotFound` when the row is gone, `InvalidState` for an object without a row, `Detached` for a stale handle, and the
    /// database's.
    pub fn refresh<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.refresh_by(handle, |session| session.reload(handle))
    }

    /// Expires an object and reads its row; after an error what was written to the object is there again.
    pub(super) fn refresh_by<T: Model>(
        &mut self,
        handle: Handle<T>,
        read: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.store.sync();
        let slot = self.store.slot(handle)?;
        self.require_row(T::table(), slot, "refresh")?;
        let written = self.try_get(handle)?.snapshot();
        let was_written = self.store.arena_mut::<T>().slots.entry(slot).touched;
        self.expire(handle)?;
        let outcome = read(self);
        if outcome.is_err() && was_written && self.state(handle) == State::Persistent {
            *self.try_edit(handle)? = written;
        }
        outcome
    }

    /// Reads the row of an expired object.
    fn reload<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.autoflush_for(&[T::table()])?;
        let label = self.store.label(T::table().id, handle.slot());
        let key = self.try_get(handle)?.key();
        let key =
            key.ok_or_else(|| Error::new(ErrorKind::InvalidState, format!("{label} has no key to be read by")))?;
        match self.get::<T>(key)? {
            Some(_) => Ok(()),
            None => {
                Err(Error::new(ErrorKind::NotFound, format!("the row of {label} is gone; the object left the session")))
            }
        }
    }

    fn handles<M: Model>(&mut self, slots: &[u32]) -> Vec<Handle<M>> {
        let arena = self.store.arena_mut::<M>();
        slots.iter().map(|&slot| Handle::new(slot, arena.slots.entry(slot).stamp)).collect()
    }

    fn fetch<M: Model>(&mut self, select: &Select, populate: Populate) -> Result<Vec<u32>> {
        let (sql, params) = render::select(self.link.dialect(), select)?;
        let stamp = self.store.stamp();
        let Self { link, store, .. } = self;
        let arena = store.arena_mut::<M>();
        let mut slots = Vec::new();
        let outcome = with_refs(&params, |params| {
            link.query(&sql, params, &mut |row| {
                slots.push(arena.load(row, 0, stamp, populate)?.0);
                Ok(ControlFlow::Continue(()))
            })
        });
        store.sync_overwritten(M::table());
        outcome.map(|()| slots)
    }

    fn include(&mut self, slots: &[u32], includes: &[Include], populate: Populate) -> Result<()> {
        for include in includes {
            self.store.sync();
            match populate {
                Populate::Keep => self.load_relation(include.relation, slots)?,
                Populate::Overwrite => self.reload_relation(include.relation, slots)?,
            }
            if !include.then.is_empty() {
                let mut members: Vec<u32> =
                    slots.iter().flat_map(|&slot| self.store.in_memory(include.relation, slot)).collect();
                members.sort_unstable();
                members.dedup();
                self.include(&members, &include.then, populate)?;
            }
        }
        Ok(())
    }

    fn read_rows(
        &mut self,
        select: &Select,
        subject: &'static str,
        mut work: impl FnMut(&mut RowReader<'_>) -> Result<()>,
    ) -> Result<()> {
        let (sql, params) = render::select(self.link.dialect(), select)?;
        with_refs(&params, |params| {
            self.link.query(&sql, params, &mut |row| {
                work(&mut RowReader::new(row, 0, subject))?;
                Ok(ControlFlow::Continue(()))
            })
        })
    }

    fn count(&mut self, select: &Select) -> Result<u64> {
        let mut count = 0_i64;
        self.read_rows(select, "count", |row| {
            count = row.column()?;
            Ok(())
        })?;
        u64::try_from(count).map_err(|_| Error::new(ErrorKind::Decode, "a count is never negative"))
    }

    fn exists(&mut self, select: &Select) -> Result<bool> {
        let mut found = false;
        self.read_rows(select, "exists", |_| {
            found = true;
            Ok(())
        })?;
        Ok(found)
    }

    /// Writes pending changes that a statement over `reads` could see.
    pub(super) fn autoflush(&mut self, reads: &[TableName]) -> Result<()> {
        if !self.autoflush || self.flushing {
            return Ok(());
        }
        self.store.sync();
        if self.store.concerns(|table| reads.contains(table)) {
            self.flush().map_err(|error| error.context("flushing before a query, which autoflush does"))?;
        }
        Ok(())
    }

    /// [`autoflush`](Session::autoflush) for a statement over whole tables.
    pub(super) fn autoflush_for(&mut self, tables: &[&TableDef]) -> Result<()> {
        let names: Vec<TableName> = tables.iter().map(|table| table.name.clone()).collect();
        self.autoflush(&names)
    }
}
