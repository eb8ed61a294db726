//! The only place that makes SQL text.

mod writer;

pub use writer::SqlWriter;
