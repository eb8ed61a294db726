//! What tests of an application need: a [`Sandbox`] that takes back what a test has written, [databases](TestDatabases) for each test, a [`Factory`] of
//! objects, assertions about statements, and a [`Recorder`] that writes statements down, plans their failures, or answers them itself.

mod databases;
mod factory;
mod recording;
mod sandbox;
mod statements;

pub use databases::{TestDatabase, TestDatabases};
pub use factory::Factory;
pub use recording::{Planned, Recorded, Recorder};
pub use sandbox::Sandbox;

pub use crate::assert_statements;
