//! Statements that change rows of tables without models.

use crate::error::Result;
use crate::model::{Row, RowReader};
use crate::query::Statement as _;
use crate::query::table::{AtHand, TableDelete, TableInsert, TableReturning, TableRow, TableUpdate, statements};
use crate::session::Session;
use crate::session::read::untyped::Columns;
use crate::sql::Write;

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
                session.write_rows(self.into_write(Vec::new())?, &mut |_| Ok(()))
            }
        }
    )+};
}

writes!([K: AtHand, C] TableInsert<K, C>, [] TableUpdate, [] TableDelete);

impl Session {
    /// Runs a statement, in parts where the database takes no more at once, hands what comes back of each row to `each`, and tells how
    /// many rows were changed.
    pub(crate) fn write_rows(&mut self, write: Write, each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<u64> {
        let reads = write.reads();
        let writes = statements(self.links.dialect_of(&write.table), write)?;
        self.autoflush(&reads)?;
        self.store.go_beside();
        let parts = writes.len();
        let counts = writes.into_iter().map(|write| self.links.write(&write, &mut *each));
        let count = counts.sum();
        if let (Err(error), 2..) = (&count, parts) {
            self.links.fail(error);
        }
        count
    }
}
