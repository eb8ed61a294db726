//! The pages of the guide as tests.

#[cfg(test)]
#[expect(unused_variables, unused_mut, dead_code, clippy::let_unit_value, reason = "a page shows more than it uses")]
#[expect(unreachable_pub, clippy::print_stdout, clippy::print_stderr, reason = "a page is a program of its own")]
mod pages {
    use orm::prelude::*;

    include!(concat!(env!("OUT_DIR"), "/pages.rs"));
}
