//! Mixed work for a long time, while memory is watched.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::scope;

use orm::prelude::*;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::memory::{Samples, resident};
use crate::model::{Counter, Line, Purchase, audit, buy, prepare};
use crate::random::Random;
use crate::report::Outcome;
use crate::setting::{Setting, databases};

const THREADS: i64 = 4;

/// Purchases of a thread that are kept; older ones are deleted.
const KEPT: i64 = 200;

/// What the simulated program does in a minute: ten units of work a second. It does not wait in between.
const UNITS_A_MINUTE: u64 = 600;

/// Units between two samples of memory: ten simulated seconds.
const UNITS_A_SAMPLE: u64 = 100;

/// What the process may grow by after it has warmed up, in kibibytes: at its peak, and by its trend.
const GROWTH: u64 = 16 * 1024;

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let file = format!("{}?busy_timeout=60000", setting.sqlite("soak.db"));
    databases(setting, file).into_iter().map(|(database, url)| soak(setting, database, &url)).collect()
}

fn soak(setting: &mut Setting, database: &'static str, url: &str) -> Result<Outcome> {
    let mut outcome = Outcome::new("mixed work, memory watched", database);
    let minutes = setting.times(3, 4 * 60) as u64;
    let engine = Engine::connect(url)?;
    prepare(&engine)?;
    let samples = work(setting, &engine, minutes * UNITS_A_MINUTE)?;
    let (warm, peak, growth) = (samples.warm(), samples.peak(), samples.growth());
    outcome.check(peak <= warm + GROWTH, || format!("the process grew from {warm} KiB to {peak} KiB"));
    outcome.check(growth <= GROWTH as i64, || format!("the trend of the process's memory is {growth} KiB"));
    // Deleted purchases were counted too.
    let session = &mut engine.session();
    let stored = Purchase::query().count(session)? as i64;
    let counter = Counter::query().one(session)?;
    outcome.check(session[counter].n >= stored, || format!("{stored} are stored, {} were counted", session[counter].n));
    session[counter].n = stored;
    session.commit()?;
    audit(&engine, &mut outcome)?;
    outcome.figure(format!("{minutes} simulated minutes, {} units", minutes * UNITS_A_MINUTE));
    outcome.figure(format!("{} samples of memory", samples.len()));
    outcome.figure(format!("{warm} KiB warm, {peak} KiB at the peak, a trend of {growth:+} KiB"));
    Ok(outcome)
}

/// The work of all threads.
struct Work<'e> {
    engine: &'e Engine,
    units: u64,
    begun: AtomicU64,
    samples: Mutex<Samples>,
}

/// Does so many units of work in several threads.
fn work(setting: &mut Setting, engine: &Engine, units: u64) -> Result<Samples> {
    let work = Work { engine, units, begun: AtomicU64::new(0), samples: Mutex::default() };
    let results: Vec<Result<()>> = scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (random, work) = (setting.random.split(), &work);
                scope.spawn(move || work.client(random, thread * 1_000_000_000))
            })
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.map(|result| result.unwrap_or_else(|_| Err("a client panicked".into()))).collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    Ok(work.samples.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Work<'_> {
    /// Does units until all are done. The purchases of this client begin with `first`.
    fn client(&self, mut random: Random, first: i64) -> Result<()> {
        let mut next = first;
        loop {
            let begun = self.begun.fetch_add(1, Ordering::Relaxed);
            if begun >= self.units {
                return Ok(());
            }
            if begun.is_multiple_of(UNITS_A_SAMPLE) {
                self.samples.lock().unwrap_or_else(PoisonError::into_inner).push(resident()?);
            }
            while let Err(error) = unit(self.engine, &mut random, first, &mut next) {
                if !in_the_way(&error) {
                    return Err(error.into());
                }
            }
        }
    }
}

/// Whether the client and another one were in each other's way.
fn in_the_way(error: &orm::Error) -> bool {
    matches!(error.kind(), ErrorKind::StaleData | ErrorKind::Serialization | ErrorKind::Deadlock)
}

fn unit(engine: &Engine, random: &mut Random, first: i64, next: &mut i64) -> orm::Result<()> {
    match random.below(7) {
        0 | 1 => {
            buy(engine, *next)?;
            *next += 1;
            Ok(())
        }
        2 => engine.transaction(|session| {
            let old = Purchase::query()
                .filter(Purchase::number.ge(first))
                .filter(Purchase::number.lt(*next - KEPT))
                .all(session)?;
            old.into_iter().try_for_each(|purchase| session.delete(purchase))
        }),
        3 => engine.transaction(|session| {
            let newest = Purchase::query().filter(Purchase::number.between(first, *next)).include(Purchase::lines);
            for purchase in newest.order_by(Purchase::number.desc()).limit(20).all(session)? {
                for line in session.load(purchase, Purchase::lines)? {
                    session[line].amount += 1;
                }
            }
            Ok(())
        }),
        4 => read_some(&mut engine.session()),
        5 => refused(engine, *next - 1, first),
        _ => engine.connection()?.execute_script("CREATE TEMPORARY TABLE scratch (id INTEGER); BEGIN"),
    }
}

/// Leaves rows and a transaction behind.
fn read_some(session: &mut Session) -> orm::Result<()> {
    session.begin()?;
    Line::query().select(Line::amount).limit(100).all(session)?;
    Purchase::query().iter(session)?.take(3).try_for_each(|purchase| purchase.map(drop))
}

/// Buys what is bought already.
fn refused(engine: &Engine, number: i64, first: i64) -> orm::Result<()> {
    match buy(engine, number) {
        Err(error) if error.kind() == ErrorKind::UniqueViolation => Ok(()),
        // Nothing was bought yet.
        Ok(()) if number < first => Ok(()),
        Ok(()) => Err(orm::Error::new(ErrorKind::InvalidState, format!("{number} could be bought twice"))),
        Err(error) => Err(error),
    }
}
