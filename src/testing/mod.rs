//! What tests of an application need: a [`Sandbox`] that takes back what a test has written, assertions about statements, and a [`Recorder`] that
//! writes statements down, plans their failures, or answers them itself.

mod recording;
mod sandbox;
mod statements;

pub use recording::{Planned, Recorded, Recorder};
pub use sandbox::Sandbox;

pub use crate::assert_statements;
