//! The column types of the standard library that are narrower than their column, or own their text or bytes in another way.

use std::fmt::Debug;
use std::net::Ipv6Addr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use orm::functions::{lower, max, sum};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;

use crate::models::{
    ByAddress, ByByte, ByBytes, ByDigest, ByLetter, ByName, ByPrice, BySpan, Diary, Feeling, Narrow, StdArrays,
    StdTypes,
};
use crate::{TestContext, expect_error};

cases! { std_types {
    values_come_back [];
    values_find_their_rows [];
    a_range_is_a_check [];
    values_out_of_range_are_refused [];
    values_that_no_column_holds_are_refused [];
    keys_of_every_type [];
    more_arrays_come_back [arrays];
    types_by_name [];
} }

fn rows() -> Vec<StdTypes> {
    let low = StdTypes { tiny: i8::MIN, letter: '\u{1}', maybe: Some(0), ..StdTypes::default() };
    let high = StdTypes {
        tiny: i8::MAX,
        byte: u8::MAX,
        short: u16::MAX,
        word: u32::MAX,
        long: i64::MAX.cast_unsigned(),
        letter: '🦀',
        boxed: "Boxed".into(),
        shared: "shared".into(),
        cow: "cow".into(),
        digest: [0, 255, 1, 2],
        took: Duration::from_micros(1_500_001),
        at: DateTime::UNIX_EPOCH.fixed_offset() + TimeDelta::microseconds(5),
        address: Ipv6Addr::LOCALHOST.into(),
        maybe: Some(255),
        maybe_address: Some(Ipv6Addr::UNSPECIFIED),
        ..StdTypes::default()
    };
    vec![StdTypes::default(), low, high]
}

fn filled(cx: &mut TestContext) -> Result<(Session, Vec<StdTypes>)> {
    cx.create(models![StdTypes])?;
    let mut session = cx.session();
    let handles = session.add_all(rows());
    session.commit()?;
    let rows = handles.into_iter().map(|row| session[row].clone()).collect();
    session.clear();
    cx.clear_log();
    Ok((session, rows))
}

pub fn values_come_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = filled(cx)?;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(StdTypes::query().order_by(StdTypes::id).values(&mut session)?, rows);
    cx.clear_log();
    for handle in StdTypes::query().all(&mut session)? {
        let same = session[handle].clone();
        session[handle] = same;
    }
    session.commit()?;
    cx.expect_log(&["select std_types"]);
    Ok(())
}

pub fn values_find_their_rows(cx: &mut TestContext) -> Result<()> {
    let (mut session, rows) = filled(cx)?;
    macro_rules! found_by {
        ($($field:ident),*) => {$(
            for row in &rows {
                let query = StdTypes::query().filter(StdTypes::$field.eq(&row.$field)).select(StdTypes::id);
                assert!(query.all(&mut session)?.contains(&row.id), "{} {:?}", stringify!($field), row.$field);
            }
        )*};
    }
    found_by!(
        tiny,
        byte,
        short,
        word,
        long,
        letter,
        boxed,
        shared,
        cow,
        digest,
        took,
        at,
        address,
        maybe,
        maybe_address
    );
    let count = |condition: Filter<StdTypes>, session: &mut Session| StdTypes::query().filter(condition).count(session);
    assert_eq!(count(StdTypes::boxed.starts_with("Box"), &mut session)?, 1);
    assert_eq!(count(StdTypes::cow.inner().eq("cow").of(), &mut session)?, 1);
    assert_eq!(count(lower(StdTypes::boxed).eq("boxed").of(), &mut session)?, 1);
    assert_eq!(count(StdTypes::took.gt(Duration::from_secs(1)), &mut session)?, 1);
    assert_eq!(count((StdTypes::byte - 5).gt(100).of(), &mut session)?, 1);
    let totals = StdTypes::query().select((sum(StdTypes::word), max(StdTypes::letter), max(StdTypes::short)));
    assert_eq!(totals.one(&mut session)?, (Some(u32::MAX.into()), Some('🦀'), Some(u16::MAX)));
    Ok(())
}

pub fn a_range_is_a_check(cx: &mut TestContext) -> Result<()> {
    let (_, _) = filled(cx)?;
    for change in
        ["tiny = 128", "byte = -1", "byte = 256", "short = 65536", "word = 4294967296", r#""long" = -1"#, "maybe = 300"]
    {
        let result = sql(format!("UPDATE std_types SET {change} WHERE id = 1")).execute(&mut cx.session());
        expect_error(result, ErrorKind::CheckViolation, &[]);
    }
    Ok(())
}

pub fn values_out_of_range_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE narrow (id INTEGER PRIMARY KEY, byte INTEGER NOT NULL)");
    cx.execute("INSERT INTO narrow VALUES (1, 300)");
    let words = ["Narrow", "`byte`", "expected an 8-bit integer without a sign, found 300"];
    expect_error(Narrow::query().all(&mut cx.session()), ErrorKind::Decode, &words);
    Ok(())
}

pub fn values_that_no_column_holds_are_refused(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = filled(cx)?;
    session.add(StdTypes { long: u64::MAX, ..StdTypes::default() });
    expect_error(session.flush(), ErrorKind::InvalidState, &["StdTypes", "a `u64` beyond `i64::MAX`"]);
    session.rollback()?;
    let query = StdTypes::query().filter(StdTypes::took.eq(Duration::MAX));
    expect_error(query.count(&mut session), ErrorKind::InvalidState, &["a `Duration` of more than 292,000 years"]);
    Ok(())
}

/// A row with a key is found by it, changed and deleted.
fn keyed<M: Model + Debug>(cx: &mut TestContext, row: M, set: impl Fn(&mut M)) -> Result<()> {
    cx.create([M::table()])?;
    let mut session = cx.session();
    let key = row.key().unwrap();
    let handle = session.add(row);
    session.commit()?;
    assert_eq!(session.get::<M>(key.clone())?, Some(handle));
    session.clear();
    let found = session.get::<M>(key.clone())?.unwrap();
    set(&mut session[found]);
    session.commit()?;
    let table = &M::table().name.name;
    cx.expect_rows(&format!("SELECT note FROM {table}"), &["new"]);
    session.delete(found)?;
    session.commit()?;
    assert_eq!(session.get::<M>(key)?, None);
    Ok(())
}

pub fn keys_of_every_type(cx: &mut TestContext) -> Result<()> {
    let note = String::new;
    keyed(cx, ByBytes { id: vec![1, 0], note: note() }, |row| row.note = "new".into())?;
    keyed(cx, ByDigest { id: [7, 8], note: note() }, |row| row.note = "new".into())?;
    keyed(cx, ByLetter { id: 'ß', note: note() }, |row| row.note = "new".into())?;
    keyed(cx, ByPrice { id: Decimal::new(125, 2), note: note() }, |row| row.note = "new".into())?;
    keyed(cx, ByAddress { id: [1, 2, 3, 4].into(), note: note() }, |row| row.note = "new".into())?;
    keyed(cx, BySpan { id: Duration::from_secs(1), note: note() }, |row| row.note = "new".into())?;
    keyed(cx, ByByte { id: 200, note: note() }, |row| row.note = "new".into())?;
    keyed(cx, ByName { id: "x".into(), note: note() }, |row| row.note = "new".into())?;
    Ok(())
}

pub fn more_arrays_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![StdArrays])?;
    let mut session = cx.session();
    let row = StdArrays {
        tiny: vec![i8::MIN, 0, i8::MAX],
        words: vec![u32::MAX],
        names: vec!["a".into(), "b,c".into()],
        letters: vec![Some('ü'), None],
        addresses: vec![[1, 1, 1, 1].into(), Ipv6Addr::LOCALHOST.into()],
        ..StdArrays::default()
    };
    let handle = session.add(row);
    session.commit()?;
    let found = StdArrays::query().filter(StdArrays::words.array_has(u32::MAX)).values(&mut session)?;
    assert_eq!(found, [session[handle].clone()]);
    Ok(())
}

pub fn types_by_name(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() == "PostgreSQL" {
        cx.execute("CREATE TYPE feeling AS ENUM ('fine', 'tired')");
    }
    cx.create(models![Diary])?;
    let mut session = cx.session();
    let row = |feeling| Diary { id: 0, feeling };
    let one = session.add(row(Feeling::Tired));
    session.commit()?;
    session.add_all([row(Feeling::Fine), row(Feeling::Tired)]);
    session.commit()?;
    let tired = Diary::query().filter(Diary::feeling.eq(Feeling::Tired)).order_by(Diary::id);
    let tired = tired.select((Diary::id, Diary::feeling)).all(&mut session)?;
    assert_eq!(tired, [(1, Feeling::Tired), (3, Feeling::Tired)]);
    assert_eq!(Diary::query().filter(Diary::feeling.in_([Feeling::Fine])).count(&mut session)?, 1);
    session[one].feeling = Feeling::Fine;
    session.commit()?;
    assert_eq!(Diary::query().filter(Diary::feeling.eq(Feeling::Fine)).count(&mut session)?, 2);
    if cx.backend_name() == "PostgreSQL" {
        let types =
            "SELECT udt_name FROM information_schema.columns WHERE table_name = 'diary' ORDER BY ordinal_position";
        cx.expect_rows(types, &["int8", "feeling"]);
    }
    Ok(())
}
