//! Timeouts and cancelling: statements that are ended before their time, and what is left after them.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use orm::driver::TransactionMode;
use orm::prelude::*;
use orm::{CancelToken, ErrorKind, Result, StatementKind, TransactionOptions};

use crate::models::{Address, User};

use crate::{TestContext, expect_error};

cases! { limits {
    a_statement_ends_at_its_timeout [];
    a_read_needs_no_transaction_for_a_timeout [];
    a_timeout_is_that_of_engine_session_or_transaction [];
    a_url_has_timeouts [];
    a_write_that_takes_too_long_leaves_memory_and_rows [];
    a_lock_is_waited_for_no_longer_than_it_is_said [];
    a_lock_is_waited_for_no_longer_than_the_deadline [];
    a_transaction_ends_at_its_timeout [];
    a_timeout_ends_a_savepoint_and_not_what_is_around_it [];
    timeouts_are_sent_with_the_begin [];
    an_idle_transaction_ends [];
    a_deadline_ends_a_session [];
    a_deadline_ends_a_stream [];
    a_deadline_ends_a_commit [];
    a_deadline_ends_the_waiting_for_a_connection [];
    a_unit_is_not_run_again_beyond_its_deadline [];
    a_unit_within_its_deadline_succeeds [];
    a_token_cancels_the_running_statement [];
    a_token_cancels_a_write_and_its_transaction [];
    a_token_cancels_the_waiting_for_a_lock [];
    a_token_cancels_the_waiting_for_a_connection [];
    a_token_cancels_what_comes_next_until_the_rollback [];
    a_token_cancels_a_bare_connection [];
    a_cancelled_unit_is_not_run_again [];
    cancelling_hits_nobody_else [];
    limits_do_not_stay_in_the_connection [];
} }

/// Longer than any test.
const NEVER: Duration = Duration::from_secs(600);
/// A limit that is reached.
const SHORT: Duration = Duration::from_millis(250);
/// A limit that is reached, and leaves time for some statements before, on a busy machine too.
const ROOM: Duration = Duration::from_secs(2);

/// A query that ends by itself after minutes, and then without an error. So an error shows that a limit has ended it.
fn long(cx: &TestContext) -> &'static str {
    cx.spelled_by([
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n",
        "SELECT count(*) FROM generate_series(1, 60000) a, generate_series(1, 60000) b",
        "SELECT count(*) FROM seq_1_to_60000 a, seq_1_to_60000 b",
    ])
}

fn is_memory(cx: &TestContext) -> bool {
    cx.url().contains(":memory:")
}

/// Cancels a little later, on another thread, while `work` runs.
fn cancelling<R>(token: &CancelToken, work: impl FnOnce() -> R) -> R {
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(SHORT);
            token.cancel();
        });
        work()
    })
}

pub fn a_statement_ends_at_its_timeout(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    session.begin_with(TransactionOptions::new().statement_timeout(SHORT))?;
    let outcome = sql(long(cx)).one::<i64>(&mut session);
    let error = expect_error(outcome, ErrorKind::Timeout, &["statement_timeout", "250ms"]);
    assert_eq!(error.code(), Some(cx.spelled_by(["9", "57014", "1317"])));
    assert!(error.statement().is_some_and(|statement| statement.contains("count(*)")));
    expect_error(sql("SELECT 1").one::<i64>(&mut session), ErrorKind::PendingRollback, &[]);
    session.rollback()?;
    assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
    session.rollback()
}

pub fn a_read_needs_no_transaction_for_a_timeout(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    session.set_transaction_options(TransactionOptions::new().statement_timeout(NEVER));
    cx.clear_log();
    User::query().count(&mut session)?;
    session.add(User::named("alice"));
    session.commit()?;
    cx.expect_full_log(&["select user", "insert user"]);
    Ok(())
}

pub fn a_timeout_is_that_of_engine_session_or_transaction(cx: &mut TestContext) -> Result<()> {
    let options = TransactionOptions::new();
    let engine = cx.builder().transaction_options(options.statement_timeout(SHORT)).build()?;
    let run = |session: &mut Session| sql(long(cx)).one::<i64>(session);
    expect_error(run(&mut engine.session()), ErrorKind::Timeout, &["250ms"]);
    expect_error(engine.transaction(run), ErrorKind::Timeout, &["250ms"]);
    let mut connection = engine.connection()?;
    let outcome = connection.execute_script(long(cx));
    expect_error(outcome, ErrorKind::Timeout, &["250ms"]);
    drop(connection);
    let mut session = engine.session();
    session.set_transaction_options(options.statement_timeout(SHORT / 2));
    expect_error(run(&mut session), ErrorKind::Timeout, &["125ms"]);
    session.rollback()?;
    session.set_transaction_options(options.statement_timeout(Duration::ZERO).transaction_timeout(SHORT * 2));
    session.begin()?;
    expect_error(run(&mut session), ErrorKind::Timeout, &["the deadline"]);
    session.rollback()
}

pub fn a_url_has_timeouts(cx: &mut TestContext) -> Result<()> {
    let url = format!("{}{}statement_timeout=250&lock_timeout=50", cx.url(), cx.separator());
    let engine = Engine::connect(&url)?;
    let outcome = sql(long(cx)).one::<i64>(&mut engine.session());
    expect_error(outcome, ErrorKind::Timeout, &["250ms"]);
    let wrong = Engine::connect(&format!("{}{}statment_timeout=250", cx.url(), cx.separator()));
    expect_error(wrong, ErrorKind::Config, &["did you mean `statement_timeout`?"]);
    Ok(())
}

pub fn a_write_that_takes_too_long_leaves_memory_and_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    session.begin_with(TransactionOptions::new().statement_timeout(ROOM))?;
    session[alice].age = 31;
    session.flush()?;
    session.set_autoflush(false);
    let bob = session.add(User::named("bob"));
    let write = format!(r#"INSERT INTO "user" (name, age) SELECT 'x', ({})"#, long(cx));
    let outcome = sql(write).execute(&mut session);
    expect_error(outcome, ErrorKind::Timeout, &[]);
    assert_eq!((session[alice].age, &*session[bob].name, session.state(bob)), (31, "bob", State::Pending));
    session.rollback()?;
    assert_eq!((session[alice].age, session.state(bob)), (0, State::Transient));
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["alice|0"]);
    session[alice].age = 32;
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["alice|32"]);
    Ok(())
}

/// A session of another connection that writes a row, and holds its lock.
fn holder(cx: &TestContext) -> Result<Session> {
    let mut holder = cx.session();
    sql(r#"UPDATE "user" SET age = age + 1"#).execute(&mut holder)?;
    Ok(holder)
}

pub fn a_lock_is_waited_for_no_longer_than_it_is_said(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    cx.execute(r#"INSERT INTO "user" (name, age) VALUES ('alice', 30)"#);
    let options = TransactionOptions::new().lock_timeout(SHORT);
    if is_memory(cx) {
        return cx.engine.unit().options(options).run(|session| User::query().count(session)).map(drop);
    }
    let mut holder = holder(cx)?;
    let write = |session: &mut Session| {
        let alice = User::query().one(session)?;
        session[alice].age = 1;
        Ok(())
    };
    let builder =
        || if cx.capabilities().one_writer { cx.builder().option("busy_timeout", "600000") } else { cx.builder() };
    let (of_unit, of_engine) = (builder().build()?, builder().transaction_options(options).build()?);
    // Without the limit they would wait until the lock is free, and then succeed.
    let (done, is_done) = mpsc::channel();
    let outcomes = thread::scope(|scope| {
        let giving_up = scope.spawn(move || {
            let _done_or_not = is_done.recv_timeout(NEVER / 10);
            holder.commit()
        });
        let outcomes = [of_unit.unit().options(options).run(write), of_engine.transaction(write)];
        done.send(()).unwrap();
        giving_up.join().unwrap().map(|()| outcomes)
    })?;
    for outcome in outcomes {
        expect_error(outcome, ErrorKind::Busy, &[]);
    }
    cx.engine.unit().options(options).run(write)
}

pub fn a_lock_is_waited_for_no_longer_than_the_deadline(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    cx.execute(r#"INSERT INTO "user" (name, age) VALUES ('alice', 30)"#);
    if is_memory(cx) {
        return Ok(());
    }
    let _holder = holder(cx)?;
    let mut session = cx.session();
    for limit in [Some(SHORT), None] {
        session.set_deadline(limit.map(|limit| Instant::now() + limit));
        session.set_transaction_options(TransactionOptions::new().statement_timeout(SHORT));
        let outcome = sql(r#"UPDATE "user" SET age = 1"#).execute(&mut session);
        expect_error(outcome, ErrorKind::Timeout, &[]);
        session.rollback()?;
    }
    // A statement that is a transaction by itself.
    let alice = session.add(User::named("bob"));
    if cx.capabilities().one_writer {
        expect_error(session.commit(), ErrorKind::Timeout, &[]);
        assert_eq!(session.state(alice), State::Pending);
    }
    session.rollback()
}

pub fn a_transaction_ends_at_its_timeout(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let options = TransactionOptions::new().transaction_timeout(ROOM);
    session.begin_with(options)?;
    session.add(User::named("alice"));
    session.flush()?;
    let outcome = sql(long(cx)).one::<i64>(&mut session);
    expect_error(outcome, ErrorKind::Timeout, &["the deadline"]);
    session.rollback()?;
    // It is the program that takes long.
    session.begin_with(options)?;
    session.add(User::named("alice"));
    session.flush()?;
    thread::sleep(ROOM);
    cx.clear_log();
    expect_error(session.commit(), ErrorKind::Timeout, &["the deadline"]);
    cx.expect_full_log(&["rollback"]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    // The next transaction has all of its time.
    session.add(User::named("alice"));
    session.commit()
}

pub fn a_timeout_ends_a_savepoint_and_not_what_is_around_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    session.begin_with(TransactionOptions::new().statement_timeout(ROOM))?;
    session.add(User::named("alice"));
    session.flush()?;
    let outcome = session.nested(|session| sql(long(cx)).one::<i64>(session));
    expect_error(outcome, ErrorKind::Timeout, &[]);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn timeouts_are_sent_with_the_begin(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    cx.clear_log();
    session.begin_with(TransactionOptions::new().lock_timeout(Duration::from_millis(1500)))?;
    let shown = sql(cx.spelled_by([
        "SELECT '1500ms'",
        "SELECT current_setting('lock_timeout')",
        // In whole seconds.
        "SELECT concat(@@innodb_lock_wait_timeout * 750, 'ms')",
    ]));
    assert_eq!(shown.one::<String>(&mut session)?, "1500ms");
    session.rollback()?;
    cx.expect_full_log(&["begin", "select", "rollback"]);
    // It ends with the transaction.
    let show = cx.spelled_by([
        "SELECT timeout FROM pragma_busy_timeout",
        "SHOW lock_timeout",
        "SELECT @@innodb_lock_wait_timeout",
    ]);
    cx.expect_rows(show, &[cx.spelled_by(["5000", "0", "50"])]);
    Ok(())
}

pub fn an_idle_transaction_ends(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let options = TransactionOptions::new().idle_timeout(ROOM);
    if cx.capabilities().one_writer {
        expect_error(session.begin_with(options), ErrorKind::Unsupported, &["`idle_timeout`"]);
        return session.begin_with(options.idle_timeout(Duration::ZERO));
    }
    session.begin_with(options)?;
    let alice = session.add(User::named("alice"));
    session.flush()?;
    let process = sql(cx.own_process()).one::<i64>(&mut session)?;
    while cx.living(&[process]) > 0 {
        thread::sleep(SHORT / 10);
    }
    expect_error(User::query().count(&mut session), ErrorKind::ConnectionLost, &[]);
    assert_eq!(session[alice].name, "alice");
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_deadline_ends_a_session(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    session.begin()?;
    session.set_deadline(Instant::now() + ROOM);
    session.add(User::named("alice"));
    session.flush()?;
    let outcome = sql(long(cx)).one::<i64>(&mut session);
    expect_error(outcome, ErrorKind::Timeout, &["the deadline"]);
    session.rollback()?;
    cx.clear_log();
    expect_error(User::query().count(&mut session), ErrorKind::Timeout, &["the deadline"]);
    cx.expect_full_log(&[]);
    session.set_deadline(None);
    assert_eq!(User::query().count(&mut session)?, 0);
    Ok(())
}

pub fn a_deadline_ends_a_stream(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    session.set_deadline(Instant::now() + SHORT);
    let endless = cx.spelled_by([
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT i FROM n",
        "SELECT i::int8 FROM generate_series(1, 10000000000) i WHERE i % 1000000 = 0",
        "SELECT seq FROM seq_1_to_10000000000 WHERE seq % 1000000 = 0",
    ]);
    let outcome = sql(endless).iter::<i64>(&mut session).and_then(|mut rows| rows.try_for_each(|row| row.map(drop)));
    expect_error(outcome, ErrorKind::Timeout, &["the deadline"]);
    session.rollback()?;
    session.set_deadline(None);
    assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
    Ok(())
}

pub fn a_deadline_ends_a_commit(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.flush()?;
    session.set_deadline(Instant::now());
    expect_error(session.commit(), ErrorKind::Timeout, &["the deadline"]);
    assert_eq!(session[alice].name, "alice");
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_deadline_ends_the_waiting_for_a_connection(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    let held = engine.connection()?;
    let mut session = engine.session();
    session.set_deadline(Instant::now() + SHORT);
    let outcome = sql("SELECT 1").one::<i64>(&mut session);
    expect_error(outcome, ErrorKind::Timeout, &["the deadline"]);
    assert_eq!(engine.pool_status().waiting, 0);
    drop(held);
    session.set_deadline(None);
    assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
    Ok(())
}

pub fn a_unit_is_not_run_again_beyond_its_deadline(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut runs = 0;
    let unit = cx.engine.unit().retries(1_000_000).deadline(SHORT);
    let outcome: Result<()> = unit.backoff(Duration::from_millis(5), Duration::from_millis(10)).run(|session| {
        runs += 1;
        cx.fail_next(StatementKind::Insert, ErrorKind::Serialization);
        session.add(User::named("alice"));
        session.flush()
    });
    let kind = outcome.unwrap_err().kind();
    // By what failed, or by the deadline within the last run.
    assert!(matches!(kind, ErrorKind::Serialization | ErrorKind::Timeout), "{kind:?}");
    assert!(runs > 1, "{runs} runs");
    let outcome = cx.engine.unit().retries(5).deadline(SHORT).run(|session| sql(long(cx)).one::<i64>(session));
    expect_error(outcome, ErrorKind::Timeout, &["the deadline"]);
    Ok(())
}

pub fn a_unit_within_its_deadline_succeeds(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    cx.fail_next(StatementKind::Insert, ErrorKind::Serialization);
    cx.engine.unit().retries(1).deadline(NEVER).run(|session| {
        session.add(User::named("alice"));
        Ok(())
    })?;
    cx.engine.unit().deadline(Duration::MAX).run(|session| User::query().count(session))?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn a_token_cancels_the_running_statement(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let token = session.cancel_token();
    for begins in [false, true] {
        if begins {
            session.begin()?;
        }
        let outcome = cancelling(&token, || sql(long(cx)).one::<i64>(&mut session));
        let error = expect_error(outcome, ErrorKind::Cancelled, &["rollback()"]);
        assert!(!error.kind().is_transient() && token.is_cancelled());
        session.rollback()?;
        assert!(!token.is_cancelled());
        assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
        session.commit()?;
    }
    Ok(())
}

pub fn a_token_cancels_a_write_and_its_transaction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.flush()?;
    // Taken while the transaction is open.
    let token = session.cancel_token();
    let write = format!(r#"INSERT INTO "user" (name, age) SELECT 'x', ({})"#, long(cx));
    let outcome = cancelling(&token, || sql(write).execute(&mut session));
    expect_error(outcome, ErrorKind::Cancelled, &[]);
    assert_eq!(session[alice].name, "alice");
    session.rollback()?;
    assert_eq!(session.state(alice), State::Transient);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    let alice = session.expunge(alice)?;
    session.add(alice);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn a_token_cancels_the_waiting_for_a_lock(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    cx.execute(r#"INSERT INTO "user" (name, age) VALUES ('alice', 30)"#);
    if is_memory(cx) {
        return Ok(());
    }
    let mut holder = holder(cx)?;
    let mut session = cx.session();
    // Longer than the wait that is usual.
    session.set_transaction_options(TransactionOptions::new().lock_timeout(NEVER));
    let token = session.cancel_token();
    let outcome = cancelling(&token, || sql(r#"UPDATE "user" SET age = 1"#).execute(&mut session));
    expect_error(outcome, ErrorKind::Cancelled, &[]);
    session.rollback()?;
    holder.rollback()?;
    assert_eq!(sql(r#"UPDATE "user" SET age = 1"#).execute(&mut session)?, 1);
    session.commit()
}

pub fn a_token_cancels_the_waiting_for_a_connection(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    let held = engine.connection()?;
    let mut session = engine.session();
    let token = session.cancel_token();
    let outcome = cancelling(&token, || sql("SELECT 1").one::<i64>(&mut session));
    expect_error(outcome, ErrorKind::Cancelled, &[]);
    assert_eq!(engine.pool_status().waiting, 0);
    drop(held);
    session.rollback()?;
    assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
    Ok(())
}

pub fn a_token_cancels_what_comes_next_until_the_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    let token = session.cancel_token();
    token.clone().cancel();
    cx.clear_log();
    for _ in 0..2 {
        expect_error(User::query().count(&mut session), ErrorKind::Cancelled, &[]);
    }
    session[alice].age = 31;
    expect_error(session.commit(), ErrorKind::Cancelled, &[]);
    cx.expect_log(&[]);
    assert_eq!(session[alice].age, 31);
    session.rollback()?;
    assert_eq!(session[alice].age, 0);
    session[alice].age = 32;
    session.commit()?;
    // Another session is not concerned, and `close` goes on too.
    token.cancel();
    assert_eq!(User::query().count(&mut cx.session())?, 1);
    session.close()?;
    assert_eq!(User::query().count(&mut session)?, 1);
    cx.expect_rows(r#"SELECT age FROM "user""#, &["32"]);
    Ok(())
}

pub fn a_token_cancels_a_bare_connection(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    let mut connection = engine.connection()?;
    let token = connection.cancel_token();
    let outcome = cancelling(&token, || connection.execute_script(long(cx)));
    expect_error(outcome, ErrorKind::Cancelled, &[]);
    expect_error(connection.execute("SELECT 1", &[]), ErrorKind::Cancelled, &[]);
    connection.rollback()?;
    drop(connection);
    assert_eq!(sql("SELECT 1").one::<i64>(&mut engine.session())?, 1);
    Ok(())
}

pub fn a_cancelled_unit_is_not_run_again(cx: &mut TestContext) -> Result<()> {
    let mut runs = 0;
    let outcome = cx.engine.unit().retries(5).run(|session| {
        runs += 1;
        let token = session.cancel_token();
        cancelling(&token, || sql(long(cx)).one::<i64>(session))
    });
    expect_error(outcome, ErrorKind::Cancelled, &[]);
    assert_eq!(runs, 1);
    Ok(())
}

/// Tokens that come at any moment: before, within and after a statement, and while others use the connection.
pub fn cancelling_hits_nobody_else(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    engine.create_all(models![User, Address])?;
    let count = |session: &mut Session| User::query().count(session).map(drop);
    for round in 0..30_u64 {
        let mut session = engine.session();
        let token = session.cancel_token();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_micros(round * 200));
                token.cancel();
            });
            // Some go on until they are cancelled. The others are done before, or at the same moment.
            let waits = round % 2 == 0;
            let reads = if waits { u64::MAX } else { round / 2 };
            let outcome = session.begin().and_then(|()| (0..reads).try_for_each(|_| count(&mut session)));
            match outcome {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Cancelled, "round {round}: {error:?}"),
                Ok(()) => assert!(!waits),
            }
            drop(session);
            // The next users of the connection.
            (0..4).try_for_each(|_| count(&mut engine.session()))
        })?;
    }
    Ok(())
}

pub fn limits_do_not_stay_in_the_connection(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    engine.create_all(models![User, Address])?;
    let mut session = engine.session();
    session.set_deadline(Instant::now() + SHORT);
    session.set_transaction_options(TransactionOptions::new().lock_timeout(SHORT).statement_timeout(SHORT));
    session.add(User::named("alice"));
    // On a busy machine it may take too long. The connection has had the limits either way.
    let stored = u64::from(session.commit().is_ok());
    drop(session);
    thread::sleep(SHORT);
    let mut connection = engine.connection()?;
    let slow = cx.spelled_by([
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n",
        "SELECT pg_sleep(0.4)",
        "SELECT sleep(0.4)",
    ]);
    connection.begin(TransactionMode::Write)?;
    connection.execute_script(slow)?;
    connection.commit()?;
    drop(connection);
    assert_eq!(User::query().count(&mut engine.session())?, stored);
    Ok(())
}
