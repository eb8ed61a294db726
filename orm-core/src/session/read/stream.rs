//! Results row by row and batch by batch, none of which is kept.

use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::iter::FusedIterator;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::results::Fetch;
use super::rows::{RowObjects, populate};
use crate::driver::TransactionMode;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Row, RowReader};
use crate::query::Query;
use crate::session::Session;
use crate::session::store::arena::Populate;
use crate::session::transaction::Prepared;
use crate::sql::{Access, Select, Withs};
use crate::value::with_refs;

/// The rows of a query, which come from the database as they are asked for: the memory that it takes does not grow with their number. The
/// session is borrowed until it is dropped, which ends the reading. Outside a transaction the connection goes back to the pool with the
/// last row, or when it is dropped.
///
/// An error is its last item.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// // One row at a time, as plain values: a large result is never in memory as a whole.
/// for book in Book::query().order_by(Book::id).iter(&mut session)? {
///     println!("{}", book?.title);
/// }
/// let mut pages = 0;
/// Book::query().each(&mut session, |book| {
///     pages += book.pages;
///     Ok(())
/// })?;
/// assert_eq!(pages, 1385);
/// Book::query().batches(&mut session, 2, |books| {
///     assert!(books.len() <= 2);
///     Ok(())
/// })?;
/// # Ok(())
/// # }
/// ```
#[must_use = "rows are read as they are asked for"]
pub struct RowIter<'s, T> {
    /// What is left of the reading: each poll leaves the next item in `item`. It owns the connection as well as the rows, which borrow
    /// from it: of that the compiler lets a future be made, but no struct.
    reading: Option<Pin<Box<dyn Future<Output = ()> + 's>>>,
    item: Rc<Cell<Option<Result<T>>>>,
}

impl<'s, T: 's> RowIter<'s, T> {
    /// Runs a statement. A row of which `read` makes nothing is no item: the next one is read.
    pub(crate) fn open(
        session: &'s mut Session,
        statement: Prepared,
        populate: Populate,
        with: Withs,
        read: impl FnMut(&dyn Row, &mut RowObjects<'_>) -> Result<Option<T>> + 's,
    ) -> Result<Self> {
        let item = Rc::default();
        let reading = Reading { statement, populate, with, read, item: Rc::clone(&item) };
        let mut iter = Self { reading: Some(Box::pin(reading.run(session))), item };
        match iter.advance() {
            Some(Err(error)) => Err(error),
            _ => Ok(iter),
        }
    }

    pub(crate) fn of_select(
        session: &'s mut Session,
        select: Select,
        subject: &'static str,
        populate: Populate,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<T> + 's,
    ) -> Result<Self> {
        let statement = session.links.render(&select)?;
        Self::open(session, statement, populate, select.with, move |row, objects| {
            read(&mut RowReader::with_objects(row, subject, objects)).map(Some)
        })
    }

    /// Hands the rows on in batches.
    pub(crate) fn batches(mut self, size: usize, mut work: impl FnMut(Vec<T>) -> Result<()>) -> Result<()> {
        loop {
            let batch: Vec<T> = self.by_ref().take(size).collect::<Result<_>>()?;
            if batch.is_empty() {
                return Ok(());
            }
            work(batch)?;
        }
    }
}

impl<T> RowIter<'_, T> {
    /// Lets the reading go on to its next item, and takes that.
    fn advance(&mut self) -> Option<Result<T>> {
        let reading = self.reading.as_mut()?;
        if reading.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            self.reading = None;
        }
        self.item.take()
    }
}

impl Prepared {
    /// Whether anything is lost when the statement is cancelled: what it writes, and the locks that it takes. SQL of the user's that does
    /// neither has a transaction for what it may call.
    fn mode(&self) -> TransactionMode {
        match self.access {
            Access::Read => TransactionMode::Read,
            Access::Lock if self.raw => TransactionMode::Read,
            Access::Lock | Access::Write => TransactionMode::Write,
        }
    }
}

/// A statement and what is made of its rows.
struct Reading<T, F> {
    statement: Prepared,
    populate: Populate,
    with: Withs,
    read: F,
    item: Rc<Cell<Option<Result<T>>>>,
}

impl<T, F: FnMut(&dyn Row, &mut RowObjects<'_>) -> Result<Option<T>>> Reading<T, F> {
    /// Runs the statement, and then reads an item each time that it is polled.
    async fn run(mut self, session: &mut Session) {
        let reading = match session.reading(self.statement.database, self.statement.access, self.populate) {
            Ok(reading) => reading,
            Err(error) => return self.item.set(Some(Err(error))),
        };
        let Session { links, store, .. } = session;
        let link = links.at(self.statement.database);
        let mut objects = RowObjects::new(store, reading, std::mem::take(&mut self.with));
        let Self { statement, read, item, .. } = &mut self;
        let mut refused = false;
        let outcome = async {
            if statement.raw {
                link.note_raw();
            }
            link.note_sent(&statement.text);
            let mut source = link.source(statement.access)?;
            let mode = statement.mode();
            let mut rows = with_refs(&statement.params, |params| source.stream(&statement.text, params, mode))?;
            pause().await;
            loop {
                let mut next = None;
                let found = rows.next(&mut |row| {
                    let value = read(row, &mut objects);
                    refused = value.is_err();
                    next = value?;
                    Ok(())
                });
                if !found? {
                    return Ok(());
                }
                if let Some(value) = next {
                    item.set(Some(Ok(value)));
                    pause().await;
                }
            }
        };
        if let Err(error) = outcome.await {
            let failed = !refused || statement.access == Access::Write;
            item.set(Some(Err(if failed { link.failed_statement(error) } else { error })));
        } else if let Err(error) = link.check_transaction() {
            item.set(Some(Err(error)));
        }
    }
}

/// Waits to be polled once more.
async fn pause() {
    let mut paused = false;
    poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

pub(crate) fn check_size(size: usize) -> Result<()> {
    if size > 0 { Ok(()) } else { Err(Error::new(ErrorKind::InvalidState, "a batch has at least 1 row")) }
}

impl<T> Iterator for RowIter<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        self.advance()
    }
}

impl<T> FusedIterator for RowIter<'_, T> {}

impl<T> fmt::Debug for RowIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowIter").field("ended", &self.reading.is_none()).finish_non_exhaustive()
    }
}

impl<T: Fetch, Q> Query<T, Q> {
    /// An iterator over the rows, those of a query for objects as plain values, which the session does not track. They come from the
    /// database as they are asked for: the memory that it takes does not grow with the result, but for objects among the values of rows,
    /// which the session keeps. Listeners hear of these when the session is used next.
    ///
    /// See the example of [`RowIter`].
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all); the iterator's, too, each of which is its last.
    pub fn iter<'s>(self, session: &'s mut Session) -> Result<RowIter<'s, T::Value>>
    where
        T: 's,
    {
        session.autoflush(&self.parts.reads())?;
        let select = self.parts.value_statement()?;
        RowIter::of_select(session, select, T::row_name(), populate(&self.parts), T::read)
    }

    /// Hands each row to `work`, as [`iter`](Query::iter) gives them.
    ///
    /// See the example of [`RowIter`].
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all), and the first error of `work`, which ends the reading.
    pub fn each(self, session: &mut Session, mut work: impl FnMut(T::Value) -> Result<()>) -> Result<()> {
        let outcome = self.iter(session)?.try_for_each(|row| work(row?));
        session.tell_states();
        outcome
    }

    /// Hands the rows to `work`, `size` at a time, read as by [`iter`](Query::iter). The last batch may be smaller; there is none when
    /// there are no rows.
    ///
    /// See the example of [`RowIter`].
    ///
    /// # Errors
    ///
    /// `InvalidState` for a size of 0, and as [`each`](Query::each).
    pub fn batches(
        self,
        session: &mut Session,
        size: usize,
        work: impl FnMut(Vec<T::Value>) -> Result<()>,
    ) -> Result<()> {
        check_size(size)?;
        let outcome = self.iter(session)?.batches(size, work);
        session.tell_states();
        outcome
    }
}
