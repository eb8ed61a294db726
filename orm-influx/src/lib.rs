//! Points of InfluxDB as structs: writing them in line protocol and in batches, queries whose rows are structs, and the care of databases.
//!
//! ```no_run
//! use orm_influx::{Influx, Point, chrono::{DateTime, Utc}};
//!
//! #[derive(Point, Debug)]
//! #[point(measurement = "cpu")]
//! struct Cpu {
//!     #[point(tag)]
//!     host: String,
//!     usage: f64,
//!     idle: i64,
//!     #[point(time)]
//!     at: DateTime<Utc>,
//! }
//!
//! let influx = Influx::v1("http://localhost:8086").database("servers").build()?;
//! influx.write(&[Cpu { host: "server01".into(), usage: 0.64, idle: 36, at: Utc::now() }])?;
//! let points = influx.select::<Cpu>().filter(Cpu::host.eq("server01")).all()?;
//! # Ok::<(), orm_influx::Error>(())
//! ```
//!
//! InfluxDB is no relational database, so there is no session: a point is written once and never changed. Errors, kinds of errors and the types
//! of values are those of `orm`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod admin;
mod answer;
#[cfg(feature = "arrow")]
mod batches;
mod client;
mod config;
mod http;
mod line;
mod point;
mod query;
mod rejected;
mod row;
mod writer;

#[cfg(feature = "arrow")]
pub use batches::RecordBatches;
pub use chrono;
pub use client::Influx;
pub use config::{Builder, Version};
pub use line::Precision;
pub use orm_core::{Error, ErrorKind, Result};
pub use orm_derive::Point;
pub use point::{Point, PointTime, Unsigned};
pub use query::{
    Aggregate, Aggregated, Chunks, Condition, FieldColumn, Fill, Flux, Group, Query, Select, TagColumn, Window, Windows,
};
pub use rejected::{RejectedLine, rejected_lines};
pub use writer::{FailedBatch, WhenFull, Writer, WriterBuilder, WriterNumbers};

/// What the derive's output calls.
#[doc(hidden)]
pub mod __private {
    pub use orm_core::Result;
    pub use orm_core::value::ColumnType;

    pub use crate::line::Line;
    pub use crate::point::{Column, FieldType, Point, PointSpec, PointTime, Role, Unsigned, is_tag};
    pub use crate::query::{FieldColumn, TagColumn};
    pub use crate::row::Row;
}
