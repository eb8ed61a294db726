//! Rows as cells under the names of columns, for whoever makes files or frames of them.

use super::rows::populate;
use super::stream::RowIter;
use crate::error::Result;
use crate::model::Row;
use crate::query::cells::ResultColumn;
use crate::query::table::TableQuery;
use crate::query::{Query, Sql};
use crate::session::store::arena::Populate;
use crate::session::{Fetch, Session};
use crate::sql::Withs;

/// A query whose rows can be read as cells: of objects or of what was selected, of a table that is known at run time only, or written by hand.
///
/// It is for the crates that make files or frames of results; `orm::files` and `orm::arrow` have methods of their own.
pub trait CellQuery: Sized {
    /// The columns of the rows, as far as they are known before the first of them. Of SQL that was written by hand the database tells them, if it
    /// can; else there are none.
    ///
    /// # Errors
    ///
    /// Mistakes in the query, `InvalidState` where two columns have one name, and the database's.
    fn result_columns(&self, session: &mut Session) -> Result<Vec<ResultColumn>>;

    /// Streams what `read` makes of the rows, which may be one item of several rows. A cell is read by [`ResultColumn::read`].
    ///
    /// # Errors
    ///
    /// As those of the query's own `iter`.
    fn cells<'s, T: 's>(
        self,
        session: &'s mut Session,
        read: impl FnMut(&dyn Row) -> Result<Option<T>> + 's,
    ) -> Result<RowIter<'s, T>>;
}

impl<R: Fetch, Q> CellQuery for Query<R, Q> {
    fn result_columns(&self, _: &mut Session) -> Result<Vec<ResultColumn>> {
        self.parts.result_columns(&self.parts.plain_statement()?, &R::shapes())
    }

    fn cells<'s, T: 's>(
        self,
        session: &'s mut Session,
        mut read: impl FnMut(&dyn Row) -> Result<Option<T>> + 's,
    ) -> Result<RowIter<'s, T>> {
        session.autoflush(&self.parts.reads())?;
        let select = self.parts.plain_statement()?;
        let (statement, populate) = (session.links.render(&select)?, populate(&self.parts));
        RowIter::open(session, statement, populate, select.with, move |row, _| read(row))
    }
}

impl CellQuery for TableQuery {
    fn result_columns(&self, _: &mut Session) -> Result<Vec<ResultColumn>> {
        self.statement()?;
        Ok(TableQuery::result_columns(self))
    }

    fn cells<'s, T: 's>(
        self,
        session: &'s mut Session,
        mut read: impl FnMut(&dyn Row) -> Result<Option<T>> + 's,
    ) -> Result<RowIter<'s, T>> {
        let select = self.statement()?;
        session.autoflush(&select.reads())?;
        let statement = session.links.render(&select)?;
        RowIter::open(session, statement, Populate::Keep, select.with, move |row, _| read(row))
    }
}

impl CellQuery for Sql {
    fn result_columns(&self, session: &mut Session) -> Result<Vec<ResultColumn>> {
        let database = session.links.database_named(self.database.as_deref())?;
        let (text, _) = self.to_sql(session.links.dialect(database))?;
        session.autoflush_all()?;
        let described = session.links.at(database).describe_statement(&text)?;
        Ok(described.into_iter().map(|column| ResultColumn::named(column.name, column.sql_type)).collect())
    }

    fn cells<'s, T: 's>(
        self,
        session: &'s mut Session,
        mut read: impl FnMut(&dyn Row) -> Result<Option<T>> + 's,
    ) -> Result<RowIter<'s, T>> {
        let database = session.links.database_named(self.database.as_deref())?;
        let statement = session.prepare_raw(&self, database)?;
        RowIter::open(session, statement, Populate::Keep, Withs::new(), move |row, _| read(row))
    }
}
