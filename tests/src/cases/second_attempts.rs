//! After a conflict and a rollback, the same change to the same objects succeeds.

use orm::prelude::*;
use orm::{ErrorKind, Isolation, Result, State, models};

use crate::models::{Binder, Document, Ledger, Post, Tag};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { second_attempts {
    u_119_a_loop_over_a_handle_adds_to_what_others_added [];
    u_119_two_writers_in_loops_lose_nothing [];
    u_119_all_objects_of_a_batch_learn [];
    u_119_a_version_is_learned [];
    u_119_a_delete_is_run_again [];
    u_119_a_row_that_is_gone_is_told_by_the_state [];
    u_119_a_value_assigned_again_is_written [];
    u_119_a_savepoint_is_run_again [];
    u_119_what_is_around_a_savepoint_is_run_again [];
    u_119_a_transaction_that_could_not_commit_is_run_again [];
    u_119_a_session_with_an_isolation_is_run_again [];
    u_119_a_link_that_is_gone_is_unlinked_again [];
    u_119_a_rollback_of_ones_own_reads_nothing [];
} }

const AMOUNTS: &str = "SELECT amount FROM ledger ORDER BY id";

fn ledgers(cx: &mut TestContext, amounts: &[i64]) -> Result<(Session, Vec<Handle<Ledger>>)> {
    cx.create(models![Binder, Ledger])?;
    let mut session = cx.session();
    let ledgers = amounts.iter().map(|&amount| session.add(Ledger::with(amount))).collect();
    session.commit()?;
    cx.clear_log();
    Ok((session, ledgers))
}

/// Repeats `work` on the same objects until there is no conflict, and returns the number of attempts.
fn attempts(session: &mut Session, mut work: impl FnMut(&mut Session) -> Result<()>) -> Result<usize> {
    for attempts in 1..10 {
        match work(session) {
            Ok(()) => return Ok(attempts),
            Err(error) if matches!(error.kind(), ErrorKind::StaleData | ErrorKind::Serialization) => {
                session.rollback()?;
            }
            Err(error) => return Err(error),
        }
    }
    panic!("the work never succeeds")
}

pub fn u_119_a_loop_over_a_handle_adds_to_what_others_added(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[100])?;
    cx.execute("UPDATE ledger SET amount = 1000, note = 'theirs'");
    let mut attempts = 0;
    loop {
        attempts += 1;
        session[ledgers[0]].amount += 1;
        match session.commit() {
            Ok(()) => break,
            Err(error) if error.kind() == ErrorKind::StaleData => session.rollback()?,
            Err(error) => return Err(error),
        }
        assert_eq!((session[ledgers[0]].amount, session[ledgers[0]].note.as_deref()), (1000, Some("theirs")));
    }
    assert_eq!(attempts, 2);
    let update = "update ledger (amount, mark)";
    cx.expect_log(&[update, "select ledger", "select ledger", update]);
    cx.expect_rows(AMOUNTS, &["1001"]);
    Ok(())
}

pub fn u_119_two_writers_in_loops_lose_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut one, ledgers) = ledgers(cx, &[0])?;
    let mut two = cx.session();
    let theirs = two.get::<Ledger>(1)?.unwrap();
    for round in 0..5_i64 {
        attempts(&mut one, |session| {
            session[ledgers[0]].amount += 1;
            session.commit()
        })?;
        attempts(&mut two, |session| {
            session[theirs].amount += 10;
            session.commit()
        })?;
        cx.expect_rows(AMOUNTS, &[&(11 * (round + 1)).to_string()]);
    }
    Ok(())
}

pub fn u_119_all_objects_of_a_batch_learn(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2, 3, 4])?;
    let binder = session.add(Binder { name: "mine".into(), ..Binder::default() });
    session.commit()?;
    cx.execute("UPDATE ledger SET amount = amount * 10 WHERE id > 2; UPDATE binder SET name = 'theirs'");
    let count = attempts(&mut session, |session| {
        ledgers.iter().for_each(|&ledger| session[ledger].amount += 100);
        session[binder].name.push('!');
        session.commit()
    })?;
    assert_eq!(count, 2);
    cx.expect_rows(AMOUNTS, &["101", "102", "130", "140"]);
    cx.expect_rows("SELECT name FROM binder", &["theirs!"]);
    Ok(())
}

pub fn u_119_a_version_is_learned(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let drafts = ["one", "two"].map(|title| session.add(Document { title: title.into(), ..Document::default() }));
    session.commit()?;
    cx.execute("UPDATE document SET title = 'theirs', version = 5 WHERE id = 2");
    let count = attempts(&mut session, |session| {
        drafts.iter().for_each(|&draft| session[draft].title.push('!'));
        session.commit()
    })?;
    assert_eq!(count, 2);
    cx.expect_rows("SELECT title, version FROM document ORDER BY id", &["one!|2", "theirs!|6"]);
    Ok(())
}

pub fn u_119_a_delete_is_run_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let draft = session.add(Document { title: "mine".into(), ..Document::default() });
    session.commit()?;
    cx.execute("UPDATE document SET version = 5");
    let count = attempts(&mut session, |session| {
        session.delete(draft)?;
        session.commit()
    })?;
    assert_eq!(count, 2);
    cx.expect_rows("SELECT title FROM document", &[]);
    Ok(())
}

pub fn u_119_a_row_that_is_gone_is_told_by_the_state(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    let binder = session.add(Binder { name: "one".into(), ..Binder::default() });
    session.push(binder, Binder::ledgers, ledgers[1])?;
    session.commit()?;
    cx.execute("DELETE FROM ledger WHERE id = 2");
    ledgers.iter().for_each(|&ledger| session[ledger].amount += 100);
    expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#2"]);
    session.rollback()?;
    assert_eq!(
        ledgers.iter().map(|&ledger| session.state(ledger)).collect::<Vec<_>>(),
        [State::Persistent, State::Transient]
    );
    assert_eq!(session.related(binder, Binder::ledgers)?, []);
    assert_eq!(session.get::<Ledger>(2)?, None);
    // Writing to it is an error, so that nothing is lost silently.
    ledgers.iter().for_each(|&ledger| session[ledger].amount += 100);
    expect_error(session.commit(), ErrorKind::InvalidState, &["Ledger", "deleted", "add_again"]);
    session.rollback()?;
    session[ledgers[0]].amount += 100;
    session.add_again(ledgers[1])?;
    session.commit()?;
    cx.expect_rows("SELECT id, amount FROM ledger ORDER BY id", &["1|101", "2|102"]);
    Ok(())
}

pub fn u_119_a_value_assigned_again_is_written(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    cx.execute("UPDATE ledger SET amount = 1000");
    let count = attempts(&mut session, |session| {
        session[ledgers[0]].amount = 1;
        session.commit()
    })?;
    assert_eq!(count, 2);
    cx.expect_rows(AMOUNTS, &["1"]);
    Ok(())
}

pub fn u_119_a_savepoint_is_run_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    cx.execute("UPDATE ledger SET amount = amount * 10");
    let add = |session: &mut Session| {
        session.nested(|session| {
            ledgers.iter().for_each(|&ledger| session[ledger].amount += 1);
            session.flush()
        })
    };
    expect_error(add(&mut session), ErrorKind::StaleData, &["expected amount 1", "found amount 10"]);
    add(&mut session)?;
    session.commit()?;
    cx.expect_rows(AMOUNTS, &["11", "21"]);
    Ok(())
}

pub fn u_119_what_is_around_a_savepoint_is_run_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    cx.execute("UPDATE ledger SET amount = amount * 10, note = 'theirs' WHERE id = 2");
    let count = attempts(&mut session, |session| {
        session[ledgers[0]].amount += 1;
        session[ledgers[1]].rate += 0.5;
        session.flush()?;
        session.nested(|session| {
            session[ledgers[1]].amount += 1;
            session.flush()
        })?;
        session.commit()
    })?;
    assert_eq!(count, 2);
    cx.expect_rows("SELECT amount, note FROM ledger WHERE rate < 1 ORDER BY id", &["2|NULL", "21|theirs"]);
    Ok(())
}

pub fn u_119_a_transaction_that_could_not_commit_is_run_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    cx.fail_next(StatementKind::Commit, ErrorKind::Serialization);
    let mut is_first = true;
    let count = attempts(&mut session, |session| {
        session[ledgers[0]].amount += 1;
        session.flush()?;
        let committed = session.commit();
        if std::mem::take(&mut is_first) {
            cx.execute("UPDATE ledger SET amount = 1000");
        }
        committed
    })?;
    assert_eq!(count, 2);
    cx.expect_rows(AMOUNTS, &["1001"]);
    Ok(())
}

pub fn u_119_a_session_with_an_isolation_is_run_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    session.set_transaction_options(Isolation::Serializable);
    cx.execute("UPDATE ledger SET amount = 1000");
    session[ledgers[0]].amount += 1;
    expect_error(session.commit(), ErrorKind::StaleData, &["expected amount 1", "found amount 1000"]);
    session.rollback()?;
    assert!(!session.in_transaction());
    session[ledgers[0]].amount += 1;
    session.commit()?;
    cx.expect_rows(AMOUNTS, &["1001"]);
    Ok(())
}

pub fn u_119_a_link_that_is_gone_is_unlinked_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post, Tag])?;
    let mut session = cx.session();
    let post = session.add(Post { title: "one".into(), ..Post::default() });
    let tags = ["a", "b"].map(|label| session.add(Tag { label: label.into(), ..Tag::default() }));
    session.set(post, Post::tags, tags)?;
    session.commit()?;
    session.load(post, Post::tags)?;
    cx.execute("DELETE FROM post_tag WHERE tag_id = 1");
    session.remove(post, Post::tags, tags[0])?;
    expect_error(session.commit(), ErrorKind::StaleData, &["post_tag"]);
    session.rollback()?;
    expect_error(session.remove(post, Post::tags, tags[0]), ErrorKind::InvalidState, &["Tag#1"]);
    session.remove(post, Post::tags, tags[1])?;
    session.commit()?;
    cx.expect_rows("SELECT tag_id FROM post_tag", &[]);
    Ok(())
}

pub fn u_119_a_rollback_of_ones_own_reads_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    session[ledgers[0]].amount += 1;
    session.flush()?;
    session.rollback()?;
    cx.expect_log(&["update ledger (amount, mark)"]);
    Ok(())
}
