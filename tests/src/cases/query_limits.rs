//! Queries of any length and depth: what is long works, and what is too deep is refused before anything is sent.

use orm::functions::{case, count_all, greatest, label, least, lower, max, nullif, upper};
use orm::prelude::*;
use orm::query::table::{Item, Table};
use orm::{ErrorKind, Query, Result};

use crate::models::{Measure, Paper};
use crate::{TestContext, expect_error};

cases! { query_limits {
    lists_of_conditions_may_be_long [];
    chains_of_conditions_may_be_long [];
    filters_may_be_many [];
    lists_of_values_may_be_long [];
    combined_queries_may_be_many [];
    combined_queries_keep_their_order [];
    expressions_may_be_deep [];
    expressions_that_are_too_deep_are_refused [];
    subqueries_that_are_too_deep_are_refused [];
    repeated_arguments_are_computed_once [];
    paths_into_documents_may_be_long [correlated_sources];
    documents_that_could_not_be_read_are_refused [];
} }

const MANY: usize = 2_000;
const FAR_TOO_MANY: usize = 20_000;

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    session.add_all(["a", "b", "1999"].map(|name| Measure { count: Some(1), ..Measure::named(name) }));
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

fn table() -> Table {
    Table::new("measure").column::<i64>("id").column::<i64>("large").column::<Option<i32>>("count")
}

pub fn lists_of_conditions_may_be_long(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let starts = || (0..MANY).map(|number| Measure::name.starts_with(number.to_string()));
    assert_eq!(Measure::query().filter(any_of(starts())).count(session)?, 1);
    assert_eq!(Measure::query().filter(!any_of(starts())).count(session)?, 2);
    assert_eq!(Measure::query().filter(all_of(starts().map(|start| !start))).count(session)?, 2);
    let mixed = any_of(starts()) & (any_of(starts()) | Measure::name.eq("a")) & all_of(starts().map(|start| !start));
    assert_eq!(Measure::query().filter(mixed).count(session)?, 0);
    Ok(())
}

pub fn chains_of_conditions_may_be_long(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let mut any: Filter<Measure> = Measure::name.eq("none");
    let mut all: Filter<Measure> = Measure::name.ne("none");
    for number in 0..MANY {
        any = any.or(Measure::name.eq(number.to_string())).of();
        all = all.and(Measure::name.ne(number.to_string())).of();
    }
    assert_eq!(Measure::query().filter(any).count(session)?, 1);
    assert_eq!(Measure::query().filter(all).count(session)?, 2);
    Ok(())
}

pub fn filters_may_be_many(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let mut query = Measure::query();
    for number in 0..MANY {
        query = query.filter(Measure::name.ne(number.to_string()));
    }
    assert_eq!(query.count(session)?, 2);
    let rows = Measure::query().filter(Measure::count.eq(1)).update(Measure::small.set(2));
    assert_eq!(rows.execute(session)?, 3);
    session.rollback()
}

/// Equal values share a parameter, and are found among many.
pub fn lists_of_values_may_be_long(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let different = (0..FAR_TOO_MANY).map(|number| Measure::name.eq(number.to_string()));
    let twice = different.clone().chain(different);
    let query = Measure::query().filter(any_of(twice));
    let (_, parameters) = query.to_sql(cx.engine.dialect())?;
    let times = if cx.capabilities().numbered_parameters { 1 } else { 2 };
    assert_eq!(parameters.len(), FAR_TOO_MANY * times);
    assert_eq!(query.count(session)?, 1);
    Ok(())
}

pub fn combined_queries_may_be_many(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let one = |number: usize| Measure::query().filter(Measure::name.eq(number.to_string()));
    let mut all = one(0);
    let named = |number: usize| one(number).select(Measure::name.label("name"));
    let mut names = named(0).union(named(1));
    let mut without = Measure::query().select(Measure::name.label("name")).except(named(0));
    for number in 1..MANY {
        all = all.union_all(one(number));
    }
    for number in (1..600).chain([1999]) {
        names = names.union(named(number));
        without = without.except(named(number));
    }
    assert_eq!(all.all(session)?.len(), 1);
    assert_eq!(names.all(session)?, ["1999"]);
    assert_eq!(without.order_by(label("name")).all(session)?, ["a", "b"]);
    Ok(())
}

pub fn combined_queries_keep_their_order(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let named = |name: &str| Measure::query().filter(Measure::name.eq(name)).select(Measure::name.label("name"));
    let all = || Measure::query().select(Measure::name.label("name"));
    let sorted =
        |query: orm::query::Select<String, ()>, session: &mut Session| query.order_by(label("name")).all(session);
    assert_eq!(sorted(all().except(named("a")).union(named("a")), session)?, ["1999", "a", "b"]);
    assert_eq!(sorted(all().except(named("a").union(named("b"))), session)?, ["1999"]);
    assert_eq!(sorted(named("a").union(named("b").intersect(all())), session)?, ["a", "b"]);
    assert_eq!(sorted(named("a").union(named("b")).intersect(named("b")), session)?, ["b"]);
    assert_eq!(sorted(all().except(named("a")).except(named("b")).except(named("c")), session)?, ["1999"]);
    Ok(())
}

/// An expression made of itself, again and again.
fn nested<E>(levels: usize, first: E, wrap: impl Fn(E) -> E) -> E {
    (0..levels).fold(first, |inner, _| wrap(inner))
}

pub fn expressions_may_be_deep(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let text = nested(150, lower(upper(Measure::name)), lower);
    assert_eq!(Measure::query().filter(text.eq("a")).count(session)?, 1);
    let number = nested(150, -Measure::large, |number| -number);
    assert_eq!(Measure::query().filter(number.eq(0)).count(session)?, 3);
    let table = table();
    let sum = nested(150, table.col("large")?, |sum| Item::from(sum.typed::<i64>().unwrap() + 1));
    assert_eq!(table.query().filter(sum.eq(150)).count(session)?, 3);
    let filter: Filter<Measure> = nested(60, Measure::name.eq("a"), |filter| {
        (any_of([filter, Measure::name.eq("b")]) & Measure::name.ne("c")).of()
    });
    assert_eq!(Measure::query().filter(filter).count(session)?, 2);
    let tables = nested(40, table, |table| table.query().subquery("inner"));
    assert_eq!(tables.query().count(session)?, 3);
    Ok(())
}

pub fn expressions_that_are_too_deep_are_refused(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let words = ["levels deep", "any length"];
    let mut refused = |query: Query<Measure>| {
        let copy = query.clone();
        assert!(format!("{query:?}").contains("levels deep"));
        expect_error(query.count(session), ErrorKind::InvalidState, &words);
        expect_error(copy.filter(Measure::id.eq(1)).all(session), ErrorKind::InvalidState, &words);
    };
    refused(Measure::query().filter(nested(FAR_TOO_MANY, lower(upper(Measure::name)), lower).eq("a")));
    refused(
        Measure::query()
            .filter(nested(FAR_TOO_MANY, Measure::name.eq("a"), |inner| any_of([inner, Measure::name.eq("b")]))),
    );
    refused(Measure::query().filter(nested(FAR_TOO_MANY, Measure::name.eq("a"), |inner| all_of([!inner]))));
    refused(Measure::query().filter(nested(FAR_TOO_MANY, Measure::name.eq("a"), |inner| {
        case().when(inner, true).otherwise(false).eq(true).of()
    })));
    refused(Measure::query().filter(nested(FAR_TOO_MANY, -Measure::large, |number| -number).gt(0)));
    let deep = nested(FAR_TOO_MANY, lower(upper(Measure::name)), lower);
    let session = &mut cx.session();
    expect_error(Measure::query().order_by(deep.clone()).all(session), ErrorKind::InvalidState, &words);
    let query = Measure::query().group_by(deep.clone()).select((max(deep.clone()), count_all()));
    expect_error(query.all(session), ErrorKind::InvalidState, &words);
    let update = Measure::query().update(Measure::name.set(deep));
    expect_error(update.execute(session), ErrorKind::InvalidState, &words);
    cx.expect_log(&[]);
    Ok(())
}

pub fn subqueries_that_are_too_deep_are_refused(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let table = nested(MANY, table(), |table| table.query().subquery("inner"));
    expect_error(table.query().all(session), ErrorKind::InvalidState, &["levels deep"]);
    let within = nested(MANY, Measure::query(), |query| {
        Measure::query().filter(Measure::id.in_query(query.select(Measure::id)))
    });
    expect_error(within.all(session), ErrorKind::InvalidState, &["levels deep"]);
    cx.expect_log(&[]);
    Ok(())
}

/// A database without a function for it spells the greater of two by naming both again.
pub fn repeated_arguments_are_computed_once(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let within = |levels: i32, first: Item| {
        (0..levels).fold(first, |inner, number| {
            let inner = inner.typed::<Option<i64>>().unwrap();
            Item::from(greatest(least(inner, i64::from(number) + 100), i64::from(number)))
        })
    };
    let deep = within(15, Item::from(table().col("count")?.typed::<Option<i32>>()?.cast::<i64>()));
    let query = table()
        .query()
        .group_by(deep.clone())
        .select([deep.clone().label("deep"), Item::from(count_all()).label("rows")]);
    let query = query.order_by(deep);
    assert!(query.to_sql(cx.engine.dialect())?.0.len() < 50_000);
    let row = query.one(session)?;
    assert_eq!((row.read::<i64>("deep")?, row.read::<i64>("rows")?), (14, 3));
    let of_groups = within(4, Item::from(nullif(count_all(), 0_i64)));
    assert_eq!(table().query().select([of_groups.label("rows")]).one(session)?.read::<i64>("rows")?, 3);
    Ok(())
}

pub fn paths_into_documents_may_be_long(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Paper])?;
    let mut session = cx.session();
    // What the database's own check takes.
    let levels = cx.spelled_by([60, 60, 12]);
    let body = (0..levels).fold(serde_json::json!({ "n": 7 }), |inner, _| serde_json::json!([{ "a": inner }]));
    session.add(Paper { body, ..Paper::default() });
    session.commit()?;
    assert_eq!(Paper::query().filter(Paper::body.json_at(1).is_null()).count(&mut session)?, 1);
    let first = Paper::body.json_at(0).json_get("a");
    let path = (1..levels).fold(first, |path, _| path.json_at(0).json_get("a"));
    let query =
        Paper::query().group_by(path.clone()).select((path.clone().json_get("n").json_as::<i64>(), count_all()));
    assert!(query.to_sql(cx.engine.dialect())?.0.len() < 100_000);
    let query = Paper::query().select(path.json_get("n").json_as::<i64>());
    assert_eq!(query.all(&mut session)?, [Some(7)]);
    Ok(())
}

pub fn documents_that_could_not_be_read_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Paper])?;
    let document = |levels| Paper {
        body: (0..levels).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner])),
        ..Paper::default()
    };
    let mut session = cx.session();
    // What the database's own check takes.
    let most = cx.spelled_by([127, 127, 31]);
    session.add(document(most));
    session.commit()?;
    session.clear();
    let stored = Paper::query().one(&mut session)?;
    assert_eq!(session[stored].body, document(most).body);

    session[stored].body = document(128).body;
    let words = ["Paper#1", "body", "127 levels"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    session.rollback()?;
    session.add(document(200));
    expect_error(session.commit(), ErrorKind::InvalidState, &["body", "127 levels"]);
    session.rollback()?;
    expect_error(Paper::insert(document(200)).execute(&mut session), ErrorKind::InvalidState, &["127 levels"]);
    session.rollback()?;
    let update = Paper::query().update(Paper::body.set(document(200).body));
    expect_error(update.execute(&mut session), ErrorKind::InvalidState, &["127 levels"]);
    session.rollback()?;
    assert_eq!(Paper::query().count(&mut session)?, 1);
    Ok(())
}
