//! Line protocol: the text that points are written as.

use std::io::Write as _;

use chrono::{DateTime, Utc};
use orm_core::value::{ColumnType, ValueRef};
use orm_core::{Error, ErrorKind, Result};

use crate::point::{Point, PointTime, Unsigned};

/// The unit in which times are written. What is finer than it is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// Nanoseconds, in which InfluxDB keeps times.
    #[default]
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
}

impl Precision {
    fn nanoseconds(self) -> i64 {
        match self {
            Self::Nanoseconds => 1,
            Self::Microseconds => 1_000,
            Self::Milliseconds => 1_000_000,
            Self::Seconds => 1_000_000_000,
        }
    }
}

/// One line, while it is written.
#[derive(Debug)]
pub struct Line<'a> {
    out: &'a mut Vec<u8>,
    precision: Precision,
    has_fields: bool,
}

/// Appends the line of a point, with its end. After an error `out` is as it was.
///
/// # Errors
///
/// When line protocol cannot express a value.
pub(crate) fn write<P: Point>(out: &mut Vec<u8>, point: &P, precision: Precision) -> Result<()> {
    let start = out.len();
    let mut line = Line { out, precision, has_fields: false };
    escape(line.out, P::SPEC.measurement, IN_MEASUREMENT);
    let written = point.write(&mut line).and_then(|()| line.end());
    written.map_err(|error| {
        out.truncate(start);
        error.context(format!("while writing `{}`", P::SPEC.name))
    })
}

impl Line<'_> {
    /// A tag. One without text is left out, as InfluxDB has no empty tags.
    ///
    /// # Errors
    ///
    /// When the text has a line break or ends in a backslash, or is empty in an `Option`, which would be read as `None`.
    pub fn tag<T: ColumnType>(&mut self, name: &str, value: &T) -> Result<()> {
        with(value.to_ref(), |value| match value {
            ValueRef::Null => Ok(()),
            ValueRef::Text("") if T::NULLABLE => Err(invalid("is empty: `None` says that a point has no such tag")),
            ValueRef::Text("") => Ok(()),
            ValueRef::Text(text) if text.contains(['\n', '\r']) => {
                Err(invalid("has a line break, which no tag can have"))
            }
            ValueRef::Text(text) if text.ends_with('\\') => Err(invalid("ends in a backslash, which no tag can")),
            ValueRef::Text(text) => {
                self.out.push(b',');
                escape(self.out, name, IN_KEY);
                self.out.push(b'=');
                escape(self.out, text, IN_KEY);
                Ok(())
            }
            other => Err(refused(other)),
        })
        .map_err(|error| error.context(format!("tag `{name}`")))
    }

    /// A field. NULL is left out.
    ///
    /// # Errors
    ///
    /// When InfluxDB has no such values: a float that is no number, bytes.
    pub fn field<T: ColumnType>(&mut self, name: &str, value: &T) -> Result<()> {
        with(value.to_ref(), |value| if value.is_null() { Ok(()) } else { self.key(name).value(value) })
            .map_err(|error| error.context(format!("field `{name}`")))
    }

    /// A field with an integer without a sign.
    pub fn unsigned<T: Unsigned>(&mut self, name: &str, value: &T) {
        if let Some(value) = value.get() {
            self.key(name).text(format_args!("{value}u"));
        }
    }

    /// The time, which ends the fields.
    ///
    /// # Errors
    ///
    /// When it is before 1677 or after 2262, of which nanoseconds do not fit into 64 bits.
    pub fn time<T: PointTime>(&mut self, value: &T) -> Result<()> {
        let Some(at) = value.get() else { return Ok(()) };
        let ticks = nanoseconds(at)?.div_euclid(self.precision.nanoseconds());
        self.text(format_args!(" {ticks}"));
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if !self.has_fields {
            return Err(invalid("has no field with a value, and InfluxDB keeps no such point"));
        }
        self.out.push(b'\n');
        Ok(())
    }

    fn key(&mut self, name: &str) -> &mut Self {
        self.out.push(if self.has_fields { b',' } else { b' ' });
        self.has_fields = true;
        escape(self.out, name, IN_KEY);
        self.out.push(b'=');
        self
    }

    fn value(&mut self, value: ValueRef<'_>) -> Result<()> {
        match value {
            ValueRef::Bool(value) => self.text(format_args!("{value}")),
            ValueRef::I64(value) => self.text(format_args!("{value}i")),
            ValueRef::F64(value) if value.is_finite() => self.text(format_args!("{value:?}")),
            ValueRef::F64(value) => return Err(invalid(format!("is {value}, which no field can be"))),
            ValueRef::Text(text) => self.quoted(text),
            ValueRef::Timestamp(at) => self.quoted(&at.to_rfc3339()),
            ValueRef::DateTime(at) => self.quoted(&at.to_string()),
            ValueRef::Date(day) => self.quoted(&day.to_string()),
            ValueRef::Time(time) => self.quoted(&time.to_string()),
            other => return Err(refused(other)),
        }
        Ok(())
    }

    fn quoted(&mut self, text: &str) {
        self.out.push(b'"');
        escape(self.out, text, b"\"\\");
        self.out.push(b'"');
    }

    fn text(&mut self, text: std::fmt::Arguments<'_>) {
        // A vector takes everything.
        let _ = self.out.write_fmt(text);
    }
}

/// The time as InfluxDB keeps it.
///
/// # Errors
///
/// When it does not fit.
pub(crate) fn nanoseconds(at: DateTime<Utc>) -> Result<i64> {
    let found = at.timestamp_nanos_opt();
    found.ok_or_else(|| invalid(format!("is at {at}, and InfluxDB keeps the years from 1678 to 2261")))
}

/// Hands the value to `work`, made if its type makes it.
fn with(value: ValueRef<'_>, work: impl FnOnce(ValueRef<'_>) -> Result<()>) -> Result<()> {
    match value {
        ValueRef::Made(made) => made.with(work),
        value => work(value),
    }
}

fn invalid(reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Invalid, reason)
}

fn refused(value: ValueRef<'_>) -> Error {
    match value {
        ValueRef::Refused(reason) => Error::not_encoded(reason),
        _ => Error::unsupported("InfluxDB", "values of this type: it keeps numbers, truth values and text"),
    }
}

/// A name as it stands in a line.
pub(crate) fn escaped(name: &str, special: &[u8]) -> String {
    let mut out = Vec::new();
    escape(&mut out, name, special);
    String::from_utf8_lossy(&out).into_owned()
}

/// What is escaped in a measurement.
pub(crate) const IN_MEASUREMENT: &[u8] = b", ";

/// What is escaped in the names of tags and fields, and in tags.
pub(crate) const IN_KEY: &[u8] = b",= ";

/// Appends `text` with a backslash before each of `special`.
fn escape(out: &mut Vec<u8>, text: &str, special: &[u8]) {
    for &byte in text.as_bytes() {
        if special.contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
}
