//! Functions of dates and times.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use orm::Result;
use orm::functions::*;
use orm::prelude::*;

use crate::TestContext;
use crate::models::{AllTypes, OptionalTypes};

cases! { expr_times {
    now_is_now [];
    parts_of_dates_and_times [];
    weeks_and_days_by_iso_8601 [];
    fractions_of_seconds_are_not_rounded_up [];
    times_are_truncated [];
    quarters_begin_where_calendars_say [];
    truncated_times_compare_with_stored_ones [];
    differences_in_seconds_and_days [];
    dates_of_times [];
    null_makes_null_of_times [];
    times_filter_and_group [];
    a_session_time_zone_changes_nothing [];
} }

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap_or_default()
}

/// One row for each moment, its date and time in all four types.
fn moments(cx: &mut TestContext, moments: &[&str]) -> Result<Session> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    session.add_all(moments.iter().map(|text| at(text)).map(|at| AllTypes {
        date: at.date(),
        time: at.time(),
        date_time: at,
        timestamp: at.and_utc(),
        ..AllTypes::default()
    }));
    session.commit()?;
    Ok(session)
}

macro_rules! all {
    ($session:expr, $selection:expr) => {
        AllTypes::query().order_by(AllTypes::id).select($selection).all($session)?
    };
}

pub fn now_is_now(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2020-01-01T00:00:00", "2999-01-01T00:00:00"])?;
    let (read, today) = all!(session, (now(), current_date()))[0];
    assert!((Utc::now() - read).abs() < TimeDelta::seconds(60), "{read}");
    assert!((Utc::now().date_naive() - today).abs() <= TimeDelta::days(1), "{today}");
    assert_eq!(AllTypes::query().filter(AllTypes::timestamp.lt(now())).count(session)?, 1);
    assert_eq!(AllTypes::query().filter(AllTypes::date.gt(current_date())).count(session)?, 1);
    AllTypes::query().update(AllTypes::timestamp.set(now())).execute(session)?;
    let stored: Vec<DateTime<Utc>> = all!(session, AllTypes::timestamp);
    assert!(stored[0] == stored[1] && stored[0] >= read, "{stored:?}");
    Ok(())
}

pub fn parts_of_dates_and_times(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2024-02-29T13:14:15.5"])?;
    let (d, t, dt, ts) = (AllTypes::date, AllTypes::time, AllTypes::date_time, AllTypes::timestamp);
    assert_eq!(all!(session, (year(d), month(d), day(d), year_day(d))), [(2024, 2, 29, 60)]);
    assert_eq!(all!(session, (hour(t), minute(t), second(t))), [(13, 14, 15)]);
    assert_eq!(
        all!(session, (year(dt), month(dt), day(dt), hour(dt), minute(dt), second(dt))),
        [(2024, 2, 29, 13, 14, 15)]
    );
    assert_eq!(
        all!(session, (year(ts), month(ts), day(ts), hour(ts), minute(ts), second(ts))),
        [(2024, 2, 29, 13, 14, 15)]
    );
    assert_eq!(all!(session, (year(value(date("1999-12-31"))), month(value(at("1999-12-31T00:00:00"))))), [(1999, 12)]);
    Ok(())
}

pub fn weeks_and_days_by_iso_8601(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2024-12-30T00:00:00", "2021-01-03T23:59:59", "2020-12-31T12:00:00"])?;
    assert_eq!(all!(session, (week(AllTypes::date), weekday(AllTypes::timestamp))), [(1, 1), (53, 7), (53, 4)]);
    assert_eq!(all!(session, (week(AllTypes::timestamp), weekday(AllTypes::date_time))), [(1, 1), (53, 7), (53, 4)]);
    Ok(())
}

pub fn fractions_of_seconds_are_not_rounded_up(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2023-12-31T23:59:59.999999"])?;
    let ts = AllTypes::timestamp;
    assert_eq!(all!(session, (year(ts), day(ts), second(ts), second(AllTypes::time))), [(2023, 31, 59, 59)]);
    assert_eq!(all!(session, truncate(AllTypes::date_time, DateUnit::Minute)), [at("2023-12-31T23:59:00")]);
    Ok(())
}

pub fn times_are_truncated(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2024-05-16T13:14:15.25"])?;
    let units = [
        (DateUnit::Year, "2024-01-01T00:00:00"),
        (DateUnit::Quarter, "2024-04-01T00:00:00"),
        (DateUnit::Month, "2024-05-01T00:00:00"),
        (DateUnit::Week, "2024-05-13T00:00:00"),
        (DateUnit::Day, "2024-05-16T00:00:00"),
        (DateUnit::Hour, "2024-05-16T13:00:00"),
        (DateUnit::Minute, "2024-05-16T13:14:00"),
    ];
    for (unit, expected) in units {
        let expected = at(expected);
        let rows: Vec<(NaiveDate, NaiveDateTime, DateTime<Utc>)> = all!(
            session,
            (truncate(AllTypes::date, unit), truncate(AllTypes::date_time, unit), truncate(AllTypes::timestamp, unit),)
        );
        assert_eq!(rows, [(expected.date(), expected, expected.and_utc())], "{unit:?}");
    }
    Ok(())
}

pub fn quarters_begin_where_calendars_say(cx: &mut TestContext) -> Result<()> {
    let days = ["2023-12-31T23:59:59", "2024-01-01T00:00:00", "2024-03-31T12:00:00", "2024-04-01T00:00:00"];
    let more = ["2024-06-30T23:00:00", "2024-07-31T00:00:00", "2024-09-30T00:00:00", "2024-10-01T01:02:03"];
    let session = &mut moments(cx, &[days, more].concat())?;
    let (d, dt, ts) = (AllTypes::date, AllTypes::date_time, AllTypes::timestamp);
    let numbers = [4, 1, 1, 2, 2, 3, 3, 4];
    assert_eq!(all!(session, (quarter(d), quarter(dt), quarter(ts))), numbers.map(|number| (number, number, number)));
    let first = ["2023-10-01", "2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"].map(date);
    let begins = [0, 1, 1, 2, 2, 3, 3, 4].map(|at: usize| (first[at], first[at].and_time(NaiveTime::MIN)));
    let unit = DateUnit::Quarter;
    assert_eq!(all!(session, (truncate(d, unit), truncate(dt, unit))), begins);
    let instants: Vec<DateTime<Utc>> = all!(session, truncate(ts, unit));
    assert_eq!(instants, begins.map(|(_, at)| at.and_utc()));
    assert_eq!(AllTypes::query().filter(truncate(d, unit).eq(d)).count(session)?, 3);
    Ok(())
}

pub fn truncated_times_compare_with_stored_ones(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2024-05-16T13:00:00", "2024-05-16T13:00:01"])?;
    let full = |session: &mut Session| -> Result<(u64, u64, u64)> {
        Ok((
            AllTypes::query()
                .filter(truncate(AllTypes::timestamp, DateUnit::Hour).eq(AllTypes::timestamp))
                .count(session)?,
            AllTypes::query()
                .filter(truncate(AllTypes::date_time, DateUnit::Hour).lt(AllTypes::date_time))
                .count(session)?,
            AllTypes::query()
                .filter(truncate(AllTypes::date, DateUnit::Month).eq(date("2024-05-01")))
                .count(session)?,
        ))
    };
    assert_eq!(full(session)?, (1, 1, 2));
    Ok(())
}

pub fn differences_in_seconds_and_days(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2024-02-28T23:59:59.75"])?;
    let (ts, dt) = (AllTypes::timestamp, AllTypes::date_time);
    let later = at("2024-03-01T00:00:00");
    assert_eq!(
        all!(session, (seconds_between(ts, later.and_utc()), days_between(ts, later.and_utc()))),
        [(86_400.25, 2)]
    );
    assert_eq!(all!(session, (seconds_between(value(later), dt), days_between(value(later), dt))), [(-86_400.25, -2)]);
    assert_eq!(all!(session, days_between(AllTypes::date, date("2025-02-28"))), [366]);
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    assert_eq!(all!(session, seconds_between(AllTypes::time, noon)), [-43_199.75]);
    Ok(())
}

pub fn dates_of_times(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &["2024-02-28T23:59:59.999999"])?;
    let rows = all!(session, (date_of(AllTypes::timestamp), date_of(AllTypes::date_time), date_of(AllTypes::date)));
    assert_eq!(rows, [(date("2024-02-28"), date("2024-02-28"), date("2024-02-28"))]);
    assert_eq!(AllTypes::query().filter(date_of(AllTypes::timestamp).eq(AllTypes::date)).count(session)?, 1);
    Ok(())
}

pub fn null_makes_null_of_times(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(cx, &[])?;
    session.add(OptionalTypes::default());
    let ts = OptionalTypes::timestamp;
    let row = OptionalTypes::query()
        .select((
            year(ts),
            second(OptionalTypes::time),
            truncate(ts, DateUnit::Day),
            seconds_between(ts, Utc::now()),
            date_of(ts),
        ))
        .one(session)?;
    assert_eq!(row, (None, None, None, None, None));
    assert_eq!(OptionalTypes::query().select(days_between(current_date(), OptionalTypes::date)).one(session)?, None);
    assert_eq!(all!(session, now()), Vec::<DateTime<Utc>>::new());
    Ok(())
}

pub fn times_filter_and_group(cx: &mut TestContext) -> Result<()> {
    let session = &mut moments(
        cx,
        &["2024-01-31T10:00:00", "2024-01-01T11:00:00", "2024-02-01T12:00:00", "2023-02-01T12:00:00"],
    )?;
    let month_of = || truncate(AllTypes::timestamp, DateUnit::Month);
    let rows: Vec<(DateTime<Utc>, i64)> = AllTypes::query()
        .filter(year(AllTypes::timestamp).eq(2024))
        .group_by(month_of())
        .order_by(month_of().desc())
        .select((month_of(), count_all()))
        .all(session)?;
    assert_eq!(rows, [(at("2024-02-01T00:00:00").and_utc(), 1), (at("2024-01-01T00:00:00").and_utc(), 2)]);
    assert_eq!(AllTypes::query().filter(hour(AllTypes::time).between(11, 12)).count(session)?, 3);
    Ok(())
}

/// Parts of points in time are those in UTC, whatever the time zone of the connection.
pub fn a_session_time_zone_changes_nothing(cx: &mut TestContext) -> Result<()> {
    let mut session = moments(cx, &["2024-01-01T00:30:00"])?;
    if cx.url().contains("options=") {
        session = Engine::connect(&format!("{}%20-cTimeZone%3DAmerica/New_York", cx.url()))?.session();
    }
    let session = &mut session;
    let ts = AllTypes::timestamp;
    assert_eq!(all!(session, (year(ts), day(ts), hour(ts), date_of(ts))), [(2024, 1, 0, date("2024-01-01"))]);
    assert_eq!(all!(session, truncate(ts, DateUnit::Day)), [at("2024-01-01T00:00:00").and_utc()]);
    assert_eq!(all!(session, truncate(AllTypes::date, DateUnit::Month)), [date("2024-01-01")]);
    assert_eq!(all!(session, days_between(ts, value(at("2024-01-01T23:59:59").and_utc()))), [0]);
    Ok(())
}
