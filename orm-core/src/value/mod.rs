//! The values that are exchanged with a database, and the Rust types that a column may have.

pub(crate) mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
mod column_type;
#[cfg(feature = "decimal")]
mod decimal;
mod deferred;
mod encoded;
#[cfg(any(feature = "time", feature = "jiff"))]
mod foreign_times;
mod form;
mod format;
mod generated;
mod integers;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "json")]
mod json_of;
#[cfg(feature = "json")]
pub mod json_text;
mod list;
mod mismatch;
mod moment;
mod newtype;
mod owned;
mod primitive;
mod soft_delete;
mod sql_type;
mod std_types;
pub mod text;
mod typed;
#[cfg(feature = "ulid")]
mod ulid;
#[cfg(feature = "uuid")]
mod uuid;
mod value_ref;
mod values;
pub(crate) mod version;

pub use column_type::ColumnType;
pub use deferred::Deferred;
pub use encoded::{CustomType, Encoded, FieldCodec, FieldType, Made};
pub use form::{TextForm, ValueForm};
pub use format::Format;
pub use generated::Generated;
#[cfg(feature = "json")]
pub use json_of::{Json, JsonValue};
pub use list::{ArrayItem, Elements, List};
pub use mismatch::Mismatch;
pub use moment::Moment;
pub use newtype::Newtype;
pub use owned::Value;
pub(crate) use owned::with_refs;
pub use soft_delete::{DeletionMark, Instant};
pub use sql_type::SqlType;
pub(crate) use typed::{encoded_as, read_as};
pub use value_ref::ValueRef;
pub use values::{NativeEnum, Values};
