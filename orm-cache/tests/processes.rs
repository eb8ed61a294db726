//! Redis that goes and comes back, and processes that share it.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is test code")]

mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use orm::prelude::*;
use orm_cache::{Cache, CacheRows as _, CacheSession as _, Error};
use support::{Car, Kind, Place, garage, name, redis_url, region};

#[test]
fn without_redis_reads_come_from_the_database() {
    let mut server = xtask::redis::Server::start_or_install().unwrap();
    let cache = Cache::redis(server.url()).build().unwrap();
    let (_file, engine) = garage(&cache);
    let cars = region(&cache);
    let price = || {
        let mut session = engine.session();
        let car = session.get_cached::<Car>(1, &cars).unwrap().unwrap();
        session[car].price
    };
    let set_price = |price: i64| {
        let mut session = engine.session();
        Car::query().filter(Car::id.eq(1)).update(Car::price.set(price)).execute(&mut session).unwrap();
        session.commit().unwrap();
    };
    assert_eq!((price(), price()), (100, 100));
    assert_eq!((cars.statistics().loads, cars.statistics().store_errors), (1, 0));

    server.stop().unwrap();
    assert_eq!((price(), price()), (100, 100));
    set_price(7);
    assert_eq!(price(), 7);
    assert_eq!(cars.get_or_load("report", || Ok::<_, Error>(1)).unwrap(), 1);
    let down = cars.statistics();
    assert!(down.store_errors >= 4 && down.loads == 5, "{down:?}");
    assert!(cache.store_errors() >= 4);

    server.start_again().unwrap();
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!((price(), price(), price()), (7, 7, 7));
    assert_eq!(cars.statistics().loads, 6, "it is kept again");
}

#[test]
fn what_is_owed_to_redis_is_paid_before_it_is_believed() {
    // Redis that lost its answers for a while, and not its data: a port in front of it that is closed.
    let prefix = name();
    let (near, far) = (Gate::open(&redis_url()), redis_url());
    let writer = Cache::redis(near.url()).prefix(&prefix).timeout(Duration::from_millis(300)).build().unwrap();
    let (place, engine) = garage(&writer);
    let reader = Cache::redis(far).prefix(&prefix).build().unwrap();
    let (of_writer, of_reader) = (region(&writer), region(&reader));
    let others = place.engine(&reader);
    let price = |engine: &Engine, region: &orm_cache::Region| {
        let mut session = engine.session();
        let car = session.get_cached::<Car>(1, region).unwrap().unwrap();
        session[car].price
    };
    assert_eq!((price(&engine, &of_writer), price(&others, &of_reader)), (100, 100));
    near.close();
    let mut session = engine.session();
    sql("UPDATE car SET price = 7").execute(&mut session).unwrap();
    session.commit().unwrap();
    assert_eq!(price(&engine, &of_writer), 7, "who wrote does not believe Redis");
    near.reopen();
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(price(&engine, &of_writer), 7);
    assert_eq!(price(&others, &of_reader), 7, "it was paid");
}

/// A port that leads to a server, or to nobody.
struct Gate {
    port: u16,
    open: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Gate {
    fn open(url: &str) -> Self {
        use std::sync::atomic::{AtomicBool, Ordering};
        let server = url.trim_start_matches("redis://").to_owned();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = std::sync::Arc::new(AtomicBool::new(true));
        let is_open = std::sync::Arc::clone(&open);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), std::net::TcpStream::connect(&server).unwrap());
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let is_open = std::sync::Arc::clone(&is_open);
                    std::thread::spawn(move || {
                        use std::io::{Read as _, Write as _};
                        let mut buffer = [0; 4_096];
                        while let Ok(length) = from.read(&mut buffer) {
                            if length == 0
                                || !is_open.load(Ordering::SeqCst)
                                || to.write_all(&buffer[..length]).is_err()
                            {
                                break;
                            }
                        }
                        let _ = to.shutdown(std::net::Shutdown::Both);
                    });
                }
            }
        });
        Self { port, open }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn close(&self) {
        self.open.store(false, std::sync::atomic::Ordering::SeqCst);
    }

    fn reopen(&self) {
        self.open.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

/// What a process of the random test is told.
const WORK: &str = "ORM_CACHE_TEST_WORK";
const KEYS: i64 = 4;

/// Writers and readers in two processes, each with several threads, over one database and one Redis: no read returns a price that is older than the last
/// commit that it could know of.
#[test]
fn no_read_is_older_than_a_commit_that_was_known() {
    Kind::ALL.into_iter().for_each(read_in_two_processes);
}

fn read_in_two_processes(kind: Kind) {
    let place = Place::new(kind);
    let engine = place.apart();
    engine.create_all(models![Car]).unwrap();
    let mut session = engine.session();
    session.add_all((1..=KEYS).map(|id| Car { id, name: "car".into(), price: 0 }));
    session.commit().unwrap();
    let work = format!("{}|{}|{}", place.url(), redis_url(), name());
    let start = |_| -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "work_of_a_process", "--ignored", "--nocapture", "--test-threads=1"]);
        command.env(WORK, &work).stdout(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..2).map(start).collect();
    let outputs: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    for output in &outputs {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}");
        let hits = text.lines().find_map(|line| line.split("hits: ").nth(1)?.trim().parse().ok()).unwrap_or(0_u64);
        assert!(hits > 50, "the cache took part: {text}");
    }
}

/// What every process may know of commits: told after the commit, beside the caches.
struct Board(std::sync::Mutex<redis::Connection>, String);

impl Board {
    /// The greatest number that is known to be committed for a car.
    fn known(&self, car: i64) -> i64 {
        let found: Option<i64> =
            redis::cmd("GET").arg(format!("{}:known:{car}", self.1)).query(&mut *self.0.lock().unwrap()).unwrap();
        found.unwrap_or(0)
    }

    /// Tells that a number is committed.
    fn tell(&self, car: i64, number: i64) {
        const GREATEST: &str = "local old = tonumber(redis.call('GET', KEYS[1]) or '0'); if tonumber(ARGV[1]) > old then redis.call('SET', KEYS[1], ARGV[1]) end";
        let mut tell = redis::cmd("EVAL");
        tell.arg(GREATEST).arg(1).arg(format!("{}:known:{car}", self.1)).arg(number);
        tell.query::<()>(&mut *self.0.lock().unwrap()).unwrap();
    }
}

#[test]
#[ignore = "a process of `no_read_is_older_than_a_commit_that_was_known`"]
fn work_of_a_process() {
    let Ok(work) = std::env::var(WORK) else { return };
    let [place, url, prefix] = work.split('|').collect::<Vec<_>>().try_into().unwrap();
    let cache = Cache::redis(url).prefix(prefix).build().unwrap();
    let engine = Place::at(place).engine(&cache);
    let cars = cache.region("cars").ttl(Duration::from_secs(60)).size(100).build();
    let seed = u64::from(std::process::id());
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let (engine, cars) = (&engine, &cars);
            scope.spawn(move || {
                let connection = redis::Client::open(url).unwrap().get_connection().unwrap();
                let board = Board(std::sync::Mutex::new(connection), prefix.to_owned());
                let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(thread * 77 + 1);
                for _ in 0..250 {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    let car = i64::try_from(random % 4).unwrap() + 1;
                    step(engine, cars, &board, car, random >> 32);
                }
            });
        }
    });
    println!("hits: {}", cars.statistics().hits);
}

fn step(engine: &Engine, cars: &orm_cache::Region, board: &Board, car: i64, choice: u64) {
    let mut session = engine.session();
    match choice % 16 {
        // A flush of one object.
        0 => {
            let outcome = engine.unit().retries(20).run(|session| {
                let found = session.get::<Car>(car)?.unwrap();
                session[found].price += 1;
                session.flush()?;
                Ok::<_, Error>(session[found].price)
            });
            if let Ok(price) = outcome {
                board.tell(car, price);
            }
        }
        // A bulk statement over all.
        1 => {
            let outcome = engine.unit().retries(20).run(|session| {
                Car::query().update(Car::price.set(Car::price + 1)).execute(session)?;
                Car::query().order_by(Car::id).select((Car::id, Car::price)).all(session)
            });
            for (id, price) in outcome.unwrap_or_default() {
                board.tell(id, price);
            }
        }
        // What is rolled back.
        2 => {
            if let Ok(Some(found)) = session.get::<Car>(car) {
                session[found].price += 1_000_000;
                // The lock may be somebody else's.
                drop(session.flush());
                session.rollback().unwrap();
            }
        }
        3..=5 => {
            let known = board.known(car);
            let prices =
                Car::query().filter(Car::id.eq(car)).select(Car::price).cached_rows(cars).all(&mut session).unwrap();
            assert!(prices[0] >= known && prices[0] < 1_000_000, "a query gave {prices:?}, and {known} was known");
        }
        _ => {
            let known = board.known(car);
            let found = session.get_cached::<Car>(car, cars).unwrap().unwrap();
            let price = session[found].price;
            assert!(price >= known && price < 1_000_000, "car {car} cost {price}, and {known} was known");
        }
    }
}

/// A process that loads a value prints this.
const LOADING: &str = "loading";

/// Starts a process that loads the value 7 of the key `slow`, and returns when it does.
fn loader_elsewhere(prefix: &str, takes: Duration) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "load_in_a_process", "--ignored", "--nocapture", "--test-threads=1"]);
    let work = format!("{}|{prefix}|{}", redis_url(), takes.as_millis());
    let mut child = command.env(WORK, work).stdout(Stdio::piped()).spawn().unwrap();
    let output = std::io::BufReader::new(child.stdout.as_mut().unwrap());
    let mut lines = std::io::BufRead::lines(output);
    assert!(lines.any(|line| line.unwrap().contains(LOADING)), "the process loads");
    child
}

fn slow_region(url: &str, prefix: &str) -> orm_cache::Region {
    Cache::redis(url).prefix(prefix).lock(Duration::from_secs(2)).build().unwrap().region("slow").build()
}

#[test]
#[ignore = "a process of `processes_load_one_after_the_other`"]
fn load_in_a_process() {
    let Ok(work) = std::env::var(WORK) else { return };
    let [url, prefix, takes] = work.split('|').collect::<Vec<_>>().try_into().unwrap();
    let load = || {
        println!("{LOADING}");
        std::thread::sleep(Duration::from_millis(takes.parse().unwrap()));
        Ok::<_, Error>(7)
    };
    slow_region(url, prefix).get_or_load("slow", load).unwrap();
}

#[test]
fn processes_load_one_after_the_other() {
    let (url, prefix) = (redis_url(), name());
    let region = slow_region(&url, &prefix);
    let mut other = loader_elsewhere(&prefix, Duration::from_millis(500));
    let value = region.get_or_load("slow", || Err::<i32, _>(Error::new(ErrorKind::Invalid, "the other one loads")));
    assert_eq!(value.unwrap(), 7);
    assert_eq!(region.statistics().loads, 0);
    assert!(other.wait().unwrap().success());

    // One that is killed while it loads keeps the others waiting for as long as its lock lasts.
    region.remove("slow");
    let mut other = loader_elsewhere(&prefix, Duration::from_secs(3_600));
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(region.get_or_load("slow", || Ok::<_, Error>(8)).unwrap(), 8);
    assert_eq!(region.statistics().loads, 1);
}
