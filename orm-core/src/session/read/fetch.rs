//! Objects from rows: by their keys, anew, and by a query.

use std::ops::ControlFlow;

use super::joined::How;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, IntoKey, Key as _, Model, model_ref};
use crate::query::defaults_of;
use crate::schema::TableDef;
use crate::session::Session;
use crate::session::databases::Database;
use crate::session::store::arena::{Populate, Reading};
use crate::session::store::slots::State;
use crate::sql::{Access, Reads, Select};
use crate::value::ValueRef;

impl Session {
    /// The object with that primary key: from the identity map, else from the database. `None` when there is no such row.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// The database's, and `Decode` when the row does not fit the model.
    pub fn get<T: Model>(&mut self, key: impl IntoKey<T::Key, Checked: Sized>) -> Result<Option<Handle<T>>> {
        let key = key.into_key();
        if let Some(known) = self.known(&key) {
            return self.unless_hidden(known, &key);
        }
        let table = T::table();
        self.autoflush_for(&[table])?;
        if let Some(known) = self.known(&key) {
            return self.unless_hidden(known, &key);
        }
        let known = self.store.arena::<T>().and_then(|arena| arena.find_key(&key));
        let found = match known.map(|slot| self.store.old_companions(table, slot)) {
            Some(slots) if slots.len() > 1 => {
                self.ask_anew(model_ref::<T>(), &slots)?;
                known.filter(|&slot| !self.store.is_old(table, slot) && !self.store.lacks(model_ref::<T>(), slot))
            }
            // What an object in memory is by now, is one question, and whether it is to be found another.
            Some(_) => self.fetch_one::<T>(&key)?,
            None if self.links.context().restricts(model_ref::<T>()) => self.fetch_filtered::<T>(&key)?,
            None => self.fetch_one::<T>(&key)?,
        };
        if let (None, Some(slot)) = (found, known) {
            // The row of an object that is in memory is gone.
            self.store.release(table, slot);
        }
        let mut found = found.map(|slot| Handle::new(slot, self.store.arena_mut::<T>().slots.entry(slot).stamp));
        if let (Some(handle), Some(_)) = (found, known) {
            found = self.unless_hidden(handle, &key)?;
        }
        if let Some(handle) = found {
            let includes = defaults_of(table);
            self.load_includes(&[handle.slot()], &includes, Populate::Keep)?;
        }
        self.tell_states();
        Ok(found)
    }

    /// Reads the row with that key.
    fn fetch_one<T: Model>(&mut self, key: &T::Key) -> Result<Option<u32>> {
        let database = self.links.database_of(&T::table().name);
        let reading = self.reading(database, Access::Read, Populate::Keep)?;
        let sql = self.store.arena_mut::<T>().select_by_key(self.links.dialect(database))?;
        let params: Vec<ValueRef<'_>> = (0..T::Key::WIDTH).map(|part| key.part(part)).collect();
        let Self { links, store, .. } = self;
        let (arena, mut found) = (store.arena_mut::<T>(), None);
        links.at(database).query(&sql, &params, |row| {
            found = Some(arena.load(row, 0, reading)?);
            Ok(ControlFlow::Break(()))
        })?;
        store.sync_overwritten(T::table());
        Ok(found)
    }

    /// How the rows of the next statement become objects.
    pub(crate) fn reading(&mut self, database: Database, access: Access, populate: Populate) -> Result<Reading> {
        let protection = self.links.prepare_read(database, access)?;
        if access == Access::Write {
            // What a query writes under a name, no object stands for.
            self.store.go_beside();
        }
        self.store.protect(protection);
        Ok(self.store.reading(populate))
    }

    /// The object with that key, if it is in memory and need not be asked anew.
    pub(super) fn known<T: Model>(&self, key: &T::Key) -> Option<Handle<T>> {
        let arena = self.store.arena::<T>()?;
        let slot = arena.find_key(key)?;
        let is_here = !arena.slots.is_old(slot) && !self.store.lacks(model_ref::<T>(), slot);
        is_here.then(|| Handle::new(slot, arena.slots.entry(slot).stamp))
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
        let stored = handle.cast::<T::Stored>();
        let written = self.try_get(stored)?.snapshot();
        let was_written = self.store.arena_mut::<T>().slots.entry(slot).touched();
        self.expire(handle)?;
        let outcome = read(self);
        self.tell_states();
        if outcome.is_err() && was_written && self.state(handle) == State::Persistent {
            *self.try_edit(stored)? = written;
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

    /// The objects of a query.
    pub(super) fn fetch<M: Model>(&mut self, select: &Select, how: How) -> Result<Vec<u32>> {
        let statement = self.links.render(select)?;
        let reading = Reading {
            locks: select.lock.is_some(),
            extent: how.extent,
            ..self.reading(statement.database, statement.access, how.populate)?
        };
        let Self { links, store, .. } = self;
        let arena = store.arena_mut::<M>();
        let mut slots = Vec::new();
        let outcome = links.run(&statement, |row| {
            slots.push(arena.load(row, 0, reading)?);
            Ok(ControlFlow::Continue(()))
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
        if self.store.has_any_work()
            && (self.store.concerns(&reads.tables) || self.filters_concern() || self.reads_others(reads)?)
        {
            self.flush().map_err(|error| error.context("flushing before a query, which autoflush does"))?;
        }
        Ok(())
    }

    /// Whether pending changes concern what the session's filters read in subqueries.
    fn filters_concern(&self) -> bool {
        self.links.context().filters.as_ref().is_some_and(|filters| {
            let reads = filters.reads();
            reads.others || self.store.concerns(&reads.tables)
        })
    }

    /// Whether a statement may read more tables than it names: fragments, functions and views are not looked into.
    fn reads_others(&mut self, reads: &Reads) -> Result<bool> {
        if reads.others {
            return Ok(true);
        }
        for table in &reads.tables {
            if self.links.of(table).describe_table(table)?.is_some_and(|facts| facts.reads_others) {
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
