//! Keys that move to another shard, with all their rows.

use std::sync::atomic::{AtomicBool, Ordering};

use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result, Shards, models};
use orm_tests::expect_error;
use orm_tests::harness::Harness;
use rust_decimal::Decimal;

use crate::models::{Line, NAMES, Order, Shop, User, line, order, user};

crate::on_databases! {
    keys_move_with_their_rows,
    rows_in_the_way_stop_a_move,
    rows_that_are_written_meanwhile_stay,
    what_cannot_be_moved_is_refused,
}

/// Shards without labels, to whose rows no foreign key leads from the users.
fn movable(shop: &Shop, directory: &Engine) -> Result<Shards> {
    let shards = Shards::by(models![User, Order, Line], NAMES.into_iter().zip(&shop.engines))?;
    let shards = shards.key(|id: i64| usize::try_from(id.rem_euclid(4)).unwrap());
    let shards = shards.directory(directory).commit_mode(CommitMode::Ordered);
    shards.create_all(models![User, Order, Line])?;
    Ok(shards)
}

/// Users 1 to 9 with two orders, and a line of each.
fn fill(shards: &Shards) -> Result<()> {
    shards.transaction(|session| {
        for id in 1..=9 {
            let ordered = |number: i64| {
                let lines = [Line { id: 100 * id + number, ..line("tea") }];
                Order { id: 10 * id + number, lines: lines.into(), ..order(number) }
            };
            session.add(User {
                city: Some("Århus".into()),
                orders: [ordered(1), ordered(2)].into(),
                ..user(id, "ann")
            })?;
        }
        Ok(())
    })
}

/// What a user has, wherever it is: the totals of the orders and the numbers of the lines.
fn rows(shards: &Shards, id: i64) -> Result<Vec<(i64, Decimal, i64)>> {
    let query = Line::query().join(Line::order).filter(Order::user_id.eq(id)).order_by(Line::id);
    shards.session().all(query.select((Order::total, Order::price, Line::id)))
}

fn keys_move_with_their_rows<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let shards = movable(&shop, &shop.main)?;
    fill(&shards)?;
    let before: Vec<_> = (1..=9).map(|id| rows(&shards, id)).collect::<Result<_>>()?;
    assert_eq!(shop.counts()?, [(2, 4), (3, 6), (2, 4), (2, 4)]);

    // Two users of `b` and one of `c`; that of `d` is there.
    assert_eq!(shards.move_keys([1, 5, 2, 3], "d")?, 3 * (1 + 2 + 2));
    assert_eq!(shop.counts()?, [(2, 4), (1, 2), (1, 2), (5, 10)]);
    let after: Vec<_> = (1..=9).map(|id| rows(&shards, id)).collect::<Result<_>>()?;
    assert_eq!(after, before);
    let mut session = shards.session();
    let eve = session.get::<User>(5)?.unwrap();
    assert_eq!((session.shard_of(eve)?, session[eve].city.as_deref()), ("d", Some("Århus")));
    session.push(eve, User::orders, order(7))?;
    session.commit()?;
    assert_eq!(shards.move_keys([5], "a")?, 1 + 3 + 2);
    assert_eq!(shards.move_keys([5], "a")?, 0);
    assert_eq!(shards.session().count(Order::query())?, 19);
    Ok(())
}

fn rows_in_the_way_stop_a_move<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let shards = movable(&shop, &shop.main)?;
    fill(&shards)?;
    let mut session = shards.session();
    session.add(Order { id: 11, user: BelongsTo::key(4), ..order(3) })?;
    session.commit()?;
    let words = ["moving keys from `b` to `a`"];
    expect_error(shards.move_keys([1], "a"), ErrorKind::UniqueViolation, &words);
    assert_eq!(shop.counts()?, [(2, 5), (3, 6), (2, 4), (2, 4)]);
    assert_eq!((shards.shard_of_key(1)?, rows(&shards, 1)?.len()), ("b", 2));
    Ok(())
}

fn rows_that_are_written_meanwhile_stay<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    // Somebody writes while the directory is written.
    let (source, once) = (shop.engines[1].clone(), AtomicBool::new(true));
    let directory = Engine::builder("sqlite://").on_statement(move |event| {
        if event.sql.starts_with("INSERT") && once.swap(false, Ordering::Relaxed) {
            let changed = Order::query().filter(Order::id.eq(11)).update(Order::total.set(99));
            source.transaction(|session| changed.execute(session)).unwrap();
        }
    });
    let shards = movable(&shop, &directory.build()?)?;
    fill(&shards)?;
    expect_error(shards.move_keys([1, 5], "a"), ErrorKind::StaleData, &["while they were moved", "from `b` to `a`"]);
    assert_eq!(shop.counts()?, [(2, 4), (3, 6), (2, 4), (2, 4)]);
    assert_eq!((shards.shard_of_key(1)?, rows(&shards, 1)?[0].0), ("b", 99));
    assert_eq!(shards.move_keys([1, 5], "a")?, 10);
    assert_eq!(rows(&shards, 1)?[0].0, 99);
    Ok(())
}

fn what_cannot_be_moved_is_refused<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let shards = movable(&shop, &shop.main)?;
    expect_error(shards.move_keys([1], "z"), ErrorKind::Config, &["`z`"]);
    expect_error(
        shop.shards.clone().directory(&shop.main).move_keys([1], "a"),
        ErrorKind::Unsupported,
        &["Label", "no foreign key"],
    );
    let alone = Shards::by(models![User, Order, Line], NAMES.into_iter().zip(&shop.engines))?.key(|_: i64| 1);
    fill(&alone)?;
    expect_error(alone.move_keys([1], "a"), ErrorKind::Config, &["`directory`"]);
    assert_eq!(shop.counts()?, [(0, 0), (9, 18), (0, 0), (0, 0)]);
    Ok(())
}
