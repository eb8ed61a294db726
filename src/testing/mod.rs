//! What tests of an application need: assertions about statements, and a [`Recorder`] that writes statements down, plans their failures, or
//! answers them itself.

mod recording;
mod statements;

pub use recording::{Planned, Recorded, Recorder};

pub use crate::assert_statements;
