//! Queries within queries.

use orm::functions::{avg, count, count_all, exists, grouping, label, max, not_exists, sum};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Buyer, Sale, Song, Worker, hire_workers, open_music_shop};
use crate::{TestContext, expect_error};

cases! { query_subqueries {
    a_key_in_a_subquery [];
    a_key_not_in_a_subquery [];
    a_null_in_a_subquery_hides_all [];
    a_scalar_in_every_clause [];
    a_scalar_without_a_row_is_none [];
    a_scalar_of_several_rows_is_the_first [];
    a_correlated_exists [];
    a_correlated_scalar [];
    a_correlated_query_stands_in_another [];
    a_subquery_is_joined [];
    a_subquery_is_read_first [];
    a_left_joined_subquery_may_be_missing [];
    a_joined_query_reads_each_row [lateral];
    a_query_under_a_name_is_joined_twice [materialized_ctes];
    queries_under_names_build_on_each_other [];
    a_hierarchy_with_depth [];
    a_hierarchy_upwards [];
    a_cycle_ends [];
    numbers_from_nothing [];
    labels_order_subqueries [];
    a_subquery_flushes_what_it_reads [];
    a_bulk_statement_filters_by_a_subquery [];
    objects_of_a_joined_subquery_are_known [];
    the_first_row_of_each_group [distinct_on];
    columns_beside_aggregates_are_grouped [];
    groups_of_several_kinds [grouping_sets];
    all_choices_of_groups [grouping_sets];
} }

derived! {
    /// The amount that a buyer spent.
    struct Spending { buyer: i64, total: Option<i64> }
}

derived! {
    struct Chain { id: i64, name: String, depth: i64 }
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Buyer])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    Ok(session)
}

/// Checks the names of the rows of a query, in the order of their keys.
macro_rules! expect {
    ($session:expr, $model:ident.$name:ident, $condition:expr, $expected:expr) => {{
        let query = $model::query().filter($condition).order_by($model::id);
        let names: Vec<String> = query.clone().select($model::$name).all($session)?;
        assert_eq!(names, $expected as [&str; _]);
        assert_eq!(query.count($session)?, names.len() as u64);
    }};
}

pub fn a_key_in_a_subquery(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let buyers = Sale::query().filter(Sale::price.ge(7)).select(Sale::buyer_id);
    expect!(session, Buyer.name, Buyer::id.in_query(buyers.clone()), ["Eve", "Fay"]);
    expect!(session, Buyer.name, Buyer::id.in_query(buyers.limit(0)), []);
    let dear = Sale::query().group_by(Sale::song_id).having(sum(Sale::price).gt(6)).select(Sale::song_id);
    expect!(session, Song.title, Song::id.in_query(dear), ["song 1", "song 3"]);
    Ok(())
}

pub fn a_key_not_in_a_subquery(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect!(session, Song.title, Song::id.not_in_query(Sale::query().select(Sale::song_id)), ["song 5"]);
    Ok(())
}

pub fn a_null_in_a_subquery_hides_all(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker])?;
    let session = &mut cx.session();
    hire_workers(session)?;
    let bosses = Worker::query().select(Worker::boss_id);
    expect!(session, Worker.name, Worker::id.not_in_query(bosses.clone()), []);
    let known = bosses.filter(Worker::boss_id.is_not_null());
    assert_eq!(Worker::query().filter(Worker::id.not_in_query(known)).count(session)?, 3);
    Ok(())
}

pub fn a_scalar_in_every_clause(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let dearest = || Sale::query().select(max(Sale::price)).scalar();
    let rows: Vec<(i64, Option<i32>)> = Sale::query()
        .filter(Sale::price.lt(dearest()))
        .group_by(Sale::buyer_id)
        .having(max(Sale::price).lt(dearest()))
        .order_by((dearest(), Sale::buyer_id))
        .select((count_all(), dearest()))
        .all(session)?;
    assert_eq!(rows, [(2, Some(12)), (1, Some(12)), (1, Some(12))]);
    Ok(())
}

pub fn a_scalar_without_a_row_is_none(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let none = Sale::query().filter(Sale::year.eq(1990)).select(Sale::price).scalar();
    let rows: Vec<Option<i32>> = Buyer::query().select(none.clone()).limit(1).all(session)?;
    assert_eq!(rows, [None]);
    expect!(session, Song.title, none.is_not_null(), []);
    Ok(())
}

pub fn a_scalar_of_several_rows_is_the_first(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let first = Sale::query().order_by(Sale::price.desc()).select(Sale::price).scalar();
    assert_eq!(Buyer::query().select(first).limit(1).all(session)?, [Some(12)]);
    Ok(())
}

pub fn a_correlated_exists(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let sales = || Sale::query().correlate::<Buyer>().filter(Sale::buyer_id.eq(Buyer::id));
    expect!(session, Buyer.name, exists(sales().filter(Sale::year.eq(2020))), ["Eve"]);
    expect!(session, Buyer.name, not_exists(sales()), ["Hal"]);
    expect!(session, Buyer.name, exists(sales().group_by(Sale::year).having(count_all().gt(1))), ["Eve"]);
    let flags = Buyer::query().order_by(Buyer::id).select(exists(sales().filter(Sale::price.gt(6)))).all(session)?;
    assert_eq!(flags, [true, true, false, false]);
    let alone = sales().all(session);
    expect_error(alone, ErrorKind::InvalidState, &["buyer", "exists"]);
    Ok(())
}

pub fn a_correlated_scalar(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let last = Sale::query().correlate::<Buyer>().filter(Sale::buyer_id.eq(Buyer::id)).select(max(Sale::year)).scalar();
    let rows: Vec<(String, Option<i32>)> = Buyer::query()
        .order_by((last.clone().desc().nulls_last(), Buyer::name))
        .select((Buyer::name, last))
        .all(session)?;
    let row = |name, year| (text(name), year);
    assert_eq!(rows, [row("Eve", Some(2021)), row("Fay", Some(2021)), row("Gus", Some(2021)), row("Hal", None)]);
    Ok(())
}

pub fn a_correlated_query_stands_in_another(cx: &mut TestContext) -> Result<()> {
    alias!(Other = Buyer);
    let session = &mut shop(cx)?;
    let neighbour = Other::query()
        .correlate::<Buyer>()
        .filter(Other::col(Buyer::country).eq(Buyer::country))
        .filter(Other::col(Buyer::id).ne(Buyer::id))
        .filter(Other::rel(Buyer::sales).any(Sale::price.gt(9)));
    expect!(session, Buyer.name, exists(neighbour), ["Fay"]);
    Ok(())
}

fn spending() -> orm::query::Select<(i64, Option<i64>), (orm::query::scope::Of<Sale>, ())> {
    Sale::query().group_by(Sale::buyer_id).select((Sale::buyer_id, sum(Sale::price)))
}

pub fn a_subquery_is_joined(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let query = Buyer::query()
        .join(spending().subquery(Spending).on(Spending::buyer.eq(Buyer::id)))
        .filter(Spending::total.gt(6))
        .order_by(Spending::total.desc());
    let rows: Vec<(String, Option<i64>)> = query.clone().select((Buyer::name, Spending::total)).all(session)?;
    assert_eq!(rows, [(text("Eve"), Some(25)), (text("Fay"), Some(7))]);
    assert_eq!(query.clone().count(session)?, 2);
    assert!(query.exists(session)?);
    Ok(())
}

pub fn a_subquery_is_read_first(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let totals = spending().subquery(Spending).query();
    let average: Vec<Option<f64>> = totals.clone().select(avg(Spending::total)).all(session)?;
    assert_eq!(average, [Some(37.0 / 3.0)]);
    let back = totals.join(Buyer::on(Buyer::id.eq(Spending::buyer))).join(Buyer::sales).filter(Sale::year.eq(2020));
    assert_eq!(back.select((Buyer::name, Spending::total)).all(session)?, [(text("Eve"), Some(25))]);
    Ok(())
}

pub fn a_left_joined_subquery_may_be_missing(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let rows: Vec<(String, Option<i64>)> = Buyer::query()
        .left_join(spending().subquery(Spending).on(Spending::buyer.eq(Buyer::id)))
        .filter(Buyer::country.eq("Italy"))
        .order_by(Buyer::name)
        .select((Buyer::name, Spending::buyer))
        .all(session)?;
    assert_eq!(rows[0].0, "Gus");
    assert!(rows[0].1.is_some());
    assert_eq!(rows[1], (text("Hal"), None));
    Ok(())
}

pub fn a_joined_query_reads_each_row(cx: &mut TestContext) -> Result<()> {
    derived! { struct Dearest { song: i64, price: i32 } }
    let session = &mut shop(cx)?;
    let dearest = Buyer::sales.query().order_by(Sale::price.desc()).limit(2).select((Sale::song_id, Sale::price));
    let query = Buyer::query()
        .left_join(dearest.subquery(Dearest).on_true())
        .filter(Buyer::name.in_(["Eve", "Hal"]))
        .order_by((Buyer::id, Dearest::price.desc()));
    let rows: Vec<(String, Option<i32>)> = query.clone().select((Buyer::name, Dearest::price)).all(session)?;
    assert_eq!(rows, [(text("Eve"), Some(12)), (text("Eve"), Some(10)), (text("Hal"), None)]);
    assert_eq!(query.join(Song::on(Song::id.eq(Dearest::song))).count(session)?, 2);
    Ok(())
}

pub fn a_query_under_a_name_is_joined_twice(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let spending = spending().cte(Spending).materialized();
    let most = spending.clone().query().select(max(Spending::total)).scalar();
    let query = Buyer::query().join(spending.on(Spending::buyer.eq(Buyer::id)));
    let best = query.clone().filter(Spending::total.eq(most)).one(session)?;
    assert_eq!(session[best].name, "Eve");
    assert_eq!(query.count(session)?, 3);
    Ok(())
}

pub fn queries_under_names_build_on_each_other(cx: &mut TestContext) -> Result<()> {
    derived! { struct Country { name: String, total: Option<i64> } }
    let session = &mut shop(cx)?;
    let countries = Buyer::query()
        .join(spending().cte(Spending).on(Spending::buyer.eq(Buyer::id)))
        .group_by(Buyer::country)
        .select((Buyer::country, sum(Spending::total)))
        .cte(Country);
    let rows = countries.query().order_by(Country::name).select((Country::name, Country::total)).all(session)?;
    assert_eq!(rows, [(text("Italy"), Some(5)), (text("Spain"), Some(32))]);
    Ok(())
}

fn workers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Worker])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    Ok(session)
}

pub fn a_hierarchy_with_depth(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    let zero = Worker::id * 0;
    let chain = Worker::query().filter(Worker::name.eq("Ann")).select((Worker::id, Worker::name, zero)).recursive(
        Chain,
        |above| {
            Worker::query().join(above.on(Worker::boss_id.eq(Chain::id))).select((
                Worker::id,
                Worker::name,
                Chain::depth + 1,
            ))
        },
    );
    let query = chain.clone().query().order_by((Chain::depth, Chain::name)).select((Chain::name, Chain::depth));
    let row = |name, depth| (text(name), depth);
    assert_eq!(query.all(session)?, [row("Ann", 0), row("Bob", 1), row("Cid", 1), row("Dan", 2), row("Eve", 3)]);
    let deep =
        Worker::query().join(chain.on(Chain::id.eq(Worker::id))).filter(Chain::depth.ge(2)).order_by(Worker::name);
    let deep: Vec<Handle<Worker>> = deep.all(session)?;
    assert_eq!(deep.iter().map(|&worker| session[worker].name.clone()).collect::<Vec<_>>(), ["Dan", "Eve"]);
    Ok(())
}

pub fn a_hierarchy_upwards(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    derived! { struct Above { boss: Option<i64>, name: String } }
    let above = Worker::query()
        .filter(Worker::name.eq("Eve"))
        .select((Worker::boss_id, Worker::name))
        .recursive(Above, |below| {
            Worker::query().join(below.on(Worker::id.eq(Above::boss))).select((Worker::boss_id, Worker::name))
        });
    let mut names = above.query().select(Above::name).all(session)?;
    names.sort();
    assert_eq!(names, ["Ann", "Bob", "Dan", "Eve"]);
    Ok(())
}

pub fn a_cycle_ends(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    let named = |session: &mut Session, name: &str| Worker::query().filter(Worker::name.eq(name)).one(session);
    let (ann, eve) = (named(session, "Ann")?, named(session, "Eve")?);
    session[ann].boss = Some(eve.into());
    derived! { struct Reached { id: i64 } }
    let start = Worker::query().filter(Worker::name.eq("Ann")).select(Worker::id);
    let reached = start.recursive_distinct(Reached, |last| {
        Worker::query().join(last.on(Worker::boss_id.eq(Reached::id))).select(Worker::id)
    });
    assert_eq!(reached.query().select(count_all()).one(session)?, 5);
    Ok(())
}

pub fn numbers_from_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    derived! { struct Number { value: i64 } }
    let one = Worker::query().filter(Worker::name.eq("Ann")).select(Worker::id * 0);
    let numbers = one.recursive(Number, |last| last.query().filter(Number::value.lt(4)).select(Number::value + 1));
    assert_eq!(numbers.query().order_by(Number::value).select(Number::value).all(session)?, [0, 1, 2, 3, 4]);
    Ok(())
}

pub fn labels_order_subqueries(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let labelled = Sale::query().group_by(Sale::buyer_id).select((Sale::buyer_id, sum(Sale::price).label("spent")));
    let totals: Vec<(i64, Option<i64>)> = labelled.clone().order_by(label("spent").desc()).limit(2).all(session)?;
    assert_eq!(totals.iter().map(|row| row.1).collect::<Vec<_>>(), [Some(25), Some(7)]);
    let best = labelled.order_by(label("spent").desc()).limit(1).subquery(Spending);
    let query = Buyer::query().join(best.on(Spending::buyer.eq(Buyer::id))).select(Buyer::name);
    assert_eq!(query.all(session)?, ["Eve"]);
    let missing = Buyer::query().select(Buyer::name).order_by(label("spent")).all(session);
    expect_error(missing, ErrorKind::InvalidState, &["spent", "label"]);
    Ok(())
}

pub fn a_subquery_flushes_what_it_reads(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let add = |session: &mut Session, price| -> Result<()> {
        let hal = Buyer::query().filter(Buyer::name.eq("Hal")).one(session)?;
        let song = Song::query().filter(Song::title.eq("song 5")).one(session)?;
        session.add(Sale { year: 2022, price, buyer: hal.into(), song: song.into(), ..Sale::default() });
        Ok(())
    };
    add(session, 30)?;
    expect!(
        session,
        Buyer.name,
        Buyer::id.in_query(Sale::query().filter(Sale::price.eq(30)).select(Sale::buyer_id)),
        ["Hal"]
    );
    add(session, 40)?;
    let most = Sale::query().select(max(Sale::price)).scalar();
    assert_eq!(Buyer::query().limit(1).select(most).all(session)?, [Some(40)]);
    add(session, 50)?;
    let named = spending().cte(Spending).query().select(max(Spending::total));
    assert_eq!(named.one(session)?, Some(120));
    add(session, 60)?;
    let joined = Buyer::query().join(spending().subquery(Spending).on(Spending::buyer.eq(Buyer::id)));
    assert_eq!(joined.filter(Spending::total.eq(180)).count(session)?, 1);
    Ok(())
}

pub fn a_bulk_statement_filters_by_a_subquery(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let average = Sale::query().select(avg(Sale::price)).scalar();
    let song = Song::query().filter(Song::title.eq("song 5")).one(session)?;
    let unsold = Song::query().filter(Song::id.not_in_query(Sale::query().select(Sale::song_id)));
    assert_eq!(unsold.update(Song::title.set("dust")).execute(session)?, 1);
    assert_eq!(session[song].title, "dust");
    let spanish = Buyer::query().filter(Buyer::country.eq("Spain")).select(Buyer::id);
    let sales = Sale::query().filter(Sale::buyer_id.in_query(spanish));
    assert_eq!(sales.delete().execute(session)?, 4);
    assert_eq!(Buyer::query().limit(1).select(average).all(session)?, [Some(5.0)]);
    Ok(())
}

pub fn objects_of_a_joined_subquery_are_known(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let eve = Buyer::query().filter(Buyer::name.eq("Eve")).one(session)?;
    let query = Buyer::query().join(spending().cte(Spending).on(Spending::buyer.eq(Buyer::id)));
    let best = query.order_by(Spending::total.desc()).include(Buyer::sales).first(session)?;
    assert_eq!(best, Some(eve));
    assert_eq!(session.related(eve, Buyer::sales)?.len(), 3);
    Ok(())
}

pub fn the_first_row_of_each_group(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let query = Sale::query().distinct_on(Sale::buyer_id).order_by((Sale::buyer_id, Sale::price.desc()));
    assert_eq!(query.clone().select(Sale::price).all(session)?, [12, 7, 5]);
    assert_eq!(query.clone().count(session)?, 3);
    assert_eq!(query.all(session)?.len(), 3);
    Ok(())
}

pub fn columns_beside_aggregates_are_grouped(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let lone = Sale::query().select((Sale::year, count_all()));
    expect_error(lone.all(session), ErrorKind::InvalidState, &["`sale.year`", "group_by"]);
    let other = Buyer::query().join(Buyer::sales).group_by(Buyer::country).select((Buyer::name, sum(Sale::price)));
    expect_error(other.clone().count(session), ErrorKind::InvalidState, &["`buyer.name`"]);
    expect_error(other.exists(session), ErrorKind::InvalidState, &["`buyer.name`"]);
    let inner =
        Sale::query().select((Sale::buyer_id, sum(Sale::price))).subquery(Spending).query().select(Spending::total);
    expect_error(inner.all(session), ErrorKind::InvalidState, &["`sale.buyer_id`"]);
    let by_key = Buyer::query().left_join(Buyer::sales).group_by(Buyer::id).order_by(Buyer::name);
    let rows = by_key.clone().select((Buyer::name, count(Sale::id))).all(session)?;
    assert_eq!(rows, [(text("Eve"), 3), (text("Fay"), 1), (text("Gus"), 1), (text("Hal"), 0)]);
    let objects = by_key.having(count(Sale::id).gt(1)).all(session)?;
    assert_eq!(objects.len(), 1);
    Ok(())
}

pub fn groups_of_several_kinds(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    type Row = (Option<String>, Option<i32>, Option<i64>);
    type Counted = (Option<String>, Option<i32>, i32, Option<i64>);
    let sales = || Sale::query().join(Sale::buyer);
    let rolled: Vec<Row> = sales()
        .group_by_rollup((Buyer::country, Sale::year))
        .order_by((Buyer::country.asc().nulls_last(), Sale::year.asc().nulls_last()))
        .select((Buyer::country, Sale::year, sum(Sale::price)))
        .all(session)?;
    let row = |country: Option<&str>, year, total| (country.map(text), year, Some(total));
    assert_eq!(
        rolled,
        [
            row(Some("Italy"), Some(2021), 5),
            row(Some("Italy"), None, 5),
            row(Some("Spain"), Some(2020), 10),
            row(Some("Spain"), Some(2021), 22),
            row(Some("Spain"), None, 32),
            row(None, None, 37)
        ]
    );
    let sets: Vec<Counted> = sales()
        .group_by_sets(((Buyer::country,), Sale::year, ()))
        .order_by((Buyer::country.asc().nulls_last(), Sale::year.asc().nulls_last()))
        .select((Buyer::country, Sale::year, grouping(Sale::year), sum(Sale::price)))
        .all(session)?;
    assert_eq!(sets.len(), 5);
    assert_eq!(sets[0], (Some(text("Italy")), None, 1, Some(5)));
    assert_eq!(sets[2], (None, Some(2020), 0, Some(10)));
    assert_eq!(sets[4], (None, None, 1, Some(37)));
    Ok(())
}

pub fn all_choices_of_groups(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let cube =
        Sale::query().group_by_cube((Sale::year, Sale::buyer_id)).select((Sale::year, Sale::buyer_id, count_all()));
    assert_eq!(cube.clone().count(session)?, 4 + 2 + 3 + 1);
    assert_eq!(cube.having(grouping(Sale::year).eq(1)).count(session)?, 4);
    Ok(())
}
