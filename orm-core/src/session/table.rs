//! Running statements over tables without models.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::Session;
use super::arena::Populate;
use crate::error::Result;
use crate::query::table::{TableDelete, TableInsert, TableQuery, TableRow, TableUpdate};
use crate::value::{Value, read_as, with_refs};

impl TableQuery {
    /// The rows. Changes that the statement could read are flushed first.
    ///
    /// # Errors
    ///
    /// The database's, `Decode` when a cell is no value of its column's type, and those of an autoflush.
    pub fn all(&self, session: &mut Session) -> Result<Vec<TableRow>> {
        let (select, names, types) = self.statement()?;
        session.autoflush(&select.tables())?;
        let mut rows = Vec::new();
        session.read_rows(&select, "row", Populate::Keep, |row| {
            let cells = types.iter().map(|&sql_type| row.cell(|cell| read_as(sql_type, cell)));
            let values = cells.collect::<Result<Vec<Value>>>()?;
            rows.push(TableRow { names: Arc::clone(&names), values });
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
        Ok(self.clone().limit(1).all(session)?.pop())
    }
}

macro_rules! writes {
    ($($ty:ty),+) => {$(
        impl $ty {
            /// Runs the statement, and tells how many rows it changed. Changes of the session to the table are flushed first; objects
            /// of the session are left as they are.
            ///
            /// # Errors
            ///
            /// Mistakes in the statement, the database's errors, and those of an autoflush.
            pub fn execute(&self, session: &mut Session) -> Result<u64> {
                let (text, params) = self.to_sql(session.link.dialect())?;
                session.autoflush(std::slice::from_ref(self.table()))?;
                with_refs(&params, |params| session.link.execute(&text, params))
            }
        }
    )+};
}

writes!(TableInsert, TableUpdate, TableDelete);
