//! The PostgreSQL backend of `orm`, on `tokio-postgres`.
//!
//! Applications depend on the facade `orm` and write a `postgresql:` URL.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod arranged;
mod array;
mod backend;
mod batch;
mod begin;
mod catalog;
mod client;
mod connect;
mod connection;
mod copy_in;
mod copy_out;
mod decode;
mod dialect;
mod encode;
mod error;
mod foreign_key;
mod function;
mod login;
#[cfg(feature = "decimal")]
mod numeric;
mod options;
mod passfile;
mod protocol;
mod rows;
mod server;
mod settings;
mod statements;
mod table;
#[cfg(feature = "chrono")]
mod temporal;
#[cfg(feature = "tls")]
mod tls;
mod url;
mod watch;
mod wire;

pub use backend::PostgresBackend;
pub use dialect::{CAPABILITIES, PostgresDialect};
