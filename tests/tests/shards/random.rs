//! Random operations on shards and on one database: both have the same rows and give the same answers.

use orm::functions::{count_all, max, sum};
use orm::prelude::*;
use orm::{CommitMode, Query, Result, Session, ShardedSession, models};
use orm_tests::harness::Harness;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::models::{Label, Line, Order, Shop, User, order, user};

crate::on_databases! {
    shards_are_like_one_database,
}

/// What is done with both.
#[derive(Debug, Clone)]
enum Step {
    Add { id: i64, orders: Vec<i64> },
    Push { id: i64, total: i64 },
    Rename { id: i64, name: u8 },
    Delete { id: i64 },
    DropOrders { below: i64 },
    Raise { from: i64, by: i64 },
    Commit,
    Rollback,
    List { above: i32, descending: bool, limit: u64, offset: u64 },
    Groups { least: i64, limit: u64 },
    Of { ids: Vec<i64> },
}

fn step() -> impl Strategy<Value = Step> {
    let id = || 1_i64..25;
    prop_oneof![
        4 => (id(), prop::collection::vec(-50_i64..50, 0..4)).prop_map(|(id, orders)| Step::Add { id, orders }),
        3 => (id(), -50_i64..50).prop_map(|(id, total)| Step::Push { id, total }),
        3 => (id(), 0_u8..6).prop_map(|(id, name)| Step::Rename { id, name }),
        2 => id().prop_map(|id| Step::Delete { id }),
        1 => (-50_i64..0).prop_map(|below| Step::DropOrders { below }),
        1 => (id(), 1_i64..5).prop_map(|(from, by)| Step::Raise { from, by }),
        2 => Just(Step::Commit),
        1 => Just(Step::Rollback),
        3 => (0_i32..40, any::<bool>(), 0_u64..9, 0_u64..9)
            .prop_map(|(above, descending, limit, offset)| Step::List { above, descending, limit, offset }),
        2 => (0_i64..4, 1_u64..5).prop_map(|(least, limit)| Step::Groups { least, limit }),
        2 => prop::collection::vec(id(), 0..4).prop_map(|ids| Step::Of { ids }),
    ]
}

/// One of the two sessions.
trait Target {
    fn add(&mut self, user: User) -> Result<()>;
    fn get(&mut self, id: i64) -> Result<Option<Handle<User>>>;
    fn object(&mut self, user: Handle<User>) -> &mut User;
    fn push(&mut self, user: Handle<User>, order: Order) -> Result<()>;
    fn delete(&mut self, user: Handle<User>) -> Result<()>;
    fn flush(&mut self) -> Result<()>;
    fn end(&mut self, commit: bool) -> Result<()>;
    fn execute(&mut self, below: Option<i64>, raise: (i64, i64)) -> Result<u64>;
    fn list(&mut self, query: Query<User>) -> Result<(Vec<(i64, String)>, u64)>;
    fn groups(&mut self, least: i64, limit: u64) -> Result<Vec<(String, i64, Option<i32>)>>;
    fn totals(&mut self, ids: &[i64]) -> Result<Vec<(i64, Option<i64>)>>;
}

macro_rules! target {
    ($target:ty, |$session:ident, $query:ident| $all:expr, $values:expr, $count:expr, $execute:expr, $add:expr) => {
        impl Target for $target {
            fn add(&mut self, user: User) -> Result<()> {
                let ($session, $query) = (self, user);
                $add
            }

            fn get(&mut self, id: i64) -> Result<Option<Handle<User>>> {
                self.get::<User>(id)
            }

            fn object(&mut self, user: Handle<User>) -> &mut User {
                &mut self[user]
            }

            fn push(&mut self, user: Handle<User>, order: Order) -> Result<()> {
                self.push(user, User::orders, order).map(drop)
            }

            fn delete(&mut self, user: Handle<User>) -> Result<()> {
                self.delete(user)
            }

            fn flush(&mut self) -> Result<()> {
                self.flush()
            }

            fn end(&mut self, commit: bool) -> Result<()> {
                if commit { self.commit() } else { self.rollback() }
            }

            fn execute(&mut self, below: Option<i64>, (from, by): (i64, i64)) -> Result<u64> {
                let $session = self;
                match below {
                    Some(below) => {
                        let $query = Order::query().filter(Order::total.lt(below)).delete();
                        $execute
                    }
                    None => {
                        let changed = Order::query().filter(Order::user_id.ge(from));
                        let $query = changed.update(Order::total.set(Order::total + by));
                        $execute
                    }
                }
            }

            fn list(&mut self, query: Query<User>) -> Result<(Vec<(i64, String)>, u64)> {
                let $session = self;
                let users: Vec<User> = {
                    let $query = query.clone();
                    $values?
                };
                let $query = query;
                Ok((users.into_iter().map(|user| (user.id, user.name)).collect(), $count?))
            }

            fn groups(&mut self, least: i64, limit: u64) -> Result<Vec<(String, i64, Option<i32>)>> {
                let $session = self;
                let grouped = User::query().group_by(User::name).having(count_all().ge(least));
                let ordered = grouped.order_by((count_all().desc(), User::name));
                let $query = ordered.select((User::name, count_all(), max(User::age))).limit(limit);
                $all
            }

            fn totals(&mut self, ids: &[i64]) -> Result<Vec<(i64, Option<i64>)>> {
                let $session = self;
                let some = Order::query().filter(Order::user_id.in_(ids.to_vec())).group_by(Order::user_id);
                let $query = some.order_by(Order::user_id).select((Order::user_id, sum(Order::total)));
                $all
            }
        }
    };
}

target!(
    Session,
    |session, query| query.all(session),
    query.values(session),
    query.count(session),
    query.execute(session),
    {
        session.add(query);
        Ok(())
    }
);
target!(
    ShardedSession,
    |session, query| session.all(query),
    session.values(query),
    session.count(query),
    session.execute(query),
    session.add(query).map(drop)
);

/// Does one step, and tells what it saw.
fn run(target: &mut impl Target, step: &Step) -> Result<String> {
    Ok(match step {
        Step::Add { id, orders } => {
            if target.get(*id)?.is_none() {
                let orders: Vec<Order> = orders.iter().map(|total| order(*total)).collect();
                let age = i32::try_from(*id).unwrap() % 40;
                target.add(User { orders: orders.into(), age, ..user(*id, &format!("n{}", id % 6)) })?;
            }
            String::new()
        }
        Step::Push { id, total } => {
            if let Some(user) = target.get(*id)? {
                target.push(user, order(*total))?;
            }
            String::new()
        }
        Step::Rename { id, name } => {
            if let Some(user) = target.get(*id)? {
                target.object(user).name = format!("n{name}");
            }
            String::new()
        }
        Step::Delete { id } => {
            let found = target.get(*id)?;
            found.map_or(Ok(()), |user| target.delete(user))?;
            // `get` finds a deleted object until its DELETE is flushed, and a shard flushes before its own reads only.
            target.flush()?;
            format!("{}", found.is_some())
        }
        Step::DropOrders { below } => target.execute(Some(*below), (0, 0))?.to_string(),
        Step::Raise { from, by } => target.execute(None, (*from, *by))?.to_string(),
        Step::Commit => target.end(true).map(|()| String::new())?,
        Step::Rollback => target.end(false).map(|()| String::new())?,
        Step::List { above, descending, limit, offset } => {
            let query = User::query().filter(User::age.gt(*above)).limit(*limit).offset(*offset);
            let query = if *descending {
                query.order_by((User::name.desc(), User::id))
            } else {
                query.order_by((User::age, User::id.desc()))
            };
            format!("{:?}", target.list(query)?)
        }
        Step::Groups { least, limit } => format!("{:?}", target.groups(*least, *limit)?),
        Step::Of { ids } => format!("{:?}", target.totals(ids)?),
    })
}

fn shards_are_like_one_database<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    shop.main.create_all(models![User, Order, Line, Label])?;
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&prop::collection::vec(step(), 1..40), |steps| {
        // First, so that a failure is made smaller on empty databases too.
        for engine in shop.engines.iter().chain([&shop.main]) {
            let session = &mut engine.session();
            Order::query().delete().execute(session).unwrap();
            User::query().delete().execute(session).unwrap();
            session.commit().unwrap();
        }
        let (mut single, mut sharded) = (shop.main.session(), shop.shards.session());
        for step in steps.iter().chain([&Step::Commit]) {
            prop_assert_eq!(run(&mut sharded, step).unwrap(), run(&mut single, step).unwrap(), "{:?}", step);
        }
        let everyone = User::query().order_by(User::id);
        prop_assert_eq!(sharded.list(everyone.clone()).unwrap(), single.list(everyone).unwrap());
        let ids: Vec<i64> = (1..25).collect();
        prop_assert_eq!(sharded.totals(&ids).unwrap(), single.totals(&ids).unwrap());
        Ok(())
    });
    outcome.unwrap();
    Ok(())
}
