//! Values as JSON of files, and back.

use serde_json::{Number, Value as Json};

use super::text::{parse, write_text};
use super::{Encoded, Mismatch, SqlType, Value, ValueRef};

/// A value as JSON, which [`read`] reads again: numbers, booleans, lists and documents as such, all others as texts. A float that JSON does not
/// have is a text, and so is a decimal, whose digits readers would lose.
///
/// # Errors
///
/// For a value that could not be encoded.
pub fn of_value(value: ValueRef<'_>) -> Result<Json, Mismatch> {
    Ok(match value {
        ValueRef::Null => Json::Null,
        ValueRef::Bool(v) => Json::Bool(v),
        ValueRef::I64(v) => Json::Number(v.into()),
        ValueRef::F64(v) => Number::from_f64(v).map_or_else(|| Json::String(v.to_string()), Json::Number),
        ValueRef::Json(v) => v.clone(),
        ValueRef::Array(v) => v.iter().map(of_value).collect::<Result<_, _>>()?,
        ValueRef::Made(v) => return v.with(of_value),
        other => {
            let mut text = String::new();
            write_text(other, &mut text)?;
            Json::String(text)
        }
    })
}

/// The value of a type that JSON says.
///
/// # Errors
///
/// When it says no such value.
pub fn read(sql_type: SqlType, json: Json) -> Result<Value, Mismatch> {
    let expected = |expected: &'static str, json: &Json| Mismatch::new(expected, format!("the JSON {json}"));
    match (sql_type, json) {
        (_, Json::Null) => Ok(Value::Null),
        (SqlType::Json, json) => Ok(Value::Json(json)),
        (SqlType::Text, Json::String(text)) => Ok(Value::Text(text)),
        (SqlType::Bool, Json::Bool(v)) => Ok(Value::Bool(v)),
        (SqlType::I16 | SqlType::I32 | SqlType::I64, Json::Number(v)) => {
            v.as_i64().map(Value::I64).ok_or_else(|| expected("an integer", &Json::Number(v)))
        }
        (SqlType::F32 | SqlType::F64, Json::Number(v)) => {
            v.as_f64().map(Value::F64).ok_or_else(|| expected("a number", &Json::Number(v)))
        }
        (SqlType::Array(item), Json::Array(items)) => {
            items.into_iter().map(|value| read(*item, value)).collect::<Result<_, _>>().map(Value::Array)
        }
        (SqlType::Text | SqlType::Array(_), json) => Err(expected("a text or a list", &json)),
        (sql_type, Json::String(text)) => owned(parse(sql_type, &text)?),
        (SqlType::Decimal, Json::Number(v)) => owned(parse(sql_type, &v.to_string())?),
        (_, json) => Err(expected("a value of the column's type", &json)),
    }
}

fn owned(value: Encoded<'_>) -> Result<Value, Mismatch> {
    match value {
        Encoded::Borrowed(value) => Ok(value.to_value()),
        Encoded::Made(value) => Ok(value),
        Encoded::Refused(reason) => Err(Mismatch::new("a value", reason)),
    }
}
