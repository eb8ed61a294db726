//! Queries whose statements see one snapshot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use orm::prelude::*;
use orm::{ErrorKind, Isolation, Result, StatementEvent, TransactionOptions};

use crate::cases::transaction_options::shown_isolation;
use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { consistent_reads {
    a_query_and_its_includes_are_one_transaction [];
    one_statement_needs_no_transaction [];
    what_is_written_meanwhile_is_not_seen [];
    a_transaction_has_to_have_a_snapshot [];
    pending_changes_are_flushed_before [];
    a_session_that_begins_with_reads_begins_with_a_snapshot [];
    a_lock_reads_no_snapshot [];
} }

/// Alice, with an address.
fn alice(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
    session.commit()?;
    session.close()?;
    cx.clear_log();
    Ok(session)
}

pub fn a_query_and_its_includes_are_one_transaction(cx: &mut TestContext) -> Result<()> {
    let mut session = alice(cx)?;
    let query = User::query().include(User::addresses).order_by(User::id).consistent();
    let found = query.clone().one(&mut session)?;
    cx.expect_full_log(&["begin", "select user", "select address", "commit"]);
    assert!(!session.in_transaction());
    assert_eq!(session.related(found, User::addresses)?.len(), 1);
    session.clear();
    query.clone().slice(&mut session, 1)?;
    cx.expect_full_log(&["begin", "select user", "select address", "commit"]);
    session.clear();
    assert_eq!(query.page(&mut session, 1, 1)?.total, 1);
    cx.expect_full_log(&["begin", "select user", "select user", "select address", "commit"]);
    User::query().select(User::name).order_by(User::id).consistent().page(&mut session, 1, 1)?;
    cx.expect_full_log(&["begin", "select user", "select user", "commit"]);
    // The next one writes, as ever.
    session.add(User::named("bob"));
    session.commit()
}

pub fn one_statement_needs_no_transaction(cx: &mut TestContext) -> Result<()> {
    let mut session = alice(cx)?;
    User::query().consistent().all(&mut session)?;
    User::query().select(User::name).consistent().all(&mut session)?;
    User::query().consistent().count(&mut session)?;
    cx.expect_full_log(&["select user", "select user", "select user"]);
    Ok(())
}

/// A database in memory is one for each engine, so that nobody else writes to it.
pub fn what_is_written_meanwhile_is_not_seen(cx: &mut TestContext) -> Result<()> {
    alice(cx)?;
    let is_alone = cx.url().contains(":memory:");
    let armed = Arc::new(AtomicBool::new(false));
    let (trigger, other) = (Arc::clone(&armed), Mutex::new(cx.session()));
    let write = move |event: &StatementEvent<'_>| {
        if event.sql.starts_with("SELECT") && trigger.swap(false, Ordering::Relaxed) {
            let mut other = other.lock().unwrap();
            other.add(Address { user: BelongsTo::key(1), ..Address::in_city("Oslo") });
            other.commit().unwrap();
        }
    };
    let engine = cx.builder().on_statement(write).build()?;
    if is_alone {
        return Ok(());
    }
    let mut session = engine.session();
    let query = User::query().include(User::addresses);
    armed.store(true, Ordering::Relaxed);
    let found = query.clone().consistent().one(&mut session)?;
    assert!(!armed.load(Ordering::Relaxed), "it was written meanwhile");
    assert_eq!(session.related(found, User::addresses)?.len(), 1);
    session.clear();
    let found = query.clone().consistent().one(&mut session)?;
    assert_eq!(session.related(found, User::addresses)?.len(), 2);
    session.clear();
    armed.store(true, Ordering::Relaxed);
    let found = query.one(&mut session)?;
    let seen = if cx.capabilities().snapshot_reads { 2 } else { 3 };
    assert_eq!(session.related(found, User::addresses)?.len(), seen);
    Ok(())
}

pub fn a_transaction_has_to_have_a_snapshot(cx: &mut TestContext) -> Result<()> {
    let mut session = alice(cx)?;
    let query = User::query().include(User::addresses).consistent();
    session.begin()?;
    let found = query.clone().all(&mut session);
    match cx.capabilities().one_writer {
        true => assert_eq!(found?.len(), 1),
        false => drop(expect_error(found, ErrorKind::InvalidState, &["consistent", "RepeatableRead"])),
    }
    // Nothing has failed, and a statement by itself is consistent.
    assert_eq!(User::query().consistent().all(&mut session)?.len(), 1);
    session.rollback()?;
    for isolation in [Isolation::RepeatableRead, Isolation::Serializable] {
        session.begin_with(isolation)?;
        cx.clear_log();
        assert_eq!(query.clone().all(&mut session)?.len(), 1);
        cx.expect_full_log(&["select user", "select address"]);
        assert!(session.in_transaction());
        session.rollback()?;
    }
    Ok(())
}

pub fn pending_changes_are_flushed_before(cx: &mut TestContext) -> Result<()> {
    let mut session = alice(cx)?;
    let query = User::query().include(User::addresses).consistent();
    session.begin_with(Isolation::RepeatableRead)?;
    session.add(Address { user: BelongsTo::key(1), ..Address::in_city("Oslo") });
    let found = query.one(&mut session)?;
    assert_eq!(session.related(found, User::addresses)?.len(), 2);
    cx.expect_log(&["insert address", "select user", "select address"]);
    session.commit()
}

pub fn a_session_that_begins_with_reads_begins_with_a_snapshot(cx: &mut TestContext) -> Result<()> {
    let mut session = alice(cx)?;
    session.set_transaction_options(TransactionOptions::new().read_only(true));
    let query = User::query().include(User::addresses).consistent();
    assert_eq!(query.clone().all(&mut session)?.len(), 1);
    assert!(session.in_transaction());
    if let Some(shown) = shown_isolation(cx) {
        assert_eq!(sql(shown).one::<String>(&mut session)?, "repeatable read");
    }
    session.rollback()?;
    session.set_transaction_options(Isolation::ReadCommitted);
    let found = query.all(&mut session);
    match cx.capabilities().one_writer {
        true => assert_eq!(found?.len(), 1),
        false => drop(expect_error(found, ErrorKind::InvalidState, &["consistent"])),
    }
    session.rollback()
}

pub fn a_lock_reads_no_snapshot(cx: &mut TestContext) -> Result<()> {
    let mut session = alice(cx)?;
    let query = User::query().include(User::addresses).for_update().consistent();
    expect_error(query.all(&mut session), ErrorKind::InvalidState, &["consistent", "lock"]);
    Ok(())
}
