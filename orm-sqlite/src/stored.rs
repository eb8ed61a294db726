//! The formats of columns with `#[orm(format = "..")]`: how values that SQLite has no type for are stored.
//!
//! Expressions see a value as the backend binds it, in its usual text. A format has one function from that text to the cell and one back. A
//! cell is read only if it is exactly what would be written for its value. So cells can be compared as they are.

use orm_core::value::{Format, Mismatch, SqlType, ValueRef};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef as Native};
use rusqlite::{Connection, Result};

use crate::function::{FLAGS, failed};

/// The start of the message about a cell in another form.
pub(crate) const UNREADABLE: &str = "cannot read the column ";

/// A format of values of a type.
pub(crate) struct Form {
    sql_type: SqlType,
    format: Format,
    /// The type of such a column in `CREATE TABLE`.
    pub(crate) declared: &'static str,
    /// The function that reads a cell.
    pub(crate) read: &'static str,
    /// The function that makes a cell.
    pub(crate) write: Option<&'static str>,
    /// A cell, for messages.
    example: &'static str,
    /// The cell for a value.
    cell: fn(&Value) -> Option<Value>,
    /// The value of a cell.
    value: fn(&Value) -> Option<Value>,
}

/// The form of a column's cells, where it is another than the usual one.
pub(crate) fn form(sql_type: SqlType, format: Format) -> Option<&'static Form> {
    FORMS.iter().copied().flatten().find(|form| form.sql_type == sql_type && form.format == format)
}

macro_rules! forms {
    ($name:ident: $(
        $sql_type:ident $format:ident $declared:literal ($read:literal $(, $write:literal)?) $example:literal $cell:expr, $value:expr;
    )*) => {
        pub(super) const $name: &[Form] = &[$(Form {
            sql_type: SqlType::$sql_type,
            format: Format::$format,
            declared: $declared,
            read: $read,
            write: forms!(@write $($write)?),
            example: $example,
            cell: $cell,
            value: $value,
        }),*];
    };
    (@write) => { None };
    (@write $write:literal) => { Some($write) };
}

mod boolean {
    use super::{Form, Format, SqlType, Value, text};

    forms! { BOOLEANS:
        Bool Text "TEXT" ("orm_read_bool_text", "orm_write_bool_text") "true or false"
            |value| text(if *value == Value::Integer(0) { "false" } else { "true" }),
            |cell| Some(Value::Integer((*cell == Value::Text("true".to_owned())).into()));
    }
}

use boolean::BOOLEANS;
#[cfg(feature = "chrono")]
use time::TIMES;
#[cfg(not(feature = "chrono"))]
const TIMES: &[Form] = &[];
#[cfg(feature = "uuid")]
use uuid::UUIDS;
#[cfg(not(feature = "uuid"))]
const UUIDS: &[Form] = &[];
#[cfg(feature = "decimal")]
use decimal::DECIMALS;
#[cfg(not(feature = "decimal"))]
const DECIMALS: &[Form] = &[];

const FORMS: [&[Form]; 4] = [BOOLEANS, TIMES, UUIDS, DECIMALS];

#[expect(clippy::unnecessary_wraps, reason = "it ends functions that may have nothing")]
fn text(text: impl Into<String>) -> Option<Value> {
    Some(Value::Text(text.into()))
}

/// Registers the functions on a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    for form in FORMS.into_iter().flatten() {
        connection.create_scalar_function(form.read, 2, FLAGS, move |context| read(context, form))?;
        if let Some(write) = form.write {
            connection.create_scalar_function(write, 1, FLAGS, move |context| written(context, form))?;
        }
    }
    Ok(())
}

impl Form {
    /// The value of a cell, for SQL that was written by hand.
    pub(crate) fn value_of(&self, cell: ValueRef<'_>) -> std::result::Result<orm_core::value::Value, Mismatch> {
        let native = match cell {
            ValueRef::Null => return Ok(orm_core::value::Value::Null),
            ValueRef::I64(value) => Value::Integer(value),
            ValueRef::F64(value) => Value::Real(value),
            ValueRef::Text(value) => Value::Text(value.to_owned()),
            ValueRef::Bytes(value) => Value::Blob(value.to_owned()),
            _ => Value::Null,
        };
        match self.exact(&native) {
            Some(Value::Integer(value)) => Ok(orm_core::value::Value::I64(value)),
            Some(Value::Text(value)) => Ok(orm_core::value::Value::Text(value)),
            _ => Err(Mismatch::new(self.example, cell)),
        }
    }

    /// The value of a cell, if the cell is exactly what would be written for it.
    fn exact(&self, cell: &Value) -> Option<Value> {
        (self.value)(cell).filter(|value| (self.cell)(value).as_ref() == Some(cell))
    }
}

fn read(context: &Context<'_>, form: &Form) -> Result<Value> {
    let cell: Value = context.get(1)?;
    if cell == Value::Null {
        return Ok(cell);
    }
    form.exact(&cell).ok_or_else(|| {
        let column = context.get_raw(0).as_str().unwrap_or_default();
        failed(&format!(
            "{UNREADABLE}`{column}`: its field has `#[orm(format = \"{}\")]`, which is {}, and it holds {}",
            form.format.name(),
            form.example,
            shown(context.get_raw(1))
        ))
    })
}

fn written(context: &Context<'_>, form: &Form) -> Result<Value> {
    let value: Value = context.get(0)?;
    if value == Value::Null {
        return Ok(value);
    }
    (form.cell)(&value).ok_or_else(|| {
        failed(&format!(
            "{} has no form of `#[orm(format = \"{}\")]`, which is {}, without a loss",
            shown(context.get_raw(0)),
            form.format.name(),
            form.example
        ))
    })
}

fn shown(cell: Native<'_>) -> String {
    match cell {
        Native::Null => "NULL".to_owned(),
        Native::Integer(value) => value.to_string(),
        Native::Real(value) => format!("{value:?}"),
        Native::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        Native::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

#[cfg(feature = "chrono")]
mod time {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Timelike, Utc};
    use orm_core::value::{ColumnType, ValueRef};

    use super::{Form, Format, SqlType, Value, text};
    use crate::encode::temporal;

    forms! { TIMES:
        Date Text "DATE" ("orm_read_date_text") "2024-05-06" |value| same::<NaiveDate>(value), |cell| Some(cell.clone());
        Time Text "TIME" ("orm_read_time_text") "07:08:09" |value| same::<NaiveTime>(value), |cell| Some(cell.clone());
        DateTime Text "DATETIME" ("orm_read_datetime_text") "2024-05-06 07:08:09"
            |value| same::<NaiveDateTime>(value), |cell| Some(cell.clone());
        Timestamp Text "DATETIME" ("orm_read_timestamp_text") "2024-05-06 07:08:09+00:00"
            |value| same::<DateTime<Utc>>(value), |cell| Some(cell.clone());
        DateTime Seconds "DATETIME" ("orm_read_datetime_seconds", "orm_write_datetime_seconds") "2024-05-06 07:08:09"
            |value| seconds(value), |cell| local(cell);
        Timestamp Seconds "DATETIME" ("orm_read_timestamp_seconds", "orm_write_timestamp_seconds") "2024-05-06 07:08:09"
            |value| seconds(value), |cell| global(cell);
        DateTime Micros "DATETIME" ("orm_read_datetime_micros", "orm_write_datetime_micros") "2024-05-06 07:08:09.000000"
            |value| micros(value), |cell| local(cell);
        Timestamp Micros "DATETIME" ("orm_read_timestamp_micros", "orm_write_timestamp_micros") "2024-05-06 07:08:09.000000"
            |value| micros(value), |cell| global(cell);
        DateTime IsoMillis "DATETIME" ("orm_read_datetime_iso", "orm_write_datetime_iso") "2024-05-06T07:08:09.000Z"
            |value| iso(value), |cell| local(cell);
        Timestamp IsoMillis "DATETIME" ("orm_read_timestamp_iso", "orm_write_timestamp_iso") "2024-05-06T07:08:09.000Z"
            |value| iso(value), |cell| global(cell);
        DateTime Epoch "INTEGER" ("orm_read_datetime_epoch", "orm_write_datetime_epoch") "1714979289"
            |value| epoch(value, 0), |cell| local(&instant(cell, 1_000_000)?);
        Timestamp Epoch "INTEGER" ("orm_read_timestamp_epoch", "orm_write_timestamp_epoch") "1714979289"
            |value| epoch(value, 0), |cell| global(&instant(cell, 1_000_000)?);
        DateTime EpochMillis "INTEGER" ("orm_read_datetime_millis", "orm_write_datetime_millis") "1714979289000"
            |value| epoch(value, 3), |cell| local(&instant(cell, 1_000)?);
        Timestamp EpochMillis "INTEGER" ("orm_read_timestamp_millis", "orm_write_timestamp_millis") "1714979289000"
            |value| epoch(value, 3), |cell| global(&instant(cell, 1_000)?);
    }

    fn parse<T: ColumnType>(value: &Value) -> Option<T> {
        let Value::Text(text) = value else { return None };
        T::from_ref(ValueRef::Text(text)).ok()
    }

    /// The text that is written for the value.
    fn usual(value: ValueRef<'_>) -> Option<Value> {
        let mut out = Vec::new();
        let written = match value {
            ValueRef::Time(at) => temporal::time(&mut out, at),
            ValueRef::DateTime(at) => temporal::date_time(&mut out, at),
            ValueRef::Timestamp(at) => {
                return usual(ValueRef::DateTime(at.naive_utc())).and_then(|value| match value {
                    Value::Text(local) => text(local + "+00:00"),
                    _ => None,
                });
            }
            other => return text(other.to_string()),
        };
        written.ok().and_then(|()| text(String::from_utf8(out).ok()?))
    }

    fn same<T: ColumnType>(value: &Value) -> Option<Value> {
        usual(parse::<T>(value)?.to_ref())
    }

    /// A value in UTC, with or without a zone in its text.
    fn utc(value: &Value) -> Option<NaiveDateTime> {
        parse::<DateTime<Utc>>(value).map(|at| at.naive_utc())
    }

    fn local(value: &Value) -> Option<Value> {
        usual(ValueRef::DateTime(utc(value)?))
    }

    fn global(value: &Value) -> Option<Value> {
        usual(ValueRef::Timestamp(utc(value)?.and_utc()))
    }

    /// The value, if its seconds have at most that many digits.
    fn whole(value: &Value, digits: u16) -> Option<NaiveDateTime> {
        utc(value).filter(|at| at.trunc_subsecs(digits) == *at)
    }

    fn seconds(value: &Value) -> Option<Value> {
        text(whole(value, 0)?.format("%Y-%m-%d %H:%M:%S").to_string())
    }

    fn micros(value: &Value) -> Option<Value> {
        let at = utc(value)?;
        text(format!("{}.{:06}", at.format("%Y-%m-%d %H:%M:%S"), at.nanosecond() / 1_000))
    }

    fn iso(value: &Value) -> Option<Value> {
        let at = whole(value, 3)?;
        text(format!("{}.{:03}Z", at.format("%Y-%m-%dT%H:%M:%S"), at.nanosecond() / 1_000_000))
    }

    fn epoch(value: &Value, digits: u16) -> Option<Value> {
        let at = whole(value, digits)?.and_utc();
        Some(Value::Integer(if digits == 0 { at.timestamp() } else { at.timestamp_millis() }))
    }

    fn instant(cell: &Value, micros: i64) -> Option<Value> {
        let Value::Integer(count) = cell else { return None };
        usual(ValueRef::Timestamp(DateTime::from_timestamp_micros(count.checked_mul(micros)?)?))
    }
}

#[cfg(feature = "uuid")]
mod uuid {
    use uuid::Uuid;

    use super::{Form, Format, SqlType, Value, text};

    forms! { UUIDS:
        Uuid Text "TEXT" ("orm_read_uuid_text") "67e55044-10b1-426f-9247-bb680e5fe0c8"
            |value| text(parse(value)?.to_string()), usual;
        Uuid Upper "TEXT" ("orm_read_uuid_upper", "orm_write_uuid_upper") "67E55044-10B1-426F-9247-BB680E5FE0C8"
            |value| text(parse(value)?.to_string().to_uppercase()), usual;
        Uuid Simple "TEXT" ("orm_read_uuid_simple", "orm_write_uuid_simple") "67e5504410b1426f9247bb680e5fe0c8"
            |value| text(parse(value)?.as_simple().to_string()), usual;
        Uuid Blob "BLOB" ("orm_read_uuid_blob", "orm_write_uuid_blob") "16 bytes"
            |value| Some(Value::Blob(parse(value)?.as_bytes().to_vec())), usual;
    }

    fn parse(value: &Value) -> Option<Uuid> {
        match value {
            Value::Text(text) => Uuid::try_parse(text).ok(),
            Value::Blob(bytes) => Uuid::from_slice(bytes).ok(),
            _ => None,
        }
    }

    fn usual(cell: &Value) -> Option<Value> {
        text(parse(cell)?.to_string())
    }
}

#[cfg(feature = "decimal")]
mod decimal {
    use rust_decimal::Decimal;

    use super::{Form, Format, SqlType, Value, text};
    use crate::function::to_decimal;

    forms! { DECIMALS:
        Decimal Number "NUMERIC" ("orm_read_number", "orm_write_number") "a number of at most 15 digits"
            |value| number(value), |cell| text(parse(cell)?.to_string());
    }

    fn parse(value: &Value) -> Option<Decimal> {
        to_decimal(value.into()).ok().flatten()
    }

    /// As a column of numbers keeps it: whole numbers as integers.
    fn number(value: &Value) -> Option<Value> {
        let decimal = parse(value)?.normalize();
        if decimal.is_integer() {
            return i64::try_from(decimal).ok().map(Value::Integer);
        }
        let digits = decimal.mantissa().unsigned_abs();
        if digits >= 1_000_000_000_000_000 { None } else { decimal.to_string().parse().ok().map(Value::Real) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each format reads what it writes, and keeps the order of the values.
    #[test]
    fn formats_are_exact_and_keep_the_order() {
        for form in FORMS.into_iter().flatten() {
            let values: &[&str] = match form.sql_type {
                SqlType::Date => &["1969-12-31", "2024-05-06"],
                SqlType::Time => &["07:08:09", "07:08:09.500000"],
                SqlType::DateTime => &["1969-12-31 23:59:59", "2024-05-06 07:08:09"],
                SqlType::Timestamp => &["1969-12-31 23:59:59+00:00", "2024-05-06 07:08:09+00:00"],
                SqlType::Uuid => &["0f8fad5b-d9cb-469f-a165-70867728950e", "67e55044-10b1-426f-9247-bb680e5fe0c8"],
                SqlType::Decimal => &["-3", "9.5"],
                _ => continue,
            };
            let values: Vec<Value> = values.iter().map(|&value| Value::Text(value.to_owned())).collect();
            let cells: Vec<Option<Value>> = values.iter().map(form.cell).collect();
            for (value, cell) in values.iter().zip(&cells) {
                assert_eq!(cell.as_ref().and_then(form.value).as_ref(), Some(value), "{} {cell:?}", form.read);
            }
            let [Some(low), Some(high)] = &cells[..] else { panic!("{}: {cells:?}", form.read) };
            let ordered = match (low, high) {
                (Value::Integer(low), Value::Integer(high)) => low < high,
                (Value::Integer(low), Value::Real(high)) => (*low as f64) < *high,
                (Value::Text(low), Value::Text(high)) => low < high,
                (Value::Blob(low), Value::Blob(high)) => low < high,
                _ => false,
            };
            assert!(ordered, "{}: {low:?} {high:?}", form.read);
        }
    }
}
