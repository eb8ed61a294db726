//! Pending expressions, which the database computes, and explicit NULLs: U-112 and U-114.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};
use rust_decimal::Decimal;

use crate::models::{Counter, Stamp, User, Wallet};
use crate::{TestContext, expect_error};

cases! { computed {
    u_112_an_expression_is_written_by_the_flush_and_comes_back [];
    u_112_an_expression_adds_to_what_others_wrote [];
    u_112_an_expression_goes_with_plain_changes_in_one_statement [];
    u_112_rows_without_expressions_stay_one_batch [];
    u_112_the_last_assignment_counts [];
    u_112_a_refresh_drops_an_expression [];
    u_112_a_rollback_takes_an_expression_back [];
    u_112_a_savepoint_takes_an_expression_back [];
    u_112_a_failed_flush_keeps_the_expression [];
    u_112_versions_and_on_update_go_along [];
    u_112_a_row_that_is_gone_is_stale [];
    u_112_what_takes_no_expression_says_so [];
    u_112_a_value_that_does_not_fit_is_an_error [];
    u_114_none_is_null_and_set_null_is_meant [];
    u_114_set_null_after_the_insert [];
    u_114_a_value_assigned_afterwards_counts [];
} }

fn wallet(session: &mut Session) -> Result<Handle<Wallet>> {
    let wallet = session.add(Wallet::with("ann", 100));
    session.commit()?;
    Ok(wallet)
}

const BALANCE: &str = "SELECT balance FROM wallet ORDER BY id";

pub fn u_112_an_expression_is_written_by_the_flush_and_comes_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    cx.clear_log();
    session.set_expr(ann, Wallet::balance, Wallet::balance + 25)?;
    assert_eq!(session[ann].balance, 100, "until the flush");
    assert!(session.is_modified(ann));
    assert_eq!(session.dirty(), [ann.raw()]);
    session.flush()?;
    assert_eq!(session[ann].balance, 125);
    assert!(!session.is_modified(ann));
    session.commit()?;
    cx.expect_log(&["update wallet (balance)", "without update_returning: select wallet"]);
    cx.expect_rows(BALANCE, &["125"]);
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_112_an_expression_adds_to_what_others_wrote(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    let mut other = cx.engine.session();
    let same = other.get::<Wallet>(session[ann].id)?.unwrap();
    other[same].balance = 1000;
    other.commit()?;
    session.set_expr(ann, Wallet::balance, Wallet::balance - 1)?;
    session.set_expr(ann, Wallet::price, Wallet::price + Decimal::new(5, 1))?;
    session.set_expr(ann, Wallet::bonus, Wallet::balance * 2)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update wallet (balance, bonus, price) by (id)", "without update_returning: select wallet"]);
    assert_eq!((session[ann].balance, session[ann].bonus), (999, Some(2000)));
    assert_eq!(session[ann].price, Decimal::new(5, 1));
    Ok(())
}

pub fn u_112_an_expression_goes_with_plain_changes_in_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    cx.clear_log();
    session[ann].owner = "anna".into();
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    session[ann].points = 3;
    session.commit()?;
    cx.expect_log(&["update wallet (owner, balance, points)", "without update_returning: select wallet"]);
    cx.expect_rows("SELECT owner, balance, points FROM wallet", &["anna|101|3"]);
    Ok(())
}

pub fn u_112_rows_without_expressions_stay_one_batch(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.only_writer();
    let all: Vec<Handle<Wallet>> = (0..5).map(|number| session.add(Wallet::with("x", number))).collect();
    session.commit()?;
    cx.clear_log();
    for &wallet in &all {
        session[wallet].balance += 10;
    }
    session.set_expr(all[2], Wallet::balance, Wallet::balance + 100)?;
    session.commit()?;
    cx.expect_log(&[
        "update wallet by (id, balance) x4",
        "update wallet by (id)",
        "without update_returning: select wallet",
    ]);
    cx.expect_rows(BALANCE, &["10", "11", "102", "13", "14"]);
    Ok(())
}

pub fn u_112_the_last_assignment_counts(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    session[ann].balance = 7;
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    session.set_expr(ann, Wallet::balance, Wallet::balance + 2)?;
    session.flush()?;
    assert_eq!(session[ann].balance, 102);
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    session[ann].balance = 5;
    session.commit()?;
    cx.expect_rows(BALANCE, &["5"]);
    Ok(())
}

pub fn u_112_a_refresh_drops_an_expression(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    session.refresh(ann)?;
    assert!(!session.is_modified(ann));
    session[ann].points = 1;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update wallet (points)"]);
    Ok(())
}

pub fn u_112_a_rollback_takes_an_expression_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    session.rollback()?;
    assert!(!session.is_modified(ann));
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(session[ann].balance, 100);
    session[ann].points = 1;
    session.commit()?;
    cx.expect_rows(BALANCE, &["100"]);
    Ok(())
}

pub fn u_112_a_savepoint_takes_an_expression_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    let mut nested = session.begin_nested()?;
    assert_eq!(nested[ann].balance, 101, "a savepoint flushes first");
    nested.set_expr(ann, Wallet::balance, Wallet::balance + 10)?;
    nested.flush()?;
    assert_eq!(nested[ann].balance, 111);
    nested.rollback()?;
    assert_eq!(session[ann].balance, 101);
    session.rollback()?;
    assert_eq!(session[ann].balance, 100);
    Ok(())
}

pub fn u_112_a_failed_flush_keeps_the_expression(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet, User])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    let twins = ["a", "b"].map(|name| session.add(User { email: Some("same".into()), ..User::named(name) }));
    expect_error(session.flush(), ErrorKind::UniqueViolation, &["User"]);
    assert_eq!(session[ann].balance, 100);
    assert!(session.is_modified(ann));
    session.rollback()?;
    session.expunge(twins[0])?;
    assert!(!session.is_modified(ann));
    cx.expect_rows(BALANCE, &["100"]);
    Ok(())
}

pub fn u_112_versions_and_on_update_go_along(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    let mut session = cx.session();
    let counter = session.add(Counter::default());
    session.commit()?;
    cx.clear_log();
    session.set_expr(counter, Counter::hits, Counter::hits + 1)?;
    session.commit()?;
    cx.expect_log(&["update counter (hits, mark, version)", "without update_returning: select counter"]);
    let Counter { hits, ref mark, version, .. } = session[counter];
    assert_eq!((hits, mark.as_str(), version), (1, "changed", 2));

    cx.execute("UPDATE counter SET version = 9");
    session.set_expr(counter, Counter::hits, Counter::hits + 1)?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Counter#1", "version 2"]);
    Ok(())
}

pub fn u_112_a_row_that_is_gone_is_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    cx.execute("DELETE FROM wallet");
    session.set_expr(ann, Wallet::balance, Wallet::balance + 1)?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Wallet#1"]);
    Ok(())
}

pub fn u_112_what_takes_no_expression_says_so(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    let key = session.set_expr(ann, Wallet::id, Wallet::id + 1);
    expect_error(key, ErrorKind::InvalidState, &["`id`", "primary key", "Wallet"]);
    let bob = session.add(Wallet::with("bob", 1));
    let pending = session.set_expr(bob, Wallet::balance, Wallet::balance + 1);
    expect_error(pending, ErrorKind::InvalidState, &["Wallet#new", "no row"]);
    session.delete(ann)?;
    session.flush()?;
    let deleted = session.set_expr(ann, Wallet::balance, Wallet::balance + 1);
    expect_error(deleted, ErrorKind::InvalidState, &["Wallet#1", "Deleted"]);
    Ok(())
}

pub fn u_112_a_value_that_does_not_fit_is_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    session.set_expr(ann, Wallet::points, Wallet::points + i32::MAX)?;
    session.flush()?;
    session.set_expr(ann, Wallet::points, Wallet::points + 1)?;
    assert!(session.flush().is_err());
    assert_eq!(session[ann].points, i32::MAX);
    session.rollback()?;
    assert_eq!(session[ann].points, 0);
    Ok(())
}

pub fn u_114_none_is_null_and_set_null_is_meant(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet, Stamp])?;
    let mut session = cx.session();
    let [ann, bob] = ["ann", "bob"].map(|owner| session.add(Wallet::with(owner, 0)));
    session.set_null(bob, Wallet::grade)?;
    session.set_null(bob, Wallet::bonus)?;
    session.commit()?;
    cx.expect_log(&["insert wallet", "insert wallet"]);
    assert_eq!((session[ann].grade.as_deref(), session[bob].grade.as_deref()), (Some("gold"), None));
    cx.expect_rows("SELECT owner, grade, bonus FROM wallet ORDER BY id", &["ann|gold|NULL", "bob|NULL|NULL"]);
    Ok(())
}

pub fn u_114_set_null_after_the_insert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = wallet(&mut session)?;
    cx.clear_log();
    session.set_null(ann, Wallet::grade)?;
    session.commit()?;
    cx.expect_log(&["update wallet (grade)"]);
    cx.expect_rows("SELECT grade FROM wallet", &["NULL"]);
    Ok(())
}

pub fn u_114_a_value_assigned_afterwards_counts(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = session.add(Wallet::with("ann", 0));
    session.set_null(ann, Wallet::grade)?;
    session[ann].grade = Some("tin".into());
    session.flush()?;
    session.set_expr(ann, Wallet::bonus, Wallet::balance + 1)?;
    session.set_null(ann, Wallet::bonus)?;
    session.commit()?;
    cx.expect_rows("SELECT grade, bonus FROM wallet", &["tin|NULL"]);
    Ok(())
}
