//! What shards refuse, and what the errors say.

use orm::functions::{avg, count_distinct, exists, string_agg, sum};
use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result, Shards, models};
use orm_tests::expect_error;
use orm_tests::harness::{Harness, SqliteMemory};

use crate::models::{Country, Line, Order, Shop, User, line, order, user};

crate::on_databases! {
    objects_that_tell_no_shard,
    objects_of_two_shards,
    keys_that_lead_to_another_shard,
    statements_that_read_several_shards_together,
    results_that_parts_do_not_make,
}

fn objects_that_tell_no_shard<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let unset = session.add(User::default());
    expect_error(unset, ErrorKind::InvalidState, &["a new User", "`id`", "the database chooses", "before `add`"]);
    expect_error(session.add(order(1)), ErrorKind::InvalidState, &["a new Order", "`user`"]);
    let words = ["a new Line", "no shard key", "set its relation"];
    expect_error(session.add(line("tea")), ErrorKind::InvalidState, &words);
    let unknown = session.add(Line { order: BelongsTo::key(7), ..line("tea") });
    expect_error(unknown, ErrorKind::InvalidState, &words);
    assert_eq!(shop.counts()?, [(0, 0); 4]);
    Ok(())
}

fn objects_of_two_shards<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let (ann, bob) = (session.add(user(1, "ann"))?, session.add(user(2, "bob"))?);
    session.commit()?;
    let of_ann = session.add(Order { user: ann.into(), ..order(1) })?;
    // A list takes members of its own shard only.
    expect_error(session.push(bob, User::orders, of_ann), ErrorKind::Detached, &["another session"]);
    session[of_ann].user = bob.into();
    expect_error(session.commit(), ErrorKind::Detached, &["User", "another session"]);
    session.rollback()?;
    assert_eq!(shop.counts()?, [(0, 0), (1, 0), (1, 0), (0, 0)]);
    Ok(())
}

fn keys_that_lead_to_another_shard<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let ann = session.add(User { orders: [order(1)].into(), ..user(1, "ann") })?;
    session.add(user(2, "bob"))?;
    session.commit()?;
    let ordered = session.load(ann, User::orders)?[0];

    session[ordered].user = BelongsTo::key(2);
    let words = ["Order#", "shard key `user` is 2", "`c`", "the object is on `b`"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    session.rollback()?;
    // On the same shard it may change.
    session.add(user(5, "eve"))?;
    session.commit()?;
    session[ordered].user = BelongsTo::key(5);
    session.commit()?;
    assert_eq!(session.count(Order::query().filter(Order::user_id.eq(5)))?, 1);

    let misplaced = Order { user: BelongsTo::key(4), ..order(9) };
    session.push(ann, User::orders, order(3))?;
    session.commit()?;
    session.shard("b")?.add(misplaced);
    expect_error(session.commit(), ErrorKind::InvalidState, &["Order#new", "`user` is 4", "`a`"]);
    session.rollback()?;

    let set = User::query().update(User::id.set(9)).synchronize(orm::Synchronize::None);
    expect_error(session.execute(set), ErrorKind::InvalidState, &["`id`", "shard key of User"]);
    Ok(())
}

fn statements_that_read_several_shards_together<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let session = &mut shop.shards.session();
    let unsupported = |outcome: Result<usize>, words: &[&str]| expect_error(outcome, ErrorKind::Unsupported, words);

    let joined = User::query().join(Country::on(Country::id.eq(User::id)));
    unsupported(session.all(joined).map(|all| all.len()), &["`country`", "on no shard"]);
    let joined = User::query().join(Line::on(Line::product.eq(User::name)));
    unsupported(session.all(joined).map(|all| all.len()), &["a join of User and Line", "along a relation"]);
    let average = Order::query().select(avg(Order::total));
    let above = Order::query().select(Order::id).limit(1);
    unsupported(
        session.all(Order::query().filter(Order::id.in_query(above))).map(|all| all.len()),
        &["a subquery over Order", "all shards"],
    );
    drop(average);
    let any = exists(Line::query().filter(Line::product.eq("tea")));
    unsupported(session.all(User::query().filter(any)).map(|all| all.len()), &["a subquery over Line"]);
    let by_hand = User::query().filter(sql_expr::<bool>("1 = 1"));
    unsupported(session.all(by_hand.clone()).map(|all| all.len()), &["handwritten SQL", "`shard(name)`"]);
    assert_eq!(session.all(by_hand.filter(User::id.eq(1)))?, []);
    unsupported(session.all(User::query().consistent()).map(|all| all.len()), &["one snapshot", "`consistent`"]);
    assert_eq!(session.all(User::query().filter(User::id.eq(1)).consistent())?, []);
    Ok(())
}

fn results_that_parts_do_not_make<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let session = &mut shop.shards.session();
    let unsupported = |outcome: Result<usize>, words: &[&str]| expect_error(outcome, ErrorKind::Unsupported, words);

    let distinct = User::query().select(count_distinct(User::city));
    unsupported(session.all(distinct).map(|all| all.len()), &["distinct values", "several shards"]);
    let decimals = Order::query().select(avg(Order::price));
    unsupported(session.all(decimals).map(|all| all.len()), &["average of decimals", "`sum` and `count`"]);
    let computed = Order::query().select(sum(Order::total) + 1);
    unsupported(session.all(computed).map(|all| all.len()), &["computed of aggregates"]);
    let listed = User::query().select(string_agg(User::name, ","));
    unsupported(session.all(listed).map(|all| all.len()), &["lists values"]);
    let rounded = User::query().group_by(User::city).having(avg(User::age).gt(3.0)).select(User::city);
    unsupported(session.all(rounded).map(|all| all.len()), &["`having` on an average"]);
    Ok(())
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "loose")]
struct Loose {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "weighed")]
struct Weighed {
    #[orm(primary_key)]
    id: i64,
    #[orm(shard_key)]
    weight: f64,
}

#[test]
fn models_and_databases_that_are_no_shards() -> Result<()> {
    let database = SqliteMemory::database("shards");
    let engine = Engine::connect(database.url())?;
    let by = |names: &[&'static str]| Shards::by(models![User], names.iter().map(|name| (*name, &engine)));
    expect_error(by(&[]), ErrorKind::Config, &["there are no shards"]);
    expect_error(by(&["a", "a"]), ErrorKind::Config, &["`a`"]);
    expect_error(by(&["default"]), ErrorKind::Config, &["`default`"]);
    expect_error(Shards::by(models![Loose], [("a", &engine)]), ErrorKind::Schema, &["Loose", "shard_key"]);
    expect_error(Shards::by(models![Weighed], [("a", &engine)]), ErrorKind::Schema, &["`weight` of Weighed"]);
    Ok(())
}
