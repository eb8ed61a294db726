//! The pages of the guide as tests.

#[cfg(test)]
#[expect(unused_variables, dead_code, clippy::let_unit_value, reason = "a page shows more than it uses")]
mod pages {
    use orm::prelude::*;

    include!(concat!(env!("OUT_DIR"), "/pages.rs"));
}
