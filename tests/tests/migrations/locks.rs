//! Locks: waits that end, and indexes that are built while others write.

use std::time::Duration;

use orm::TransactionOptions;
use orm::migrate::{Draft, Error, Migrations};
use orm::prelude::*;
use orm_tests::harness::{Harness, MariaDb, Postgres, SqliteFile};

use crate::models::{first, second};
use crate::support::{cells, execute, expect_models};

/// A table, and a second revision.
fn revisions(up: &str) -> Migrations {
    let files = [
        ("1_a1/revision.toml", "id = \"a1\""),
        ("1_a1/up.sql", "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, name TEXT);"),
        ("1_a1/down.sql", "DROP TABLE t;"),
        ("2_a2/revision.toml", "id = \"a2\"\nparents = [\"a1\"]"),
        ("2_a2/up.sql", up),
        ("2_a2/down.sql", "DROP INDEX i;"),
    ];
    Migrations::from_files(files).unwrap()
}

fn soon() -> TransactionOptions {
    TransactionOptions::new().lock_timeout(Duration::from_millis(50))
}

fn a_wait_ends<H: Harness>() {
    let database = H::database("wait_ends");
    let engine = Engine::connect(database.url()).unwrap();
    let migrations = revisions("ALTER TABLE t ADD COLUMN size INTEGER; CREATE INDEX i ON t (size);");
    migrations.on(&engine).upgrade("+1").unwrap();
    let mut writer = engine.connection().unwrap();
    writer.begin(orm::driver::TransactionMode::Write).unwrap();
    writer.execute("INSERT INTO t VALUES (1, 'x')", &[]).unwrap();
    let error = orm::Error::from(migrations.on(&engine).options(soon()).retries(2).upgrade("heads").unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Busy, "{error}");
    assert_eq!(migrations.on(&engine).current().unwrap(), ["a1"]);
    // Tried again until the other one is done.
    let done = std::thread::scope(|scope| {
        let upgrade = scope.spawn(|| migrations.on(&engine).options(soon()).retries(10_000).upgrade("heads").unwrap());
        std::thread::sleep(Duration::from_millis(200));
        writer.commit().unwrap();
        drop(writer);
        upgrade.join().unwrap()
    });
    assert_eq!(done, ["a2"]);
    assert_eq!(cells(&engine, "SELECT id, name, size FROM t"), "1 'x' NULL");
}

#[test]
fn a_wait_for_a_lock_ends_and_is_tried_again_on_sqlite() {
    a_wait_ends::<SqliteFile>();
}

#[test]
fn a_wait_for_a_lock_ends_and_is_tried_again_on_postgres() {
    a_wait_ends::<Postgres>();
}

#[test]
fn a_wait_for_a_lock_ends_and_is_tried_again_on_mariadb() {
    a_wait_ends::<MariaDb>();
}

#[test]
fn a_statement_may_take_so_long() {
    let database = Postgres::database("statement_timeout");
    let engine = Engine::connect(database.url()).unwrap();
    let options = TransactionOptions::new().statement_timeout(Duration::from_millis(50));
    let migrations = revisions("INSERT INTO t VALUES (1, 'x'); SELECT pg_sleep(20);");
    let error = migrations.on(&engine).options(options).upgrade("heads").unwrap_err();
    assert!(
        matches!(&error, Error::Statement { number: 2, source, .. } if source.kind() == ErrorKind::Timeout),
        "{error}"
    );
    assert_eq!(cells(&engine, "SELECT count(*) FROM t"), "0");
}

const UNIQUE: &str =
    "-- orm: alone\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (name);\nINSERT INTO t VALUES (9, 'last');";

const VALID: &str = "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'i'::regclass";

#[test]
fn an_index_that_was_built_in_part_is_built_anew() {
    let database = Postgres::database("broken_index");
    let engine = Engine::connect(database.url()).unwrap();
    let migrations = revisions(UNIQUE);
    migrations.on(&engine).upgrade("+1").unwrap();
    execute(&engine, "INSERT INTO t VALUES (1, 'x'), (2, 'x')");
    let error = migrations.upgrade(&engine).unwrap_err();
    let state = "an index that it has built in part is built anew by the next upgrade";
    assert!(matches!(&error, Error::Statement { number: 1, state: said, .. } if said.contains(state)), "{error}");
    // What is left has the name, and is none: `IF NOT EXISTS` would take it for done.
    assert_eq!(cells(&engine, VALID), "'false'");
    assert_eq!(migrations.on(&engine).current().unwrap(), ["a1"]);
    execute(&engine, "DELETE FROM t WHERE id = 2");
    assert_eq!(migrations.upgrade(&engine).unwrap(), ["a2"]);
    assert_eq!(cells(&engine, VALID), "'true'");
    assert_eq!(cells(&engine, "SELECT id, name FROM t ORDER BY id"), "1 'x' 9 'last'");
}

#[test]
fn ten_programs_build_one_index() {
    let database = Postgres::database("ten_build");
    let engine = Engine::connect(database.url()).unwrap();
    revisions(UNIQUE).on(&engine).upgrade("+1").unwrap();
    execute(&engine, "INSERT INTO t SELECT n, 'x' || n FROM generate_series(100, 5000) AS n");
    let url = database.url();
    let upgrade = || revisions(UNIQUE).upgrade(&Engine::connect(url).unwrap()).unwrap();
    let done: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..10).map(|_| scope.spawn(upgrade)).collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(done, ["a2"]);
    assert_eq!(cells(&engine, VALID), "'true'");
    assert_eq!(cells(&engine, "SELECT count(*) FROM t WHERE id = 9"), "1");
}

#[test]
fn written_indexes_are_built_while_others_write() {
    let database = Postgres::database("written_concurrently");
    let engine = Engine::connect(database.url()).unwrap();
    let mut start = Draft::new("start");
    start.generate(&Migrations::default(), &first(), &[engine.dialect()]).unwrap();
    let migrations = Migrations::default().with(start).unwrap();
    let mut draft = Draft::new("index").concurrently();
    draft.renames = orm::catalog::Renames::new().column("author", "nick", "name");
    draft.generate(&migrations, &second(), &[engine.dialect()]).unwrap();
    let script = |name: &str| draft.revision.files[name].clone();
    let index = "-- orm: alone\nCREATE INDEX CONCURRENTLY IF NOT EXISTS \"ix_post_title\"";
    assert!(script("up.sql").starts_with(index), "{}", script("up.sql"));
    let gone = "-- orm: alone\nDROP INDEX CONCURRENTLY IF EXISTS \"ix_post_title\"";
    assert!(script("down.sql").starts_with(gone), "{}", script("down.sql"));
    let migrations = migrations.with(draft).unwrap();
    migrations.upgrade(&engine).unwrap();
    expect_models(&engine, second());
    migrations.on(&engine).allow_destructive(true).downgrade("-1").unwrap();
    expect_models(&engine, first());
}
