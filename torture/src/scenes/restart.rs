//! A server that stops at once, without saying goodbye, and comes back, while clients write.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread::{ScopedJoinHandle, scope};
use std::time::Duration;

use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{audit, buy, prepare};
use crate::report::Outcome;
use crate::setting::{Server, Setting};

const CLIENTS: usize = 4;

/// What clients were told of their purchases.
#[derive(Default)]
struct Reports {
    committed: Vec<i64>,
    unknown: Vec<i64>,
    lost: usize,
    in_the_way: usize,
    wrong: Vec<String>,
}

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    Server::ALL.into_iter().map(|server| restarts(setting, server)).collect()
}

fn restarts(setting: &mut Setting, server: Server) -> Result<Outcome> {
    let mut outcome = Outcome::new("server stopped at once, under load", server.name());
    let times = setting.times(3, 40);
    let engine = Engine::connect(&setting.url(server))?;
    prepare(&engine)?;
    let (stop, next) = (AtomicBool::new(false), AtomicI64::new(1));
    let reports = scope(|threads| -> Result<Reports> {
        let clients: Vec<ScopedJoinHandle<'_, Reports>> =
            (0..CLIENTS).map(|_| threads.spawn(|| client(&engine, &next, &stop))).collect();
        let stopped = stops(setting, server, times);
        stop.store(true, Ordering::Relaxed);
        let reports = clients.into_iter().map(|client| client.join().map_err(|_| "a client panicked"));
        let reports = reports.collect::<Result<Vec<Reports>, _>>()?;
        stopped?;
        Ok(reports.into_iter().fold(Reports::default(), Reports::with))
    })?;
    // The pool is whole again with the first request.
    buy(&engine, next.load(Ordering::Relaxed))?;
    let stored = audit(&engine, &mut outcome)?;
    reports.compare(&stored, next.load(Ordering::Relaxed), &mut outcome);
    outcome.figure(format!("{times} stops, {CLIENTS} clients"));
    outcome.figure(format!("{} acknowledged commits", reports.committed.len()));
    outcome.figure(format!("{} without a connection, {} in each other's way", reports.lost, reports.in_the_way));
    outcome.figure(format!("{} unknown", reports.unknown.len()));
    Ok(outcome)
}

fn stops(setting: &mut Setting, server: Server, times: usize) -> Result<()> {
    for _ in 0..times {
        std::thread::sleep(Duration::from_millis(200) + setting.random.pause(400));
        setting.restart(server)?;
    }
    std::thread::sleep(Duration::from_millis(200));
    Ok(())
}

/// Buys until it is told to stop, and goes on after each error as a program would.
fn client(engine: &Engine, next: &AtomicI64, stop: &AtomicBool) -> Reports {
    let mut reports = Reports::default();
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        match buy(engine, number) {
            Ok(()) => reports.committed.push(number),
            Err(error) if error.kind() == ErrorKind::CommitUnknown => reports.unknown.push(number),
            Err(error) if error.kind() == ErrorKind::ConnectionLost => {
                reports.lost += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::StaleData | ErrorKind::Serialization | ErrorKind::Deadlock) =>
            {
                reports.in_the_way += 1;
            }
            Err(error) => reports.wrong.push(format!("{:?}: {error}", error.kind())),
        }
    }
    reports
}

impl Reports {
    fn with(mut self, other: Self) -> Self {
        self.committed.extend(other.committed);
        self.unknown.extend(other.unknown);
        self.wrong.extend(other.wrong);
        self.lost += other.lost;
        self.in_the_way += other.in_the_way;
        self
    }

    /// What was acknowledged is there; what failed is not.
    fn compare(&self, stored: &[i64], probe: i64, outcome: &mut Outcome) {
        for number in &self.committed {
            outcome.check(stored.binary_search(number).is_ok(), || {
                format!("purchase {number} was acknowledged and is gone")
            });
        }
        for number in stored.iter().filter(|number| **number != probe) {
            let known = self.committed.contains(number) || self.unknown.contains(number);
            outcome.check(known, || format!("purchase {number} is reported as failed and is stored"));
        }
        for wrong in &self.wrong {
            outcome.check(false, || format!("an error of a kind that does not fit: {wrong}"));
        }
    }
}
