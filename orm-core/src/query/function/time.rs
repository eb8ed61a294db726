//! Functions of dates and times. Parts of a point in time are those in UTC.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{Over, call};
use crate::query::{BaseOf, Expr, Expression, Operand, OperandOf, Strict};
use crate::sql::{DatePart, DateUnit, Function};
use crate::value::{ColumnType, Newtype};

/// The types with a date.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no date",
    label = "this needs a column of type `NaiveDate`, `NaiveDateTime` or `DateTime<Utc>`"
)]
pub trait Dated: ColumnType {}

/// The types with a time of day.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no time of day",
    label = "this needs a column of type `NaiveTime`, `NaiveDateTime` or `DateTime<Utc>`"
)]
pub trait Timed: ColumnType {}

macro_rules! mark {
    ($marker:ident: $($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl $marker for $ty {}
    )*};
}

mark!(Dated: NaiveDate, NaiveDateTime, DateTime<Utc>, DateTime<FixedOffset>);
mark!(Timed: NaiveTime, NaiveDateTime, DateTime<Utc>, DateTime<FixedOffset>);

#[cfg(feature = "time")]
mark!(Dated: time::Date, time::PrimitiveDateTime, time::OffsetDateTime);
#[cfg(feature = "time")]
mark!(Timed: time::Time, time::PrimitiveDateTime, time::OffsetDateTime);
#[cfg(feature = "jiff")]
mark!(Dated: jiff::civil::Date, jiff::civil::DateTime, jiff::Timestamp);
#[cfg(feature = "jiff")]
mark!(Timed: jiff::civil::Time, jiff::civil::DateTime, jiff::Timestamp);

#[diagnostic::do_not_recommend]
impl<T: Newtype<Inner: Dated>> Dated for T {}

#[diagnostic::do_not_recommend]
impl<T: Newtype<Inner: Timed>> Timed for T {}

/// The time at which the statement began, by the database's clock.
pub fn now() -> Expr<DateTime<Utc>, ()> {
    call(Function::Now, Vec::new())
}

/// The day when the statement began, in UTC.
pub fn current_date() -> Expr<NaiveDate, ()> {
    call(Function::CurrentDate, Vec::new())
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident $part:ident $of:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<E: Expression>(at: E) -> Over<i32, E>
        where
            BaseOf<E>: $of,
        {
            call(Function::Extract(DatePart::$part, E::Value::SQL_TYPE), vec![at.into_sql()])
        }
    )*};
}

parts! {
    /// The year.
    year Year Dated;
    /// The quarter, 1 to 4.
    quarter Quarter Dated;
    /// The month, 1 to 12.
    month Month Dated;
    /// The day of the month, from 1.
    day Day Dated;
    /// The week by ISO 8601, 1 to 53: the first has the year's first Thursday.
    week Week Dated;
    /// The day of the week by ISO 8601: 1 is Monday, 7 is Sunday.
    weekday Weekday Dated;
    /// The day of the year, from 1.
    year_day YearDay Dated;
    /// The hour, 0 to 23.
    hour Hour Timed;
    /// The minute, 0 to 59.
    minute Minute Timed;
    /// The whole seconds of the minute, 0 to 59.
    second Second Timed;
}

/// Rounds a date or time down to a unit: `truncate(Order::at, DateUnit::Month)` is the first moment of the month.
pub fn truncate<E: Expression>(at: E, unit: DateUnit) -> Expr<E::Value, E::Scope>
where
    BaseOf<E>: Dated,
{
    call(Function::Truncate(unit), vec![at.into_sql()])
}

/// The date of a date and time.
pub fn date_of<E: Expression>(at: E) -> Over<NaiveDate, E>
where
    BaseOf<E>: Dated,
{
    call(Function::DateOf(E::Value::SQL_TYPE), vec![at.into_sql()])
}

/// The result of a function of two dates or times.
type Between<V, E, R> = Expr<
    <<R as Operand<BaseOf<E>>>::Value as Strict>::Result<<<E as Expression>::Value as Strict>::Result<V>>,
    (<E as Expression>::Scope, <R as Operand<BaseOf<E>>>::Scope),
>;

/// The seconds from the first to the second, with their fraction; negative when the second is earlier.
pub fn seconds_between<E: Expression, R: OperandOf<BaseOf<E>>>(from: E, to: R) -> Between<f64, E, R>
where
    BaseOf<E>: Timed,
{
    call(Function::SecondsBetween, vec![from.into_sql(), to.into_operand()])
}

/// The number of midnights between the first and the second; negative when the second is earlier.
pub fn days_between<E: Expression, R: OperandOf<BaseOf<E>>>(from: E, to: R) -> Between<i32, E, R>
where
    BaseOf<E>: Dated,
{
    call(Function::DaysBetween(E::Value::SQL_TYPE), vec![from.into_sql(), to.into_operand()])
}
