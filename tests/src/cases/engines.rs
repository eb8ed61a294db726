//! Engines: URLs, hooks of statements, the pool, and transactions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{EngineHooks, Error, ErrorKind, Result, StatementEvent, ValueRef};

use crate::models::{Address, User};
use crate::{TestContext, expect_error, logged};

cases! { engines {
    hooks_count_and_time_statements [];
    hooks_hear_of_failures [];
    closures_hear_of_statements [];
    echo_logs_statements_with_parameters_and_time [];
    without_echo_nothing_is_logged [];
    a_transaction_commits [];
    a_transaction_rolls_back_on_an_error [];
    a_transaction_rolls_back_on_an_error_of_the_application [];
    a_transaction_rolls_back_on_a_panic [];
    a_transaction_that_cannot_commit_says_so [];
    a_dropped_session_rolls_back [];
    a_session_holds_its_connection_until_the_end [];
    a_thread_waits_for_itself_as_long_as_for_others [];
    a_thread_waits_for_a_session_that_it_handed_on [];
    a_pool_keeps_its_size_and_closes_the_rest [];
    those_who_wait_are_served_in_turn [];
    connections_that_the_server_has_ended_are_replaced [];
    a_pool_of_one_serves_one_after_the_other [];
    threads_share_an_engine [];
    debug_shows_no_password [];
} }

/// Counts statements before and after, and their rows and times.
#[derive(Default)]
struct Watch {
    before: AtomicUsize,
    after: AtomicUsize,
    failed: AtomicUsize,
    rows: AtomicU64,
    nanos: AtomicU64,
}

struct Watching(Arc<Watch>);

impl EngineHooks for Watching {
    fn before_statement(&self, event: &StatementEvent<'_>) {
        let blank = (event.rows, event.elapsed, event.error.is_none()) == (0, Duration::ZERO, true);
        self.0.before.fetch_add(blank.into(), Ordering::Relaxed);
    }

    fn after_statement(&self, event: &StatementEvent<'_>) {
        self.0.after.fetch_add(1, Ordering::Relaxed);
        self.0.failed.fetch_add(event.error.is_some().into(), Ordering::Relaxed);
        self.0.rows.fetch_add(event.rows, Ordering::Relaxed);
        self.0.nanos.fetch_add(event.elapsed.as_nanos().try_into().unwrap(), Ordering::Relaxed);
    }
}

fn watched(cx: &TestContext) -> Result<(Engine, Arc<Watch>)> {
    let watch = Arc::new(Watch::default());
    let engine = cx.builder().hooks(Watching(Arc::clone(&watch))).build()?;
    engine.create_all(models![User])?;
    engine.connection()?.describe_table(&User::table().name)?;
    for counter in [&watch.before, &watch.after] {
        counter.store(0, Ordering::Relaxed);
    }
    watch.rows.store(0, Ordering::Relaxed);
    Ok((engine, watch))
}

pub fn hooks_count_and_time_statements(cx: &mut TestContext) -> Result<()> {
    let (engine, watch) = watched(cx)?;
    let mut session = engine.session();
    session.begin()?;
    session.add(User::named("alice"));
    session.commit()?;
    User::query().all(&mut session)?;
    session.commit()?;
    // BEGIN, INSERT, COMMIT; SELECT.
    assert_eq!(watch.before.load(Ordering::Relaxed), 4);
    assert_eq!(watch.after.load(Ordering::Relaxed), 4);
    assert_eq!(watch.rows.load(Ordering::Relaxed), 2);
    assert_eq!(watch.failed.load(Ordering::Relaxed), 0);
    assert!(watch.nanos.load(Ordering::Relaxed) > 0);
    Ok(())
}

pub fn hooks_hear_of_failures(cx: &mut TestContext) -> Result<()> {
    let (engine, watch) = watched(cx)?;
    let mut connection = engine.connection()?;
    expect_error(connection.execute("nonsense", &[]), ErrorKind::Database, &[]);
    assert_eq!(watch.failed.load(Ordering::Relaxed), 1);
    assert_eq!(watch.after.load(Ordering::Relaxed), 1);
    Ok(())
}

pub fn closures_hear_of_statements(cx: &mut TestContext) -> Result<()> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&log);
    let hear = move |event: &StatementEvent<'_>| {
        let parameters: Vec<String> = event.parameters.iter().map(ValueRef::to_string).collect();
        heard.lock().unwrap().push(format!("{} [{}] {}", event.sql, parameters.join(", "), event.rows));
    };
    let engine = cx.builder().on_statement(hear).build()?;
    engine.create_all(models![User])?;
    log.lock().unwrap().clear();
    assert_eq!(User::query().filter(User::name.eq("O'Hara")).filter(User::age.gt(3)).count(&mut engine.session())?, 0);
    let log = log.lock().unwrap();
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(log[0].starts_with("SELECT count(*)") && log[0].ends_with("[\"O'Hara\", 3] 1"), "{log:?}");
    Ok(())
}

pub fn echo_logs_statements_with_parameters_and_time(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().echo(true).build()?;
    let log = logged(|| {
        engine.create_all(models![User])?;
        let mut session = engine.session();
        session.add_all(["alice", "bob"].map(User::named));
        session.commit()?;
        User::query().filter(User::name.eq("alice")).count(&mut session)?;
        expect_error(engine_error(&engine, session), ErrorKind::Database, &[]);
        Ok(())
    })?;
    let line = |words: &[&str]| {
        let found = log.lines().any(|line| words.iter().all(|word| line.contains(word)));
        assert!(found, "{words:?} in\n{log}");
    };
    line(&["INFO", "orm::statement", "SELECT count(*)", "parameters=[\"alice\"]", "elapsed=", "rows=1"]);
    line(&["INSERT INTO \"user\""]);
    line(&["COMMIT"]);
    line(&["nonsense", "error="]);
    Ok(())
}

fn engine_error(engine: &Engine, mut session: Session) -> Result<()> {
    session.close()?;
    engine.connection()?.execute_script("nonsense")
}

pub fn without_echo_nothing_is_logged(cx: &mut TestContext) -> Result<()> {
    let log = logged(|| {
        cx.create(models![User])?;
        User::query().count(&mut cx.session()).map(drop)
    })?;
    assert_eq!(log, "");
    Ok(())
}

pub fn a_transaction_commits(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let name = cx.engine.transaction(|session| {
        let alice = session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
        session.flush()?;
        Ok(session[alice].name.clone())
    })?;
    assert_eq!(name, "alice");
    cx.expect_full_log(&["begin", "insert user", "insert address", "commit"]);
    cx.expect_rows("SELECT city FROM address", &["Rome"]);
    Ok(())
}

pub fn a_transaction_rolls_back_on_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let outcome = cx.engine.transaction(|session| -> Result<()> {
        session.add(User::named("alice"));
        session.flush()?;
        Err(Error::new(ErrorKind::InvalidState, "changed my mind"))
    });
    expect_error(outcome, ErrorKind::InvalidState, &["changed my mind"]);
    cx.expect_full_log(&["begin", "insert user", "rollback"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

#[derive(Debug)]
enum AppError {
    Database(Error),
    Forbidden,
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

pub fn a_transaction_rolls_back_on_an_error_of_the_application(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let rename = |engine: &Engine, name: &str| -> Result<i64, AppError> {
        engine.try_transaction(|session| {
            let user = session.add(User::named(name));
            session.flush()?;
            if name == "root" { Err(AppError::Forbidden) } else { Ok(session[user].id) }
        })
    };
    assert!(matches!(rename(&cx.engine, "root"), Err(AppError::Forbidden)));
    cx.expect_full_log(&["begin", "insert user", "rollback"]);
    assert!(rename(&cx.engine, "alice").is_ok());
    let twice = |engine: &Engine| -> Result<(), AppError> {
        engine.try_transaction(|session| {
            let again = session.try_nested(|session| {
                session.add(User::named("bob"));
                session.flush()?;
                Err::<(), _>(AppError::Forbidden)
            });
            assert!(matches!(again, Err(AppError::Forbidden)));
            session.add_all([1, 2].map(|_| User { email: Some("same".into()), ..User::named("carol") }));
            Ok(())
        })
    };
    let failed = twice(&cx.engine);
    assert!(matches!(failed, Err(AppError::Database(error)) if error.kind() == ErrorKind::UniqueViolation));
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn a_transaction_rolls_back_on_a_panic(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let engine = cx.engine.clone();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        engine.transaction(|session| -> Result<()> {
            session.add(User::named("alice"));
            session.flush()?;
            panic!("on purpose")
        })
    }));
    assert!(outcome.is_err());
    cx.expect_full_log(&["begin", "insert user", "rollback"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_transaction_that_cannot_commit_says_so(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let twins = || [1, 2].map(|_| User { email: Some("same".into()), ..User::named("twin") });
    let outcome = cx.engine.transaction(|session| {
        session.add_all(twins());
        Ok(())
    });
    expect_error(outcome, ErrorKind::UniqueViolation, &["email"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_dropped_session_rolls_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.flush()?;
    drop(session);
    cx.expect_full_log(&["begin", "insert user", "rollback"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

/// A session takes a connection when its transaction begins, and gives it back when that ends.
pub fn a_session_holds_its_connection_until_the_end(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(50)).build()?;
    engine.create_all(models![User])?;
    let (mut first, mut second) = (engine.session(), engine.session());
    first.begin()?;
    expect_error(User::query().count(&mut second), ErrorKind::PoolTimeout, &["in use"]);
    first.commit()?;
    second.begin()?;
    assert_eq!(User::query().count(&mut second)?, 0);
    second.rollback()?;
    first.begin()?;
    drop(first);
    assert_eq!(User::query().count(&mut second)?, 0);
    Ok(())
}

/// A thread that holds the only connection cannot give it back while it waits for it.
pub fn a_thread_waits_for_itself_as_long_as_for_others(cx: &mut TestContext) -> Result<()> {
    let timeout = Duration::from_millis(1300);
    let engine = cx.builder().pool_size(1).max_overflow(0).pool_timeout(timeout).build()?;
    engine.create_all(models![User])?;
    let (mut first, mut second) = (engine.session(), engine.session());
    first.begin()?;
    let start = Instant::now();
    let hints = ["this very thread", "commit", "`pool_timeout`", "1.3s"];
    expect_error(User::query().count(&mut second), ErrorKind::PoolTimeout, &hints);
    // It is not refused at once.
    assert!(start.elapsed() >= timeout);
    first.rollback()?;
    assert_eq!(User::query().count(&mut second)?, 0);
    Ok(())
}

/// Waits for a session of another thread.
pub fn a_thread_waits_for_a_session_that_it_handed_on(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    engine.create_all(models![User])?;
    let mut first = engine.session();
    first.add(User::named("alice"));
    first.flush()?;
    std::thread::scope(|scope| {
        let worker = scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            first.add(User::named("bob"));
            first.flush()?;
            std::thread::sleep(Duration::from_millis(1500));
            first.commit()
        });
        assert_eq!(User::query().count(&mut engine.session())?, 2);
        worker.join().unwrap()
    })
}

/// Waits until an engine has so many connections, which a server notices a moment later.
fn expect_connections(cx: &TestContext, engine: &Engine, expected: usize) -> Result<()> {
    let count = cx.spelled_by([
        "",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'orm_pool_case'",
        // One is the context's.
        "SELECT count(*) - 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE()",
    ]);
    if cx.backend_name() == "SQLite" {
        // The pool tells how many it keeps.
        assert_eq!(engine.pool_status().idle as usize, expected);
        return Ok(());
    }
    let mut open = 0;
    for _ in 0..2_000 {
        open = sql(count).one::<i64>(&mut cx.session())? as usize;
        if open == expected {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{open} connections are open instead of {expected}")
}

pub fn a_pool_keeps_its_size_and_closes_the_rest(cx: &mut TestContext) -> Result<()> {
    let url = match cx.backend_name() {
        "SQLite" => cx.url().to_owned(),
        "PostgreSQL" => format!("{}&application_name=orm_pool_case", cx.url()),
        _ => cx.url().to_owned(),
    };
    let engine = Engine::builder(&url).pool_size(2).max_overflow(4).pool_timeout(Duration::from_secs(10)).build()?;
    let in_memory = cx.url().ends_with(":memory:");
    let load = if in_memory { 1 } else { 6 };
    let held = (0..load).map(|_| engine.connection()).collect::<Result<Vec<_>>>()?;
    drop(held);
    let kept = load.min(2);
    expect_connections(cx, &engine, kept)?;
    // They are used again.
    drop(engine.connection()?);
    expect_connections(cx, &engine, kept)?;
    Ok(())
}

pub fn those_who_wait_are_served_in_turn(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    let served = Mutex::new(Vec::new());
    let held = engine.connection()?;
    std::thread::scope(|scope| {
        for number in 0..4 {
            let (engine, served) = (&engine, &served);
            scope.spawn(move || {
                let connection = engine.connection().unwrap();
                served.lock().unwrap().push(number);
                drop(connection);
            });
            while engine.pool_status().waiting != number + 1 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        drop(held);
    });
    assert_eq!(*served.lock().unwrap(), [0, 1, 2, 3]);
    Ok(())
}

pub fn connections_that_the_server_has_ended_are_replaced(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() == "SQLite" {
        // A connection to a file cannot die.
        return Ok(());
    }
    let engine = cx.builder().pool_size(4).max_overflow(0).build()?;
    let held = (0..4).map(|_| engine.connection()).collect::<Result<Vec<_>>>()?;
    drop(held);
    let own = cx.own_process();
    let mut pids = Vec::new();
    let mut sessions: Vec<_> = (0..4).map(|_| engine.session()).collect();
    for session in &mut sessions {
        pids.push(sql(own).one::<i64>(session)?);
    }
    drop(sessions);
    cx.end_connections(&pids);
    if cx.backend_name() == "MariaDB" {
        // Its driver sees that only by the next statement.
        for mut connection in (0..4).map(|_| engine.connection()).collect::<Result<Vec<_>>>()? {
            expect_error(connection.execute_script("SELECT 1"), ErrorKind::ConnectionLost, &[]);
        }
    }
    let mut sessions: Vec<_> = (0..4).map(|_| engine.session()).collect();
    for session in &mut sessions {
        session.begin()?;
        assert_eq!(sql("SELECT 1").one::<i32>(session)?, 1);
    }
    Ok(())
}

pub fn a_pool_of_one_serves_one_after_the_other(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    engine.create_all(models![User])?;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let engine = &engine;
                scope.spawn(move || {
                    engine.transaction(|session| {
                        session.add(User::named(&format!("user {number}")));
                        session.flush()?;
                        User::query().count(session)
                    })
                })
            })
            .collect();
        let mut counts = threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Result<Vec<u64>>>()?;
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 3, 4]);
        Ok(())
    })
}

pub fn threads_share_an_engine(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let engine = &cx.engine;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                scope.spawn(move || {
                    engine.transaction(|session| {
                        session.add_all((0..10).map(|index| User::named(&format!("{number} {index}"))));
                        Ok(())
                    })
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["80"]);
    Ok(())
}

pub fn debug_shows_no_password(cx: &mut TestContext) -> Result<()> {
    let url = cx.spelled_by([
        "sqlite:////no/such/folder/app.db",
        "postgresql://alice:s3cr%65t@127.0.0.1:1/db?password=s3cret",
        "mariadb://alice:s3cr%65t@127.0.0.1:1/db",
    ]);
    let engine = Engine::builder(url).pool_timeout(Duration::from_millis(50));
    let mut said = format!("{engine:?}");
    let engine = engine.build()?;
    let error = engine.connection().map(drop).expect_err("nothing is there");
    said.push_str(&format!("{engine:?} {:?} {error} {error:?}", engine.session()));
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        said.push_str(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!said.contains("s3cret") && !said.contains("s3cr%65t"), "{said}");
    Ok(())
}
