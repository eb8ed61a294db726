//! Cells that do not fit their fields.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::models::Status;
use crate::{TestContext, expect_error};

cases! { decoding {
    text_where_a_number_belongs [];
    null_in_a_required_field [];
    numbers_out_of_range [];
    numbers_where_others_belong [];
    text_that_says_something_else [];
    a_key_that_does_not_fit [];
    every_way_of_reading_says_so [];
    nothing_is_kept_of_a_row_that_does_not_fit [];
    numbers_of_another_width_fit [];
    a_missing_column_is_a_database_error [];
} }

/// Models that promise more than their table holds: each reads a table of its own, since statements are kept prepared.
macro_rules! readers {
    ($($name:ident: $ty:ty,)*) => {$(
        #[derive(Model, Debug, Clone, Default, PartialEq)]
        struct $name {
            #[orm(primary_key)]
            id: i64,
            value: $ty,
        }
    )*};
}

readers! {
    Small: i16,
    Medium: i32,
    Large: i64,
    Single: f32,
    Double: f64,
    Flag: bool,
    Text: String,
    MaybeText: Option<String>,
    MaybeMedium: Option<i32>,
    Bytes: Vec<u8>,
    Day: NaiveDate,
    Clock: NaiveTime,
    Moment: NaiveDateTime,
    Instant: DateTime<Utc>,
    Mark: Uuid,
    Exact: Decimal,
    Document: Json,
    Kind: Status,
}

/// A row of the model's table whose cell is the SQL expression `value`, of whatever type that has.
fn cell<M: Model>(cx: &TestContext, value: &str) {
    let table = M::spec().table;
    cx.execute(&format!(
        "DROP TABLE IF EXISTS \"{table}\"; CREATE TABLE \"{table}\" AS SELECT 1 AS id, {value} AS value"
    ));
}

/// Reading the cell as `M` says model, column, what was expected and what was found.
#[track_caller]
fn check<M: Model + PartialEq>(cx: &TestContext, value: &str, expected: &str, found: &str) {
    cell::<M>(cx, value);
    let mut session = cx.session();
    let words = [M::spec().name, "column `value`", expected, found];
    expect_error(M::query().values(&mut session).map(drop), ErrorKind::Decode, &words);
}

pub fn text_where_a_number_belongs(cx: &mut TestContext) -> Result<()> {
    let text = "CAST('abc' AS TEXT)";
    check::<Small>(cx, text, "a 16-bit integer", "\"abc\"");
    check::<Medium>(cx, text, "a 32-bit integer", "\"abc\"");
    check::<Large>(cx, text, "a 64-bit integer", "\"abc\"");
    check::<Single>(cx, text, "a 32-bit float", "\"abc\"");
    check::<Double>(cx, text, "a 64-bit float", "\"abc\"");
    check::<Flag>(cx, text, "a boolean", "\"abc\"");
    check::<MaybeMedium>(cx, text, "a 32-bit integer", "\"abc\"");
    check::<Medium>(cx, "CAST('' AS TEXT)", "a 32-bit integer", "\"\"");
    check::<Medium>(cx, "CAST('7' AS TEXT)", "a 32-bit integer", "\"7\"");
    let long = format!("CAST('{}' AS TEXT)", "x".repeat(1000));
    check::<Medium>(cx, &long, "a 32-bit integer", "\"xxxxx");
    Ok(())
}

pub fn null_in_a_required_field(cx: &mut TestContext) -> Result<()> {
    check::<Text>(cx, "CAST(NULL AS TEXT)", "text", "NULL");
    check::<Medium>(cx, "CAST(NULL AS INTEGER)", "a 32-bit integer", "NULL");
    check::<Flag>(cx, "CAST(NULL AS INTEGER)", "a boolean", "NULL");
    check::<Day>(cx, "CAST(NULL AS TEXT)", "a date", "NULL");
    check::<Kind>(cx, "CAST(NULL AS TEXT)", "one of \"open\"", "NULL");
    cell::<MaybeText>(cx, "CAST(NULL AS TEXT)");
    assert_eq!(MaybeText::query().values(&mut cx.session())?[0].value, None);
    Ok(())
}

pub fn numbers_out_of_range(cx: &mut TestContext) -> Result<()> {
    check::<Small>(cx, "32768", "a 16-bit integer", "32768");
    check::<Small>(cx, "-32769", "a 16-bit integer", "-32769");
    check::<Medium>(cx, "3000000000", "a 32-bit integer", "3000000000");
    check::<MaybeMedium>(cx, "-3000000000", "a 32-bit integer", "-3000000000");
    let double = cx.spelled("1e300", "CAST('1e300' AS DOUBLE PRECISION)");
    check::<Single>(cx, double, "a 32-bit float", "1e300");
    Ok(())
}

pub fn numbers_where_others_belong(cx: &mut TestContext) -> Result<()> {
    let float = cx.spelled("1.5", "CAST('1.5' AS DOUBLE PRECISION)");
    check::<Medium>(cx, float, "a 32-bit integer", "1.5");
    check::<Flag>(cx, "2", "a boolean", "2");
    check::<Text>(cx, "7", "text", "7");
    check::<Bytes>(cx, "CAST('abc' AS TEXT)", "bytes", "\"abc\"");
    check::<Day>(cx, "7", "a date", "7");
    check::<Mark>(cx, "7", "UUID", "7");
    check::<Document>(cx, "7", "JSON", "7");
    check::<Kind>(cx, "7", "one of \"open\"", "7");
    // 2^53 + 1 is no float.
    check::<Double>(cx, "9007199254740993", "a 64-bit float", "9007199254740993");
    Ok(())
}

pub fn text_that_says_something_else(cx: &mut TestContext) -> Result<()> {
    check::<Day>(cx, "CAST('2024-02-30' AS TEXT)", "a date", "2024-02-30");
    check::<Day>(cx, "CAST('2024-02-01 10:00:00' AS TEXT)", "a date", "10:00:00");
    check::<Clock>(cx, "CAST('25:00' AS TEXT)", "a time of day", "25:00");
    check::<Moment>(cx, "CAST('soon' AS TEXT)", "a date and time", "soon");
    check::<Instant>(cx, "CAST('2024-01-01 00:00:00+99' AS TEXT)", "a point in time", "+99");
    check::<Mark>(cx, "CAST('not-a-uuid' AS TEXT)", "UUID", "not-a-uuid");
    check::<Exact>(cx, "CAST('1.2.3' AS TEXT)", "a decimal number", "1.2.3");
    check::<Document>(cx, "CAST('{' AS TEXT)", "JSON", "{");
    check::<Kind>(cx, "CAST('lost' AS TEXT)", "one of \"open\"", "lost");
    Ok(())
}

pub fn a_key_that_does_not_fit(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE medium AS SELECT CAST('x' AS TEXT) AS id, 1 AS value");
    let mut session = cx.session();
    expect_error(Medium::query().all(&mut session), ErrorKind::Decode, &["Medium", "column `id`", "\"x\""]);
    Ok(())
}

pub fn every_way_of_reading_says_so(cx: &mut TestContext) -> Result<()> {
    cell::<Medium>(cx, "CAST('abc' AS TEXT)");
    let mut session = cx.session();
    let words = ["Medium", "column `value`", "a 32-bit integer", "\"abc\""];
    expect_error(Medium::query().all(&mut session), ErrorKind::Decode, &words);
    expect_error(Medium::query().first(&mut session), ErrorKind::Decode, &words);
    expect_error(Medium::query().one(&mut session), ErrorKind::Decode, &words);
    expect_error(Medium::query().values(&mut session), ErrorKind::Decode, &words);
    expect_error(Medium::query().each(&mut session, |_| Ok(())), ErrorKind::Decode, &words);
    expect_error(session.get::<Medium>(1), ErrorKind::Decode, &words);
    expect_error(Medium::query().select(Medium::value).all(&mut session), ErrorKind::Decode, &words[1..]);
    expect_error(
        Medium::query().select((Medium::id, Medium::value.label("worth"))).all(&mut session),
        ErrorKind::Decode,
        &["column `worth`", "a 32-bit integer"],
    );
    assert_eq!(Medium::query().count(&mut session)?, 1);
    Ok(())
}

/// The rows before it are objects of the session; the session goes on.
pub fn nothing_is_kept_of_a_row_that_does_not_fit(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE small AS SELECT 1 AS id, 7 AS value UNION ALL SELECT 2, 3000000");
    let mut session = cx.session();
    expect_error(Small::query().order_by(Small::id).all(&mut session), ErrorKind::Decode, &["3000000"]);
    let fine = Small::query().filter(Small::id.eq(1)).one(&mut session)?;
    assert_eq!(session[fine].value, 7);
    expect_error(session.get::<Small>(2), ErrorKind::Decode, &["3000000"]);
    session.rollback()?;
    session.close()?;
    cx.execute("UPDATE small SET value = 8");
    let mended = session.get::<Small>(2)?.expect("the row");
    assert_eq!(session[mended].value, 8);
    Ok(())
}

/// A wider or narrower column is read as long as its values fit.
pub fn numbers_of_another_width_fit(cx: &mut TestContext) -> Result<()> {
    let seven = "CAST(7 AS BIGINT)";
    cell::<Small>(cx, seven);
    cell::<Double>(cx, seven);
    cell::<Exact>(cx, seven);
    let day = "CAST('2024-02-03' AS TEXT)";
    cell::<Day>(cx, day);
    cell::<Moment>(cx, day);
    let mut session = cx.session();
    assert_eq!(Small::query().values(&mut session)?[0].value, 7);
    assert_eq!(Double::query().values(&mut session)?[0].value, 7.0);
    assert_eq!(Exact::query().values(&mut session)?[0].value, Decimal::from(7));
    assert_eq!(Day::query().values(&mut session)?[0].value, NaiveDate::from_ymd_opt(2024, 2, 3).expect("a day"));
    assert_eq!(Moment::query().values(&mut session)?[0].value.time(), NaiveTime::MIN);
    Ok(())
}

pub fn a_missing_column_is_a_database_error(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE medium AS SELECT 1 AS id");
    let mut session = cx.session();
    expect_error(Medium::query().all(&mut session), ErrorKind::Database, &["value"]);
    Ok(())
}
