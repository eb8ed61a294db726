//! The schema after a revision, as a text of which a review sees what changed.

use orm_core::catalog::Catalog;
use serde_json::Value;

pub(crate) fn read(text: &str) -> serde_json::Result<Catalog> {
    serde_json::from_str(text)
}

/// What says nothing is left out: fields that are `null`, `false` or empty are those of a part that has nothing special.
pub(crate) fn write(catalog: &Catalog) -> serde_json::Result<String> {
    let mut value = serde_json::to_value(catalog)?;
    strip(&mut value);
    let mut text = serde_json::to_string_pretty(&value)?;
    text.push('\n');
    Ok(text)
}

fn strip(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(fields) => {
            // The names of variants begin with a capital letter, and mean something with nothing behind them too.
            fields.retain(|name, value| !is_empty(value) || name.starts_with(|letter: char| letter.is_uppercase()));
            fields.values_mut().for_each(strip);
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
