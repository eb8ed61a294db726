//! Running statements over tables without models.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::rows::{at_most_one, none};
use super::stream::{RowIter, check_size};
use crate::error::Result;
use crate::model::{Row, RowReader};
use crate::query::table::{TableDelete, TableInsert, TableQuery, TableReturning, TableRow, TableUpdate, statements};
use crate::render;
use crate::session::Session;
use crate::session::store::arena::Populate;
use crate::sql::Write;
use crate::value::{SqlType, Value, read_as, with_refs};

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
        self.one_or_none(session)?.ok_or_else(|| none(&self.subject()))
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there are more, and as [`all`](TableQuery::all).
    pub fn one_or_none(&self, session: &mut Session) -> Result<Option<TableRow>> {
        let mut query = self.clone();
        query.parts.limit_if_unlimited(2);
        at_most_one(query.all(session)?, &self.subject())
    }

    fn subject(&self) -> String {
        format!("row of {}", self.parts.subject())
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

impl TableReturning {
    /// Runs the statement, and gives what comes back of its rows. Changes of the session to the tables are flushed first; objects of the
    /// session are left as they are.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement, the database's, `Decode` when a cell is no value of its column's type, and those of an autoflush.
    pub fn all(self, session: &mut Session) -> Result<Vec<TableRow>> {
        let columns = Columns::new(self.row_names(), self.types());
        let mut rows = Vec::new();
        session.write_rows(self.into_write()?, &mut |row| {
            rows.push(columns.read(&mut RowReader::new(row, 0, "row"))?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs the statement, and gives what comes back of its only row.
    ///
    /// # Errors
    ///
    /// `NotFound` when there was none and `MultipleFound` when there were more, though they are changed; and as [`all`](Self::all).
    pub fn one(self, session: &mut Session) -> Result<TableRow> {
        self.one_or_none(session)?.ok_or_else(|| none("row"))
    }

    /// Runs the statement, and gives what comes back of its only row, or `None`.
    ///
    /// # Errors
    ///
    /// `MultipleFound` when there were more, though they are changed; and as [`all`](Self::all).
    pub fn one_or_none(self, session: &mut Session) -> Result<Option<TableRow>> {
        at_most_one(self.all(session)?, "row")
    }
}

macro_rules! writes {
    ($([$($generic:tt)*] $ty:ty),+) => {$(
        impl<$($generic)*> $ty {
            /// Runs the statement, and tells how many rows it changed. Changes of the session to the tables are flushed first; objects
            /// of the session are left as they are.
            ///
            /// # Errors
            ///
            /// Mistakes in the statement; the database's, after which the session needs a [`rollback`](Session::rollback); and those of
            /// an autoflush.
            pub fn execute(self, session: &mut Session) -> Result<u64> {
                session.write_rows(self.into_write()?, &mut |_| Ok(()))
            }
        }
    )+};
}

writes!([K] TableInsert<K>, [] TableUpdate, [] TableDelete);

/// What a row is made of.
struct Columns {
    names: Arc<Vec<String>>,
    types: Vec<SqlType>,
}

impl Columns {
    fn new(names: Vec<String>, types: impl IntoIterator<Item = SqlType>) -> Self {
        Self { names: Arc::new(names), types: types.into_iter().collect() }
    }

    fn read(&self, row: &mut RowReader<'_>) -> Result<TableRow> {
        let cells = self.types.iter().map(|&sql_type| row.cell(|cell| read_as(sql_type, cell)));
        let values = cells.collect::<Result<Vec<Value>>>()?;
        Ok(TableRow { names: Arc::clone(&self.names), values })
    }
}

impl Session {
    /// Runs a statement, in parts where the database takes no more at once, hands what comes back of each row to `each`, and tells how
    /// many rows were changed.
    fn write_rows(&mut self, write: Write, each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<u64> {
        let reads = write.reads();
        let writes: Vec<Write> = match write {
            Write::Insert(insert) => statements(self.link.dialect(), insert)?.into_iter().map(Write::Insert).collect(),
            write => vec![write],
        };
        self.autoflush(&reads)?;
        self.store.go_beside();
        let parts = writes.len();
        let counts = writes.into_iter().map(|write| self.write_part(write, each));
        let count = counts.sum();
        if let (Err(error), 2..) = (&count, parts) {
            self.link.fail(error);
        }
        count
    }

    fn write_part(&mut self, mut write: Write, each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<u64> {
        let (text, params) = render::write_statement(self.link.dialect(), &write)?;
        if write.returning_mut().is_empty() {
            return with_refs(&params, |params| self.link.execute(&text, params));
        }
        let mut count = 0;
        with_refs(&params, |params| {
            self.link.returning(&text, params, |row| {
                count += 1;
                each(row)?;
                Ok(ControlFlow::Continue(()))
            })
        })?;
        Ok(count)
    }
}
