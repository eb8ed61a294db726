//! Values on their way to and from a database, and the Rust types that a column may have.

#[cfg(feature = "chrono")]
mod chrono;
mod column_type;
#[cfg(feature = "decimal")]
mod decimal;
#[cfg(feature = "json")]
mod json;
mod mismatch;
mod owned;
mod primitive;
mod sql_type;
#[cfg(feature = "uuid")]
mod uuid;
mod value_ref;

pub use column_type::ColumnType;
pub use mismatch::Mismatch;
pub use owned::Value;
pub(crate) use owned::with_refs;
pub use sql_type::SqlType;
pub use value_ref::ValueRef;
