//! MariaDB beside its driver, in one run: `cargo bench -p orm-bench --bench mariadb --features mariadb`.
//!
//! `ORM_BENCH_MARIADB_URL` names a database in which tables `bench_*` may be made.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

mod clock;
mod data;
mod models;
mod mysql;
mod ours;

use std::env;
use std::error::Error;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let url = env::var("ORM_BENCH_MARIADB_URL").map_err(|_| "ORM_BENCH_MARIADB_URL names no database")?;
    println!("{}", clock::table(&mysql::run(&url, &data::graph())?));
    Ok(())
}
