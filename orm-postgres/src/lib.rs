//! The PostgreSQL backend of `orm`, on `postgres`.
//!
//! Applications depend on the facade `orm` and write a `postgresql:` URL.

mod array;
mod backend;
mod batch;
mod connection;
mod decode;
mod dialect;
mod encode;
mod error;
mod foreign_key;
mod function;
#[cfg(feature = "decimal")]
mod numeric;
mod table;
#[cfg(feature = "chrono")]
mod temporal;

pub use backend::PostgresBackend;
pub use dialect::{CAPABILITIES, PostgresDialect};
