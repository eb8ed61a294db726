//! Functions in SQLite's spelling, and our own where SQLite has none or one with another meaning.

mod cast;
#[cfg(feature = "json")]
mod json;
mod number;
mod spelling;
mod text;
#[cfg(feature = "chrono")]
mod time;

#[cfg(feature = "decimal")]
use orm_core::value::{ColumnType, Mismatch, ValueRef};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef as Native};
use rusqlite::{Connection, Error, Result};
pub(crate) use spelling::spelling;

use crate::encode::NAN;

/// Our functions depend on their arguments only, so views and indexes may use them.
pub(crate) const FLAGS: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_INNOCUOUS);

/// Registers the functions on a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    cast::register(connection)?;
    number::register(connection)?;
    text::register(connection)?;
    #[cfg(feature = "chrono")]
    time::register(connection)?;
    #[cfg(feature = "json")]
    json::register(connection)?;
    Ok(())
}

pub(crate) fn failed(message: &str) -> Error {
    Error::UserFunctionError(message.into())
}

/// A float as it is stored: NaN is text, because SQLite would store NULL.
pub(crate) fn native(value: f64) -> Value {
    if value.is_nan() { Value::Text(NAN.to_owned()) } else { Value::Real(value) }
}

/// An argument as a float.
#[expect(clippy::cast_precision_loss, reason = "an integer beside a float is a float")]
pub(crate) fn float(context: &Context<'_>, index: usize) -> Result<Option<f64>> {
    match context.get_raw(index) {
        Native::Null => Ok(None),
        Native::Real(v) => Ok(Some(v)),
        Native::Integer(v) => Ok(Some(v as f64)),
        Native::Text(text) if text == NAN.as_bytes() => Ok(Some(f64::NAN)),
        other => Err(failed(&format!("{} is not a number", other.data_type()))),
    }
}

/// An argument as text.
fn text<'a>(context: &'a Context<'_>, index: usize) -> Result<Option<&'a str>> {
    context.get_raw(index).as_str_or_null().map_err(|error| failed(&error.to_string()))
}

/// An argument as a decimal.
#[cfg(feature = "decimal")]
pub(crate) fn decimal(context: &Context<'_>, index: usize) -> Result<Option<rust_decimal::Decimal>> {
    to_decimal(context.get_raw(index)).map_err(|mismatch| failed(&mismatch.to_string()))
}

/// A cell as a decimal.
#[cfg(feature = "decimal")]
pub(crate) fn to_decimal(cell: Native<'_>) -> std::result::Result<Option<rust_decimal::Decimal>, Mismatch> {
    let cell = match cell {
        Native::Null => ValueRef::Null,
        Native::Integer(v) => ValueRef::I64(v),
        Native::Real(v) => ValueRef::F64(v),
        Native::Text(v) => ValueRef::Text(std::str::from_utf8(v).unwrap_or_default()),
        Native::Blob(v) => ValueRef::Bytes(v),
    };
    ColumnType::from_ref(cell)
}
