//! Foreign keys that are checked at the end of the transaction.

use std::ops::ControlFlow;

use orm_core::Result;
use orm_core::driver::Connection as _;
use orm_core::schema::TableName;
use orm_core::value::{List, ValueRef};

use crate::connection::PostgresConnection;

/// The constraints on some columns of a table: their names, whether they are deferrable, and whether they are initially deferred.
const CONSTRAINTS: &str = "SELECT n.nspname::text, c.conname::text, c.condeferrable, c.condeferred \
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace \
    WHERE c.contype = 'f' AND c.conrelid = pg_catalog.to_regclass($1) AND $2 = ARRAY(\
        SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place) \
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY a.attname::text COLLATE \"C\")";

/// See [`Connection::defer_foreign_key`](orm_core::driver::Connection::defer_foreign_key).
pub(crate) fn defer(connection: &mut PostgresConnection, table: &TableName, columns: &[&str]) -> Result<bool> {
    let schema = table.schema.as_deref().map(|schema| format!("{}.", quoted(schema))).unwrap_or_default();
    let mut columns: Vec<&str> = columns.to_vec();
    columns.sort_unstable();
    let columns: Vec<ValueRef<'_>> = columns.into_iter().map(ValueRef::Text).collect();
    let table = format!("{schema}{}", quoted(&table.name));
    let (mut can, mut told) = (true, Vec::new());
    let params = [ValueRef::Text(&table), ValueRef::Array(List::Values(&columns))];
    connection.query(CONSTRAINTS, &params, &mut |row| {
        if let (Ok(ValueRef::Text(schema)), Ok(ValueRef::Text(name))) = (row.get(0), row.get(1)) {
            let is = |index| matches!(row.get(index), Ok(ValueRef::Bool(true)));
            can &= is(2);
            told.extend((!is(3)).then(|| format!("{}.{}", quoted(schema), quoted(name))));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if can && !told.is_empty() {
        connection.simple(&format!("SET CONSTRAINTS {} DEFERRED", told.join(", ")))?;
    }
    Ok(can)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
