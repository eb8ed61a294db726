//! Dates, times and points in time.

use arrow_array::builder::PrimitiveBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTimestampType, Date32Type, Date64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use orm_core::value::{Encoded, Mismatch, SqlType, ValueRef};

use crate::builders::Builder;
use crate::cells::Cells;
use crate::numbers::Primitive;

pub(crate) fn builder(data_type: &DataType) -> Option<Box<dyn Builder>> {
    Some(match data_type {
        DataType::Date32 => Box::new(Primitive {
            builder: PrimitiveBuilder::<Date32Type>::new(),
            read: |cell: ValueRef<'_>| match cell {
                ValueRef::Date(value) => {
                    i32::try_from(value.signed_duration_since(NaiveDate::default()).num_days()).ok()
                }
                _ => None,
            },
            expected: "a date",
        }),
        DataType::Time64(TimeUnit::Microsecond) => Box::new(Primitive {
            builder: PrimitiveBuilder::<Time64MicrosecondType>::new(),
            read: |cell: ValueRef<'_>| match cell {
                ValueRef::Time(value) => {
                    let micros = i64::from(value.nanosecond() / 1_000);
                    Some(i64::from(value.num_seconds_from_midnight()) * 1_000_000 + micros)
                }
                _ => None,
            },
            expected: "a time of day",
        }),
        DataType::Timestamp(TimeUnit::Second, _) => points::<TimestampSecondType>(data_type, |at| Some(at.timestamp())),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            points::<TimestampMillisecondType>(data_type, |at| Some(at.timestamp_millis()))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            points::<TimestampMicrosecondType>(data_type, |at| Some(at.timestamp_micros()))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            points::<TimestampNanosecondType>(data_type, |at| at.timestamp_nanos_opt())
        }
        _ => return None,
    })
}

/// Points in time where there is a zone, and else dates with times.
fn points<T: ArrowTimestampType>(data_type: &DataType, to: fn(DateTime<Utc>) -> Option<i64>) -> Box<dyn Builder> {
    let builder = PrimitiveBuilder::<T>::new().with_data_type(data_type.clone());
    if matches!(data_type, DataType::Timestamp(_, Some(_))) {
        let read = move |cell: ValueRef<'_>| if let ValueRef::Timestamp(at) = cell { to(at) } else { None };
        return Box::new(Primitive { builder, read, expected: "a point in time that the unit can count" });
    }
    let read = move |cell: ValueRef<'_>| if let ValueRef::DateTime(at) = cell { to(at.and_utc()) } else { None };
    Box::new(Primitive { builder, read, expected: "a date and time without a zone that the unit can count" })
}

/// The cells of an array of times, for a column of that type.
pub(crate) fn cells(array: &ArrayRef, target: SqlType) -> Option<Box<dyn Cells>> {
    Some(match array.data_type() {
        DataType::Date32 => times::<Date32Type>(array, target, SqlType::Date, |days| {
            DateTime::from_timestamp(i64::from(days) * 86_400, 0)
        }),
        DataType::Date64 => times::<Date64Type>(array, target, SqlType::Date, DateTime::from_timestamp_millis),
        DataType::Time32(TimeUnit::Second) => times::<Time32SecondType>(array, target, SqlType::Time, |seconds| {
            DateTime::from_timestamp(i64::from(seconds), 0)
        }),
        DataType::Time32(_) => times::<Time32MillisecondType>(array, target, SqlType::Time, |millis| {
            DateTime::from_timestamp_millis(i64::from(millis))
        }),
        DataType::Time64(TimeUnit::Nanosecond) => {
            times::<Time64NanosecondType>(array, target, SqlType::Time, |nanos| {
                Some(DateTime::from_timestamp_nanos(nanos))
            })
        }
        DataType::Time64(_) => {
            times::<Time64MicrosecondType>(array, target, SqlType::Time, DateTime::from_timestamp_micros)
        }
        DataType::Timestamp(unit, zone) => {
            let kind = if zone.is_some() { SqlType::Timestamp } else { SqlType::DateTime };
            match unit {
                TimeUnit::Second => {
                    times::<TimestampSecondType>(array, target, kind, |seconds| DateTime::from_timestamp(seconds, 0))
                }
                TimeUnit::Millisecond => {
                    times::<TimestampMillisecondType>(array, target, kind, DateTime::from_timestamp_millis)
                }
                TimeUnit::Microsecond => {
                    times::<TimestampMicrosecondType>(array, target, kind, DateTime::from_timestamp_micros)
                }
                TimeUnit::Nanosecond => times::<TimestampNanosecondType>(array, target, kind, |nanos| {
                    Some(DateTime::from_timestamp_nanos(nanos))
                }),
            }
        }
        _ => return None,
    })
}

fn times<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    target: SqlType,
    kind: SqlType,
    read: fn(T::Native) -> Option<DateTime<Utc>>,
) -> Box<dyn Cells>
where
    T::Native: Into<i64>,
{
    Box::new(Times { array: array.as_primitive::<T>().clone(), target, kind, read })
}

struct Times<T: ArrowPrimitiveType> {
    array: PrimitiveArray<T>,
    target: SqlType,
    kind: SqlType,
    read: fn(T::Native) -> Option<DateTime<Utc>>,
}

impl<T: ArrowPrimitiveType<Native: Into<i64>>> Cells for Times<T> {
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        if self.array.is_null(row) {
            return Ok(Encoded::Borrowed(ValueRef::Null));
        }
        let native = self.array.value(row);
        let wrong = || {
            let found: i64 = native.into();
            Mismatch::new(
                format!("a value of the type {:?}", self.target),
                format!("{:?} {found}", self.array.data_type()),
            )
        };
        let at = (self.read)(native).ok_or_else(wrong)?;
        let value = match (self.kind, self.target) {
            (SqlType::Date, SqlType::Date) if at.time() == NaiveTime::MIN => ValueRef::Date(at.date_naive()),
            (SqlType::Time, SqlType::Time) if at.date_naive() == NaiveDate::default() => ValueRef::Time(at.time()),
            (SqlType::DateTime, SqlType::DateTime) => ValueRef::DateTime(at.naive_utc()),
            (SqlType::Timestamp, SqlType::Timestamp) => ValueRef::Timestamp(at),
            _ => return Err(wrong()),
        };
        Ok(Encoded::Borrowed(value))
    }
}
