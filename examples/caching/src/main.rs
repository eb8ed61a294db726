//! Cars by their ids, from Redis where they were read before, and results of queries and of a slow function. `REDIS_URL` names the server.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::{Duration, Instant};

use orm::prelude::*;
use orm_cache::{Cache, CacheRows as _, CacheSession as _, Region};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "car")]
struct Car {
    #[orm(primary_key)]
    id: i64,
    brand: String,
    price: i64,
}

/// A look-up as in a handler of requests: each has a session of its own.
fn car(engine: &Engine, cars: &Region, id: i64) -> orm::Result<Option<Car>> {
    let mut session = engine.session();
    let car = session.get_cached::<Car>(id, cars)?;
    Ok(car.map(|car| session[car].clone()))
}

fn main() -> orm::Result<()> {
    let url = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://localhost".to_owned());
    let cache = Cache::redis(url).prefix("example").build()?;
    let engine = Engine::builder("sqlite://").hooks(cache.hooks()).build()?;
    let cars = cache.region("cars").ttl(Duration::from_secs(60)).size(1_000).build();
    let reports = cache.region("reports").ttl(Duration::from_secs(10)).stale(Duration::from_secs(60)).build();
    cache.forget_all(); // the database is new

    engine.create_all(models![Car])?;
    let mut session = engine.session();
    session.add_all([("Beetle", 9_000), ("Mini", 12_000), ("Panda", 7_000)].map(|(brand, price)| Car {
        brand: brand.into(),
        price,
        ..Default::default()
    }));
    session.commit()?;

    for id in [1, 1, 2, 9, 9] {
        match car(&engine, &cars, id)? {
            Some(car) => println!("{id}: a {} for {}", car.brand, car.price),
            None => println!("{id}: car not found"),
        }
    }
    println!("after five look-ups: {} loads, {} hits", cars.statistics().loads, cars.statistics().hits);

    let beetle = Car::query().filter(Car::brand.eq("Beetle")).one(&mut session)?;
    session[beetle].price = 8_500;
    session.commit()?;
    println!("after a commit: {:?}", car(&engine, &cars, 1)?.map(|car| car.price));

    let cheap = || Car::query().filter(Car::price.lt(10_000)).select(Car::brand).cached_rows(&cars);
    println!("cheap: {}", cheap().all(&mut engine.session())?.join(", "));
    Car::query().filter(Car::brand.eq("Mini")).update(Car::price.set(9_999)).execute(&mut session)?;
    session.commit()?;
    println!("cheap: {}", cheap().all(&mut engine.session())?.join(", "));

    let report = || {
        std::thread::sleep(Duration::from_millis(200));
        Ok::<_, orm::Error>(vec![("Beetle".to_owned(), 3), ("Mini".to_owned(), 5)])
    };
    let started = Instant::now();
    for _ in 0..100 {
        reports.get_or_load("sales", report)?;
    }
    println!(
        "100 reports: computed {} time, fast: {}",
        reports.statistics().loads,
        started.elapsed() < Duration::from_secs(2)
    );
    Ok(())
}
