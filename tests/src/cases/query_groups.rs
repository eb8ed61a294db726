//! Aggregates, groups and conditions on groups.

use orm::functions::{avg, case, coalesce, count, count_all, count_distinct, lower, max, min, sum, upper, value};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;

use crate::models::{Address, Measure, Status, User};
use crate::{TestContext, expect_error};

cases! { query_groups {
    integers_are_aggregated [];
    floats_are_aggregated [];
    nan_is_in_sums [non_finite_floats];
    decimals_are_aggregated_exactly [];
    other_values_have_a_least_and_a_greatest [];
    an_empty_set_has_no_sum [];
    nulls_are_left_out [];
    groups_are_formed [];
    groups_are_filtered [];
    groups_of_a_join [];
    groups_by_several_keys [];
    groups_by_an_expression_with_a_value [numbered_parameters];
    groups_by_expressions_with_any_values [];
    groups_are_counted [];
    a_sum_that_does_not_fit_is_an_error [];
    aggregates_are_compared [];
    aggregates_of_expressions [];
    aggregates_out_of_place_are_refused_before_any_sql [];
} }

type Row = (i64, i64, i64, Option<i64>, Option<f64>, Option<i32>, Option<i32>);

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    let rows = [("a", Some(1)), ("a", Some(2)), ("b", Some(2)), ("b", Some(5)), ("c", None)];
    session.add_all(rows.map(|(name, count)| Measure {
        count,
        small: i16::MAX,
        large: 1 << 40,
        single: 0.1,
        weight: count.map(|count| f64::from(count) / 4.0),
        price: count.map(|count| Decimal::new(count.into(), 1)),
        note: count.map(|_| name.to_uppercase()),
        status: if count.is_some() { Status::Open } else { Status::Done },
        ..Measure::named(name)
    }));
    session.commit()?;
    Ok(session)
}

pub fn integers_are_aggregated(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let n = Measure::count;
    let row: Row = Measure::query()
        .select((count_all(), count(n), count_distinct(n), sum(n), avg(n), min(n), max(n)))
        .one(session)?;
    assert_eq!(row, (5, 4, 3, Some(10), Some(2.5), Some(1), Some(5)));
    let sums: (Option<i64>, Option<i64>) =
        Measure::query().select((sum(Measure::small), sum(Measure::large))).one(session)?;
    assert_eq!(sums, (Some(5 * i64::from(i16::MAX)), Some(5 << 40)));
    let averages: (Option<f64>, Option<f64>) =
        Measure::query().select((avg(Measure::small), avg(Measure::large))).one(session)?;
    assert_eq!(averages, (Some(f64::from(i16::MAX)), Some((1_i64 << 40) as f64)));
    Ok(())
}

pub fn floats_are_aggregated(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let weight = Measure::weight;
    let row: (Option<f64>, Option<f64>, Option<f64>, Option<f64>) =
        Measure::query().select((sum(weight), avg(weight), min(weight), max(weight))).one(session)?;
    assert_eq!(row, (Some(2.5), Some(0.625), Some(0.25), Some(1.25)));
    let single: (Option<f64>, Option<f32>) =
        Measure::query().select((sum(Measure::single), max(Measure::single))).one(session)?;
    assert_eq!(single, (Some(f64::from(0.1_f32) * 5.0), Some(0.1)));
    Measure::query().all(session)?.into_iter().for_each(|measure| session[measure].single = f32::MAX);
    assert_eq!(Measure::query().select(sum(Measure::single)).one(session)?, Some(f64::from(f32::MAX) * 5.0));
    assert_eq!(Measure::query().select(avg(Measure::single)).one(session)?, Some(f64::from(f32::MAX)));
    Ok(())
}

pub fn nan_is_in_sums(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    session.add(Measure { weight: Some(f64::NAN), single: f32::NAN, ..Measure::named("n") });
    let weight = Measure::weight;
    let [total, average, least, greatest]: [Option<f64>; 4] =
        Measure::query().select((sum(weight), avg(weight), min(weight), max(weight))).one(session)?.into();
    assert!(total.is_some_and(f64::is_nan) && average.is_some_and(f64::is_nan), "{total:?} {average:?}");
    assert_eq!(least, Some(0.25));
    assert!(greatest.is_some_and(f64::is_nan), "{greatest:?}");
    assert!(Measure::query().select(sum(Measure::single)).one(session)?.is_some_and(f64::is_nan));
    let infinite = Measure::query().filter(Measure::name.eq("a"));
    infinite.clone().all(session)?.into_iter().for_each(|measure| session[measure].weight = Some(f64::INFINITY));
    assert_eq!(infinite.select((sum(weight), avg(weight))).one(session)?, (Some(f64::INFINITY), Some(f64::INFINITY)));
    Ok(())
}

pub fn decimals_are_aggregated_exactly(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let price = Measure::price;
    let row: (Option<Decimal>, Option<Decimal>, Option<Decimal>, Option<Decimal>) =
        Measure::query().select((sum(price), avg(price), min(price), max(price))).one(session)?;
    assert_eq!(
        row,
        (Some(Decimal::ONE), Some(Decimal::new(25, 2)), Some(Decimal::new(1, 1)), Some(Decimal::new(5, 1)))
    );
    Measure::query().all(session)?.into_iter().for_each(|measure| session[measure].price = Some(Decimal::new(1, 28)));
    assert_eq!(Measure::query().select(sum(price)).one(session)?, Some(Decimal::new(5, 28)));
    Ok(())
}

pub fn other_values_have_a_least_and_a_greatest(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let row: (Option<String>, Option<String>, Option<Status>) =
        Measure::query().select((min(Measure::name), max(Measure::note), min(Measure::status))).one(session)?;
    assert_eq!(row, (Some("a".into()), Some("B".into()), Some(Status::Done)));
    Ok(())
}

pub fn an_empty_set_has_no_sum(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let n = Measure::count;
    let none = || Measure::query().filter(Measure::name.eq("z"));
    let row: Row =
        none().select((count_all(), count(n), count_distinct(n), sum(n), avg(n), min(n), max(n))).one(session)?;
    assert_eq!(row, (0, 0, 0, None, None, None, None));
    let row: (Option<Decimal>, Option<Decimal>, Option<f64>) =
        none().select((sum(Measure::price), avg(Measure::price), sum(Measure::weight))).one(session)?;
    assert_eq!(row, (None, None, None));
    let groups: Vec<(String, i64)> =
        none().group_by(Measure::name).select((Measure::name, count_all())).all(session)?;
    assert_eq!(groups, []);
    Ok(())
}

pub fn nulls_are_left_out(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let row: (i64, i64, Option<i64>, Option<Decimal>) = Measure::query()
        .filter(Measure::name.eq("c"))
        .select((count_all(), count(Measure::count), sum(Measure::count), avg(Measure::price)))
        .one(session)?;
    assert_eq!(row, (1, 0, None, None));
    assert_eq!(Measure::query().select(sum(coalesce(Measure::count, 100))).one(session)?, Some(110));
    Ok(())
}

pub fn groups_are_formed(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let rows: Vec<(String, i64, Option<i64>)> = Measure::query()
        .group_by(Measure::name)
        .order_by(Measure::name.desc())
        .select((Measure::name, count_all(), sum(Measure::count)))
        .all(session)?;
    assert_eq!(rows, [("c".into(), 1, None), ("b".into(), 2, Some(7)), ("a".into(), 2, Some(3))]);
    Ok(())
}

pub fn groups_are_filtered(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let groups = || Measure::query().group_by(Measure::name).order_by(Measure::name).select(Measure::name);
    assert_eq!(groups().having(count_all().gt(1)).all(session)?, ["a", "b"]);
    assert_eq!(groups().having(sum(Measure::count).gt(3).or(max(Measure::count).is_null())).all(session)?, ["b", "c"]);
    assert_eq!(groups().having(avg(Measure::price).lt(Decimal::new(2, 1))).all(session)?, ["a"]);
    assert_eq!(groups().filter(Measure::count.gt(1)).having(count_all().eq(1)).all(session)?, ["a"]);
    assert_eq!(groups().having(count_all().ge(1)).having(Measure::name.ne("a")).all(session)?, ["b", "c"]);
    Ok(())
}

pub fn groups_of_a_join(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    for (name, cities) in [("alice", &["Rome", "Paris"][..]), ("bob", &["Rome"])] {
        let addresses = cities.iter().map(|city| Address::in_city(city)).collect();
        session.add(User { addresses, age: 20, ..User::named(name) });
    }
    let rows: Vec<(String, i64, Option<f64>)> = Address::query()
        .join(Address::user)
        .group_by(Address::city)
        .having(count(User::id).ge(1))
        .order_by((count_all().desc(), Address::city))
        .select((Address::city, count(User::id), avg(User::age)))
        .all(&mut session)?;
    assert_eq!(rows, [("Rome".into(), 2, Some(20.0)), ("Paris".into(), 1, Some(20.0))]);
    Ok(())
}

pub fn groups_by_several_keys(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let rows: Vec<(String, Status, i64)> = Measure::query()
        .group_by((Measure::name, Measure::status))
        .order_by(Measure::name)
        .select((Measure::name, Measure::status, count_all()))
        .all(session)?;
    assert_eq!(rows[2], ("c".into(), Status::Done, 1));
    let chained = Measure::query().group_by(Measure::name).group_by(Measure::count).select(Measure::count);
    assert_eq!(chained.count(session)?, 5);
    let by_expression: Vec<(bool, i64)> = Measure::query()
        .group_by(Measure::count.is_null())
        .order_by(count_all())
        .select((Measure::count.is_null(), count_all()))
        .all(session)?;
    assert_eq!(by_expression, [(true, 1), (false, 4)]);
    Ok(())
}

/// The key and the selection share one parameter. Otherwise some databases would see two different keys.
pub fn groups_by_an_expression_with_a_value(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let note = || coalesce(Measure::note, "none");
    let rows: Vec<(String, i64)> = Measure::query()
        .filter(Measure::name.ne("none"))
        .group_by(note())
        .having(note().ne("B"))
        .order_by(note())
        .select((note(), count_all()))
        .all(session)?;
    assert_eq!(rows, [("A".into(), 2), ("none".into(), 1)]);
    let sorted: Vec<String> = Measure::query().distinct().order_by(note().desc()).select(note()).all(session)?;
    assert_eq!(sorted, ["none", "B", "A"]);
    Ok(())
}

/// An expression in several clauses uses the same parameters in all, so that the database sees one expression.
pub fn groups_by_expressions_with_any_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let known = || case().when(Measure::name.in_(["a", "b"]), "known").otherwise("new");
    let grouped = Measure::query().group_by(known()).order_by(known()).select((known(), count_all()));
    assert_eq!(grouped.all(session)?, [("known".to_owned(), 4), ("new".to_owned(), 1)]);
    let missing = || case().when(Measure::count.in_([Some(5), None]), 1).otherwise(0);
    let grouped = Measure::query().group_by(missing()).order_by(missing().desc()).select((missing(), count_all()));
    assert_eq!(grouped.all(session)?, [(1, 2), (0, 3)]);
    let pair = || case().when((Measure::name, Measure::count).in_([("a", 1), ("b", 5)]), "x").otherwise("y");
    let grouped = Measure::query().group_by(pair()).order_by(pair()).select((pair(), count_all()));
    assert_eq!(grouped.all(session)?, [("x".to_owned(), 2), ("y".to_owned(), 3)]);
    let like = || case().when(Measure::name.starts_with("a"), 1).when(Measure::name.like("b%"), 2).otherwise(3);
    let grouped = Measure::query().group_by(like()).order_by(like()).select((like() + 1, count_all()));
    assert_eq!(grouped.all(session)?, [(2, 2), (3, 2), (4, 1)]);
    let other = || coalesce(Measure::count, 7).in_([7, 5]);
    let grouped = Measure::query().group_by(other()).order_by(other()).select((other(), count_all()));
    assert_eq!(grouped.all(session)?, [(false, 3), (true, 2)]);
    let fragment = || sql_expr::<bool>("name IN (:names)").bind("names", vec!["a", "b"]);
    let grouped = Measure::query().group_by(fragment()).order_by(fragment()).select((fragment(), count_all()));
    assert_eq!(grouped.all(session)?, [(false, 1), (true, 4)]);
    let least = || Measure::query().limit(1).select(min(Measure::count)).scalar();
    let grouped = Measure::query().group_by(least()).select((least(), count_all()));
    assert_eq!(grouped.all(session)?, [(Some(1), 5)]);
    let constant = || value("all");
    let grouped = Measure::query().group_by(constant()).order_by(constant()).select((constant(), count_all()));
    assert_eq!(grouped.all(session)?, [("all".to_owned(), 5)]);
    let distinct = Measure::query().distinct().select(known()).order_by(known().desc());
    assert_eq!(distinct.all(session)?, ["new", "known"]);
    Ok(())
}

pub fn groups_are_counted(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let groups = || Measure::query().group_by(Measure::name).select((Measure::name, count_all()));
    assert_eq!(groups().count(session)?, 3);
    assert_eq!(groups().having(count_all().gt(1)).count(session)?, 2);
    assert!(!groups().having(count_all().gt(9)).exists(session)?);
    assert_eq!(Measure::query().select(count_all()).count(session)?, 1);
    assert!(Measure::query().filter(Measure::id.lt(0)).select(count_all()).exists(session)?);
    Ok(())
}

pub fn a_sum_that_does_not_fit_is_an_error(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    Measure::query().all(session)?.into_iter().for_each(|measure| session[measure].large = i64::MAX);
    expect_error(Measure::query().select(sum(Measure::large)).one(session), ErrorKind::Database, &[]);
    Ok(())
}

pub fn aggregates_are_compared(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let names = Measure::query()
        .group_by(Measure::name)
        .order_by((sum(Measure::count).desc().nulls_last(), Measure::name))
        .select(Measure::name);
    assert_eq!(names.all(session)?.concat(), "bac");
    let names = Measure::query().group_by(Measure::name).having(min(Measure::count).ne(max(Measure::count)));
    assert_eq!(names.order_by(min(Measure::price).desc()).select(Measure::name).all(session)?.concat(), "ba");
    Ok(())
}

pub fn aggregates_of_expressions(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(Measure::query().select(max(upper(Measure::name))).one(session)?.as_deref(), Some("C"));
    assert_eq!(Measure::query().select(coalesce(sum(Measure::count), 0_i64)).one(session)?, 10);
    assert_eq!(Measure::query().select(count_distinct(lower(Measure::note))).one(session)?, 2);
    Ok(())
}

pub fn aggregates_out_of_place_are_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    session.commit()?;
    cx.clear_log();
    let refused = ErrorKind::InvalidState;
    let words = ["WHERE", "`having`", "`scalar`"];
    expect_error(Measure::query().filter(count_all().gt(1)).count(session), refused, &words);
    let joined = Address::on(sum(Measure::count).gt(Address::id));
    expect_error(Measure::query().join(joined).all(session), refused, &words);
    let condition = case().when(avg(Measure::count).gt(1.0), true).otherwise(false);
    expect_error(Measure::query().filter(condition).all(session), refused, &words);
    let nested = Measure::query().select(max(count_all()));
    expect_error(nested.one(session), refused, &["within another aggregate", "subquery"]);
    let within =
        Measure::query().filter(Measure::id.in_query(Measure::query().filter(count_all().gt(1)).select(Measure::id)));
    expect_error(within.all(session), refused, &words);
    cx.expect_log(&[]);
    let average = Measure::query().select(avg(Measure::count)).scalar();
    assert_eq!(Measure::query().filter(Measure::count.cast::<f64>().gt(average)).count(session)?, 1);
    Ok(())
}
