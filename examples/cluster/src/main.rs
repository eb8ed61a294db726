//! Sensors and their readings: on one database, or on three servers behind a fourth. The models are the same.
//!
//! `cargo run -p cluster` takes one database, or `DATABASE_URL=postgresql://..`; `-- --echo` shows the statements.
//! `cargo xtask cluster` starts four PostgreSQL servers, distributes the tables over three of them, stops one of them in the middle of the
//! work, and starts it again.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

mod distribute;
mod failure;
mod models;

use std::env;
use std::io::{self, IsTerminal};

use orm::models;
use orm::prelude::*;

use models::{Reading, Sensor};

fn main() -> orm::Result<()> {
    let (options, servers): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let engine = connect(options.iter().any(|option| option == "--echo"))?;
    if servers.is_empty() {
        engine.create_all(models![Sensor, Reading])?;
        work(&engine)
    } else {
        distribute::over(&engine, &servers)?;
        work(&engine)?;
        distribute::show(&engine)?;
        failure::survive(&engine)
    }
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
