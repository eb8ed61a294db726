//! Values as texts of files, and back.

use std::fmt::Write;

use super::{Encoded, Mismatch, SqlType, Value, ValueRef, encoded_as};

/// Appends the text of a value, which [`parse`] reads again. NULL is an empty text; a list and a document are JSON.
///
/// # Errors
///
/// For a value that has no text: one that could not be encoded, and a list without the feature `json`.
pub fn write_text(value: ValueRef<'_>, out: &mut String) -> Result<(), Mismatch> {
    // Writing into a text cannot fail.
    let written = match value {
        ValueRef::Null => Ok(()),
        ValueRef::Bool(v) => write!(out, "{v}"),
        ValueRef::I64(v) => write!(out, "{v}"),
        ValueRef::F64(v) => write!(out, "{v}"),
        ValueRef::Text(v) => out.write_str(v),
        ValueRef::Bytes(v) => {
            out.push_str("\\x");
            v.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
        }
        #[cfg(feature = "chrono")]
        ValueRef::Date(v) => write!(out, "{v}"),
        #[cfg(feature = "chrono")]
        ValueRef::Time(v) => write!(out, "{v}"),
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(v) => write!(out, "{}", v.format("%Y-%m-%dT%H:%M:%S%.f")),
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(v) => write!(out, "{}", v.format("%Y-%m-%dT%H:%M:%S%.fZ")),
        #[cfg(feature = "uuid")]
        ValueRef::Uuid(v) => write!(out, "{v}"),
        #[cfg(feature = "decimal")]
        ValueRef::Decimal(v) => write!(out, "{v}"),
        #[cfg(feature = "json")]
        ValueRef::Json(v) => write!(out, "{v}"),
        #[cfg(feature = "json")]
        ValueRef::Array(v) => {
            let items: serde_json::Value = v.iter().map(super::json_text::of_value).collect::<Result<_, _>>()?;
            write!(out, "{items}")
        }
        ValueRef::Made(v) => return v.with(|value| write_text(value, out)),
        other => return Err(Mismatch::new("a value that has a text", other)),
    };
    written.map_err(|_| Mismatch::new("a value that has a text", value))
}

/// The value of a type that a text says. An empty text is one where texts are; NULL has none.
///
/// # Errors
///
/// When it says no such value.
pub fn parse(sql_type: SqlType, text: &str) -> Result<Encoded<'_>, Mismatch> {
    let wrong = |expected: &'static str| Mismatch::new(expected, ValueRef::Text(text));
    let lent = |value| Ok(Encoded::Borrowed(value));
    match sql_type {
        SqlType::Text => lent(ValueRef::Text(text)),
        SqlType::I16 | SqlType::I32 | SqlType::I64 => {
            text.trim().parse().map_or_else(|_| Err(wrong("an integer")), |number| lent(ValueRef::I64(number)))
        }
        SqlType::F32 | SqlType::F64 => {
            text.trim().parse().map_or_else(|_| Err(wrong("a number")), |number| lent(ValueRef::F64(number)))
        }
        SqlType::Bool => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" => lent(ValueRef::Bool(true)),
            "false" | "f" | "no" | "n" | "0" => lent(ValueRef::Bool(false)),
            _ => Err(wrong("a boolean")),
        },
        SqlType::Bytes => {
            let bytes = unhex(text.strip_prefix("\\x").unwrap_or(text));
            bytes.map(|bytes| Encoded::Made(Value::Bytes(bytes))).ok_or_else(|| wrong("bytes as hexadecimal digits"))
        }
        #[cfg(feature = "json")]
        SqlType::Array(item) => match serde_json::from_str::<Vec<serde_json::Value>>(text) {
            Ok(items) => {
                let items = items.into_iter().map(|value| super::json_text::read(*item, value));
                items.collect::<Result<_, _>>().map(|items| Encoded::Made(Value::Array(items)))
            }
            Err(_) => Err(wrong("a list as JSON")),
        },
        sql_type => encoded_as(sql_type, ValueRef::Text(text.trim())),
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}

#[cfg(all(test, feature = "chrono", feature = "decimal", feature = "json", feature = "uuid"))]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        const INTEGERS: SqlType = SqlType::Array(&SqlType::I32);
        let cases = [
            (SqlType::I32, "-7", "-7"),
            (SqlType::F64, "0.5", "0.5"),
            (SqlType::F64, " inf", "inf"),
            (SqlType::Bool, "Yes", "true"),
            (SqlType::Text, " a\n", " a\n"),
            (SqlType::Bytes, "\\x00ff", "\\x00ff"),
            (SqlType::Bytes, "00FF", "\\x00ff"),
            (SqlType::Date, "2024-02-29", "2024-02-29"),
            (SqlType::Time, "07:08:09.5", "07:08:09.500"),
            (SqlType::DateTime, "2024-02-29 12:00:00.25", "2024-02-29T12:00:00.250"),
            (SqlType::Timestamp, "2024-02-29T12:00:00+02:00", "2024-02-29T10:00:00Z"),
            (SqlType::Uuid, "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007"),
            (SqlType::Decimal, "-12.50", "-12.50"),
            (SqlType::Json, r#"{"a":[1,null]}"#, r#"{"a":[1,null]}"#),
            (INTEGERS, "[1, null]", "[1,null]"),
        ];
        for (sql_type, text, expected) in cases {
            let mut written = String::new();
            let value = parse(sql_type, text).map(|value| match value {
                Encoded::Borrowed(value) => value.to_value(),
                Encoded::Made(value) => value,
                Encoded::Refused(reason) => Value::Refused(reason),
            });
            value.and_then(|value| write_text(value.to_ref(), &mut written)).unwrap();
            assert_eq!(written, expected, "{sql_type:?}");
            let again = parse(sql_type, expected).is_ok();
            assert!(again, "{expected}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        let cases = [
            (SqlType::I32, "1.5"),
            (SqlType::F64, "warm"),
            (SqlType::Bool, "perhaps"),
            (SqlType::Bytes, "\\x0"),
            (SqlType::Bytes, "zz"),
            (SqlType::Date, "2023-02-29"),
            (SqlType::Decimal, "1,5"),
            (SqlType::Json, "{"),
            (SqlType::Array(&SqlType::I32), "[\"a\"]"),
        ];
        for (sql_type, text) in cases {
            assert!(parse(sql_type, text).is_err(), "{text}");
        }
    }
}
