use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use orm_core::value::{ColumnType, ValueRef};
use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::{FLAGS, failed, text};

pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("orm_extract", 2, FLAGS, |context| {
        let Some(at) = moment(context, 1)? else { return Ok(None) };
        let part = text(context, 0)?.unwrap_or_default();
        extract(part, at).map(Some).ok_or_else(|| failed("no such part of a date or time"))
    })?;
    connection.create_scalar_function("orm_truncate", 3, FLAGS, |context| {
        let Some(at) = moment(context, 2)? else { return Ok(None) };
        let [unit, form] = [text(context, 0)?.unwrap_or_default(), text(context, 1)?.unwrap_or_default()];
        let start = truncate(unit, at).ok_or_else(|| failed("no such unit of time"))?;
        Ok(Some(match form {
            "date" => start.date().to_string(),
            "timestamp" => format!("{start}+00:00"),
            _ => start.to_string(),
        }))
    })?;
    connection.create_scalar_function("orm_date", 1, FLAGS, |context| {
        Ok(moment(context, 0)?.map(|at| at.date().to_string()))
    })?;
    connection.create_scalar_function("orm_seconds_between", 2, FLAGS, |context| {
        let (Some(from), Some(to)) = (moment(context, 0)?, moment(context, 1)?) else { return Ok(None) };
        Ok(Some(seconds(to - from)))
    })?;
    connection.create_scalar_function("orm_days_between", 2, FLAGS, |context| {
        let (Some(from), Some(to)) = (moment(context, 0)?, moment(context, 1)?) else { return Ok(None) };
        Ok(Some((to.date() - from.date()).num_days()))
    })
}

/// A date, a time of day, both, or a point in time, in UTC.
fn moment(context: &Context<'_>, index: usize) -> Result<Option<NaiveDateTime>> {
    let Some(text) = text(context, index)? else { return Ok(None) };
    let cell = ValueRef::Text(text);
    if let Ok(at) = DateTime::<Utc>::from_ref(cell) {
        return Ok(Some(at.naive_utc()));
    }
    let time = NaiveTime::from_ref(cell).map_err(|mismatch| failed(&mismatch.to_string()))?;
    Ok(Some(NaiveDate::default().and_time(time)))
}

fn extract(part: &str, at: NaiveDateTime) -> Option<i64> {
    Some(match part {
        "year" => at.year().into(),
        "quarter" => at.quarter().into(),
        "month" => at.month().into(),
        "day" => at.day().into(),
        "hour" => at.hour().into(),
        "minute" => at.minute().into(),
        "second" => at.second().into(),
        "week" => at.iso_week().week().into(),
        "weekday" => at.weekday().number_from_monday().into(),
        "yearday" => at.ordinal().into(),
        _ => return None,
    })
}

fn truncate(unit: &str, at: NaiveDateTime) -> Option<NaiveDateTime> {
    let midnight = at.date().and_time(NaiveTime::MIN);
    match unit {
        "year" => midnight.with_ordinal(1),
        "quarter" => midnight.with_day(1)?.with_month0(at.month0() / 3 * 3),
        "month" => midnight.with_day(1),
        "week" => midnight.checked_sub_signed(TimeDelta::days(at.weekday().num_days_from_monday().into())),
        "day" => Some(midnight),
        "hour" => midnight.with_hour(at.hour()),
        "minute" => midnight.with_hour(at.hour())?.with_minute(at.minute()),
        _ => None,
    }
}

/// A difference in microseconds, as seconds in a float.
#[expect(clippy::cast_precision_loss, reason = "microseconds of 285 years are exact")]
fn seconds(difference: TimeDelta) -> f64 {
    match difference.num_microseconds() {
        Some(micros) => micros as f64 / 1e6,
        None => difference.num_seconds() as f64,
    }
}
