use std::io;
#[cfg(any(feature = "chrono", feature = "uuid", feature = "decimal"))]
use std::io::Write;
use std::rc::Rc;

use orm_core::value::{List, ValueRef};
use orm_core::{Error, ErrorKind, Result};
use rusqlite::Statement;
use rusqlite::types::{Null, ToSqlOutput, Value, ValueRef as Native};

use crate::error::classify;

/// The text that stands for NaN. SQLite would store NULL.
pub(crate) const NAN: &str = "NaN";

/// A buffer for values that are bound as text. A connection keeps it, so that binding allocates nothing.
#[derive(Default)]
pub(crate) struct Scratch(Vec<u8>);

/// Binds parameter `index`, counted from 1.
#[inline]
pub(crate) fn bind(
    statement: &mut Statement<'_>,
    index: usize,
    value: ValueRef<'_>,
    scratch: &mut Scratch,
) -> Result<()> {
    // What most values are goes the shortest way.
    let bound = match value {
        ValueRef::I64(value) => statement.raw_bind_parameter(index, value),
        ValueRef::Text(text) => statement.raw_bind_parameter(index, text),
        ValueRef::F64(value) if !value.is_nan() => statement.raw_bind_parameter(index, value),
        ValueRef::Null => statement.raw_bind_parameter(index, Null),
        value => return bind_other(statement, index, value, scratch),
    };
    bound.map_err(classify)
}

fn bind_other(statement: &mut Statement<'_>, index: usize, value: ValueRef<'_>, scratch: &mut Scratch) -> Result<()> {
    let output = match value {
        ValueRef::Array(List::Elements(_)) => {
            return Err(Error::unsupported("SQLite", "an array in a column"));
        }
        ValueRef::Made(made) => return made.with(|value| bind(statement, index, value, scratch)),
        ValueRef::Array(items) => {
            let list = items.iter().map(|item| owned(item, scratch)).collect::<Result<Vec<Value>>>()?;
            return statement.raw_bind_parameter(index, Rc::new(list)).map_err(classify);
        }
        scalar => ToSqlOutput::Borrowed(native(scalar, scratch)?),
    };
    statement.raw_bind_parameter(index, output).map_err(classify)
}

fn owned(value: ValueRef<'_>, scratch: &mut Scratch) -> Result<Value> {
    if let ValueRef::Made(made) = value {
        return made.with(|value| owned(value, scratch));
    }
    Ok(match native(value, scratch)? {
        Native::Null => Value::Null,
        Native::Integer(v) => Value::Integer(v),
        Native::Real(v) => Value::Real(v),
        Native::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
        Native::Blob(v) => Value::Blob(v.to_vec()),
    })
}

/// The value as SQLite stores it. Text is formatted in `scratch`.
fn native<'a>(value: ValueRef<'a>, scratch: &'a mut Scratch) -> Result<Native<'a>> {
    Ok(match value {
        ValueRef::Null => Native::Null,
        ValueRef::Bool(v) => Native::Integer(v.into()),
        ValueRef::I64(v) => Native::Integer(v),
        ValueRef::F64(v) if v.is_nan() => Native::Text(NAN.as_bytes()),
        ValueRef::F64(v) => Native::Real(v),
        ValueRef::Text(v) => Native::Text(v.as_bytes()),
        ValueRef::Bytes(v) => Native::Blob(v),
        ValueRef::Array(_) => return Err(Error::unsupported("SQLite", "a list within a list as a parameter")),
        ValueRef::Refused(reason) => return Err(Error::not_encoded(reason)),
        ValueRef::Unloaded => return Err(Error::not_encoded(&value.to_string())),
        other => Native::Text(scratch.write(other)?),
    })
}

impl Scratch {
    fn write(&mut self, value: ValueRef<'_>) -> Result<&[u8]> {
        self.0.clear();
        write_text(&mut self.0, value).map_err(|error| {
            Error::new(ErrorKind::Unsupported, format!("SQLite cannot store the value {value}: {error}"))
                .with_source(error)
        })?;
        Ok(&self.0)
    }
}

fn write_text(out: &mut Vec<u8>, value: ValueRef<'_>) -> io::Result<()> {
    match value {
        #[cfg(feature = "chrono")]
        ValueRef::Date(v) => temporal::date(out, v),
        #[cfg(feature = "chrono")]
        ValueRef::Time(v) => temporal::time(out, v),
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(v) => temporal::date_time(out, v),
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(v) => temporal::date_time(out, v.naive_utc()).and_then(|()| out.write_all(b"+00:00")),
        #[cfg(feature = "uuid")]
        ValueRef::Uuid(v) => write!(out, "{}", v.as_hyphenated()),
        #[cfg(feature = "decimal")]
        ValueRef::Decimal(v) => write!(out, "{v}"),
        #[cfg(feature = "json")]
        ValueRef::Json(v) => serde_json::to_writer(&mut *out, v).map_err(Into::into),
        _ => {
            out.clear();
            Err(io::Error::other("the feature for its type is not enabled in the crate `orm`"))
        }
    }
}

/// Times as text that sorts by time. The fraction has six digits, or is left out when it is zero.
#[cfg(feature = "chrono")]
pub(crate) mod temporal {
    use std::io::{Error, Result, Write};

    use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

    use crate::dialect::CAPABILITIES;

    pub(crate) fn date_time(out: &mut Vec<u8>, at: NaiveDateTime) -> Result<()> {
        date(out, at.date())?;
        out.push(b' ');
        time(out, at.time())
    }

    /// Checks that a year has four digits. Others would sort wrong.
    pub(crate) fn date(out: &mut Vec<u8>, date: NaiveDate) -> Result<()> {
        let (first, last) = CAPABILITIES.years;
        if (first..=last).contains(&date.year()) {
            return write!(out, "{date}");
        }
        Err(Error::other(format!("dates have the years {first} to {last}")))
    }

    pub(crate) fn time(out: &mut Vec<u8>, time: NaiveTime) -> Result<()> {
        // chrono counts a leap second as the fraction of the second before it.
        let micros = time.nanosecond() / 1_000;
        if micros >= 1_000_000 {
            return Err(Error::other("there are no leap seconds"));
        }
        write!(out, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        if micros == 0 { Ok(()) } else { write!(out, ".{micros:06}") }
    }
}

#[cfg(all(test, feature = "chrono"))]
mod tests {
    use super::*;

    #[test]
    fn times_are_text_in_the_order_of_time() {
        use chrono::{NaiveDate, NaiveTime};

        let text = |value: ValueRef<'_>| {
            let mut scratch = Scratch::default();
            native(value, &mut scratch).map(|native| format!("{:?}", native.as_str().unwrap_or_default())).ok()
        };
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap_or_default();
        let time = NaiveTime::from_hms_micro_opt(1, 2, 3, 45).unwrap_or_default();
        assert_eq!(text(ValueRef::Date(day)).as_deref(), Some("\"2024-02-29\""));
        assert_eq!(text(ValueRef::Time(time)).as_deref(), Some("\"01:02:03.000045\""));
        assert_eq!(text(ValueRef::Time(NaiveTime::MIN)).as_deref(), Some("\"00:00:00\""));
        let at = day.and_time(time);
        assert_eq!(text(ValueRef::DateTime(at)).as_deref(), Some("\"2024-02-29 01:02:03.000045\""));
        assert_eq!(text(ValueRef::Timestamp(at.and_utc())).as_deref(), Some("\"2024-02-29 01:02:03.000045+00:00\""));
    }
}
