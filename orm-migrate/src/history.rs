//! The table in which a database keeps the revisions that it has.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use orm_core::Result;
use orm_core::dialect::{Dialect, SqlWriter};
use orm_core::engine::Conn;
use orm_core::model::Row;
use orm_core::value::ValueRef;

use crate::run::Way;

/// The table's name.
pub(crate) const TABLE: &str = "orm_revision";

/// Makes the table, if there is none.
pub(crate) const CREATE: &str = "CREATE TABLE IF NOT EXISTS orm_revision (id VARCHAR(100) NOT NULL PRIMARY KEY, \
     digest VARCHAR(64) NOT NULL, unfinished VARCHAR(4), statements INTEGER, failed INTEGER, \
     applied TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)";

/// What a database has of a revision.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The digest of its scripts, or of the statements that are done.
    pub(crate) digest: String,
    /// What is done, if it has been begun only.
    pub(crate) unfinished: Option<Unfinished>,
}

/// How far a revision has come where each statement of the schema commits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unfinished {
    /// Whether it is run or undone.
    pub(crate) way: Way,
    /// How many statements are done.
    pub(crate) statements: usize,
    /// Whether the next one failed, so that it is surely not done.
    pub(crate) failed: bool,
}

impl Entry {
    /// Whether the database has the revision: one that is undone in part is there until the end.
    pub(crate) fn is_applied(&self) -> bool {
        self.unfinished.is_none_or(|unfinished| unfinished.way == Way::Down)
    }
}

/// The revisions of which a database has something.
pub(crate) fn entries(connection: &mut Conn) -> Result<BTreeMap<String, Entry>> {
    let mut exists = false;
    connection.query(connection_list(connection), &[ValueRef::Null], &mut |row| {
        exists |= matches!(row.get(0), Ok(ValueRef::Text(name)) if name == TABLE);
        Ok(ControlFlow::Continue(()))
    })?;
    let mut found = BTreeMap::new();
    if exists {
        connection.query("SELECT id, digest, unfinished, statements, failed FROM orm_revision", &[], &mut |row| {
            if let (Ok(ValueRef::Text(id)), Ok(ValueRef::Text(digest))) = (row.get(0), row.get(1)) {
                found.insert(id.to_owned(), Entry { digest: digest.to_owned(), unfinished: unfinished(row) });
            }
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(found)
}

fn unfinished(row: &dyn Row) -> Option<Unfinished> {
    let (Ok(ValueRef::Text(way)), Ok(ValueRef::I64(statements))) = (row.get(2), row.get(3)) else { return None };
    let way = if way == Way::Up.name() { Way::Up } else { Way::Down };
    let failed = matches!(row.get(4), Ok(ValueRef::I64(_)));
    Some(Unfinished { way, statements: usize::try_from(statements).unwrap_or_default(), failed })
}

/// Notes that a revision begins of which nothing is done.
pub(crate) fn begin(connection: &mut Conn, id: &str, way: Way, digest: &str) -> Result<()> {
    if way == Way::Down {
        return note(connection, id, digest, Some((way, 0)));
    }
    // At once: without the rest it would be a whole revision.
    let mut out = SqlWriter::new(connection.dialect());
    out.sql("INSERT INTO orm_revision (id, digest, unfinished, statements) VALUES (").placeholder();
    out.sql(", ").placeholder().sql(", ").placeholder().sql(", ").placeholder().sql(")");
    let params = [ValueRef::Text(id), ValueRef::Text(digest), ValueRef::Text(way.name()), number(0)];
    connection.execute(&out.finish().0, &params).map(drop)
}

/// Notes how many statements are done.
pub(crate) fn count(connection: &mut Conn, id: &str, way: Way, statements: usize, digest: &str) -> Result<()> {
    note(connection, id, digest, Some((way, statements)))
}

/// Notes that a revision is whole.
pub(crate) fn finish(connection: &mut Conn, id: &str, digest: &str) -> Result<()> {
    note(connection, id, digest, None)
}

/// Notes that a statement is surely not done.
pub(crate) fn fail(connection: &mut Conn, id: &str, statement: usize) -> Result<()> {
    let mut out = SqlWriter::new(connection.dialect());
    out.sql("UPDATE orm_revision SET failed = ").placeholder().sql(" WHERE id = ").placeholder();
    connection.execute(&out.finish().0, &[number(statement), ValueRef::Text(id)]).map(drop)
}

fn note(connection: &mut Conn, id: &str, digest: &str, unfinished: Option<(Way, usize)>) -> Result<()> {
    let mut out = SqlWriter::new(connection.dialect());
    for (before, column) in [("UPDATE orm_revision SET ", "digest"), (", ", "unfinished"), (", ", "statements")] {
        out.sql(before).sql(column).sql(" = ").placeholder();
    }
    out.sql(", failed = NULL WHERE id = ").placeholder();
    let (way, statements) = match unfinished {
        Some((way, statements)) => (ValueRef::Text(way.name()), number(statements)),
        None => (ValueRef::Null, ValueRef::Null),
    };
    let params = [ValueRef::Text(digest), way, statements, ValueRef::Text(id)];
    connection.execute(&out.finish().0, &params).map(drop)
}

fn number(statements: usize) -> ValueRef<'static> {
    ValueRef::I64(i64::try_from(statements).unwrap_or(i64::MAX))
}

fn connection_list(connection: &Conn) -> &'static str {
    connection.dialect().list_tables()
}

pub(crate) fn add(connection: &mut Conn, id: &str, digest: &str) -> Result<()> {
    let mut out = SqlWriter::new(connection.dialect());
    out.sql("INSERT INTO orm_revision (id, digest) VALUES (").placeholder().sql(", ").placeholder().sql(")");
    connection.execute(&out.finish().0, &[ValueRef::Text(id), ValueRef::Text(digest)]).map(drop)
}

pub(crate) fn remove(connection: &mut Conn, id: &str) -> Result<()> {
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
