use rusqlite::functions::Context;
use rusqlite::types::Value;
use rusqlite::{Connection, Result};
use serde_json::Value as Json;

use super::{FLAGS, failed, text};

/// Converts a JSON value to SQL, if it is of the wanted kind.
type Read = fn(&Json) -> Option<Value>;

const READS: [(&str, Read); 4] = [
    ("orm_json_text", |json| json.as_str().map(|text| Value::Text(text.to_owned()))),
    ("orm_json_bool", |json| json.as_bool().map(|truth| Value::Integer(truth.into()))),
    ("orm_json_float", |json| json.as_f64().map(Value::Real)),
    ("orm_json_int", |json| whole(json).map(Value::Integer)),
];

pub(super) fn register(connection: &Connection) -> Result<()> {
    for (name, read) in READS {
        connection
            .create_scalar_function(name, 1, FLAGS, move |context| Ok(document(context, 0)?.as_ref().and_then(read)))?;
    }
    connection.create_scalar_function("orm_json_path", 1, FLAGS, |context| text(context, 0)?.map(path).transpose())?;
    connection.create_scalar_function("orm_json_contains", 2, FLAGS, |context| {
        let (Some(whole), Some(part)) = (document(context, 0)?, document(context, 1)?) else { return Ok(None) };
        let listed = matches!(&whole, Json::Array(items) if !part.is_array() && !part.is_object()
            && items.iter().any(|item| contains(item, &part)));
        Ok(Some(listed || contains(&whole, &part)))
    })
}

/// The path to a member of an object.
fn path(key: &str) -> Result<String> {
    if key.contains('\0') {
        return Err(failed(
            "SQLite reads the key of a JSON member up to the character NUL, and this one has more behind it",
        ));
    }
    Ok(format!("$.{}", Json::from(key)))
}

fn document(context: &Context<'_>, index: usize) -> Result<Option<Json>> {
    let parse = |text| serde_json::from_str(text).map_err(|error| failed(&format!("no JSON document: {error}")));
    text(context, index)?.map(parse).transpose()
}

#[expect(clippy::cast_possible_truncation, reason = "bounded to what fits")]
fn whole(json: &Json) -> Option<i64> {
    let float = || json.as_f64().filter(|v| v.fract() == 0.0 && (-9e18..9e18).contains(v)).map(|v| v as i64);
    json.as_i64().or_else(|| if json.is_f64() { float() } else { None })
}

/// Whether all members and elements of `part` are in `whole`.
fn contains(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| contains(whole, part)))
        }
        (Json::Array(whole), Json::Array(part)) => {
            part.iter().all(|part| whole.iter().any(|whole| contains(whole, part)))
        }
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64() && (a.is_f64() || b.is_f64()),
        (a, b) => a == b,
    }
}
