//! Rows with the values by which those of several sessions are put together.

use std::ops::ControlFlow;

use super::rows::populate;
use crate::error::Result;
use crate::model::RowReader;
use crate::query::Parts;
use crate::session::Session;
use crate::session::store::arena::Populate;
use crate::sql::Select;
use crate::value::{SqlType, Value, read_as};

/// Rows, and the values behind each of them.
#[derive(Debug)]
pub(crate) struct Keyed<R> {
    pub(crate) rows: Vec<R>,
    /// So many for each row, one row after the other.
    pub(crate) values: Vec<Value>,
}

impl Session {
    /// Runs a statement of `parts` that selects values of `types` behind what `read` reads.
    pub(crate) fn keyed<R>(
        &mut self,
        parts: &Parts,
        select: &Select,
        types: &[SqlType],
        subject: &'static str,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<R>,
    ) -> Result<Keyed<R>> {
        self.autoflush(&select.reads())?;
        let mut keyed = Keyed { rows: Vec::new(), values: Vec::new() };
        let each = |row: &mut RowReader<'_>| {
            keyed.rows.push(read(row)?);
            for sql_type in types {
                keyed.values.push(row.cell(|cell| read_as(*sql_type, cell))?);
            }
            Ok(ControlFlow::Continue(()))
        };
        self.raising(parts.manner.raises, |session| session.read_rows(select, subject, populate(parts), each))?;
        self.tell_states();
        Ok(keyed)
    }

    /// Hands the values of each row to `each`.
    pub(crate) fn each_row(
        &mut self,
        select: &Select,
        types: &[SqlType],
        mut each: impl FnMut(Vec<Value>) -> Result<()>,
    ) -> Result<()> {
        self.read_rows(select, "row", Populate::Keep, |row| {
            let cells = types.iter().map(|sql_type| row.cell(|cell| read_as(*sql_type, cell)));
            each(cells.collect::<Result<_>>()?)?;
            Ok(ControlFlow::Continue(()))
        })
    }
}
