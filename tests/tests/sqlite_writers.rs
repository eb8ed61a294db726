//! Several connections of this process that write to one SQLite file: they go one after the other, and nobody waits longer than it may.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread::{scope, sleep, spawn};
use std::time::{Duration, Instant};

use orm::driver::TransactionMode;
use orm::prelude::*;
use orm::{Conn, Result, TransactionOptions};
use orm_tests::expect_error;

const INSERT: &str = "INSERT INTO t (a) VALUES (1)";

/// A file with a table, removed at its end with its folder.
struct File(PathBuf);

impl File {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("orm-writers-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = Self(folder);
        file.engine(5_000).connection().unwrap().execute_script("CREATE TABLE t (a INTEGER)").unwrap();
        file
    }

    fn path(&self) -> PathBuf {
        self.0.join("a.db")
    }

    fn engine(&self, busy_timeout: u32) -> Engine {
        engine(&self.path(), busy_timeout)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn engine(path: &Path, busy_timeout: u32) -> Engine {
    let builder = Engine::builder(&format!("sqlite:///{}?synchronous=normal", path.display()));
    builder.option("busy_timeout", busy_timeout.to_string()).build().unwrap()
}

/// How many rows a connection reads that is in no transaction.
fn rows(engine: &Engine) -> Result<i64> {
    let mut rows = 0;
    let mut read = |row: &dyn orm::driver::Row| {
        rows = row.get(0).unwrap().to_string().parse().unwrap();
        Ok(ControlFlow::Continue(()))
    };
    engine.connection()?.query("SELECT count(*) FROM t", &[], &mut read)?;
    Ok(rows)
}

/// A connection with a transaction that writes.
fn writing(engine: &Engine) -> Result<Conn> {
    let mut holder = engine.connection()?;
    holder.begin(TransactionMode::Write)?;
    Ok(holder)
}

/// How long `work` takes to fail because of the lock.
fn is_busy<T: std::fmt::Debug>(work: impl FnOnce() -> Result<T>) -> Duration {
    let since = Instant::now();
    expect_error(work(), ErrorKind::Busy, &["database is locked"]);
    since.elapsed()
}

/// The others write within a transaction, by a statement alone, and in a session.
#[test]
fn all_writers_get_their_turn() -> Result<()> {
    let file = File::new("turns");
    let engines = [file.engine(60_000), file.engine(60_000)];
    scope(|threads| {
        for number in 0..9 {
            let engine = &engines[number % 2];
            threads.spawn(move || -> Result<()> {
                for _ in 0..50 {
                    match number % 3 {
                        0 => drop(engine.connection()?.execute(INSERT, &[])?),
                        1 => drop(engine.transaction(|session| sql(INSERT).execute(session))?),
                        _ => {
                            let mut holder = writing(engine)?;
                            holder.execute(INSERT, &[])?;
                            holder.commit()?;
                        }
                    }
                }
                Ok(())
            });
        }
    });
    assert_eq!(rows(&engines[0])?, 450);
    Ok(())
}

#[test]
fn a_thread_that_holds_the_lock_itself_is_told_so() -> Result<()> {
    let file = File::new("itself");
    let engine = file.engine(100);
    let (mut holder, mut other) = (writing(&engine)?, engine.connection()?);
    let (least, most) = (Duration::from_millis(90), Duration::from_secs(10));
    for _ in 0..2 {
        let took = is_busy(|| other.begin(TransactionMode::Write));
        assert!(took >= least && took < most, "{took:?}");
        let took = is_busy(|| other.execute(INSERT, &[]));
        assert!(took >= least && took < most, "{took:?}");
    }
    holder.commit()?;
    assert_eq!(other.execute(INSERT, &[])?, 1);
    // It waits as long as before.
    let _holder = writing(&engine)?;
    assert!(is_busy(|| other.execute(INSERT, &[])) >= least);
    assert!(is_busy(|| file.engine(0).connection()?.execute(INSERT, &[])) < most);
    Ok(())
}

#[test]
fn a_lock_timeout_and_a_deadline_end_the_wait() -> Result<()> {
    let file = File::new("limits");
    let engine = file.engine(60_000);
    let _holder = writing(&engine)?;
    let mut other = engine.connection()?;
    let options = TransactionOptions::new().lock_timeout(Duration::from_millis(50));
    assert!(is_busy(|| other.begin(TransactionMode::With(options))) < Duration::from_secs(30));

    let mut session = engine.session();
    session.set_deadline(Instant::now() + Duration::from_millis(50));
    expect_error(sql(INSERT).execute(&mut session), ErrorKind::Timeout, &[]);

    let mut session = engine.session();
    let token = session.cancel_token();
    let cancels = spawn(move || {
        sleep(Duration::from_millis(50));
        token.cancel();
    });
    expect_error(sql(INSERT).execute(&mut session), ErrorKind::Cancelled, &[]);
    cancels.join().unwrap();
    Ok(())
}

/// However a transaction ends, the next writer need not wait for the connection.
#[test]
fn the_end_of_a_transaction_lets_the_next_one_in() -> Result<()> {
    let file = File::new("ends");
    let (engine, other) = (file.engine(60_000), file.engine(0));
    let is_free = || other.connection()?.execute(INSERT, &[]);
    let mut holder = engine.connection()?;
    for end in ["COMMIT", "ROLLBACK", "INSERT INTO t VALUES (2); COMMIT"] {
        holder.begin(TransactionMode::Write)?;
        is_busy(is_free);
        holder.execute_script(end)?;
        assert_eq!(is_free()?, 1, "{end}");
    }
    holder.begin(TransactionMode::Write)?;
    holder.execute("COMMIT", &[])?;
    assert_eq!(is_free()?, 1);
    expect_error(holder.execute("INSERT INTO t VALUES (abs(-9223372036854775808))", &[]), ErrorKind::Database, &[]);
    assert_eq!(is_free()?, 1);
    holder.execute("BEGIN IMMEDIATE", &[])?;
    is_busy(is_free);
    drop(holder);
    assert_eq!(is_free()?, 1);

    let panics = spawn({
        let engine = engine.clone();
        move || {
            let _holder = writing(&engine).unwrap();
            std::panic::resume_unwind(Box::new("on purpose"));
        }
    });
    assert!(panics.join().is_err());
    assert_eq!(is_free()?, 1);
    Ok(())
}

#[test]
fn rows_of_a_write_that_are_read_one_by_one_let_the_next_one_in_at_their_end() -> Result<()> {
    let file = File::new("rows");
    let (engine, other) = (file.engine(60_000), file.engine(0));
    let mut holder = engine.connection()?;
    let mut read = |_: &dyn orm::driver::Row| Ok(ControlFlow::Break(()));
    holder.query("INSERT INTO t VALUES (1), (2) RETURNING a", &[], &mut read)?;
    assert_eq!(other.connection()?.execute(INSERT, &[])?, 1);
    assert_eq!(rows(&engine)?, 3);
    Ok(())
}

#[test]
fn reading_and_temporary_tables_wait_for_nobody() -> Result<()> {
    let file = File::new("reading");
    let engine = file.engine(60_000);
    let mut holder = writing(&engine)?;
    holder.execute(INSERT, &[])?;
    assert_eq!(rows(&engine)?, 0);
    let mut other = engine.connection()?;
    other.execute_script("CREATE TEMP TABLE own (a INTEGER)")?;
    assert_eq!(other.execute("INSERT INTO own VALUES (1)", &[])?, 1);
    // Neither does one that has read before: it cannot get the lock any more while it waits.
    other.begin(TransactionMode::Read)?;
    other.execute("SELECT a FROM t", &[])?;
    is_busy(|| other.execute(INSERT, &[]));
    holder.commit()?;
    Ok(())
}

/// A file is known by what it is, and not by its name.
#[cfg(unix)]
#[test]
fn a_file_is_the_same_by_another_name_and_another_one_is_not() -> Result<()> {
    let file = File::new("names");
    let (patient, other_name) = (file.engine(60_000), file.0.join("b.db"));
    std::os::unix::fs::symlink(file.path(), &other_name).unwrap();
    let mut holder = writing(&patient)?;
    is_busy(|| engine(&other_name, 50).connection()?.execute(INSERT, &[]));
    holder.commit()?;

    // The one that is deleted keeps its own, and delays nobody who writes to its successor.
    let mut holder = writing(&patient)?;
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        std::fs::remove_file(file.0.join(name)).unwrap();
    }
    let new = file.engine(60_000);
    let since = Instant::now();
    new.connection()?.execute_script("CREATE TABLE t (a INTEGER)")?;
    assert_eq!(new.connection()?.execute(INSERT, &[])?, 1);
    assert!(since.elapsed() < Duration::from_secs(30));
    holder.rollback()?;
    Ok(())
}
