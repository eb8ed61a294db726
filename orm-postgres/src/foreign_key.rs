//! Foreign keys that are looked at when the transaction ends.

use orm_core::Result;
use orm_core::schema::TableName;
use postgres::Client;

use crate::error::classify;

/// The constraints on some columns of a table: their names, whether they may be deferred, and whether they are without being told.
const CONSTRAINTS: &str = "SELECT n.nspname::text, c.conname::text, c.condeferrable, c.condeferred \
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace \
    WHERE c.contype = 'f' AND c.conrelid = pg_catalog.to_regclass($1) AND $2 = ARRAY(\
        SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place) \
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY a.attname::text COLLATE \"C\")";

/// See [`Connection::defer_foreign_key`](orm_core::driver::Connection::defer_foreign_key).
pub(crate) fn defer(client: &mut Client, table: &TableName, columns: &[&str]) -> Result<bool> {
    let schema = table.schema.as_deref().map(|schema| format!("{}.", quoted(schema))).unwrap_or_default();
    let mut columns = columns.to_vec();
    columns.sort_unstable();
    let table = format!("{schema}{}", quoted(&table.name));
    let mut told = Vec::new();
    for row in client.query(CONSTRAINTS, &[&table, &columns]).map_err(classify)? {
        let (schema, name): (String, String) = (row.get(0), row.get(1));
        match (row.get(2), row.get(3)) {
            (false, _) => return Ok(false),
            (true, true) => {}
            (true, false) => told.push(format!("{}.{}", quoted(&schema), quoted(&name))),
        }
    }
    if !told.is_empty() {
        client.batch_execute(&format!("SET CONSTRAINTS {} DEFERRED", told.join(", "))).map_err(classify)?;
    }
    Ok(true)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
