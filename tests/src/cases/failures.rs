//! A flush or a commit fails, or the work around it: nothing is written, nothing in memory is lost, and the session goes on.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { failures {
    u_115_after_a_failed_flush_statements_are_refused [];
    u_115_the_objects_hold_what_was_written [];
    u_115_a_failed_commit_needs_a_rollback [];
    u_115_a_lost_connection_is_left_behind [];
    a_failed_statement_may_end_the_transaction [];
    u_123_the_transaction_scope_commits_or_rolls_back [];
} }

fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

pub fn u_115_after_a_failed_flush_statements_are_refused(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    cx.fail_next(StatementKind::Update, ErrorKind::Deadlock);
    expect_error(session.flush(), ErrorKind::Deadlock, &[]);
    cx.expect_full_log(&["begin", "failed update user (age)", "rollback"]);
    let refused = ErrorKind::PendingRollback;
    expect_error(session.flush(), refused, &["rollback()"]);
    expect_error(session.commit(), refused, &["rollback()"]);
    expect_error(session.begin(), refused, &["rollback()"]);
    expect_error(User::query().all(&mut session), refused, &["rollback()"]);
    expect_error(session.get::<User>(99), refused, &["rollback()"]);
    expect_error(session.refresh(alice), refused, &["rollback()"]);
    expect_error(session.load(alice, User::addresses), refused, &["rollback()"]);
    expect_error(session.merge(User { id: 99, ..User::named("bob") }), refused, &["rollback()"]);
    expect_error(session.begin_nested().map(|_| ()), refused, &["rollback()"]);
    expect_error(User::query().delete().execute(&mut session), refused, &["rollback()"]);
    expect_error(User::insert_all([User::named("bob")]).execute(&mut session), refused, &["rollback()"]);
    expect_error(sql("SELECT 1").one::<i64>(&mut session), refused, &["rollback()"]);
    expect_error(session.script("SELECT 1"), refused, &["rollback()"]);
    cx.expect_full_log(&[]);
    session.rollback()?;
    session[alice].age = 32;
    session.commit()?;
    cx.expect_full_log(&["select user", "update user (age)"]);
    Ok(())
}

pub fn a_failed_statement_may_end_the_transaction(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    let untyped =
        sql("SELECT name FROM \"user\" WHERE :day IS NULL").bind("day", None::<i32>).all::<String>(&mut session);
    if cx.engine.dialect().capabilities().typed_parameters {
        expect_error(untyped, ErrorKind::Database, &["could not determine", "a cast", "`:day::date`"]);
        expect_error(User::query().count(&mut session), ErrorKind::PendingRollback, &["rollback()"]);
    } else {
        assert_eq!(untyped?, ["alice"]);
        assert_eq!(User::query().count(&mut session)?, 1);
    }
    session.rollback()?;
    assert_eq!(session[alice].age, 30);
    assert_eq!(User::query().count(&mut session)?, 1);
    Ok(())
}

pub fn u_115_the_objects_hold_what_was_written(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let bob = session.add(User { addresses: [Address::in_city("Paris")].into(), ..User::named("bob") });
    let home = session.related(bob, User::addresses)?[0];
    session[alice].age = 31;
    let moved = session.push(alice, User::addresses, Address::in_city("Rome"))?;
    cx.fail_after(1, StatementKind::Insert, ErrorKind::Database);
    expect_error(session.flush(), ErrorKind::Database, &["Address"]);
    assert_eq!(session[alice].age, 31);
    assert_eq!((session[bob].id, session[home].id), (0, 0));
    assert_eq!([bob.raw(), home.raw(), moved.raw()].map(|raw| session.new_objects().contains(&raw)), [true; 3]);
    assert_eq!(session.related(bob, User::addresses)?, [home]);
    assert_eq!(session.related(alice, User::addresses)?, [moved]);
    assert_eq!(session[&session[home].user].name, "bob");
    assert!(session.is_modified(alice));
    Ok(())
}

pub fn u_115_a_failed_commit_needs_a_rollback(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    session.flush()?;
    cx.fail_next(StatementKind::Commit, ErrorKind::Serialization);
    expect_error(session.commit(), ErrorKind::Serialization, &["committing"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback()"]);
    assert_eq!(session[alice].age, 31);
    cx.expect_full_log(&["begin", "update user (age)", "failed commit", "rollback"]);
    session.rollback()?;
    assert_eq!(session[alice].age, 30);
    cx.expect_rows(r#"SELECT age FROM "user""#, &["30"]);
    Ok(())
}

pub fn u_115_a_lost_connection_is_left_behind(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    cx.fail_next(StatementKind::Update, ErrorKind::ConnectionLost);
    expect_error(session.flush(), ErrorKind::ConnectionLost, &[]);
    session.rollback()?;
    assert_eq!(session[alice].age, 30);
    // A database in memory is gone with its connection.
    cx.create(models![User])?;
    session.add(User::named("bob"));
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user" WHERE name = 'bob'"#, &["bob"]);
    Ok(())
}

pub fn u_123_the_transaction_scope_commits_or_rolls_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let id = cx.engine.transaction(|session| {
        let alice = session.add(User::named("alice"));
        session.flush()?;
        Ok(session[alice].id)
    })?;
    let failed = cx.engine.transaction(|session| {
        session.add(User::named("bob"));
        session.flush()?;
        session.get::<User>(id)?.ok_or_else(|| orm::Error::new(ErrorKind::NotFound, "nobody"))?;
        Err::<(), _>(orm::Error::new(ErrorKind::NotFound, "the user's own"))
    });
    expect_error(failed, ErrorKind::NotFound, &["the user's own"]);
    cx.expect_full_log(&["begin", "insert user", "commit", "begin", "insert user", "select user", "rollback"]);
    let engine = cx.engine.clone();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        engine.transaction(|session| -> Result<()> {
            session.add(User::named("carol"));
            session.flush()?;
            panic!("on purpose");
        })
    }));
    assert!(panicked.is_err());
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}
