//! Results page by page: by number, with a total, and from cursor to cursor.

use std::ops::ControlFlow;

use super::joined::How;
use super::results::Fetch;
use super::rows::populate;
use crate::error::{Error, ErrorKind, Result};
use crate::query::table::{TableQuery, TableRow};
use crate::query::{Cursor, Parts, Query, RowType};
use crate::session::Session;
use crate::sql::SelectItem;
use crate::value::{Value, read_as};

/// One page of a result, and how many there are.
///
/// See the example of [`Query::slice`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows of the page.
    pub items: Vec<T>,
    /// How many rows all pages have.
    pub total: u64,
    /// Which page it is, counted from 1.
    pub number: u64,
    /// How many rows a page has at most.
    pub size: u64,
}

impl<T> Page<T> {
    /// How many pages there are.
    ///
    /// See the example of [`Query::slice`].
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size.max(1))
    }

    /// Whether there is a page behind this one.
    ///
    /// See the example of [`Query::slice`].
    pub fn has_next(&self) -> bool {
        self.number < self.pages()
    }
}

/// Some rows of a result in its order, and where the next ones begin.
///
/// See the example of [`Query::slice`].
#[derive(Debug, Clone, PartialEq)]
pub struct Slice<T> {
    /// The rows.
    pub items: Vec<T>,
    /// For [`after`](Query::after), to go on behind these rows; `None` when they were the last.
    pub next: Option<Cursor>,
}

impl<T: Fetch, Q> Query<T, Q> {
    /// Page `number`, counted from 1, of pages with `size` objects or rows, and how many there are in all: two statements. The query needs
    /// an order, or each page is one of another.
    ///
    /// See the example of [`slice`](Query::slice).
    ///
    /// # Errors
    ///
    /// `InvalidState` for a page or size of 0 and for a query with a limit or offset of its own, and as [`all`](Query::all).
    pub fn page(mut self, session: &mut Session, number: u64, size: u64) -> Result<Page<T::Item>> {
        check_page(&self.parts, number, size)?;
        session.in_snapshot(self.parts.manner, |session| {
            let total = self.clone().count(session)?;
            limit_to_page(&mut self.parts, number, size);
            Ok(Page { items: self.all(session)?, total, number, size })
        })
    }

    /// The first `size` objects or rows, or those behind a cursor given to [`after`](Query::after), and where to go on. Of objects the key is
    /// the last part of the order, should the query not say so itself. Rows have to be ordered by columns that no two of them are equal in: of
    /// equal rows those on the next page would be left out.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let query = Book::query().order_by(Book::title);
    /// let first = query.clone().slice(&mut session, 2)?;
    /// assert_eq!(first.items.len(), 2);
    /// let second = query.clone().after(first.next).slice(&mut session, 2)?; // begins behind the last row of the first
    /// assert_eq!((second.items.len(), second.next), (1, None));
    ///
    /// let page = query.page(&mut session, 2, 2)?; // by its number, with the number of all rows
    /// assert_eq!((page.items.len(), page.total, page.pages(), page.has_next()), (1, 3, 2, false));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidState` for a size of 0, for a query whose order cannot be gone on in, and for a cursor of another order; and as
    /// [`all`](Query::all).
    pub fn slice(self, session: &mut Session, size: u64) -> Result<Slice<T::Item>> {
        let slice = T::slice(self, session, size)?;
        session.tell_states();
        Ok(slice)
    }
}

impl TableQuery {
    /// Page `number`, counted from 1, of pages with `size` rows, and how many rows there are in all: two statements. The query needs an
    /// order, or each page is one of another.
    ///
    /// See the example of [`Query::slice`].
    ///
    /// # Errors
    ///
    /// `InvalidState` for a page or size of 0 and for a query with a limit or offset of its own, and as [`all`](TableQuery::all).
    pub fn page(&self, session: &mut Session, number: u64, size: u64) -> Result<Page<TableRow>> {
        check_page(&self.parts, number, size)?;
        session.in_snapshot(self.parts.manner, |session| {
            let (total, mut query) = (self.count(session)?, self.clone());
            limit_to_page(&mut query.parts, number, size);
            Ok(Page { items: query.all(session)?, total, number, size })
        })
    }
}

const POPULATED: &str =
    "`populate` reads an object from several rows, so that pages of rows are none of objects: use `include`";

pub(crate) fn check_page(parts: &Parts, number: u64, size: u64) -> Result<()> {
    let message = if number == 0 {
        "pages are counted from 1, and there is no page 0"
    } else if size == 0 {
        "a page has at least 1 row"
    } else if parts.select.limit.is_some() || parts.select.offset.is_some() {
        "a query that is read page by page has no `limit` or `offset` of its own"
    } else if parts.populates() {
        POPULATED
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::InvalidState, message))
}

pub(crate) fn limit_to_page(parts: &mut Parts, number: u64, size: u64) {
    parts.select.limit = Some(size);
    parts.select.offset = Some((number - 1).saturating_mul(size));
}

impl Session {
    pub(super) fn slice<R: RowType>(&mut self, mut parts: Parts, subject: &'static str, size: u64) -> Result<Slice<R>> {
        let most = usize::try_from(size).unwrap_or(usize::MAX);
        if most == 0 {
            return Err(Error::new(ErrorKind::InvalidState, "a slice has at least 1 row"));
        }
        if parts.populates() {
            return Err(Error::new(ErrorKind::InvalidState, POPULATED));
        }
        parts.complete_order();
        let order = parts.order_keys()?;
        let how = How { populate: populate(&parts), extent: parts.extent() };
        let mut select = parts.object_statement()?.0;
        // One row more tells whether there is a next slice.
        select.limit = Some(size.saturating_add(1));
        select.items.extend(order.iter().map(|order| SelectItem::from(order.expr.clone())));
        self.autoflush(&parts.reads())?;
        let (mut items, mut last, mut more) = (Vec::new(), Vec::new(), false);
        self.read_rows(&select, subject, how, |row| {
            if items.len() == most {
                more = true;
                return Ok(ControlFlow::Break(()));
            }
            items.push(R::read(row)?);
            last.clear();
            for key in order.iter().filter_map(|order| order.key) {
                last.push(row.cell(|cell| read_as(key.sql_type, cell))?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let values: Vec<Value> = last;
        Ok(Slice { items, next: more.then(|| Cursor::new(&order, values)) })
    }
}
