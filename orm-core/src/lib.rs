//! The database-neutral core of `orm`: values, schema, models, statements, drivers' contract, queries and sessions.
//!
//! Applications depend on the facade `orm` and not on this crate.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod catalog;
#[doc(hidden)]
pub mod codegen;
pub mod dialect;
pub mod driver;
pub mod engine;
pub mod error;
pub mod model;
pub mod query;
pub mod render;
pub mod schema;
pub mod session;
pub mod shards;
pub mod sql;
pub mod value;

pub use error::{Constraint, Error, ErrorKind, Invalid, Result, Violation};
