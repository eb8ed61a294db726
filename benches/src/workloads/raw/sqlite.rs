use std::path::Path;
use std::rc::Rc;

use orm_workloads::{Database, Kind, Local, Outcome, SETTINGS, schema};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::{Post, User, sqlite_reads, sqlite_writes};
use crate::ours::Item;

/// A connection whose statements are all kept.
#[derive(Debug)]
pub(crate) struct Sqlite(pub(super) Connection);

/// The ways of rusqlite over a new file.
pub(crate) fn sqlite(file: &Path) -> Outcome<Local<Sqlite>> {
    let connection = Connection::open(file)?;
    connection.set_prepared_statement_cache_capacity(256);
    rusqlite::vtab::array::load_module(&connection)?;
    let mut database = Sqlite(connection);
    for statement in SETTINGS.into_iter().map(str::to_owned).chain(schema(Kind::Sqlite)) {
        database.execute(&statement)?;
    }
    let ways = sqlite_writes::WAYS.into_iter().chain(sqlite_reads::WAYS).collect();
    Local::new("raw", database, ways)
}

impl Database for Sqlite {
    fn kind(&self) -> Kind {
        Kind::Sqlite
    }

    fn execute(&mut self, sql: &str) -> Outcome {
        // Some settings answer with a row.
        let mut statement = self.0.prepare(sql)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        Ok(())
    }

    fn number(&mut self, sql: &str) -> Outcome<i64> {
        Ok(self.0.query_row(sql, [], |row| row.get(0))?)
    }
}

/// Keys as one parameter.
pub(super) fn array(keys: &[i64]) -> Rc<Vec<Value>> {
    Rc::new(keys.iter().copied().map(Value::Integer).collect())
}

pub(super) fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        a: row.get(1)?,
        b: row.get(2)?,
        c: row.get(3)?,
        score: row.get(4)?,
        active: row.get(5)?,
        created_at: row.get(6)?,
        note: row.get(7)?,
    })
}

pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, email: row.get(2)? })
}

/// A post whose columns begin at this place.
pub(super) fn post(row: &Row<'_>, at: usize) -> rusqlite::Result<Post> {
    Ok(Post { id: row.get(at)?, user_id: row.get(at + 1)?, title: row.get(at + 2)?, body: row.get(at + 3)? })
}
