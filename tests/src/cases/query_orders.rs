//! Order, limit, offset and distinct.

use orm::functions::{coalesce, label, min, upper};
use orm::prelude::*;
use orm::query::Query;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;

use crate::models::{Address, Measure, User};
use crate::{TestContext, expect_error};

cases! { query_orders {
    rows_come_in_order [];
    nulls_come_where_they_are_told [];
    several_keys_sort_one_after_the_other [];
    expressions_sort [];
    numbers_sort_as_numbers [non_finite_floats];
    rows_are_limited [];
    distinct_rows_come_once [];
    objects_of_a_joined_query_may_be_distinct [];
    distinct_rows_are_ordered_by_what_is_selected [];
} }

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    let rows = [("a", Some(2), "x"), ("b", None, "x"), ("c", Some(1), "y"), ("d", Some(2), "y"), ("e", None, "x")];
    session.add_all(rows.map(|(name, count, note)| Measure { count, note: Some(note.into()), ..Measure::named(name) }));
    session.commit()?;
    Ok(session)
}

#[track_caller]
fn check<Q>(session: &mut Session, query: Query<Measure, Q>, expected: &str) {
    let names: String = query.values(session).unwrap().into_iter().map(|measure| measure.name).collect();
    assert_eq!(names, expected);
}

pub fn rows_come_in_order(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().order_by(Measure::name), "abcde");
    check(session, Measure::query().order_by(Measure::name.asc()), "abcde");
    check(session, Measure::query().order_by(Measure::name.desc()), "edcba");
    let handles = Measure::query().order_by(Measure::name.desc()).all(session)?;
    let names: String = handles.into_iter().map(|handle| session[handle].name.clone()).collect();
    assert_eq!(names, "edcba");
    Ok(())
}

pub fn nulls_come_where_they_are_told(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let sorted = |key| Measure::query().order_by(key).order_by(Measure::name);
    check(session, sorted(Measure::count.asc().nulls_first()), "becad");
    check(session, sorted(Measure::count.asc().nulls_last()), "cadbe");
    check(session, sorted(Measure::count.nulls_first()), "becad");
    check(session, sorted(Measure::count.nulls_last()), "cadbe");
    check(session, sorted(Measure::count.desc().nulls_first()), "beadc");
    check(session, sorted(Measure::count.desc().nulls_last()), "adcbe");
    Ok(())
}

pub fn several_keys_sort_one_after_the_other(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let count = || Measure::count.desc().nulls_last();
    check(session, Measure::query().order_by((Measure::note, count(), Measure::name.desc())), "aebdc");
    check(session, Measure::query().order_by(Measure::note).order_by((count(), Measure::name.desc())), "aebdc");
    check(session, Measure::query().order_by((Measure::name,)), "abcde");
    Ok(())
}

pub fn expressions_sort(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    check(session, Measure::query().order_by((coalesce(Measure::count, 9), Measure::name)), "cadbe");
    check(session, Measure::query().order_by((Measure::count.is_null().desc(), Measure::name)), "beacd");
    Ok(())
}

pub fn numbers_sort_as_numbers(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    let rows = [("a", "10", 1e9), ("b", "9.5", -1.0), ("c", "-3", f64::INFINITY), ("d", "0.10", f64::NAN)];
    session.add_all(rows.map(|(name, price, weight)| Measure {
        price: Some(price.parse::<Decimal>().unwrap()),
        weight: Some(weight),
        ..Measure::named(name)
    }));
    session.flush()?;
    check(&mut session, Measure::query().order_by(Measure::price), "cdba");
    check(&mut session, Measure::query().order_by(Measure::price.desc()), "abdc");
    check(&mut session, Measure::query().order_by(coalesce(Measure::price, Measure::price)), "cdba");
    check(&mut session, Measure::query().order_by(coalesce(Measure::price, Decimal::ZERO).desc()), "abdc");
    let least = Measure::query().select(min(coalesce(Measure::price, Measure::price)));
    assert_eq!(least.one(&mut session)?, Some(Decimal::from(-3)));
    // NaN is greater than all other numbers.
    check(&mut session, Measure::query().order_by(Measure::weight), "bacd");
    Ok(())
}

pub fn rows_are_limited(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let sorted = || Measure::query().order_by(Measure::name);
    check(session, sorted().limit(2), "ab");
    check(session, sorted().limit(0), "");
    check(session, sorted().offset(3), "de");
    check(session, sorted().offset(9), "");
    check(session, sorted().limit(2).offset(1), "bc");
    check(session, sorted().limit(u64::MAX).offset(4), "e");
    check(session, sorted().limit(1).limit(3), "abc");
    assert_eq!(sorted().limit(2).count(session)?, 2);
    assert_eq!(sorted().offset(3).count(session)?, 2);
    assert_eq!(sorted().limit(9).offset(u64::MAX).count(session)?, 0);
    assert!(!sorted().limit(0).exists(session)?);
    assert!(!sorted().offset(5).exists(session)?);
    assert_eq!(sorted().limit(0).first(session)?, None);
    assert_eq!(sorted().select(Measure::name).limit(0).first(session)?, None);
    assert_eq!(sorted().offset(1).select(Measure::name).first(session)?.as_deref(), Some("b"));
    Ok(())
}

pub fn distinct_rows_come_once(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let notes = || Measure::query().select(Measure::note).distinct();
    assert_eq!(notes().count(session)?, 2);
    let mut found: Vec<Option<String>> = notes().order_by(Measure::note).all(session)?;
    assert_eq!(found.drain(..).flatten().collect::<String>(), "xy");
    let pairs: Vec<(Option<String>, Option<i32>)> =
        Measure::query().distinct().select((Measure::note, Measure::count)).all(session)?;
    assert_eq!(pairs.len(), 4);
    assert_eq!(Measure::query().distinct().count(session)?, 5);
    assert_eq!(notes().limit(1).count(session)?, 1);
    assert!(notes().filter(Measure::name.eq("a")).exists(session)?);
    Ok(())
}

pub fn objects_of_a_joined_query_may_be_distinct(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let addresses = ["Rome", "Paris"].map(Address::in_city);
    let alice = session.add(User { addresses: addresses.into(), ..User::named("alice") });
    session.commit()?;
    let joined = || User::query().join(User::addresses);
    assert_eq!(joined().all(&mut session)?, [alice, alice]);
    assert_eq!(joined().count(&mut session)?, 2);
    assert_eq!(joined().distinct().all(&mut session)?, [alice]);
    assert_eq!(joined().distinct().count(&mut session)?, 1);
    assert_eq!(joined().distinct().one(&mut session)?, alice);
    Ok(())
}

pub fn distinct_rows_are_ordered_by_what_is_selected(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let notes = || Measure::query().select(Measure::note).distinct();
    assert_eq!(notes().order_by(Measure::note.desc()).all(session)?, [Some("y".to_owned()), Some("x".into())]);
    let labeled = Measure::query().select(upper(Measure::note).label("note")).distinct();
    assert_eq!(labeled.clone().order_by(label("note")).first(session)?, Some(Some("X".into())));
    assert_eq!(labeled.order_by(upper(Measure::note)).first(session)?, Some(Some("X".into())));
    let slice = Measure::query().distinct().order_by(upper(Measure::name).desc()).slice(session, 1)?;
    assert_eq!(session[slice.items[0]].name, "e");
    session.commit()?;
    cx.clear_log();
    let words = ["distinct", "select the values of the order too", "`any`"];
    expect_error(notes().order_by(Measure::name).all(session), ErrorKind::InvalidState, &words);
    let objects = Measure::query().distinct().order_by(upper(Measure::name));
    expect_error(objects.all(session), ErrorKind::InvalidState, &words);
    expect_error(notes().order_by(Measure::name).limit(1).count(session), ErrorKind::InvalidState, &words);
    cx.expect_log(&[]);
    Ok(())
}
