//! chrono's dates and times. A database without such types keeps them as ISO 8601 text.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{ColumnType, Mismatch, SqlType, ValueRef};

macro_rules! temporal {
    ($($ty:ty, $variant:ident, $name:literal, |$text:ident| $parse:expr;)*) => {$(
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
                found.ok_or_else(|| Mismatch::new($name, value))
            }
        }
    )*};
}

temporal! {
    NaiveDate, Date, "a date", |text| parse_date(text);
    NaiveTime, Time, "a time of day", |text| parse_time(text);
    NaiveDateTime, DateTime, "a date and time", |text| parse_date_time(text);
    DateTime<Utc>, Timestamp, "a point in time", |text| parse_timestamp(text);
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    text.parse().ok().or_else(|| {
        // A date in a column that others fill with midnight.
        parse_date_time(text).filter(|at| at.time() == NaiveTime::MIN).map(|at| at.date())
    })
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M")).ok()
}

fn parse_date_time(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    Some(date.parse::<NaiveDate>().ok()?.and_time(parse_time(time)?))
}

/// With an offset, or without one and then in UTC.
fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim_end_matches(['Z', 'z']);
    match parse_date_time(text) {
        Some(at) => Some(at.and_utc()),
        None => DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z")
            .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
            .map(|at| at.to_utc())
            .ok(),
    }
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
