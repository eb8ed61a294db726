//! Values of the crates `time`, `jiff`, `ulid` and `ipnet` as fields.

use orm::functions::{hour, max, year};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use time::macros::{date, datetime, time};
use ulid::Ulid;

use crate::models::{ForeignArrays, ForeignTypes, Holiday};
use crate::{TestContext, expect_error};

cases! { foreign_types {
    foreign_values_come_back [];
    foreign_values_find_their_rows [];
    foreign_values_are_parts_of_keys [];
    foreign_values_have_the_functions_of_dates [];
    foreign_values_lose_what_the_column_does_not_keep [];
    foreign_values_are_elements_of_arrays [arrays];
    a_year_that_the_type_lacks_is_an_error [];
} }

fn row(year: i16) -> ForeignTypes {
    let civil = jiff::civil::date(year, 2, 28).at(23, 59, 59, 999_999_000);
    let local = datetime!(2024-02-28 00:00:00.000001).replace_year(year.into()).unwrap();
    ForeignTypes {
        id: Ulid::nil(),
        day: local.date(),
        hour: local.time(),
        local,
        at: local.assume_utc(),
        civil_day: civil.date(),
        civil_hour: civil.time(),
        civil,
        instant: civil.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
        maybe: (year > 2000).then_some(jiff::Timestamp::UNIX_EPOCH),
        network: if year > 2000 { "fd00::/8" } else { "10.0.0.0/8" }.parse().unwrap(),
        subnet: (year > 2000).then(|| "192.168.0.0/16".parse().unwrap()),
    }
}

fn filled(cx: &mut TestContext) -> Result<(Session, Vec<Handle<ForeignTypes>>)> {
    cx.create(models![ForeignTypes])?;
    let mut session = cx.session();
    let rows = session.add_all([1000, 1969, 2024, 9998].map(row));
    session.commit()?;
    cx.clear_log();
    Ok((session, rows))
}

pub fn foreign_values_come_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = filled(cx)?;
    let mut found = ForeignTypes::query().order_by(ForeignTypes::day).values(&mut cx.session())?;
    for (found, &handle) in found.iter_mut().zip(&rows) {
        assert!(!found.id.is_nil());
        assert_eq!(*found, session[handle]);
        let year = found.civil_day.year();
        assert_eq!(ForeignTypes { id: Ulid::nil(), ..found.clone() }, row(year));
    }
    assert_eq!(found.len(), 4);
    for &handle in &rows {
        let same = session[handle].clone();
        session[handle] = same;
    }
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["select foreign_types"]);
    Ok(())
}

pub fn foreign_values_find_their_rows(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = filled(cx)?;
    macro_rules! found_by {
        ($($field:ident),*) => {$(
            for &handle in &rows {
                let value = session[handle].$field.clone();
                let query = ForeignTypes::query().filter(ForeignTypes::$field.eq(value));
                assert!(query.all(&mut session)?.contains(&handle), "{}", stringify!($field));
            }
        )*};
    }
    found_by!(id, day, hour, local, at, civil_day, civil_hour, civil, instant, network);
    let late = ForeignTypes::query().filter(ForeignTypes::instant.gt(jiff::Timestamp::UNIX_EPOCH));
    assert_eq!(late.count(&mut session)?, 2);
    let early = ForeignTypes::query().filter(ForeignTypes::at.lt(datetime!(1969-12-31 23:59 UTC)));
    assert_eq!(early.count(&mut session)?, 2);
    let last = ForeignTypes::query().select(max(ForeignTypes::civil)).one(&mut session)?;
    assert_eq!(last.map(|at| at.year()), Some(9998));
    let by_id = ForeignTypes::query().order_by(ForeignTypes::id).select(ForeignTypes::id).all(&mut session)?;
    assert!(by_id.is_sorted() && by_id.len() == rows.len());
    assert_eq!(ForeignTypes::query().filter(ForeignTypes::maybe.is_null()).count(&mut session)?, 2);
    Ok(())
}

pub fn foreign_values_are_parts_of_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Holiday])?;
    let key = (
        date!(2024 - 12 - 25),
        "1900-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap(),
        "10.0.0.0/8".parse().unwrap(),
    );
    let mut session = cx.session();
    let day = Holiday { day: key.0, since: key.1, network: key.2, name: "christmas".into() };
    let day = session.add(day);
    session.commit()?;
    assert_eq!(session.get::<Holiday>(key)?, Some(day));
    session[day].name = "Christmas".into();
    session.commit()?;
    assert_eq!(Holiday::query().one(&mut session)?, day);
    session.delete(day)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM holiday", &["0"]);
    Ok(())
}

pub fn foreign_values_have_the_functions_of_dates(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = filled(cx)?;
    let parts = ForeignTypes::query()
        .filter(year(ForeignTypes::instant).eq(2024))
        .select((year(ForeignTypes::day), hour(ForeignTypes::civil), year(ForeignTypes::at)))
        .one(&mut session)?;
    assert_eq!(parts, (2024, 23, 2024));
    Ok(())
}

pub fn foreign_values_lose_what_the_column_does_not_keep(cx: &mut TestContext) -> Result<()> {
    cx.create(models![ForeignTypes])?;
    let mut session = cx.session();
    let mut fine = row(2024);
    fine.hour = time!(01:02:03.123456789);
    fine.instant = jiff::Timestamp::from_nanosecond(1_123_456_789).unwrap();
    fine.at = datetime!(2024-01-01 02:00:00 +02:00);
    let fine = session.add(fine);
    session.commit()?;
    assert_eq!(session[fine].hour, time!(01:02:03.123456));
    assert_eq!(session[fine].instant.as_nanosecond(), 1_123_456_000);
    assert_eq!(session[fine].at, datetime!(2024-01-01 00:00:00 UTC));
    Ok(())
}

pub fn foreign_values_are_elements_of_arrays(cx: &mut TestContext) -> Result<()> {
    cx.create(models![ForeignArrays])?;
    let mut session = cx.session();
    let arrays = ForeignArrays {
        id: 0,
        days: vec![date!(2024 - 02 - 29), date!(1000 - 01 - 01)],
        instants: vec![None, Some(jiff::Timestamp::UNIX_EPOCH)],
        ulids: vec![Ulid::from_parts(1, 2)],
        networks: vec!["10.0.0.0/8".parse().unwrap()],
    };
    let handle = session.add(arrays.clone());
    session.commit()?;
    let id = session[handle].id;
    assert_eq!(ForeignArrays::query().values(&mut cx.session())?, [ForeignArrays { id, ..arrays }]);
    Ok(())
}

pub fn a_year_that_the_type_lacks_is_an_error(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = filled(cx)?;
    session.close()?;
    let text = cx.spelled("'not a date'", "'12000-01-01'");
    if sql(format!("UPDATE foreign_types SET civil_day = {text}")).execute(&mut session).is_err() {
        // The database has no such years.
        return Ok(());
    }
    session.commit()?;
    let found = ForeignTypes::query().values(&mut session);
    expect_error(found.map(drop), ErrorKind::Decode, &["ForeignTypes", "`civil_day`", "expected"]);
    Ok(())
}
