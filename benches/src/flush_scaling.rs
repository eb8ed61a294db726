//! How a flush grows with the number of objects: `cargo bench -p orm-bench --bench flush_scaling`.
//!
//! Planning and bookkeeping are measured on a connection that stores nothing, and the whole flush on SQLite in memory.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use orm::ValueRef;
use orm::driver::{
    Backend, BatchDone, Bind, Connection, Dialect, Limits, Notification, RowSink, RowStream, TableFacts, TableName,
    TransactionMode, TransactionState,
};
use orm::prelude::*;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_parent")]
struct Parent {
    #[orm(primary_key)]
    id: i64,
    size: i64,
    #[has_many(back_populates = parent)]
    children: HasMany<Child>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "bench_child")]
struct Child {
    #[orm(primary_key)]
    id: i64,
    size: i64,
    #[orm(index)]
    #[belongs_to(back_populates = children)]
    parent: BelongsTo<Parent>,
}

const FEW: usize = 10_000;
const MANY: usize = 1_000_000;
/// One object in this many is a parent.
const FAMILY: usize = 10;

fn main() -> Outcome<()> {
    for (name, silent) in [("planning and bookkeeping", true), ("the whole, SQLite in memory", false)] {
        let [few, many, ratio] = compare(silent)?;
        println!("{name}: {few:.0} ns an object of {FEW}, {many:.0} ns of {MANY}, ratio {ratio:.2}");
    }
    for count in [FEW, MANY] {
        println!("memory: {:.0} bytes a pending object of {count}, beyond the object", bytes(count)?);
    }
    println!("a flush with nothing dirty among {MANY} loaded objects: {:.1} microseconds", idle()? * 1e6);
    Ok(())
}

fn engine(silent: bool) -> Outcome<Engine> {
    let builder = Engine::builder("sqlite:///:memory:");
    let builder = if silent { builder.wrap_backend(|inner| Arc::new(Silent { inner })) } else { builder };
    let engine = builder.build()?;
    engine.create_all(models![Parent, Child])?;
    Ok(engine)
}

/// Adds `count` objects, children and their parents.
fn add(session: &mut Session, count: usize) {
    for _ in 0..count / FAMILY {
        let parent = session.add(Parent::default());
        session.add_all((1..FAMILY).map(|_| Child { parent: parent.into(), ..Child::default() }));
    }
}

/// How long the flush of `count` new objects takes.
fn flush(count: usize, silent: bool) -> Outcome<Duration> {
    let engine = engine(silent)?;
    let mut session = engine.session();
    add(&mut session, count);
    let start = Instant::now();
    session.flush()?;
    let took = start.elapsed();
    session.rollback()?;
    Ok(took)
}

/// The medians of both sizes, in nanoseconds an object, and of their ratio. They take turns, so that what else the machine does
/// slows both.
fn compare(silent: bool) -> Outcome<[f64; 3]> {
    const ROUNDS: usize = 9;
    const TURN: usize = 31;
    let mut rounds = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let few = median(TURN, || flush(FEW, silent))? / FEW as f64 * 1e9;
        let many = flush(MANY, silent)?.as_secs_f64() / MANY as f64 * 1e9;
        for (all, one) in rounds.iter_mut().zip([few, many, many / few]) {
            all.push(one);
        }
    }
    Ok(rounds.map(|mut all| {
        all.sort_by(f64::total_cmp);
        all[ROUNDS / 2]
    }))
}

/// The most memory that a new object may take until its flush is done, in addition to the object.
fn bytes(count: usize) -> Outcome<f64> {
    let engine = engine(true)?;
    let mut session = engine.session();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    add(&mut session, count);
    session.flush()?;
    let parents = count / FAMILY;
    let objects = parents * size_of::<Parent>() + (count - parents) * size_of::<Child>();
    Ok((MEMORY.peak_usage() - before - objects) as f64 / count as f64)
}

fn idle() -> Outcome<f64> {
    let engine = engine(false)?;
    let mut session = engine.session();
    add(&mut session, MANY);
    session.commit()?;
    session.clear();
    let objects = (Parent::query().all(&mut session)?, Child::query().all(&mut session)?);
    session.commit()?;
    median(1_001, || {
        let start = Instant::now();
        session.flush()?;
        black_box(&objects);
        Ok(start.elapsed())
    })
}

/// The median of `rounds` in seconds, after one round of warming up.
fn median(rounds: usize, mut run: impl FnMut() -> Outcome<Duration>) -> Outcome<f64> {
    run()?;
    let mut times = (0..rounds).map(|_| run()).collect::<Outcome<Vec<_>>>()?;
    times.sort();
    Ok(times[rounds / 2].as_secs_f64())
}

/// Accepts batches and stores nothing.
#[derive(Debug)]
struct Silent {
    inner: Arc<dyn Backend>,
}

impl Backend for Silent {
    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    fn connect(&self) -> orm::Result<Box<dyn Connection>> {
        Ok(Box::new(SilentConnection { inner: self.inner.connect()?, last: 0 }))
    }

    fn max_connections(&self) -> Option<u32> {
        self.inner.max_connections()
    }
}

struct SilentConnection {
    inner: Box<dyn Connection>,
    last: i64,
}

/// Discards values.
struct Sink;

impl Bind for Sink {
    fn bind(&mut self, value: ValueRef<'_>) -> orm::Result<()> {
        black_box(value);
        Ok(())
    }
}

impl Connection for SilentConnection {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> orm::Result<()> {
        self.inner.query(sql, params, sink)
    }

    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> orm::Result<Box<dyn RowStream + 'c>> {
        self.inner.stream(sql, params, mode)
    }

    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> orm::Result<u64> {
        self.inner.execute(sql, params)
    }

    fn execute_batch(
        &mut self,
        _: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> orm::Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> orm::Result<()> {
        for row in 0..rows {
            bind(row, &mut Sink)?;
            self.last += 1;
            done(row, BatchDone { affected: 1, last_insert_id: self.last });
        }
        Ok(())
    }

    fn execute_script(&mut self, sql: &str) -> orm::Result<()> {
        self.inner.execute_script(sql)
    }

    fn describe_table(&mut self, table: &TableName) -> orm::Result<Option<TableFacts>> {
        self.inner.describe_table(table)
    }

    fn set_limits(&mut self, limits: &Limits) -> orm::Result<()> {
        self.inner.set_limits(limits)
    }

    fn notification(&mut self, wait: Duration) -> orm::Result<Option<Notification>> {
        self.inner.notification(wait)
    }

    fn begin(&mut self, mode: TransactionMode) -> orm::Result<()> {
        self.inner.begin(mode)
    }

    fn transaction(&mut self) -> orm::Result<TransactionState> {
        self.inner.transaction()
    }

    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> orm::Result<bool> {
        self.inner.defer_foreign_key(table, columns)
    }

    fn check_deferred(&mut self) -> orm::Result<()> {
        self.inner.check_deferred()
    }

    fn reset(&mut self) -> orm::Result<()> {
        self.inner.reset()
    }

    fn is_broken(&self) -> bool {
        self.inner.is_broken()
    }

    fn check(&mut self) -> orm::Result<()> {
        self.inner.check()
    }

    fn ping(&mut self) -> orm::Result<()> {
        self.inner.ping()
    }
}
