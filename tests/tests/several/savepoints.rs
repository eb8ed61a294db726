//! Savepoints of sessions over several databases, and their other transactions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result};
use orm_tests::expect_error;
use orm_tests::harness::Harness;

use crate::models::{Customer, Event, Label, Note, Shop, customer, event};

crate::on_combinations! {
    a_savepoint_undoes_what_all_databases_did,
    a_database_that_is_met_within_a_savepoint_has_it_too,
    a_failure_within_a_savepoint_is_taken_back,
    listeners_hear_of_each_transaction,
    a_unit_of_work_commits_and_rolls_back_all,
    preparing_by_hand_is_refused,
}

fn a_savepoint_undoes_what_all_databases_did<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    session.flush()?;
    let mut nested = session.begin_nested()?;
    nested[ann].name = "anna".into();
    nested.push(ann, Customer::events, event("goes"))?;
    nested.flush()?;
    nested.rollback()?;
    assert_eq!(session[ann].name, "ann");
    session.nested(|session| session.push(ann, Customer::events, event("stays")).map(drop))?;
    session.commit()?;
    assert_eq!(Event::query().order_by(Event::id).select(Event::what).all(&mut session)?, ["comes", "stays"]);
    assert_eq!(Customer::query().select(Customer::name).one(&mut shop.main.session())?, "ann");
    Ok(())
}

fn a_database_that_is_met_within_a_savepoint_has_it_too<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    session.add(customer("ann", &[]));
    session.flush()?;
    let mut outer = session.begin_nested()?;
    let mut inner = outer.begin_nested()?;
    inner.add(Note { text: "first".into(), ..Default::default() });
    inner.commit()?;
    let mut inner = outer.begin_nested()?;
    inner.add(Note { text: "second".into(), ..Default::default() });
    inner.rollback()?;
    outer.commit()?;
    session.commit()?;
    assert_eq!(Note::query().select(Note::text).all(&mut shop.notes.session())?, ["first"]);
    assert_eq!(shop.counts()?, (1, 0, 1));
    Ok(())
}

fn a_failure_within_a_savepoint_is_taken_back<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    session.flush()?;
    let failed = session.nested(|session| {
        session[ann].name = "anna".into();
        session.flush()?;
        session.push(ann, Customer::events, event("comes"))?;
        session.flush()
    });
    expect_error(failed, ErrorKind::UniqueViolation, &["Event"]);
    assert_eq!(session[ann].name, "ann");
    session.push(ann, Customer::events, event("goes"))?;
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 2, 0));
    assert_eq!(Customer::query().select(Customer::name).one(&mut shop.main.session())?, "ann");
    Ok(())
}

fn listeners_hear_of_each_transaction<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&begun);
    session.on_after_begin(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    session.add(customer("ann", &["comes"]));
    session.commit()?;
    assert_eq!(begun.load(Ordering::Relaxed), 2);
    Ok(())
}

fn a_unit_of_work_commits_and_rolls_back_all<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    shop.sessions.transaction(|session| {
        session.add(customer("ann", &["comes"]));
        Ok(())
    })?;
    let failed = shop.sessions.transaction(|session| {
        session.add(customer("bob", &["goes"]));
        session.add(Label { name: "loud".into(), ..Default::default() });
        session.flush()?;
        Err::<(), _>(orm::Error::new(ErrorKind::InvalidState, "changed my mind"))
    });
    expect_error(failed, ErrorKind::InvalidState, &["mind"]);
    assert_eq!(shop.counts()?, (1, 1, 0));
    assert_eq!(Label::query().count(&mut shop.events.session())?, 0);
    Ok(())
}

fn preparing_by_hand_is_refused<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    expect_error(shop.sessions.session().prepare("it"), ErrorKind::InvalidState, &["several databases", "TwoPhase"]);
    Ok(())
}
