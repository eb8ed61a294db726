//! Results row by row and batch by batch, none of which is kept.

use std::fmt;
use std::iter::FusedIterator;

use super::Session;
use super::arena::Populate;
use super::events::loaded;
use super::raw::Prepared;
use super::rows::{RowObjects, populate};
use crate::driver::{RowStream, TransactionMode};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, Row, RowReader};
use crate::query::{Query, RowType, Rows};
use crate::render;
use crate::sql::{Select, Withs};
use crate::value::with_refs;

/// The rows of a query, which come from the database as they are asked for: the memory that it takes does not grow with their number. The
/// session is borrowed until it is dropped, which ends the reading.
///
/// An error is its last item.
#[must_use = "rows are read as they are asked for"]
pub struct RowIter<'s, T> {
    /// What is left of the result.
    rows: Option<Box<dyn RowStream + 's>>,
    read: Box<ReadRow<'s, T>>,
    objects: RowObjects<'s>,
    with: Withs,
}

/// Makes an item of a row.
type ReadRow<'s, T> = dyn FnMut(&dyn Row, &mut RowObjects<'_>) -> Result<T> + 's;

impl<'s, T> RowIter<'s, T> {
    /// Runs a statement.
    pub(super) fn open(
        session: &'s mut Session,
        statement: &Prepared,
        populate: Populate,
        with: Withs,
        read: impl FnMut(&dyn Row, &mut RowObjects<'_>) -> Result<T> + 's,
    ) -> Result<Self> {
        let Session { link, store, .. } = session;
        let conn = link.begin(statement.mode)?;
        let rows = with_refs(&statement.params, |params| conn.stream(&statement.text, params))?;
        Ok(Self { rows: Some(rows), read: Box::new(read), objects: RowObjects::new(store, populate), with })
    }

    pub(super) fn of_select(
        session: &'s mut Session,
        select: Select,
        subject: &'static str,
        populate: Populate,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<T> + 's,
    ) -> Result<Self> {
        let (text, params) = render::select(session.link.dialect(), &select)?;
        let statement = Prepared { text, params, mode: TransactionMode::Read };
        Self::open(session, &statement, populate, select.with, move |row, objects| {
            read(&mut RowReader::with_objects(row, subject, objects))
        })
    }

    /// Hands the rows on in batches.
    pub(super) fn batches(mut self, size: usize, mut work: impl FnMut(Vec<T>) -> Result<()>) -> Result<()> {
        loop {
            let batch: Vec<T> = self.by_ref().take(size).collect::<Result<_>>()?;
            if batch.is_empty() {
                return Ok(());
            }
            work(batch)?;
        }
    }

    fn end(&mut self) {
        if self.rows.take().is_some() {
            self.objects.finish(&self.with);
        }
    }
}

pub(super) fn check_size(size: usize) -> Result<()> {
    if size > 0 { Ok(()) } else { Err(Error::new(ErrorKind::InvalidState, "a batch has at least 1 row")) }
}

impl<T> Iterator for RowIter<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let Self { rows, read, objects, .. } = self;
        let mut item = None;
        let found = rows.as_mut()?.next(&mut |row| {
            item = Some(read(row, objects)?);
            Ok(())
        });
        match (found, item) {
            (Ok(true), Some(item)) => Some(Ok(item)),
            (found, _) => {
                self.end();
                found.err().map(Err)
            }
        }
    }
}

impl<T> FusedIterator for RowIter<'_, T> {}

impl<T> Drop for RowIter<'_, T> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<T> fmt::Debug for RowIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowIter").field("ended", &self.rows.is_none()).finish_non_exhaustive()
    }
}

impl<M: Model, Q> Query<M, Q> {
    /// An iterator over the rows as plain values, which the session does not track. They come from the database as they are asked for:
    /// the memory that it takes does not grow with the result.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all); the iterator's, too, each of which is its last.
    pub fn iter(self, session: &mut Session) -> Result<RowIter<'_, M>> {
        session.autoflush(&self.parts.tables())?;
        let select = self.parts.entity_statement()?;
        RowIter::of_select(session, select, M::spec().name, Populate::Keep, |row| loaded(M::read(row)?))
    }

    /// Hands each row to `work` as a plain value, as [`iter`](Query::iter) gives them.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all), and the first error of `work`, which ends the reading.
    pub fn each(self, session: &mut Session, mut work: impl FnMut(M) -> Result<()>) -> Result<()> {
        self.iter(session)?.try_for_each(|row| work(row?))
    }

    /// Hands the rows to `work` as plain values, `size` at a time, read as by [`iter`](Query::iter). The last batch may be smaller;
    /// there is none when there are no rows.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a size of 0, and as [`each`](Query::each).
    pub fn batches(self, session: &mut Session, size: usize, work: impl FnMut(Vec<M>) -> Result<()>) -> Result<()> {
        check_size(size)?;
        self.iter(session)?.batches(size, work)
    }
}

impl<R: RowType, Q> Query<Rows<R>, Q> {
    /// An iterator over the rows, which come from the database as they are asked for: the memory that it takes does not grow with the
    /// result, but for objects, which the session keeps. Listeners hear of these when the session is used next.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all); the iterator's, too, each of which is its last.
    pub fn iter<'s>(self, session: &'s mut Session) -> Result<RowIter<'s, R>>
    where
        R: 's,
    {
        session.autoflush(&self.parts.tables())?;
        let select = self.parts.row_statement()?;
        RowIter::of_select(session, select, R::subject(), populate(&self.parts), R::read)
    }

    /// Hands each row to `work`, as [`iter`](Query::iter) gives them.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all), and the first error of `work`, which ends the reading.
    pub fn each(self, session: &mut Session, mut work: impl FnMut(R) -> Result<()>) -> Result<()> {
        let outcome = self.iter(session)?.try_for_each(|row| work(row?));
        session.tell_states();
        outcome
    }

    /// Hands the rows to `work`, `size` at a time, read as by [`iter`](Query::iter). The last batch may be smaller; there is none when
    /// there are no rows.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a size of 0, and as [`each`](Query::each).
    pub fn batches(self, session: &mut Session, size: usize, work: impl FnMut(Vec<R>) -> Result<()>) -> Result<()> {
        check_size(size)?;
        let outcome = self.iter(session)?.batches(size, work);
        session.tell_states();
        outcome
    }
}
