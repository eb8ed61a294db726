//! chrono's dates and times. A database without such types stores them as ISO 8601 text.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{ColumnType, Mismatch, Moment, SqlType, ValueRef};

macro_rules! temporal {
    ($($ty:ty, $variant:ident, $name:literal, $beside_number:expr, |$text:ident| $parse:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ColumnType for $ty {
            type Base = Self;
            const SQL_TYPE: SqlType = SqlType::$variant;

            fn to_ref(&self) -> ValueRef<'_> {
                ValueRef::$variant(*self)
            }

            fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                let found = match value {
                    ValueRef::$variant(v) => Some(v),
                    ValueRef::Text($text) => $parse,
                    _ => None,
                };
                found.ok_or_else(|| match value {
                    ValueRef::I64(_) | ValueRef::F64(_) => Mismatch::new($beside_number, value),
                    _ => Mismatch::new($name, value),
                })
            }
        }
    )*};
}

temporal! {
    NaiveDate, Date, "a date", "a date as text", |text| parse_date(text);
    NaiveTime, Time, "a time of day", "a time of day as text", |text| parse_time(text);
    NaiveDateTime, DateTime, "a date and time without a zone", NUMBER, |text| parse_date_time(text);
    DateTime<Utc>, Timestamp, "a point in time", NUMBER, |text| parse_timestamp(text);
}

/// The same instant, in UTC: columns do not keep the offset.
#[diagnostic::do_not_recommend]
impl ColumnType for DateTime<FixedOffset> {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Timestamp;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Timestamp(self.to_utc())
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        DateTime::<Utc>::from_ref(value).map(|at| at.fixed_offset())
    }
}

/// The message if a number was found.
const NUMBER: &str = "a date and time as text (numbers are read where the field has `#[orm(format = \"epoch\")]` or \
                      `\"epoch_millis\"`)";

/// A date, perhaps with midnight behind it, as other programs write it.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let moment = without_zone(text)?;
    if moment.time.unwrap_or(0) == 0 { day(moment) } else { None }
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    let moment = without_zone(text)?;
    if moment.date.is_none() { time(moment) } else { None }
}

fn parse_date_time(text: &str) -> Option<NaiveDateTime> {
    let moment = without_zone(text)?;
    Some(day(moment)?.and_time(time(moment)?))
}

/// A point in time with an offset, or without one in UTC.
fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    let moment = Moment::parse(text)?;
    moment.date?;
    DateTime::from_timestamp_micros(moment.micros())
}

/// A date and time without a zone. A text with an offset is refused, because the offset would be lost.
fn without_zone(text: &str) -> Option<Moment> {
    Moment::parse(text).filter(|moment| moment.offset.is_none())
}

fn day(moment: Moment) -> Option<NaiveDate> {
    let (year, month, day) = moment.date?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn time(moment: Moment) -> Option<NaiveTime> {
    let micros = moment.time.unwrap_or(0);
    let (seconds, micros) = (u32::try_from(micros / 1_000_000).ok()?, u32::try_from(micros % 1_000_000).ok()?);
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, micros * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_spelling_is_read() {
        let expected =
            NaiveDate::from_ymd_opt(2009, 1, 2).and_then(|day| day.and_hms_opt(3, 4, 5)).map(|at| at.and_utc());
        for text in [
            "2009-01-02 03:04:05",
            "2009-01-02T03:04:05",
            "2009-01-02T03:04:05Z",
            "2009-01-02 03:04:05+00:00",
            "2009-01-02 04:04:05.000+01",
            "2009-01-02T02:04:05.000000-0100",
        ] {
            assert_eq!(parse_timestamp(text), expected, "{text}");
        }
        assert_eq!(parse_timestamp("yesterday"), None);
        assert_eq!(parse_date("2009-01-02 00:00:00"), NaiveDate::from_ymd_opt(2009, 1, 2));
        assert_eq!(parse_date("2009-01-02 00:00:01"), None);
    }
}
