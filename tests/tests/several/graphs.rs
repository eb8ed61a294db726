//! Graphs of objects over several databases: saved, loaded, changed, deleted, rolled back.

use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result};
use orm_tests::expect_error;
use orm_tests::harness::Harness;

use crate::models::{Customer, Event, Label, Note, Shop, customer, event};

crate::on_combinations! {
    a_graph_is_saved_and_loaded,
    changes_go_to_the_database_of_their_object,
    a_rollback_restores_all,
    a_delete_cascades_into_another_database,
    statements_beside_the_flush_go_to_their_database,
    one_statement_cannot_read_both,
    raw_sql_names_its_database,
}

fn a_graph_is_saved_and_loaded<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let label = session.add(Label { name: "loud".into(), ..Default::default() });
    let ann = session.add(customer("ann", &["comes", "goes"]));
    session.push(ann, Customer::notes, Note { text: "kind".into(), ..Default::default() })?;
    let events = session.load(ann, Customer::events)?;
    session.push(events[0], Event::labels, label)?;
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 2, 1));

    let mut session = shop.sessions.session();
    session.record_statements();
    let ann =
        Customer::query().include(Customer::events.then(Event::labels)).include(Customer::notes).one(&mut session)?;
    let events = session.related(ann, Customer::events)?;
    assert_eq!(events.iter().map(|&event| &*session[event].what).collect::<Vec<_>>(), ["comes", "goes"]);
    assert_eq!(session.related(events[0], Event::labels)?.len(), 1);
    let note = session.related(ann, Customer::notes)?[0];
    assert_eq!(session.recorded_statements().len(), 4);
    assert_eq!(session.load(note, Note::customer)?, Some(ann));
    assert_eq!(session.load(events[1], Event::customer)?, ann);
    assert_eq!(session.get::<Event>(session[events[1]].id)?, Some(events[1]));
    Ok(())
}

fn changes_go_to_the_database_of_their_object<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let (ann, bob) = (session.add(customer("ann", &["comes"])), session.add(customer("bob", &[])));
    session.commit()?;
    let moved = session.load(ann, Customer::events)?[0];
    session[moved].what = "returns".into();
    session[moved].customer = bob.into();
    session[bob].name = "rob".into();
    session.commit()?;
    let found = Event::query().select((Event::what, Event::customer_id)).one(&mut shop.events.session())?;
    assert_eq!((&*found.0, found.1), ("returns", session[bob].id));
    assert_eq!(Customer::query().filter(Customer::name.eq("rob")).count(&mut shop.main.session())?, 1);
    Ok(())
}

fn a_rollback_restores_all<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    session.commit()?;
    let comes = session.load(ann, Customer::events)?[0];
    session[ann].name = "anna".into();
    session[comes].what = "came".into();
    session.push(ann, Customer::events, event("goes"))?;
    session.flush()?;
    session.rollback()?;
    assert_eq!((&*session[ann].name, &*session[comes].what), ("ann", "comes"));
    assert_eq!(session.load(ann, Customer::events)?, [comes]);
    assert_eq!(shop.counts()?, (1, 1, 0));

    // What fails on one database has failed on all.
    session[ann].name = "anna".into();
    session.flush()?;
    session.push(ann, Customer::events, event("comes"))?;
    expect_error(session.flush(), ErrorKind::UniqueViolation, &["Event"]);
    expect_error(Customer::query().all(&mut session), ErrorKind::PendingRollback, &["rollback"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback"]);
    session.rollback()?;
    assert_eq!(session[ann].name, "ann");
    session.refresh(ann)?;
    assert_eq!(session[ann].name, "ann");
    Ok(())
}

fn a_delete_cascades_into_another_database<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let ann = session.add(customer("ann", &["comes", "goes"]));
    session.push(ann, Customer::notes, Note { text: "kind".into(), ..Default::default() })?;
    session.commit()?;
    session.delete(ann)?;
    session.commit()?;
    assert_eq!(shop.counts()?, (0, 0, 1));
    assert_eq!(Note::query().filter(Note::customer_id.is_null()).count(&mut shop.notes.session())?, 1);
    Ok(())
}

fn statements_beside_the_flush_go_to_their_database<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let ann = session.add(customer("ann", &[]));
    session.commit()?;
    let owner = session[ann].id;
    let events: Vec<Event> =
        ["a", "b", "c"].map(|what| Event { customer: BelongsTo::key(owner), ..event(what) }).into_iter().collect();
    Event::insert_all(events.clone()).execute(&mut session)?;
    let more = ["d", "e"].map(|what| Event { customer: BelongsTo::key(owner), ..event(what) });
    Event::bulk_insert(more).execute(&mut session)?;
    let changed = Event::query().filter(Event::what.eq("a")).update(Event::what.set("z")).execute(&mut session)?;
    let gone = Event::query().filter(Event::what.eq("b")).delete().execute(&mut session)?;
    assert_eq!((changed, gone), (1, 1));
    assert_eq!(Event::query().order_by(Event::what).select(Event::what).all(&mut session)?, ["c", "d", "e", "z"]);
    let streamed: Result<Vec<String>> = Event::query().select(Event::what).iter(&mut session)?.collect();
    assert_eq!(streamed?.len(), 4);
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 4, 0));
    Ok(())
}

fn one_statement_cannot_read_both<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    session.add(customer("ann", &["comes"]));
    session.commit()?;
    let words = ["`customer` of the database `default`", "`event` (Event) of the database `events`"];
    let joined = Customer::query().filter(Customer::events.is_not_empty()).all(&mut session);
    expect_error(joined, ErrorKind::Unsupported, &words);
    let joined = Customer::query().include(Customer::events.joined()).all(&mut session);
    expect_error(joined, ErrorKind::Unsupported, &words);
    let within = Customer::query().select(Customer::id);
    let deleted = Event::query().filter(Event::customer_id.in_query(within)).delete().execute(&mut session);
    expect_error(deleted, ErrorKind::Unsupported, &words);
    assert_eq!(Customer::query().count(&mut session)?, 1, "nothing was sent, and nothing has failed");
    Ok(())
}

fn raw_sql_names_its_database<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Ordered)?;
    let mut session = shop.sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    let count = |table: &str| sql(format!("SELECT count(*) FROM {table}"));
    assert_eq!(count("customer").one::<i64>(&mut session)?, 1);
    assert_eq!(count("event").on_database("events").one::<i64>(&mut session)?, 1);
    assert_eq!(sql("DELETE FROM event").on_database("events").execute(&mut session)?, 1);
    expect_error(count("event").on_database("event").one::<i64>(&mut session), ErrorKind::Config, &["`event`", "bind"]);
    session.rollback()?;
    let ann = session.expunge(ann)?;
    let ann = session.add(ann);
    session.commit()?;
    let found = Event::from_sql(sql("SELECT * FROM event")).all(&mut session)?;
    assert_eq!(found, session.load(ann, Customer::events)?);
    Ok(())
}
