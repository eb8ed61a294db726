//! Two sessions write to the same rows at any moment, at every isolation: no committed addition is lost.

use orm::Result;

use crate::TestContext;

cases! { by_two_sessions {
    without_a_comparison_an_addition_is_lost [];
    sequences_1_of_2_with_2000_in_memory_and_200_elsewhere [];
    sequences_2_of_2_with_2000_in_memory_and_200_elsewhere [];
} }

fn sequences(cx: &mut TestContext, part: u64) -> Result<()> {
    let cases = if cx.url().contains(":memory:") { 2_000 } else { 200 };
    crate::by_two_sessions::run(cx, part, cases)
}

pub fn sequences_1_of_2_with_2000_in_memory_and_200_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 1)
}

pub fn sequences_2_of_2_with_2000_in_memory_and_200_elsewhere(cx: &mut TestContext) -> Result<()> {
    sequences(cx, 2)
}

pub fn without_a_comparison_an_addition_is_lost(cx: &mut TestContext) -> Result<()> {
    crate::by_two_sessions::notices_what_is_lost(cx)
}
