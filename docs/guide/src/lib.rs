//! The pages of the guide as tests.

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    unused_variables,
    reason = "a page shows what it speaks of and leaves the rest alone"
)]
mod pages {
    use orm::prelude::*;

    include!(concat!(env!("OUT_DIR"), "/pages.rs"));
}
