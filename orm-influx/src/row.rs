//! Rows of answers, read into structs.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use orm_core::value::{ColumnType, Mismatch, SqlType, ValueRef};
use orm_core::{Error, ErrorKind, Result};
use serde::de::{Deserialize, Deserializer, Visitor};

use crate::answer::Series;
use crate::point::{Column, PointSpec, PointTime, Role, Unsigned, mismatch};

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// An integer beyond those with a sign.
    Unsigned(u64),
    /// A float.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
}

impl Cell<'_> {
    pub(crate) fn of_unsigned(value: u64) -> Self {
        i64::try_from(value).map_or(Self::Unsigned(value), Self::Integer)
    }

    pub(crate) fn to_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::Integer(value) => ValueRef::I64(*value),
            Self::Unsigned(_) => ValueRef::Refused("the number needs `#[point(unsigned)]`"),
            Self::Float(value) => ValueRef::F64(*value),
            Self::Text(text) => ValueRef::Text(text),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Cell<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Cell::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Cell::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Cell::of_unsigned(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Cell::Float(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Owned(text.to_owned())))
    }
}

/// Where a column of a point is found in the rows of a series.
#[derive(Debug, Clone, Copy)]
enum Place<'a> {
    Cell(usize),
    /// It is the same for all rows.
    Tag(&'a str),
    Missing,
}

/// The columns of a point in a series: found once, and used for all its rows.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    spec: &'static PointSpec,
    places: Vec<Place<'a>>,
}

impl<'a> Places<'a> {
    pub(crate) fn of(spec: &'static PointSpec, series: &'a Series<'_>) -> Self {
        let place = |column: &Column| match series.columns.iter().position(|name| *name == column.name) {
            Some(position) => Place::Cell(position),
            None => series.tags.get(column.name).map_or(Place::Missing, |text| Place::Tag(text)),
        };
        Self { spec, places: spec.columns.iter().map(place).collect() }
    }
}

/// One row.
#[derive(Debug)]
pub struct Row<'a> {
    places: &'a Places<'a>,
    cells: &'a [Cell<'a>],
}

impl<'a> Row<'a> {
    pub(crate) fn new(places: &'a Places<'a>, cells: &'a [Cell<'a>]) -> Self {
        Self { places, cells }
    }

    /// The value of a tag or field, by the number of its column.
    ///
    /// # Errors
    ///
    /// When it does not fit the type.
    pub fn value<T: ColumnType>(&self, column: usize) -> Result<T> {
        let Column { name, role } = &self.places.spec.columns[column];
        let value = match self.found(column).unwrap_or(ValueRef::Null) {
            // InfluxDB gives a point without the tag an empty one.
            ValueRef::Null | ValueRef::Text("") if *role == Role::Tag && T::NULLABLE => ValueRef::Null,
            ValueRef::Null if *role == Role::Tag => ValueRef::Text(""),
            ValueRef::I64(_) | ValueRef::Refused(_) if matches!(T::SQL_TYPE, SqlType::F64 | SqlType::F32) => {
                self.float(column)
            }
            ValueRef::Null if !T::NULLABLE && matches!(self.places.places[column], Place::Missing) => {
                return Err(self.missing(column));
            }
            value => value,
        };
        T::from_ref(value).map_err(|found| mismatch(self.places.spec, name, &found))
    }

    /// The text of a tag or field, lent.
    ///
    /// # Errors
    ///
    /// When it is none.
    #[cfg(feature = "arrow")]
    pub(crate) fn text(&self, column: usize) -> Result<Option<&str>> {
        match self.found(column) {
            None | Some(ValueRef::Null) => Ok(None),
            Some(ValueRef::Text(text)) => Ok(Some(text)),
            Some(other) => {
                let found = Mismatch::new("text", other);
                Err(mismatch(self.places.spec, self.places.spec.columns[column].name, &found))
            }
        }
    }

    /// The number of a field of floats: one that is whole has no point in an answer, and looks like an integer.
    #[expect(clippy::cast_precision_loss, reason = "the digits are those of a float, which is the nearest one")]
    fn float(&self, column: usize) -> ValueRef<'_> {
        let Place::Cell(position) = self.places.places[column] else { return ValueRef::Null };
        match self.cells.get(position) {
            Some(Cell::Integer(value)) => ValueRef::F64(*value as f64),
            Some(Cell::Unsigned(value)) => ValueRef::F64(*value as f64),
            other => other.map_or(ValueRef::Null, Cell::to_ref),
        }
    }

    /// The value of a field with an integer without a sign.
    ///
    /// # Errors
    ///
    /// When it does not fit the type.
    pub fn unsigned<T: Unsigned>(&self, column: usize) -> Result<T> {
        let name = self.places.spec.columns[column].name;
        let value = match (self.found(column).unwrap_or(ValueRef::Null), self.places.places[column]) {
            (ValueRef::Null, _) => None,
            (ValueRef::Refused(_), Place::Cell(position))
                if let Some(Cell::Unsigned(value)) = self.cells.get(position) =>
            {
                Some(*value)
            }
            (value, _) => Some(u64::from_ref(value).map_err(|found| mismatch(self.places.spec, name, &found))?),
        };
        T::of(value).map_err(|found| mismatch(self.places.spec, name, &found))
    }

    /// The time.
    ///
    /// # Errors
    ///
    /// When the answer has none.
    pub fn time<T: PointTime>(&self, column: usize) -> Result<T> {
        let at = match self.found(column).ok_or_else(|| self.missing(column))? {
            ValueRef::I64(nanoseconds) => DateTime::from_timestamp_nanos(nanoseconds),
            value => DateTime::<Utc>::from_ref(value).map_err(|found| mismatch(self.places.spec, "time", &found))?,
        };
        Ok(T::of(at))
    }

    /// The value of a column. One that the answer lacks is NULL: a server does not know a column that no point has.
    fn found(&self, column: usize) -> Option<ValueRef<'_>> {
        match self.places.places[column] {
            Place::Cell(position) => Some(self.cells.get(position).map_or(ValueRef::Null, Cell::to_ref)),
            Place::Tag(text) => Some(ValueRef::Text(text)),
            Place::Missing => None,
        }
    }

    fn missing(&self, column: usize) -> Error {
        let message = format!(
            "the answer has no column `{}`, which `{}` has",
            self.places.spec.columns[column].name, self.places.spec.name
        );
        Error::new(ErrorKind::Decode, message)
    }
}

/// The error of an answer that is not what InfluxDB documents.
pub(crate) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Decode, format!("the answer of InfluxDB cannot be read: {error}")).with_source(error)
}

/// A mismatch in an answer without a struct.
pub(crate) fn unexpected(expected: &'static str, found: &Cell<'_>) -> Error {
    Error::new(ErrorKind::Decode, Mismatch::new(expected, found.to_ref()).to_string())
}
