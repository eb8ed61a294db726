use super::{List, ValueRef};

/// A value that owns its data: what a query holds for its parameters.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Value {
    /// SQL's NULL.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer of any width.
    I64(i64),
    /// A float of either width.
    F64(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
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
    /// A JSON document.
    #[cfg(feature = "json")]
    Json(serde_json::Value),
    /// A list of values of one type, as one parameter.
    Array(Vec<Value>),
    /// A value that its type could not encode, with the reason. It is never sent.
    Refused(String),
    /// The value of a [`Deferred`](super::Deferred) column that is not there. It is never sent.
    Unloaded,
}

impl Value {
    /// The value, borrowed.
    pub fn to_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Array(items) => ValueRef::Array(List::Owned(items)),
            Self::Refused(reason) => ValueRef::Refused(reason),
            Self::Unloaded => ValueRef::Unloaded,
            Self::Bool(v) => ValueRef::Bool(*v),
            Self::I64(v) => ValueRef::I64(*v),
            Self::F64(v) => ValueRef::F64(*v),
            Self::Text(v) => ValueRef::Text(v),
            Self::Bytes(v) => ValueRef::Bytes(v),
            #[cfg(feature = "chrono")]
            Self::Date(v) => ValueRef::Date(*v),
            #[cfg(feature = "chrono")]
            Self::Time(v) => ValueRef::Time(*v),
            #[cfg(feature = "chrono")]
            Self::DateTime(v) => ValueRef::DateTime(*v),
            #[cfg(feature = "chrono")]
            Self::Timestamp(v) => ValueRef::Timestamp(*v),
            #[cfg(feature = "uuid")]
            Self::Uuid(v) => ValueRef::Uuid(*v),
            #[cfg(feature = "decimal")]
            Self::Decimal(v) => ValueRef::Decimal(*v),
            #[cfg(feature = "json")]
            Self::Json(v) => ValueRef::Json(v),
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.to_ref() == other.to_ref()
    }
}

/// Borrows a list of owned values, for a driver.
pub(crate) fn with_refs<R>(values: &[Value], f: impl FnOnce(&[ValueRef<'_>]) -> R) -> R {
    f(&values.iter().map(Value::to_ref).collect::<Vec<_>>())
}
