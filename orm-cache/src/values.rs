//! Values of columns, as they are kept.

use orm_core::schema::TableDef;
use orm_core::session::Session;
use orm_core::value::Value;
use orm_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    I64(i64),
    F64(f64),
    Text(String),
    Bytes(crate::entry::Bytes),
    #[cfg(feature = "chrono")]
    Date(String),
    #[cfg(feature = "chrono")]
    Time(String),
    #[cfg(feature = "chrono")]
    DateTime(String),
    #[cfg(feature = "chrono")]
    Timestamp(i64, u32),
    #[cfg(feature = "uuid")]
    Uuid(u128),
    #[cfg(feature = "decimal")]
    Decimal(String),
    #[cfg(feature = "json")]
    Json(String),
    Array(Vec<Self>),
    Unloaded,
}

/// The cells of a row, if all of its values can be kept.
pub(crate) fn cells(values: Vec<Value>) -> Option<Vec<Cell>> {
    values.into_iter().map(cell).collect()
}

/// The values of a row.
///
/// # Errors
///
/// `Decode` when a cell is not what it should be.
pub(crate) fn values(cells: Vec<Cell>) -> Result<Vec<Value>> {
    let values: Option<_> = cells.into_iter().map(value).collect();
    values.ok_or_else(|| Error::new(ErrorKind::Decode, "a cell of a cache is of another form"))
}

fn cell(value: Value) -> Option<Cell> {
    Some(match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Bool(value),
        Value::I64(value) => Cell::I64(value),
        Value::F64(value) => Cell::F64(value),
        Value::Text(value) => Cell::Text(value),
        Value::Bytes(value) => Cell::Bytes(crate::entry::Bytes(value)),
        #[cfg(feature = "chrono")]
        Value::Date(value) => Cell::Date(value.to_string()),
        #[cfg(feature = "chrono")]
        Value::Time(value) => Cell::Time(value.to_string()),
        #[cfg(feature = "chrono")]
        Value::DateTime(value) => Cell::DateTime(value.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        #[cfg(feature = "chrono")]
        Value::Timestamp(value) => Cell::Timestamp(value.timestamp(), value.timestamp_subsec_nanos()),
        #[cfg(feature = "uuid")]
        Value::Uuid(value) => Cell::Uuid(value.as_u128()),
        #[cfg(feature = "decimal")]
        Value::Decimal(value) => Cell::Decimal(value.to_string()),
        #[cfg(feature = "json")]
        Value::Json(value) => Cell::Json(value.to_string()),
        Value::Unloaded => Cell::Unloaded,
        Value::Array(items) => Cell::Array(items.into_iter().map(cell).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn value(cell: Cell) -> Option<Value> {
    Some(match cell {
        Cell::Null => Value::Null,
        Cell::Unloaded => Value::Unloaded,
        Cell::Bool(value) => Value::Bool(value),
        Cell::I64(value) => Value::I64(value),
        Cell::F64(value) => Value::F64(value),
        Cell::Text(value) => Value::Text(value),
        Cell::Bytes(value) => Value::Bytes(value.0),
        #[cfg(feature = "chrono")]
        Cell::Date(text) => Value::Date(text.parse().ok()?),
        #[cfg(feature = "chrono")]
        Cell::Time(text) => Value::Time(text.parse().ok()?),
        #[cfg(feature = "chrono")]
        Cell::DateTime(text) => Value::DateTime(text.parse().ok()?),
        #[cfg(feature = "chrono")]
        Cell::Timestamp(seconds, nanos) => Value::Timestamp(chrono::DateTime::from_timestamp(seconds, nanos)?),
        #[cfg(feature = "uuid")]
        Cell::Uuid(value) => Value::Uuid(uuid::Uuid::from_u128(value)),
        #[cfg(feature = "decimal")]
        Cell::Decimal(text) => Value::Decimal(text.parse().ok()?),
        #[cfg(feature = "json")]
        Cell::Json(text) => Value::Json(serde_json::from_str(&text).ok()?),
        Cell::Array(items) => Value::Array(items.into_iter().map(value).collect::<Option<_>>()?),
    })
}

/// A text for a table in its database: another database and another schema have another one, and so has another version of the model, so that a program
/// never reads what it cannot understand.
pub(crate) fn version(session: &Session, table: &TableDef) -> String {
    let mut text = format!("{}\n{:?}", session.location_of(&table.name), session.schema());
    for column in &table.columns {
        text += &format!("\n{}:{:?}:{}", column.name, column.sql_type, column.nullable);
    }
    digest(&text)[..24].to_owned()
}

/// A short text for a long one.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_equal() {
        let all = vec![
            Value::Null,
            Value::Bool(true),
            Value::I64(i64::MIN),
            Value::F64(f64::INFINITY),
            Value::Text("é".into()),
            Value::Bytes(vec![0, 255]),
            Value::Array(vec![Value::I64(1), Value::Null]),
            #[cfg(feature = "chrono")]
            Value::Date(chrono::NaiveDate::MIN),
            #[cfg(feature = "chrono")]
            Value::Time(chrono::NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).unwrap()),
            #[cfg(feature = "chrono")]
            Value::DateTime(chrono::DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap().naive_utc()),
            #[cfg(feature = "chrono")]
            Value::Timestamp(chrono::DateTime::from_timestamp(-1, 1).unwrap()),
            #[cfg(feature = "uuid")]
            Value::Uuid(uuid::Uuid::from_u128(7)),
            #[cfg(feature = "decimal")]
            Value::Decimal(rust_decimal::Decimal::new(-150, 2)),
            #[cfg(feature = "json")]
            Value::Json(serde_json::json!({"a": [1, null]})),
        ];
        let packed = rmp_serde::to_vec_named(&cells(all.clone()).unwrap()).unwrap();
        assert_eq!(values(rmp_serde::from_slice(&packed).unwrap()).unwrap(), all);
        assert_eq!(cells(vec![Value::Refused("no".into())]), None);
    }
}
