//! Columns that the database computes: U-113.

use orm::prelude::*;
use orm::query::Synchronize;
use orm::{ErrorKind, Result, StatementKind};

use crate::models::CartLine;
use crate::{TestContext, expect_error};

cases! { generated {
    u_113_computed_columns_come_back_with_the_insert [];
    u_113_computed_columns_come_back_with_the_update [];
    u_113_many_rows_get_each_its_own [];
    u_113_an_identity_column_is_never_written [];
    u_113_they_are_columns_of_queries [];
    u_113_an_assignment_is_refused [];
    u_113_statements_that_would_write_them_are_refused [];
    u_113_values_from_elsewhere_do_not_count [];
    u_113_an_expression_brings_them_too [];
    u_113_a_bulk_update_brings_them_too [];
    u_113_a_rollback_brings_them_back [];
    u_113_a_row_that_somebody_changed_is_stale [];
    u_113_a_new_object_with_the_key_of_a_deleted_one_is_a_new_row [];
    u_113_the_database_refuses_them_too [];
} }

pub fn u_113_computed_columns_come_back_with_the_insert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let tea = session.add(CartLine { total: -1, sign: Some("?".into()), ..CartLine::of("tea", 3, 4) });
    session.commit()?;
    cx.expect_log(&["insert cart_line (name, price, quantity, version)"]);
    assert_eq!((session[tea].total, session[tea].sign.as_deref()), (12, Some("TEA")));
    assert!(!session.is_modified(tea));
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_113_computed_columns_come_back_with_the_update(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let tea = session.add(CartLine::of("tea", 3, 4));
    session.commit()?;
    cx.clear_log();
    session[tea].quantity = 5;
    session[tea].name = String::new();
    session.commit()?;
    cx.expect_log(&["update cart_line (name, quantity, version)", "without update_returning: select cart_line"]);
    assert_eq!((session[tea].total, session[tea].sign.as_deref(), session[tea].version), (15, None, 2));
    assert!(!session.is_modified(tea));
    cx.expect_rows("SELECT total, sign FROM cart_line", &["15|NULL"]);
    Ok(())
}

pub fn u_113_many_rows_get_each_its_own(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let lines = session.add_all((1..=40).map(|number| CartLine::of(&format!("line {number}"), number, 2)));
    session.commit()?;
    assert!((1..).zip(&lines).all(|(number, &line)| session[line].total == 2 * number));
    for (&line, number) in lines.iter().zip(1..) {
        session[line].quantity = 100 - number;
    }
    cx.clear_log();
    session.commit()?;
    let log = cx.take_log();
    let updates = log.iter().filter(|statement| statement.kind == StatementKind::Update);
    assert_eq!(updates.map(|statement| statement.rows).sum::<usize>(), 40, "{log:?}");
    for (&line, number) in lines.iter().zip(1..) {
        assert_eq!((session[line].total, session[line].version), (number * (100 - number), 2));
    }
    Ok(())
}

pub fn u_113_an_identity_column_is_never_written(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let [tea, milk] = ["tea", "milk"].map(|name| session.add(CartLine::of(name, 1, 1)));
    session.commit()?;
    assert_eq!((session[tea].id, session[milk].id), (1, 2));
    cx.clear_log();
    session[milk].price = 2;
    session.commit()?;
    cx.expect_log(&["update cart_line (price, version)", "without update_returning: select cart_line"]);
    Ok(())
}

pub fn u_113_they_are_columns_of_queries(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    session.add_all([CartLine::of("tea", 3, 4), CartLine::of("milk", 1, 2), CartLine::of("salt", 2, 9)]);
    let names = CartLine::query().filter(CartLine::total.gt(5)).order_by(CartLine::total.desc()).select(CartLine::name);
    assert_eq!(names.all(&mut session)?, ["salt", "tea"]);
    Ok(())
}

pub fn u_113_an_assignment_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let tea = session.add(CartLine::of("tea", 3, 4));
    session.commit()?;
    cx.clear_log();
    session[tea].total = 1;
    expect_error(session.flush(), ErrorKind::InvalidState, &["CartLine#1", "`total`", "computes"]);
    cx.expect_full_log(&[]);
    session[tea].total = 12;
    session[tea].price = 4;
    session.commit()?;
    assert_eq!(session[tea].total, 16);
    Ok(())
}

pub fn u_113_statements_that_would_write_them_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let tea = session.add(CartLine::of("tea", 3, 4));
    session.commit()?;
    cx.clear_log();
    let outcome = CartLine::query().update(CartLine::total.set(1)).execute(&mut session);
    expect_error(outcome, ErrorKind::InvalidState, &["CartLine", "`total`", "computes"]);
    let outcome = session.set_expr(tea, CartLine::total, CartLine::total + 1);
    expect_error(outcome, ErrorKind::InvalidState, &["CartLine", "`total`", "computes"]);
    expect_error(session.set_null(tea, CartLine::sign), ErrorKind::InvalidState, &["CartLine", "`sign`", "computes"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_113_values_from_elsewhere_do_not_count(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let lines = [CartLine { total: 99, ..CartLine::of("tea", 3, 4) }, CartLine::of("milk", 1, 2)];
    CartLine::insert_all(lines).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT total, sign FROM cart_line ORDER BY id", &["12|TEA", "2|MILK"]);
    let tea = session.merge(CartLine { id: 1, total: 99, ..CartLine::of("tea", 3, 4) })?;
    assert_eq!(session[tea].total, 12);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[]);
    session.merge(CartLine { id: 1, total: 99, ..CartLine::of("tea", 3, 5) })?;
    session.commit()?;
    assert_eq!(session[tea].total, 15);
    Ok(())
}

pub fn u_113_an_expression_brings_them_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let tea = session.add(CartLine::of("tea", 3, 4));
    session.commit()?;
    cx.clear_log();
    session.set_expr(tea, CartLine::price, CartLine::price + 2)?;
    session.commit()?;
    cx.expect_log(&["update cart_line (price, version)", "without update_returning: select cart_line"]);
    assert_eq!((session[tea].price, session[tea].total), (5, 20));
    assert!(!session.is_modified(tea));
    Ok(())
}

pub fn u_113_a_bulk_update_brings_them_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.only_writer();
    let [tea, milk] = [("tea", 3), ("milk", 1)].map(|(name, price)| session.add(CartLine::of(name, price, 4)));
    session.commit()?;
    cx.clear_log();
    CartLine::query().filter(CartLine::price.gt(2)).update(CartLine::quantity.set(10)).execute(&mut session)?;
    let read = "without update_returning: select cart_line";
    cx.expect_log(&[read, "update cart_line (quantity)", read]);
    assert_eq!([tea, milk].map(|line| session[line].total), [30, 4]);
    assert!(!session.is_modified(tea));
    // An update that is evaluated in memory returns no columns. The next query reads them.
    let update = CartLine::query().filter(CartLine::price.gt(2)).update(CartLine::quantity.set(11));
    update.synchronize(Synchronize::Evaluate).execute(&mut session)?;
    CartLine::query().all(&mut session)?;
    assert_eq!([tea, milk].map(|line| session[line].total), [33, 4]);
    Ok(())
}

pub fn u_113_a_rollback_brings_them_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let tea = session.add(CartLine::of("tea", 3, 4));
    session.commit()?;
    session[tea].price = 5;
    session.flush()?;
    assert_eq!(session[tea].total, 20);
    session.rollback()?;
    assert_eq!((session[tea].price, session[tea].total, session[tea].version), (3, 12, 1));
    session[tea].price = 6;
    session.commit()?;
    assert_eq!(session[tea].total, 24);
    Ok(())
}

pub fn u_113_a_row_that_somebody_changed_is_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let lines = ["tea", "milk", "salt"].map(|name| session.add(CartLine::of(name, 1, 1)));
    session.commit()?;
    cx.execute("UPDATE cart_line SET version = 7 WHERE name = 'milk'");
    session[lines[1]].price = 2;
    expect_error(session.flush(), ErrorKind::StaleData, &["CartLine#2", "version 1"]);
    session.rollback()?;
    cx.execute("UPDATE cart_line SET version = 8 WHERE name = 'milk'");
    for line in lines {
        session[line].price = 2;
    }
    expect_error(session.flush(), ErrorKind::StaleData, &[]);
    session.rollback()?;
    assert_eq!(lines.map(|line| session[line].total), [1; 3]);
    Ok(())
}

pub fn u_113_a_new_object_with_the_key_of_a_deleted_one_is_a_new_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let old = session.add(CartLine::of("tea", 3, 4));
    session.commit()?;
    cx.clear_log();
    session.delete(old)?;
    let new = session.add(CartLine { id: 1, ..CartLine::of("tea", 5, 5) });
    session.commit()?;
    cx.expect_log(&["delete cart_line", "insert cart_line"]);
    assert_eq!(session[new].total, 25);
    Ok(())
}

pub fn u_113_the_database_refuses_them_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let sql = "INSERT INTO cart_line (id, name, price, quantity, version, total) VALUES (1, 'tea', 3, 4, 1, 5)";
    expect_error(cx.engine.connection()?.execute(sql, &[]), ErrorKind::Database, &["total"]);
    Ok(())
}
