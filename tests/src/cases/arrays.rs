//! Arrays in columns and in queries.

use chrono::{DateTime, NaiveDate, TimeDelta};
use orm::functions::{array_agg, coalesce, count_all, value};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::models::{Arrays, Sample, Status};
use crate::{TestContext, expect_error};

cases! { arrays {
    arrays_come_back [arrays];
    arrays_of_every_type_come_back [arrays];
    changed_arrays_are_written [arrays];
    changed_arrays_are_one_batch [arrays];
    arrays_in_conditions [arrays];
    arrays_in_expressions [arrays];
    arrays_are_aggregated [arrays];
    arrays_find_their_rows [arrays];
    an_element_that_is_null_is_refused [arrays];
} }

fn samples(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Sample])?;
    let mut session = cx.session();
    session.add_all([
        Sample { marks: Some(vec![true, false]), ..Sample::of("a", [1, 2, 3], ["x"]) },
        Sample::of("b", [3, 3], ["x", "y"]),
        Sample { marks: Some(vec![]), ..Sample::of("c", [], []) },
    ]);
    session.commit()?;
    cx.clear_log();
    Ok(session)
}

pub fn arrays_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Sample])?;
    let hostile = ["", "NULL", "{}", "a,b", "it's \"so\"", "\\", "\\\"", "\n\t ", "é 日本 🦀", "%_"];
    let mut session = cx.session();
    let mut rows: Vec<Sample> = hostile.iter().map(|word| Sample::of("one", [], [*word])).collect();
    rows.push(Sample::of("all", [i64::MIN, -1, 0, i64::MAX], hostile));
    let handles = session.add_all(rows.clone());
    session.commit()?;
    cx.expect_log(&["insert sample x11"]);
    for (row, handle) in rows.iter_mut().zip(handles) {
        row.id = session.try_get(handle)?.id;
    }
    session.clear();
    assert_eq!(Sample::query().order_by(Sample::id).values(&mut session)?, rows);
    Ok(())
}

pub fn arrays_of_every_type_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Arrays])?;
    let point = DateTime::UNIX_EPOCH + TimeDelta::microseconds(1_234_567);
    let full = Arrays {
        small: vec![i16::MIN, i16::MAX],
        medium: vec![i32::MIN, i32::MAX],
        single: vec![0.1, f32::MIN_POSITIVE, f32::INFINITY],
        double: vec![0.1, -0.0, f64::MIN, f64::from_bits(1), f64::NEG_INFINITY],
        dates: vec![NaiveDate::default(), NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()],
        points: vec![point, DateTime::UNIX_EPOCH - TimeDelta::days(40_000)],
        ids: vec![Uuid::nil(), Uuid::max()],
        prices: vec![Decimal::MAX, Decimal::new(-100, 2), Decimal::new(1, 28)],
        documents: vec![json!({"a": ["\\", null]}), Json::Null, json!("x")],
        states: vec![Status::Done, Status::Open],
        ..Arrays::default()
    };
    let mut session = cx.session();
    // One goes by itself, two go as a batch.
    for count in 1..=2 {
        session.add_all(vec![full.clone(); count]);
        session.commit()?;
    }
    session.clear();
    let found = Arrays::query().values(&mut session)?;
    assert_eq!(found.len(), 3);
    for row in found {
        assert_eq!(row, Arrays { id: row.id, ..full.clone() });
    }
    Ok(())
}

pub fn changed_arrays_are_written(cx: &mut TestContext) -> Result<()> {
    let mut session = samples(cx)?;
    let sample = Sample::query().filter(Sample::name.eq("a")).one(&mut session)?;
    cx.clear_log();
    session[sample].numbers.push(4);
    session[sample].marks = None;
    session[sample].words = vec!["x".into()];
    session.commit()?;
    cx.expect_log(&["update sample (numbers, marks)"]);
    session.clear();
    let sample = Sample::query().filter(Sample::name.eq("a")).one(&mut session)?;
    assert_eq!((&session[sample].numbers[..], &session[sample].marks), (&[1, 2, 3, 4][..], &None));
    Ok(())
}

pub fn changed_arrays_are_one_batch(cx: &mut TestContext) -> Result<()> {
    let mut session = samples(cx)?;
    let all = Sample::query().order_by(Sample::id).all(&mut session)?;
    cx.clear_log();
    for &sample in &all {
        session[sample].words.push("it's".into());
    }
    session.commit()?;
    cx.expect_log(&["update sample (words) x3"]);
    let words = Sample::query().order_by(Sample::id).select(Sample::words).all(&mut session)?;
    assert_eq!(words, [vec!["x", "it's"], vec!["x", "y", "it's"], vec!["it's"]]);
    Ok(())
}

pub fn arrays_in_conditions(cx: &mut TestContext) -> Result<()> {
    let session = &mut samples(cx)?;
    let names = |session: &mut Session, condition| {
        Sample::query()
            .filter::<orm::query::Expr<bool, _>, _>(condition)
            .order_by(Sample::id)
            .select(Sample::name)
            .all(session)
    };
    assert_eq!(names(session, Sample::numbers.array_has(3))?, ["a", "b"]);
    assert_eq!(names(session, Sample::words.array_has("y"))?, ["b"]);
    let some = |condition| Sample::query().filter::<orm::query::Expr<bool, _>, _>(condition);
    assert_eq!(some(Sample::numbers.array_contains(vec![3, 1])).count(session)?, 1);
    assert_eq!(some(Sample::numbers.array_contains(vec![])).count(session)?, 3);
    assert_eq!(some(Sample::numbers.array_overlaps(vec![2, 9])).count(session)?, 1);
    assert_eq!(some(Sample::numbers.array_overlaps(vec![])).count(session)?, 0);
    assert_eq!(Sample::query().filter(Sample::marks.array_has(true)).count(session)?, 1);
    assert_eq!(Sample::query().filter(Sample::numbers.array_has(Sample::id)).count(session)?, 1);
    assert_eq!(Sample::query().filter(Sample::numbers.array_length().eq(0)).count(session)?, 1);
    Ok(())
}

pub fn arrays_in_expressions(cx: &mut TestContext) -> Result<()> {
    let session = &mut samples(cx)?;
    let (n, a) = (Sample::numbers, Sample::query().filter(Sample::name.eq("a")));
    let row = a
        .clone()
        .select((n.array_at(0), n.array_at(7), n.array_length(), Sample::marks.array_length()))
        .one(session)?;
    assert_eq!(row, (Some(1), None, 3, Some(2)));
    let row = a.clone().select((n.array_append(9), n.array_remove(2), n.array_concat(vec![7, 8]))).one(session)?;
    assert_eq!(row, (vec![1, 2, 3, 9], vec![1, 3], vec![1, 2, 3, 7, 8]));
    assert_eq!(a.clone().select(value(vec![1_i64, 2])).one(session)?, [1, 2]);
    let nothing = coalesce(Sample::marks, vec![true]);
    assert_eq!(
        Sample::query().order_by(Sample::id).select(nothing).all(session)?,
        [vec![true, false], vec![true], vec![]]
    );

    let kept = a.clone().one(session)?;
    a.update(Sample::numbers.set(n.array_append(Sample::id))).execute(session)?;
    assert_eq!(session[kept].numbers, [1, 2, 3, 1]);
    Ok(())
}

pub fn arrays_are_aggregated(cx: &mut TestContext) -> Result<()> {
    let session = &mut samples(cx)?;
    let names = array_agg(Sample::name).order_by(Sample::name.desc());
    assert_eq!(Sample::query().select(names).one(session)?, Some(vec!["c".to_owned(), "b".into(), "a".into()]));
    let none = Sample::query().filter(Sample::id.lt(0)).select(array_agg(Sample::id)).one(session)?;
    assert_eq!(none, None);
    let filtered = array_agg(Sample::id).filter(Sample::numbers.array_has(3)).order_by(Sample::id);
    assert_eq!(Sample::query().select(filtered).one(session)?, Some(vec![1, 2]));
    // NULLs are left out, as all aggregates but those of JSON do.
    let lengths = array_agg(Sample::marks.array_length()).order_by(Sample::id);
    assert_eq!(Sample::query().select(lengths).one(session)?, Some(vec![2, 0]));
    let nulls = array_agg(Sample::marks.array_length());
    assert_eq!(Sample::query().filter(Sample::name.eq("b")).select(nulls).one(session)?, None);
    Ok(())
}

pub fn arrays_find_their_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut samples(cx)?;
    let found = Sample::query().filter(Sample::numbers.eq(vec![3, 3])).select(Sample::name).all(session)?;
    assert_eq!(found, ["b"]);
    let ordered = Sample::query().order_by(Sample::numbers).select(Sample::name).all(session)?;
    assert_eq!(ordered, ["c", "a", "b"]);
    assert_eq!(Sample::query().group_by(Sample::words).select((Sample::words, count_all())).all(session)?.len(), 3);
    Ok(())
}

pub fn an_element_that_is_null_is_refused(cx: &mut TestContext) -> Result<()> {
    let session = &mut samples(cx)?;
    cx.execute("UPDATE sample SET numbers = ARRAY[1, NULL] WHERE id = 1");
    session.expire_all();
    let read = Sample::query().filter(Sample::id.eq(1)).select(Sample::numbers).one(session);
    expect_error(read, ErrorKind::Decode, &["a 64-bit integer", "NULL"]);
    cx.execute("UPDATE sample SET numbers = ARRAY[[1, 2], [3, 4]] WHERE id = 1");
    let read = Sample::query().filter(Sample::id.eq(1)).one(session);
    expect_error(read, ErrorKind::Decode, &["Sample", "numbers", "one dimension"]);
    Ok(())
}
