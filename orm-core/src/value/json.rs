use serde_json::Value as Json;

use super::{ColumnType, Mismatch, SqlType, ValueRef};

#[diagnostic::do_not_recommend]
impl ColumnType for Json {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Json;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Json(self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let found = match value {
            ValueRef::Json(v) => Some(v.clone()),
            ValueRef::Text(v) => serde_json::from_str(v).ok(),
            _ => None,
        };
        found.ok_or_else(|| Mismatch::new("a JSON document", value))
    }
}

/// Whether arrays and objects are nested more than `levels` deep.
pub(super) fn is_deeper(document: &Json, levels: usize) -> bool {
    match document {
        Json::Array(_) | Json::Object(_) if levels == 0 => true,
        Json::Array(items) => items.iter().any(|item| is_deeper(item, levels - 1)),
        Json::Object(members) => members.values().any(|value| is_deeper(value, levels - 1)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// Whether the character NUL is in a text or a key of the document.
pub(super) fn holds_nul(document: &Json) -> bool {
    match document {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(holds_nul),
        Json::Object(members) => members.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The approximate length of the document as text.
pub(super) fn bytes(document: &Json) -> usize {
    const SMALL: usize = 8;
    match document {
        Json::String(text) => text.len() + SMALL,
        Json::Array(items) => items.iter().map(bytes).sum::<usize>() + SMALL,
        Json::Object(members) => members.iter().map(|(key, value)| key.len() + SMALL + bytes(value)).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => SMALL,
    }
}
