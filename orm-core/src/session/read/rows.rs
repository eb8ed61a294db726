//! Rows of values, with objects among them.

use std::ops::ControlFlow;

use super::joined::How;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Objects, RawHandle, Row, RowReader};
use crate::query::Parts;
use crate::schema::ModelRef;
use crate::session::Session;
use crate::session::store::Store;
use crate::session::store::arena::{Populate, Reading};
use crate::sql::{Select, Withs};

/// How rows meet objects that the session has already.
pub(crate) fn populate(parts: &Parts) -> Populate {
    if parts.populate_existing { Populate::Overwrite } else { Populate::Keep }
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
        if !self.store.is_of(model, slot) {
            return Err(self.store.no_type(model, slot));
        }
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
        how: impl Into<How>,
        mut work: impl FnMut(&mut RowReader<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let statement = self.links.render(select)?;
        let How { populate, extent } = how.into();
        let reading = Reading { extent, ..self.reading(statement.database, statement.access, populate)? };
        let Self { links, store, .. } = self;
        let mut objects = RowObjects::new(store, reading, select.with.clone());
        links.run(&statement, |row| work(&mut RowReader::with_objects(row, subject, &mut objects)))
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
