//! Any values, for cases that hold for all of them.

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta};
use orm_core::dialect::Capabilities;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::models::{AllTypes, OptionalTypes, Status};

/// A row of any values that the database can hold.
pub fn any_row(facts: &'static Capabilities) -> impl Strategy<Value = AllTypes> {
    let numbers = (any::<i16>(), any::<i32>(), any::<i64>(), any::<f32>(), any::<f64>(), any::<bool>());
    let texts = ("\\PC{0,40}", any::<Vec<u8>>(), any_json());
    let times = (any_date_time(), any_date_time(), 0_i64..86_400_000_000);
    let others = (
        any::<u128>(),
        any::<i64>(),
        0_u32..=28,
        prop::sample::select(&[Status::Open, Status::InProgress, Status::Done]),
    );
    (numbers, texts, times, others).prop_map(|(numbers, texts, times, others)| {
        let (small, medium, large, single, double, flag) = numbers;
        let (text, bytes, json) = texts;
        let (first, second, micros) = times;
        let (bits, mantissa, scale, status) = others;
        let row = AllTypes {
            id: 0,
            small,
            medium,
            large,
            // One NaN is as good as another, and so are zeros: not every database keeps their bits.
            single: if single.is_nan() { f32::NAN } else { single + 0.0 },
            double: if double.is_nan() { f64::NAN } else { double + 0.0 },
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
        };
        held(facts, row)
    })
}

/// The row, with values that the database can hold in place of those that it cannot.
pub fn held(facts: &Capabilities, mut row: AllTypes) -> AllTypes {
    if !facts.non_finite_floats {
        row.single = Some(row.single).filter(|single| single.is_finite()).unwrap_or(f32::MAX);
        row.double = Some(row.double).filter(|double| double.is_finite()).unwrap_or(f64::MIN);
    }
    if !facts.any_uuid {
        row.uuid = uuid::Builder::from_random_bytes(row.uuid.into_bytes()).into_uuid();
    }
    if !facts.decimal_zeros {
        row.decimal = row.decimal.normalize();
    }
    row
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

/// The same values in options, each there or not.
pub fn any_optional_row(facts: &'static Capabilities) -> impl Strategy<Value = OptionalTypes> {
    (any_row(facts), any::<[bool; 16]>()).prop_map(|(row, there)| OptionalTypes {
        id: 0,
        small: there[0].then_some(row.small),
        medium: there[1].then_some(row.medium),
        large: there[2].then_some(row.large),
        single: there[3].then_some(row.single),
        double: there[4].then_some(row.double),
        flag: there[5].then_some(row.flag),
        text: there[6].then_some(row.text),
        bytes: there[7].then_some(row.bytes),
        date: there[8].then_some(row.date),
        time: there[9].then_some(row.time),
        date_time: there[10].then_some(row.date_time),
        timestamp: there[11].then_some(row.timestamp),
        uuid: there[12].then_some(row.uuid),
        decimal: there[13].then_some(row.decimal),
        json: there[14].then_some(row.json),
        status: there[15].then_some(row.status),
    })
}
