use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::{Clock, Kind, Outcome, Peer, Seen, Turn, Turned, Workload, find};

/// A peer's connection.
pub trait Database {
    /// Which database it is.
    fn kind(&self) -> Kind;

    /// Runs a statement without parameters and rows.
    ///
    /// # Errors
    ///
    /// Those of the database.
    fn execute(&mut self, sql: &str) -> Outcome;

    /// Runs a query of one number.
    ///
    /// # Errors
    ///
    /// Those of the database.
    fn number(&mut self, sql: &str) -> Outcome<i64>;
}

/// How a peer does a workload.
#[derive(Debug)]
pub struct Way<D> {
    /// The workload's name.
    pub workload: &'static str,
    /// What is different from the peer's usual way, in one word; empty for that.
    pub variant: &'static str,
    /// Prepares its input, measures the work, and describes the result.
    pub run: fn(&mut D, &Task<'_>) -> Outcome<Sample>,
}

impl<D> Way<D> {
    /// A way of a workload.
    pub const fn new(
        workload: &'static str,
        variant: &'static str,
        run: fn(&mut D, &Task<'_>) -> Outcome<Sample>,
    ) -> Self {
        Self { workload, variant, run }
    }
}

/// One run of a workload.
#[derive(Debug)]
pub struct Task<'a> {
    /// The size.
    pub n: usize,
    /// The first key that this run may use: those below belong to earlier runs since the preparation.
    pub first: i64,
    clock: &'a Clock,
    is_verified: bool,
}

/// What a run took, and what was seen of its result when it was looked at.
#[derive(Debug)]
pub struct Sample {
    took: Duration,
    seen: Option<Seen>,
}

impl Task<'_> {
    /// The keys of this run.
    pub fn keys(&self) -> Vec<i64> {
        (self.first..).take(self.n).collect()
    }

    /// Measures the work, until its result is dropped. One that is verified is not: it counts as warming up.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub fn measure<T>(
        &self,
        work: impl FnOnce() -> Outcome<T>,
        describe: impl FnOnce(&T) -> Outcome<Seen>,
    ) -> Outcome<Sample> {
        if self.is_verified {
            let seen = describe(&work()?)?;
            return Ok(Sample { took: Duration::ZERO, seen: Some(seen) });
        }
        let ((), took) = self.clock.time(|| work().map(|value| drop(black_box(value))))?;
        Ok(Sample { took, seen: None })
    }
}

/// The ways of this process.
#[derive(Debug)]
pub struct Local<D> {
    name: &'static str,
    database: D,
    clock: Clock,
    ways: Vec<Way<D>>,
    /// What is prepared, and the first key that was not used since.
    prepared: Option<(&'static str, usize, usize)>,
}

impl<D: Database> Local<D> {
    /// The ways of a peer over its connection.
    ///
    /// # Errors
    ///
    /// Those of the clock.
    pub fn new(name: &'static str, mut database: D, ways: Vec<Way<D>>) -> Outcome<Self> {
        let clock = Clock::from_env(&mut database)?;
        Ok(Self { name, database, clock, ways, prepared: None })
    }

    /// Runs a way several times, after a run that verifies it.
    ///
    /// # Errors
    ///
    /// Those of the database, and when the result has the wrong number of rows.
    pub fn run(&mut self, workload: &'static Workload, way: usize, n: usize, runs: usize) -> Outcome<Vec<Duration>> {
        self.verify(workload, way, n)?;
        (0..runs).map(|_| Ok(self.sample(workload, way, n, false)?.took)).collect()
    }

    /// The names of workload and variant of each way.
    pub fn list(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.ways.iter().map(|way| (way.workload, way.variant))
    }

    /// Runs a way on what is prepared just now, and looks at its result and at the tables.
    fn verify(&mut self, workload: &'static Workload, way: usize, n: usize) -> Outcome<(Seen, i64)> {
        self.prepared = self.prepared.filter(|_| workload.room.is_none());
        let seen = self.sample(workload, way, n, true)?.seen.unwrap_or_default();
        let wanted = (workload.rows)(n);
        if seen.rows != wanted {
            let (name, variant) = (self.name, self.ways[way].variant);
            return Err(format!("{name}, {} {variant}, n = {n}: {seen}, not {wanted}", workload.name).into());
        }
        let stored = workload.stored.map_or(Ok(0), |query| self.database.number(query))?;
        Ok((seen, stored))
    }

    fn sample(&mut self, workload: &'static Workload, way: usize, n: usize, is_verified: bool) -> Outcome<Sample> {
        let first = self.prepare(workload, n)?;
        let task = Task { n, first: i64::try_from(first)?, clock: &self.clock, is_verified };
        (self.ways[way].run)(&mut self.database, &task)
    }

    /// Prepares what is not prepared, or has no room for `n` more. Returns the first key of the run.
    fn prepare(&mut self, workload: &'static Workload, n: usize) -> Outcome<usize> {
        let has_room = |next: usize| workload.room.is_none_or(|room| next + n - 1 <= room(n));
        let ready = self.prepared.filter(|(name, size, next)| *name == workload.name && *size == n && has_room(*next));
        let first = match ready {
            Some((.., next)) => next,
            None => {
                for statement in (workload.prepare)(self.database.kind(), n) {
                    self.database.execute(&statement)?;
                }
                1
            }
        };
        self.prepared = Some((workload.name, n, first + n));
        Ok(first)
    }
}

impl<D: Database> Peer for Local<D> {
    fn name(&self) -> &str {
        self.name
    }

    fn variants(&self, workload: &str) -> Vec<String> {
        self.list().filter(|(name, _)| *name == workload).map(|(_, variant)| variant.to_owned()).collect()
    }

    fn turn(&mut self, turn: &Turn<'_>) -> Outcome<Turned> {
        let workload = find(turn.workload)?;
        let way = self.list().position(|way| way == (turn.workload, turn.variant));
        let way = way.ok_or_else(|| format!("{} has no way {} {}", self.name, turn.workload, turn.variant))?;
        // Who took turns in between may have changed the same tables.
        self.prepared = self.prepared.filter(|_| workload.room.is_none());
        let mut turned = Turned::default();
        if turn.is_first {
            (turned.seen, turned.stored) = self.verify(workload, way, turn.n)?;
        }
        let started = Instant::now();
        while turned.times.is_empty() || started.elapsed() < turn.budget {
            turned.times.push(self.sample(workload, way, turn.n, false)?.took);
        }
        Ok(turned)
    }
}
