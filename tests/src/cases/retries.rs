//! Units of work that are run again, and commits whose answer was lost.

use std::cell::Cell;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{Error, ErrorKind, Result, TransactionOutcome, TransactionToken, Unit};

use crate::models::{Address, Counter, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { retries {
    what_may_succeed_later_is_run_again [];
    a_unit_gives_up_after_its_retries [];
    what_fails_for_good_is_not_run_again [];
    a_commit_that_may_have_happened_is_not_run_again [];
    a_lost_connection_before_the_commit_is_run_again [];
    a_failed_commit_is_run_again [];
    a_lock_that_finds_another_version_is_run_again [row_locks];
    errors_of_the_application_pass_through [];
    a_failure_that_the_work_has_dealt_with_counts_no_more [];
    the_waits_grow_up_to_a_limit [];
    units_in_each_others_way_all_succeed [];
    a_token_tells_what_became_of_a_transaction [transaction_tokens];
    a_token_tells_of_a_lost_answer [transaction_tokens];
    a_token_is_text [];
} }

fn unit(cx: &TestContext) -> Unit {
    cx.engine.unit().retries(3).backoff(Duration::from_micros(10), Duration::from_millis(1))
}

fn counter(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    cx.execute("INSERT INTO counter (id, hits, mark, version) VALUES (1, 0, 'new', 1)");
    Ok(())
}

fn hit(session: &mut Session) -> Result<()> {
    let counter = Counter::query().one(session)?;
    session[counter].hits += 1;
    Ok(())
}

pub fn what_may_succeed_later_is_run_again(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    let kinds = [ErrorKind::Serialization, ErrorKind::Deadlock, ErrorKind::Busy, ErrorKind::StaleData];
    for kind in kinds {
        let runs = Cell::new(0);
        cx.fail_next(StatementKind::Update, kind);
        cx.fail_next(StatementKind::Select, kind);
        unit(cx).run(|session| {
            runs.set(runs.get() + 1);
            hit(session)
        })?;
        assert_eq!(runs.get(), 3, "{kind:?}");
    }
    cx.expect_rows("SELECT hits FROM counter", &["4"]);
    Ok(())
}

pub fn a_unit_gives_up_after_its_retries(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    let runs = Cell::new(0);
    for _ in 0..5 {
        cx.fail_next(StatementKind::Update, ErrorKind::Serialization);
    }
    let work = |session: &mut Session| {
        runs.set(runs.get() + 1);
        hit(session)
    };
    expect_error(unit(cx).run(work), ErrorKind::Serialization, &[]);
    assert_eq!(runs.get(), 4);
    expect_error(cx.engine.unit().run(work), ErrorKind::Serialization, &[]);
    assert_eq!(runs.get(), 5);
    unit(cx).run(work)?;
    cx.expect_rows("SELECT hits FROM counter", &["1"]);
    Ok(())
}

pub fn what_fails_for_good_is_not_run_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let runs = Cell::new(0);
    let outcome = unit(cx).run(|session| {
        runs.set(runs.get() + 1);
        session.add_all([(); 2].map(|()| User { email: Some("a@b".into()), ..User::named("alice") }));
        Ok(())
    });
    expect_error(outcome, ErrorKind::UniqueViolation, &[]);
    assert_eq!(runs.get(), 1);
    Ok(())
}

pub fn a_commit_that_may_have_happened_is_not_run_again(cx: &mut TestContext) -> Result<()> {
    for kind in [StatementKind::Commit, StatementKind::Insert] {
        cx.create(models![User, Address])?;
        let runs = Cell::new(0);
        cx.fail_next(kind, ErrorKind::ConnectionLost);
        let outcome = unit(cx).run(|session| {
            runs.set(runs.get() + 1);
            session.add(User::named("alice"));
            // The insert alone is a commit too.
            if kind == StatementKind::Commit { session.flush() } else { Ok(()) }
        });
        expect_error(outcome, ErrorKind::CommitUnknown, &["is not known"]);
        assert_eq!(runs.get(), 1);
    }
    Ok(())
}

pub fn a_lost_connection_before_the_commit_is_run_again(cx: &mut TestContext) -> Result<()> {
    let runs = Cell::new(0);
    // Elsewhere the statement would end the transaction.
    let transactional = cx.capabilities().transactional_schema;
    if !transactional {
        cx.execute("CREATE TABLE retried (id INTEGER)");
    }
    cx.fail_next(StatementKind::Insert, ErrorKind::ConnectionLost);
    unit(cx).run(|session| {
        runs.set(runs.get() + 1);
        if transactional {
            session.script(r#"DROP TABLE IF EXISTS retried; CREATE TABLE retried (id INTEGER)"#)?;
        }
        sql("INSERT INTO retried VALUES (1)").execute(session).map(drop)
    })?;
    assert_eq!(runs.get(), 2);
    cx.expect_rows("SELECT count(*) FROM retried", &["1"]);
    Ok(())
}

pub fn a_failed_commit_is_run_again(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    cx.fail_next(StatementKind::Commit, ErrorKind::Serialization);
    unit(cx).run(|session| {
        hit(session)?;
        session.flush()
    })?;
    cx.expect_rows("SELECT hits FROM counter", &["1"]);
    Ok(())
}

#[derive(Debug)]
enum AppError {
    Database(Error),
    Forbidden,
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

pub fn a_lock_that_finds_another_version_is_run_again(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    Counter::query().for_update().all(&mut cx.session())?;
    let runs = Cell::new(0);
    unit(cx).run(|session| {
        runs.set(runs.get() + 1);
        let counter = Counter::query().one(session)?;
        if runs.get() < 3 {
            cx.execute("UPDATE counter SET version = version + 1");
        }
        match runs.get() {
            1 => session.refresh_for_update(counter)?,
            _ => drop(Counter::query().for_update().one(session)?),
        }
        session[counter].hits += 1;
        Ok(())
    })?;
    assert_eq!(runs.get(), 3);
    cx.expect_rows("SELECT hits, version FROM counter", &["1|4"]);
    Ok(())
}

pub fn errors_of_the_application_pass_through(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    let runs = Cell::new(0);
    cx.fail_next(StatementKind::Select, ErrorKind::Deadlock);
    let outcome: Result<(), AppError> = unit(cx).try_run(|session| {
        runs.set(runs.get() + 1);
        hit(session)?;
        Err(AppError::Forbidden)
    });
    assert!(matches!(outcome, Err(AppError::Forbidden)), "{outcome:?}");
    // Run again once, because of the deadlock. An error of the application is final.
    assert_eq!(runs.get(), 2);
    let outcome: Result<(), AppError> = unit(cx).try_run(|session| Ok(session.script("nonsense")?));
    assert!(matches!(&outcome, Err(AppError::Database(error)) if error.kind() == ErrorKind::Database), "{outcome:?}");
    cx.expect_rows("SELECT hits FROM counter", &["0"]);
    Ok(())
}

pub fn a_failure_that_the_work_has_dealt_with_counts_no_more(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    let runs = Cell::new(0);
    cx.fail_next(StatementKind::Update, ErrorKind::StaleData);
    let outcome: Result<(), AppError> = unit(cx).try_run(|session| {
        runs.set(runs.get() + 1);
        hit(session)?;
        if session.flush().is_err() {
            session.rollback()?;
        }
        Err(AppError::Forbidden)
    });
    assert!(matches!(outcome, Err(AppError::Forbidden)), "{outcome:?}");
    assert_eq!(runs.get(), 1);
    Ok(())
}

pub fn the_waits_grow_up_to_a_limit(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    for _ in 0..40 {
        cx.fail_next(StatementKind::Update, ErrorKind::Busy);
    }
    // Twice as long each time, without a limit, would be years.
    cx.engine.unit().retries(40).backoff(Duration::from_millis(1), Duration::from_millis(4)).run(hit)?;
    cx.expect_rows("SELECT hits FROM counter", &["1"]);
    Ok(())
}

/// Each reads and then writes the same row.
pub fn units_in_each_others_way_all_succeed(cx: &mut TestContext) -> Result<()> {
    const THREADS: usize = 4;
    const UNITS: usize = 50;
    counter(cx)?;
    for isolation in [None, Some(Isolation::RepeatableRead), Some(Isolation::Serializable)] {
        cx.execute("UPDATE counter SET hits = 0");
        let mut unit = cx.engine.unit().retries(1_000).backoff(Duration::from_micros(100), Duration::from_millis(20));
        if let Some(isolation) = isolation {
            unit = unit.options(isolation);
        }
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..THREADS).map(|_| scope.spawn(|| (0..UNITS).try_for_each(|_| unit.run(hit)))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap())
        })?;
        cx.expect_rows("SELECT hits FROM counter", &["200"]);
        cx.clear_log();
    }
    Ok(())
}

pub fn a_token_tells_what_became_of_a_transaction(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    let mut session = cx.session();
    let token = session.transaction_token()?;
    assert!(session.in_transaction());
    assert_eq!(session.transaction_token()?, token);
    assert_eq!(cx.engine.transaction_outcome(&token)?, TransactionOutcome::Open);
    hit(&mut session)?;
    session.nested(|session| {
        assert_eq!(session.transaction_token()?, token);
        Ok(())
    })?;
    session.commit()?;
    assert_eq!(cx.engine.transaction_outcome(&token)?, TransactionOutcome::Committed);
    let token = session.transaction_token()?;
    session.rollback()?;
    assert_eq!(cx.engine.transaction_outcome(&token)?, TransactionOutcome::RolledBack);
    Ok(())
}

pub fn a_token_tells_of_a_lost_answer(cx: &mut TestContext) -> Result<()> {
    counter(cx)?;
    let mut session = cx.session();
    let token = session.transaction_token()?;
    hit(&mut session)?;
    cx.fail_next(StatementKind::Commit, ErrorKind::ConnectionLost);
    expect_error(session.commit(), ErrorKind::CommitUnknown, &[]);
    // The server may hear of the broken connection a moment later.
    let end = Instant::now() + Duration::from_secs(120);
    let outcome = loop {
        match cx.engine.transaction_outcome(&token)? {
            TransactionOutcome::Open if Instant::now() < end => std::thread::sleep(Duration::from_millis(2)),
            outcome => break outcome,
        }
    };
    assert_eq!(outcome, TransactionOutcome::RolledBack);
    cx.expect_rows("SELECT hits FROM counter", &["0"]);
    Ok(())
}

pub fn a_token_is_text(cx: &mut TestContext) -> Result<()> {
    let token: TransactionToken = "712".parse()?;
    assert_eq!(token.to_string(), "712");
    assert_eq!("x'".parse::<TransactionToken>().unwrap_err().kind(), ErrorKind::Config);
    let asked = cx.engine.transaction_outcome(&token);
    if !cx.capabilities().transaction_tokens {
        expect_error(asked, ErrorKind::Unsupported, &["tokens"]);
    }
    Ok(())
}
