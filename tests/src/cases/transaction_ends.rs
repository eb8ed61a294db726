//! Transactions that something other than the session ends, and how the session reacts.

use orm::driver::{TransactionMode, TransactionState};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Token, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

type Work<'a> = dyn Fn(&mut Session) -> Result<()> + 'a;

cases! { transaction_ends {
    every_failed_statement_ends_the_transaction [];
    a_write_whose_result_is_unfit_ends_the_transaction [];
    a_read_whose_result_is_unfit_does_not [];
    a_statement_may_end_the_transaction_in_the_database [];
    a_transaction_that_is_lost_within_a_savepoint_is_lost [];
    sql_that_ends_the_transaction_is_noticed [];
    scripts_that_hide_a_commit_are_refused [];
    a_bare_connection_tells_of_its_transaction [];
    a_transaction_of_somebody_elses_is_rolled_back [];
    a_failed_commit_says_so [];
    a_commit_without_an_answer_is_unknown [];
    a_savepoint_of_a_transaction_that_was_rolled_back_is_gone [];
    a_busy_begin_leaves_the_session_usable [];
} }

fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { age: 30, email: Some("a@b".into()), ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

/// Checks that statements are refused until a rollback, and that nothing of the transaction is left after it.
#[track_caller]
fn expect_over(cx: &TestContext, session: &mut Session) -> Result<()> {
    assert!(!session.in_transaction());
    let refused = ErrorKind::PendingRollback;
    expect_error(User::query().count(session), refused, &["rollback()"]);
    expect_error(sql("SELECT 1").one::<i64>(session), refused, &["rollback()"]);
    expect_error(session.begin(), refused, &["rollback()"]);
    session.add(User::named("later"));
    expect_error(session.flush(), refused, &["rollback()"]);
    expect_error(session.commit(), refused, &["rollback()"]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["alice|30"]);
    assert_eq!(User::query().count(session)?, 1);
    Ok(())
}

pub fn every_failed_statement_ends_the_transaction(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let twin = || User { email: Some("a@b".into()), ..User::named("twin") };
    let taken = "INSERT INTO \"user\" (name, age, email) VALUES ('twin', 1, 'a@b')";
    let failing: [&Work<'_>; 9] = [
        &|session| {
            session.add(twin());
            session.flush()
        },
        &|session| User::query().update(User::email.set("a@b")).execute(session).map(drop),
        &|session| User::query().filter(sql_expr::<bool>("no = 1")).delete().execute(session).map(drop),
        &|session| User::insert_all([twin()]).execute(session).map(drop),
        &|session| User::insert_all([twin()]).returning(User::id).all(session).map(drop),
        &|session| {
            let rows = (1..100).map(|id| (id, Some("a@b".to_owned())));
            let set = User::update_by_key(User::email, rows);
            set.execute(session).map(drop)
        },
        &|session| sql(taken).execute(session).map(drop),
        &|session| session.script(taken),
        &|session| User::query().filter(sql_expr::<bool>("no = 1")).count(session).map(drop),
    ];
    for (number, fails) in failing.into_iter().enumerate() {
        session.add(User::named("bob"));
        session[alice].age = 31;
        session.flush()?;
        assert!(fails(&mut session).is_err(), "{number}");
        expect_over(cx, &mut session)?;
    }
    Ok(())
}

pub fn a_write_whose_result_is_unfit_ends_the_transaction(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = alice(cx)?;
    let unfit = || sql_expr::<i64>("'no number'");
    let raw = if cx.capabilities().update_returning {
        "UPDATE \"user\" SET age = 31 RETURNING 'no number'"
    } else {
        "INSERT INTO \"user\" (name, age) VALUES ('bob', 31) RETURNING 'no number'"
    };
    let writes: [&Work<'_>; 4] = [
        &|session| User::insert_all([User::named("bob")]).returning(unfit()).all(session).map(drop),
        &|session| User::query().delete().returning(unfit()).all(session).map(drop),
        &|session| sql(raw).all::<i64>(session).map(drop),
        &|session| User::query().update(User::age.set(31)).returning(unfit()).all(session).map(drop),
    ];
    let possible = if cx.capabilities().update_returning { 4 } else { 3 };
    for (number, write) in writes.into_iter().take(possible).enumerate() {
        session.add(User::named("carol"));
        session.flush()?;
        let error = write(&mut session).expect_err("unfit");
        assert_eq!(error.kind(), ErrorKind::Decode, "{number}: {error}");
        expect_over(cx, &mut session)?;
    }
    let mut rows = sql(raw).iter::<i64>(&mut session)?;
    expect_error(rows.next().unwrap(), ErrorKind::Decode, &[]);
    drop(rows);
    expect_over(cx, &mut session)
}

pub fn a_read_whose_result_is_unfit_does_not(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    session.flush()?;
    expect_error(User::query().select(sql_expr::<i64>("'x'")).all(&mut session), ErrorKind::Decode, &[]);
    expect_error(sql("SELECT 'x'").one::<i64>(&mut session), ErrorKind::Decode, &[]);
    let mut rows = User::query().select(sql_expr::<i64>("'x'")).iter(&mut session)?;
    expect_error(rows.next().unwrap(), ErrorKind::Decode, &[]);
    drop(rows);
    session.commit()?;
    cx.expect_rows(r#"SELECT age FROM "user""#, &["31"]);
    Ok(())
}

/// SQLite rolls a transaction back by itself for some errors; PostgreSQL waits for the session to do it.
pub fn a_statement_may_end_the_transaction_in_the_database(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let refuse = match cx.backend_name() {
        "SQLite" => {
            "CREATE TRIGGER refuse BEFORE UPDATE ON \"user\" WHEN new.age = 13 BEGIN SELECT raise(ROLLBACK, 'no'); END"
        }
        _ => "ALTER TABLE \"user\" ADD CHECK (age <> 13)",
    };
    cx.execute(refuse);
    let refused: [&Work<'_>; 3] = [
        &|session| User::query().update(User::age.set(13)).execute(session).map(drop),
        &|session| sql("UPDATE \"user\" SET age = 13").execute(session).map(drop),
        &|session| {
            session[alice].age = 13;
            session.flush()
        },
    ];
    for refused in refused {
        session.add(User::named("bob"));
        session.flush()?;
        assert!(refused(&mut session).is_err());
        expect_over(cx, &mut session)?;
    }
    Ok(())
}

pub fn a_transaction_that_is_lost_within_a_savepoint_is_lost(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    if cx.backend_name() == "SQLite" {
        cx.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON \"user\" WHEN new.age = 13 BEGIN SELECT raise(ROLLBACK, 'no'); END",
        );
        session.add(User::named("bob"));
        let lost = session.nested(|nested| {
            nested[alice].age = 13;
            nested.flush()
        });
        expect_error(lost, ErrorKind::Database, &["no"]);
        expect_over(cx, &mut session)?;
    }
    if cx.url().contains(":memory:") {
        // The database would be lost too.
        return Ok(());
    }
    session.add(User::named("bob"));
    session.flush()?;
    cx.fail_next(StatementKind::Update, ErrorKind::ConnectionLost);
    let mut nested = session.begin_nested()?;
    nested[alice].age = 31;
    expect_error(nested.flush(), ErrorKind::ConnectionLost, &[]);
    nested.rollback()?;
    expect_over(cx, &mut session)
}

pub fn sql_that_ends_the_transaction_is_noticed(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    for text in ["COMMIT", "ROLLBACK", "COMMIT; BEGIN", "ROLLBACK; BEGIN"] {
        let mut session = cx.session();
        // Nothing else gets hold of the connection.
        session.on_after_begin(move |connection| connection.execute_script(text));
        session.add(User::named("alice"));
        let over = ["your own SQL ended the transaction"];
        expect_error(session.commit(), ErrorKind::InvalidState, &over);
        expect_error(session.commit(), ErrorKind::PendingRollback, &over);
        session.rollback()?;
        expect_error(sql("SELECT 1").one::<i64>(&mut session), ErrorKind::InvalidState, &over);
        assert!(!session.in_transaction());
    }
    Ok(())
}

pub fn scripts_that_hide_a_commit_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.flush()?;
    let returns = if cx.capabilities().lexical_rules.line_ends.contains(&'\r') {
        "SELECT 1 -- x\r; COMMIT"
    } else {
        "SELECT 1 -- x\n; COMMIT"
    };
    for text in [returns, "\u{feff}COMMIT", "CREATE TABLE z (function text, begin text); COMMIT"] {
        expect_error(session.script(text), ErrorKind::InvalidState, &["`COMMIT`", "the session begins and ends"]);
    }
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_bare_connection_tells_of_its_transaction(cx: &mut TestContext) -> Result<()> {
    use TransactionState::{Begun, None, Other};
    cx.create(models![User])?;
    let mut connection = cx.engine.connection()?;
    assert_eq!(connection.transaction()?, None);
    connection.begin(TransactionMode::Write)?;
    assert_eq!(connection.transaction()?, Begun);
    connection.savepoint("a")?;
    connection.release_savepoint("a")?;
    connection.execute("INSERT INTO \"user\" (name, age) VALUES ('alice', 1)", &[])?;
    connection.execute_script("SELECT 1; SELECT 2")?;
    assert_eq!(connection.transaction()?, Begun);
    connection.commit()?;
    assert_eq!(connection.transaction()?, None);
    connection.execute_script("BEGIN")?;
    assert_eq!(connection.transaction()?, Other);
    assert!(connection.begin(TransactionMode::Write).is_err());
    connection.execute("ROLLBACK", &[])?;
    assert_eq!(connection.transaction()?, None);
    connection.begin(TransactionMode::Write)?;
    connection.execute_script("COMMIT; BEGIN")?;
    assert_eq!(connection.transaction()?, Other);
    assert!(connection.execute("INSERT INTO \"user\" (name) VALUES (NULL)", &[]).is_err());
    assert_eq!(connection.transaction()?, Other);
    connection.rollback()?;
    assert_eq!(connection.transaction()?, None);
    Ok(())
}

pub fn a_transaction_of_somebody_elses_is_rolled_back(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    engine.create_all(models![User])?;
    for begin in ["BEGIN", "SELECT 1; BEGIN"] {
        let mut connection = engine.connection()?;
        connection.execute_script(begin)?;
        connection.execute("INSERT INTO \"user\" (name, age) VALUES ('abandoned', 1)", &[])?;
        drop(connection);
        let mut session = engine.session();
        session.add(User::named("mine"));
        session.commit()?;
        assert_eq!(User::query().select(User::name).all(&mut session)?, ["mine"]);
        User::query().delete().execute(&mut session)?;
        session.commit()?;
    }
    Ok(())
}

/// A deferred key is checked at the end of the transaction.
pub fn a_failed_commit_says_so(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    if !cx.capabilities().deferrable_keys {
        // There is nothing left to find out for a commit.
        return Ok(());
    }
    cx.execute(
        "CREATE TABLE remark (id INTEGER PRIMARY KEY, user_id BIGINT REFERENCES \"user\" (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    session[alice].age = 31;
    sql("INSERT INTO remark (id, user_id) VALUES (1, 99)").execute(&mut session)?;
    expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &["committing"]);
    assert_eq!(session[alice].age, 31);
    expect_over(cx, &mut session)?;
    assert_eq!(session[alice].age, 30);
    cx.expect_rows("SELECT count(*) FROM remark", &["0"]);
    Ok(())
}

pub fn a_commit_without_an_answer_is_unknown(cx: &mut TestContext) -> Result<()> {
    let unknown = ["is not known", "before the answer came"];
    for two in [true, false] {
        cx.create(models![User])?;
        let mut session = cx.session();
        let alice = session.add(User::named("alice"));
        if two {
            session.flush()?;
            cx.fail_next(StatementKind::Commit, ErrorKind::ConnectionLost);
        } else {
            // The only statement is a commit too.
            cx.fail_next(StatementKind::Insert, ErrorKind::ConnectionLost);
        }
        expect_error(session.commit(), ErrorKind::CommitUnknown, &unknown);
        expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback()"]);
        session.rollback()?;
        assert_eq!(session.state(alice), State::Transient);
    }
    Ok(())
}

pub fn a_savepoint_of_a_transaction_that_was_rolled_back_is_gone(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let mut nested = session.begin_nested()?;
    Session::rollback(&mut nested)?;
    nested[alice].age = 31;
    expect_error(nested.commit(), ErrorKind::InvalidState, &["savepoint is gone"]);
    session.rollback()?;
    assert_eq!(session[alice].age, 30);
    Ok(())
}

pub fn a_busy_begin_leaves_the_session_usable(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Token, Address])?;
    let mut session = cx.session();
    session.add_all(["alice", "bob"].map(User::named));
    cx.fail_next(StatementKind::Begin, ErrorKind::Busy);
    expect_error(session.commit(), ErrorKind::Busy, &[]);
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["2"]);
    Ok(())
}
