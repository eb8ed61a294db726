//! Statements that write without the flush: INSERT, UPDATE and DELETE as the user wrote them, and the rows that they return.
//!
//! Each runs at once and then brings the objects of the session in step: [`bulk`] by [`evaluate`]ing its condition over them where it
//! can, [`returning`] by the rows that come back.

pub(crate) mod bulk;
mod bulk_insert;
mod bulk_lists;
mod bulk_update;
pub(crate) mod bulk_writer;
mod cell_values;
mod cells;
pub(crate) mod evaluate;
pub(crate) mod filtered;
mod insert;
mod read_back;
mod refresh_view;
mod returned_objects;
mod returning;
mod untyped;
mod update_by_key;

pub use returning::Run;
