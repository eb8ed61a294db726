use super::ValueRef;

/// A value that owns its data: what a query holds for its parameters.
#[derive(Debug, Clone)]
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
}

impl Value {
    /// Lends the value to `f`. A closure, because a list of borrowed values has to live somewhere.
    pub fn with_ref<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        match self {
            Self::Array(items) => {
                let items: Vec<ValueRef<'_>> = items.iter().map(Self::scalar).collect();
                f(ValueRef::Array(&items))
            }
            scalar => f(scalar.scalar()),
        }
    }

    /// The borrowed form of a value that is no list; a list inside a list has no database type and reads as NULL.
    pub(crate) fn scalar(&self) -> ValueRef<'_> {
        match self {
            Self::Null | Self::Array(_) => ValueRef::Null,
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
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Array(_), _) | (_, Self::Array(_)) => false,
            _ => self.scalar() == other.scalar(),
        }
    }
}

/// Lends a list of owned values as the borrowed ones that a driver takes.
pub(crate) fn with_refs<R>(values: &[Value], f: impl FnOnce(&[ValueRef<'_>]) -> R) -> R {
    let lists: Vec<Vec<ValueRef<'_>>> = values
        .iter()
        .map(|value| match value {
            Value::Array(items) => items.iter().map(Value::scalar).collect(),
            _ => Vec::new(),
        })
        .collect();
    let refs: Vec<ValueRef<'_>> = values
        .iter()
        .zip(&lists)
        .map(|(value, list)| match value {
            Value::Array(_) => ValueRef::Array(list),
            scalar => scalar.scalar(),
        })
        .collect();
    f(&refs)
}
