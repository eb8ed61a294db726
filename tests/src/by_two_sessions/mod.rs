//! Random operations of two sessions on the same rows, at every isolation: no addition that was committed is lost unless an error said so.
//!
//! Each write adds a number that no other write adds to what its session shows. What was committed is noted in a ledger beside the
//! database. A row that holds another sum than the ledger has lost an update, or has one that was rolled back.

mod actor;
mod operation;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use orm::prelude::*;
use orm::{Result, models};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::TestContext;
use crate::models::Tally;
use actor::Actor;
use operation::{Cell, Operation, Step, steps};

/// How many rows there are.
const ROWS: i64 = 3;

/// The sum that was committed to each cell.
type Sums = BTreeMap<Cell, i64>;

/// Runs `cases` random sequences; `part` is their seed.
///
/// # Errors
///
/// The database's, when the table is created.
///
/// # Panics
///
/// When an addition is lost, with the shortest sequence found that loses one.
pub(crate) fn run(cx: &mut TestContext, part: u64, cases: u32) -> Result<()> {
    cx.create(models![Tally])?;
    let engine = impatient(cx)?;
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&part.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcome = runner.run(&steps(), |steps| attempt(&engine, &steps).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(reason, steps)) => {
            let steps: Vec<String> = steps.iter().map(|step| format!("{step:?}")).collect();
            panic!("{reason}\nafter:\n  {}", steps.join("\n  "))
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// Two sessions add to one number, one after the other has committed: with comparison nothing is lost, and without it the sequence notices.
///
/// # Errors
///
/// The database's.
///
/// # Panics
///
/// When the sequence misses a lost update, or reports one that did not happen.
pub(crate) fn notices_what_is_lost(cx: &mut TestContext) -> Result<()> {
    let cell = Cell::here(1);
    let turns = [Operation::Get(1), Operation::Add(cell), Operation::Commit];
    let order = [(0, false), (0, true), (1, false), (2, false), (1, true), (2, true)];
    let steps = order.map(|(turn, second)| Step { second, operation: turns[turn] });
    for compares in [true, false] {
        let engine = cx.builder().compare_updates(compares).build()?;
        engine.create_all(models![Tally])?;
        let lost = sequence(&engine, &steps)?;
        assert_eq!(lost.is_some(), !compares, "{lost:?}");
    }
    Ok(())
}

/// An engine that does not wait for locks. Both sessions are in this thread, so nobody would release them.
fn impatient(cx: &TestContext) -> Result<Engine> {
    let url = cx.url();
    if url.contains(":memory:") {
        return Ok(cx.engine.clone());
    }
    let url = match cx.backend_name() {
        "SQLite" => format!("{url}{}busy_timeout=5", cx.separator()),
        "PostgreSQL" => format!("{url}%20-clock_timeout%3D10"),
        _ => format!("{url}{}lock_timeout=10", cx.separator()),
    };
    Engine::builder(&url).pool_timeout(Duration::from_secs(5)).build()
}

/// Runs one sequence on rows that hold 0, and tells what went wrong.
fn attempt(engine: &Engine, steps: &[Step]) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| sequence(engine, steps)));
    match outcome {
        Ok(Ok(lost)) => lost.map_or(Ok(()), Err),
        Ok(Err(error)) => Err(format!("{error:?}")),
        Err(panic) => Err(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned())),
    }
}

fn sequence(engine: &Engine, steps: &[Step]) -> Result<Option<String>> {
    let rows: Vec<String> = (1..=ROWS).map(|id| format!("({id}, 0, 0)")).collect();
    let script = format!("DELETE FROM tally; INSERT INTO tally (id, here, there) VALUES {}", rows.join(", "));
    engine.connection()?.execute_script(&script)?;
    // If there is only one connection, one session at a time has a transaction.
    let alone = engine.backend().max_connections() == Some(1);
    let mut committed = Sums::new();
    let mut actors = [Actor::new(engine, true), Actor::new(engine, false)];
    for (number, step) in (0_i64..).zip(steps) {
        let (acting, other) = (usize::from(step.second), usize::from(!step.second));
        if alone && actors[other].is_busy() {
            continue;
        }
        // All additions of a sequence differ, and so do all sums of them.
        actors[acting].act(&step.operation, 1 << number.min(60), &mut committed)?;
    }
    for actor in actors {
        actor.close()?;
    }
    let mut session = engine.session();
    let stored = Tally::query().values(&mut session)?;
    session.close()?;
    let wrong = stored.iter().flat_map(|row| [(Cell::here(row.id), row.here), (Cell::there(row.id), row.there)]);
    let mut wrong = wrong.filter(|(cell, sum)| *sum != committed.get(cell).copied().unwrap_or(0));
    Ok(wrong.next().map(|(cell, sum)| {
        let expected = committed.get(&cell).copied().unwrap_or(0);
        format!("{cell:?} holds {sum:#b}, and {expected:#b} was committed")
    }))
}
