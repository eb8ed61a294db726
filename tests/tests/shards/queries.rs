//! Thirty queries over four shards: the answers are those of one database that has all rows.

use std::env;
use std::fmt::Debug;

use orm::functions::{avg, bool_or, count, count_all, max, min, sum};
use orm::prelude::*;
use orm::query::label;
use orm::query::types::{Combinable, RowType};
use orm::{CommitMode, Fetch, Handle, Query, Result, Session, ShardedSession, models};
use orm_tests::harness::Harness;
use rust_decimal::Decimal;

use crate::models::{Label, Line, Order, Shop, User, day};

crate::on_databases! {
    the_answers_are_those_of_one_database,
    pages_and_slices_are_those_of_one_database,
    includes_and_objects_are_loaded_on_their_shards,
    keys_lead_to_their_shards_only,
}

/// How many rows a shard has: a user has two orders with a line each.
fn rows() -> i64 {
    env::var("ORM_TEST_SHARD_ROWS").map_or(500, |rows| rows.parse().unwrap())
}

fn users() -> impl Iterator<Item = User> + Clone {
    (1..=4 * rows() / 5).map(|id| User {
        id,
        name: format!("user {:x}", (id * 7_919) % 100_003),
        city: (id % 11 > 1)
            .then(|| ["Oslo", "Århus", "oslo", "Zürich", "Bergen"][usize::try_from(id % 5).unwrap()].into()),
        age: i32::try_from(id % 71).unwrap(),
        score: (id % 7 > 0).then(|| f64::from(i32::try_from(id % 97).unwrap()) / 4.0),
        joined: day(id * 13),
        ..Default::default()
    })
}

fn orders() -> impl Iterator<Item = Order> + Clone {
    users().flat_map(|user| [2 * user.id - 1, 2 * user.id]).map(|id| Order {
        id,
        total: (id * 31) % 1_009 - 300,
        price: Decimal::new((id * 17) % 90_001, 2),
        user: BelongsTo::key((id + 1) / 2),
        ..Default::default()
    })
}

fn lines() -> impl Iterator<Item = Line> + Clone {
    orders().map(|order| Line {
        id: order.id,
        product: ["tea", "milk", "salt"][usize::try_from(order.id % 3).unwrap()].into(),
        order: BelongsTo::key(order.id),
    })
}

/// One database with all rows, and shards with the same.
struct Both {
    shop: Shop,
    single: Session,
    sharded: ShardedSession,
}

impl Both {
    fn open<H: Harness>() -> Result<Self> {
        let shop = Shop::open::<H>(CommitMode::Ordered)?;
        shop.main.create_all(models![User, Order, Line, Label])?;
        let mut single = shop.main.session();
        fill(&mut single, |_| true)?;
        for (number, engine) in (0..).zip(&shop.engines) {
            fill(&mut engine.session(), |user| user % 4 == number)?;
        }
        let sharded = shop.shards.session();
        Ok(Self { shop, single, sharded })
    }

    /// Rows are compared as they are.
    fn rows<R: RowType + Debug + PartialEq + Send, Q>(&mut self, query: Query<orm::query::Rows<R>, Q>) -> Result<()> {
        let one = query.clone().all(&mut self.single)?;
        let all = self.sharded.all(query.clone())?;
        assert!(!one.is_empty(), "nothing was found");
        assert_eq!(all, one);
        assert_eq!(self.sharded.count(query)?, one.len() as u64);
        Ok(())
    }

    /// Users are compared by what identifies them.
    fn users<Q>(&mut self, query: Query<User, Q>) -> Result<()> {
        let ids = |users: Vec<User>| users.into_iter().map(|user| (user.id, user.name)).collect::<Vec<_>>();
        let one = ids(query.clone().values(&mut self.single)?);
        assert!(!one.is_empty(), "nobody was found");
        assert_eq!(ids(self.sharded.values(query.clone())?), one);
        let handles = self.sharded.all(query.clone())?;
        assert_eq!(handles.iter().map(|user| self.sharded[*user].id).collect::<Vec<_>>(), ids_of(&one));
        assert_eq!(self.sharded.count(query.clone())?, query.clone().count(&mut self.single)?);
        assert_eq!(self.sharded.exists(query.clone())?, query.exists(&mut self.single)?);
        Ok(())
    }
}

fn ids_of(users: &[(i64, String)]) -> Vec<i64> {
    users.iter().map(|(id, _)| *id).collect()
}

fn fill(session: &mut Session, here: impl Fn(i64) -> bool) -> Result<()> {
    User::bulk_insert(users().filter(|user| here(user.id))).execute(session)?;
    Order::bulk_insert(orders().filter(|order| here((order.id + 1) / 2))).execute(session)?;
    Line::bulk_insert(lines().filter(|line| here((line.id + 1) / 2))).execute(session)?;
    session.commit()
}

fn the_answers_are_those_of_one_database<H: Harness>() -> Result<()> {
    let mut both = Both::open::<H>()?;
    let middle = 2 * rows() / 5;
    let far = u64::try_from(rows() / 2).unwrap();

    // 1 to 10: objects, in orders with NULLs, texts, dates and limits.
    both.users(User::query().order_by(User::id))?;
    both.users(User::query().order_by(User::id.desc()).limit(7))?;
    both.users(User::query().order_by((User::city, User::id)))?;
    both.users(User::query().order_by((User::city.desc(), User::id)).limit(40).offset(far))?;
    both.users(User::query().order_by((User::city.asc().nulls_last(), User::id.desc())).limit(40).offset(13))?;
    both.users(User::query().order_by((User::score.desc().nulls_first(), User::id)).limit(99))?;
    both.users(User::query().filter(User::age.gt(50)).order_by((User::joined, User::name, User::id)))?;
    both.users(User::query().filter(User::id.in_([3, middle, middle + 1])).order_by(User::id))?;
    both.users(User::query().filter(User::id.eq(middle)))?;
    both.users(
        User::query().filter(User::orders.any(Order::total.gt(600))).order_by((User::name, User::id)).limit(50),
    )?;

    // 11 to 16: rows, joins along relations, distinct rows.
    both.rows(User::query().order_by((User::name, User::id)).select((User::name, User::city)).limit(64).offset(64))?;
    let joined = User::query().join(User::orders).join(Order::lines).filter(Line::product.eq("tea"));
    both.rows(joined.order_by((Order::price.desc(), Order::id)).select((User::name, Order::price)).limit(100))?;
    both.rows(Line::query().join(Line::order).order_by((Order::total, Line::id)).select((Line::id, Order::total)))?;
    both.rows(User::query().distinct().order_by(User::city).select(User::city))?;
    both.rows(
        User::query().distinct().order_by((User::age.desc(), User::city)).select((User::age, User::city)).limit(30),
    )?;
    let total = (Order::total * 2).label("twice");
    both.rows(Order::query().order_by((label("twice").desc(), Order::id)).select((Order::id, total)).limit(25))?;

    // 17 to 21: aggregates of all rows.
    both.rows(User::query().select(count_all()))?;
    both.rows(User::query().filter(User::age.lt(0)).select((count_all(), sum(User::age), max(User::name))))?;
    both.rows(Order::query().select((sum(Order::total), min(Order::total), max(Order::total), count(Order::id))))?;
    both.rows(Order::query().select((sum(Order::price), min(Order::price), max(Order::price))))?;
    both.rows(User::query().select((
        count(User::city),
        min(User::city),
        max(User::joined),
        bool_or(User::age.gt(69)),
    )))?;

    // 22 to 30: groups.
    let by_city = User::query().group_by(User::city);
    both.rows(by_city.clone().order_by(User::city).select((User::city, count_all(), sum(User::age))))?;
    both.rows(by_city.clone().order_by((count_all().desc(), User::city)).select((User::city, min(User::joined))))?;
    both.rows(
        by_city.clone().having(count_all().gt(rows() / 10)).order_by(User::city).select((User::city, max(User::score))),
    )?;
    both.rows(
        by_city.having(User::city.is_not_null()).order_by(User::city.desc()).select(User::city).limit(2).offset(1),
    )?;
    let products = Order::query().join(Order::lines).group_by(Line::product).order_by(Line::product);
    both.rows(products.clone().select((Line::product, sum(Order::total), sum(Order::price), count_all())))?;
    both.rows(products.select((Line::product, count_all().filter(Order::total.gt(0)))))?;
    // A group of a shard key is on one shard, and may have whatever that can compute.
    let by_user = Order::query().group_by(Order::user_id).order_by((sum(Order::total).desc(), Order::user_id));
    both.rows(by_user.clone().select((Order::user_id, sum(Order::total), count(Order::id).distinct())).limit(20))?;
    both.rows(by_user.having(avg(Order::total).gt(300.0)).select((Order::user_id, sum(Order::total) + 1)).limit(20))?;
    averages(&mut both)
}

/// Averages of floats may differ in their last digits, since sums of other parts are added up.
fn averages(both: &mut Both) -> Result<()> {
    let query = User::query().group_by(User::city).order_by(User::city).select((avg(User::age), avg(User::score)));
    let (one, all) = (query.clone().all(&mut both.single)?, both.sharded.all(query)?);
    let near = |one: Option<f64>, all: Option<f64>| {
        let (one, all) = (one.unwrap(), all.unwrap());
        // MariaDB rounds averages of integers to four digits.
        assert!((one - all).abs() < 1e-4, "{one} and {all}");
    };
    assert_eq!(one.len(), all.len());
    for (one, all) in one.into_iter().zip(all) {
        near(one.0, all.0);
        near(one.1, all.1);
    }
    Ok(())
}

/// All slices of a query, one after the other, in the two ways.
fn slices<T: Fetch<Item: Send> + Combinable, Q>(
    both: &mut Both,
    query: Query<T, Q>,
    size: u64,
    id: impl Fn(&T::Item, &Both, bool) -> i64,
) -> Result<()> {
    let (mut one, mut all) = (None, None);
    for _ in 0..5 {
        let first = query.clone().after(one).slice(&mut both.single, size)?;
        let second = both.sharded.slice(query.clone().after(all), size)?;
        let ids = |items: &[T::Item], sharded: bool| -> Vec<i64> {
            items.iter().map(|item| id(item, both, sharded)).collect()
        };
        assert_eq!(ids(&second.items, true), ids(&first.items, false));
        // A cursor of the one is a cursor of the other.
        assert_eq!(second.next.as_ref().map(ToString::to_string), first.next.as_ref().map(ToString::to_string));
        (one, all) = (second.next, first.next);
        if one.is_none() {
            break;
        }
    }
    Ok(())
}

fn pages_and_slices_are_those_of_one_database<H: Harness>() -> Result<()> {
    let mut both = Both::open::<H>()?;
    let of_object = |user: &Handle<User>, both: &Both, sharded: bool| {
        if sharded { both.sharded[*user].id } else { both.single[*user].id }
    };
    slices(&mut both, User::query().order_by(User::city.desc()), 17, of_object)?;
    slices(&mut both, User::query().order_by((User::age, User::name.desc())), 33, of_object)?;
    slices(&mut both, User::query().filter(User::id.le(40)), 16, of_object)?;
    let rows = Order::query().order_by((Order::total.desc(), Order::id)).select(Order::id);
    slices(&mut both, rows, 21, |id, _, _| *id)?;

    let query = User::query().order_by((User::name, User::id)).select(User::id);
    for number in [1, 2, 7, 1_000_000] {
        let one = query.clone().page(&mut both.single, number, 12)?;
        assert_eq!(both.sharded.page(query.clone(), number, 12)?, one);
    }
    Ok(())
}

fn includes_and_objects_are_loaded_on_their_shards<H: Harness>() -> Result<()> {
    let mut both = Both::open::<H>()?;
    let session = &mut both.sharded;
    for name in session.shards().names().to_vec() {
        session.shard(name)?.record_statements();
    }
    let query = User::query().include(User::orders.then(Order::lines)).order_by(User::id).limit(6);
    let users = session.all(query)?;
    for user in &users {
        let orders = session.related(*user, User::orders)?;
        assert_eq!(orders.iter().map(|order| session[*order].id).collect::<Vec<_>>(), {
            let id = session[*user].id;
            [2 * id - 1, 2 * id]
        });
        assert_eq!(session.related(orders[0], Order::lines)?.len(), 1);
    }
    // Three statements for each shard, however many objects.
    for name in session.shards().names().to_vec() {
        assert_eq!(session.shard(name)?.recorded_statements().len(), 3, "{name}");
    }
    assert_eq!(session.one(User::query().filter(User::id.eq(5)))?, users[4]);
    assert_eq!(session.first(User::query().order_by(User::id.desc()).filter(User::id.le(2)))?, Some(users[1]));
    assert_eq!(session.one_or_none(User::query().filter(User::id.eq(0)))?, None);
    let several = session.one(User::query());
    orm_tests::expect_error(several, ErrorKind::MultipleFound, &["User"]);
    let populated = User::query().join(User::orders).filter(Order::total.gt(500)).populate(User::orders);
    let expected = populated.clone().all(&mut both.single)?.len();
    assert_eq!(both.sharded.all(populated)?.len(), expected);
    Ok(())
}

fn keys_lead_to_their_shards_only<H: Harness>() -> Result<()> {
    let both = Both::open::<H>()?;
    let asked = |work: &dyn Fn(&mut ShardedSession) -> Result<()>| -> Result<usize> {
        let mut session = both.shop.shards.session();
        work(&mut session)?;
        Ok(format!("{session:?}").matches("Session").count())
    };
    assert_eq!(asked(&|session| session.all(User::query()).map(drop))?, 4);
    assert_eq!(asked(&|session| session.all(User::query().filter(User::id.eq(7))).map(drop))?, 1);
    assert_eq!(asked(&|session| session.count(User::query().filter(User::id.in_([3, 7, 11]))).map(drop))?, 1);
    assert_eq!(asked(&|session| session.all(User::query().filter(User::id.in_([3, 4]))).map(drop))?, 2);
    assert_eq!(asked(&|session| session.all(Order::query().filter(Order::user_id.eq(7))).map(drop))?, 1);
    let both_hold = User::query().filter(User::age.gt(3).and(User::id.eq(7)));
    assert_eq!(asked(&|session| session.all(both_hold.clone()).map(drop))?, 1);
    let either = User::query().filter(User::age.gt(3).or(User::id.eq(7)));
    assert_eq!(asked(&|session| session.all(either.clone()).map(drop))?, 4);
    let not = User::query().filter(User::id.ne(7));
    assert_eq!(asked(&|session| session.all(not.clone()).map(drop))?, 4);
    // What is joined tells where the rest is.
    let joined = Line::query().join(Line::order).filter(Order::user_id.eq(7));
    assert_eq!(asked(&|session| session.all(joined.clone()).map(drop))?, 1);
    let none = User::query().filter(User::id.eq(7).and(User::id.in_([8, 12])));
    assert_eq!(asked(&|session| session.all(none.clone()).map(|all| assert_eq!(all.len(), 0)))?, 1);
    Ok(())
}
