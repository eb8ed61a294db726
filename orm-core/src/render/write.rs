//! UPDATE and DELETE of the rows for which conditions hold.

use super::SqlWriter;
use super::expr::{expr, separated};
use super::select::conditions;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::sql::{ColumnRef, Delete, Update};
use crate::value::Value;

/// The text of an UPDATE and its parameters.
///
/// # Errors
///
/// `Unsupported` for what the database cannot do.
pub fn update(dialect: &'static dyn Dialect, update: &Update) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::new(dialect);
    out.sql("UPDATE ").table(&update.table).sql(" SET ");
    separated(&mut out, ", ", &update.set, |out, (column, value)| expr(out.ident(column).sql(" = "), value))?;
    conditions(&mut out, " WHERE ", &update.filter)?;
    returning(&mut out, &update.returning)?;
    Ok(out.finish())
}

/// The text of a DELETE and its parameters.
///
/// # Errors
///
/// `Unsupported` for what the database cannot do.
pub fn delete(dialect: &'static dyn Dialect, delete: &Delete) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM ").table(&delete.table);
    conditions(&mut out, " WHERE ", &delete.filter)?;
    returning(&mut out, &delete.returning)?;
    Ok(out.finish())
}

fn returning(out: &mut SqlWriter, columns: &[ColumnRef]) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    if !out.dialect().capabilities().returning {
        return Err(Error::unsupported(out.dialect().name(), "RETURNING"));
    }
    out.sql(" RETURNING ").list(", ", columns, |out, column| {
        out.ident(&column.name);
    });
    Ok(())
}
