//! Options of transactions, set on an engine, a session and one transaction.

use orm::driver::TransactionMode;
use orm::prelude::*;
use orm::{ErrorKind, Result, TransactionOptions};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { transaction_options {
    a_read_only_transaction_refuses_to_write [];
    the_next_transaction_writes_again [];
    a_read_only_transaction_lets_others_write [];
    a_reset_within_a_read_only_transaction_takes_it_back [];
    a_session_says_it_for_its_transactions [];
    an_engine_says_it_for_its_sessions [];
    whoever_is_further_in_has_the_last_word [];
    a_deferrable_transaction_is_serializable_and_reads [];
    options_are_sent_with_the_begin [];
    a_unit_of_work_has_options [];
} }

const READ_ONLY: TransactionOptions = TransactionOptions::new().read_only(true);

pub fn a_read_only_transaction_refuses_to_write(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    session.begin_with(READ_ONLY)?;
    assert_eq!(User::query().count(&mut session)?, 0);
    let alice = session.add(User::named("alice"));
    expect_error(session.commit(), ErrorKind::ReadOnly, &[]);
    session.rollback()?;
    assert_eq!(session[alice].name, "alice");
    session.begin_with(READ_ONLY)?;
    expect_error(sql(r#"DELETE FROM "user""#).execute(&mut session).map(drop), ErrorKind::ReadOnly, &[]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

/// A query for the isolation of the open transaction, where the database tells.
pub(crate) fn shown_isolation(cx: &TestContext) -> Option<&'static str> {
    (cx.backend_name() == "PostgreSQL").then_some("SELECT current_setting('transaction_isolation')")
}

pub fn the_next_transaction_writes_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    engine.create_all(models![User, Address])?;
    for ends in [Session::commit, Session::rollback, Session::close] {
        let mut session = engine.session();
        session.begin_with(READ_ONLY)?;
        User::query().count(&mut session)?;
        ends(&mut session)?;
        session.add(User::named("alice"));
        session.commit()?;
    }
    // Dropped with an open transaction, or ended by SQL of its own.
    let mut session = engine.session();
    session.begin_with(READ_ONLY)?;
    drop(session);
    let mut connection = engine.connection()?;
    connection.begin(TransactionMode::With(READ_ONLY))?;
    connection.execute_script("ROLLBACK")?;
    connection.execute(r#"INSERT INTO "user" (name, age) VALUES ('bob', 1)"#, &[])?;
    drop(connection);
    assert_eq!(User::query().count(&mut engine.session())?, 4);
    Ok(())
}

pub fn a_read_only_transaction_lets_others_write(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    if cx.url().contains(":memory:") {
        // There is one connection.
        return Ok(());
    }
    let mut reader = cx.session();
    reader.begin_with(READ_ONLY.isolation(Isolation::RepeatableRead))?;
    assert_eq!(User::query().count(&mut reader)?, 0);
    let mut writer = cx.session();
    writer.add(User::named("alice"));
    writer.commit()?;
    assert_eq!(User::query().count(&mut reader)?, 0);
    reader.commit()?;
    assert_eq!(User::query().count(&mut reader)?, 1);
    Ok(())
}

pub fn a_reset_within_a_read_only_transaction_takes_it_back(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    engine.create_all(models![User, Address])?;
    for _ in 0..2 {
        let mut session = engine.session();
        session.begin_with(READ_ONLY)?;
        let setting = cx.spelled_by(["PRAGMA cache_size = 10", "SET work_mem = '1MB'", "SET sort_buffer_size = 99999"]);
        session.script(setting)?;
        drop(session);
        engine.transaction(|session| {
            session.add(User::named("alice"));
            Ok(())
        })?;
    }
    Ok(())
}

pub fn a_session_says_it_for_its_transactions(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    session.set_transaction_options(READ_ONLY);
    for _ in 0..2 {
        session.add(User::named("alice"));
        expect_error(session.commit(), ErrorKind::ReadOnly, &[]);
        session.rollback()?;
    }
    cx.clear_log();
    User::query().count(&mut session)?;
    session.commit()?;
    cx.expect_full_log(&["begin", "select user", "commit"]);
    session.set_transaction_options(TransactionOptions::new());
    session.add(User::named("alice"));
    session.commit()
}

pub fn an_engine_says_it_for_its_sessions(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().transaction_options(READ_ONLY).build()?;
    // Tables are not made by a session.
    engine.create_all(models![User, Address])?;
    let write = |session: &mut Session| {
        session.add(User::named("alice"));
        session.commit()
    };
    expect_error(write(&mut engine.session()), ErrorKind::ReadOnly, &[]);
    expect_error(engine.transaction(write), ErrorKind::ReadOnly, &[]);
    Ok(())
}

pub fn whoever_is_further_in_has_the_last_word(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().transaction_options(READ_ONLY.isolation(Isolation::RepeatableRead)).build()?;
    engine.create_all(models![User, Address])?;
    let mut session = engine.session();
    session.set_transaction_options(TransactionOptions::new().read_only(false));
    session.add(User::named("alice"));
    session.commit()?;
    session.begin_with(READ_ONLY)?;
    session.add(User::named("bob"));
    expect_error(session.flush(), ErrorKind::ReadOnly, &[]);
    session.rollback()?;
    // An option that neither session nor transaction sets is the engine's.
    if let Some(show) = shown_isolation(cx) {
        assert_eq!(sql(show).one::<String>(&mut session)?, "repeatable read");
    }
    session.rollback()
}

pub fn a_deferrable_transaction_is_serializable_and_reads(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let deferrable = TransactionOptions::new().deferrable(true);
    let contradictions = [deferrable, deferrable.read_only(true), deferrable.isolation(Isolation::Serializable)];
    for options in contradictions {
        let mut session = cx.session();
        expect_error(session.begin_with(options), ErrorKind::Config, &["read_only(true)"]);
        assert!(!session.in_transaction());
        assert_eq!(cx.builder().transaction_options(options).build().unwrap_err().kind(), ErrorKind::Config);
    }
    let mut session = cx.session();
    let begun = session.begin_with(deferrable.read_only(true).isolation(Isolation::Serializable));
    if cx.backend_name() == "MariaDB" {
        // What is serializable there takes locks where it reads.
        expect_error(begun, ErrorKind::Unsupported, &["`deferrable`"]);
        return session.rollback();
    }
    begun?;
    assert_eq!(User::query().count(&mut session)?, 0);
    if cx.backend_name() == "PostgreSQL" {
        let shown = sql("SELECT current_setting('transaction_deferrable')").one::<String>(&mut session)?;
        assert_eq!(shown, "on");
    }
    session.commit()
}

pub fn options_are_sent_with_the_begin(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    cx.clear_log();
    session.begin_with(READ_ONLY.isolation(Isolation::Serializable))?;
    User::query().count(&mut session)?;
    session.commit()?;
    cx.expect_full_log(&["begin", "select user", "commit"]);
    Ok(())
}

pub fn a_unit_of_work_has_options(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let write = |session: &mut Session| -> Result<()> {
        session.add(User::named("alice"));
        Ok(())
    };
    expect_error(cx.engine.unit().options(READ_ONLY).run(write), ErrorKind::ReadOnly, &[]);
    cx.engine.unit().options(Isolation::Serializable).run(write)?;
    let users = cx.engine.unit().options(READ_ONLY).run(|session| User::query().count(session))?;
    assert_eq!(users, 1);
    Ok(())
}
