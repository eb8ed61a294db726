//! Queries over tables without models.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::rows::{at_most_one, none};
use super::stream::{RowIter, check_size};
use crate::error::Result;
use crate::model::RowReader;
use crate::query::table::{TableQuery, TableRow};
use crate::session::Session;
use crate::session::store::arena::Populate;
use crate::value::{SqlType, Value, read_as};

impl TableQuery {
    /// The rows. Changes that the statement could read are flushed first.
    ///
    /// # Errors
    ///
    /// Mistakes in the query, the database's, `Decode` when a cell is no value of its column's type, and those of an autoflush.
    pub fn all(&self, session: &mut Session) -> Result<Vec<TableRow>> {
        let (select, columns, mut rows) = (self.statement()?, self.columns(), Vec::new());
        session.autoflush(&select.reads())?;
        session.read_rows(&select, "row", Populate::Keep, |row| {
            rows.push(columns.read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
    }

    /// The first row, if there is any.
    ///
    /// # Errors
    ///
    /// As [`all`](TableQuery::all).
    pub fn first(&self, session: &mut Session) -> Result<Option<TableRow>> {
        let mut query = self.clone();
        query.parts.limit_to_first();
        Ok(query.all(session)?.pop())
    }

    /// The only row.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `MultipleFound` when there are more, and as [`all`](TableQuery::all).
    pub fn one(&self, session: &mut Session) -> Result<TableRow> {
        self.one_or_none(session)?.ok_or_else(|| none(&self.parts.subject()))
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](TableQuery::all).
    pub fn one_or_none(&self, session: &mut Session) -> Result<Option<TableRow>> {
        let mut query = self.clone();
        query.parts.limit_if_unlimited(2);
        at_most_one(query.all(session)?, &self.parts.subject())
    }

    /// How many rows there are.
    ///
    /// # Errors
    ///
    /// Mistakes in the query, the database's, and those of an autoflush.
    pub fn count(&self, session: &mut Session) -> Result<u64> {
        let select = self.clone().into_parts().count_statement()?;
        session.autoflush(&select.reads())?;
        session.count(&select)
    }

    /// Whether there is any row.
    ///
    /// # Errors
    ///
    /// Mistakes in the query, the database's, and those of an autoflush.
    pub fn exists(&self, session: &mut Session) -> Result<bool> {
        let select = self.clone().into_parts().exists_statement()?;
        session.autoflush(&select.reads())?;
        session.exists(&select)
    }

    /// An iterator over the rows, which come from the database as they are asked for: the memory that it takes does not grow with the
    /// result.
    ///
    /// # Errors
    ///
    /// As [`all`](TableQuery::all); the iterator's, too, each of which is its last.
    pub fn iter<'s>(&self, session: &'s mut Session) -> Result<RowIter<'s, TableRow>> {
        let (select, columns) = (self.statement()?, self.columns());
        session.autoflush(&select.reads())?;
        RowIter::of_select(session, select, "row", Populate::Keep, move |row| columns.read(row))
    }

    /// Hands each row to `work`, as [`iter`](TableQuery::iter) gives them.
    ///
    /// # Errors
    ///
    /// As [`all`](TableQuery::all), and the first error of `work`, which ends the reading.
    pub fn each(&self, session: &mut Session, mut work: impl FnMut(TableRow) -> Result<()>) -> Result<()> {
        self.iter(session)?.try_for_each(|row| work(row?))
    }

    /// Hands the rows to `work`, `size` at a time, read as by [`iter`](TableQuery::iter). The last batch may be smaller; there is none
    /// when there are no rows.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a size of 0, and as [`each`](TableQuery::each).
    pub fn batches(
        &self,
        session: &mut Session,
        size: usize,
        work: impl FnMut(Vec<TableRow>) -> Result<()>,
    ) -> Result<()> {
        check_size(size)?;
        self.iter(session)?.batches(size, work)
    }

    fn columns(&self) -> Columns {
        Columns::new(self.row_names(), self.types())
    }
}

/// What a row is made of.
pub(crate) struct Columns {
    names: Arc<Vec<String>>,
    types: Vec<SqlType>,
}

impl Columns {
    pub(crate) fn new(names: Vec<String>, types: impl IntoIterator<Item = SqlType>) -> Self {
        Self { names: Arc::new(names), types: types.into_iter().collect() }
    }

    pub(crate) fn read(&self, row: &mut RowReader<'_>) -> Result<TableRow> {
        let cells = self.types.iter().map(|&sql_type| row.cell(|cell| read_as(sql_type, cell)));
        let values = cells.collect::<Result<Vec<Value>>>()?;
        Ok(TableRow { names: Arc::clone(&self.names), values })
    }
}
