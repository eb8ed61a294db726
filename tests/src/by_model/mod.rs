//! Random operations, done to a session and to a simple reference: database, memory and reference agree.

mod operation;
mod relations;
mod runner;
mod things;
mod world;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use orm::Result;
use orm::models;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::TestContext;
use crate::models::{
    Actor, Blade, Book, Company, Desk, Door, Feline, Folder, Hall, Library, Member, Mixtape, Node, Passport, Player,
    Robot, Show, Singer, Station, Town,
};
use runner::Runner;
use things::Kind;

/// How many sequences to run, instead of the default.
const CASES: &str = "ORM_MODEL_TEST_CASES";
/// The seed of the sequences, a number or `random`, instead of the number of the part.
const SEED: &str = "ORM_MODEL_TEST_SEED";

#[expect(clippy::print_stdout, reason = "the seed belongs to what a test says")]
fn tell_seed(cases: u32, seed: u64) {
    println!("{cases} sequences, {SEED}={seed}");
}

/// Runs `default` random sequences of operations (or as many as the environment says) on a session and on the reference. `part`
/// is their seed.
///
/// # Errors
///
/// The database's, when the tables are created.
///
/// # Panics
///
/// When session and reference differ, with the shortest sequence found that makes them.
pub(crate) fn run(cx: &mut TestContext, part: u64, default: u32) -> Result<()> {
    cx.create(models![
        Singer, Mixtape, Robot, Passport, Book, Node, Player, Desk, Folder, Library, Hall, Show, Town, Door, Company,
        Member, Actor, Feline, Blade
    ])?;
    if cx.capabilities().deferrable_keys {
        cx.create(models![Station])?;
    }
    let variable = |name: &str| std::env::var(name).ok();
    let cases =
        variable(CASES).map_or(default, |cases| cases.parse().unwrap_or_else(|_| panic!("{CASES} is a number")));
    let seed = match variable(SEED).as_deref() {
        None => part,
        Some("random") => random(),
        Some(seed) => seed.parse().unwrap_or_else(|_| panic!("{SEED} is a number, or `random`")),
    };
    tell_seed(cases, seed);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 3_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&operation::operations(cx.capabilities()), |operations| {
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
    cx.clear_log();
    let mut runner = Runner::new(cx);
    let outcome = catch_unwind(AssertUnwindSafe(|| runner.run(operations)));
    empty(cx, &runner.kinds());
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

/// Empties the tables of some models, children first.
fn empty(cx: &TestContext, kinds: &BTreeSet<Kind>) {
    let mut script = String::new();
    for (kind, sql) in
        [(Kind::Team, "UPDATE team SET captain_id = NULL;"), (Kind::Node, "UPDATE node SET parent_id = NULL;")]
    {
        script += if kinds.contains(&kind) { sql } else { "" };
    }
    for (kind, pairs) in [(Kind::Track, "mixtape_track"), (Kind::Mixtape, "mixtape_track"), (Kind::Member, "follow")] {
        script += &if kinds.contains(&kind) { format!("DELETE FROM {pairs};") } else { String::new() };
    }
    for kind in kinds.iter().rev() {
        script += &format!("DELETE FROM {};", kind.rows());
    }
    if kinds.contains(&Kind::Saw) || kinds.contains(&Kind::Drill) {
        script += "DELETE FROM tool;";
    }
    cx.execute(&script);
}

fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}
