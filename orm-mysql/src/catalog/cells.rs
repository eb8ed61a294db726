//! The cells of a row of the server's catalog.

use std::ops::ControlFlow;

use orm_core::driver::Connection as _;
use orm_core::model::Row;
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use crate::connection::MysqlConnection;

pub(crate) struct Cells<'r>(&'r dyn Row);

/// Runs a statement, and reads each row.
pub(crate) fn rows(
    connection: &mut MysqlConnection,
    sql: &str,
    params: &[ValueRef<'_>],
    mut each: impl FnMut(&Cells<'_>) -> Result<()>,
) -> Result<()> {
    connection.query(sql, params, &mut |row| {
        each(&Cells(row))?;
        Ok(ControlFlow::Continue(()))
    })
}

impl Cells<'_> {
    /// A text or NULL.
    pub(crate) fn option(&self, index: usize) -> Result<Option<String>> {
        match self.0.get(index) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(ValueRef::Text(text)) => Ok(Some(text.to_owned())),
            // MySQL gives some texts of its catalog as bytes.
            Ok(ValueRef::Bytes(bytes)) => Ok(Some(String::from_utf8_lossy(bytes).into_owned())),
            Ok(_) => Err(self.wrong(index, "text")),
            Err(mismatch) => Err(Error::new(ErrorKind::Decode, format!("the server's catalog: {mismatch}"))),
        }
    }

    /// A text. NULL is an empty one.
    pub(crate) fn text(&self, index: usize) -> Result<String> {
        Ok(self.option(index)?.unwrap_or_default())
    }

    /// A text that says something.
    pub(crate) fn told(&self, index: usize) -> Result<Option<String>> {
        Ok(self.option(index)?.filter(|text| !text.is_empty()))
    }

    fn wrong(&self, index: usize, wanted: &str) -> Error {
        Error::new(ErrorKind::Decode, format!("the server's catalog: `{}` is not {wanted}", self.0.name(index)))
    }
}
