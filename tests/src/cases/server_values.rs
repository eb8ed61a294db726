//! Columns that are never NULL and that the database fills in until the program sets them.

use chrono::NaiveDateTime;
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Coupon, Delivery};
use crate::{TestContext, expect_error};

cases! { server_values {
    what_is_not_set_is_left_to_the_database_and_comes_back [];
    what_is_set_is_written_whatever_it_is [];
    rows_with_different_columns_come_back_each_to_its_object [];
    plain_inserts_leave_out_what_is_not_set [];
    an_upsert_leaves_out_what_is_not_set [];
    an_insert_of_a_query_leaves_out_what_is_not_given [];
    merging_what_is_not_set_changes_nothing [];
    queries_know_the_type_of_the_value [];
    what_has_a_row_cannot_be_unset [];
    a_rollback_brings_back_what_was_not_set [];
    null_in_the_database_is_no_value [];
    the_default_of_others_is_written_by_nobody [];
    keys_by_a_default_come_back [];
} }

fn to(address: &str) -> Delivery {
    Delivery { address: address.into(), ..Delivery::default() }
}

pub fn what_is_not_set_is_left_to_the_database_and_comes_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let delivery = session.add(to("Leeds"));
    assert!(session[delivery].state.is_unset() && session[delivery].state.is_empty());
    session.commit()?;
    cx.expect_log(&["insert delivery (address, weight, pieces)"]);
    let row = &session[delivery];
    assert_eq!((row.state.as_str(), *row.priority, *row.open, *row.weight), ("new", 3, true, 7));
    assert!(*row.at > NaiveDateTime::default());
    assert!(!session.is_modified(delivery));
    session.commit()?;
    cx.expect_full_log(&[]);
    let mut other = cx.session();
    let read = other.get::<Delivery>(1)?.unwrap();
    assert_eq!(other[read], session[delivery]);
    Ok(())
}

pub fn what_is_set_is_written_whatever_it_is(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let zero = Delivery { priority: 0.into(), open: false.into(), state: "".into(), weight: 0.into(), ..to("Leeds") };
    let delivery = session.add(zero);
    session.commit()?;
    cx.expect_log(&["insert delivery (address, state, priority, open, weight, pieces)"]);
    cx.expect_rows("SELECT state, priority, weight FROM delivery", &["|0|0"]);
    assert!(!*session[delivery].open);
    *session[delivery].priority += 1;
    session[delivery].state = "sent".into();
    session.commit()?;
    cx.expect_log(&["update delivery (state, priority, weight)"]);
    cx.expect_rows("SELECT state, priority, weight FROM delivery", &["sent|1|8"]);
    assert_eq!(session[delivery].weight, 8);
    Ok(())
}

pub fn rows_with_different_columns_come_back_each_to_its_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let deliveries = session.add_all((0..6).map(|number| {
        let priority = if number < 3 { Generated::default() } else { number.into() };
        Delivery { priority, ..to(&number.to_string()) }
    }));
    session.commit()?;
    let priorities: Vec<i32> = deliveries.iter().map(|&delivery| *session[delivery].priority).collect();
    assert_eq!(priorities, [3, 3, 3, 3, 4, 5]);
    cx.expect_rows(
        "SELECT address, priority, state FROM delivery WHERE priority > 3 ORDER BY id",
        &["4|4|new", "5|5|new"],
    );
    Ok(())
}

pub fn plain_inserts_leave_out_what_is_not_set(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let rows = [to("a"), Delivery { priority: 0.into(), ..to("b") }, to("c")];
    assert_eq!(Delivery::insert_all(rows).execute(&mut session)?, 3);
    let back = Delivery::insert(to("d")).returning((Delivery::state, Delivery::priority)).one(&mut session)?;
    assert_eq!(back, ("new".to_owned(), 3));
    session.commit()?;
    let rows = "SELECT address, state, priority, weight FROM delivery ORDER BY address";
    cx.expect_rows(rows, &["a|new|3|7", "b|new|0|7", "c|new|3|7", "d|new|3|7"]);
    Ok(())
}

pub fn an_upsert_leaves_out_what_is_not_set(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let held = session.add(Delivery { priority: 9.into(), ..to("a") });
    session.commit()?;
    let upsert = |value: Delivery| {
        Delivery::insert(value).on_conflict(Delivery::address).do_update((Delivery::state, Delivery::pieces))
    };
    upsert(Delivery { state: "lost".into(), pieces: 1, ..to("a") }).execute(&mut session)?;
    upsert(to("b")).execute(&mut session)?;
    session.commit()?;
    let rows = "SELECT address, state, priority, pieces FROM delivery ORDER BY address";
    cx.expect_rows(rows, &["a|lost|9|1", "b|new|3|5"]);
    assert_eq!((session[held].state.as_str(), *session[held].priority), ("lost", 9));
    Ok(())
}

pub fn an_insert_of_a_query_leaves_out_what_is_not_given(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    session.add(Delivery { priority: 1.into(), ..to("a") });
    session.commit()?;
    let copies = Delivery::query().select((Delivery::address.concat("'"), Delivery::priority + 1));
    Delivery::insert_from((Delivery::address, Delivery::priority), copies).execute(&mut session)?;
    Delivery::insert_with((Delivery::address.set("c"), Delivery::state.set("set"))).execute(&mut session)?;
    session.commit()?;
    let rows = "SELECT address, state, priority, weight, pieces FROM delivery ORDER BY id";
    cx.expect_rows(rows, &["a|new|1|7|5", "a'|new|2|7|5", "c|set|3|7|5"]);
    Ok(())
}

pub fn merging_what_is_not_set_changes_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let delivery = session.add(Delivery { priority: 9.into(), ..to("a") });
    session.commit()?;
    cx.clear_log();
    session.merge(Delivery { id: 1, weight: 7.into(), ..to("a") })?;
    session.commit()?;
    cx.expect_log(&["select delivery"]);
    session.merge(Delivery { id: 1, weight: 7.into(), priority: 0.into(), ..to("a") })?;
    session.commit()?;
    cx.expect_log(&["select delivery", "update delivery (priority, weight)"]);
    assert_eq!((session[delivery].state.as_str(), *session[delivery].priority), ("new", 0));
    // Of a new object too, what was not set stays so.
    let new = session.add(Delivery { id: 5, ..to("b") });
    assert_eq!(session.merge(Delivery { id: 5, ..to("c") })?, new);
    session.commit()?;
    cx.expect_rows("SELECT address, state, priority FROM delivery WHERE id = 5", &["c|new|3"]);
    Ok(())
}

pub fn queries_know_the_type_of_the_value(cx: &mut TestContext) -> Result<()> {
    #[derive(FromRow, Debug, PartialEq)]
    struct Line {
        address: String,
        state: String,
        priority: i32,
    }

    cx.create(models![Delivery])?;
    let mut session = cx.session();
    session.add_all([to("a"), Delivery { priority: 4.into(), ..to("b") }]);
    session.commit()?;
    let urgent = Delivery::query().filter(Delivery::priority.gt(3) & Delivery::open & Delivery::state.contains("ew"));
    let lines = urgent.select((Delivery::address, Delivery::state, Delivery::priority)).rows_as::<Line>();
    assert_eq!(lines.all(&mut session)?, [Line { address: "b".into(), state: "new".into(), priority: 4 }]);
    let raw: Vec<Line> = sql("SELECT address, state, priority FROM delivery WHERE priority = 3").all(&mut session)?;
    assert_eq!(raw[0].address, "a");
    Delivery::query().update(Delivery::priority.set(Delivery::priority + 10)).execute(&mut session)?;
    let priorities = Delivery::query().order_by(Delivery::priority.desc()).select(Delivery::priority);
    assert_eq!(priorities.all(&mut session)?, [14, 13]);
    Ok(())
}

pub fn what_has_a_row_cannot_be_unset(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let delivery = session.add(to("a"));
    session.commit()?;
    session[delivery].state = Generated::default();
    expect_error(session.flush(), ErrorKind::NotNullViolation, &["Delivery#1", "`state` was unset", "assign a value"]);
    session[delivery].state = "x".into();
    session.commit()?;
    cx.expect_rows("SELECT state FROM delivery", &["x"]);
    Ok(())
}

pub fn a_rollback_brings_back_what_was_not_set(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    let delivery = session.add(to("a"));
    session.flush()?;
    assert_eq!(session[delivery].priority, 3);
    session.rollback()?;
    session.add_again(delivery)?;
    session.commit()?;
    assert_eq!(session[delivery].priority, 3);
    cx.expect_rows("SELECT address, priority FROM delivery", &["a|3"]);
    Ok(())
}

/// The table is another than the model says.
pub fn null_in_the_database_is_no_value(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE coupon (code TEXT NOT NULL PRIMARY KEY, percent INTEGER)");
    cx.execute("INSERT INTO coupon VALUES ('a', NULL)");
    let mut session = cx.session();
    expect_error(session.get::<Coupon>("a"), ErrorKind::Decode, &["Coupon", "percent", "NULL"]);
    let coupon = session.add(Coupon { code: "b".into(), ..Coupon::default() });
    expect_error(session.commit(), ErrorKind::Decode, &["Coupon", "percent"]);
    assert!(session[coupon].percent.is_unset());
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM coupon", &["1"]);
    Ok(())
}

pub fn the_default_of_others_is_written_by_nobody(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Delivery])?;
    let mut session = cx.session();
    session.add(to("a"));
    session.commit()?;
    cx.execute("INSERT INTO delivery (address, weight) VALUES ('b', 1)");
    cx.expect_rows("SELECT address, pieces FROM delivery ORDER BY address", &["a|5", "b|6"]);
    Ok(())
}

pub fn keys_by_a_default_come_back(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() == "MariaDB" {
        // It has no function of that name.
        cx.execute(
            "CREATE TABLE coupon (code VARCHAR(255) PRIMARY KEY DEFAULT (uuid()), percent INT NOT NULL DEFAULT 10)",
        );
    } else {
        cx.create(models![Coupon])?;
    }
    let mut session = cx.session();
    let coupons = session.add_all([(); 3].map(|()| Coupon::default()));
    let named = session.add(Coupon { code: "spring".into(), percent: 0.into() });
    session.commit()?;
    let codes: std::collections::BTreeSet<&str> = coupons.iter().map(|&coupon| &*session[coupon].code).collect();
    assert!(codes.len() == 3 && !codes.contains(""));
    assert_eq!((*session[coupons[2]].percent, *session[named].percent), (10, 0));
    let code = session[coupons[0]].code.clone();
    assert_eq!(session.get::<Coupon>(code)?, Some(coupons[0]));
    cx.expect_rows("SELECT count(DISTINCT code), sum(percent) FROM coupon", &["4|30"]);
    Ok(())
}
