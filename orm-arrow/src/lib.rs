//! Arrow's record batches: results into frames, and frames into tables.
//!
//! [`ReadBatches`] has `query.record_batches(&mut session, 8_192)?` for every query, [`InsertBatches`] `Employee::insert_batches(batches)` for
//! every model, and [`InsertTableBatches`] the same for a [`Table`](orm_core::query::table::Table). [`read_table`] and [`read_sql`] read
//! tables and statements that are known at run time only. Batches come and go as the database takes them: memory does not grow with their number.
//!
//! Files of Parquet or IPC are read and written by Arrow's own crates.

mod batches;
mod builders;
mod cells;
mod decimals;
mod insert;
mod lists;
mod numbers;
mod schema;
mod tables;
mod texts;
mod times;

pub use batches::{ReadBatches, RecordBatches};
pub use insert::{Batches, InsertBatches, InsertTableBatches, IntoBatch};
pub use tables::{read_sql, read_table};
