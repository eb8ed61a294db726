//! Dates and times on the wire: days and microseconds since the start of the year 2000.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

/// 2000-01-01, as chrono counts days.
const EPOCH_DAY: i32 = 730_120;
/// 2000-01-01, in microseconds since 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

pub(crate) fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_DAY
}

pub(crate) fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH_DAY)?)
}

pub(crate) fn micros_of_day(time: NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1_000)
}

pub(crate) fn time(micros: i64) -> Option<NaiveTime> {
    let (time, wrapped) = NaiveTime::MIN.overflowing_add_signed(TimeDelta::microseconds(micros));
    (wrapped == 0).then_some(time)
}

pub(crate) fn micros(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp_micros() - EPOCH_MICROS
}

pub(crate) fn timestamp(micros: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros.checked_add(EPOCH_MICROS)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_2000() {
        let day = NaiveDate::from_ymd_opt(2000, 1, 2).unwrap_or_default();
        assert_eq!((days(day), date(1)), (1, Some(day)));
        assert_eq!(micros(day.and_time(NaiveTime::MIN)), 86_400_000_000);
        assert_eq!(timestamp(-1).map(|at| at.to_rfc3339()).as_deref(), Some("1999-12-31T23:59:59.999999+00:00"));
        assert_eq!(time(micros_of_day(NaiveTime::MIN)), Some(NaiveTime::MIN));
        assert_eq!(time(86_400_000_000), None);
        assert_eq!((date(i32::MAX), timestamp(i64::MAX)), (None, None));
    }
}
