//! CSV and JSON lines: files into tables, and results into files, in memory that does not grow with them.
//!
//! [`ReadFiles`] has `Employee::insert_csv(file)` and its like for every model, and for a [`Table`](orm_core::query::table::Table).
//! [`WriteFiles`] has `query.to_csv(&mut session, file)` for every query. Values are read and written by the types of their columns.

mod bad_line;
mod cells;
mod csv_reader;
mod csv_writer;
mod json_reader;
mod json_writer;
mod methods;

pub use bad_line::BadLine;
pub use csv_reader::{Csv, CsvRows};
pub use csv_writer::CsvWriter;
pub use json_reader::{JsonLines, JsonRows};
pub use methods::{ReadFiles, ReadTableFiles, WriteFiles};
