//! Memory holds the values of the row: values that a column rounds, keys that are equal to the database, numbers out of range.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;

use crate::models::{AllTypes, Gauge, PointMark, Post, SamplePoint, Size, Tag, Unit};
use crate::{TestContext, expect_error};

cases! { stored_forms {
    a_time_is_kept_to_the_microsecond_everywhere [];
    a_failed_flush_leaves_the_values [];
    values_are_rounded_as_their_columns_do [];
    statements_round_alike [];
    leap_seconds_are_refused [];
    numbers_with_too_many_digits_are_refused [];
    keys_without_case_are_one [];
    keys_with_spaces_are_one [];
    a_table_without_row_ids_gives_no_keys [];
    arithmetic_that_leaves_its_type_is_an_error [];
    a_version_that_overflows_is_an_error [];
    unique_texts_without_case_are_handed_over [];
} }

fn instant(micros: u32, nanos: u32) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    day.and_hms_nano_opt(1, 2, 3, micros * 1_000 + nanos).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn a_time_is_kept_to_the_microsecond_everywhere(cx: &mut TestContext) -> Result<()> {
    cx.create(models![PointMark])?;
    let session = &mut cx.session();
    let at = instant(123_456, 789);
    let new = session.add(SamplePoint { at, changed: at.and_utc(), ..SamplePoint::default() });
    let mark = session.add(PointMark { point: new.into(), ..PointMark::default() });
    let by_key = session.add(PointMark { point: BelongsTo::key(at), ..PointMark::default() });
    session.commit()?;
    assert_eq!(session[new].at, instant(123_456, 0));
    assert_eq!(session[new].changed, instant(123_456, 0).and_utc());
    let found = SamplePoint::query().one(session)?;
    assert_eq!(new, found);
    assert_eq!(session.get::<SamplePoint>(at)?, Some(new));
    assert_eq!(session.load(mark, PointMark::point)?, new);
    assert_eq!(session.load(by_key, PointMark::point)?, new);
    assert_eq!(session.load(new, SamplePoint::marks)?.len(), 2);
    session[new].a += 1;
    session.commit()?;
    assert_eq!(SamplePoint::query().filter(SamplePoint::changed.eq(session[new].changed)).count(session)?, 1);
    session[new].at = instant(500, 1);
    session.delete(mark)?;
    session.delete(by_key)?;
    session.commit()?;
    assert_eq!(session.get::<SamplePoint>(instant(500, 0))?, Some(new));
    cx.expect_rows("SELECT a FROM sample_point", &["1"]);
    Ok(())
}

pub fn a_failed_flush_leaves_the_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![PointMark])?;
    let session = &mut cx.session();
    let at = instant(1, 999);
    session.add(SamplePoint { at: instant(1, 0), ..SamplePoint::default() });
    session.commit()?;
    let twice = session.add(SamplePoint { at, changed: at.and_utc(), ..SamplePoint::default() });
    expect_error(session.flush(), ErrorKind::UniqueViolation, &["SamplePoint"]);
    assert_eq!((session[twice].at, session[twice].changed), (at, at.and_utc()));
    session.rollback()
}

/// Columns with less precision than their types.
fn rounding(cx: &TestContext) {
    cx.execute(cx.spelled(
        "CREATE TABLE sample_point (at DATETIME PRIMARY KEY NOT NULL, value DECIMAL(10,2) NOT NULL, a INTEGER NOT NULL, \
         changed DATETIME NOT NULL)",
        "CREATE TABLE sample_point (at TIMESTAMP(0) PRIMARY KEY, value NUMERIC(10,2) NOT NULL, a INTEGER NOT NULL, \
         changed TIMESTAMPTZ(3) NOT NULL)",
    ));
}

pub fn values_are_rounded_as_their_columns_do(cx: &mut TestContext) -> Result<()> {
    rounding(cx);
    let is_sqlite = cx.backend_name() == "SQLite";
    let session = &mut cx.session();
    let at = instant(500_000, 0);
    let value = decimal("1.005");
    let new = session.add_all([1, 2].map(|a| SamplePoint {
        at: at + chrono::TimeDelta::hours(a.into()),
        value,
        a,
        changed: instant(123_500, 0).and_utc(),
        ..SamplePoint::default()
    }));
    session.commit()?;
    if !is_sqlite {
        assert_eq!(session[new[0]].value, decimal("1.01"));
        assert_eq!(session[new[0]].at, NaiveDate::from_ymd_opt(2024, 1, 1).unwrap().and_hms_opt(2, 2, 4).unwrap());
        assert_eq!(session[new[0]].changed, instant(124_000, 0).and_utc());
    }
    let rows = SamplePoint::query().order_by(SamplePoint::at).values(session)?;
    for (&handle, row) in new.iter().zip(&rows) {
        assert_eq!(
            (session[handle].at, session[handle].value, session[handle].changed),
            (row.at, row.value, row.changed)
        );
        assert_eq!(session[handle].value.scale(), row.value.scale());
    }
    assert_eq!(SamplePoint::query().order_by(SamplePoint::at).all(session)?, new);
    session[new[0]].a = 5;
    session[new[1]].value = decimal("2.345");
    session.commit()?;
    assert_eq!(SamplePoint::query().filter(SamplePoint::value.eq(session[new[1]].value)).count(session)?, 1);
    Ok(())
}

pub fn statements_round_alike(cx: &mut TestContext) -> Result<()> {
    rounding(cx);
    let session = &mut cx.session();
    let new = session.add(SamplePoint { at: instant(0, 0), value: decimal("1.5"), ..SamplePoint::default() });
    session.commit()?;
    let set = SamplePoint::query().update(SamplePoint::value.set(decimal("2.345")));
    assert_eq!(set.synchronize(orm::Synchronize::Evaluate).execute(session)?, 1);
    let row = SamplePoint::query().values(session)?;
    assert_eq!(session[new].value, row[0].value);
    SamplePoint::update_by_key(SamplePoint::value, [(instant(0, 0), decimal("3.455"))]).execute(session)?;
    let row = SamplePoint::query().values(session)?;
    assert_eq!(session[new].value, row[0].value);
    Ok(())
}

pub fn leap_seconds_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let time = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_000_000_000).unwrap();
    let day = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap();
    let rows = [
        AllTypes { time, ..AllTypes::default() },
        AllTypes { date_time: day.and_time(time), ..AllTypes::default() },
        AllTypes { timestamp: day.and_time(time).and_utc(), ..AllTypes::default() },
    ];
    for row in rows {
        let session = &mut cx.session();
        session.add(row.clone());
        expect_error(session.flush(), ErrorKind::Unsupported, &["AllTypes#new", "`AllTypes::", "leap second"]);
        session.rollback()?;
        expect_error(AllTypes::insert_all([row]).execute(session), ErrorKind::Unsupported, &["leap second"]);
        session.rollback()?;
    }
    cx.expect_rows("SELECT count(*) FROM all_types", &["0"]);
    Ok(())
}

/// SQLite converts decimals to floats in a column with a numeric type.
pub fn numbers_with_too_many_digits_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled(
        "CREATE TABLE sample_point (at DATETIME PRIMARY KEY NOT NULL, value DECIMAL(22,4) NOT NULL, a INTEGER NOT NULL, \
         changed DATETIME NOT NULL)",
        "CREATE TABLE sample_point (at TIMESTAMP PRIMARY KEY, value NUMERIC(22,4) NOT NULL, a INTEGER NOT NULL, \
         changed TIMESTAMPTZ NOT NULL)",
    ));
    let session = &mut cx.session();
    let at = instant(0, 0);
    let point = |value| SamplePoint { at, value, ..SamplePoint::default() };
    let long = decimal("12345678901234567.8901");
    if cx.backend_name() != "SQLite" {
        session.add(point(long));
        session.commit()?;
        assert_eq!(SamplePoint::query().values(session)?[0].value, long);
        return Ok(());
    }
    session.add(point(long));
    let words = ["`SamplePoint::value`", "15 digits", "12345678901234567.8901", "text"];
    expect_error(session.flush(), ErrorKind::Unsupported, &words);
    session.rollback()?;
    expect_error(SamplePoint::insert_all([point(long)]).execute(session), ErrorKind::Unsupported, &words);
    session.rollback()?;
    let kept = session.add(point(decimal("12345678901234567")));
    session.commit()?;
    assert_eq!(SamplePoint::query().values(session)?[0].value, session[kept].value);
    expect_error(
        SamplePoint::query().update(SamplePoint::value.set(long)).execute(session),
        ErrorKind::Unsupported,
        &words,
    );
    session.rollback()?;
    let keyed = SamplePoint::update_by_key(SamplePoint::value, [(at, long)]);
    expect_error(keyed.execute(session), ErrorKind::Unsupported, &words);
    session.rollback()?;
    cx.expect_rows("SELECT value FROM sample_point", &["12345678901234567"]);
    Ok(())
}

fn units(cx: &TestContext, ty: &str, key: &str, child: &str) {
    let id = cx.spelled("INTEGER", "BIGSERIAL");
    cx.execute(&format!(
        "CREATE TABLE unit (code {ty} PRIMARY KEY NOT NULL, name TEXT NOT NULL); \
         CREATE TABLE size (id {id} PRIMARY KEY, unit_code {ty} NOT NULL REFERENCES unit(code)); \
         INSERT INTO unit VALUES ('{key}', 'centimetre'); INSERT INTO size VALUES (1, '{child}'), (2, '{key}')"
    ));
}

/// `load`, the identity map and a join agree, whatever the spelling of a key.
fn expect_one_unit(cx: &mut TestContext, other: &str) -> Result<()> {
    let session = &mut cx.session();
    let joined = Unit::query().join(Unit::sizes).select(Size::id).all(session)?.len();
    let unit = Unit::query().one(session)?;
    assert_eq!(session.load(unit, Unit::sizes)?.len(), joined);
    assert_eq!(session.get::<Unit>(other.to_owned())?, Some(unit));
    let size = session.get::<Size>(1)?.unwrap();
    assert_eq!(session.load(size, Size::unit)?, unit);
    session.close()?;
    let sizes = Size::query().order_by(Size::id).include(Size::unit.joined()).all(session)?;
    let unit = session.load(sizes[0], Size::unit)?;
    assert_eq!(session.load(sizes[1], Size::unit)?, unit);
    session.close()?;

    let new = session.add(Unit { code: "Kg".into(), name: "kilogram".into(), ..Unit::default() });
    session.commit()?;
    let again = Unit::query().filter(Unit::name.eq("kilogram")).one(session)?;
    assert_eq!(new, again);
    session[new].name = "a".into();
    session[again].name = "b".into();
    session.commit()?;
    let size = session.get::<Size>(1)?.unwrap();
    let unit = session.load(size, Size::unit)?;
    session.delete(unit)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM size", &["0"]);
    Ok(())
}

pub fn keys_without_case_are_one(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() == "SQLite" {
        units(cx, "TEXT COLLATE NOCASE", "Cm", "CM");
        return expect_one_unit(cx, "cM");
    }
    if cx.backend_name() == "MariaDB" {
        units(cx, "VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", "Cm", "CM");
        return expect_one_unit(cx, "cM");
    }
    // The extension belongs to the server, which may lack it.
    if cx.rows("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'").is_empty() {
        units(cx, "text", "Cm", "Cm");
        return expect_one_unit(cx, "Cm");
    }
    // Into the schema of the case, whose operators are the only ones that it finds.
    cx.execute("DROP EXTENSION IF EXISTS citext CASCADE; CREATE EXTENSION citext");
    units(cx, "citext", "Cm", "CM");
    expect_one_unit(cx, "cM")
}

pub fn keys_with_spaces_are_one(cx: &mut TestContext) -> Result<()> {
    units(cx, cx.spelled("TEXT COLLATE RTRIM", "char(3)"), "Cm", cx.spelled("Cm  ", "Cm"));
    expect_one_unit(cx, "Cm ")
}

pub fn a_table_without_row_ids_gives_no_keys(cx: &mut TestContext) -> Result<()> {
    let is_sqlite = cx.backend_name() == "SQLite";
    let declared = match is_sqlite {
        true => vec!["INT PRIMARY KEY", "BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY DESC", "INTEGER, PRIMARY KEY (id)"],
        false => vec!["bigserial PRIMARY KEY"],
    };
    for id in declared {
        let (id, end) = id.split_once(", ").unwrap_or((id, ""));
        let end = if end.is_empty() { String::new() } else { format!(", {end}") };
        cx.execute(&format!(
            "DROP TABLE IF EXISTS gauge; CREATE TABLE gauge (id {id}, small SMALLINT, medium INTEGER, large BIGINT, \
             version SMALLINT{end})"
        ));
        let session = &mut cx.session();
        session.add(Gauge::default());
        if !is_sqlite || id == "INTEGER" {
            session.commit()?;
            continue;
        }
        cx.take_log();
        let words = ["Gauge#new", "`id`", "was not set", "`gauge`.`id`", "INTEGER PRIMARY KEY"];
        expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
        cx.expect_log(&[]);
        session.rollback()?;
        expect_error(Gauge::insert_all([Gauge::default()]).execute(session), ErrorKind::NotNullViolation, &words);
        session.rollback()?;
        let set = session.add(Gauge { id: 7, ..Gauge::default() });
        session.commit()?;
        assert_eq!(Gauge::query().one(session)?, set);
    }
    Ok(())
}

pub fn arithmetic_that_leaves_its_type_is_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Gauge])?;
    let session = &mut cx.session();
    let full = Gauge { small: i16::MAX, medium: i32::MAX, large: i64::MAX, ..Gauge::default() };
    let least = Gauge { small: i16::MIN, medium: i32::MIN, large: i64::MIN, ..Gauge::default() };
    let handles = session.add_all([full, least]);
    session.commit()?;
    macro_rules! refused {
        ($($expression:expr;)*) => {$(
            let expression = $expression;
            let found = Gauge::query().select(expression).all(session);
            if cx.capabilities().arithmetic_errors {
                expect_error(found, ErrorKind::Database, &["out of range"]);
            } else {
                // Computed in a wider type, it does not fit the row.
                let error = found.expect_err("a number that does not fit");
                assert!(matches!(error.kind(), ErrorKind::Database | ErrorKind::Decode), "{error}");
            }
            session.rollback()?;
        )*};
    }
    use orm::functions::{abs, sum};
    refused! {
        Gauge::small + 1;
        Gauge::medium + 1;
        Gauge::large + 1;
        Gauge::small - 1;
        Gauge::medium * 2;
        Gauge::large * 2;
        -Gauge::small;
        -Gauge::large;
        abs(Gauge::small);
        abs(Gauge::medium);
        Gauge::large / -1;
    }
    let twice = Gauge::query().filter(Gauge::large.gt(0)).update(Gauge::small.set(Gauge::small + 1));
    expect_error(twice.execute(session), ErrorKind::Database, &["ut of range"]);
    session.rollback()?;
    session.set_expr(handles[0], Gauge::medium, Gauge::medium + 1)?;
    expect_error(session.flush(), ErrorKind::Database, &["ut of range"]);
    session.rollback()?;
    assert_eq!(Gauge::query().select(sum(Gauge::small)).one(session)?, Some(-1));
    assert_eq!(Gauge::query().values(session)?.len(), 2);
    Ok(())
}

pub fn a_version_that_overflows_is_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Gauge])?;
    let session = &mut cx.session();
    let gauge = session.add(Gauge { version: i16::MAX - 1, ..Gauge::default() });
    session.commit()?;
    session[gauge].medium = 1;
    session.commit()?;
    assert_eq!(session[gauge].version, i16::MAX);
    session[gauge].medium = 2;
    expect_error(session.commit(), ErrorKind::Unsupported, &["Gauge#1", "version 32767", "wider"]);
    assert_eq!((session[gauge].medium, session[gauge].version), (2, i16::MAX));
    session.rollback()?;
    cx.expect_rows("SELECT medium, version FROM gauge", &["1|32767"]);
    Ok(())
}

pub fn unique_texts_without_case_are_handed_over(cx: &mut TestContext) -> Result<()> {
    let (mut ty, mut other) = ("TEXT COLLATE NOCASE", "RED");
    if cx.backend_name() != "SQLite" {
        // A database has one `citext`, and another case makes and drops it.
        (ty, other) = ("text", "red");
    }
    cx.create(models![Post, Tag])?;
    let id = cx.spelled("INTEGER", "BIGSERIAL");
    cx.execute(&format!(
        "DROP TABLE post_tag; DROP TABLE tag; CREATE TABLE tag (id {id} PRIMARY KEY, label {ty} NOT NULL UNIQUE); \
         CREATE TABLE post_tag (post_id BIGINT NOT NULL, tag_id BIGINT NOT NULL)"
    ));
    let mut session = cx.session();
    let red = session.add(Tag { label: "red".into(), ..Tag::default() });
    session.commit()?;
    // A new row takes the text of a deleted one, a changed row that of a new one's place.
    session.delete(red)?;
    let new = session.add(Tag { label: other.into(), ..Tag::default() });
    session.commit()?;
    session[new].label = "blue".into();
    session.add(Tag { label: "red".into(), ..Tag::default() });
    session.commit()?;
    cx.expect_rows("SELECT label FROM tag ORDER BY label", &["blue", "red"]);
    Ok(())
}
