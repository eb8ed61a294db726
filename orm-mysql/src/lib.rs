//! The MySQL and MariaDB backend of `orm`, on the crate `mysql`.
//!
//! Applications depend on the facade `orm` and write a `mysql:` or `mariadb:` URL.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod backend;
mod begin;
mod catalog;
mod connection;
mod decode;
mod dialect;
mod encode;
mod error;
mod function;
mod options;
mod replication;
mod rows;
mod server;
mod table;
#[cfg(feature = "chrono")]
mod temporal;
mod watch;
mod xa;

pub use backend::MysqlBackend;
pub use dialect::{MARIADB, MYSQL, MysqlDialect};
