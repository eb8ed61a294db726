//! Scripts that fail, and scripts that were written by hand.

use orm::migrate::{Error, Migrations};
use orm::prelude::*;
use orm_tests::harness::{Harness, MariaDb, Postgres, SqliteFile};

use crate::support::{cells, execute};

fn failing<H: Harness>() {
    let database = H::database("failing");
    let engine = Engine::connect(database.url()).unwrap();
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TABLE good (id INTEGER PRIMARY KEY)"),
        ("1_a1/down.sql", ""),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        ("2_a2/up.sql", "CREATE TABLE other (id INTEGER PRIMARY KEY);\nINSERT INTO nowhere\nVALUES (1);"),
        ("2_a2/down.sql", ""),
    ];
    let migrations = Migrations::from_files(files).unwrap();
    let error = migrations.upgrade(&engine).unwrap_err();
    let is_it = matches!(&error, Error::Statement { id, number: 2, statement, .. } if id == "a2" && statement == "INSERT INTO nowhere");
    assert!(is_it, "{error}");
    assert_eq!(migrations.on(&engine).current().unwrap(), ["a1"]);
    let tables: Vec<String> = engine.reflect().unwrap().tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(tables, ["good", "orm_revision"]);
    // A database that is ahead of the program.
    let older = Migrations::default();
    assert!(matches!(older.upgrade(&engine).unwrap_err(), Error::Missing { id, .. } if id == "a1"));
}

#[test]
fn a_statement_that_fails_leaves_nothing_on_sqlite() {
    failing::<SqliteFile>();
}

#[test]
fn a_statement_that_fails_leaves_nothing_on_postgres() {
    failing::<Postgres>();
}

/// A revision that adds a column, a row and a table, and fails where the script says `broken`.
fn three_statements(broken: &str) -> Migrations {
    let up = format!(
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY);\nINSERT INTO t VALUES (1);\n{broken};\nCREATE TABLE last (id INTEGER NOT NULL PRIMARY KEY);"
    );
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", &*up),
        ("1_a1/down.sql", "DROP TABLE last;\nDROP TABLE nowhere;\nDROP TABLE t;"),
    ];
    Migrations::from_files(files).unwrap()
}

#[test]
fn a_run_goes_on_behind_the_statements_that_are_committed() {
    let database = MariaDb::database("goes_on");
    let engine = Engine::connect(database.url()).unwrap();
    let failing = three_statements("INSERT INTO nowhere VALUES (1)");
    let error = failing.upgrade(&engine).unwrap_err();
    let is_it = matches!(&error, Error::Statement { number: 3, state, .. } if state.contains("those before this one stay done"));
    assert!(is_it, "{error}");
    assert_eq!(failing.on(&engine).current().unwrap(), Vec::<String>::new());
    // What is done may not become another thing, and is not undone by half.
    let other = three_statements("SELECT 1").on(&engine).downgrade("base");
    assert!(matches!(&other, Err(Error::Unfinished { id, way: "up", statements: 2 }) if id == "a1"), "{other:?}");
    let up = "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY);\nINSERT INTO t VALUES (2);\nSELECT 1;";
    let files = [("1_a1/revision.toml", "id = \"a1\""), ("1_a1/up.sql", up), ("1_a1/down.sql", "")];
    let changed = Migrations::from_files(files).unwrap().upgrade(&engine).unwrap_err().to_string();
    assert!(changed.contains("the first 2 statements of revision `a1` are done, and were others"), "{changed}");
    // The statement that failed may be corrected.
    let corrected = three_statements("INSERT INTO t VALUES (3)");
    assert_eq!(corrected.upgrade(&engine).unwrap(), ["a1"]);
    assert_eq!(cells(&engine, "SELECT id FROM t ORDER BY id"), "1 3");
    assert!(engine.reflect().unwrap().find("last").is_some());
    // The same on the way down.
    let run = corrected.on(&engine).allow_destructive(true);
    let error = run.downgrade("base").unwrap_err();
    assert!(matches!(&error, Error::Statement { number: 2, .. }), "{error}");
    assert!(matches!(corrected.upgrade(&engine), Err(Error::Unfinished { way: "down", statements: 1, .. })));
    // What failed is not taken for done.
    assert!(run.downgrade("base").is_err());
    execute(&engine, "CREATE TABLE nowhere (id INTEGER)");
    assert_eq!(run.downgrade("base").unwrap(), ["a1"]);
    let tables: Vec<String> = engine.reflect().unwrap().tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(tables, ["orm_revision"]);
}

#[test]
fn a_line_that_means_nothing_is_refused() {
    let migrations = Migrations::from_files([
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TABLE t (id INTEGER);\n-- orm: cal slugs\nDROP TABLE t;"),
    ])
    .unwrap();
    let engine = Engine::connect("sqlite://").unwrap();
    let error = migrations.upgrade(&engine).unwrap_err().to_string();
    assert!(error.contains("`-- orm: cal slugs`, which means nothing"), "{error}");
    assert!(engine.reflect().unwrap().find("t").is_none());
}

#[test]
fn a_step_that_is_not_registered_is_refused() {
    let files = [("1_a1/revision.toml", "id = \"a1\""), ("1_a1/up.sql", "-- orm: call fill"), ("1_a1/down.sql", "")];
    let engine = Engine::connect("sqlite://").unwrap();
    let error = Migrations::from_files(files).unwrap().upgrade(&engine).unwrap_err();
    assert!(matches!(&error, Error::NoStep { step, .. } if step == "fill"), "{error}");
}

#[test]
fn a_value_of_an_enum_is_used_by_the_revision_that_adds_it() {
    let database = Postgres::database("enum");
    let engine = Engine::connect(database.url()).unwrap();
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE day (mood mood);"),
        ("1_a1/down.sql", ""),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        (
            "2_a2/up.sql",
            "-- orm: alone\nALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad';\nINSERT INTO day VALUES ('glad');",
        ),
        ("2_a2/down.sql", ""),
    ];
    assert_eq!(Migrations::from_files(files).unwrap().upgrade(&engine).unwrap(), ["a1", "a2"]);
    assert_eq!(cells(&engine, "SELECT mood::text FROM day"), "'glad'");
}
