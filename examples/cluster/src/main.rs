//! Sensors and their readings: on one database, on three servers behind a fourth, or on three nodes that have everything each. The models are
//! the same.
//!
//! `cargo run -p cluster` takes one database, or `DATABASE_URL=postgresql://..`; `-- --echo` shows the statements.
//! `cargo xtask cluster` starts four PostgreSQL servers, distributes the tables over three of them, stops one of them in the middle of the
//! work, and starts it again. `cargo xtask cluster --mariadb` does the same with MariaDB's engine Spider, and with three nodes of Galera.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod conflict;
mod distribute;
mod failure;
mod models;

use std::env;
use std::io::{self, IsTerminal};

use orm::models;
use orm::prelude::*;

use failure::Away;
use models::{Reading, Sensor};

fn main() -> orm::Result<()> {
    let (options, urls): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let asks = |option: &str| options.iter().any(|given| given == option);
    let engine = connect(asks("--echo"))?;
    if asks("--replicated") {
        let nodes = urls.iter().map(|url| node(url)).collect::<orm::Result<Vec<_>>>()?;
        engine.create_all(models![Sensor, Reading])?;
        work(&engine)?;
        conflict::between(&nodes)?;
        failure::survive(&engine, &nodes, Away::NoneFails)
    } else if urls.is_empty() {
        engine.create_all(models![Sensor, Reading])?;
        work(&engine)
    } else {
        distribute::over(&engine, &urls)?;
        work(&engine)?;
        let servers = urls.iter().map(|url| Engine::connect(url)).collect::<orm::Result<Vec<_>>>()?;
        distribute::show(&servers)?;
        failure::survive(&engine, std::slice::from_ref(&engine), Away::SomeFail)
    }
}

/// A node of a cluster, where each read sees what was committed on any node before.
fn node(url: &str) -> orm::Result<Engine> {
    Engine::builder(url).on_connect(|connection| connection.execute_script("SET SESSION wsrep_sync_wait = 1")).build()
}

fn connect(echo: bool) -> orm::Result<Engine> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
    if echo {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    }
    Engine::builder(&url).echo(echo).build()
}

/// Adds, reads, changes and deletes, as on any database.
fn work(engine: &Engine) -> orm::Result<()> {
    let session = &mut engine.session();
    session.add_all((1..=30).map(|number| Sensor::measuring(number, 10)));
    session.commit()?;

    let warm =
        Sensor::query().filter(Sensor::readings.any(Reading::celsius.ge(29.0))).order_by(Sensor::id).all(session)?;
    println!("{} sensors measured 29 degrees or more", warm.len());

    for &sensor in &warm {
        session[sensor].name += " (warm)";
    }
    session.commit()?;

    let coldest = Sensor::query().order_by(Sensor::id).first(session)?;
    if let Some(sensor) = coldest {
        let readings = session.load(sensor, Sensor::readings)?.len();
        println!("{} goes, with its {readings} readings", session[sensor].name);
        session.delete(sensor)?;
    }
    session.commit()?;
    println!("{} sensors and {} readings are left", Sensor::query().count(session)?, Reading::query().count(session)?);
    Ok(())
}
