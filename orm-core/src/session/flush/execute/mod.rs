//! Runs a plan, statement by statement.
//!
//! Nothing is decided here and no object is written to: what the database returns is an [`outcome`]. Rows that are not what they were
//! are found in [`stale`].

mod compute;
mod delete_rows;
mod insert_lists;
mod insert_rows;
mod insert_values;
pub(crate) mod outcome;
pub(crate) mod pieces;
mod read_back;
pub(crate) mod run;
pub(crate) mod sources;
pub(crate) mod stale;
mod update_rows;
