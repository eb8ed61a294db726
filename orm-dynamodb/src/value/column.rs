use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::value::{ColumnType, SqlType, ValueRef};
use orm_core::{Error, ErrorKind, Result};

use super::attribute::{float, number};
use super::{Attribute, AttributeValue, KeyAttribute, ScalarType, invalid};

/// A column type of `orm` as an attribute: the form of `#[item(column)]`, for enums with `#[derive(DbEnum)]`, newtypes with `#[derive(DbType)]` and
/// types with a `ColumnType` of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<T>(pub T);

impl<T: ColumnType> Column<T> {
    /// The attribute's value.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB cannot keep the value.
    #[doc(hidden)]
    pub fn write(value: &T) -> Result<AttributeValue> {
        to_attribute(value.to_ref())
    }

    /// Reads the attribute's value.
    ///
    /// # Errors
    ///
    /// `Decode` when it does not fit the type.
    #[doc(hidden)]
    pub fn read(value: AttributeValue) -> Result<T> {
        with_value(&T::SQL_TYPE, &value, |value| {
            T::from_ref(value).map_err(|error| Error::new(ErrorKind::Decode, error.to_string()))
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> Attribute for Column<T> {
    type Compared = Column<T::Base>;

    fn to_attribute(&self) -> Result<AttributeValue> {
        Self::write(&self.0)
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        Self::read(value).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> KeyAttribute for Column<T> {
    const TYPE: ScalarType = scalar(&T::SQL_TYPE);
}

/// How DynamoDB keeps a key of a column type.
#[expect(clippy::panic, reason = "it runs while a program is compiled")]
const fn scalar(column: &SqlType) -> ScalarType {
    match column {
        SqlType::I16 | SqlType::I32 | SqlType::I64 | SqlType::F32 | SqlType::F64 | SqlType::Decimal => ScalarType::N,
        SqlType::Bytes => ScalarType::B,
        SqlType::Bool | SqlType::Json | SqlType::Array(_) => panic!("a key is text, a number or bytes"),
        _ => ScalarType::S,
    }
}

/// Nine digits behind the second, always: texts are then in the order of the times.
const TIME: &str = "%H:%M:%S%.9f";
const DATE: &str = "%Y-%m-%d";
const DATE_TIME: &str = "%Y-%m-%dT%H:%M:%S%.9f";
const TIMESTAMP: &str = "%Y-%m-%dT%H:%M:%S%.9fZ";

fn to_attribute(value: ValueRef<'_>) -> Result<AttributeValue> {
    Ok(match value {
        ValueRef::Null => AttributeValue::Null,
        ValueRef::Bool(value) => AttributeValue::Bool(value),
        ValueRef::I64(value) => AttributeValue::N(value.to_string()),
        ValueRef::F64(value) => float(value, format!("{value:e}"))?,
        ValueRef::Text(text) => AttributeValue::S(text.to_owned()),
        ValueRef::Bytes(bytes) => AttributeValue::B(bytes.to_vec()),
        ValueRef::Date(date) => in_order(date, &date.format(DATE))?,
        ValueRef::Time(time) => AttributeValue::S(time.format(TIME).to_string()),
        ValueRef::DateTime(at) => in_order(at.date(), &at.format(DATE_TIME))?,
        ValueRef::Timestamp(at) => in_order(at.date_naive(), &at.format(TIMESTAMP))?,
        #[cfg(feature = "uuid")]
        ValueRef::Uuid(value) => AttributeValue::S(value.to_string()),
        #[cfg(feature = "decimal")]
        ValueRef::Decimal(value) => AttributeValue::N(value.normalize().to_string()),
        ValueRef::Array(items) => AttributeValue::L(items.iter().map(to_attribute).collect::<Result<_>>()?),
        ValueRef::Made(made) => made.with(to_attribute)?,
        ValueRef::Refused(reason) => return Err(invalid(reason.to_owned())),
        _ => return Err(invalid("this type of columns is no attribute; use `#[item(serde)]`")),
    })
}

/// The text of a date, whose order is that of the dates in the years from 0 to 9999.
fn in_order(date: NaiveDate, text: &dyn std::fmt::Display) -> Result<AttributeValue> {
    if (0..=9999).contains(&date.year()) {
        return Ok(AttributeValue::S(text.to_string()));
    }
    Err(invalid("dates as attributes are in the years from 0 to 9999"))
}

/// Hands a value over as a column of the type would be read.
fn with_value<R>(column: &SqlType, value: &AttributeValue, read: impl FnOnce(ValueRef<'_>) -> Result<R>) -> Result<R> {
    let no_time = |_| Error::new(ErrorKind::Decode, "the text is no date or time");
    let value = match (column, value) {
        (_, AttributeValue::Null) => ValueRef::Null,
        (_, AttributeValue::Bool(value)) => ValueRef::Bool(*value),
        (SqlType::I16 | SqlType::I32 | SqlType::I64, value) => ValueRef::I64(number(value, "an integer")?),
        (SqlType::F32 | SqlType::F64, value) => ValueRef::F64(number(value, "a number")?),
        #[cfg(feature = "decimal")]
        (SqlType::Decimal, AttributeValue::N(text)) => {
            let exact = text.parse().or_else(|_| rust_decimal::Decimal::from_scientific(text));
            ValueRef::Decimal(exact.map_err(|_| Error::new(ErrorKind::Decode, "the number is no `Decimal`"))?)
        }
        (SqlType::Date, AttributeValue::S(text)) => {
            ValueRef::Date(NaiveDate::parse_from_str(text, DATE).map_err(no_time)?)
        }
        (SqlType::Time, AttributeValue::S(text)) => {
            ValueRef::Time(NaiveTime::parse_from_str(text, "%H:%M:%S%.f").map_err(no_time)?)
        }
        (SqlType::DateTime, AttributeValue::S(text)) => {
            ValueRef::DateTime(NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map_err(no_time)?)
        }
        (SqlType::Timestamp, AttributeValue::S(text)) => {
            ValueRef::Timestamp(DateTime::parse_from_rfc3339(text).map_err(no_time)?.to_utc())
        }
        #[cfg(feature = "uuid")]
        (SqlType::Uuid, AttributeValue::S(text)) => {
            ValueRef::Uuid(text.parse().map_err(|_| Error::new(ErrorKind::Decode, "the text is no UUID"))?)
        }
        (_, AttributeValue::S(text)) => ValueRef::Text(text),
        (_, AttributeValue::B(bytes)) => ValueRef::Bytes(bytes),
        (_, other) => return Err(other.is_not("a value of a column")),
    };
    read(value)
}

macro_rules! by_column {
    ($($ty:ty: $scalar:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Attribute for $ty {
            type Compared = Self;

            fn to_attribute(&self) -> Result<AttributeValue> {
                Column::write(self)
            }

            fn from_attribute(value: AttributeValue) -> Result<Self> {
                Column::read(value)
            }
        }

        #[diagnostic::do_not_recommend]
        impl KeyAttribute for $ty {
            const TYPE: ScalarType = ScalarType::$scalar;
        }
    )*};
}

by_column!(DateTime<Utc>: S, NaiveDate: S, NaiveTime: S, NaiveDateTime: S);

#[cfg(feature = "uuid")]
by_column!(uuid::Uuid: S);

#[cfg(feature = "decimal")]
by_column!(rust_decimal::Decimal: N);

#[cfg(feature = "decimal")]
impl super::Numeric for rust_decimal::Decimal {}
