//! Values come back exactly as they went in.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::models::{AllTypes, OptionalTypes, Status, Ticket};
use crate::values::{any_optional_row, any_row, held};
use crate::{TestContext, expect_error};

cases! { types {
    edge_values_come_back [];
    far_dates_come_back [];
    nulls_come_back [];
    any_values_come_back [];
    any_values_come_back_out_of_options [];
    values_find_their_rows [];
    any_values_find_their_rows [];
    changed_values_come_back [];
    unchanged_values_are_not_written [];
    a_zero_in_text_comes_back_or_is_refused [];
    the_sign_of_zero_is_kept_where_there_is_one [];
    times_are_kept_to_the_microsecond [];
    times_sort_by_time [];
    decimals_take_the_precision_of_their_column [];
} }

pub fn edge_values_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    expect_round_trip(cx, edge_rows(cx))
}

fn edge_rows(cx: &TestContext) -> Vec<AllTypes> {
    let mut low = AllTypes {
        small: i16::MIN,
        medium: i32::MIN,
        large: i64::MIN,
        single: f32::NEG_INFINITY,
        double: f64::NEG_INFINITY,
        date: NaiveDate::from_ymd_opt(1, 1, 1).unwrap(),
        timestamp: DateTime::UNIX_EPOCH - TimeDelta::microseconds(1),
        decimal: Decimal::MIN,
        json: Json::Null,
        ..AllTypes::default()
    };
    low.date_time = low.date.and_time(NaiveTime::MIN);
    let tiny = AllTypes {
        single: f32::from_bits(1),
        double: f64::from_bits(1),
        text: " ".into(),
        bytes: vec![0],
        timestamp: DateTime::UNIX_EPOCH + TimeDelta::microseconds(1),
        decimal: Decimal::new(0, 28),
        json: json!([[], {}, "", 0, -0.5, i64::MIN, u64::MAX]),
        ..AllTypes::default()
    };
    let mut high = AllTypes {
        small: i16::MAX,
        medium: i32::MAX,
        large: i64::MAX,
        single: f32::MAX,
        double: f64::INFINITY,
        flag: true,
        text: "Ünïcödé 'quoted' \"twice\" \\ % _ \n 日本 🦀".into(),
        bytes: vec![0, 1, 0, 255],
        date: NaiveDate::from_ymd_opt(9999, 12, 31).unwrap(),
        time: NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap(),
        uuid: Uuid::max(),
        decimal: Decimal::new(-150, 2),
        json: json!({"a": [1, 2.5, null, {"b": "ü"}], "": true}),
        status: Status::InProgress,
        ..AllTypes::default()
    };
    high.date_time = high.date.and_time(high.time);
    let odd = AllTypes {
        single: f32::NAN,
        double: f64::NAN,
        decimal: Decimal::new(1, 28),
        json: json!("text"),
        status: Status::Done,
        ..AllTypes::default()
    };
    [AllTypes::default(), low, tiny, high, odd].map(|row| held(cx.capabilities(), row)).into()
}

/// All that both databases can hold of dates: years of five digits, and years before Christ.
pub fn far_dates_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let on = |year, month, day| {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let date_time = date.and_hms_micro_opt(23, 59, 59, 999_999).unwrap();
        AllTypes { date, date_time, timestamp: date_time.and_utc(), ..AllTypes::default() }
    };
    let (first, last) = cx.capabilities().years;
    let within = [on(first, 1, 1), on(1, 12, 31), on(last, 12, 31)].into_iter();
    expect_round_trip(cx, within.chain((first <= 0).then(|| on(0, 2, 29))).collect())?;
    for year in [first - 1, last + 1].into_iter().filter(|year| NaiveDate::from_ymd_opt(*year, 1, 1).is_some()) {
        let mut session = cx.session();
        session.add(on(year, 6, 1));
        cx.take_log();
        expect_error(session.flush(), ErrorKind::Unsupported, &["AllTypes#new", "`AllTypes::date`", "years"]);
        cx.expect_log(&[]);
    }
    Ok(())
}

pub fn nulls_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![OptionalTypes])?;
    let mut session = cx.session();
    let some = OptionalTypes { text: Some(String::new()), bytes: Some(Vec::new()), ..OptionalTypes::default() };
    session.add_all([OptionalTypes::default(), some.clone()]);
    session.commit()?;
    let found = OptionalTypes::query().order_by(OptionalTypes::id).values(&mut session)?;
    let [nulls, empty] = &found[..] else { panic!("{found:?}") };
    assert_eq!(*nulls, OptionalTypes { id: nulls.id, ..OptionalTypes::default() });
    assert_eq!(*empty, OptionalTypes { id: empty.id, ..some });
    Ok(())
}

/// Runs `check` with some values of `strategy`, and shows the smallest ones that fail.
fn for_any<S: Strategy>(strategy: S, check: impl Fn(S::Value) -> Result<()>) {
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config)
        .run(&strategy, |value| check(value).map_err(|error| TestCaseError::fail(format!("{error:?}"))));
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

pub fn any_values_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    for_any(prop::collection::vec(any_row(cx.capabilities()), 1..8), |rows| expect_round_trip(cx, rows));
    Ok(())
}

pub fn any_values_come_back_out_of_options(cx: &mut TestContext) -> Result<()> {
    cx.create(models![OptionalTypes])?;
    for_any(prop::collection::vec(any_optional_row(cx.capabilities()), 1..8), |rows| {
        let mut session = cx.session();
        let handles = session.add_all(rows.clone());
        session.commit()?;
        for (handle, sent) in handles.into_iter().zip(rows) {
            let id = session[handle].id;
            let found = OptionalTypes::query().filter(OptionalTypes::id.eq(id)).values(&mut session)?;
            expect_equal(&found[0], &sent);
        }
        Ok(())
    });
    Ok(())
}

/// The row with `id` is found by the value of each of its columns, compared and in a list.
macro_rules! expect_found_by {
    ($session:expr, $model:ident, $row:expr, [$($field:ident),*]) => {$(
        let query = || $model::query().select($model::id);
        let (id, value) = ($row.id, &$row.$field);
        for found in [
            query().filter($model::$field.eq(value)).all($session)?,
            query().filter($model::$field.in_([value])).all($session)?,
            query().filter($model::$field.between(value, value)).all($session)?,
        ] {
            assert!(found.contains(&id), "{} {value:?} finds {found:?}", stringify!($field));
        }
        let others = query().filter($model::$field.ne(value)).all($session)?;
        assert!(!others.contains(&id), "{} {value:?} differs from itself", stringify!($field));
    )*};
}

fn expect_found(session: &mut Session, row: &AllTypes) -> Result<()> {
    expect_found_by!(
        session,
        AllTypes,
        row,
        [
            small, medium, large, single, double, flag, text, bytes, date, time, date_time, timestamp, uuid, decimal,
            json, status
        ]
    );
    Ok(())
}

pub fn values_find_their_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.session();
    session.add_all(edge_rows(cx));
    session.flush()?;
    for row in AllTypes::query().values(&mut session)? {
        expect_found(&mut session, &row)?;
    }
    Ok(())
}

pub fn any_values_find_their_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    for_any(any_row(cx.capabilities()), |sent| {
        let mut session = cx.session();
        let handle = session.add(sent.clone());
        session.flush()?;
        let row = AllTypes { id: session[handle].id, ..sent };
        expect_found(&mut session, &row)
    });
    Ok(())
}

pub fn changed_values_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    for_any((any_row(cx.capabilities()), any_row(cx.capabilities())), |(before, after)| {
        let mut session = cx.session();
        let handle = session.add(before);
        session.commit()?;
        let id = session[handle].id;
        session[handle] = AllTypes { id, ..after.clone() };
        session.commit()?;
        let found = AllTypes::query().filter(AllTypes::id.eq(id)).values(&mut session)?;
        expect_equal(&found[0], &after);
        Ok(())
    });
    Ok(())
}

/// What was read and written back unchanged makes no SQL, for every kind of value.
pub fn unchanged_values_are_not_written(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.session();
    session.add_all(edge_rows(cx));
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    for handle in AllTypes::query().all(&mut session)? {
        let same = session[handle].clone();
        session[handle] = same;
    }
    session.commit()?;
    cx.expect_log(&["select all_types"]);
    Ok(())
}

pub fn a_zero_in_text_comes_back_or_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let row = AllTypes { text: "a\0b".into(), ..AllTypes::default() };
    if cx.capabilities().nul_in_text {
        return expect_round_trip(cx, vec![row]);
    }
    let mut session = cx.session();
    session.add(row);
    expect_error(session.commit(), ErrorKind::Unsupported, &["AllTypes", "text", "PostgreSQL"]);
    Ok(())
}

/// SQLite keeps a whole float as an integer, which has no negative zero, and MariaDB shows none.
pub fn the_sign_of_zero_is_kept_where_there_is_one(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.session();
    session.add(AllTypes { single: -0.0, double: -0.0, ..AllTypes::default() });
    let found = AllTypes::query().filter(AllTypes::double.eq(0.0)).values(&mut session)?.remove(0);
    assert_eq!((found.single, found.double), (0.0, 0.0));
    let kept = cx.backend_name() == "PostgreSQL";
    assert_eq!((found.single.is_sign_negative(), found.double.is_sign_negative()), (kept, kept));
    Ok(())
}

pub fn times_are_kept_to_the_microsecond(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.session();
    let time = NaiveTime::from_hms_nano_opt(1, 2, 3, 4_005_999).unwrap();
    let date_time = NaiveDate::default().and_time(time);
    session.add(AllTypes { time, date_time, timestamp: date_time.and_utc(), ..AllTypes::default() });
    let found = AllTypes::query().values(&mut session)?.remove(0);
    let kept = NaiveTime::from_hms_micro_opt(1, 2, 3, 4_005).unwrap();
    assert_eq!((found.time, found.date_time.time(), found.timestamp.time()), (kept, kept, kept));
    Ok(())
}

pub fn times_sort_by_time(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.session();
    let micros = [5, 0, 1_000_000, 1, 999_999, 100_000, 86_399_999_999];
    session.add_all(micros.map(|micros| {
        let at = DateTime::UNIX_EPOCH + TimeDelta::microseconds(micros);
        AllTypes { time: at.time(), date_time: at.naive_utc(), timestamp: at, large: micros, ..AllTypes::default() }
    }));
    let mut sorted = micros.to_vec();
    sorted.sort_unstable();
    let keys = [AllTypes::time.asc(), AllTypes::date_time.asc(), AllTypes::timestamp.asc()];
    for key in keys {
        assert_eq!(AllTypes::query().order_by(key).select(AllTypes::large).all(&mut session)?, sorted);
    }
    let early = AllTypes::query().filter(AllTypes::time.lt(NaiveTime::from_hms_opt(0, 0, 1).unwrap()));
    assert_eq!(early.count(&mut session)?, 5);
    Ok(())
}

/// PostgreSQL rounds to the column's precision; SQLite has none and keeps what it is given.
pub fn decimals_take_the_precision_of_their_column(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    session.add(Ticket { cost: Some(Decimal::new(12_345, 3)), ..Ticket::default() });
    let found = Ticket::query().select(Ticket::cost).one(&mut session)?;
    let expected = if cx.backend_name() == "SQLite" { Decimal::new(12_345, 3) } else { Decimal::new(1_235, 2) };
    assert_eq!(found, Some(expected));
    Ok(())
}

/// Inserts the rows, reads them back untracked, and compares them.
fn expect_round_trip(cx: &TestContext, rows: Vec<AllTypes>) -> Result<()> {
    let mut session = cx.session();
    let handles = session.add_all(rows.clone());
    session.commit()?;
    for (handle, sent) in handles.into_iter().zip(rows) {
        let id = session[handle].id;
        let found = AllTypes::query().filter(AllTypes::id.eq(id)).values(&mut session)?;
        let [found] = &found[..] else { panic!("{} rows with one key", found.len()) };
        expect_equal(found, &sent);
    }
    Ok(())
}

/// Two rows are equal but for their ids: column by column, floats by bits.
#[track_caller]
fn expect_equal<M: Model>(found: &M, sent: &M) {
    for (number, field) in M::spec().fields.iter().enumerate().skip(1) {
        assert_eq!(found.value(number, 0), sent.value(number, 0), "{}", field.name);
    }
}
