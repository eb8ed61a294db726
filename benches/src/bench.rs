//! The framework beside the raw drivers, in one run: `cargo bench -p orm-bench`.
//!
//! SQLite always; PostgreSQL and MariaDB when `ORM_BENCH_POSTGRES_URL` and `ORM_BENCH_MARIADB_URL` name databases in which tables `bench_*`
//! may be made.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

mod clock;
mod data;
mod models;
mod mysql;
mod ours;
mod pg;
mod sqlite;

use std::env;
use std::error::Error;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let graph = data::graph();
    let mut comparisons = sqlite::run(&graph)?;
    match env::var("ORM_BENCH_POSTGRES_URL") {
        Ok(url) => comparisons.extend(pg::run(&url, &graph)?),
        Err(_) => println!("PostgreSQL is left out: ORM_BENCH_POSTGRES_URL is not set"),
    }
    match env::var("ORM_BENCH_MARIADB_URL") {
        Ok(url) => comparisons.extend(mysql::run(&url, &graph)?),
        Err(_) => println!("MariaDB is left out: ORM_BENCH_MARIADB_URL is not set"),
    }
    println!("{}", clock::table(&comparisons));
    Ok(())
}
