//! Queries for rows of values, with objects among them.

use std::ops::ControlFlow;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Objects, RawHandle, Row, RowReader};
use crate::query::{Parts, Query, RowType, Rows};
use crate::render;
use crate::schema::ModelRef;
use crate::session::Session;
use crate::session::store::Store;
use crate::session::store::arena::{Populate, Reading};
use crate::sql::{Select, Withs};
use crate::value::with_refs;

impl<R: RowType, Q> Query<Rows<R>, Q> {
    /// The rows.
    ///
    /// See the example of [`Query::group_by`].
    ///
    /// # Errors
    ///
    /// The database's, `Decode` when a cell does not fit, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<R>> {
        session.autoflush(&self.parts.reads())?;
        let (select, mut rows) = (self.parts.row_statement()?, Vec::new());
        session.read_rows(&select, R::subject(), populate(&self.parts), |row| {
            rows.push(R::read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        session.tell_states();
        Ok(rows)
    }

    /// The first row, if there is any.
    ///
    /// See the example of [`Query`].
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
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one(self, session: &mut Session) -> Result<R> {
        let subject = row_of(&self.parts);
        self.one_or_none(session)?.ok_or_else(|| none(&subject))
    }

    /// The only row, or `None`.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](Query::all).
    pub fn one_or_none(mut self, session: &mut Session) -> Result<Option<R>> {
        self.parts.limit_if_unlimited(2);
        let subject = row_of(&self.parts);
        at_most_one(self.all(session)?, &subject)
    }

    /// How many rows there are.
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
}

/// How rows meet objects that the session has already.
pub(crate) fn populate(parts: &Parts) -> Populate {
    if parts.populate_existing { Populate::Overwrite } else { Populate::Keep }
}

fn row_of(parts: &Parts) -> String {
    format!("row of {}", parts.subject())
}

pub(crate) fn none(what: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("no {what} matches the query; one_or_none() gives an Option"))
}

pub(crate) fn at_most_one<T>(mut found: Vec<T>, what: &str) -> Result<Option<T>> {
    if found.len() > 1 {
        let message = format!("more than one {what} matches the query; all() gives all of them, first() the first");
        return Err(Error::new(ErrorKind::MultipleFound, message));
    }
    Ok(found.pop())
}

/// Keeps the objects among the values of rows.
pub(crate) struct RowObjects<'s> {
    store: &'s mut Store,
    reading: Reading,
    /// What was found, model by model.
    found: Vec<(ModelRef, Vec<u32>)>,
    /// What the statement has under names.
    with: Withs,
}

impl<'s> RowObjects<'s> {
    /// Keeps the objects of a statement that has `with` under names.
    pub(crate) fn new(store: &'s mut Store, reading: Reading, with: Withs) -> Self {
        Self { store, reading, found: Vec::new(), with }
    }
}

/// After the last row: objects that came together are a group, and those that `with` has written are expired.
impl Drop for RowObjects<'_> {
    fn drop(&mut self) {
        for (model, slots) in std::mem::take(&mut self.found) {
            self.store.sync_overwritten((model.table)());
            self.store.group((model.table)(), &slots);
        }
        self.store.expire_written(&self.with);
    }
}

impl Objects for RowObjects<'_> {
    fn object(&mut self, model: ModelRef, row: &dyn Row, first: usize) -> Result<RawHandle> {
        let table = (model.table)();
        let Some(arena) = self.store.meet(model) else {
            return Err(Error::new(ErrorKind::Schema, format!("{} has no arena", (model.spec)().name)));
        };
        let slot = arena.load_row(row, first, self.reading)?;
        let stamp = arena.slots().entry(slot).stamp;
        match self.found.iter_mut().find(|(known, _)| (known.table)().id == table.id) {
            Some((_, slots)) => slots.push(slot),
            None => self.found.push((model, vec![slot])),
        }
        Ok(RawHandle { model: table.id, slot, stamp })
    }
}

impl Session {
    /// Runs a SELECT and hands each row to `work`.
    pub(crate) fn read_rows(
        &mut self,
        select: &Select,
        subject: &'static str,
        populate: Populate,
        mut work: impl FnMut(&mut RowReader<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let (sql, params) = render::select(self.link.dialect(), select)?;
        let reading = self.reading(select.access(), populate)?;
        let Self { link, store, .. } = self;
        let mut objects = RowObjects::new(store, reading, select.with.clone());
        with_refs(&params, |params| {
            let each = |row: &dyn Row| work(&mut RowReader::with_objects(row, subject, &mut objects));
            link.query_for(select.access(), &sql, params, each)
        })
    }

    pub(crate) fn count(&mut self, select: &Select) -> Result<u64> {
        let mut count = 0_i64;
        self.read_rows(select, "count", Populate::Keep, |row| {
            count = row.column()?;
            Ok(ControlFlow::Break(()))
        })?;
        u64::try_from(count).map_err(|_| Error::new(ErrorKind::Decode, "a count is never negative"))
    }

    pub(crate) fn exists(&mut self, select: &Select) -> Result<bool> {
        let mut found = false;
        self.read_rows(select, "exists", Populate::Keep, |_| {
            found = true;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }
}
