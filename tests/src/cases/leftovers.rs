//! Settings that the user of a connection leaves behind do not reach the next user.

use std::ops::ControlFlow;

use orm::driver::{TransactionMode, TransactionState};
use orm::prelude::*;
use orm::{Conn, ErrorKind, Result, ValueRef};

use crate::models::User;
use crate::{TestContext, expect_error};

cases! { leftovers {
    a_transaction_begun_by_hand_is_rolled_back [];
    a_transaction_ended_by_hand_is_noticed [];
    settings_do_not_reach_the_next [];
    settings_of_the_url_stay [];
    settings_of_a_session_do_not_reach_the_next [];
    temporary_tables_do_not_reach_the_next [];
    attached_databases_and_locks_do_not_reach_the_next [];
    a_listener_of_begin_leaves_nothing [];
    a_session_without_raw_sql_is_not_reset [];
} }

/// An engine whose only connection goes from one user to the next.
fn single(cx: &TestContext) -> Result<Engine> {
    cx.builder().pool_size(1).max_overflow(0).build()
}

fn text(connection: &mut Conn, sql: &str) -> Result<String> {
    let mut found = String::new();
    connection.query(sql, &[], &mut |row| {
        found = match row.get(0) {
            Ok(ValueRef::Text(text)) => text.to_owned(),
            other => format!("{other:?}"),
        };
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

pub fn a_transaction_begun_by_hand_is_rolled_back(cx: &mut TestContext) -> Result<()> {
    let engine = single(cx)?;
    engine.create_all(models![User])?;
    let mut connection = engine.connection()?;
    assert_eq!(connection.transaction()?, TransactionState::None);
    connection.execute("BEGIN", &[])?;
    assert_ne!(connection.transaction()?, TransactionState::None);
    connection.execute(r#"INSERT INTO "user" ("name", "age") VALUES ('abandoned', 1)"#, &[])?;
    drop(connection);
    let mut session = engine.session();
    session.add(User::named("mine"));
    session.commit()?;
    assert_eq!(sql(r#"SELECT "name" FROM "user""#).all::<String>(&mut session)?, ["mine"]);
    Ok(())
}

pub fn a_transaction_ended_by_hand_is_noticed(cx: &mut TestContext) -> Result<()> {
    let engine = single(cx)?;
    let mut connection = engine.connection()?;
    connection.begin(TransactionMode::Write)?;
    assert_ne!(connection.transaction()?, TransactionState::None);
    connection.execute_script("COMMIT")?;
    assert_eq!(connection.transaction()?, TransactionState::None);
    connection.execute_script("BEGIN")?;
    expect_error(connection.execute("nonsense", &[]), ErrorKind::Database, &[]);
    assert_ne!(
        connection.transaction()?,
        TransactionState::None,
        "it is open, though it may take nothing but a rollback"
    );
    connection.rollback()?;
    assert_eq!(connection.transaction()?, TransactionState::None);
    Ok(())
}

pub fn settings_do_not_reach_the_next(cx: &mut TestContext) -> Result<()> {
    let engine = single(cx)?;
    let show = cx.spelled_by([
        "SELECT foreign_keys FROM pragma_foreign_keys",
        "SHOW statement_timeout",
        "SELECT CAST(@@max_statement_time AS CHAR)",
    ]);
    let before = text(&mut engine.connection()?, show)?;
    for set in [
        cx.spelled_by(["PRAGMA foreign_keys = OFF", "SET statement_timeout = '7s'", "SET max_statement_time = 7"]),
        cx.spelled_by([
            "PRAGMA foreign_keys(0)",
            "SELECT set_config('statement_timeout', '7s', false)",
            "SET SESSION max_statement_time = 7",
        ]),
        cx.spelled_by([
            "PRAGMA FOREIGN_KEYS = no; PRAGMA query_only = 1",
            "BEGIN; SET statement_timeout = '7s'; COMMIT",
            "BEGIN; SET max_statement_time = 7; COMMIT",
        ]),
    ] {
        let mut connection = engine.connection()?;
        connection.execute_script(set)?;
        assert_ne!(text(&mut connection, show)?, before, "{set}");
        drop(connection);
        assert_eq!(text(&mut engine.connection()?, show)?, before, "{set}");
    }
    // The connection still writes.
    engine.create_all(models![User])?;
    let mut session = engine.session();
    session.add(User::named("alice"));
    session.commit()
}

pub fn settings_of_the_url_stay(cx: &mut TestContext) -> Result<()> {
    let url = match cx.backend_name() {
        "SQLite" => format!("{}{}busy_timeout=1234", cx.url(), cx.separator()),
        "PostgreSQL" => cx.url().replace("options=", "options=-c%20lock_timeout%3D1234ms%20"),
        // A URL sets nothing that the server keeps.
        _ => return Ok(()),
    };
    let engine = Engine::builder(&url).pool_size(1).max_overflow(0).build()?;
    let show = cx.spelled("SELECT timeout FROM pragma_busy_timeout", "SHOW lock_timeout");
    let given = cx.spelled("Ok(1234)", "1234ms");
    let told = |connection: &mut Conn| text(connection, show).map(|told| told.replace("I64(", "").replace("))", ")"));
    for _ in 0..2 {
        let mut connection = engine.connection()?;
        assert_eq!(told(&mut connection)?, given);
        connection.execute_script(cx.spelled("PRAGMA busy_timeout = 1", "SET lock_timeout = 1"))?;
        assert_ne!(told(&mut connection)?, given);
    }
    Ok(())
}

pub fn settings_of_a_session_do_not_reach_the_next(cx: &mut TestContext) -> Result<()> {
    let engine = single(cx)?;
    let show = cx.spelled_by([
        "SELECT recursive_triggers FROM pragma_recursive_triggers",
        "SHOW application_name",
        "SELECT @@sql_mode",
    ]);
    let before = text(&mut engine.connection()?, show)?;
    let set = cx.spelled_by(["PRAGMA recursive_triggers = ON", "SET application_name = 'mine'", "SET sql_mode = ''"]);
    let mut session = engine.session();
    session.script(set)?;
    session.commit()?;
    assert_eq!(text(&mut engine.connection()?, show)?, before);
    sql(set).execute(&mut session)?;
    session.close()?;
    assert_eq!(text(&mut engine.connection()?, show)?, before);
    Ok(())
}

pub fn temporary_tables_do_not_reach_the_next(cx: &mut TestContext) -> Result<()> {
    let engine = single(cx)?;
    for round in 0..3 {
        let mut connection = engine.connection()?;
        connection.execute_script("CREATE TEMPORARY TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1)")?;
        connection.execute_script(cx.spelled_by([
            "CREATE TEMPORARY TABLE b (a INTEGER REFERENCES a (id)); CREATE TEMPORARY VIEW v AS SELECT * FROM b",
            "CREATE TEMPORARY TABLE b (a INTEGER REFERENCES a (id)); CREATE TEMPORARY VIEW v AS SELECT * FROM b",
            // Neither keys nor views.
            "CREATE TEMPORARY TABLE b (a INTEGER)",
        ]))?;
        connection.execute_script("INSERT INTO b VALUES (1)")?;
        assert_eq!(connection.execute("DELETE FROM b", &[])?, 1, "round {round}");
    }
    expect_error(engine.connection()?.execute("DELETE FROM a", &[]), ErrorKind::Database, &[]);
    Ok(())
}

pub fn attached_databases_and_locks_do_not_reach_the_next(cx: &mut TestContext) -> Result<()> {
    let engine = single(cx)?;
    let leave = cx.spelled_by([
        "ATTACH ':memory:' AS \"an\"\"other\"",
        "SELECT pg_advisory_lock(77); LISTEN x; CREATE TEMP SEQUENCE s",
        "SELECT GET_LOCK(concat('mine', DATABASE()), 0)",
    ]);
    let count = cx.spelled_by([
        "SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')",
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
        "SELECT 1 - IS_FREE_LOCK(concat('mine', DATABASE()))",
    ]);
    let mut connection = engine.connection()?;
    connection.execute_script(leave)?;
    assert_eq!(text(&mut connection, count)?, "Ok(I64(1))");
    drop(connection);
    assert_eq!(text(&mut engine.connection()?, count)?, "Ok(I64(0))");
    Ok(())
}

pub fn a_listener_of_begin_leaves_nothing(cx: &mut TestContext) -> Result<()> {
    let engine = single(cx)?;
    engine.create_all(models![User])?;
    let set = cx.spelled_by([
        "SELECT 1",
        "SELECT set_config('search_path', 'nowhere,' || current_setting('search_path'), false)",
        "SELECT 1",
    ]);
    let mut session = engine.session();
    session.on_after_begin(move |connection| connection.query(set, &[], &mut |_| Ok(ControlFlow::Continue(()))));
    session.add(User::named("alice"));
    session.commit()?;
    if cx.backend_name() == "PostgreSQL" {
        assert!(!text(&mut engine.connection()?, "SHOW search_path")?.contains("nowhere"));
    }
    Ok(())
}

pub fn a_session_without_raw_sql_is_not_reset(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    cx.take_resets();
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    session[alice].age = 4;
    session.commit()?;
    User::query().all(&mut session)?;
    session.rollback()?;
    drop(session);
    drop(cx.engine.connection()?);
    assert_eq!(cx.take_resets(), 0, "nobody wrote SQL");
    sql("SELECT 1").one::<i32>(&mut cx.session())?;
    assert_eq!(cx.take_resets(), 1);
    cx.engine.connection()?.execute_script("SELECT 1")?;
    assert_eq!(cx.take_resets(), 1);
    Ok(())
}
