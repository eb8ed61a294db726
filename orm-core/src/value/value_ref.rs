use std::hash::{Hash, Hasher};
use std::{fmt, mem};

use super::{List, Made, Value};

/// The deepest nesting of a JSON document that the parser can read.
const MOST_JSON_LEVELS: usize = 127;

/// A value that the driver borrows from an object, or an object from the driver.
///
/// Integers of every width are `I64`, and floats are `F64`. A driver narrows them to the type of the column.
/// Equality is that of change tracking: floats compare by bits, JSON by value.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// SQL's NULL.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer of any width.
    I64(i64),
    /// A float of either width.
    F64(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A date.
    #[cfg(feature = "chrono")]
    Date(chrono::NaiveDate),
    /// A time of day.
    #[cfg(feature = "chrono")]
    Time(chrono::NaiveTime),
    /// Date and time without a zone.
    #[cfg(feature = "chrono")]
    DateTime(chrono::NaiveDateTime),
    /// A point in time.
    #[cfg(feature = "chrono")]
    Timestamp(chrono::DateTime<chrono::Utc>),
    /// A UUID.
    #[cfg(feature = "uuid")]
    Uuid(uuid::Uuid),
    /// An exact decimal.
    #[cfg(feature = "decimal")]
    Decimal(rust_decimal::Decimal),
    /// A JSON document, for the driver. A driver returns JSON as `Text`.
    #[cfg(feature = "json")]
    Json(&'a serde_json::Value),
    /// A list of values of one type, as one parameter.
    Array(List<'a>),
    /// A value of a type whose encoding is made when a driver asks for it.
    Made(Made<'a>),
    /// A value that its type could not encode, with the reason. A driver returns an error.
    Refused(&'a str),
    /// The value of a [`Deferred`](super::Deferred) column that is not there. It is never sent.
    Unloaded,
}

impl ValueRef<'_> {
    /// Whether the character NUL is in the text, or in a text of the list or the JSON document.
    pub fn holds_nul(self) -> bool {
        match self {
            // All bytes at once, and not the first one that fits: that way the compiler compares many at a time.
            Self::Text(text) => text.bytes().fold(false, |holds, byte| holds | (byte == 0)),
            Self::Array(items) => items.iter().any(Self::holds_nul),
            Self::Made(made) => made.with(|value| value.holds_nul()),
            #[cfg(feature = "json")]
            Self::Json(document) => super::json::holds_nul(document),
            _ => false,
        }
    }

    /// The approximate number of bytes of its text or other data of variable length.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Array(items) => items.iter().map(|item| size_of::<i64>() + item.bytes()).sum(),
            Self::Made(made) => made.with(|value| value.bytes()),
            #[cfg(feature = "json")]
            Self::Json(document) => super::json::bytes(document),
            _ => 0,
        }
    }

    /// The reason why a value cannot be sent: its type could not encode it, or it is a JSON document that is nested too deeply to be read
    /// again.
    pub(crate) fn problem(self) -> Option<String> {
        let is_too_deep = match self {
            Self::Array(items) => return items.iter().find_map(Self::problem),
            Self::Made(made) => return made.with(|value| value.problem()),
            Self::Refused(reason) => return Some(format!("it cannot be encoded: {reason}")),
            #[cfg(feature = "json")]
            Self::Json(document) => super::json::is_deeper(document, MOST_JSON_LEVELS),
            _ => false,
        };
        is_too_deep.then(|| {
            format!(
                "the JSON document is nested more than {MOST_JSON_LEVELS} levels deep, and could not be read again: keep it as text, or \
                 in parts"
            )
        })
    }

    /// Whether this is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether this is the value of a [`Deferred`](super::Deferred) column that is not there.
    pub fn is_unloaded(&self) -> bool {
        matches!(self, Self::Unloaded)
    }

    /// A copy that owns its data.
    pub fn to_value(&self) -> Value {
        match *self {
            Self::Null => Value::Null,
            Self::Bool(v) => Value::Bool(v),
            Self::I64(v) => Value::I64(v),
            Self::F64(v) => Value::F64(v),
            Self::Text(v) => Value::Text(v.to_owned()),
            Self::Bytes(v) => Value::Bytes(v.to_owned()),
            #[cfg(feature = "chrono")]
            Self::Date(v) => Value::Date(v),
            #[cfg(feature = "chrono")]
            Self::Time(v) => Value::Time(v),
            #[cfg(feature = "chrono")]
            Self::DateTime(v) => Value::DateTime(v),
            #[cfg(feature = "chrono")]
            Self::Timestamp(v) => Value::Timestamp(v),
            #[cfg(feature = "uuid")]
            Self::Uuid(v) => Value::Uuid(v),
            #[cfg(feature = "decimal")]
            Self::Decimal(v) => Value::Decimal(v),
            #[cfg(feature = "json")]
            Self::Json(v) => Value::Json(v.clone()),
            Self::Array(v) => Value::Array(v.iter().map(|item| item.to_value()).collect()),
            Self::Made(v) => v.to_value(),
            Self::Refused(v) => Value::Refused(v.to_owned()),
            Self::Unloaded => Value::Unloaded,
        }
    }
}

impl PartialEq for ValueRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Null, Self::Null) | (Self::Unloaded, Self::Unloaded) => true,
            (Self::Bool(a), ValueRef::Bool(b)) => a == b,
            (Self::I64(a), ValueRef::I64(b)) => a == b,
            (Self::F64(a), ValueRef::F64(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), ValueRef::Text(b)) => a == b,
            (Self::Bytes(a), ValueRef::Bytes(b)) => a == b,
            #[cfg(feature = "chrono")]
            (Self::Date(a), ValueRef::Date(b)) => a == b,
            #[cfg(feature = "chrono")]
            (Self::Time(a), ValueRef::Time(b)) => a == b,
            #[cfg(feature = "chrono")]
            (Self::DateTime(a), ValueRef::DateTime(b)) => a == b,
            #[cfg(feature = "chrono")]
            (Self::Timestamp(a), ValueRef::Timestamp(b)) => a == b,
            #[cfg(feature = "uuid")]
            (Self::Uuid(a), ValueRef::Uuid(b)) => a == b,
            // 1.0 and 1.00 are the same number in two spellings, and the spelling is stored.
            #[cfg(feature = "decimal")]
            (Self::Decimal(a), ValueRef::Decimal(b)) => a == b && a.scale() == b.scale(),
            #[cfg(feature = "json")]
            (Self::Json(a), ValueRef::Json(b)) => a == b,
            (Self::Array(a), ValueRef::Array(b)) => a == b,
            (Self::Made(a), ValueRef::Made(b)) => a.is(b),
            (Self::Made(a), b) => a.with(|a| a == b),
            (a, ValueRef::Made(b)) => b.with(|b| a == b),
            _ => false,
        }
    }
}

/// Equal values have equal hashes.
impl Hash for ValueRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Self::Made(made) = self {
            return made.with(|value| value.hash(state));
        }
        mem::discriminant(self).hash(state);
        match *self {
            Self::Null | Self::Unloaded | Self::Made(_) => {}
            Self::Refused(v) => v.hash(state),
            Self::Bool(v) => v.hash(state),
            Self::I64(v) => v.hash(state),
            Self::F64(v) => v.to_bits().hash(state),
            Self::Text(v) => v.hash(state),
            Self::Bytes(v) => v.hash(state),
            #[cfg(feature = "chrono")]
            Self::Date(v) => v.hash(state),
            #[cfg(feature = "chrono")]
            Self::Time(v) => v.hash(state),
            #[cfg(feature = "chrono")]
            Self::DateTime(v) => v.hash(state),
            #[cfg(feature = "chrono")]
            Self::Timestamp(v) => v.hash(state),
            #[cfg(feature = "uuid")]
            Self::Uuid(v) => v.hash(state),
            #[cfg(feature = "decimal")]
            Self::Decimal(v) => v.hash(state),
            #[cfg(feature = "json")]
            Self::Json(v) => v.hash(state),
            Self::Array(v) => v.iter().for_each(|item| item.hash(state)),
        }
    }
}

/// The value as messages show it: `text "abc"`, `the number 3`, `NULL`.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(v) => write!(f, "{v}"),
            Self::I64(v) => write!(f, "{v}"),
            Self::F64(v) => write!(f, "{v:?}"),
            Self::Text(v) => write!(f, "{:?}", Shortened(v)),
            Self::Bytes(v) => write!(f, "{} bytes", v.len()),
            #[cfg(feature = "chrono")]
            Self::Date(v) => write!(f, "{v}"),
            #[cfg(feature = "chrono")]
            Self::Time(v) => write!(f, "{v}"),
            #[cfg(feature = "chrono")]
            Self::DateTime(v) => write!(f, "{v}"),
            #[cfg(feature = "chrono")]
            Self::Timestamp(v) => write!(f, "{v}"),
            #[cfg(feature = "uuid")]
            Self::Uuid(v) => write!(f, "{v}"),
            #[cfg(feature = "decimal")]
            Self::Decimal(v) => write!(f, "{v}"),
            #[cfg(feature = "json")]
            Self::Json(v) => write!(f, "{v}"),
            Self::Array(v) => write!(f, "{} values", v.len()),
            Self::Made(v) => v.with(|value| value.fmt(f)),
            Self::Refused(v) => write!(f, "a value that cannot be encoded ({v})"),
            Self::Unloaded => f.write_str("a value that is not loaded"),
        }
    }
}

/// The beginning of a long text, so that an error or a log line stays short.
struct Shortened<'a>(&'a str);

impl fmt::Debug for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LIMIT: usize = 80;
        match self.0.char_indices().nth(LIMIT) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => write!(f, "{:?}...", &self.0[..end]),
        }
    }
}
