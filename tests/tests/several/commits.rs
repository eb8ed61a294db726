//! What a commit of several databases is.

use std::time::Duration;

use orm::prelude::*;
use orm::testing::Recorder;
use orm::{CommitMode, ErrorKind, Result, StatementKind, models};
use orm_tests::expect_error;
use orm_tests::harness::{Harness, PostgresDatabase, SqliteFile, SqliteMemory};

use crate::models::{Customer, Event, Label, Note, Shop, customer, event};

crate::on_combinations! {
    a_second_writer_is_refused_before_anything_is_sent,
    one_writer_commits_in_every_mode,
    one_change_is_one_statement,
}

fn a_second_writer_is_refused_before_anything_is_sent<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::default())?;
    let mut session = shop.sessions.session();
    session.add(customer("ann", &["comes"]));
    session.record_statements();
    expect_error(
        session.commit(),
        ErrorKind::InvalidState,
        &["`default`", "`events`", "commit_mode", "TwoPhase", "Ordered"],
    );
    assert!(session.recorded_statements().is_empty());
    session.rollback()?;

    session.add(customer("bob", &[]));
    session.flush()?;
    expect_error(Event::query().delete().execute(&mut session), ErrorKind::InvalidState, &["`events`"]);
    let raw = sql("DELETE FROM event").on_database("events").execute(&mut session);
    expect_error(raw, ErrorKind::InvalidState, &["`events`"]);
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 0, 0));
    Ok(())
}

fn one_writer_commits_in_every_mode<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    for mode in [CommitMode::Single, CommitMode::Ordered, CommitMode::TwoPhase] {
        let shop = Shop::open::<A, B, C>(mode)?;
        let mut session = shop.sessions.session();
        session.begin()?;
        assert_eq!(Customer::query().count(&mut session)?, 0);
        session.add(Label { name: "loud".into(), ..Default::default() });
        session.add(Label { name: "late".into(), ..Default::default() });
        session.commit()?;
        assert!(!session.in_transaction() && !session.holds_connection());
        assert_eq!(Label::query().count(&mut shop.events.session())?, 2);
    }
    Ok(())
}

fn one_change_is_one_statement<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::Single)?;
    let mut session = shop.sessions.session();
    session.set_expire_on_commit(false);
    let note = session.add(Note { text: "a".into(), ..Default::default() });
    session.commit()?;
    session[note].text = "b".into();
    session.record_statements();
    session.commit()?;
    assert_eq!(session.recorded_statements().len(), 1);
    Ok(())
}

/// A shop whose events go through a recorder, which can make statements fail.
fn recorded(mode: CommitMode, urls: [&str; 3]) -> Result<(Recorder, [Engine; 3], orm::Sessions)> {
    let recorder = Recorder::new();
    let engines = [
        Engine::connect(urls[0])?,
        Engine::builder(urls[1]).wrap_backend(recorder.wrapper()).build()?,
        Engine::connect(urls[2])?,
    ];
    let sessions = engines[0].sessions().bind("events", models![Event, Label], &engines[1])?;
    let sessions = sessions.bind("notes", models![Note], &engines[2])?.commit_mode(mode);
    sessions.create_all(models![Customer, Event, Label, Note])?;
    Ok((recorder, engines, sessions))
}

#[test]
fn an_ordered_commit_tells_what_was_committed() -> Result<()> {
    let databases = [SqliteMemory::database("a"), SqliteFile::database("b"), SqliteFile::database("c")];
    let (recorder, [main, events, notes], sessions) =
        recorded(CommitMode::Ordered, [databases[0].url(), databases[1].url(), databases[2].url()])?;
    let mut session = sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    session.push(ann, Customer::notes, Note { text: "kind".into(), ..Default::default() })?;
    recorder.next().of(StatementKind::Commit).fails(ErrorKind::Busy);
    expect_error(
        session.commit(),
        ErrorKind::PartialCommit,
        &["committed: `default`; not committed: `events`, `notes`"],
    );
    session.rollback()?;
    assert_eq!(Customer::query().count(&mut main.session())?, 1);
    assert_eq!(Event::query().count(&mut events.session())?, 0);
    assert_eq!(Note::query().count(&mut notes.session())?, 0);
    // Memory asks anew.
    assert_eq!(Customer::query().count(&mut session)?, 1);
    Ok(())
}

#[test]
fn the_first_commit_that_fails_leaves_nothing() -> Result<()> {
    let databases = [SqliteMemory::database("a"), SqliteFile::database("b"), SqliteFile::database("c")];
    let (recorder, [_main, events, notes], sessions) =
        recorded(CommitMode::Ordered, [databases[0].url(), databases[1].url(), databases[2].url()])?;
    let mut session = sessions.session();
    session.add(Label { name: "loud".into(), ..Default::default() });
    session.add(Note { text: "kind".into(), ..Default::default() });
    recorder.next().of(StatementKind::Commit).fails(ErrorKind::Busy);
    expect_error(session.commit(), ErrorKind::Busy, &["committing"]);
    session.rollback()?;
    assert_eq!(Label::query().count(&mut events.session())?, 0);
    assert_eq!(Note::query().count(&mut notes.session())?, 0);
    Ok(())
}

#[test]
fn two_phases_need_databases_that_prepare() -> Result<()> {
    let shop = Shop::open::<SqliteMemory, SqliteFile, SqliteMemory>(CommitMode::TwoPhase)?;
    let mut session = shop.sessions.session();
    session.add(customer("ann", &["comes"]));
    expect_error(session.commit(), ErrorKind::Unsupported, &["two-phase", "SQLite"]);
    session.rollback()?;
    assert_eq!(shop.counts()?, (0, 0, 0));
    Ok(())
}

#[test]
fn two_phases_commit_all() -> Result<()> {
    let shop = Shop::open::<PostgresDatabase, PostgresDatabase, SqliteFile>(CommitMode::TwoPhase)?;
    let mut session = shop.sessions.session();
    assert_eq!(Note::query().count(&mut session)?, 0);
    let ann = session.add(customer("ann", &["comes"]));
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 1, 0));
    assert!(shop.main.prepared_transactions()?.is_empty() && shop.events.prepared_transactions()?.is_empty());
    session[ann].name = "anna".into();
    session.push(ann, Customer::events, event("goes"))?;
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 2, 0));
    Ok(())
}

#[test]
fn a_database_that_cannot_prepare_takes_all_back() -> Result<()> {
    let databases = [PostgresDatabase::database("a"), PostgresDatabase::database("b"), SqliteFile::database("c")];
    let (recorder, [main, events, _notes], sessions) =
        recorded(CommitMode::TwoPhase, [databases[0].url(), databases[1].url(), databases[2].url()])?;
    let mut session = sessions.session();
    session.add(customer("ann", &["comes"]));
    recorder.next().of(StatementKind::Prepare).fails(ErrorKind::ConnectionLost);
    expect_error(session.commit(), ErrorKind::ConnectionLost, &["preparing the commit on `events`"]);
    session.rollback()?;
    assert!(main.prepared_transactions()?.is_empty());
    assert_eq!(Customer::query().count(&mut main.session())?, 0);
    assert_eq!(Event::query().count(&mut events.session())?, 0);
    Ok(())
}

#[test]
fn what_was_decided_is_completed() -> Result<()> {
    let databases = [PostgresDatabase::database("a"), PostgresDatabase::database("b"), PostgresDatabase::database("c")];
    let (recorder, [main, events, notes], sessions) =
        recorded(CommitMode::TwoPhase, [databases[0].url(), databases[1].url(), databases[2].url()])?;
    let mut session = sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    session.push(ann, Customer::notes, Note { text: "kind".into(), ..Default::default() })?;
    recorder.next().of(StatementKind::Commit).fails(ErrorKind::ConnectionLost);
    expect_error(session.commit(), ErrorKind::PartialCommit, &["`events`", "`notes`", "resolve_prepared"]);
    session.rollback()?;
    assert_eq!(Note::query().count(&mut notes.session())?, 0, "the last one waits for the others");
    assert!(sessions.resolve_prepared(Duration::from_secs(3600))?.is_empty(), "it is too young");
    let resolved = sessions.resolve_prepared(Duration::ZERO)?;
    let resolved: Vec<_> = resolved.iter().map(|resolved| (resolved.database, resolved.committed)).collect();
    assert_eq!(resolved, [("events", true), ("notes", true)]);
    assert_eq!(Customer::query().count(&mut main.session())?, 1);
    assert_eq!(Event::query().count(&mut events.session())?, 1);
    assert_eq!(Note::query().count(&mut notes.session())?, 1);
    Ok(())
}
