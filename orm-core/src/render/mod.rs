//! The only place that makes SQL text.

pub(crate) mod dml;
mod expr;
mod like;
mod select;
mod writer;

pub use select::select;
pub use writer::SqlWriter;
