//! Watching an engine: hooks, spans, logs of statements, numbers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm::driver::Connection;
use orm::prelude::*;
use orm::{ConnectionEvent, EngineHooks, Error, ErrorKind, Opening, Result, StatementEvent, StatementKind};

use crate::models::{Address, User};
use crate::{TestContext, expect_error, logged, spans};

cases! { watching {
    hooks_hear_of_connections [];
    hooks_hear_where_a_connection_was_taken [];
    hooks_hear_of_connections_that_cannot_be_had [];
    a_connection_is_made_ready_before_anybody_has_it [];
    a_connection_is_made_ready_again_after_a_reset [];
    a_connection_that_cannot_be_made_ready_is_closed [];
    statements_have_kinds_and_tables [];
    hooks_hear_of_transactions_and_savepoints [];
    streams_are_told_when_they_are_done [];
    a_panicking_hook_disturbs_nobody [];
    a_panicking_connect_is_an_error [];
    comments_tell_where_a_statement_came_from [];
    comments_that_differ_too_often_are_told_of [];
    slow_statements_are_logged [];
    echo_hides_parameters [];
    numbers_tell_what_was_done [];
    without_metrics_there_are_no_numbers [];
    spans_have_the_names_of_opentelemetry [];
} }

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn push(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Records the events.
struct Hearing(Log);

impl EngineHooks for Hearing {
    fn connect(&self, _: &mut dyn Connection, opening: Opening) -> Result<()> {
        self.0.push(format!("connect {opening:?}"));
        Ok(())
    }

    fn check_out(&self, event: &ConnectionEvent) {
        self.0.push(format!("out {}", event.id));
    }

    fn check_out_failed(&self, error: &Error, _: Duration) {
        self.0.push(format!("failed {:?}", error.kind()));
    }

    fn check_in(&self, event: &ConnectionEvent) {
        self.0.push(format!("in {}", event.id));
    }

    fn close(&self, event: &ConnectionEvent) {
        self.0.push(format!("close {}", event.id));
    }

    fn before_statement(&self, statement: &StatementEvent<'_>) {
        self.0.push(format!("before {}", statement.kind()));
    }

    fn after_statement(&self, statement: &StatementEvent<'_>) {
        let failed = if statement.error.is_some() { " failed" } else { "" };
        self.0.push(format!("after {} {}{failed}", statement.kind(), statement.tables().join(" ")).trim_end());
    }
}

fn hearing(cx: &TestContext) -> Result<(Engine, Log)> {
    let log = Log::default();
    let engine = cx.builder().pool_size(1).max_overflow(1).hooks(Hearing(log.clone())).build()?;
    Ok((engine, log))
}

pub fn hooks_hear_of_connections(cx: &mut TestContext) -> Result<()> {
    let (engine, log) = hearing(cx)?;
    drop(engine.connection()?);
    drop(engine.connection()?);
    assert_eq!(log.take(), ["connect First", "out 1", "in 1", "out 1", "in 1"]);
    if !cx.url().contains(":memory:") {
        let held = (engine.connection()?, engine.connection()?);
        drop(held);
        assert_eq!(log.take(), ["out 1", "connect Another", "out 2", "in 1", "in 2", "close 2"]);
    }
    drop(engine);
    assert_eq!(log.take(), ["close 1"]);
    Ok(())
}

pub fn hooks_hear_where_a_connection_was_taken(cx: &mut TestContext) -> Result<()> {
    struct Places(Log);
    impl EngineHooks for Places {
        fn check_out(&self, event: &ConnectionEvent) {
            let at = event.taken_at.map_or(String::new(), |at| format!("{}:{}", at.file(), at.line()));
            self.0.push(at);
        }
    }
    let log = Log::default();
    let engine = cx.builder().hooks(Places(log.clone())).build()?;
    let first = line!() + 1;
    drop(engine.connection()?);
    engine.create_all(models![User])?;
    let mut session = engine.session();
    User::query().count(&mut session)?;
    engine.transaction(|session| User::query().count(session))?;
    let expected = [0, 1, 2, 4].map(|line| format!("{}:{}", file!(), first + line));
    assert_eq!(log.take(), expected);
    Ok(())
}

pub fn hooks_hear_of_connections_that_cannot_be_had(cx: &mut TestContext) -> Result<()> {
    let log = Log::default();
    let builder = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(20));
    let engine = builder.hooks(Hearing(log.clone())).build()?;
    let held = engine.connection()?;
    expect_error(engine.connection(), ErrorKind::PoolTimeout, &[]);
    drop(held);
    assert_eq!(log.take(), ["connect First", "out 1", "failed PoolTimeout", "in 1"]);
    Ok(())
}

pub fn a_connection_is_made_ready_before_anybody_has_it(cx: &mut TestContext) -> Result<()> {
    let set = cx.spelled_by([
        "PRAGMA cache_size = 777",
        "SET application_name = 'made_ready'",
        "SET max_statement_time = 777",
    ]);
    let show = cx.spelled_by([
        "SELECT CAST(cache_size AS TEXT) FROM pragma_cache_size",
        "SHOW application_name",
        "SELECT CAST(@@max_statement_time AS CHAR)",
    ]);
    let expected = cx.spelled_by(["777", "made_ready", "777.000000"]);
    let engine = cx.builder().on_connect(|connection| connection.execute_script(set)).build()?;
    assert_eq!(sql(show).one::<String>(&mut engine.session())?, expected);
    Ok(())
}

pub fn a_connection_is_made_ready_again_after_a_reset(cx: &mut TestContext) -> Result<()> {
    let set = cx.spelled_by([
        "PRAGMA cache_size = 777",
        "SET application_name = 'made_ready'",
        "SET max_statement_time = 777",
    ]);
    let other =
        cx.spelled_by(["PRAGMA cache_size = 333", "SET application_name = 'another'", "SET max_statement_time = 333"]);
    let show = cx.spelled_by([
        "SELECT CAST(cache_size AS TEXT) FROM pragma_cache_size",
        "SHOW application_name",
        "SELECT CAST(@@max_statement_time AS CHAR)",
    ]);
    let expected = cx.spelled_by(["777", "made_ready", "777.000000"]);
    let builder = cx.builder().pool_size(1).max_overflow(0);
    let engine = builder.on_connect(|connection| connection.execute_script(set)).build()?;
    for _ in 0..3 {
        engine.connection()?.execute_script(other)?;
        let mut session = engine.session();
        assert_eq!(sql(show).one::<String>(&mut session)?, expected);
        session.commit()?;
    }
    let (engine, log) = hearing(cx)?;
    engine.connection()?.execute_script(other)?;
    assert!(log.take().contains(&"connect Reset".to_owned()));
    Ok(())
}

pub fn a_connection_that_cannot_be_made_ready_is_closed(cx: &mut TestContext) -> Result<()> {
    let log = Log::default();
    let builder = cx.builder().hooks(Hearing(log.clone()));
    let engine = builder.on_connect(|connection| connection.execute_script("nonsense")).build()?;
    expect_error(engine.connection(), ErrorKind::Database, &["a hook of connect"]);
    assert_eq!(engine.pool_status().checked_out, 0);
    assert_eq!(log.take(), ["connect First", "close 1", "failed Database"]);
    Ok(())
}

pub fn statements_have_kinds_and_tables(cx: &mut TestContext) -> Result<()> {
    let (engine, log) = hearing(cx)?;
    engine.create_all(models![User])?;
    let mut session = engine.session();
    session.set_expire_on_commit(false);
    let user = session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
    session.commit()?;
    log.take();
    session[user].name = "bob".into();
    session.flush()?;
    User::query().join(User::addresses).count(&mut session)?;
    session.delete(user)?;
    session.flush()?;
    expect_error(sql("SELECT nothing FROM nowhere").one::<i32>(&mut session), ErrorKind::Database, &[]);
    let mut heard = log.take();
    heard.retain(|line| line.starts_with("after") && !line.contains("BEGIN"));
    assert_eq!(heard[0], "after UPDATE user");
    assert_eq!(heard[1], "after SELECT user address");
    assert!(heard.contains(&"after DELETE user".to_owned()), "{heard:?}");
    assert!(heard.contains(&"after SELECT nowhere failed".to_owned()), "{heard:?}");
    Ok(())
}

pub fn hooks_hear_of_transactions_and_savepoints(cx: &mut TestContext) -> Result<()> {
    let (engine, log) = hearing(cx)?;
    let mut session = engine.session();
    session.begin()?;
    session.begin_nested()?.commit()?;
    session.begin_nested()?.rollback()?;
    session.commit()?;
    session.begin()?;
    session.rollback()?;
    let mut heard = log.take();
    heard.retain(|line| line.starts_with("after"));
    assert_eq!(
        heard,
        [
            "after BEGIN",
            "after SAVEPOINT",
            "after RELEASE SAVEPOINT",
            "after SAVEPOINT",
            "after ROLLBACK TO SAVEPOINT",
            "after RELEASE SAVEPOINT",
            "after COMMIT",
            "after BEGIN",
            "after ROLLBACK",
        ]
    );
    Ok(())
}

pub fn streams_are_told_when_they_are_done(cx: &mut TestContext) -> Result<()> {
    let (engine, log) = hearing(cx)?;
    engine.create_all(models![User])?;
    let mut session = engine.session();
    session.add_all(["a", "b"].map(User::named));
    session.commit()?;
    log.take();
    let mut rows = User::query().iter(&mut session)?;
    assert!(rows.next().is_some());
    assert!(!log.take().iter().any(|line| line.starts_with("after SELECT")));
    drop(rows);
    assert!(log.take().contains(&"after SELECT user".to_owned()));
    Ok(())
}

struct Panicking;

impl EngineHooks for Panicking {
    fn check_out(&self, _: &ConnectionEvent) {
        panic!("at the check-out")
    }

    fn check_in(&self, _: &ConnectionEvent) {
        panic!("at the check-in")
    }

    fn close(&self, _: &ConnectionEvent) {
        panic!("at the close")
    }

    fn before_statement(&self, _: &StatementEvent<'_>) {
        panic!("before a statement")
    }

    fn after_statement(&self, _: &StatementEvent<'_>) {
        panic!("after a statement")
    }
}

pub fn a_panicking_hook_disturbs_nobody(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).hooks(Panicking).build()?;
    let log = logged(|| {
        engine.create_all(models![User])?;
        let mut session = engine.session();
        session.add(User::named("alice"));
        session.commit()?;
        session.add(User::named("bob"));
        session.flush()?;
        session.rollback()?;
        assert_eq!(User::query().count(&mut session)?, 1);
        drop(session);
        assert_eq!((engine.pool_status().idle, engine.pool_status().checked_out), (1, 0));
        drop(engine);
        Ok(())
    })?;
    for moment in ["check-out", "check-in", "close", "before a statement", "after a statement"] {
        assert!(log.lines().any(|line| line.contains("ERROR orm::hook") && line.contains(moment)), "{moment}\n{log}");
    }
    Ok(())
}

pub fn a_panicking_connect_is_an_error(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).on_connect(|_| panic!("on purpose")).build()?;
    for _ in 0..2 {
        expect_error(engine.connection(), ErrorKind::InvalidState, &["a hook of connect", "on purpose"]);
    }
    assert_eq!(engine.pool_status().checked_out, 0);
    Ok(())
}

pub fn comments_tell_where_a_statement_came_from(cx: &mut TestContext) -> Result<()> {
    let builder = cx.builder().comment_statements(|tags| {
        tags.add("route", "/orders?id=1").add("application", "it's a shop");
    });
    let engine = builder.build()?;
    engine.create_all(models![User])?;
    let mut session = engine.session();
    session.set_expire_on_commit(false);
    let alice = session.add(User::named("alice"));
    session.flush()?;
    session[alice].name = "alicia".into();
    session.flush()?;
    cx.clear_log();
    assert_eq!(User::query().filter(User::name.eq("alicia")).count(&mut session)?, 1);
    sql("SELECT 1 /* of my own */").one::<i32>(&mut session)?;
    session.delete(alice)?;
    session.commit()?;
    let sent: Vec<String> = cx.take_log().into_iter().map(|recorded| recorded.sql).collect();
    let comment = " /*application='it%27s%20a%20shop',route='%2Forders%3Fid%3D1'*/";
    assert!(sent[0].ends_with(comment), "{sent:?}");
    assert!(sent[1].ends_with("/* of my own */"), "{sent:?}");
    assert!(sent.last().unwrap().ends_with(comment), "{sent:?}");
    Ok(())
}

pub fn comments_that_differ_too_often_are_told_of(cx: &mut TestContext) -> Result<()> {
    let number = Mutex::new(0);
    let builder = cx.builder().comment_statements(move |tags| {
        let mut number = number.lock().unwrap();
        *number += 1;
        tags.add("request", number.to_string());
    });
    let engine = builder.build()?;
    let log = logged(|| {
        let mut session = engine.session();
        (0..100).try_for_each(|_| sql("SELECT 1").one::<i32>(&mut session).map(drop))
    })?;
    assert_eq!(log.matches("64 different").count(), 1, "{log}");
    Ok(())
}

pub fn slow_statements_are_logged(cx: &mut TestContext) -> Result<()> {
    let slow = cx.spelled_by([
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300000) SELECT count(*) FROM c WHERE :x <> ''",
        "SELECT count(*) FROM (SELECT pg_sleep(0.02)) AS slept WHERE CAST(:x AS text) <> ''",
        "SELECT count(*) FROM (SELECT sleep(0.02) AS s) AS slept WHERE s = 0 AND :x <> ''",
    ]);
    let log = |limit: Duration| {
        let engine = cx.builder().slow_statements(limit).build()?;
        logged(|| sql(slow).bind("x", "s3cret").one::<i64>(&mut engine.session()).map(drop))
    };
    let told = log(Duration::from_millis(2))?;
    // On a busy machine a BEGIN may be slow too.
    let lines: Vec<&str> = told.lines().filter(|line| line.contains("count(*)")).collect();
    assert!(lines.len() == 1 && lines[0].contains("WARN orm::slow") && !told.contains("s3cret"), "{told}");
    assert_eq!(log(Duration::from_secs(24 * 60 * 60))?, "");
    Ok(())
}

pub fn echo_hides_parameters(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().echo(true).hide_parameters(true).build()?;
    engine.create_all(models![User])?;
    let log = logged(|| User::query().filter(User::name.eq("s3cret")).count(&mut engine.session()).map(drop))?;
    assert!(log.contains("[1 hidden]") && !log.contains("s3cret"), "{log}");
    Ok(())
}

pub fn numbers_tell_what_was_done(cx: &mut TestContext) -> Result<()> {
    let builder = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(20)).metrics(true);
    let engine = builder.build()?;
    engine.create_all(models![User])?;
    engine.connection()?.describe_table(&User::table().name)?;
    let before = engine.metrics().unwrap();
    let mut session = engine.session();
    session.add(User::named("alice"));
    session.commit()?;
    assert_eq!(User::query().count(&mut session)?, 1);
    expect_error(engine.connection()?.execute("nonsense", &[]), ErrorKind::Database, &[]);
    let held = engine.connection()?;
    expect_error(engine.connection(), ErrorKind::PoolTimeout, &[]);
    drop(held);
    let after = engine.metrics().unwrap();
    let grown = |kind| after.statements_of(kind) - before.statements_of(kind);
    assert_eq!((grown(StatementKind::Insert), grown(StatementKind::Select)), (1, 1));
    assert_eq!(grown(StatementKind::Other), 1);
    assert_eq!((after.errors_of(ErrorKind::Database), after.errors_of(ErrorKind::PoolTimeout)), (1, 1));
    assert_eq!((after.waits.count(), after.opened, after.closed), (1, 1, 0));
    assert!(after.waits.total >= Duration::from_millis(20));
    let statements: u64 = after.statements.iter().map(|(_, count)| count).sum();
    assert_eq!(after.durations.count(), statements);
    assert!(after.durations.buckets.is_sorted_by_key(|(_, count)| *count));
    assert!(after.rows > before.rows && after.durations.total > Duration::ZERO);
    Ok(())
}

pub fn without_metrics_there_are_no_numbers(cx: &mut TestContext) -> Result<()> {
    assert!(cx.engine.metrics().is_none());
    Ok(())
}

pub fn spans_have_the_names_of_opentelemetry(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let found = spans(|| {
        let mut session = cx.session();
        session.add(User::named("s3cret"));
        session.commit()?;
        User::query().count(&mut session)?;
        expect_error(sql("SELECT nothing FROM nowhere").one::<i32>(&mut session), ErrorKind::Database, &[]);
        Ok(())
    })?;
    let database = cx.backend_name().to_lowercase();
    let of = |summary: &str| {
        let one = found.iter().find(|span| span.contains(&format!("otel.name={summary};")));
        one.unwrap_or_else(|| panic!("{summary}: {found:#?}"))
    };
    let select = of("SELECT user");
    for field in [
        "orm::statement",
        &format!("db.system.name={database};"),
        "db.operation.name=SELECT;",
        "db.collection.name=user;",
        "db.query.text=SELECT count(*)",
        "otel.kind=client;",
        "db.response.returned_rows=1;",
    ] {
        assert!(select.contains(field), "{field} in {select}");
    }
    let failed = of("SELECT nowhere");
    assert!(failed.contains("error.type=Database;") && failed.contains("otel.status_code=ERROR;"), "{failed}");
    let code = cx.spelled_by([
        "db.response.status_code=1;",
        "db.response.status_code=42P01;",
        "db.response.status_code=1146;",
    ]);
    assert!(failed.contains(code), "{failed}");
    of("INSERT user");
    assert!(!found.iter().any(|span| span.contains("s3cret")), "{found:#?}");
    Ok(())
}
