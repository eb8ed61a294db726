//! Mixed work for a long time, while memory is watched.

use std::thread::scope;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{Counter, Line, Purchase, audit, buy, prepare};
use crate::random::Random;
use crate::report::Outcome;
use crate::setting::{Setting, sqlite};

const THREADS: i64 = 4;

/// Purchases of a thread that are kept; older ones are deleted.
const KEPT: i64 = 200;

/// What the process may grow by after it has warmed up, in kibibytes.
const GROWTH: u64 = 16 * 1024;

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let file = format!("{}?busy_timeout=60000", sqlite(&setting.file("soak.db")));
    let databases = [("SQLite file", file), ("PostgreSQL", setting.postgres())];
    databases.into_iter().map(|(database, url)| soak(setting, database, &url)).collect()
}

fn soak(setting: &mut Setting, database: &'static str, url: &str) -> Result<Outcome> {
    let mut outcome = Outcome::new("mixed work, memory watched", database);
    let time = setting.seconds(6, 300);
    let engine = Engine::connect(url)?;
    prepare(&engine)?;
    work(setting, &engine, time / 3, 0)?;
    let warm = resident()?;
    let units = work(setting, &engine, time * 2 / 3, 1_000_000_000)?;
    let after = resident()?;
    outcome.check(after <= warm + GROWTH, || format!("the process grew from {warm} KiB to {after} KiB"));
    // Deleted purchases were counted too.
    let session = &mut engine.session();
    let stored = Purchase::query().count(session)? as i64;
    let counter = Counter::query().one(session)?;
    outcome.check(session[counter].n >= stored, || format!("{stored} are stored, {} were counted", session[counter].n));
    session[counter].n = stored;
    session.commit()?;
    audit(&engine, &mut outcome)?;
    outcome.figure(format!("{} s, {units} units", time.as_secs()));
    outcome.figure(format!("{} MiB warm, {} MiB after", warm / 1024, after / 1024));
    Ok(outcome)
}

/// Works in several threads; the number of units.
fn work(setting: &mut Setting, engine: &Engine, time: Duration, first: i64) -> Result<u64> {
    let results: Vec<orm::Result<u64>> = scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let random = setting.random.split();
                scope.spawn(move || client(engine, random, time, first + thread * 100_000_000))
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut units = 0;
    for result in results {
        units += result?;
    }
    Ok(units)
}

fn client(engine: &Engine, mut random: Random, time: Duration, first: i64) -> orm::Result<u64> {
    let started = Instant::now();
    let (mut next, mut units) = (first, 0);
    while started.elapsed() < time {
        match unit(engine, &mut random, first, &mut next) {
            Ok(()) => units += 1,
            Err(error)
                if matches!(error.kind(), ErrorKind::StaleData | ErrorKind::Serialization | ErrorKind::Deadlock) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(units)
}

fn unit(engine: &Engine, random: &mut Random, first: i64, next: &mut i64) -> orm::Result<()> {
    match random.below(4) {
        0 => {
            buy(engine, *next)?;
            *next += 1;
            Ok(())
        }
        1 => engine.transaction(|session| {
            let old = Purchase::query()
                .filter(Purchase::number.ge(first))
                .filter(Purchase::number.lt(*next - KEPT))
                .all(session)?;
            old.into_iter().try_for_each(|purchase| session.delete(purchase))
        }),
        2 => engine.transaction(|session| {
            let newest = Purchase::query().filter(Purchase::number.between(first, *next)).include(Purchase::lines);
            for purchase in newest.order_by(Purchase::number.desc()).limit(20).all(session)? {
                for line in session.load(purchase, Purchase::lines)? {
                    session[line].amount += 1;
                }
            }
            Ok(())
        }),
        _ => {
            let session = &mut engine.session();
            Line::query().select(Line::amount).limit(100).all(session).map(drop)
        }
    }
}

/// The memory of this process, in kibibytes.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the system does not tell memory")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
