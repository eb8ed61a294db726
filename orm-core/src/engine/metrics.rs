//! What an engine has done, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::StatementEvent;
use super::hooks::{ConnectionEvent, EngineHooks, Opening};
use crate::driver::Connection;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::StatementKind;

/// The upper bounds of a histogram's buckets: those that OpenTelemetry advises for the durations of database operations.
const BOUNDS: [Duration; 9] = [
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// What an engine has done since it was made, from [`Engine::metrics`](super::Engine::metrics). All numbers only grow.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Metrics {
    /// How many statements there were of each kind.
    pub statements: Vec<(StatementKind, u64)>,
    /// How many of them failed, and how many connections could not be had, by the kind of error.
    pub errors: Vec<(ErrorKind, u64)>,
    /// How many rows statements returned or changed.
    pub rows: u64,
    /// How long statements took.
    pub durations: Histogram,
    /// How long connections were waited for, where all were in use.
    pub waits: Histogram,
    /// How many connections were opened.
    pub opened: u64,
    /// How many connections were closed.
    pub closed: u64,
}

impl Metrics {
    /// How many statements there were of a kind.
    pub fn statements_of(&self, kind: StatementKind) -> u64 {
        self.statements.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count)
    }

    /// How many errors there were of a kind.
    pub fn errors_of(&self, kind: ErrorKind) -> u64 {
        self.errors.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count)
    }
}

/// How durations are distributed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Histogram {
    /// For each bucket the longest duration in it, and how many there are in it and in those before. The last one has no bound, and holds
    /// all of them.
    pub buckets: Vec<(Option<Duration>, u64)>,
    /// The sum of all durations.
    pub total: Duration,
}

impl Histogram {
    /// How many durations there were.
    pub fn count(&self) -> u64 {
        self.buckets.last().map_or(0, |(_, count)| *count)
    }
}

/// Counts what happens.
#[derive(Default)]
pub(super) struct Meter {
    statements: [AtomicU64; StatementKind::ALL.len()],
    errors: Mutex<Vec<(ErrorKind, u64)>>,
    rows: AtomicU64,
    durations: Durations,
    waits: Durations,
    opened: AtomicU64,
    closed: AtomicU64,
}

#[derive(Default)]
struct Durations {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanos: AtomicU64,
}

impl Durations {
    fn add(&self, duration: Duration) {
        let bucket = BOUNDS.iter().position(|bound| duration <= *bound).unwrap_or(BOUNDS.len());
        add(&self.buckets[bucket], 1);
        add(&self.nanos, u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    fn read(&self) -> Histogram {
        let mut sum = 0;
        let bounds = BOUNDS.iter().copied().map(Some).chain([None]);
        let buckets = bounds.zip(&self.buckets).map(|(bound, count)| {
            sum += count.load(Ordering::Relaxed);
            (bound, sum)
        });
        Histogram { buckets: buckets.collect(), total: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)) }
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

impl Meter {
    pub(super) fn read(&self) -> Metrics {
        let statements = StatementKind::ALL.into_iter().zip(&self.statements);
        Metrics {
            statements: statements.map(|(kind, count)| (kind, count.load(Ordering::Relaxed))).collect(),
            errors: self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            rows: self.rows.load(Ordering::Relaxed),
            durations: self.durations.read(),
            waits: self.waits.read(),
            opened: self.opened.load(Ordering::Relaxed),
            closed: self.closed.load(Ordering::Relaxed),
        }
    }

    fn note_error(&self, error: &Error) {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        match errors.iter_mut().find(|(kind, _)| *kind == error.kind()) {
            Some((_, count)) => *count += 1,
            None => errors.push((error.kind(), 1)),
        }
    }

    fn note_wait(&self, waited: Duration) {
        if !waited.is_zero() {
            self.waits.add(waited);
        }
    }
}

impl EngineHooks for Meter {
    fn connect(&self, _: &mut dyn Connection, opening: Opening) -> Result<()> {
        if opening != Opening::Reset {
            add(&self.opened, 1);
        }
        Ok(())
    }

    fn check_out(&self, event: &ConnectionEvent) {
        self.note_wait(event.waited);
    }

    fn check_out_failed(&self, error: &Error, waited: Duration) {
        self.note_wait(waited);
        self.note_error(error);
    }

    fn close(&self, _: &ConnectionEvent) {
        add(&self.closed, 1);
    }

    fn after_statement(&self, statement: &StatementEvent<'_>) {
        let kind = statement.kind();
        if let Some(count) = StatementKind::ALL.iter().position(|known| *known == kind) {
            add(&self.statements[count], 1);
        }
        add(&self.rows, statement.rows);
        self.durations.add(statement.elapsed);
        if let Some(error) = statement.error {
            self.note_error(error);
        }
    }
}
