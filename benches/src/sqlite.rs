//! SQLite: a file in WAL mode, both sides with the same settings. The raw side is rusqlite with cached prepared statements.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, process};

use orm::Engine;
use rusqlite::Connection;

use crate::clock::{Comparison, Side, compare, time};
use crate::data::{self, SeedUser};
use crate::models::Person;
use crate::{Outcome, ours};

/// A directory that is removed when the benchmark ends.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> Outcome<Self> {
        let path = env::temp_dir().join(format!("orm-bench-{}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// An engine and a raw connection on a database with empty tables.
    fn database(&self, name: &str) -> Outcome<(Engine, Connection)> {
        let path = self.0.join(name);
        let engine = Engine::connect(&url(&path))?;
        ours::create_tables(&engine)?;
        Ok((engine, open(&path)?))
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // A temporary directory that cannot be removed does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Turns off syncing, so that the disk does not dominate the comparison.
fn url(path: &Path) -> String {
    format!("sqlite:///{}?synchronous=normal", path.display())
}

/// A raw connection with the settings of the framework's own.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

pub(crate) fn run(graph: &[SeedUser]) -> Outcome<Vec<Comparison>> {
    let dir = TempDir::new()?;
    let file = url(&dir.0.join("compared.db"));
    let compared = ours::compared("SQLite: change a column of 10,000 objects", &file, 31)?;
    Ok(vec![insert(&dir, graph)?, load(&dir)?, get(&dir)?, compared])
}

/// Every round writes into tables that are empty.
fn insert(dir: &TempDir, graph: &[SeedUser]) -> Outcome<Comparison> {
    let (engine, connection) = dir.database("insert.db")?;
    let raw: Side<'_> = (
        "rusqlite, prepared loop",
        Box::new(|| {
            ours::create_tables(&engine)?;
            Ok(time(|| insert_raw(&connection, graph))?)
        }),
    );
    let session: Side<'_> = (
        "session",
        Box::new(|| {
            ours::create_tables(&engine)?;
            let users = data::values(graph);
            Ok(ours::insert(&engine, users)?)
        }),
    );
    compare("SQLite: insert 100,000 rows as a graph", 5, vec![raw, session])
}

fn insert_raw(connection: &Connection, graph: &[SeedUser]) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let mut user = transaction.prepare_cached("INSERT INTO bench_user (name, email) VALUES (?, ?)")?;
    let mut post = transaction.prepare_cached("INSERT INTO bench_post (user_id, title, body) VALUES (?, ?, ?)")?;
    let mut comment =
        transaction.prepare_cached("INSERT INTO bench_comment (post_id, author, text) VALUES (?, ?, ?)")?;
    for seed in graph {
        let user_id = user.insert((&seed.name, &seed.email))?;
        for seed in &seed.posts {
            let post_id = post.insert((user_id, &seed.title, &seed.body))?;
            for seed in &seed.comments {
                comment.insert((post_id, &seed.author, &seed.text))?;
            }
        }
    }
    drop((user, post, comment));
    transaction.commit()
}

fn load(dir: &TempDir) -> Outcome<Comparison> {
    let (engine, connection) = dir.database("load.db")?;
    ours::fill(&engine)?;
    let sides: Vec<Side<'_>> = vec![
        ("rusqlite, prepared query", Box::new(|| Ok(load_raw(&connection)?))),
        ("values, untracked", Box::new(|| Ok(ours::load_untracked(&engine)?))),
        ("all, tracked", Box::new(|| Ok(ours::load_tracked(&engine)?))),
    ];
    compare("SQLite: load 10,000 rows of 8 columns", 31, sides)
}

fn load_raw(connection: &Connection) -> rusqlite::Result<Duration> {
    time(|| {
        let mut statement =
            connection.prepare_cached("SELECT id, name, email, city, age, score, active, note FROM bench_person")?;
        statement.query_map([], person)?.collect::<rusqlite::Result<Vec<Person>>>()
    })
}

fn get(dir: &TempDir) -> Outcome<Comparison> {
    let (engine, connection) = dir.database("get.db")?;
    ours::fill(&engine)?;
    let sides: Vec<Side<'_>> = vec![
        ("rusqlite, prepared query", Box::new(|| Ok(get_raw(&connection)?))),
        ("get", Box::new(|| Ok(ours::get(&engine)?))),
    ];
    compare("SQLite: 1,000 rows by key", 31, sides)
}

/// One statement for each key, as a session reads them.
fn get_raw(connection: &Connection) -> rusqlite::Result<Duration> {
    time(|| {
        let mut people = Vec::new();
        let mut statement = connection
            .prepare_cached("SELECT id, name, email, city, age, score, active, note FROM bench_person WHERE id = ?")?;
        for key in data::keys() {
            people.push(statement.query_row([key], person)?);
        }
        Ok(people)
    })
}

fn person(row: &rusqlite::Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        city: row.get(3)?,
        age: row.get(4)?,
        score: row.get(5)?,
        active: row.get(6)?,
        note: row.get(7)?,
    })
}
