//! The suite that every database has to pass.
//!
//! A case is a plain function in [`cases`]; a file under `tests/` runs all of them on one database. How to add a case is told
//! in [`cases`].

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

mod by_model;
mod by_two_sessions;
pub mod cases;
mod changes;
mod check;
mod context;
mod fleets;
pub mod harness;
mod line;
pub mod models;
mod random_catalogs;
mod random_rows;
pub mod scenes;
mod schemas;
mod spans;
mod spelling;
pub mod values;

pub use check::{expect_error, logged};
pub use context::TestContext;
pub use line::Line;
pub use spans::spans;
