//! What a commit of several databases is.

use std::time::Duration;

use orm::prelude::*;
use orm::testing::Recorder;
use orm::{CommitMode, ErrorKind, Isolation, Result, StatementKind, models};
use orm_tests::expect_error;
use orm_tests::harness::{Database, Harness, SqliteFile, SqliteMemory};

use crate::models::{Customer, Event, Label, Note, Shop, customer, event, note};

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

/// A shop whose databases have recorders, which can make statements fail.
fn recorded(mode: CommitMode, urls: [&str; 3]) -> Result<([Recorder; 3], [Engine; 3], orm::Sessions)> {
    let recorders = [Recorder::new(), Recorder::new(), Recorder::new()];
    let engine = |number: usize| Engine::builder(urls[number]).wrap_backend(recorders[number].wrapper()).build();
    let engines = [engine(0)?, engine(1)?, engine(2)?];
    let sessions = engines[0].sessions().bind("events", models![Event, Label], &engines[1])?;
    let sessions = sessions.bind("notes", models![Note], &engines[2])?.commit_mode(mode);
    sessions.create_all(models![Customer, Event, Label, Note])?;
    Ok((recorders, engines, sessions))
}

fn urls(databases: &[Database; 3]) -> [&str; 3] {
    [databases[0].url(), databases[1].url(), databases[2].url()]
}

/// How many rows the databases have.
fn counts(engines: &[Engine; 3]) -> Result<[u64; 3]> {
    let [main, events, notes] = engines;
    Ok([
        Customer::query().count(&mut main.session())?,
        Event::query().count(&mut events.session())?,
        Note::query().count(&mut notes.session())?,
    ])
}

/// Which database decides over a commit of all: the first of those that know the id from the beginning, or else the last.
fn decides(engines: &[Engine; 3]) -> usize {
    engines.iter().position(|engine| engine.dialect().capabilities().prepared_from_begin).unwrap_or(2)
}

#[test]
fn an_ordered_commit_tells_what_was_committed() -> Result<()> {
    let databases = [SqliteMemory::database("a"), SqliteFile::database("b"), SqliteFile::database("c")];
    let ([_, recorder, _], [main, events, notes], sessions) =
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
    let ([_, recorder, _], [_main, events, notes], sessions) =
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

mod prepared {
    use super::{
        a_conflict_in_one_of_them_takes_all_back, a_database_that_cannot_prepare_takes_all_back,
        databases_that_were_read_are_no_part_of_the_commit, isolation_and_savepoints_hold,
        statements_that_changed_nothing_decide_nothing, two_phases_commit_all, what_was_decided_is_completed,
        what_was_not_decided_is_rolled_back,
    };

    crate::on_prepared! {
        two_phases_commit_all,
        a_database_that_cannot_prepare_takes_all_back,
        a_conflict_in_one_of_them_takes_all_back,
        what_was_decided_is_completed,
        what_was_not_decided_is_rolled_back,
        databases_that_were_read_are_no_part_of_the_commit,
        statements_that_changed_nothing_decide_nothing,
        isolation_and_savepoints_hold,
    }
}

fn two_phases_commit_all<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::TwoPhase)?;
    let mut session = shop.sessions.session();
    assert_eq!(Note::query().count(&mut session)?, 0);
    let ann = session.add(customer("ann", &["comes"]));
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 1, 0));
    shop.expect_none_prepared()?;
    session[ann].name = "anna".into();
    session.push(ann, Customer::events, event("goes"))?;
    session.push(ann, Customer::notes, note("kind"))?;
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 2, 1));
    session.delete(ann)?;
    session.rollback()?;
    assert_eq!(shop.counts()?, (1, 2, 1));
    shop.expect_none_prepared()
}

fn a_database_that_cannot_prepare_takes_all_back<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let databases = [A::database("a"), B::database("b"), C::database("c")];
    let ([_, recorder, _], engines, sessions) = recorded(CommitMode::TwoPhase, urls(&databases))?;
    let mut session = sessions.session();
    session.add(customer("ann", &["comes"]));
    recorder.next().of(StatementKind::Prepare).fails(ErrorKind::ConnectionLost);
    expect_error(session.commit(), ErrorKind::ConnectionLost, &["preparing the commit on `events`"]);
    session.rollback()?;
    assert_eq!(counts(&engines)?, [0, 0, 0]);
    session.commit()?;
    assert_eq!(counts(&engines)?, [0, 0, 0], "memory has taken it back too");
    session.add(customer("bob", &["comes"]));
    session.commit()?;
    assert_eq!(counts(&engines)?, [1, 1, 0]);
    Ok(())
}

/// The statement of one database fails, when another one has written.
fn a_conflict_in_one_of_them_takes_all_back<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::TwoPhase)?;
    let mut session = shop.sessions.session();
    session.add(customer("ann", &["comes"]));
    session.commit()?;
    let bob = session.add(customer("bob", &["comes"]));
    session.push(bob, Customer::notes, note("kind"))?;
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["what"]);
    session.rollback()?;
    assert_eq!(shop.counts()?, (1, 1, 0));
    shop.expect_none_prepared()
}

fn what_was_decided_is_completed<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let databases = [A::database("a"), B::database("b"), C::database("c")];
    let ([_, recorder, _], engines, sessions) = recorded(CommitMode::TwoPhase, urls(&databases))?;
    let mut session = sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    session.push(ann, Customer::notes, note("kind"))?;
    recorder.next().of(StatementKind::Commit).fails(ErrorKind::ConnectionLost);
    expect_error(session.commit(), ErrorKind::PartialCommit, &["`events`", "resolve_prepared"]);
    session.rollback()?;
    assert!(sessions.resolve_prepared(Duration::from_secs(3600))?.is_empty(), "it is too young");
    // The one that decides waits for the others.
    let decides = decides(&engines);
    assert_eq!(counts(&engines)?[decides], 0);
    let resolved = sessions.resolve_prepared(Duration::ZERO)?;
    let expected: Vec<&str> =
        if decides == 1 { vec!["events"] } else { vec!["events", ["default", "", "notes"][decides]] };
    assert_eq!(resolved.iter().map(|it| it.database).collect::<Vec<_>>(), expected);
    assert!(resolved.iter().all(|it| it.committed));
    assert_eq!(counts(&engines)?, [1, 1, 1]);
    assert!(sessions.resolve_prepared(Duration::ZERO)?.is_empty());
    Ok(())
}

/// The program loses its databases when some have prepared, and that which decides has not.
fn what_was_not_decided_is_rolled_back<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let databases = [A::database("a"), B::database("b"), C::database("c")];
    let (recorders, engines, sessions) = recorded(CommitMode::TwoPhase, urls(&databases))?;
    let mut session = sessions.session();
    let ann = session.add(customer("ann", &["comes"]));
    session.push(ann, Customer::notes, note("kind"))?;
    let decides = decides(&engines);
    for (part, recorder) in recorders.iter().enumerate() {
        let kind = if part == decides { StatementKind::Prepare } else { StatementKind::Rollback };
        recorder.next().of(kind).fails(ErrorKind::ConnectionLost);
    }
    expect_error(session.commit(), ErrorKind::ConnectionLost, &["could not be rolled back", "resolve_prepared"]);
    session.rollback()?;
    let resolved = sessions.resolve_prepared(Duration::ZERO)?;
    assert_eq!(resolved.len(), 2);
    assert!(resolved.iter().all(|it| !it.committed));
    assert_eq!(counts(&engines)?, [0, 0, 0]);
    assert!(sessions.resolve_prepared(Duration::ZERO)?.is_empty());
    Ok(())
}

fn databases_that_were_read_are_no_part_of_the_commit<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::TwoPhase)?;
    let mut session = shop.sessions.session();
    session.begin()?;
    assert_eq!(Customer::query().count(&mut session)?, 0);
    session.add(Label { name: "loud".into(), ..Default::default() });
    session.commit()?;
    assert_eq!(Label::query().count(&mut shop.events.session())?, 1);
    session.begin()?;
    session.add(customer("ann", &["comes"]));
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 1, 0));
    shop.expect_none_prepared()
}

/// A database may forget a prepared transaction that has changed nothing, and with it the decision.
fn statements_that_changed_nothing_decide_nothing<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::TwoPhase)?;
    let mut session = shop.sessions.session();
    assert_eq!(Customer::query().delete().execute(&mut session)?, 0);
    session.add(Label { name: "loud".into(), ..Default::default() });
    session.commit()?;
    assert_eq!(Label::query().count(&mut shop.events.session())?, 1);

    let events =
        [&shop.main, &shop.events, &shop.notes].map(|engine| engine.dialect().capabilities().prepared_from_begin);
    assert_eq!(Customer::query().delete().execute(&mut session)?, 0);
    session.add(Label { name: "late".into(), ..Default::default() });
    session.add(note("kind"));
    if events == [true; 3] {
        expect_error(
            session.commit(),
            ErrorKind::InvalidState,
            &["`events`, `notes`", "began first", "Begin with a write"],
        );
        session.rollback()?;
        assert_eq!(shop.counts()?, (0, 0, 0));
        session.add(Label { name: "late".into(), ..Default::default() });
        session.add(note("kind"));
    }
    session.commit()?;
    assert_eq!(shop.counts()?, (0, 0, 1));
    assert_eq!(Label::query().count(&mut shop.events.session())?, 2);
    shop.expect_none_prepared()
}

fn isolation_and_savepoints_hold<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let shop = Shop::open::<A, B, C>(CommitMode::TwoPhase)?;
    let mut session = shop.sessions.session();
    session.begin_with(Isolation::RepeatableRead)?;
    let ann = session.add(customer("ann", &["comes"]));
    session.flush()?;
    assert_eq!(Note::query().count(&mut session)?, 0);
    let mut other = shop.notes.session();
    other.add(note("meanwhile"));
    other.commit()?;
    assert_eq!(Note::query().count(&mut session)?, 0, "the snapshot is older");
    let mut nested = session.begin_nested()?;
    nested.push(ann, Customer::events, event("goes"))?;
    nested.flush()?;
    nested.rollback()?;
    session.commit()?;
    assert_eq!(shop.counts()?, (1, 1, 1));
    shop.expect_none_prepared()
}
