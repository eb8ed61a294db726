//! The only place that makes SQL text.

mod ddl;
pub(crate) mod dml;
mod expr;
mod like;
mod select;
mod write;
mod writer;

pub use ddl::{create_statements, drop_statements};
pub use select::select;
pub use write::{delete, update};
pub use writer::SqlWriter;
