//! The engine over SQLite: statements, transactions, the pool and errors, as a session would use them.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm_core::driver::TransactionMode;
use orm_core::engine::{Conn, Engine};
use orm_core::value::{List, Value, ValueRef};
use orm_core::{Error, ErrorKind, Result};
use orm_sqlite::SqliteBackend;

/// A directory of one test, removed at its end.
struct Directory(PathBuf);

impl Directory {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("orm-sqlite-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn memory() -> Engine {
    Engine::builder(Arc::new(SqliteBackend::memory())).pool_timeout(Duration::from_millis(20)).build().unwrap()
}

fn rows(connection: &mut Conn, sql: &str, params: &[ValueRef<'_>]) -> Result<Vec<Vec<Value>>> {
    let mut found = Vec::new();
    connection.query(sql, params, &mut |row| {
        let cells: Result<_, _> = (0..row.len()).map(|index| row.get(index).map(|cell| cell.to_value())).collect();
        found.push(cells.map_err(|mismatch| Error::new(ErrorKind::Decode, mismatch.to_string()))?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

fn kind(result: Result<impl Sized>) -> ErrorKind {
    result.err().unwrap().kind()
}

#[test]
fn values_come_back() -> Result<()> {
    let mut connection = memory().connection()?;
    connection.execute_script("CREATE TABLE t (id INTEGER PRIMARY KEY, x REAL, s TEXT, b BLOB)")?;
    let params = [ValueRef::F64(f64::NAN), ValueRef::Text("a\0b"), ValueRef::Bytes(&[0, 1])];
    assert_eq!(connection.execute("INSERT INTO t (x, s, b) VALUES (?1, ?2, ?3)", &params)?, 1);
    connection.execute("INSERT INTO t (x) VALUES (?1)", &[ValueRef::F64(f64::INFINITY)])?;
    assert_eq!(
        rows(&mut connection, "SELECT x, s, b FROM t ORDER BY id", &[])?,
        [
            vec![Value::Text("NaN".into()), Value::Text("a\0b".into()), Value::Bytes(vec![0, 1])],
            vec![Value::F64(f64::INFINITY), Value::Null, Value::Null],
        ]
    );
    Ok(())
}

#[test]
fn a_list_is_one_parameter() -> Result<()> {
    let mut connection = memory().connection()?;
    let list = [ValueRef::I64(2), ValueRef::Text("x"), ValueRef::Null];
    let found = rows(&mut connection, "SELECT value FROM rarray(?1)", &[ValueRef::Array(List::Values(&list))])?;
    assert_eq!(found, [[Value::I64(2)].to_vec(), vec![Value::Text("x".into())], vec![Value::Null]]);
    let nested = [ValueRef::Array(List::Values(&list))];
    let refused = rows(&mut connection, "SELECT value FROM rarray(?1)", &[ValueRef::Array(List::Values(&nested))]);
    assert_eq!(kind(refused), ErrorKind::Unsupported);
    Ok(())
}

#[test]
fn a_batch_reports_the_key_of_each_row() -> Result<()> {
    let mut connection = memory().connection()?;
    connection.execute_script("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")?;
    let names = ["a", "b", "c"];
    let mut keys = Vec::new();
    connection.execute_batch(
        "INSERT INTO t (name) VALUES (?1)",
        3,
        &mut |row, binder| binder.bind(ValueRef::Text(names[row])),
        &mut |row, done| keys.push((row, done.affected, done.last_insert_id)),
    )?;
    assert_eq!(keys, [(0, 1, 1), (1, 1, 2), (2, 1, 3)]);
    let again = connection.execute_batch(
        "INSERT INTO t (name) VALUES (?1)",
        1,
        &mut |_, binder| binder.bind(ValueRef::Text("a")),
        &mut |_, _| {},
    );
    assert_eq!(kind(again), ErrorKind::UniqueViolation);
    let short = connection.execute_batch("INSERT INTO t (name) VALUES (?1)", 1, &mut |_, _| Ok(()), &mut |_, _| {});
    assert_eq!(kind(short), ErrorKind::Database);
    Ok(())
}

#[test]
fn each_constraint_has_its_kind() -> Result<()> {
    let mut connection = memory().connection()?;
    connection.execute_script(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p ON DELETE RESTRICT, n INTEGER UNIQUE CHECK (n > 0));
         INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1, 1)",
    )?;
    for (sql, expected) in [
        ("INSERT INTO c VALUES (2, 1, 1)", ErrorKind::UniqueViolation),
        ("INSERT INTO c VALUES (1, 1, 2)", ErrorKind::UniqueViolation),
        ("INSERT INTO c VALUES (2, 9, 2)", ErrorKind::ForeignKeyViolation),
        ("INSERT INTO c VALUES (2, NULL, 2)", ErrorKind::NotNullViolation),
        ("INSERT INTO c VALUES (2, 1, -2)", ErrorKind::CheckViolation),
        ("DELETE FROM p", ErrorKind::ForeignKeyViolation),
        ("INSERT INTO nowhere VALUES (1)", ErrorKind::Database),
    ] {
        assert_eq!(kind(connection.execute(sql, &[])), expected, "{sql}");
    }
    Ok(())
}

#[test]
fn decimals_sort_as_numbers() -> Result<()> {
    let mut connection = memory().connection()?;
    connection.execute_script(
        "CREATE TABLE t (d TEXT COLLATE orm_decimal UNIQUE); INSERT INTO t VALUES ('10'), ('9.5'), ('-3'), ('0.10')",
    )?;
    let sorted: Vec<Value> = rows(&mut connection, "SELECT d FROM t ORDER BY d", &[])?.into_iter().flatten().collect();
    assert_eq!(sorted, ["-3", "0.10", "9.5", "10"].map(|text| Value::Text(text.into())));
    assert_eq!(kind(connection.execute("INSERT INTO t VALUES ('0.1')", &[])), ErrorKind::UniqueViolation);
    Ok(())
}

#[test]
fn an_open_transaction_ends_with_its_connection() -> Result<()> {
    let engine = memory();
    engine.connection()?.execute_script("CREATE TABLE t (id INTEGER)")?;
    let mut connection = engine.connection()?;
    connection.begin(TransactionMode::Write)?;
    connection.execute("INSERT INTO t VALUES (1)", &[])?;
    connection.savepoint("s \"1\"")?;
    connection.execute("INSERT INTO t VALUES (2)", &[])?;
    connection.rollback_to_savepoint("s \"1\"")?;
    connection.release_savepoint("s \"1\"")?;
    assert_eq!(rows(&mut connection, "SELECT count(*) FROM t", &[])?, [[Value::I64(1)]]);
    drop(connection);
    assert_eq!(rows(&mut engine.connection()?, "SELECT count(*) FROM t", &[])?, [[Value::I64(0)]]);
    Ok(())
}

#[test]
fn a_database_in_memory_has_one_connection() -> Result<()> {
    let engine = memory();
    let held = engine.connection()?;
    let error = engine.connection().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::PoolTimeout);
    assert!(error.to_string().contains("only connection"), "{error}");
    drop(held);
    engine.connection().map(drop)
}

#[test]
fn a_pool_ends_at_its_overflow() -> Result<()> {
    let directory = Directory::new("pool");
    let builder = || Engine::builder(Arc::new(SqliteBackend::file(directory.file("a.db")))).max_overflow(0);
    assert_eq!(kind(builder().pool_size(0).build()), ErrorKind::Config);
    let engine = builder().pool_size(1).max_overflow(1).pool_timeout(Duration::from_millis(20)).build()?;
    let (first, second) = (engine.connection()?, engine.connection()?);
    let error = engine.connection().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::PoolTimeout);
    assert!(error.to_string().contains("`max_overflow`"), "{error}");
    drop((first, second));
    engine.connection().map(drop)
}

#[test]
fn an_old_connection_is_replaced() -> Result<()> {
    let directory = Directory::new("recycle");
    let builder = || Engine::builder(Arc::new(SqliteBackend::file(directory.file("a.db")))).pool_pre_ping(true);
    builder().build()?.connection()?.execute_script("CREATE TABLE t (id INTEGER PRIMARY KEY)")?;
    // SQLite counts the rows that a connection has changed since it was opened.
    let changed_before = |engine: &Engine| -> Result<Vec<Vec<Value>>> {
        engine.connection()?.execute("INSERT INTO t DEFAULT VALUES", &[])?;
        rows(&mut engine.connection()?, "SELECT total_changes()", &[])
    };
    assert_eq!(changed_before(&builder().build()?)?, [[Value::I64(1)]]);
    assert_eq!(changed_before(&builder().pool_recycle(Duration::ZERO).build()?)?, [[Value::I64(0)]]);
    Ok(())
}

#[test]
fn hooks_see_every_statement() -> Result<()> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let engine = Engine::builder(Arc::new(SqliteBackend::memory()))
        .on_statement(move |event| {
            let parameters = event.parameters.iter().map(ValueRef::to_string).collect::<Vec<_>>().join(", ");
            log.lock().unwrap().push(format!("{} [{parameters}] {:?} {}", event.sql, event.batch, event.rows));
            assert_eq!(event.error.is_some(), event.sql == "nonsense");
        })
        .echo(true)
        .build()?;
    let mut connection = engine.connection()?;
    connection.begin(TransactionMode::Read)?;
    connection.execute_batch(
        "SELECT 1 WHERE ?1 = 0",
        2,
        &mut |_, binder| binder.bind(ValueRef::I64(1)),
        &mut |_, _| {},
    )?;
    rows(&mut connection, "SELECT ?1 UNION SELECT 2", &[ValueRef::Text("a")])?;
    connection.execute("nonsense", &[]).unwrap_err();
    connection.rollback()?;
    let seen = seen.lock().unwrap();
    assert_eq!(
        *seen,
        [
            "BEGIN [] None 0",
            "SELECT 1 WHERE ?1 = 0 [] Some(2) 0",
            "SELECT ?1 UNION SELECT 2 [\"a\"] None 2",
            "nonsense [] None 0",
            "ROLLBACK [] None 0",
        ]
    );
    Ok(())
}

#[test]
fn a_locked_file_is_busy() -> Result<()> {
    let directory = Directory::new("locked");
    let url = format!("sqlite:///{}?busy_timeout=10", directory.file("a.db").display());
    let backend = SqliteBackend::from_url(&orm_core::engine::DatabaseUrl::parse(&url)?)?;
    let engine = Engine::builder(Arc::new(backend)).build()?;
    let (mut first, mut second) = (engine.connection()?, engine.connection()?);
    assert_eq!(rows(&mut first, "PRAGMA journal_mode", &[])?, [[Value::Text("wal".into())]]);
    first.execute_script("CREATE TABLE t (id INTEGER)")?;
    first.begin(TransactionMode::Write)?;
    let error = second.begin(TransactionMode::Write).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    first.rollback()?;
    // A reader whose view is old cannot write.
    second.begin(TransactionMode::Read)?;
    rows(&mut second, "SELECT * FROM t", &[])?;
    first.execute("INSERT INTO t VALUES (1)", &[])?;
    assert_eq!(kind(second.execute("INSERT INTO t VALUES (2)", &[])), ErrorKind::Serialization);
    Ok(())
}

#[test]
fn files_that_cannot_be_opened_say_why() {
    let directory = Directory::new("open");
    std::fs::write(
        directory.file("text"),
        "this is text, long enough to be no header of a database file, whatever it is",
    )
    .unwrap();
    for (path, mode, cure) in [
        ("missing/a.db", "rwc", "directory must exist"),
        ("missing.db", "rw", "file must exist"),
        ("missing.db", "ro", "file must exist"),
        ("text", "rwc", "not a SQLite database"),
    ] {
        let url = format!("sqlite:///{}?mode={mode}", directory.file(path).display());
        let backend = SqliteBackend::from_url(&orm_core::engine::DatabaseUrl::parse(&url).unwrap()).unwrap();
        let error = Engine::builder(Arc::new(backend)).build().unwrap().connection().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains(cure), "{error}");
    }
}

#[test]
fn many_threads_may_open_one_new_file() {
    let directory = Directory::new("threads");
    let engine = Engine::builder(Arc::new(SqliteBackend::file(directory.file("a.db")))).build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let mut connection = engine.connection().unwrap();
                connection.begin(TransactionMode::Write).unwrap();
                connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY)", &[]).unwrap();
                connection.execute("INSERT INTO t DEFAULT VALUES", &[]).unwrap();
                connection.commit().unwrap();
            });
        }
    });
    let count = rows(&mut engine.connection().unwrap(), "SELECT count(*) FROM t", &[]).unwrap();
    assert_eq!(count, [[Value::I64(12)]]);
}

/// After this time the pool looks at a connection again.
#[cfg(unix)]
const LOOK_AGAIN: Duration = Duration::from_millis(6);

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_while_open_is_noticed_once() -> Result<()> {
    let directory = Directory::new("replaced");
    let file = directory.file("a.db");
    let url = orm_core::engine::DatabaseUrl::parse(&format!("sqlite:///{}?journal_mode=delete", file.display()))?;
    let engine = Engine::builder(Arc::new(SqliteBackend::from_url(&url)?)).build()?;
    let table = |name: &str| format!("CREATE TABLE IF NOT EXISTS {name} (a INTEGER)");
    // Two connections in the pool.
    let both = (engine.connection()?, engine.connection()?);
    drop(both);
    engine.connection()?.execute_script(&table("first"))?;
    std::fs::rename(&file, directory.file("old.db")).unwrap();
    // A connection that was looked at just now is not looked at again.
    std::thread::sleep(LOOK_AGAIN);
    let error = engine.connection().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
    assert!(error.to_string().contains("a.db was deleted or replaced"), "{error}");
    for _ in 0..2 {
        let (mut one, mut two) = (engine.connection()?, engine.connection()?);
        one.execute_script(&table("second"))?;
        assert_eq!(rows(&mut two, "SELECT name FROM sqlite_schema", &[])?, [[Value::Text("second".into())]]);
    }
    std::fs::remove_file(&file).unwrap();
    std::thread::sleep(LOOK_AGAIN);
    // A ping is about what is there now.
    assert_eq!(kind(engine.connection()), ErrorKind::ConnectionLost);
    engine.ping()
}

#[test]
fn a_journal_mode_that_the_database_does_not_take_is_unsupported() -> Result<()> {
    let directory = Directory::new("journal");
    let file = directory.file("a.db");
    let open = |options: &str| {
        let url = format!("sqlite:///{}?{options}", file.display());
        Engine::builder(Arc::new(SqliteBackend::from_url(&orm_core::engine::DatabaseUrl::parse(&url)?)?)).build()
    };
    open("journal_mode=delete")?.connection()?.execute_script("CREATE TABLE t (a INTEGER)")?;
    assert_eq!(kind(open("mode=ro&journal_mode=wal")?.connection()), ErrorKind::Unsupported);
    open("mode=ro&journal_mode=delete")?.ping()?;
    assert_eq!(kind(open("mode=memory&journal_mode=wal")?.connection()), ErrorKind::Unsupported);
    Ok(())
}
