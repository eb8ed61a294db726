//! Values come back exactly as they went in.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::models::{AllTypes, OptionalTypes, Status};
use crate::{TestContext, expect_error};

cases! { types {
    edge_values_come_back [];
    nulls_come_back [];
    any_values_come_back [];
    text_where_a_number_belongs_is_a_decode_error [];
    null_in_a_required_field_is_a_decode_error [];
    a_number_out_of_range_is_a_decode_error [];
} }

pub fn edge_values_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
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
    expect_round_trip(cx, vec![AllTypes::default(), low, high, odd])
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

pub fn any_values_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&prop::collection::vec(any_values(), 1..8), |values| {
        expect_round_trip(cx, values).map_err(|error| TestCaseError::fail(format!("{error:?}")))
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    Ok(())
}

pub fn text_where_a_number_belongs_is_a_decode_error(cx: &mut TestContext) -> Result<()> {
    expect_decode_error(cx, "'abc'", "'x'", &["Narrow", "number", "i32", "abc"])
}

pub fn null_in_a_required_field_is_a_decode_error(cx: &mut TestContext) -> Result<()> {
    expect_decode_error(cx, "1", "NULL", &["Narrow", "name", "NULL"])
}

pub fn a_number_out_of_range_is_a_decode_error(cx: &mut TestContext) -> Result<()> {
    expect_decode_error(cx, "3000000000", "'x'", &["Narrow", "number", "i32", "3000000000"])
}

/// A model that promises more than its table holds.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "wide")]
struct Narrow {
    #[orm(primary_key)]
    id: i64,
    number: i32,
    name: String,
}

/// The table of `Narrow` with one row, whose columns have whatever type their values have.
fn expect_decode_error(cx: &mut TestContext, number: &str, name: &str, words: &[&str]) -> Result<()> {
    cx.execute(&format!("CREATE TABLE wide AS SELECT 1 AS id, {number} AS number, CAST({name} AS TEXT) AS name"));
    let mut session = cx.session();
    expect_error(Narrow::query().values(&mut session), ErrorKind::Decode, words);
    expect_error(Narrow::query().all(&mut session), ErrorKind::Decode, words);
    Ok(())
}

/// Inserts the values, reads them back untracked, and compares them column by column, floats by bits.
fn expect_round_trip(cx: &TestContext, values: Vec<AllTypes>) -> Result<()> {
    let mut session = cx.session();
    let handles = session.add_all(values.clone());
    session.commit()?;
    for (handle, sent) in handles.into_iter().zip(values) {
        let id = session[handle].id;
        let found = AllTypes::query().filter(AllTypes::id.eq(id)).values(&mut session)?;
        let [found] = &found[..] else { panic!("{} rows with one key", found.len()) };
        for (number, field) in AllTypes::spec().fields.iter().enumerate().skip(1) {
            assert_eq!(found.value(number, 0), sent.value(number, 0), "{}", field.name);
        }
    }
    Ok(())
}

fn any_values() -> impl Strategy<Value = AllTypes> {
    let numbers = (any::<i16>(), any::<i32>(), any::<i64>(), any::<f32>(), any::<f64>(), any::<bool>());
    let texts = ("\\PC{0,40}", any::<Vec<u8>>(), any_json());
    let times = (any_date_time(), any_date_time(), 0_i64..86_400_000_000);
    let others = (any::<u128>(), any::<i64>(), 0_u32..=28, prop::sample::select(&[Status::Open, Status::InProgress, Status::Done]));
    (numbers, texts, times, others).prop_map(|(numbers, texts, times, others)| {
        let (small, medium, large, single, double, flag) = numbers;
        let (text, bytes, json) = texts;
        let (first, second, micros) = times;
        let (bits, mantissa, scale, status) = others;
        AllTypes {
            id: 0,
            small,
            medium,
            large,
            // One NaN is as good as another; its bits are not kept.
            single: if single.is_nan() { f32::NAN } else { single },
            double: if double.is_nan() { f64::NAN } else { double },
            flag,
            text,
            bytes,
            date: first.date(),
            time: NaiveTime::MIN + TimeDelta::microseconds(micros),
            date_time: first,
            timestamp: second.and_utc(),
            uuid: Uuid::from_u128(bits),
            decimal: Decimal::new(mantissa, scale),
            json,
            status,
        }
    })
}

/// In the years 1 to 9999, in microseconds.
fn any_date_time() -> impl Strategy<Value = NaiveDateTime> {
    (-62_135_596_800_000_000_i64..253_402_300_800_000_000)
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap_or_default().naive_utc())
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "\\PC{0,10}".prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::hash_map("\\PC{0,5}", inner, 0..4).prop_map(Json::from_iter),
        ]
    })
}
