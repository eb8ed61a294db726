//! Migrations: the schema of a database over time, as revisions in a folder of plain SQL.
//!
//! A program embeds the folder and brings its database up to date at start:
//!
//! ```
//! use orm::migrate::Migrations;
//!
//! let migrations = Migrations::from_files([
//!     ("20260101_1200_a1b2c3_users/revision.toml", "id = \"a1b2c3\"\nmessage = \"users\"\n"),
//!     ("20260101_1200_a1b2c3_users/up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);"),
//!     ("20260101_1200_a1b2c3_users/down.sql", "DROP TABLE users;"),
//! ])?;
//! let engine = orm::Engine::connect("sqlite://")?;
//! let done = migrations.upgrade(&engine)?;
//! assert_eq!(done, ["a1b2c3"]);
//! assert!(migrations.upgrade(&engine)?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alone;
mod autogenerate;
#[cfg(feature = "command")]
pub mod command;
mod concurrently;
mod counted;
mod error;
mod execute;
mod files;
mod graph;
mod history;
mod kept;
mod lint;
mod offline;
mod renames;
mod revision;
mod run;
mod script;
mod snapshot;
mod stamp;
mod tenants;
mod words;

pub use autogenerate::Draft;
pub use error::{Error, Result};
pub use graph::Target;
pub use lint::{Finding, Rule, rules};
pub use revision::{Migrations, Revision};
pub use run::{Progress, Run};
pub use tenants::each_tenant;
