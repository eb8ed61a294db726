//! Processes that tell each other of their commits by PostgreSQL.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod support;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm_cache::{Cache, CacheRows as _, CacheSession as _, Listener, Region};
use support::{Car, name, region};

static SERVER: OnceLock<xtask::postgres::Server> = OnceLock::new();

fn url() -> String {
    match std::env::var(xtask::postgres::URL_VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        _ => SERVER.get_or_init(|| xtask::postgres::Server::start_or_install().unwrap()).url().to_owned(),
    }
}

/// What a process has.
struct Process {
    cache: Cache,
    engine: Engine,
    cars: Region,
    listener: Option<Listener>,
}

impl Process {
    fn new(channel: &str) -> Self {
        let cache = Cache::in_memory();
        let engine = Engine::builder(&url()).hooks(cache.hooks()).build().unwrap();
        let listener = Some(cache.listen(&engine, channel).unwrap());
        Self { cars: region(&cache), cache, engine, listener }
    }

    fn price(&self, id: i64) -> i64 {
        let mut session = self.engine.session();
        let car = session.get_cached::<Car>(id, &self.cars).unwrap().unwrap();
        session[car].price
    }

    fn set_price(&self, id: i64, price: i64) {
        let mut session = self.engine.session();
        let car = session.get::<Car>(id).unwrap().unwrap();
        session[car].price = price;
        session.commit().unwrap();
    }

    fn cheap(&self) -> Vec<i64> {
        let cars = Car::query().filter(Car::price.lt(50)).order_by(Car::id).select(Car::id).cached_rows(&self.cars);
        cars.all(&mut self.engine.session()).unwrap()
    }

    fn loads(&self) -> u64 {
        self.cars.statistics().loads
    }

    /// What others were told arrives a moment later.
    fn sees(&self, what: impl Fn(&Self) -> bool) -> bool {
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if what(self) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

/// They share a table, so they run one after the other.
#[test]
fn processes_hear_of_each_others_commits() {
    let channel = name();
    let [one, two] = [Process::new(&channel), Process::new(&channel)];
    one.engine.drop_all(models![Car]).unwrap();
    one.engine.create_all(models![Car]).unwrap();
    let mut session = one.engine.session();
    session.add_all([1, 2, 3].map(|id| Car { id, name: format!("car {id}"), price: 100 * id }));
    session.commit().unwrap();

    a_commit_is_heard_and_a_rollback_is_not(&one, &two);
    what_is_missed_is_not_believed(&one, &two, &channel);
    one.engine.drop_all(models![Car]).unwrap();
    without_a_listener_nothing_is_believed(one);
}

fn a_commit_is_heard_and_a_rollback_is_not(one: &Process, two: &Process) {
    let read = || (two.price(1), two.price(2), two.cheap(), one.price(1));
    // Until the messages about the schema and the first rows are through.
    assert!(two.sees(|_| read() == (100, 200, Vec::new(), 100)));
    std::thread::sleep(Duration::from_millis(200));
    read();
    let before = two.loads();
    let own = one.loads();
    read();
    assert_eq!((two.loads(), one.loads()), (before, own), "all is kept");

    let mut session = one.engine.session();
    let car = session.get::<Car>(1).unwrap().unwrap();
    session[car].price = 1;
    session.flush().unwrap();
    session.rollback().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!((two.price(1), two.cheap(), two.loads()), (100, Vec::new(), before), "nothing was committed");

    one.set_price(1, 7);
    assert_eq!(one.price(1), 7, "who commits knows it at once");
    assert!(two.sees(|two| two.price(1) == 7));
    assert!(two.sees(|two| two.cheap() == [1]));
    let before = two.loads();
    assert_eq!((two.price(2), two.loads()), (200, before), "other rows stay");

    let mut session = one.engine.session();
    Car::query().filter(Car::id.eq(2)).update(Car::price.set(8)).execute(&mut session).unwrap();
    session.commit().unwrap();
    assert!(two.sees(|two| two.price(2) == 8));
    one.price(3);
    let own = one.loads();
    two.cache.forget_all();
    assert!(one.sees(|one| one.price(3) == 300 && one.loads() > own));
}

fn what_is_missed_is_not_believed(one: &Process, two: &Process, channel: &str) {
    assert_eq!(two.price(3), 300);
    let (kept, errors) = (two.loads(), two.cache.store_errors());
    assert_eq!((two.price(3), two.loads()), (300, kept));
    // Both are deaf for a while.
    let mut session = one.engine.session();
    let text = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' || :channel || '%'";
    assert_eq!(sql(text).bind("channel", channel).all::<bool>(&mut session).unwrap(), [true, true]);
    drop(session);
    assert!(two.sees(|two| two.cache.store_errors() > errors), "it has noticed");
    one.set_price(3, 9);
    assert!(two.sees(|two| two.price(3) == 9));
    // It listens again.
    assert!(two.sees(|two| {
        let before = two.loads();
        two.price(3) == 9 && two.loads() == before
    }));
    one.set_price(3, 10);
    assert!(two.sees(|two| two.price(3) == 10));
    assert!(two.cars.statistics().store_errors > 0 || two.cache.store_errors() > errors);
}

fn without_a_listener_nothing_is_believed(mut one: Process) {
    let load = || Ok::<_, orm::Error>(1);
    assert_eq!(one.cars.get_or_load("x", load).unwrap(), 1);
    let again = one.cache.listen(&one.engine, "other");
    assert_eq!(again.map(drop).unwrap_err().kind(), ErrorKind::InvalidState);
    drop(one.listener.take());
    let before = one.loads();
    assert_eq!((one.cars.get_or_load("x", load).unwrap(), one.cars.get_or_load("x", load).unwrap()), (1, 1));
    assert_eq!(one.loads(), before + 2);
}

#[test]
fn other_stores_have_no_channels() {
    let cache = Cache::in_memory();
    let engine = Engine::builder("sqlite://").hooks(cache.hooks()).build().unwrap();
    assert_eq!(cache.listen(&engine, "cars").map(drop).unwrap_err().kind(), ErrorKind::Unsupported);
    let cache = Cache::redis("redis://127.0.0.1:1").build().unwrap();
    assert_eq!(cache.listen(&engine, "cars").map(drop).unwrap_err().kind(), ErrorKind::InvalidState);
}
