//! What comes next in a version column.

use crate::value::{SqlType, Value, ValueRef};

/// The version of a new row, where the user set none.
pub(crate) fn first(sql_type: SqlType) -> Option<Value> {
    match sql_type {
        SqlType::I16 | SqlType::I32 | SqlType::I64 => Some(Value::I64(1)),
        #[cfg(feature = "chrono")]
        SqlType::Timestamp => next(ValueRef::Timestamp(chrono::DateTime::UNIX_EPOCH)),
        #[cfg(feature = "chrono")]
        SqlType::DateTime => next(ValueRef::DateTime(chrono::DateTime::UNIX_EPOCH.naive_utc())),
        _ => None,
    }
}

/// The version after `now`. `None` for a type that does not count: `on_update` says what comes next.
pub(super) fn next(now: ValueRef<'_>) -> Option<Value> {
    match now {
        ValueRef::I64(now) => Some(Value::I64(now.wrapping_add(1))),
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(now) => Some(Value::Timestamp(later(now))),
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(now) => Some(Value::DateTime(later(now.and_utc()).naive_utc())),
        _ => None,
    }
}

/// Whether a new object leaves its version to the flush.
pub(super) fn is_unset(version: ValueRef<'_>) -> bool {
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
