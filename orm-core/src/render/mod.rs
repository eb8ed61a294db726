//! The only place that makes SQL text.

mod beside;
pub(crate) mod bulk;
mod call;
mod catalog;
mod conflict;
mod ddl;
pub(crate) mod dml;
mod expr;
mod group;
pub(crate) mod insert;
mod keyset;
mod like;
mod misplaced;
mod raw;
mod readable;
mod select;
mod source;
mod stored;
mod write;

pub(crate) use catalog::views::refresh as refresh_view;
pub use ddl::{create_statements, drop_statements};
pub use raw::{check_script, raw, statements, summary, words};
pub(crate) use raw::{kind, single_statement_writes};
#[cfg(test)]
pub(crate) use readable::readable;
pub(crate) use readable::{condition, show};
pub use select::select;
pub(crate) use select::select_within;
pub use write::write_statement;
pub(crate) use write::write_within;

/// The largest size of the parameters of one statement, in bytes. The driver and the server hold them several times, and the server's limit
/// is a gigabyte.
pub(crate) const STATEMENT_BYTES: usize = 64 * 1024 * 1024;
