//! Questions: InfluxQL as text, the usual ones typed, and Flux.

mod aggregate;
mod chunks;
mod condition;
mod flux;
mod select;
mod text;

pub use aggregate::{Aggregate, Aggregated, Fill, Window, Windows};
pub use chunks::Chunks;
#[cfg(feature = "arrow")]
pub(crate) use chunks::InChunks;
pub use condition::{Condition, FieldColumn, TagColumn};
pub use flux::Flux;
pub use select::Select;
pub use text::{Group, Query};

/// A name in InfluxQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// A span of time in InfluxQL.
pub(crate) fn span(duration: std::time::Duration) -> String {
    format!("{}ns", duration.as_nanos())
}
