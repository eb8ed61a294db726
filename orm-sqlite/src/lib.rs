//! The SQLite backend of `orm`, on `rusqlite` with the library compiled in.
//!
//! Applications depend on the facade `orm` and write a `sqlite:` URL.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod aggregate;
mod arithmetic;
mod backend;
mod catalog;
mod collation;
mod connection;
mod dialect;
mod encode;
mod error;
mod file;
mod function;
mod gate;
mod options;
mod patience;
mod prepared;
mod reset;
mod row;
mod stored;
mod table;
mod writer;

pub use backend::SqliteBackend;
pub use dialect::{CAPABILITIES, SqliteDialect};
