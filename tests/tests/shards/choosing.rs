//! Which shard has a key: by a hash, by ranges, and by a directory.

use std::collections::BTreeSet;

use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result, Shards, models};
use orm_tests::expect_error;
use orm_tests::harness::Harness;

use crate::models::{Label, Line, NAMES, Order, Shop, User, order, user};

crate::on_databases! {
    a_hash_spreads_keys,
    ranges_have_keys_in_order,
    a_directory_says_of_some_keys_where_they_are,
}

fn by(shop: &Shop, count: usize) -> Result<Shards> {
    Shards::by(models![User, Order, Line, Label], NAMES.into_iter().zip(&shop.engines).take(count))
}

fn a_hash_spreads_keys<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let (three, four) = (by(&shop, 3)?, by(&shop, 4)?);
    let mut counts = [0_u32; 4];
    for key in 0_i64..4_000 {
        let (before, after) = (three.shard_of_key(key)?, four.shard_of_key(key)?);
        assert!(after == before || after == "d", "{key} moved from {before} to {after}");
        counts[NAMES.iter().position(|name| *name == after).unwrap()] += 1;
    }
    assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
    // All programs agree, whatever the width of the integer is.
    assert_eq!(four.shard_of_key(7_i32)?, four.shard_of_key(7_i64)?);
    let texts: BTreeSet<&str> = (0..50).map(|n| four.shard_of_key(format!("k{n}"))).collect::<Result<_>>()?;
    assert_eq!(texts.len(), 4);

    let mut session = four.session();
    for id in 1..=20 {
        session.add(user(id, "ann"))?;
    }
    expect_error(session.commit(), ErrorKind::InvalidState, &["cannot commit as one", "commit_mode"]);
    Ok(())
}

fn ranges_have_keys_in_order<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let shards = by(&shop, 2)?.ranges([(100, "b"), (0, "a")])?.commit_mode(CommitMode::Ordered);
    assert_eq!([0, 99, 100, 5_000].map(|key| shards.shard_of_key(key).unwrap()), ["a", "a", "b", "b"]);
    expect_error(shards.shard_of_key(-1), ErrorKind::Config, &["-1", "below the first range"]);
    expect_error(by(&shop, 2)?.ranges([(0, "z")]), ErrorKind::Config, &["`z`"]);
    expect_error(by(&shop, 2)?.ranges([(0, "a"), (0, "b")]), ErrorKind::Config, &["the same key"]);

    let mut session = shards.session();
    for id in [7, 150] {
        session.add(user(id, "ann"))?;
    }
    session.commit()?;
    assert_eq!(shop.counts()?, [(1, 0), (1, 0), (0, 0), (0, 0)]);
    let ids = session.all(User::query().order_by(User::id).select(User::id))?;
    assert_eq!(ids, [7, 150]);
    expect_error(session.get::<User>(-5), ErrorKind::Config, &["below the first range"]);
    Ok(())
}

fn a_directory_says_of_some_keys_where_they_are<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let shards = shop.shards.clone().directory(&shop.main);
    shards.create_all(models![User])?;
    let mut session = shards.session();
    session.add(user(1, "ann"))?;
    session.commit()?;
    assert_eq!(shop.counts()?[1], (1, 0));
    assert_eq!(shards.shard_of_key(1)?, "b");

    shards.place(5, "d")?;
    let eve = session.add(User { orders: [order(1)].into(), ..user(5, "eve") })?;
    session.commit()?;
    assert_eq!((session.shard_of(eve)?, shop.counts()?[3]), ("d", (1, 1)));
    shards.place(5, "a")?; // a unit of work that begins later asks there
    assert_eq!(shards.shard_of_key(5)?, "a");
    assert_eq!(shards.session().get::<User>(5)?, None);
    shards.place(5, "d")?;
    let found = shards.session().all(User::query().filter(User::id.in_([1, 5])).order_by(User::id).select(User::id))?;
    assert_eq!(found, [1, 5]);
    expect_error(shards.place(5, "z"), ErrorKind::Config, &["`z`"]);
    expect_error(shop.shards.place(5, "a"), ErrorKind::Config, &["`directory`"]);
    Ok(())
}
