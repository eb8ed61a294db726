//! The cells of a row of the server's catalog.

use std::ops::ControlFlow;

use orm_core::driver::Connection as _;
use orm_core::model::Row;
use orm_core::schema::TableName;
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use crate::connection::PostgresConnection;

pub(super) struct Cells<'r>(&'r dyn Row);

/// Runs a statement, and reads each row.
pub(super) fn rows(
    connection: &mut PostgresConnection,
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
    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        self.0.get(index).map_err(|mismatch| Error::new(ErrorKind::Decode, format!("the server's catalog: {mismatch}")))
    }

    fn wrong(&self, index: usize, wanted: &str) -> Error {
        Error::new(ErrorKind::Decode, format!("the server's catalog: `{}` is not {wanted}", self.0.name(index)))
    }

    /// A text or NULL.
    pub(super) fn option(&self, index: usize) -> Result<Option<String>> {
        match self.get(index)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(text) => Ok(Some(text.to_owned())),
            _ => Err(self.wrong(index, "text")),
        }
    }

    pub(super) fn text(&self, index: usize) -> Result<String> {
        self.option(index)?.ok_or_else(|| self.wrong(index, "text"))
    }

    /// A truth value. NULL is false.
    pub(super) fn flag(&self, index: usize) -> Result<bool> {
        match self.get(index)? {
            ValueRef::Null => Ok(false),
            ValueRef::Bool(flag) => Ok(flag),
            _ => Err(self.wrong(index, "a truth value")),
        }
    }

    pub(super) fn number(&self, index: usize) -> Result<i64> {
        match self.get(index)? {
            ValueRef::I64(number) => Ok(number),
            _ => Err(self.wrong(index, "a number")),
        }
    }

    pub(super) fn texts(&self, index: usize) -> Result<Vec<String>> {
        let ValueRef::Array(items) = self.get(index)? else { return Err(self.wrong(index, "an array")) };
        let text = |item: ValueRef<'_>| match item {
            ValueRef::Text(text) => Ok(text.to_owned()),
            _ => Err(self.wrong(index, "an array of texts")),
        };
        items.iter().map(text).collect()
    }

    /// A name in two columns: the schema, if it is not the connection's own, and the name.
    pub(super) fn name(&self, index: usize) -> Result<TableName> {
        Ok(TableName { schema: self.option(index)?.map(Into::into), name: self.text(index + 1)?.into() })
    }
}
