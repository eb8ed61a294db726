/// The type of a column, for all databases. A dialect spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlType {
    /// True or false.
    Bool,
    /// A 16-bit integer.
    I16,
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
    /// Text, limited to the column's length if it has one.
    Text,
    /// Bytes.
    Bytes,
    /// A date without time of day.
    Date,
    /// A time of day, in microseconds.
    Time,
    /// Date and time without a time zone, in microseconds.
    DateTime,
    /// A point in time, in microseconds, kept in UTC.
    Timestamp,
    /// A UUID.
    Uuid,
    /// An exact decimal number.
    Decimal,
    /// A JSON document.
    Json,
    /// An array of values of one type.
    Array(&'static SqlType),
}

impl SqlType {
    pub(crate) fn is_integer(self) -> bool {
        matches!(self, Self::I16 | Self::I32 | Self::I64)
    }

    /// Whether its values may be of any length.
    pub(crate) fn is_of_any_length(self) -> bool {
        matches!(self, Self::Text | Self::Bytes | Self::Json | Self::Array(_))
    }
}
