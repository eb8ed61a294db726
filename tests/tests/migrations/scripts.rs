//! Scripts that fail, and scripts that were written by hand.

use orm::migrate::{Error, Migrations};
use orm::prelude::*;
use orm_tests::harness::{Harness, Postgres, SqliteFile};

use crate::support::cells;

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
