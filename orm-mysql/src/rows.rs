//! Streams the rows of a statement.

use std::sync::Arc;

use mysql::prelude::Queryable as _;
use mysql::{Binary, Opts, Params, QueryResult, Statement};
use orm_core::Result;
use orm_core::driver::RowStream;
use orm_core::model::Row;

use crate::connection::{MysqlConnection, State};
use crate::decode::{Columns, MysqlRow};
use crate::watch::{Watch, kill};

/// Rows that are read one by one. The server waits while nobody takes them.
pub(crate) struct MysqlRows<'c> {
    rows: QueryResult<'c, 'c, 'c, Binary>,
    columns: Columns,
    state: &'c mut State,
    watch: Option<Watch>,
    /// The place and the number of the connection, where its statement only reads: ending it loses nothing.
    ends: Option<(Arc<Opts>, u32)>,
    ended: bool,
}

impl<'c> MysqlRows<'c> {
    pub(crate) fn open(
        connection: &'c mut MysqlConnection,
        statement: &Statement,
        params: Params,
        reads: bool,
    ) -> Result<Self> {
        let MysqlConnection { driver, place, limits, state, .. } = connection;
        let id = driver.connection_id();
        let watch = Watch::over(limits, place, id);
        match driver.exec_iter(statement, params) {
            Ok(rows) => {
                let columns = Columns::new(rows.columns().as_ref());
                let ends = reads.then(|| (Arc::clone(place), id));
                Ok(Self { rows, columns, state, watch, ends, ended: false })
            }
            Err(error) => {
                state.asked_to_end |= watch.is_some_and(Watch::finish);
                Err(state.failed(error))
            }
        }
    }
}

impl RowStream for MysqlRows<'_> {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        match self.rows.next() {
            Some(Ok(row)) => {
                self.state.changed |= self.ends.is_none();
                read(&MysqlRow::new(&self.columns, &row)).map(|()| true)
            }
            Some(Err(error)) => {
                self.ended = true;
                Err(self.state.failed(error))
            }
            None => {
                self.ended = true;
                Ok(false)
            }
        }
    }
}

/// What is left of the rows is read when the result is dropped behind this.
impl Drop for MysqlRows<'_> {
    fn drop(&mut self) {
        self.state.asked_to_end |= self.watch.take().is_some_and(Watch::finish);
        if let (false, Some((place, id))) = (self.ended, &self.ends) {
            self.state.asked_to_end |= kill(place, *id).is_ok();
        }
    }
}
