//! Random operations do to a session what they do to a simple reference: 20,000 sequences on SQLite in memory, 1,000 on each
//! other database. How to run others is told in `CONTRIBUTING.md`.

use orm::Result;

use crate::TestContext;

cases! { by_model {
    sequences_01_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_02_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_03_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_04_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_05_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_06_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_07_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_08_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_09_of_10_with_2000_in_memory_and_100_elsewhere [];
    sequences_10_of_10_with_2000_in_memory_and_100_elsewhere [];
} }

/// One part of the sequences.
fn sequences(cx: &mut TestContext, part: u64) -> Result<()> {
    crate::by_model::run(cx, part, if cx.url().contains(":memory:") { 2_000 } else { 100 })
}

pub fn sequences_01_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 1)
}

pub fn sequences_02_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 2)
}

pub fn sequences_03_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 3)
}

pub fn sequences_04_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 4)
}

pub fn sequences_05_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 5)
}

pub fn sequences_06_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 6)
}

pub fn sequences_07_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 7)
}

pub fn sequences_08_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 8)
}

pub fn sequences_09_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 9)
}

pub fn sequences_10_of_10_with_2000_in_memory_and_100_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 10)
}
