//! The cells of some lines.

use orm_core::value::{Encoded, Value, ValueRef};

/// How many lines are taken at once, and about how many bytes of them.
pub(crate) const LINES: usize = 8_192;
pub(crate) const BYTES: usize = 4 * 1024 * 1024;

/// A cell that was read.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    /// The text of the line itself.
    Text,
    Bool(bool),
    I64(i64),
    F64(f64),
    Value(Value),
}

impl Cell {
    /// The value, which the line has as a text or which is small.
    pub(crate) fn of(value: Encoded<'_>) -> Self {
        match value {
            Encoded::Borrowed(ValueRef::Null) => Self::Value(Value::Null),
            Encoded::Borrowed(ValueRef::Text(_)) => Self::Text,
            Encoded::Borrowed(ValueRef::Bool(value)) => Self::Bool(value),
            Encoded::Borrowed(ValueRef::I64(value)) => Self::I64(value),
            Encoded::Borrowed(ValueRef::F64(value)) => Self::F64(value),
            Encoded::Borrowed(value) => Self::Value(value.to_value()),
            Encoded::Made(value) => Self::Value(value),
            Encoded::Refused(reason) => Self::Value(Value::Refused(reason)),
        }
    }

    /// The value, where `text` is that of the line.
    pub(crate) fn to_ref<'c>(&'c self, text: &'c str) -> ValueRef<'c> {
        match self {
            Self::Text => ValueRef::Text(text),
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::I64(value) => ValueRef::I64(*value),
            Self::F64(value) => ValueRef::F64(*value),
            Self::Value(value) => value.to_ref(),
        }
    }
}
