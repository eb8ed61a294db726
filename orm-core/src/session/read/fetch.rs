//! Running queries: the methods that end a query by handing it a session.

use std::ops::ControlFlow;

use super::rows::{at_most_one, none, populate};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Key as _, Model, model_ref};
use crate::query::Query;
use crate::render;
use crate::schema::TableDef;
use crate::session::Session;
use crate::session::events::loaded;
use crate::session::store::arena::{Populate, Reading};
use crate::session::store::slots::State;
use crate::sql::{Access, Reads, Select};
use crate::value::{ValueRef, with_refs};

impl<M: Model, Q> Query<M, Q> {
    /// The objects, in the order of the rows. A row that is an object of the session already is that object.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// The database's, `Decode` when a row does not fit the model, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<Handle<M>>> {
        let (select, loads) = self.parts.object_statement()?;
        let populate = populate(&self.parts);
        session.autoflush(&select.reads())?;
        let includes = &self.parts.includes;
        let read = |session: &mut Session| {
            let slots = match loads.is_empty() {
                true => session.fetch::<M>(&select, populate)?,
                false => session.fetch_joined(model_ref::<M>(), &select, loads, populate)?,
            };
            session.store.group(M::table(), &slots);
            session.load_includes(&slots, includes, populate)?;
            Ok(slots)
        };
        let slots = if includes.is_empty() { read(session)? } else { session.in_snapshot(read)? };
        session.tell_states();
        Ok(session.handles(&slots))
    }

    /// The first object, if there is any.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all).
    pub fn first(mut self, session: &mut Session) -> Result<Option<Handle<M>>> {
        if !self.parts.populates() {
            self.parts.limit_to_first();
        }
        Ok(self.all(session)?.into_iter().next())
    }

    /// The only object.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one(self, session: &mut Session) -> Result<Handle<M>> {
        self.one_or_none(session)?.ok_or_else(|| none(M::spec().name))
    }

    /// The only object, or `None`.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one_or_none(mut self, session: &mut Session) -> Result<Option<Handle<M>>> {
        // Two rows tell as much as all of them, unless they bring members; and a limit of the query's own stays.
        if !self.parts.populates() {
            self.parts.limit_if_unlimited(2);
        }
        at_most_one(self.all(session)?, M::spec().name)
    }

    /// How many objects there are.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn count(self, session: &mut Session) -> Result<u64> {
        session.autoflush(&self.parts.reads())?;
        session.count(&self.parts.count_statement()?)
    }

    /// Whether there is any.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// The database's, and those of an autoflush.
    pub fn exists(self, session: &mut Session) -> Result<bool> {
        session.autoflush(&self.parts.reads())?;
        session.exists(&self.parts.exists_statement()?)
    }

    /// The rows as plain values, which the session does not track: the fast way to read.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all).
    pub fn values(self, session: &mut Session) -> Result<Vec<M>> {
        session.autoflush(&self.parts.reads())?;
        let (select, mut values) = (self.parts.entity_statement()?, Vec::new());
        session.read_rows(&select, M::spec().name, Populate::Keep, |row| {
            values.push(loaded(M::read(row)?)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(values)
    }
}

impl Session {
    /// The object with that primary key: from the identity map, else from the database. `None` when there is no such row.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// The database's, and `Decode` when the row does not fit the model.
    pub fn get<T: Model>(&mut self, key: impl Into<T::Key>) -> Result<Option<Handle<T>>> {
        let key = key.into();
        if let Some(known) = self.known(&key) {
            return Ok(Some(known));
        }
        let table = T::table();
        self.autoflush_for(&[table])?;
        if let Some(known) = self.known(&key) {
            return Ok(Some(known));
        }
        let known = self.store.arena::<T>().and_then(|arena| arena.find_key(&key));
        let found = match known.map(|slot| self.store.old_companions(table, slot)) {
            Some(slots) if slots.len() > 1 => {
                self.ask_anew(model_ref::<T>(), &slots)?;
                known.filter(|&slot| !self.store.is_old(table, slot))
            }
            _ => self.fetch_one::<T>(&key)?,
        };
        if let (None, Some(slot)) = (found, known) {
            // The row of an object that is in memory is gone.
            self.store.release(table, slot);
        }
        self.tell_states();
        Ok(found.map(|slot| Handle::new(slot, self.store.arena_mut::<T>().slots.entry(slot).stamp)))
    }

    /// Reads the row with that key.
    fn fetch_one<T: Model>(&mut self, key: &T::Key) -> Result<Option<u32>> {
        let reading = self.reading(Access::Read, Populate::Keep)?;
        let sql = self.store.arena_mut::<T>().select_by_key(self.link.dialect())?;
        let params: Vec<ValueRef<'_>> = (0..T::Key::WIDTH).map(|part| key.part(part)).collect();
        let Self { link, store, .. } = self;
        let (arena, mut found) = (store.arena_mut::<T>(), None);
        link.query(&sql, &params, |row| {
            found = Some(arena.load(row, 0, reading)?);
            Ok(ControlFlow::Break(()))
        })?;
        store.sync_overwritten(T::table());
        Ok(found)
    }

    /// How the rows of the next statement become objects.
    pub(crate) fn reading(&mut self, access: Access, populate: Populate) -> Result<Reading> {
        let protection = self.link.prepare_read(access)?;
        if access == Access::Write {
            // What a query writes under a name, no object stands for.
            self.store.go_beside();
        }
        self.store.protect(protection);
        Ok(self.store.reading(populate))
    }

    /// The object with that key, if it is in memory and need not be asked anew.
    fn known<T: Model>(&self, key: &T::Key) -> Option<Handle<T>> {
        let arena = self.store.arena::<T>()?;
        let slot = arena.find_key(key)?;
        (!arena.slots.is_old(slot)).then(|| Handle::new(slot, arena.slots.entry(slot).stamp))
    }

    /// Reads an object's row again and drops what was changed in memory since. Its collections are unloaded.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// `NotFound` when the row is gone, `InvalidState` for an object without a row, `Detached` for a stale handle, and the
    /// database's.
    pub fn refresh<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.refresh_by(handle, |session| session.reload(handle))
    }

    /// Expires an object and reads its row; after an error what was written to the object is there again.
    pub(crate) fn refresh_by<T: Model>(
        &mut self,
        handle: Handle<T>,
        read: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.store.sync();
        let slot = self.store.slot(handle)?;
        self.require_row(T::table(), slot, "refresh")?;
        let written = self.try_get(handle)?.snapshot();
        let was_written = self.store.arena_mut::<T>().slots.entry(slot).touched();
        self.expire(handle)?;
        let outcome = read(self);
        self.tell_states();
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
        match self.fetch_one::<T>(&key)? {
            Some(_) => Ok(()),
            None => {
                self.store.release(T::table(), handle.slot());
                Err(Error::new(ErrorKind::NotFound, format!("the row of {label} is gone; the object left the session")))
            }
        }
    }

    pub(crate) fn handles<M: Model>(&mut self, slots: &[u32]) -> Vec<Handle<M>> {
        let arena = self.store.arena_mut::<M>();
        slots.iter().map(|&slot| Handle::new(slot, arena.slots.entry(slot).stamp)).collect()
    }

    fn fetch<M: Model>(&mut self, select: &Select, populate: Populate) -> Result<Vec<u32>> {
        let (sql, params) = render::select(self.link.dialect(), select)?;
        let reading = Reading { locks: select.lock.is_some(), ..self.reading(select.access(), populate)? };
        let Self { link, store, .. } = self;
        let arena = store.arena_mut::<M>();
        let mut slots = Vec::new();
        let outcome = with_refs(&params, |params| {
            link.query_for(select.access(), &sql, params, |row| {
                slots.push(arena.load(row, 0, reading)?);
                Ok(ControlFlow::Continue(()))
            })
        });
        store.sync_overwritten(M::table());
        outcome?;
        store.expire_written(&select.with);
        Ok(slots)
    }

    /// Writes pending changes that a statement over `reads` could see.
    pub(crate) fn autoflush(&mut self, reads: &Reads) -> Result<()> {
        self.learn_keys()?;
        if !self.autoflush || self.flushing {
            return Ok(());
        }
        self.store.sync();
        if self.store.has_any_work() && (self.store.concerns(&reads.tables) || self.reads_others(reads)?) {
            self.flush().map_err(|error| error.context("flushing before a query, which autoflush does"))?;
        }
        Ok(())
    }

    /// Whether a statement may read more tables than it names: nobody looks into fragments, functions and views.
    fn reads_others(&mut self, reads: &Reads) -> Result<bool> {
        if reads.others {
            return Ok(true);
        }
        for table in &reads.tables {
            if self.link.describe_table(table)?.is_some_and(|facts| facts.reads_others) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// [`autoflush`](Session::autoflush) for a statement over whole tables.
    pub(crate) fn autoflush_for(&mut self, tables: &[&TableDef]) -> Result<()> {
        self.autoflush(&Reads { tables: tables.iter().map(|table| table.name.clone()).collect(), others: false })
    }
}
