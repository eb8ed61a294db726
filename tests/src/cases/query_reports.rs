//! Reports over the music shop, each in one query.

use orm::Result;
use orm::functions::{count_all, grouping, label, max, not_exists, sum};
use orm::prelude::*;

use crate::TestContext;
use crate::models::{Buyer, Disc, Genre, Performer, Sale, Song, SongList, Worker, hire_workers, open_music_shop};

cases! { query_reports {
    revenue_by_country_and_year_with_totals [grouping_sets];
    revenue_by_country_and_year_with_a_total [];
    buyers_who_spent_more_than_the_average [];
    songs_never_sold [];
    a_hierarchy_with_depth [];
    lists_with_all_songs_of_a_disc [];
    performers_with_discs_that_never_sold [];
    the_best_songs_of_each_genre [lateral];
    the_best_song_of_each_genre [];
} }

fn text(value: &str) -> String {
    value.to_owned()
}

fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Buyer])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    Ok(session)
}

pub fn revenue_by_country_and_year_with_totals(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let rows: Vec<(Option<String>, Option<i32>, Option<i64>)> = Sale::query()
        .join(Sale::buyer)
        .group_by_rollup((Buyer::country, Sale::year))
        .having(grouping(Sale::year).eq(1))
        .order_by((grouping(Buyer::country), Buyer::country))
        .select((Buyer::country, Sale::year, sum(Sale::price)))
        .all(session)?;
    assert_eq!(
        rows,
        [(Some(text("Italy")), None, Some(5)), (Some(text("Spain")), None, Some(32)), (None, None, Some(37))]
    );
    Ok(())
}

pub fn revenue_by_country_and_year_with_a_total(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let sales = || Sale::query().join(Sale::buyer);
    let single = sales().group_by((Buyer::country, Sale::year)).select((
        Buyer::country.label("country"),
        max(Sale::year).label("year"),
        sum(Sale::price),
    ));
    let country = sales().group_by(Buyer::country).select((Buyer::country, max(Sale::year) + 1, sum(Sale::price)));
    let rows: Vec<(String, Option<i32>, Option<i64>)> =
        single.union_all(country).order_by((label("country"), label("year"))).all(session)?;
    let row = |country, year, total| (text(country), Some(year), Some(total));
    let totals = (row("Italy", 2022, 5), row("Spain", 2022, 32));
    assert_eq!(rows, [row("Italy", 2021, 5), totals.0, row("Spain", 2020, 10), row("Spain", 2021, 22), totals.1]);
    Ok(())
}

pub fn buyers_who_spent_more_than_the_average(cx: &mut TestContext) -> Result<()> {
    derived! { struct Spending { buyer: i64, total: Option<i64> } }
    let session = &mut shop(cx)?;
    let spending = Sale::query().group_by(Sale::buyer_id).select((Sale::buyer_id, sum(Sale::price))).cte(Spending);
    // Buyers whose share of the total is above average.
    let buyers = spending.clone().query().select(count_all()).scalar();
    let all = spending.clone().query().select(sum(Spending::total)).scalar();
    let rows: Vec<(String, Option<i64>)> = Buyer::query()
        .join(spending.on(Spending::buyer.eq(Buyer::id)))
        .filter((Spending::total * buyers).gt(all))
        .select((Buyer::name, Spending::total))
        .all(session)?;
    assert_eq!(rows, [(text("Eve"), Some(25))]);
    Ok(())
}

pub fn songs_never_sold(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let by_relation = Song::query().filter(Song::sales.is_empty()).select(Song::title);
    let by_join = Song::query().left_join(Song::sales).filter(Sale::id.is_null()).select(Song::title);
    let by_key = Song::query().filter(Song::id.not_in_query(Sale::query().select(Sale::song_id))).select(Song::title);
    for query in [by_relation.all(session)?, by_join.all(session)?, by_key.all(session)?] {
        assert_eq!(query, ["song 5"]);
    }
    Ok(())
}

pub fn lists_with_all_songs_of_a_disc(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let lists = |disc: &str| {
        // Lists that have all songs of the disc.
        let missing = Song::query()
            .correlate::<SongList>()
            .filter(Song::disc.has(Disc::title.eq(disc)))
            .filter(Song::id.not_in_query(SongList::songs.query().select(Song::id)));
        SongList::query().filter(not_exists(missing)).order_by(SongList::name).select(SongList::name)
    };
    assert_eq!(lists("by Ann").all(session)?, ["all"]);
    assert_eq!(lists("by Bob").all(session)?, Vec::<String>::new());
    assert_eq!(lists("by Cid").all(session)?, ["all", "none", "some"]);
    Ok(())
}

pub fn performers_with_discs_that_never_sold(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let with_discs = Performer::query().filter(Performer::discs.is_not_empty());
    let sold = Performer::query().join(Performer::discs).join(Disc::songs).join(Song::sales);
    let silent = with_discs.except(sold).all(session)?;
    assert_eq!(silent.iter().map(|&performer| session[performer].name.clone()).collect::<Vec<_>>(), ["Cid"]);
    Ok(())
}

pub fn the_best_songs_of_each_genre(cx: &mut TestContext) -> Result<()> {
    derived! { struct Best { title: String, revenue: Option<i64> } }
    let session = &mut shop(cx)?;
    let best = Genre::songs
        .query()
        .join(Song::sales)
        .group_by(Song::id)
        .order_by(sum(Sale::price).desc())
        .limit(2)
        .select((Song::title, sum(Sale::price)))
        .subquery(Best);
    let rows: Vec<(String, String, Option<i64>)> = Genre::query()
        .join(best.on_true())
        .order_by((Genre::name, Best::revenue.desc()))
        .select((Genre::name, Best::title, Best::revenue))
        .all(session)?;
    let row = |genre, title, revenue| (text(genre), text(title), Some(revenue));
    assert_eq!(rows, [row("jazz", "song 3", 7), row("rock", "song 1", 22), row("rock", "song 4", 5)]);
    Ok(())
}

pub fn the_best_song_of_each_genre(cx: &mut TestContext) -> Result<()> {
    derived! { struct Revenue { genre: i64, title: String, total: Option<i64> } }
    derived! { struct Best { genre: i64, total: Option<i64> } }
    let session = &mut shop(cx)?;
    let revenue = Song::query()
        .join(Song::sales)
        .group_by(Song::id)
        .select((Song::genre_id, Song::title, sum(Sale::price)))
        .cte(Revenue);
    let best =
        revenue.clone().query().group_by(Revenue::genre).select((Revenue::genre, max(Revenue::total))).subquery(Best);
    let rows: Vec<(String, Option<i64>)> = revenue
        .query()
        .join(best.on(Best::genre.eq(Revenue::genre).and(Best::total.eq(Revenue::total))))
        .order_by(Revenue::title)
        .select((Revenue::title, Revenue::total))
        .all(session)?;
    assert_eq!(rows, [(text("song 1"), Some(22)), (text("song 3"), Some(7))]);
    Ok(())
}

pub fn a_hierarchy_with_depth(cx: &mut TestContext) -> Result<()> {
    derived! { struct Chain { id: i64, path: String, depth: i64 } }
    cx.create(models![Worker])?;
    let session = &mut cx.session();
    hire_workers(session)?;
    let chain = Worker::query()
        .filter(Worker::boss_id.is_null())
        .select((Worker::id, Worker::name, Worker::id * 0))
        .recursive(Chain, |above| {
            Worker::query().join(above.on(Worker::boss_id.eq(Chain::id))).select((
                Worker::id,
                Worker::name,
                Chain::depth + 1,
            ))
        });
    let rows = chain.query().order_by((Chain::depth, Chain::path)).select((Chain::path, Chain::depth)).all(session)?;
    let row = |name, depth| (text(name), depth);
    assert_eq!(rows, [row("Ann", 0), row("Fay", 0), row("Bob", 1), row("Cid", 1), row("Dan", 2), row("Eve", 3)]);
    Ok(())
}
