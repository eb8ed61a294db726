//! The only place that makes SQL text.

mod expr;
mod like;
mod select;
mod writer;

pub use select::select;
pub use writer::SqlWriter;
