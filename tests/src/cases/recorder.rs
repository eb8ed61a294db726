//! The recorder that the suite itself uses: what it plans takes place, where it says and as often as it says.

use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::testing::Recorder;
use orm::{Result, StatementKind, Value};

use crate::models::User;
use crate::{TestContext, expect_error};

cases! { recorder {
    a_plan_is_for_the_statement_that_it_names [];
    a_plan_may_repeat [];
    an_answer_may_be_lost [];
    a_lost_connection_stays_lost [];
    rows_of_the_test_are_read_as_rows [];
    a_number_of_changed_rows_may_be_said [];
    what_does_not_fit_its_statement_is_told [];
    an_engine_without_a_database [];
} }

/// An engine over the case's database with a recorder of its own, so that the context's log stays what it is.
fn recorded(cx: &mut TestContext) -> Result<(Engine, Recorder)> {
    let recorder = Recorder::new();
    let engine = cx.builder().wrap_backend(recorder.wrapper()).build()?;
    engine.create_all(models![User])?;
    recorder.take();
    Ok((engine, recorder))
}

fn add(engine: &Engine, name: &str) -> Result<()> {
    let mut session = engine.session();
    session.add(User::named(name));
    session.commit()
}

fn texts(recorder: &Recorder) -> Vec<String> {
    recorder.take().iter().map(ToString::to_string).collect()
}

pub fn a_plan_is_for_the_statement_that_it_names(cx: &mut TestContext) -> Result<()> {
    let (engine, recorder) = recorded(cx)?;
    recorder.next().of(StatementKind::Insert).on("user").after(1).fails(ErrorKind::Busy);
    recorder.next().on("post").fails(ErrorKind::Database);
    add(&engine, "alice")?;
    expect_error(add(&engine, "bob"), ErrorKind::Busy, &["a fault that the test asked for"]);
    add(&engine, "carol")?;
    let inserts: Vec<String> = texts(&recorder).into_iter().filter(|text| text.contains("insert")).collect();
    assert_eq!(
        inserts.iter().map(|text| text.split(" (").next().unwrap()).collect::<Vec<_>>(),
        ["insert user", "failed insert user", "insert user"]
    );
    assert_eq!(recorder.forget_plans(), 1);
    assert_eq!(User::query().order_by(User::name).select(User::name).all(&mut engine.session())?, ["alice", "carol"]);
    Ok(())
}

pub fn a_plan_may_repeat(cx: &mut TestContext) -> Result<()> {
    let (engine, recorder) = recorded(cx)?;
    let delay = Duration::from_millis(15);
    recorder.next().of(StatementKind::Insert).each_time().is_delayed(delay);
    let since = Instant::now();
    add(&engine, "alice")?;
    add(&engine, "bob")?;
    assert!(since.elapsed() >= delay * 2, "{:?}", since.elapsed());
    assert_eq!(recorder.forget_plans(), 1);
    assert_eq!(User::query().count(&mut engine.session())?, 2);
    Ok(())
}

pub fn an_answer_may_be_lost(cx: &mut TestContext) -> Result<()> {
    let (engine, recorder) = recorded(cx)?;
    recorder.next().of(StatementKind::Commit).loses_its_answer();
    let mut session = engine.session();
    session.begin()?;
    let users = session.add_all(["alice", "bob"].map(User::named));
    expect_error(session.commit(), ErrorKind::CommitUnknown, &["whether the transaction was committed is not known"]);
    session.rollback()?;
    assert_eq!(session.state(users[0]), State::Transient);
    if engine.backend().max_connections() != Some(1) {
        assert_eq!(User::query().count(&mut session)?, 2);
    }
    Ok(())
}

pub fn a_lost_connection_stays_lost(cx: &mut TestContext) -> Result<()> {
    let (engine, recorder) = recorded(cx)?;
    recorder.next().of(StatementKind::Select).fails(ErrorKind::ConnectionLost);
    let mut connection = engine.connection()?;
    let ask = |connection: &mut orm::Conn| {
        connection.query("SELECT 1", &[], &mut |_| Ok(std::ops::ControlFlow::Continue(())))
    };
    expect_error(ask(&mut connection), ErrorKind::ConnectionLost, &["a fault that the test asked for"]);
    expect_error(ask(&mut connection), ErrorKind::ConnectionLost, &["the connection is lost"]);
    assert!(connection.is_broken());
    drop(connection);
    ask(&mut engine.connection()?)
}

pub fn rows_of_the_test_are_read_as_rows(cx: &mut TestContext) -> Result<()> {
    let (engine, recorder) = recorded(cx)?;
    let names = |names: [&str; 2]| names.map(|name| vec![Value::Text(name.to_owned())]).to_vec();
    recorder.next().on("user").returns(&["name"], names(["alice", "bob"]));
    let query = User::query().select(User::name);
    assert_eq!(query.clone().all(&mut engine.session())?, ["alice", "bob"]);
    recorder.next().on("user").returns(&["name"], names(["carol", "dave"]));
    let mut session = engine.session();
    let streamed = query.clone().iter(&mut session)?.collect::<Result<Vec<String>>>()?;
    assert_eq!(streamed, ["carol", "dave"]);
    drop(session);
    assert!(query.all(&mut engine.session())?.is_empty());
    assert_eq!(texts(&recorder), ["select user x2", "select user x2", "select user x0"]);
    Ok(())
}

pub fn a_number_of_changed_rows_may_be_said(cx: &mut TestContext) -> Result<()> {
    let (engine, recorder) = recorded(cx)?;
    add(&engine, "alice")?;
    let mut session = engine.session();
    recorder.next().of(StatementKind::Delete).affects(7);
    assert_eq!(User::query().delete().execute(&mut session)?, 7);
    assert_eq!(User::query().count(&mut session)?, 1);
    assert_eq!(User::query().delete().execute(&mut session)?, 1);
    session.commit()
}

pub fn what_does_not_fit_its_statement_is_told(cx: &mut TestContext) -> Result<()> {
    let (engine, recorder) = recorded(cx)?;
    recorder.next().affects(3);
    let read = User::query().all(&mut engine.session());
    expect_error(read, ErrorKind::InvalidState, &["for a statement that changes none"]);
    recorder.next().of(StatementKind::Commit).returns(&["id"], vec![]);
    let mut session = engine.session();
    session.begin()?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["of(StatementKind::Select)"]);
    Ok(())
}

pub fn an_engine_without_a_database(cx: &mut TestContext) -> Result<()> {
    let recorder = Recorder::new();
    let url = cx.spelled_by([
        "sqlite:////nowhere/at/all.db",
        "postgresql://nobody@host.invalid/none",
        "mariadb://nobody@host.invalid/none",
    ]);
    let engine = Engine::builder(url).wrap_backend(recorder.without_database()).build()?;
    let mut session = engine.session();
    expect_error(User::query().count(&mut session), ErrorKind::InvalidState, &["`recorder.next().returns(..)`"]);
    recorder.next().on("user").returns(&["n"], vec![vec![Value::I64(3)]]);
    assert_eq!(User::query().count(&mut session)?, 3);
    User::query().filter(User::age.gt(30)).delete().execute(&mut session)?;
    session.commit()?;
    assert_eq!(texts(&recorder), ["failed select user x0", "select user", "begin", "delete user", "commit"]);
    Ok(())
}
