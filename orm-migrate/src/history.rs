//! The table in which a database keeps the revisions that it has.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use orm_core::dialect::{Dialect, SqlWriter};
use orm_core::engine::Conn;
use orm_core::value::ValueRef;

use crate::error::Result;

/// The table's name.
pub(crate) const TABLE: &str = "orm_revision";

/// Makes the table, if there is none.
pub(crate) const CREATE: &str = "CREATE TABLE IF NOT EXISTS orm_revision (id VARCHAR(100) NOT NULL PRIMARY KEY, \
     digest VARCHAR(64) NOT NULL, applied TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)";

/// The revisions that a database has, with the digests that they had.
pub(crate) fn applied(connection: &mut Conn) -> Result<BTreeMap<String, String>> {
    let mut exists = false;
    connection.query(connection_list(connection), &[ValueRef::Null], &mut |row| {
        exists |= matches!(row.get(0), Ok(ValueRef::Text(name)) if name == TABLE);
        Ok(ControlFlow::Continue(()))
    })?;
    let mut found = BTreeMap::new();
    if exists {
        connection.query("SELECT id, digest FROM orm_revision", &[], &mut |row| {
            if let (Ok(ValueRef::Text(id)), Ok(ValueRef::Text(digest))) = (row.get(0), row.get(1)) {
                found.insert(id.to_owned(), digest.to_owned());
            }
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(found)
}

fn connection_list(connection: &Conn) -> &'static str {
    connection.dialect().list_tables()
}

pub(crate) fn add(connection: &mut Conn, id: &str, digest: &str) -> orm_core::Result<()> {
    let mut out = SqlWriter::new(connection.dialect());
    out.sql("INSERT INTO orm_revision (id, digest) VALUES (").placeholder().sql(", ").placeholder().sql(")");
    connection.execute(&out.finish().0, &[ValueRef::Text(id), ValueRef::Text(digest)]).map(drop)
}

pub(crate) fn remove(connection: &mut Conn, id: &str) -> orm_core::Result<()> {
    let mut out = SqlWriter::new(connection.dialect());
    out.sql("DELETE FROM orm_revision WHERE id = ").placeholder();
    connection.execute(&out.finish().0, &[ValueRef::Text(id)]).map(drop)
}

/// The statement that `add` runs, for a script that others run.
pub(crate) fn add_sql(dialect: &'static dyn Dialect, id: &str, digest: &str) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("INSERT INTO orm_revision (id, digest) VALUES (").ident_literal(id).sql(", ").ident_literal(digest);
    out.sql(")");
    out.into_text()
}

/// The statement that `remove` runs, for a script that others run.
pub(crate) fn remove_sql(dialect: &'static dyn Dialect, id: &str) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM orm_revision WHERE id = ").ident_literal(id);
    out.into_text()
}
