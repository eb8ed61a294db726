use std::fmt;

use chrono::{DateTime, Utc};
use orm_core::value::{ColumnType, Mismatch, SqlType};
use orm_core::{Error, ErrorKind, Result};

use crate::line::Line;
use crate::row::Row;

/// A struct whose values are points. `#[derive(Point)]` implements it.
///
/// See the example of [`derive(Point)`](macro@crate::Point).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no point",
    label = "expected a type with `#[derive(orm_influx::Point)]`"
)]
pub trait Point: Sized {
    /// Its measurement and columns.
    const SPEC: &'static PointSpec;

    /// Writes the tags in the order of their names, the fields and the time.
    ///
    /// # Errors
    ///
    /// When line protocol cannot express a value.
    #[doc(hidden)]
    fn write(&self, line: &mut Line<'_>) -> Result<()>;

    /// Reads a row of an answer.
    ///
    /// # Errors
    ///
    /// When a cell does not fit the type of its field.
    #[doc(hidden)]
    fn read(row: &Row<'_>) -> Result<Self>;
}

/// What the derive says of a struct.
#[derive(Debug)]
pub struct PointSpec {
    /// The struct's name.
    pub name: &'static str,
    /// The measurement.
    pub measurement: &'static str,
    /// The columns, in the order of the fields.
    pub columns: &'static [Column],
}

/// A column of a point.
#[derive(Debug)]
pub struct Column {
    /// The name of the tag or field, or `time`.
    pub name: &'static str,
    /// What it is.
    pub role: Role,
}

/// What a column of a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Indexed text. Points of one measurement, the same tags and the same time are one point.
    Tag,
    /// A value.
    Field(FieldType),
    /// The time.
    Time,
}

/// What InfluxDB keeps the values of a field as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Truth values.
    Boolean,
    /// Integers with a sign.
    Integer,
    /// Integers without one.
    Unsigned,
    /// Floats.
    Float,
    /// Text, also that of values which InfluxDB does not know, as of dates.
    Text,
}

impl FieldType {
    /// That of a type of values.
    #[must_use]
    pub const fn of<T: ColumnType>() -> Self {
        match T::SQL_TYPE {
            SqlType::Bool => Self::Boolean,
            SqlType::I16 | SqlType::I32 | SqlType::I64 => Self::Integer,
            SqlType::F32 | SqlType::F64 => Self::Float,
            _ => Self::Text,
        }
    }
}

/// The type of the field with `#[point(time)]`: `DateTime<Utc>`, or `Option` of it, where `None` leaves the time to the server.
#[diagnostic::on_unimplemented(
    message = "the time of a point is `DateTime<Utc>` or `Option<DateTime<Utc>>`, and not `{Self}`",
    label = "not the time of a point"
)]
pub trait PointTime: Sized {
    /// The time, unless the server chooses it.
    fn get(&self) -> Option<DateTime<Utc>>;

    /// The value for a time that was read.
    fn of(at: DateTime<Utc>) -> Self;
}

impl PointTime for DateTime<Utc> {
    fn get(&self) -> Option<DateTime<Utc>> {
        Some(*self)
    }

    fn of(at: DateTime<Utc>) -> Self {
        at
    }
}

impl PointTime for Option<DateTime<Utc>> {
    fn get(&self) -> Option<DateTime<Utc>> {
        *self
    }

    fn of(at: DateTime<Utc>) -> Self {
        Some(at)
    }
}

/// The type of a field with `#[point(unsigned)]`: an integer without a sign, or `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`#[point(unsigned)]` is for `u64`, `u32`, `u16` and `u8`, or `Option` of one, and not for `{Self}`",
    label = "no integer without a sign"
)]
pub trait Unsigned: Sized {
    /// The value, if there is one.
    fn get(&self) -> Option<u64>;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// When the type cannot hold it.
    fn of(value: Option<u64>) -> Result<Self, Mismatch>;
}

macro_rules! unsigned {
    ($($ty:ty),*) => {$(
        impl Unsigned for $ty {
            fn get(&self) -> Option<u64> {
                Some(u64::from(*self))
            }

            fn of(value: Option<u64>) -> Result<Self, Mismatch> {
                let found = value.and_then(|value| Self::try_from(value).ok());
                found.ok_or_else(|| Mismatch::new(concat!("a `", stringify!($ty), "`"), Shown(value)))
            }
        }

        impl Unsigned for Option<$ty> {
            fn get(&self) -> Option<u64> {
                self.map(u64::from)
            }

            fn of(value: Option<u64>) -> Result<Self, Mismatch> {
                value.map(|value| <$ty as Unsigned>::of(Some(value))).transpose()
            }
        }
    )*};
}

unsigned!(u64, u32, u16, u8);

/// A number that was found, or that none was.
struct Shown(Option<u64>);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("no value"),
        }
    }
}

/// Whether a type may be a tag: the derive calls it while it compiles.
#[doc(hidden)]
pub const fn is_tag<T: ColumnType>() -> bool {
    matches!(T::SQL_TYPE, SqlType::Text)
}

/// The error for a value that does not fit.
pub(crate) fn mismatch(spec: &PointSpec, column: &str, found: &Mismatch) -> Error {
    Error::new(ErrorKind::Decode, found.to_string())
        .context(format!("column `{column}`"))
        .context(format!("while reading `{}`", spec.name))
}
