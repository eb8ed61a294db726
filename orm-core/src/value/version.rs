//! What comes next in a version column.

use super::{SqlType, Value, ValueRef};
use crate::error::{Error, ErrorKind, Result};

/// The version of a new row, where the user set none.
pub(crate) fn first(sql_type: SqlType) -> Option<Value> {
    match sql_type {
        SqlType::I16 | SqlType::I32 | SqlType::I64 => Some(Value::I64(1)),
        #[cfg(feature = "chrono")]
        SqlType::Timestamp => later_than(ValueRef::Timestamp(chrono::DateTime::UNIX_EPOCH)),
        #[cfg(feature = "chrono")]
        SqlType::DateTime => later_than(ValueRef::DateTime(chrono::DateTime::UNIX_EPOCH.naive_utc())),
        _ => None,
    }
}

/// The version after `now`, of a column of that type. `None` for a type that does not count: `on_update` says what comes next.
///
/// # Errors
///
/// `Unsupported` when `now` is the greatest number of the type.
pub(crate) fn next(now: ValueRef<'_>, sql_type: SqlType) -> Result<Option<Value>> {
    let ValueRef::I64(count) = now else { return Ok(later_than(now)) };
    let greatest = match sql_type {
        SqlType::I16 => i16::MAX.into(),
        SqlType::I32 => i32::MAX.into(),
        _ => i64::MAX,
    };
    if count < greatest {
        return Ok(Some(Value::I64(count + 1)));
    }
    let message = format!("the version {count} is the greatest that its type has; make the column and its field wider");
    Err(Error::new(ErrorKind::Unsupported, message))
}

/// A point in time as the version after another one.
fn later_than(now: ValueRef<'_>) -> Option<Value> {
    match now {
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(now) => Some(Value::Timestamp(later(now))),
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(now) => Some(Value::DateTime(later(now.and_utc()).naive_utc())),
        _ => None,
    }
}

/// Whether a new object leaves its version to the flush.
pub(crate) fn is_unset(version: ValueRef<'_>) -> bool {
    match version {
        ValueRef::I64(0) => true,
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(at) => at == chrono::DateTime::UNIX_EPOCH,
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(at) => at == chrono::DateTime::UNIX_EPOCH.naive_utc(),
        _ => false,
    }
}

/// The present, or a microsecond after `version` where a clock goes back: two versions of a row are never the same.
#[cfg(feature = "chrono")]
fn later(version: chrono::DateTime<chrono::Utc>) -> chrono::DateTime<chrono::Utc> {
    let now = chrono::Utc::now().timestamp_micros().max(version.timestamp_micros().saturating_add(1));
    chrono::DateTime::from_timestamp_micros(now).unwrap_or(version)
}
