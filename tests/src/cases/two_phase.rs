//! Commits in two phases (U-031).

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Node, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { two_phase {
    u_031_prepare_flushes_and_frees_the_session [prepared_transactions];
    u_031_what_was_prepared_is_committed_later [prepared_transactions];
    u_031_what_was_prepared_may_be_rolled_back [prepared_transactions];
    u_031_a_prepared_transaction_outlives_its_engine [prepared_transactions];
    u_031_prepare_without_work_prepares_a_transaction [prepared_transactions];
    u_031_prepare_ends_the_transaction_for_its_objects [prepared_transactions];
    u_031_expire_on_commit_holds_for_prepare [prepared_transactions];
    u_031_a_prepare_that_fails_needs_a_rollback [prepared_transactions];
    u_031_prepare_after_a_failed_statement_is_an_error [prepared_transactions];
    u_031_ids_are_checked_before_anything_is_sent [prepared_transactions];
    u_031_an_unknown_id_is_an_error [prepared_transactions];
    u_031_a_transaction_may_be_begun_for_its_id [prepared_transactions];
    u_031_a_transaction_with_an_id_may_end_as_any_other [prepared_transactions];
    u_031_the_ids_of_other_databases_are_not_listed [prepared_transactions];
    u_031_prepare_within_a_savepoint_is_refused [];
    u_031_what_is_unsupported_is_so_before_the_flush [prepared_transactions];
} }

/// An id that no other process takes on a shared server.
fn id(cx: &TestContext, name: &str) -> String {
    let place = cx.url().rsplit("orm_test").next().unwrap_or_default();
    format!("orm-test{}:{name}", place.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"))
}

fn is_prepared(cx: &TestContext, id: &str) -> Result<bool> {
    Ok(cx.engine.prepared_transactions()?.iter().any(|known| known == id))
}

pub fn u_031_prepare_flushes_and_frees_the_session(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "free");
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.prepare(&id)?;
    cx.expect_full_log(&["begin", "insert user", "prepare"]);
    assert!(!session.in_transaction());
    assert!(is_prepared(cx, &id)?);
    cx.clear_log();
    assert_eq!(User::query().count(&mut session)?, 0, "nobody sees it yet");
    session.add(User::named("bob"));
    session.commit()?;
    cx.expect_full_log(&["select user", "insert user"]);
    cx.engine.commit_prepared(&id)?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["alice", "bob"]);
    Ok(())
}

pub fn u_031_what_was_prepared_is_committed_later(cx: &mut TestContext) -> Result<()> {
    let ids = ["one", "two"].map(|name| id(cx, name));
    cx.create(models![User])?;
    for (id, name) in ids.iter().zip(["alice", "bob"]) {
        let mut session = cx.session();
        session.add(User::named(name));
        session.prepare(id)?;
    }
    let known = cx.engine.prepared_transactions()?;
    assert!(ids.iter().all(|id| known.contains(id)) && known.is_sorted());
    cx.clear_log();
    cx.engine.commit_prepared(&ids[1])?;
    cx.expect_full_log(&["commit"]);
    cx.expect_rows(r#"SELECT name FROM "user""#, &["bob"]);
    assert!(!is_prepared(cx, &ids[1])?);
    cx.engine.commit_prepared(&ids[0])?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["alice", "bob"]);
    Ok(())
}

pub fn u_031_what_was_prepared_may_be_rolled_back(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "back");
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.prepare(&id)?;
    cx.engine.rollback_prepared(&id)?;
    assert!(!is_prepared(cx, &id)?);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn u_031_a_prepared_transaction_outlives_its_engine(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "later");
    cx.create(models![User])?;
    let engine = cx.builder().build()?;
    let mut session = engine.session();
    session.add(User::named("alice"));
    session.prepare(&id)?;
    drop((session, engine));
    cx.engine.commit_prepared(&id)?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

/// A coordinator treats all its databases alike, those to which nothing was written too.
pub fn u_031_prepare_without_work_prepares_a_transaction(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "nothing");
    cx.session().prepare(&id)?;
    cx.expect_full_log(&["begin", "prepare"]);
    assert!(is_prepared(cx, &id)?);
    cx.engine.commit_prepared(&id)
}

pub fn u_031_prepare_ends_the_transaction_for_its_objects(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "objects");
    cx.create(models![User])?;
    let mut session = cx.session();
    let gone = session.add(User::named("gone"));
    session.commit()?;
    let alice = session.add(User::named("alice"));
    session.delete(gone)?;
    session.prepare(&id)?;
    assert_eq!((session.state(alice), session.state(gone)), (State::Persistent, State::Detached));
    session[alice].age = 30;
    session.rollback()?;
    assert_eq!((session.state(alice), session[alice].age), (State::Persistent, 0), "only what came after is undone");
    cx.engine.commit_prepared(&id)?;
    session[alice].age = 31;
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["alice|31"]);
    Ok(())
}

pub fn u_031_expire_on_commit_holds_for_prepare(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "expired");
    cx.create(models![User])?;
    let mut session = cx.session();
    session.set_expire_on_commit(true);
    let alice = session.add(User::named("alice"));
    session.prepare(&id)?;
    cx.engine.commit_prepared(&id)?;
    cx.execute(r#"UPDATE "user" SET age = 40"#);
    cx.clear_log();
    assert_eq!(session.get::<User>(session[alice].id)?, Some(alice));
    cx.expect_log(&["select user"]);
    assert_eq!(session[alice].age, 40);
    Ok(())
}

pub fn u_031_a_prepare_that_fails_needs_a_rollback(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "twice");
    cx.create(models![User])?;
    cx.session().prepare(&id)?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    let says = if cx.capabilities().prepared_from_begin { "already exists" } else { "already in use" };
    expect_error(session.prepare(&id), ErrorKind::Database, &[says]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &[says]);
    session.rollback()?;
    assert_eq!(session.state(alice), State::Transient);
    cx.engine.rollback_prepared(&id)?;
    cx.fail_next(StatementKind::Prepare, ErrorKind::ConnectionLost);
    session.add(User::named("bob"));
    expect_error(session.prepare(&id), ErrorKind::ConnectionLost, &[]);
    session.rollback()?;
    assert!(!is_prepared(cx, &id)?);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

/// The server would take PREPARE TRANSACTION for ROLLBACK, and say nothing.
pub fn u_031_prepare_after_a_failed_statement_is_an_error(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "failed");
    assert!(!is_prepared(cx, &id)?);
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.flush()?;
    assert!(Node::query().all(&mut session).is_err(), "there is no such table");
    expect_error(session.prepare(&id), ErrorKind::PendingRollback, &[]);
    assert!(!is_prepared(cx, &id)?);
    session.rollback()
}

pub fn u_031_ids_are_checked_before_anything_is_sent(cx: &mut TestContext) -> Result<()> {
    cx.engine.prepared_transactions()?;
    cx.clear_log();
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    let longest = cx.capabilities().prepared_id_len;
    let long = "x".repeat(longest + 1);
    for id in ["", "it's", "a b", "a\0b", "naïve", "\\", "x'; DROP TABLE \"user\"; --", &long] {
        expect_error(session.prepare(id), ErrorKind::Config, &["id of a prepared transaction"]);
        expect_error(cx.engine.commit_prepared(id), ErrorKind::Config, &["id of a prepared transaction"]);
        expect_error(cx.engine.rollback_prepared(id), ErrorKind::Config, &["id of a prepared transaction"]);
    }
    cx.expect_full_log(&[]);
    let longest = format!("{:x<longest$}", id(cx, "long"));
    session.prepare(&longest)?;
    cx.engine.rollback_prepared(&longest)
}

pub fn u_031_an_unknown_id_is_an_error(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "unknown");
    assert!(!is_prepared(cx, &id)?);
    let says = if cx.capabilities().prepared_from_begin { "Unknown XID" } else { "does not exist" };
    expect_error(cx.engine.commit_prepared(&id), ErrorKind::Database, &[says, &id]);
    expect_error(cx.engine.rollback_prepared(&id), ErrorKind::Database, &[says, &id]);
    Ok(())
}

/// Some databases have to know the id before the first statement.
pub fn u_031_a_transaction_may_be_begun_for_its_id(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "begun");
    cx.create(models![User])?;
    let mut session = cx.session();
    session.begin_prepared(&id)?;
    session.add(User::named("alice"));
    session.flush()?;
    session.nested(|session| {
        session.add(User::named("bob"));
        session.flush()
    })?;
    session.prepare(&id)?;
    cx.expect_full_log(&["begin", "insert user", "savepoint", "insert user", "release", "prepare"]);
    cx.engine.commit_prepared(&id)?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["alice", "bob"]);

    session.add(User::named("carol"));
    session.flush()?;
    let outcome = session.prepare(&id);
    if !cx.capabilities().prepared_from_begin {
        outcome?;
        return cx.engine.rollback_prepared(&id);
    }
    expect_error(outcome, ErrorKind::InvalidState, &["as a transaction begins", "begin_prepared"]);
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["3"]);
    Ok(())
}

pub fn u_031_a_transaction_with_an_id_may_end_as_any_other(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "other");
    cx.create(models![User])?;
    let mut session = cx.session();
    session.begin_prepared(&id)?;
    session.add(User::named("alice"));
    session.commit()?;
    session.begin_prepared(&id)?;
    session.add(User::named("bob"));
    session.flush()?;
    session.rollback()?;
    session.begin_prepared(&id)?;
    session.add(User::named("carol"));
    session.flush()?;
    drop(session);
    cx.fail_next(StatementKind::Commit, ErrorKind::ConnectionLost);
    let mut session = cx.session();
    session.begin_prepared(&id)?;
    session.add(User::named("dora"));
    expect_error(session.commit(), ErrorKind::CommitUnknown, &[]);
    session.rollback()?;
    assert!(!is_prepared(cx, &id)?);
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["alice"]);
    Ok(())
}

pub fn u_031_the_ids_of_other_databases_are_not_listed(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "here");
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.prepare(&id)?;
    // The server has one that no URL of a test names.
    let (server, _) = cx.url().rsplit_once('/').unwrap_or_default();
    if cx.capabilities().prepared_from_begin {
        let other = Engine::connect(&format!("{server}/mysql"))?;
        assert!(!other.prepared_transactions()?.contains(&id));
        expect_error(other.rollback_prepared(&id), ErrorKind::Database, &["Unknown XID"]);
    }
    cx.engine.rollback_prepared(&id)
}

pub fn u_031_prepare_within_a_savepoint_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    let mut nested = session.begin_nested()?;
    expect_error(nested.prepare("x"), ErrorKind::InvalidState, &["savepoint"]);
    nested.commit()?;
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn u_031_what_is_unsupported_is_so_before_the_flush(cx: &mut TestContext) -> Result<()> {
    let id = id(cx, "early");
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    if let Err(error) = session.prepare(&id) {
        cx.expect_full_log(&[]);
        for outcome in [cx.engine.commit_prepared(&id), cx.engine.rollback_prepared(&id)] {
            expect_error(outcome, ErrorKind::Unsupported, &["two-phase commit", cx.backend_name()]);
        }
        session.commit()?;
        cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
        return Err(error);
    }
    cx.engine.commit_prepared(&id)
}
