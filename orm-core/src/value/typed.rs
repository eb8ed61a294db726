//! Reads cells whose type is known only at run time.

use super::{ColumnType, Mismatch, SqlType, Value, ValueRef};

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
