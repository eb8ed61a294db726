//! Compared updates: an UPDATE finds its row by the old values too, so that it overwrites no change that the session has not seen.

use orm::prelude::*;
use orm::{ErrorKind, Isolation, Result, models};

use crate::models::{Binder, Ledger, Scratch};
use crate::{TestContext, expect_error};

cases! { compared_updates {
    u_119_a_column_that_somebody_else_changed_is_stale [];
    u_119_a_failed_attempt_leaves_nothing_behind [];
    u_119_what_others_did_to_other_columns_does_not_disturb [];
    u_119_a_row_that_holds_the_new_value_already_is_stale [];
    u_119_null_is_compared_too [];
    u_119_the_rows_of_a_batch_are_compared_one_by_one [];
    u_119_a_row_that_is_gone_is_named [];
    u_119_a_foreign_key_is_a_column_as_any [];
    u_119_a_key_that_a_delete_takes_away_is_compared [];
    u_119_what_the_transaction_wrote_itself_is_not_compared [];
    u_119_a_transaction_that_protects_its_reads_compares_nothing [];
    u_119_values_from_before_the_transaction_are_compared_in_it [];
    u_119_statements_of_the_session_itself_are_no_exception [];
    u_119_a_rolled_back_savepoint_holds_nothing [];
    u_119_what_the_database_computes_is_not_compared [];
    u_119_what_is_set_by_itself_is_not_compared [];
    u_119_what_cannot_be_compared_is_left_out [];
    u_119_a_value_in_another_spelling_is_no_change [];
    u_119_a_model_may_be_left_alone [];
    u_119_an_engine_may_compare_nothing [];
    u_119_an_attached_value_is_compared [];
    u_006_the_value_that_was_shown_is_a_change [];
    u_006_the_value_that_the_row_holds_is_none [];
} }

fn ledgers(cx: &mut TestContext, amounts: &[i64]) -> Result<(Session, Vec<Handle<Ledger>>)> {
    cx.create(models![Binder, Ledger])?;
    let mut session = cx.session();
    let ledgers = amounts.iter().map(|&amount| session.add(Ledger::with(amount))).collect();
    session.commit()?;
    cx.clear_log();
    Ok((session, ledgers))
}

const AMOUNTS: &str = "SELECT amount FROM ledger ORDER BY id";

pub fn u_119_a_column_that_somebody_else_changed_is_stale(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[100])?;
    cx.execute("UPDATE ledger SET amount = 1000");
    session[ledgers[0]].amount += 1;
    expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#1", "expected amount 100", "found amount 1000"]);
    assert_eq!(session[ledgers[0]].amount, 101);
    session.rollback()?;
    cx.expect_rows(AMOUNTS, &["1000"]);
    Ok(())
}

pub fn u_119_a_failed_attempt_leaves_nothing_behind(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[100])?;
    cx.execute("UPDATE ledger SET amount = 1000");
    let mut attempts = 0;
    loop {
        attempts += 1;
        let ledger = if attempts == 1 { ledgers[0] } else { session.get::<Ledger>(1)?.unwrap() };
        session[ledger].amount += 1;
        match session.commit() {
            Ok(()) => break,
            Err(error) if error.kind() == ErrorKind::StaleData => session.rollback()?,
            Err(error) => return Err(error),
        }
    }
    assert_eq!(attempts, 2);
    cx.expect_rows(AMOUNTS, &["1001"]);
    // In a savepoint, too.
    cx.execute("UPDATE ledger SET amount = 5");
    let outcome = session.nested(|session| {
        session[ledgers[0]].amount += 1;
        session.flush()
    });
    expect_error(outcome, ErrorKind::StaleData, &["expected amount 1001", "found amount 5"]);
    let ledger = session.get::<Ledger>(1)?.unwrap();
    session[ledger].amount += 1;
    session.commit()?;
    cx.expect_rows(AMOUNTS, &["6"]);
    Ok(())
}

pub fn u_119_what_others_did_to_other_columns_does_not_disturb(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[100])?;
    cx.execute("UPDATE ledger SET note = 'theirs', rate = 2.5, mark = 'theirs'");
    session[ledgers[0]].amount += 1;
    session.commit()?;
    cx.expect_log(&["update ledger (amount, mark)"]);
    cx.expect_rows("SELECT amount, note, mark FROM ledger", &["101|theirs|changed"]);
    Ok(())
}

pub fn u_119_a_row_that_holds_the_new_value_already_is_stale(cx: &mut TestContext) -> Result<()> {
    // Two sessions add 1 to 100; the result must be 102.
    let (mut session, ledgers) = ledgers(cx, &[100])?;
    cx.execute("UPDATE ledger SET amount = amount + 1");
    session[ledgers[0]].amount += 1;
    expect_error(session.commit(), ErrorKind::StaleData, &["expected amount 100", "found amount 101"]);
    session.rollback()
}

pub fn u_119_null_is_compared_too(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    session[ledgers[0]].note = Some("mine".into());
    session.commit()?;
    cx.execute("UPDATE ledger SET note = 'theirs' WHERE id = 2; UPDATE ledger SET note = NULL WHERE id = 1");
    session[ledgers[1]].note = Some("mine".into());
    expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#2", "note NULL", "note \"theirs\""]);
    session.rollback()?;
    session[ledgers[0]].note = None;
    expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#1", "note \"mine\"", "note NULL"]);
    session.rollback()
}

pub fn u_119_the_rows_of_a_batch_are_compared_one_by_one(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2, 3, 4])?;
    cx.execute("UPDATE ledger SET amount = 30 WHERE id = 3");
    for &ledger in &ledgers {
        session[ledger].amount += 100;
    }
    expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#3", "expected amount 3", "found amount 30"]);
    session.rollback()?;
    cx.expect_rows(AMOUNTS, &["1", "2", "30", "4"]);
    cx.clear_log();
    for ledger in Ledger::query().all(&mut session)? {
        session[ledger].amount += 100;
    }
    session.commit()?;
    cx.expect_log(&["select ledger x4", "update ledger (amount, mark) x4"]);
    cx.expect_rows(AMOUNTS, &["101", "102", "130", "104"]);
    Ok(())
}

pub fn u_119_a_row_that_is_gone_is_named(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    cx.execute("DELETE FROM ledger WHERE id = 2");
    for &ledger in &ledgers {
        session[ledger].amount += 100;
    }
    expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#2", "expected amount 2", "deleted"]);
    session.rollback()
}

pub fn u_119_a_foreign_key_is_a_column_as_any(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    let [one, two] = ["one", "two"].map(|name| session.add(Binder { name: name.into(), ..Binder::default() }));
    session[ledgers[0]].binder = Some(one.into());
    session.commit()?;
    let three = session.add(Binder { name: "three".into(), ..Binder::default() });
    session.commit()?;
    cx.execute("UPDATE ledger SET binder_id = 2");
    session.push(three, Binder::ledgers, ledgers[0])?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#1", "expected binder_id 1", "found binder_id 2"]);
    session.rollback()?;
    assert_eq!(session.load(two, Binder::ledgers)?, [ledgers[0]]);
    session.push(three, Binder::ledgers, ledgers[0])?;
    session.commit()?;
    cx.expect_rows("SELECT binder_id FROM ledger", &["3"]);
    Ok(())
}

pub fn u_119_a_key_that_a_delete_takes_away_is_compared(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    let [one, two] = ["one", "two"].map(|name| session.add(Binder { name: name.into(), ..Binder::default() }));
    session[ledgers[0]].binder = Some(one.into());
    session.commit()?;
    // `delete` loads the current row, by which the ledger has another owner and stays.
    cx.execute("UPDATE ledger SET binder_id = 2");
    session.delete(one)?;
    session.commit()?;
    cx.expect_rows("SELECT binder_id FROM ledger", &["2"]);
    assert_eq!(session.load(two, Binder::ledgers)?, [ledgers[0]]);
    Ok(())
}

pub fn u_119_what_the_transaction_wrote_itself_is_not_compared(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    session[ledgers[0]].amount = 10;
    session.flush()?;
    let new = session.add(Ledger::with(3));
    session.flush()?;
    cx.clear_log();
    session[ledgers[0]].amount = 20;
    session[new].amount = 30;
    session.flush()?;
    let log = cx.take_log();
    assert!(log.iter().all(|update| update.keys == ["id"]), "{log:?}");
    // After a write, the other columns of the row may be older than the lock.
    session[ledgers[0]].note = Some("x".into());
    session.flush()?;
    let keys = cx.take_log().pop().map(|update| update.keys).unwrap_or_default();
    // A database with one writer protects what its transactions read.
    assert_eq!(keys, ["id", "note"]);
    session.commit()?;
    cx.expect_rows(AMOUNTS, &["20", "2", "30"]);
    Ok(())
}

pub fn u_119_a_transaction_that_protects_its_reads_compares_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = ledgers(cx, &[1, 2])?;
    session.begin_with(Isolation::Serializable)?;
    cx.clear_log();
    for ledger in Ledger::query().all(&mut session)? {
        session[ledger].amount += 1;
    }
    session.flush()?;
    let log = cx.take_log();
    assert_eq!(log.last().map(|update| &*update.keys), Some(&["id".to_owned()][..]));
    session.commit()?;
    cx.expect_rows(AMOUNTS, &["2", "3"]);
    Ok(())
}

pub fn u_119_values_from_before_the_transaction_are_compared_in_it(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    cx.execute("UPDATE ledger SET amount = 5");
    session.begin_with(Isolation::Serializable)?;
    session[ledgers[0]].amount += 1;
    expect_error(session.flush(), ErrorKind::StaleData, &["expected amount 1", "found amount 5"]);
    session.rollback()
}

pub fn u_119_statements_of_the_session_itself_are_no_exception(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = ledgers(cx, &[1])?;
    session.begin_with(Isolation::Serializable)?;
    let ledger = Ledger::query().one(&mut session)?;
    sql("UPDATE ledger SET amount = 7").execute(&mut session)?;
    session[ledger].amount += 1;
    expect_error(session.flush(), ErrorKind::StaleData, &["expected amount 1", "found amount 7"]);
    session.rollback()
}

pub fn u_119_a_rolled_back_savepoint_holds_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    let outcome: Result<()> = session.nested(|session| {
        session[ledgers[0]].amount = 5;
        session.flush()?;
        Err(orm::Error::new(ErrorKind::InvalidState, "no"))
    });
    assert!(outcome.is_err());
    cx.clear_log();
    session[ledgers[0]].amount = 9;
    session.flush()?;
    let keys = cx.take_log().pop().map(|update| update.keys).unwrap_or_default();
    assert_eq!(keys, ["id", "amount"]);
    session.commit()?;
    cx.expect_rows(AMOUNTS, &["9"]);
    Ok(())
}

pub fn u_119_what_the_database_computes_is_not_compared(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    cx.execute("UPDATE ledger SET amount = 10");
    session.set_expr(ledgers[0], Ledger::amount, Ledger::amount + 1)?;
    session.commit()?;
    assert_eq!(session[ledgers[0]].amount, 11);
    // The other column is compared.
    cx.execute("UPDATE ledger SET note = 'theirs'");
    session.set_expr(ledgers[0], Ledger::amount, Ledger::amount + 1)?;
    expect_error(
        {
            session[ledgers[0]].note = Some("mine".into());
            session.set_expr(ledgers[0], Ledger::amount, Ledger::amount + 1)?;
            session.commit()
        },
        ErrorKind::StaleData,
        &["expected note NULL", "found note \"theirs\""],
    );
    session.rollback()
}

pub fn u_119_what_is_set_by_itself_is_not_compared(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    cx.execute("UPDATE ledger SET mark = 'theirs'");
    session[ledgers[0]].amount = 5;
    session[ledgers[1]].amount = 6;
    session.commit()?;
    cx.expect_log(&["update ledger (amount, mark) x2"]);
    cx.execute("UPDATE ledger SET mark = 'theirs'");
    session[ledgers[0]].mark = "mine".into();
    expect_error(session.commit(), ErrorKind::StaleData, &["expected mark \"changed\"", "found mark \"theirs\""]);
    session.rollback()
}

pub fn u_119_what_cannot_be_compared_is_left_out(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    session[ledgers[0]].data = serde_json::json!({ "a": 1.0 });
    session[ledgers[0]].amount = 2;
    session.commit()?;
    assert_eq!(cx.take_log().pop().map(|update| update.keys), Some(vec!["id".to_owned(), "amount".to_owned()]));
    Ok(())
}

pub fn u_119_a_value_in_another_spelling_is_no_change(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    cx.execute("UPDATE ledger SET due = '2024-05-06 07:08:00'");
    for ledger in Ledger::query().all(&mut session)? {
        let due = session[ledger].due.unwrap();
        session[ledger].due = Some(due + chrono::TimeDelta::days(1));
    }
    session.commit()?;
    cx.execute("UPDATE ledger SET due = '2030-01-01 00:00:00' WHERE id = 2");
    session[ledgers[1]].due = None;
    expect_error(
        session.commit(),
        ErrorKind::StaleData,
        &["Ledger#2", "expected due 2024-05-07", "found due 2030-01-01"],
    );
    session.rollback()
}

pub fn u_119_a_model_may_be_left_alone(cx: &mut TestContext) -> Result<()> {
    ledgers(cx, &[1])?;
    let mut session = cx.session();
    let scratch = session.get::<Scratch>(1)?.unwrap();
    session.commit()?;
    cx.execute("UPDATE ledger SET amount = 1000");
    session[scratch].amount += 1;
    session.commit()?;
    cx.expect_rows(AMOUNTS, &["2"]);
    Ok(())
}

pub fn u_119_an_engine_may_compare_nothing(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().compare_updates(false).build()?;
    engine.drop_all(models![Binder, Ledger])?;
    engine.create_all(models![Binder, Ledger])?;
    let mut session = engine.session();
    let ledger = session.add(Ledger::with(1));
    session.commit()?;
    engine.connection()?.execute_script("UPDATE ledger SET amount = 1000")?;
    session[ledger].amount += 1;
    session.commit()?;
    session.clear();
    let ledger = Ledger::query().one(&mut session)?;
    assert_eq!(session[ledger].amount, 2);
    session.close()
}

pub fn u_119_an_attached_value_is_compared(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    let value = session.expunge(ledgers[0])?;
    cx.execute("UPDATE ledger SET amount = 1000");
    session.begin_with(Isolation::Serializable)?;
    let ledger = session.attach(value)?;
    session[ledger].amount += 1;
    expect_error(session.commit(), ErrorKind::StaleData, &["expected amount 1", "found amount 1000"]);
    session.rollback()
}

pub fn u_006_the_value_that_was_shown_is_a_change(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1])?;
    for expire in [false, true] {
        cx.execute("UPDATE ledger SET amount = 1000");
        if expire {
            session.expire(ledgers[0])?;
        }
        session[ledgers[0]].amount = 1;
        expect_error(session.commit(), ErrorKind::StaleData, &["Ledger#1", "expected amount 1", "found amount 1000"]);
        session.rollback()?;
        // A session that has seen the current value may write the earlier one again.
        let ledger = session.get::<Ledger>(1)?.unwrap();
        assert_eq!(session[ledger].amount, 1000);
        session[ledger].amount = 1;
        session.commit()?;
        cx.expect_rows(AMOUNTS, &["1"]);
    }
    Ok(())
}

pub fn u_006_the_value_that_the_row_holds_is_none(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledgers) = ledgers(cx, &[1, 2])?;
    session[ledgers[0]].amount = 1;
    session[ledgers[1]].amount = 2;
    session.commit()?;
    cx.expect_log(&["select ledger x2"]);
    Ok(())
}
