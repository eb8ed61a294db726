//! A backend around a backend: it writes down every statement, and treats those that it is told to as a bad network or a full disk would.

mod backend;
mod fault;
mod notation;
mod recorder;
mod silent;
mod statement;

pub use fault::Planned;
pub use recorder::Recorder;
pub use statement::Recorded;
