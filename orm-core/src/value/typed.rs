//! Reads cells whose type is known only at run time.

use super::{ColumnType, Encoded, Mismatch, SqlType, Value, ValueRef};

/// A cell as a value of that type, in whatever form the database stores it.
///
/// # Errors
///
/// When the cell is not such a value, or its type needs a feature that is not enabled.
pub(crate) fn read_as(sql_type: SqlType, cell: ValueRef<'_>) -> Result<Value, Mismatch> {
    fn read<T: ColumnType>(cell: ValueRef<'_>) -> Result<Value, Mismatch> {
        T::from_ref(cell).map(|value| value.to_ref().to_value())
    }
    if cell.is_null() {
        return Ok(Value::Null);
    }
    match sql_type {
        SqlType::Array(item) => match cell {
            ValueRef::Array(list) => {
                list.iter().map(|value| read_as(*item, value)).collect::<Result<_, _>>().map(Value::Array)
            }
            other => Err(Mismatch::new("an array", other)),
        },
        SqlType::Bool => read::<bool>(cell),
        SqlType::I16 => read::<i16>(cell),
        SqlType::I32 => read::<i32>(cell),
        SqlType::I64 => read::<i64>(cell),
        SqlType::F32 => read::<f32>(cell),
        SqlType::F64 => read::<f64>(cell),
        SqlType::Text => read::<String>(cell),
        SqlType::Bytes => read::<Vec<u8>>(cell),
        #[cfg(feature = "chrono")]
        SqlType::Date => read::<chrono::NaiveDate>(cell),
        #[cfg(feature = "chrono")]
        SqlType::Time => read::<chrono::NaiveTime>(cell),
        #[cfg(feature = "chrono")]
        SqlType::DateTime => read::<chrono::NaiveDateTime>(cell),
        #[cfg(feature = "chrono")]
        SqlType::Timestamp => read::<chrono::DateTime<chrono::Utc>>(cell),
        #[cfg(feature = "uuid")]
        SqlType::Uuid => read::<uuid::Uuid>(cell),
        #[cfg(feature = "decimal")]
        SqlType::Decimal => read::<rust_decimal::Decimal>(cell),
        #[cfg(feature = "json")]
        SqlType::Json => read::<serde_json::Value>(cell),
        #[allow(unreachable_patterns, reason = "with all features all types are above")]
        _ => Err(Mismatch::new("a type whose feature is enabled in the crate `orm`", cell)),
    }
}

/// A cell as a value of that type, borrowed where the database stores it so.
///
/// # Errors
///
/// As [`read_as`].
#[inline]
pub(crate) fn encoded_as(sql_type: SqlType, cell: ValueRef<'_>) -> Result<Encoded<'_>, Mismatch> {
    match (sql_type, cell) {
        (_, ValueRef::Null)
        | (SqlType::I64, ValueRef::I64(_))
        | (SqlType::Text, ValueRef::Text(_))
        | (SqlType::F64, ValueRef::F64(_))
        | (SqlType::Bool, ValueRef::Bool(_))
        | (SqlType::Bytes, ValueRef::Bytes(_)) => Ok(Encoded::Borrowed(cell)),
        (SqlType::I32, ValueRef::I64(number)) if i32::try_from(number).is_ok() => Ok(Encoded::Borrowed(cell)),
        (SqlType::I16, ValueRef::I64(number)) if i16::try_from(number).is_ok() => Ok(Encoded::Borrowed(cell)),
        #[cfg(feature = "chrono")]
        (SqlType::Date, ValueRef::Date(_))
        | (SqlType::Time, ValueRef::Time(_))
        | (SqlType::DateTime, ValueRef::DateTime(_))
        | (SqlType::Timestamp, ValueRef::Timestamp(_)) => Ok(Encoded::Borrowed(cell)),
        #[cfg(feature = "uuid")]
        (SqlType::Uuid, ValueRef::Uuid(_)) => Ok(Encoded::Borrowed(cell)),
        #[cfg(feature = "decimal")]
        (SqlType::Decimal, ValueRef::Decimal(_)) => Ok(Encoded::Borrowed(cell)),
        #[cfg(feature = "json")]
        (SqlType::Json, ValueRef::Json(_)) => Ok(Encoded::Borrowed(cell)),
        (SqlType::Array(item), ValueRef::Array(list)) if list.iter().all(|cell| is_plain(*item, cell)) => {
            Ok(Encoded::Borrowed(cell))
        }
        // The text of a document stays as the database has it.
        #[cfg(feature = "json")]
        (SqlType::Json, ValueRef::Text(text)) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => {
            Ok(Encoded::Borrowed(cell))
        }
        _ => read_as(sql_type, cell).map(Encoded::Made),
    }
}

/// Whether a cell is a value of that type as it stands.
fn is_plain(sql_type: SqlType, cell: ValueRef<'_>) -> bool {
    matches!(encoded_as(sql_type, cell), Ok(Encoded::Borrowed(_)))
}
