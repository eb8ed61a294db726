//! The dates and times of the crates `time` and `jiff`, in the columns of chrono's.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

use super::{ColumnType, Mismatch, SqlType, ValueRef};

const NANOS: i128 = 1_000_000_000;

/// A column type whose values are those of one of chrono's types.
macro_rules! as_chrono {
    ($($ty:ty, $own:ty, $variant:ident, $into:path, $from:path;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ColumnType for $ty {
            type Base = Self;
            const SQL_TYPE: SqlType = SqlType::$variant;

            fn to_ref(&self) -> ValueRef<'_> {
                $into(*self).map_or(ValueRef::Refused("a leap second, and a year that chrono does not know, have no column"), ValueRef::$variant)
            }

            fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                $from(<$own>::from_ref(value)?).ok_or_else(|| Mismatch::new("a year that the type has", value))
            }
        }
    )*};
}

/// The point in time so many nanoseconds after the beginning of 1970.
fn timestamp(nanos: i128) -> Option<DateTime<Utc>> {
    let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
    DateTime::from_timestamp(seconds, u32::try_from(nanos.rem_euclid(NANOS)).ok()?)
}

fn nanos(at: DateTime<Utc>) -> i128 {
    i128::from(at.timestamp()) * NANOS + i128::from(at.timestamp_subsec_nanos())
}

#[cfg(feature = "time")]
mod time_crate {
    use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

    use super::*;

    fn date(date: Date) -> Option<NaiveDate> {
        NaiveDate::from_yo_opt(date.year(), date.ordinal().into())
    }

    fn from_date(date: NaiveDate) -> Option<Date> {
        let month = Month::try_from(u8::try_from(date.month()).ok()?).ok()?;
        Date::from_calendar_date(date.year(), month, u8::try_from(date.day()).ok()?).ok()
    }

    fn time(time: Time) -> Option<NaiveTime> {
        let (hour, minute, second, nano) = time.as_hms_nano();
        NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nano)
    }

    fn from_time(time: NaiveTime) -> Option<Time> {
        let byte = |part: u32| u8::try_from(part).ok();
        Time::from_hms_nano(byte(time.hour())?, byte(time.minute())?, byte(time.second())?, time.nanosecond()).ok()
    }

    fn date_time(at: PrimitiveDateTime) -> Option<NaiveDateTime> {
        Some(date(at.date())?.and_time(time(at.time())?))
    }

    fn from_date_time(at: NaiveDateTime) -> Option<PrimitiveDateTime> {
        Some(PrimitiveDateTime::new(from_date(at.date())?, from_time(at.time())?))
    }

    fn instant(at: OffsetDateTime) -> Option<DateTime<Utc>> {
        timestamp(at.unix_timestamp_nanos())
    }

    fn from_instant(at: DateTime<Utc>) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(nanos(at)).ok()
    }

    as_chrono! {
        Date, NaiveDate, Date, date, from_date;
        Time, NaiveTime, Time, time, from_time;
        PrimitiveDateTime, NaiveDateTime, DateTime, date_time, from_date_time;
        OffsetDateTime, DateTime<Utc>, Timestamp, instant, from_instant;
    }
}

#[cfg(feature = "jiff")]
mod jiff_crate {
    use jiff::Timestamp;
    use jiff::civil;

    use super::*;

    fn part<T: TryFrom<u32>>(part: u32) -> Option<T> {
        T::try_from(part).ok()
    }

    fn date(date: civil::Date) -> Option<NaiveDate> {
        NaiveDate::from_yo_opt(date.year().into(), u32::try_from(date.day_of_year()).ok()?)
    }

    fn from_date(date: NaiveDate) -> Option<civil::Date> {
        civil::Date::new(i16::try_from(date.year()).ok()?, part(date.month())?, part(date.day())?).ok()
    }

    fn time(time: civil::Time) -> Option<NaiveTime> {
        let part = |part: i8| u32::try_from(part).ok();
        let nano = u32::try_from(time.subsec_nanosecond()).ok()?;
        NaiveTime::from_hms_nano_opt(part(time.hour())?, part(time.minute())?, part(time.second())?, nano)
    }

    fn from_time(time: NaiveTime) -> Option<civil::Time> {
        let (hour, minute, second) = (part(time.hour())?, part(time.minute())?, part(time.second())?);
        civil::Time::new(hour, minute, second, part(time.nanosecond())?).ok()
    }

    fn date_time(at: civil::DateTime) -> Option<NaiveDateTime> {
        Some(date(at.date())?.and_time(time(at.time())?))
    }

    fn from_date_time(at: NaiveDateTime) -> Option<civil::DateTime> {
        Some(civil::DateTime::from_parts(from_date(at.date())?, from_time(at.time())?))
    }

    fn instant(at: Timestamp) -> Option<DateTime<Utc>> {
        timestamp(at.as_nanosecond())
    }

    fn from_instant(at: DateTime<Utc>) -> Option<Timestamp> {
        Timestamp::from_nanosecond(nanos(at)).ok()
    }

    as_chrono! {
        civil::Date, NaiveDate, Date, date, from_date;
        civil::Time, NaiveTime, Time, time, from_time;
        civil::DateTime, NaiveDateTime, DateTime, date_time, from_date_time;
        Timestamp, DateTime<Utc>, Timestamp, instant, from_instant;
    }
}
