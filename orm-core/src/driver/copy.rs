use super::Bind;
use crate::error::Result;
use crate::value::SqlType;

/// Rows that are to be copied into a table, see [`Connection::copy_in`](super::Connection::copy_in).
#[derive(Debug, Clone, Copy)]
pub struct CopyRows<'a> {
    /// The statement, as [`Dialect::copy_in`](crate::dialect::Dialect::copy_in) spells it.
    pub sql: &'a str,
    /// A query of the columns that are written. It is not run; its columns have the types of the table.
    pub described_by: &'a str,
    /// The types of the values, column by column.
    pub types: &'a [SqlType],
}

/// Takes a piece of what a database copies out of its tables.
pub type TakePiece<'a> = dyn FnMut(&[u8]) -> Result<()> + 'a;

/// Binds the values of the next row, and tells whether there was one. It is not called again after `false` or an error.
pub type NextRow<'a> = dyn FnMut(&mut dyn Bind) -> Result<bool> + 'a;
