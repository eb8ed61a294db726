//! What tests of an application need.

mod statements;

pub use crate::assert_statements;
