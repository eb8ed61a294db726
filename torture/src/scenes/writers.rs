//! Many threads that change one row, without a transaction around what they read.

use std::thread::scope;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{Counter, Versioned, prepare};
use crate::report::Outcome;
use crate::setting::{Server, Setting, sqlite};

/// Adds one to a row and commits.
type Unit = fn(&mut Session) -> orm::Result<()>;

/// Reads what the units have counted.
type Count = fn(&mut Session) -> orm::Result<i64>;

const ROWS: [(&str, Unit, Count); 2] = [
    (
        "many writers of one row",
        |session| {
            let counter = Counter::query().one(session)?;
            session[counter].n += 1;
            session.commit()
        },
        |session| Counter::query().select(Counter::n).one(session),
    ),
    (
        "many writers of one row with a version",
        |session| {
            let row = Versioned::query().one(session)?;
            session[row].n += 1;
            session.commit()
        },
        |session| Versioned::query().select(Versioned::n).one(session),
    ),
];

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let file = format!("{}?busy_timeout=60000", sqlite(&setting.file("writers.db")));
    let databases = [("SQLite file", file, 8)].into_iter();
    let databases = databases.chain(Server::ALL.map(|server| (server.name(), setting.url(server), 32)));
    let time = setting.seconds(3, 60);
    let mut outcomes = Vec::new();
    for (database, url, threads) in databases {
        let engine = Engine::builder(&url).pool_size(threads).build()?;
        prepare(&engine)?;
        for (scene, unit, count) in ROWS {
            let mut outcome = Outcome::new(scene, database);
            race(&engine, threads, time, unit, count, &mut outcome)?;
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
}

fn race(engine: &Engine, threads: u32, time: Duration, unit: Unit, count: Count, outcome: &mut Outcome) -> Result<()> {
    let results: Vec<orm::Result<(i64, u64)>> = scope(|scope| {
        let writers: Vec<_> = (0..threads).map(|_| scope.spawn(|| write(engine, time, unit))).collect();
        writers.into_iter().filter_map(|writer| writer.join().ok()).collect()
    });
    let (mut commits, mut again) = (0, 0);
    for result in results {
        let (committed, repeated) = result?;
        commits += committed;
        again += repeated;
    }
    let stored = count(&mut engine.session())?;
    outcome.check(stored == commits, || format!("{commits} commits were acknowledged, and the row says {stored}"));
    outcome.figure(format!("{threads} threads, {} s", time.as_secs()));
    outcome.figure(format!("{commits} commits, {again} run again"));
    Ok(())
}

/// Runs units until the time is over, and those again that were in each other's way: commits, and how often one was run again.
fn write(engine: &Engine, time: Duration, unit: Unit) -> orm::Result<(i64, u64)> {
    let (mut commits, mut again) = (0, 0);
    let session = &mut engine.session();
    let started = Instant::now();
    while started.elapsed() < time {
        match unit(session) {
            Ok(()) => commits += 1,
            Err(error) => match error.kind() {
                ErrorKind::StaleData | ErrorKind::Serialization | ErrorKind::Deadlock | ErrorKind::Busy => {
                    again += 1;
                    session.rollback()?;
                }
                _ => return Err(error),
            },
        }
    }
    Ok((commits, again))
}
