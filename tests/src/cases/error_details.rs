//! Details of errors: the database's code and the statement, without values and of limited length.

use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { error_details {
    a_refused_row_has_code_and_statement [];
    a_refused_row_among_many_has_code_and_statement [];
    sql_that_the_database_does_not_know [];
    a_failed_script_has_code_and_statement [];
    a_cell_that_cannot_be_read_names_its_statement [];
    rows_on_their_way_name_their_statement [];
    a_connection_that_breaks_names_its_statement [];
    a_failed_commit_is_the_statement [];
    what_no_database_said_has_neither [];
    neither_message_nor_statement_is_long [];
} }

/// The code of the current database.
fn expect_code(cx: &TestContext, error: &Error, codes: [&'static str; 3]) {
    assert_eq!(error.code(), Some(cx.spelled_by(codes)), "{error:?}");
}

fn expect_statement(error: &Error, parts: &[&str]) {
    let statement = error.statement().unwrap_or_default();
    assert!(parts.iter().all(|part| statement.contains(part)), "{error:?}: {statement}");
}

fn with_email(name: &str) -> User {
    User { email: Some("s3cret".into()), ..User::named(name) }
}

pub fn a_refused_row_has_code_and_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(with_email("alice"));
    session.commit()?;
    session.add(with_email("bob"));
    let error = expect_error(session.commit(), ErrorKind::UniqueViolation, &["User#new", "`email`"]);
    expect_code(cx, &error, ["2067", "23505", "1062"]);
    expect_statement(&error, &["INSERT INTO", "email"]);
    assert!(!error.statement().unwrap_or_default().contains("s3cret"), "{:?}", error.statement());
    Ok(())
}

pub fn a_refused_row_among_many_has_code_and_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all(["alice", "bob", "carol"].map(with_email));
    let error = expect_error(session.commit(), ErrorKind::UniqueViolation, &["3 rows of User"]);
    expect_code(cx, &error, ["2067", "23505", "1062"]);
    expect_statement(&error, &["INSERT INTO", "email"]);
    Ok(())
}

pub fn sql_that_the_database_does_not_know(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let read = sql("SELECT name FROM nowhere WHERE name = :name").bind("name", "s3cret");
    let error = expect_error(read.all::<String>(&mut session), ErrorKind::Database, &["nowhere"]);
    expect_code(cx, &error, ["1", "42P01", "1146"]);
    expect_statement(&error, &["SELECT name FROM nowhere WHERE name = "]);
    assert!(!error.statement().unwrap_or_default().contains("s3cret"), "{:?}", error.statement());
    Ok(())
}

pub fn a_failed_script_has_code_and_statement(cx: &mut TestContext) -> Result<()> {
    let failed = cx.engine.connection()?.execute_script("CREATE TABLE a (b INTEGER); DROP TABLE nowhere");
    let error = expect_error(failed, ErrorKind::Database, &["nowhere"]);
    expect_code(cx, &error, ["1", "42P01", "1051"]);
    assert_eq!(error.statement(), Some("CREATE TABLE a (b INTEGER); DROP TABLE nowhere"));
    Ok(())
}

pub fn a_cell_that_cannot_be_read_names_its_statement(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let read = sql("SELECT 'many'").all::<i64>(&mut session);
    let error = expect_error(read, ErrorKind::Decode, &[]);
    assert_eq!((error.code(), error.statement()), (None, Some("SELECT 'many'")));
    Ok(())
}

pub fn rows_on_their_way_name_their_statement(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let mut rows = sql("SELECT 'many'").iter::<i64>(&mut session)?;
    let error = expect_error(rows.next().transpose(), ErrorKind::Decode, &[]);
    assert_eq!((error.code(), error.statement()), (None, Some("SELECT 'many'")));
    drop(rows);
    let opened = sql("SELECT 1 FROM nowhere").iter::<i64>(&mut session).and_then(|mut rows| rows.next().transpose());
    let error = expect_error(opened, ErrorKind::Database, &["nowhere"]);
    expect_code(cx, &error, ["1", "42P01", "1146"]);
    assert_eq!(error.statement(), Some("SELECT 1 FROM nowhere"));
    Ok(())
}

pub fn a_connection_that_breaks_names_its_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    cx.fail_next(StatementKind::Insert, ErrorKind::ConnectionLost);
    session.add(User::named("alice"));
    let error = expect_error(session.flush(), ErrorKind::ConnectionLost, &[]);
    expect_statement(&error, &["INSERT INTO"]);
    Ok(())
}

pub fn a_failed_commit_is_the_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.flush()?;
    cx.fail_next(StatementKind::Commit, ErrorKind::Busy);
    let error = expect_error(session.commit(), ErrorKind::Busy, &[]);
    assert_eq!(error.statement(), Some("COMMIT"));
    Ok(())
}

pub fn what_no_database_said_has_neither(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let error = expect_error(User::query().one(&mut session), ErrorKind::NotFound, &[]);
    assert_eq!((error.code(), error.statement()), (None, None));
    Ok(())
}

pub fn neither_message_nor_statement_is_long(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let long = format!("SELECT '{}' FROM nowhere", "x".repeat(1 << 20));
    let error = expect_error(sql(long).all::<String>(&mut session), ErrorKind::Database, &["nowhere"]);
    let statement = error.statement().unwrap_or_default();
    assert!(statement.len() < 3_000 && statement.starts_with("SELECT 'xxx") && statement.ends_with("FROM nowhere"));
    assert!(error.to_string().len() < 5_000 && format!("{error:?}").len() < 10_000, "{}", error.to_string().len());
    session.rollback()?;
    // The message does not contain the values of the row.
    cx.execute(r#"ALTER TABLE "user" RENAME COLUMN email TO mail"#);
    session.add(with_email(&"y".repeat(1 << 20)));
    let error = expect_error(session.commit(), ErrorKind::Database, &["email"]);
    assert!(format!("{error:?}").len() < 10_000 && !format!("{error:?}").contains("s3cret"), "{error:?}");
    Ok(())
}
