//! Options of aggregates (conditions, order, distinct), and the aggregates of text, booleans and JSON.

use orm::functions::*;
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;
use serde_json::json;

use crate::models::{Address, AllTypes, Measure, OptionalTypes, User};
use crate::{TestContext, expect_error};

cases! { expr_aggregates {
    only_some_rows_are_aggregated [];
    equal_values_count_once [];
    texts_are_joined_in_order [];
    different_texts_are_joined [];
    different_texts_with_any_separator [distinct_with_arguments];
    truth_values_are_aggregated [];
    values_become_a_json_array [aggregate_filter];
    documents_become_a_json_array [];
    nothing_is_aggregated_to_null [];
    aggregates_of_a_left_join [];
    all_rows_are_never_distinct [];
} }

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    for (name, count, checked) in [
        ("a", Some(1), Some(true)),
        ("a", Some(2), Some(false)),
        ("b", Some(2), Some(true)),
        ("b", Some(5), Some(true)),
        ("c", None, None),
    ] {
        let (price, weight) = (count.map(|count| Decimal::new(count.into(), 1)), count.map(f64::from));
        session.add(Measure { count, checked, price, weight, flag: name == "a", ..Measure::named(name) });
    }
    session.commit()?;
    Ok(session)
}

pub fn only_some_rows_are_aggregated(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let (n, a) = (Measure::count, || Measure::name.eq("a"));
    let row = Measure::query()
        .select((count_all().filter(a()), sum(n).filter(a()), avg(n).filter(!a()), max(n).filter(a().and(n.gt(9)))))
        .one(session)?;
    assert_eq!(row, (2, Some(3), Some(3.5), None));
    let row = Measure::query()
        .select((sum(Measure::price).filter(a()), sum(Measure::weight).filter(a()).filter(n.gt(1))))
        .one(session)?;
    assert_eq!(row, (Some(Decimal::new(3, 1)), Some(2.0)));
    let rows: Vec<(String, i64)> = Measure::query()
        .group_by(Measure::name)
        .having(count_all().filter(Measure::checked).ge(1))
        .order_by(Measure::name)
        .select((Measure::name, count_all().filter(Measure::checked)))
        .all(session)?;
    assert_eq!(rows, [("a".into(), 1), ("b".into(), 2)]);
    Ok(())
}

pub fn equal_values_count_once(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let n = Measure::count;
    let row = Measure::query()
        .select((sum(n).distinct(), avg(n.cast::<f64>()).distinct(), count(n).distinct(), count_distinct(n)))
        .one(session)?;
    assert_eq!(row, (Some(8), Some(8.0 / 3.0), 3, 3));
    let row = Measure::query()
        .select((sum(Measure::price).distinct(), sum(Measure::weight).distinct().filter(Measure::name.ne("a"))))
        .one(session)?;
    assert_eq!(row, (Some(Decimal::new(8, 1)), Some(7.0)));
    Ok(())
}

pub fn texts_are_joined_in_order(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let names = string_agg(Measure::name, ", ").order_by((Measure::name.desc(), Measure::id));
    assert_eq!(Measure::query().select(names).one(session)?.as_deref(), Some("c, b, b, a, a"));
    let text = || Measure::count.cast::<String>();
    let row = Measure::query().select(string_agg(text(), "").order_by(Measure::count.desc())).one(session)?;
    assert_eq!(row.as_deref(), Some("5221"), "NULL is left out");
    let row = Measure::query()
        .select(string_agg(text(), "-").order_by(Measure::id).filter(Measure::name.eq("b")))
        .one(session)?;
    assert_eq!(row.as_deref(), Some("2-5"));
    Ok(())
}

pub fn different_texts_are_joined(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let names = string_agg(Measure::name, ",").distinct().order_by(Measure::name.desc());
    assert_eq!(Measure::query().select(names).one(session)?.as_deref(), Some("c,b,a"));
    Ok(())
}

pub fn different_texts_with_any_separator(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let names = string_agg(Measure::name, " + ").distinct().order_by(Measure::name);
    assert_eq!(Measure::query().select(names).one(session)?.as_deref(), Some("a + b + c"));
    Ok(())
}

pub fn truth_values_are_aggregated(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let checked = Measure::checked;
    let rows = Measure::query()
        .group_by(Measure::name)
        .order_by(Measure::name)
        .select((Measure::name, bool_and(checked), bool_or(checked), bool_or(Measure::count.gt(4))))
        .all(session)?;
    assert_eq!(
        rows,
        [
            ("a".into(), Some(false), Some(true), Some(false)),
            ("b".into(), Some(true), Some(true), Some(true)),
            ("c".into(), None, None, None)
        ]
    );
    let all = Measure::query().group_by(Measure::name).having(bool_and(checked)).select(Measure::name).all(session)?;
    assert_eq!(all, ["b"]);
    Ok(())
}

pub fn values_become_a_json_array(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let (names, counts) =
        (json_agg(Measure::name).order_by(Measure::id), json_agg(Measure::count).order_by(Measure::id));
    let row = Measure::query().select((names, counts.filter(Measure::name.ne("a")))).one(session)?;
    assert_eq!(row, (Some(json!(["a", "a", "b", "b", "c"])), Some(json!([2, 5, null]))));
    Ok(())
}

pub fn documents_become_a_json_array(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    session
        .add_all([json!({"a": [1]}), json!("text"), json!(null)].map(|json| AllTypes { json, ..AllTypes::default() }));
    session.add_all([Some(json!([])), None].map(|json| OptionalTypes { json, ..OptionalTypes::default() }));
    let all = json_agg(AllTypes::json).order_by(AllTypes::id);
    assert_eq!(AllTypes::query().select(all).one(&mut session)?, Some(json!([{"a": [1]}, "text", null])));
    let all = json_agg(OptionalTypes::json).order_by(OptionalTypes::id);
    assert_eq!(OptionalTypes::query().select(all).one(&mut session)?, Some(json!([[], null])));
    Ok(())
}

pub fn nothing_is_aggregated_to_null(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let none = Measure::query().filter(Measure::name.eq("z"));
    let row = none
        .clone()
        .select((
            string_agg(Measure::name, ","),
            json_agg(Measure::name),
            bool_and(Measure::flag),
            bool_or(Measure::flag),
        ))
        .one(session)?;
    assert_eq!(row, (None, None, None, None));
    assert_eq!(
        none.select((count_all().filter(Measure::flag), sum(Measure::large).distinct())).one(session)?,
        (0, None)
    );
    let nulls = Measure::query()
        .filter(Measure::name.eq("c"))
        .select((string_agg(Measure::note, ","), json_agg(Measure::note)));
    assert_eq!(nulls.one(session)?, (None, Some(json!([null]))));
    Ok(())
}

pub fn aggregates_of_a_left_join(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User {
        addresses: [Address::in_city("Rome"), Address::in_city("Oslo")].into_iter().collect(),
        ..User::named("ann")
    });
    session.add(User::named("bob"));
    let rows: Vec<(String, i64, Option<String>)> = User::query()
        .left_join(User::addresses)
        .group_by((User::id, User::name))
        .order_by(User::id)
        .select((User::name, count(Address::id), string_agg(Address::city, "/").order_by(Address::city)))
        .all(&mut session)?;
    assert_eq!(rows, [("ann".into(), 2, Some("Oslo/Rome".into())), ("bob".into(), 0, None)]);
    Ok(())
}

pub fn all_rows_are_never_distinct(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    expect_error(Measure::query().select(count_all().distinct()).all(session), ErrorKind::InvalidState, &["count_all"]);
    Ok(())
}
