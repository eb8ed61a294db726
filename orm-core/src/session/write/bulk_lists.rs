//! INSERTs of lists of rows in bulk.

use super::bulk_writer::BindRow;
use crate::dialect::Dialect;
use crate::driver::Bind;
use crate::error::{Error, Result};
use crate::render::bulk::BulkColumns;
use crate::session::flush::Most;
use crate::session::transaction::link::Link;
use crate::session::transaction::statements::ListOfRows;
use crate::sql::Conflict;
use crate::value::{Value, ValueRef};

/// Inserts rows of the same columns, many with each statement.
#[derive(Debug)]
pub(super) struct Lists {
    conflict: Option<Conflict>,
    /// The statement for one row.
    single: String,
    /// The last statement, with the number of its rows.
    last: (usize, String),
    /// The parameters behind those of the rows.
    behind: Vec<Value>,
    most: Most,
    /// Whether values may be of any length, so that rows have to be weighed.
    weighs: bool,
}

impl Lists {
    pub(super) fn new(
        dialect: &'static dyn Dialect,
        columns: &BulkColumns,
        conflict: Option<Conflict>,
    ) -> Result<Self> {
        let (single, behind) = columns.insert_rows(dialect, None, conflict.as_ref(), 1)?;
        Ok(Self {
            conflict,
            last: (1, single.clone()),
            single,
            behind,
            most: Most::listed(dialect, columns.names.len()),
            weighs: columns.forms.iter().any(|(sql_type, _)| sql_type.is_of_any_length()),
        })
    }

    /// Inserts so many rows, and tells how many were inserted or updated. An error has the number of its row, where it is known.
    pub(super) fn insert(
        &mut self,
        link: &mut Link,
        columns: &BulkColumns,
        rows: usize,
        bind: &mut BindRow<'_>,
    ) -> Result<u64> {
        let (mut sent, mut written) = (0, 0);
        while sent < rows {
            let count = self.most.fitting(rows - sent, |row| self.weight(sent + row, bind))?;
            if self.last.0 != count {
                let (text, _) = columns.insert_rows(link.dialect(), None, self.conflict.as_ref(), count)?;
                self.last = (count, text);
            }
            let list = ListOfRows { list: &self.last.1, single: &self.single, behind: &self.behind, rows: count };
            let inserted = link.execute_list(&list, &mut |row, out| bind(sent + row, out));
            written += inserted.map_err(|error: Error| match error.row() {
                Some(row) => error.with_row(sent as u64 + row),
                None => error,
            })?;
            sent += count;
        }
        Ok(written)
    }

    fn weight(&self, row: usize, bind: &mut BindRow<'_>) -> Result<usize> {
        let mut weight = Weight(0);
        if self.weighs {
            bind(row, &mut weight).map_err(|error| error.with_row(row as u64 + 1))?;
        }
        Ok(weight.0)
    }
}

/// The bytes of the values that it is given.
struct Weight(usize);

impl Bind for Weight {
    fn bind(&mut self, value: ValueRef<'_>) -> Result<()> {
        self.0 += value.bytes();
        Ok(())
    }
}
