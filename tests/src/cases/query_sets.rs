//! Rows of several queries as those of one.

use orm::Result;
use orm::functions::{count_all, label};
use orm::prelude::*;

use crate::TestContext;
use crate::models::{Buyer, Performer, Sale, Song, open_music_shop};

cases! { query_sets {
    objects_of_two_queries [];
    objects_that_two_queries_share [];
    objects_of_one_query_only [];
    combined_objects_are_filtered_and_ordered [];
    rows_of_two_queries [];
    combinations_nest [];
    parts_have_limits_of_their_own [];
    combined_rows_are_counted [];
    combined_rows_are_a_source [];
    equal_rows_are_counted [counted_sets];
    combined_queries_flush_what_they_read [];
} }

fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Buyer])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    Ok(session)
}

fn names(session: &Session, buyers: &[Handle<Buyer>]) -> Vec<String> {
    buyers.iter().map(|&buyer| session[buyer].name.clone()).collect()
}

fn spanish() -> orm::query::Query<Buyer> {
    Buyer::query().filter(Buyer::country.eq("Spain"))
}

fn buying(year: i32) -> orm::query::Query<Buyer> {
    Buyer::query().filter(Buyer::sales.any(Sale::year.eq(year)))
}

pub fn objects_of_two_queries(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let eve = buying(2020).one(session)?;
    let union = spanish().union(buying(2021)).order_by(Buyer::name.desc()).all(session)?;
    assert_eq!(names(session, &union), ["Gus", "Fay", "Eve"]);
    assert_eq!(union[2], eve);
    let all = spanish().union_all(buying(2021)).order_by(Buyer::id).all(session)?;
    assert_eq!(names(session, &all), ["Eve", "Eve", "Fay", "Fay", "Gus"]);
    Ok(())
}

pub fn objects_that_two_queries_share(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let both = spanish().intersect(buying(2020)).one(session)?;
    assert_eq!(session[both].name, "Eve");
    Ok(())
}

pub fn objects_of_one_query_only(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let idle = Buyer::query().except(buying(2021)).include(Buyer::sales).all(session)?;
    assert_eq!(names(session, &idle), ["Hal"]);
    assert!(session.related(idle[0], Buyer::sales)?.is_empty());
    let plain = spanish().except(buying(2020)).values(session)?;
    assert_eq!(plain[0].name, "Fay");
    Ok(())
}

pub fn combined_objects_are_filtered_and_ordered(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let query = spanish().union(Buyer::query()).filter(Buyer::name.ne("Eve")).order_by(Buyer::name).limit(2);
    assert_eq!(query.clone().count(session)?, 2);
    assert_eq!(query.clone().select(Buyer::name).all(session)?, ["Fay", "Gus"]);
    let joined = query.limit(9).join(Buyer::sales).select((Buyer::name, Sale::price));
    assert_eq!(joined.all(session)?, [("Fay".to_owned(), 7), ("Gus".to_owned(), 5)]);
    let members = spanish().union(buying(2021)).filter(Buyer::sales.any(Sale::price.eq(5)));
    assert_eq!(members.count(session)?, 1);
    Ok(())
}

pub fn rows_of_two_queries(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let people = Buyer::query().select((Buyer::name.label("name"), Buyer::id * 0));
    let query = people.union(Performer::query().select((Performer::name, Performer::id * 0 + 1)));
    let rows: Vec<(String, i64)> = query.order_by(label("name").desc()).limit(3).all(session)?;
    assert_eq!(rows, [("Hal".to_owned(), 0), ("Gus".to_owned(), 0), ("Fay".to_owned(), 0)]);
    Ok(())
}

pub fn combinations_nest(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let prices =
        |prices: &[i32]| Sale::query().filter(Sale::price.in_(prices.to_vec())).select(Sale::price.label("price"));
    let ordered = |query: orm::query::Select<i32, ()>| query.order_by(label("price"));
    let union_first = prices(&[3, 5]).union(prices(&[7])).intersect(prices(&[5, 7, 12]));
    assert_eq!(ordered(union_first).all(session)?, [5, 7]);
    let intersect_first = prices(&[3, 5]).union(prices(&[7]).intersect(prices(&[5, 7, 12])));
    assert_eq!(ordered(intersect_first).all(session)?, [3, 5, 7]);
    let left = prices(&[3, 5, 7]).except(prices(&[5])).except(prices(&[7]));
    assert_eq!(ordered(left).all(session)?, [3]);
    let right = prices(&[3, 5, 7]).except(prices(&[5, 7]).except(prices(&[7])));
    assert_eq!(ordered(right).all(session)?, [3, 7]);
    Ok(())
}

pub fn parts_have_limits_of_their_own(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let cheapest = Sale::query().order_by(Sale::price).limit(1);
    let dearest = Sale::query().order_by(Sale::price.desc()).limit(1);
    let both = cheapest.union_all(dearest).order_by(Sale::price).select(Sale::price).all(session)?;
    assert_eq!(both, [3, 12]);
    Ok(())
}

pub fn combined_rows_are_counted(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let years = Sale::query().select(Sale::year);
    let none = years.clone().filter(Sale::year.gt(3000));
    assert_eq!(years.clone().union(years.clone()).count(session)?, 2);
    assert_eq!(years.clone().union_all(years.clone()).count(session)?, 10);
    assert_eq!(years.clone().union_all(years.clone()).limit(4).count(session)?, 4);
    assert!(years.clone().union(none.clone()).exists(session)?);
    assert!(!none.clone().union(none).exists(session)?);
    assert!(years.clone().union(years).first(session)?.is_some());
    Ok(())
}

pub fn combined_rows_are_a_source(cx: &mut TestContext) -> Result<()> {
    derived! { struct Named { name: String } }
    let session = &mut shop(cx)?;
    let names = || Buyer::query().select(Buyer::name).union(Performer::query().select(Performer::name));
    let longest = names().subquery(Named).query().filter(Named::name.gt("C")).select(count_all());
    assert_eq!(longest.one(session)?, 5);
    let buyers = Buyer::query().join(names().cte(Named).on(Named::name.eq(Buyer::name)));
    assert_eq!(buyers.count(session)?, 4);
    let within = Buyer::query().filter(Buyer::name.in_query(names().except(Buyer::query().select(Buyer::name))));
    assert_eq!(within.count(session)?, 0);
    Ok(())
}

pub fn equal_rows_are_counted(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let years = || Sale::query().select(Sale::year);
    let one = || Sale::query().filter(Sale::price.eq(5)).select(Sale::year);
    assert_eq!(years().except_all(one()).count(session)?, 4);
    assert_eq!(years().intersect_all(years()).count(session)?, 5);
    Ok(())
}

pub fn combined_queries_flush_what_they_read(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    session.add(Performer { name: "Zoe".into(), ..Performer::default() });
    let names = Buyer::query().select(Buyer::name).union(Performer::query().select(Performer::name));
    assert_eq!(names.count(session)?, 8);
    let songs = Song::query().select(Song::title).union_all(Song::query().select(Song::title));
    assert_eq!(songs.count(session)?, 10);
    Ok(())
}
