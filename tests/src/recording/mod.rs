//! A backend around a backend: it writes down every statement, and fails those that it is told to.

mod backend;
mod notation;
mod recorder;
mod statement;

pub use backend::RecordingBackend;
pub use recorder::Recorder;
pub use statement::{Recorded, StatementKind};
