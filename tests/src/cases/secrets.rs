//! Values of `#[orm(secret)]` columns are in no log, no error and no `Debug`.

use std::error::Error as _;
use std::sync::{Arc, Mutex};

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::Login;
use crate::{TestContext, expect_error, logged};

cases! { secrets {
    echo_hides_what_may_be_secret [];
    echo_shows_what_is_not_secret [];
    debug_of_a_query_hides_it [];
    debug_of_a_statement_hides_it [];
    errors_of_constraints_hide_it [];
    errors_of_values_hide_it [];
} }

fn engine(cx: &TestContext) -> Result<Engine> {
    let engine = cx.builder().echo(true).build()?;
    engine.create_all(models![Login])?;
    Ok(engine)
}

pub fn echo_hides_what_may_be_secret(cx: &mut TestContext) -> Result<()> {
    let engine = engine(cx)?;
    let log = logged(|| {
        let mut session = engine.session();
        let alice = session.add(Login::of("alice", "s3cret"));
        session.flush()?;
        session[alice].password = "s3cret too".into();
        session.flush()?;
        Login::query().filter(Login::password.eq("s3cret too")).one(&mut session)?;
        Login::query().update(Login::token.set(Some("s3cret"))).execute(&mut session)?;
        sql("SELECT count(*) FROM login WHERE PASSWORD = :p").bind("p", "s3cret").one::<i64>(&mut session)?;
        session.commit()
    })?;
    assert!(!log.contains("s3cret"), "{log}");
    assert!(log.contains("hidden, as `password` is secret"), "{log}");
    Ok(())
}

pub fn echo_shows_what_is_not_secret(cx: &mut TestContext) -> Result<()> {
    let engine = engine(cx)?;
    let log = logged(|| {
        let mut session = engine.session();
        Login::query().filter(Login::name.eq("alice")).count(&mut session)?;
        Ok(())
    })?;
    assert!(log.contains("[\"alice\"]"), "{log}");
    Ok(())
}

pub fn debug_of_a_query_hides_it(_: &mut TestContext) -> Result<()> {
    let shown = format!("{:?}", Login::query().filter(Login::password.eq("s3cret")));
    assert!(!shown.contains("s3cret") && shown.contains("hidden"), "{shown}");
    Ok(())
}

pub fn debug_of_a_statement_hides_it(cx: &mut TestContext) -> Result<()> {
    let told = Arc::new(Mutex::new(String::new()));
    let hear = Arc::clone(&told);
    let engine = cx.builder().on_statement(move |event| *hear.lock().unwrap() = format!("{event:?}")).build()?;
    engine.create_all(models![Login])?;
    Login::query().filter(Login::password.eq("s3cret")).count(&mut engine.session())?;
    let shown = told.lock().unwrap();
    assert!(shown.contains("SELECT count(*)") && shown.contains("hidden") && !shown.contains("s3cret"), "{shown}");
    Ok(())
}

/// The whole text of an error: display, debug and sources.
fn said(error: &orm::Error) -> String {
    let mut said = format!("{error} {error:?} {:?}", error.statement());
    let mut source = error.source();
    while let Some(cause) = source {
        said.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    said
}

pub fn errors_of_constraints_hide_it(cx: &mut TestContext) -> Result<()> {
    let engine = engine(cx)?;
    let mut session = engine.session();
    let twin = || Login { token: Some("s3cret".into()), ..Login::of("alice", "s3cret") };
    session.add(twin());
    session.commit()?;
    session.add(Login { name: "bob".into(), ..twin() });
    let error = expect_error(session.commit(), ErrorKind::UniqueViolation, &["token"]);
    assert_eq!(error.constraint().unwrap().columns, ["token"]);
    assert!(!said(&error).contains("s3cret"), "{}", said(&error));
    session.rollback()?;
    // A statement that does not name the column may report the whole row.
    let raise = sql("UPDATE login SET attempts = 99").execute(&mut session);
    let error = expect_error(raise, ErrorKind::CheckViolation, &[]);
    assert!(!said(&error).contains("s3cret"), "{}", said(&error));
    Ok(())
}

pub fn errors_of_values_hide_it(cx: &mut TestContext) -> Result<()> {
    let engine = engine(cx)?;
    let mut session = engine.session();
    session.add(Login::of("alice", "s3cret"));
    session.commit()?;
    let read = sql("SELECT password FROM login").one::<i64>(&mut session);
    let error = expect_error(read, ErrorKind::Decode, &["`password` is secret"]);
    assert!(!said(&error).contains("s3cret"), "{}", said(&error));
    if cx.backend_name() == "PostgreSQL" {
        // Others take any text for a number.
        let cast = "SELECT count(*) FROM login WHERE CAST(password AS integer) = 1";
        let error = expect_error(sql(cast).one::<i64>(&mut session), ErrorKind::Database, &["`password` is secret"]);
        assert!(!said(&error).contains("s3cret") && error.code() == Some("22P02"), "{}", said(&error));
    }
    Ok(())
}
