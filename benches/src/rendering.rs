//! The share of a query's time that goes into its SQL text: `cargo bench -p orm-bench --bench rendering`.
//!
//! Each query is built and spelled, and then built, spelled and run, over SQLite in memory with its statement prepared: there is no faster
//! database, so no greater part. The figure decides whether keeping the text of a query would pay.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use orm::functions::{rank, sum, window};
use orm::prelude::*;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_customer")]
struct Customer {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique)]
    name: String,
    city: Option<String>,
    active: bool,
    #[has_many(back_populates = customer)]
    orders: HasMany<Order>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_order")]
struct Order {
    #[orm(primary_key)]
    id: i64,
    total: f64,
    pieces: i64,
    #[orm(index)]
    #[belongs_to(back_populates = orders)]
    customer: BelongsTo<Customer>,
}

const CUSTOMERS: usize = 1_000;
const ORDERS: usize = 5;
const ROUNDS: usize = 4_001;

/// Prints the share of the text. The query is built twice, because running consumes it.
macro_rules! part {
    ($engine:ident, $session:ident, $name:literal, $query:expr) => {
        let dialect = $engine.dialect();
        let text = median(|| Ok(drop(black_box($query.to_sql(dialect)?))))?;
        let whole = median(|| Ok(drop(black_box($query.all(&mut $session)?))))?;
        report($name, text, whole);
    };
}

fn main() -> Outcome<()> {
    let engine = Engine::connect("sqlite:///:memory:")?;
    engine.create_all(models![Customer, Order])?;
    let mut session = engine.session();
    for number in 0..CUSTOMERS {
        let customer = session.add(Customer { name: format!("customer {number}"), ..Customer::default() });
        session.add_all((0..ORDERS).map(|pieces| Order {
            total: 1.5 * pieces as f64,
            pieces: pieces as i64,
            customer: customer.into(),
            ..Order::default()
        }));
    }
    session.commit()?;
    part!(
        engine,
        session,
        "one row by a unique column",
        Customer::query().filter(Customer::name.eq("customer 7")).select(Customer::city)
    );
    part!(
        engine,
        session,
        "five rows of a join",
        Order::query()
            .join(Order::customer)
            .filter(Customer::name.eq("customer 7").and(Customer::active.eq(false)).and(Order::total.ge(0.0)))
            .order_by((Order::total.desc(), Order::id))
            .limit(10)
            .select((Order::id, Order::total, Order::pieces, Customer::name, Customer::city))
    );
    part!(
        engine,
        session,
        "ten customers with their sums, ranked",
        Customer::query()
            .join(Customer::orders)
            .filter(Customer::id.le(10))
            .group_by((Customer::id, Customer::name))
            .having(sum(Order::total).gt(0.0))
            .select((Customer::name, sum(Order::total), rank().over(window().order_by(sum(Order::pieces).desc()))))
    );
    Ok(())
}

fn report(name: &str, text: f64, whole: f64) {
    println!("{name}: {text:.0} ns of {whole:.0} ns are its text, {:.0} %", text / whole * 100.0);
}

/// The median time of a run in nanoseconds, after one to warm up.
fn median(mut run: impl FnMut() -> Outcome<()>) -> Outcome<f64> {
    run()?;
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[ROUNDS / 2].as_secs_f64() * 1e9)
}
