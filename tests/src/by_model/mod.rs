//! Random operations, done to a session and to a simple reference: database, memory and reference agree.

mod operation;
mod runner;
mod things;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use orm::Result;
use orm::models;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::TestContext;
use crate::models::{Book, Mixtape, Node, Passport, Player, Robot, Singer};
use runner::Runner;

/// How many sequences to run, instead of the default.
const CASES: &str = "ORM_MODEL_TEST_CASES";
/// The seed of the sequences, instead of a random one.
const SEED: &str = "ORM_MODEL_TEST_SEED";

/// Empties the tables, children first.
const EMPTY: &str = "UPDATE team SET captain_id = NULL; DELETE FROM mixtape_track; DELETE FROM mixtape; DELETE FROM track; \
     DELETE FROM record; DELETE FROM singer; DELETE FROM head; DELETE FROM robot; DELETE FROM passport; DELETE FROM person; \
     DELETE FROM book; DELETE FROM shelf; UPDATE node SET parent_id = NULL; DELETE FROM node; DELETE FROM player; DELETE FROM team;";

/// Runs `default` random sequences of operations (or as many as the environment says) on a session and on the reference.
///
/// # Errors
///
/// The database's, when the tables are created.
///
/// # Panics
///
/// When session and reference differ, with the shortest sequence found that makes them.
pub(crate) fn run(cx: &mut TestContext, default: u32) -> Result<()> {
    cx.create(models![Singer, Mixtape, Robot, Passport, Book, Node, Player])?;
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let cases = number(CASES).and_then(|cases| u32::try_from(cases).ok()).unwrap_or(default);
    let seed = number(SEED).unwrap_or_else(random);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&operation::operations(), |operations| {
        attempt(cx, &operations).map_err(|(reason, _)| TestCaseError::fail(reason))
    });
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(reason, operations)) => {
            let story = attempt(cx, &operations).err().map_or_else(Vec::new, |(_, story)| story);
            panic!("{reason}\nafter:\n  {}\nrun again with {SEED}={seed}", story.join("\n  "))
        }
        Err(TestError::Abort(reason)) => panic!("{reason}; {SEED}={seed}"),
    }
}

/// Runs one sequence on empty tables: what went wrong, and what was done until then.
fn attempt(cx: &TestContext, operations: &[operation::Operation]) -> Result<(), (String, Vec<String>)> {
    cx.execute(EMPTY);
    cx.clear_log();
    let mut runner = Runner::new(cx);
    let outcome = catch_unwind(AssertUnwindSafe(|| runner.run(operations)));
    let reason = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => format!("{error:?}"),
        Err(panic) => match panic.downcast_ref::<String>() {
            Some(message) => message.clone(),
            None => panic.downcast_ref::<&str>().map_or_else(|| "a panic".to_owned(), |message| (*message).to_owned()),
        },
    };
    Err((reason, runner.story))
}

fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}
