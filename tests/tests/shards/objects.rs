//! Objects on shards: where they go, how they are found, and what it costs.

use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result, Session};
use orm_tests::expect_error;
use orm_tests::harness::Harness;

use crate::models::{Country, Label, Line, Order, Shop, User, line, order, user};

crate::on_databases! {
    a_graph_is_on_the_shard_of_its_root,
    an_object_is_found_on_its_shard,
    a_graph_costs_what_it_costs_on_one_database,
    what_references_an_object_is_where_that_is,
    relations_are_loaded_and_changed_on_their_shard,
    a_rollback_restores_the_objects_of_all_shards,
    what_is_on_no_shard_is_in_the_default_database,
    a_shard_has_a_session_of_its_own,
    handles_of_others_are_stale,
}

fn a_graph_is_on_the_shard_of_its_root<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    for id in 1..=5 {
        let mut ordered = order(id);
        ordered.lines = [line("tea"), line("milk")].into();
        session.add(User { orders: [ordered, order(0)].into(), ..user(id, "ann") })?;
    }
    session.commit()?;
    assert_eq!(shop.counts()?, [(1, 2), (2, 4), (1, 2), (1, 2)]);
    assert_eq!(Line::query().count(&mut shop.engines[1].session())?, 4);
    let ids = User::query().order_by(User::id).select(User::id).all(&mut shop.engines[1].session())?;
    assert_eq!(ids, [1, 5]);
    Ok(())
}

fn an_object_is_found_on_its_shard<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    for id in 1..=4 {
        session.add(User { orders: [Order { id: 10 + id, ..order(id) }].into(), ..user(id, "ann") })?;
    }
    session.commit()?;

    let mut session = shop.shards.session();
    let found = session.get::<User>(3)?.unwrap();
    assert_eq!((session[found].id, session.shard_of(found)?), (3, "d"));
    assert_eq!(format!("{session:?}").matches("Session").count(), 1, "other shards were asked");
    assert_eq!(session.get::<User>(3)?, Some(found));
    assert_eq!(session.get::<User>(7)?, None);
    // The key of an order does not tell its shard.
    let ordered = session.get::<Order>(12)?.unwrap();
    assert_eq!((session[ordered].total, session.shard_of(ordered)?), (2, "c"));
    assert_eq!(session.get::<Order>(99)?, None);

    // Keys are unique on each shard only.
    session.add(User { orders: [Order { id: 12, ..order(0) }].into(), ..user(9, "bob") })?;
    session.commit()?;
    expect_error(session.get::<Order>(12), ErrorKind::MultipleFound, &["Order#12", "`b`", "`c`", "shard key"]);
    Ok(())
}

/// The statements of a commit.
fn statements(session: &mut Session, work: impl FnOnce(&mut Session) -> Result<()>) -> Result<Vec<String>> {
    session.record_statements();
    work(session)?;
    Ok(session.recorded_statements())
}

fn a_graph_costs_what_it_costs_on_one_database<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let graph = |id: i64| User { orders: [order(1), order(2)].into(), ..user(id, "ann") };
    let mut single = shop.engines[0].session();
    let alone = statements(&mut single, |session| {
        session.add_all([graph(100), graph(104)]);
        session.commit()
    })?;

    let mut session = shop.shards.session();
    for name in ["a", "b"] {
        session.shard(name)?.record_statements();
    }
    for id in [4, 8, 1, 5] {
        session.add(graph(id))?;
    }
    session.commit()?;
    for name in ["a", "b"] {
        assert_eq!(session.shard(name)?.recorded_statements(), alone, "{name}");
    }
    assert_eq!(format!("{session:?}").matches("Session").count(), 2, "other shards have been opened");
    Ok(())
}

fn what_references_an_object_is_where_that_is<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let ann = session.add(user(2, "ann"))?;
    let by_handle = session.add(Order { user: ann.into(), ..order(1) })?;
    let by_key = session.add(Order { user: BelongsTo::key(2), ..order(2) })?;
    let of_order = session.add(Line { order: by_handle.into(), ..line("tea") })?;
    assert_eq!([session.shard_of(by_handle)?, session.shard_of(by_key)?, session.shard_of(of_order)?], ["c"; 3]);
    session.commit()?;
    assert_eq!(shop.counts()?[2], (1, 2));

    // An order that is in memory tells where its key is.
    let key = session[by_key].id;
    let of_key = session.add(Line { order: BelongsTo::key(key), ..line("milk") })?;
    assert_eq!(session.shard_of(of_key)?, "c");
    session.commit()?;
    let lines = session.load(by_key, Order::lines)?;
    assert_eq!(lines, [of_key]);
    Ok(())
}

fn relations_are_loaded_and_changed_on_their_shard<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let ann = session.add(User { orders: [order(1), order(2)].into(), ..user(1, "ann") })?;
    let label = session.push(ann, User::labels, Label { text: "loud".into(), ..Default::default() })?;
    session.commit()?;

    let orders = session.load(ann, User::orders)?;
    assert_eq!(orders.len(), 2);
    session.remove(ann, User::orders, orders[0])?;
    session[orders[1]].total = 7;
    let third = session.push(ann, User::orders, order(3))?;
    session.commit()?;
    assert!(!session.contains(orders[0]));
    assert_eq!(session.related(ann, User::orders)?, [orders[1], third]);
    assert_eq!(session.shard_of(label)?, "b");
    assert_eq!(session.load(label, Label::users)?, [ann]);

    session.delete(ann)?;
    session.commit()?;
    assert_eq!(shop.counts()?, [(0, 0); 4]);
    Ok(())
}

fn a_rollback_restores_the_objects_of_all_shards<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let (ann, bob) = (session.add(user(1, "ann"))?, session.add(user(2, "bob"))?);
    session.commit()?;
    session[ann].name = "anna".into();
    session[bob].name = "rob".into();
    let cid = session.add(user(3, "cid"))?;
    session.flush()?;
    session.rollback()?;
    assert_eq!((&*session[ann].name, &*session[bob].name), ("ann", "bob"));
    assert!(!session.contains(cid));
    assert_eq!(shop.counts()?, [(0, 0), (1, 0), (1, 0), (0, 0)]);

    // What fails on one shard has failed on all.
    session[ann].name = "anna".into();
    session.flush()?;
    session.add(User { name: "twice".into(), ..user(2, "bob") })?;
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["on the shard `c`"]);
    expect_error(session.all(User::query()), ErrorKind::PendingRollback, &["rollback"]);
    expect_error(session.add(user(5, "eve")), ErrorKind::PendingRollback, &["rollback"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback"]);
    session.rollback()?;
    session.refresh(ann)?;
    assert_eq!(session[ann].name, "ann");
    assert_eq!(session.count(User::query())?, 2);
    Ok(())
}

fn what_is_on_no_shard_is_in_the_default_database<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let peru = session.add(Country { name: "Peru".into(), ..Default::default() })?;
    session.add(user(1, "ann"))?;
    session.commit()?;
    assert_eq!(session.shard_of(peru)?, "default");
    let id = session[peru].id;
    assert_eq!(session.get::<Country>(id)?, Some(peru));
    assert_eq!(session.all(Country::query().order_by(Country::name))?, [peru]);
    assert_eq!(Country::query().count(&mut shop.main.session())?, 1);
    assert_eq!(session.shard("default")?.get::<Country>(id)?, Some(peru));

    let mut alone = Shop::shards(&shop.engines)?.session();
    expect_error(alone.all(Country::query()), ErrorKind::Config, &["`country`", "no default database"]);
    expect_error(alone.add(Country::default()), ErrorKind::Config, &["`country`", "default_engine"]);
    Ok(())
}

fn a_shard_has_a_session_of_its_own<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let ann = session.add(user(1, "ann"))?;
    session.commit()?;
    assert_eq!(User::query().one(session.shard("b")?)?, ann);
    assert_eq!(User::query().count(session.shard("a")?)?, 0);
    assert_eq!(session.of(ann)?.get::<User>(1)?, Some(ann));
    expect_error(session.shard("z").map(drop), ErrorKind::Config, &["`z`", "`a`, `b`"]);
    Ok(())
}

fn handles_of_others_are_stale<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let (mut session, mut other) = (shop.shards.session(), shop.shards.session());
    let ann = session.add(user(1, "ann"))?;
    expect_error(other.of(ann).map(drop), ErrorKind::Detached, &["stale handle"]);
    expect_error(other.try_get(ann).map(drop), ErrorKind::Detached, &["User"]);
    let value = session.expunge(ann)?;
    assert_eq!(value.name, "ann");
    expect_error(session.delete(ann), ErrorKind::Detached, &["expunged"]);
    Ok(())
}
