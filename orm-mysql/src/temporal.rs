//! Dates and times, between chrono and the driver.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use mysql::Value;

fn part(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// A date and time as the driver sends it. Years out of the driver's range are refused before.
pub(crate) fn date_time(at: NaiveDateTime) -> Value {
    let (date, time) = (at.date(), at.time());
    Value::Date(
        u16::try_from(date.year()).unwrap_or(u16::MAX),
        part(date.month()),
        part(date.day()),
        part(time.hour()),
        part(time.minute()),
        part(time.second()),
        time.nanosecond() / 1_000,
    )
}

pub(crate) fn date(date: NaiveDate) -> Value {
    date_time(date.and_time(NaiveTime::MIN))
}

pub(crate) fn time(time: NaiveTime) -> Value {
    Value::Time(false, 0, part(time.hour()), part(time.minute()), part(time.second()), time.nanosecond() / 1_000)
}

/// The date and time that the driver read. `None` for a zero date, or a day that is none.
pub(crate) fn read_date_time(value: &Value) -> Option<NaiveDateTime> {
    let &Value::Date(year, month, day, hour, minute, second, micros) = value else { return None };
    let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())?;
    date.and_hms_micro_opt(hour.into(), minute.into(), second.into(), micros)
}

/// The time of day that the driver read. `None` for a length of time of a day or more, or below zero.
pub(crate) fn read_time(value: &Value) -> Option<NaiveTime> {
    match *value {
        Value::Time(false, 0, hour, minute, second, micros) => {
            NaiveTime::from_hms_micro_opt(hour.into(), minute.into(), second.into(), micros)
        }
        _ => None,
    }
}
