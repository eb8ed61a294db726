//! Record batches out of queries and into tables.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array, ListArray,
    RecordBatch, StringArray, StructArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use orm::arrow::{InsertBatches as _, InsertTableBatches as _, ReadBatches as _, read_sql, read_table};
use orm::functions::{max, sum};
use orm::prelude::*;
use orm::query::table::Table;
use orm::{ErrorKind, Result};

use crate::models::{Address, AllTypes, Meeting, Note, OptionalTypes, Ticket, User};
use crate::{TestContext, expect_error};

cases! { frames {
    a_query_is_read_in_batches [];
    the_schema_follows_from_the_types [];
    rows_of_every_type_go_into_batches_and_back [];
    joins_make_columns_nullable [];
    selections_have_the_names_of_their_labels [];
    lists_go_into_batches_and_back [arrays];
    decimals_have_the_digits_of_their_columns [];
    a_schema_of_the_program_is_kept [];
    sql_written_by_hand_tells_its_types [];
    a_cell_that_does_not_fit_its_batch_is_named [];
    tables_known_at_run_time_are_read [];
    an_empty_result_has_a_schema [];
    a_reading_may_end_early [];
    batches_are_inserted_by_the_names_of_columns [];
    batches_of_other_types_are_converted [];
    a_wrong_column_of_a_batch_is_named [];
    a_wrong_cell_of_a_batch_is_named [];
    batches_get_defaults_and_rules [];
    batches_meet_existing_rows [];
    a_batch_that_cannot_be_read_ends_the_insert [];
    parquet_and_ipc_keep_the_rows [];
} }

fn frame<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn ages(values: &[i32]) -> ArrayRef {
    Arc::new(Int32Array::from(values.to_vec()))
}

fn with_users(cx: &mut TestContext, count: i32) -> Result<Session> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    User::bulk_insert((0..count).map(|age| User { age, ..User::named("u") })).execute(&mut session)?;
    session.commit()?;
    cx.clear_log();
    Ok(session)
}

pub fn a_query_is_read_in_batches(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, 10_000)?;
    let batches = User::query().order_by(User::id).record_batches(&mut session, 4_096)?;
    let schema = batches.schema();
    let batches = batches.collect::<Result<Vec<_>>>()?;
    assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [4_096, 4_096, 1_808]);
    assert!(batches.iter().all(|batch| batch.schema() == schema));
    let ages: Vec<i32> =
        batches.iter().flat_map(|batch| batch.column(2).as_primitive::<Int32Type>().values().to_vec()).collect();
    assert_eq!(ages, (0..10_000).collect::<Vec<_>>());
    cx.expect_log(&["select user x10000"]);
    expect_error(User::query().record_batches(&mut session, 0), ErrorKind::InvalidState, &["at least 1 row"]);
    // What was not flushed is there as well.
    session.add(User::named("last"));
    let rows: usize = User::query().record_batches(&mut session, 20_000)?.map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 10_001);
    session.commit()
}

pub fn the_schema_follows_from_the_types(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes, OptionalTypes, Ticket])?;
    let mut session = cx.session();
    let schema = AllTypes::query().record_batches(&mut session, 10)?.schema();
    let types: Vec<String> =
        schema.fields().iter().map(|field| format!("{} {}", field.name(), field.data_type())).collect();
    let expected = [
        "id Int64",
        "small Int16",
        "medium Int32",
        "large Int64",
        "single Float32",
        "double Float64",
        "flag Boolean",
        "text Utf8",
        "bytes Binary",
        "date Date32",
        "time Time64(µs)",
        "date_time Timestamp(µs)",
        "timestamp Timestamp(µs, \"UTC\")",
        "uuid FixedSizeBinary(16)",
        "decimal Decimal128(38, 10)",
        "json Utf8",
        "status Dictionary(Int32, Utf8)",
    ];
    assert_eq!(types, expected);
    assert!(schema.fields().iter().all(|field| !field.is_nullable()));
    assert_eq!(schema.field(13).metadata().get("ARROW:extension:name").map(|name| name.as_ref()), Some("arrow.uuid"));
    let schema = OptionalTypes::query().record_batches(&mut session, 10)?.schema();
    assert!(schema.fields().iter().skip(1).all(|field| field.is_nullable()));
    let schema = Ticket::query().select(Ticket::cost).record_batches(&mut session, 10)?.schema();
    assert_eq!(schema.field(0), &Field::new("cost", DataType::Decimal128(10, 2), true));
    session.commit()
}

fn rows_of_every_type() -> (Vec<AllTypes>, Vec<OptionalTypes>) {
    let row = |n: i16| AllTypes {
        id: n.into(),
        small: n,
        medium: -7,
        large: i64::MIN,
        single: 0.5,
        double: 0.1,
        flag: n == 1,
        text: "tab\t \"é\"".into(),
        bytes: vec![0, 255],
        date: "1899-12-31".parse().unwrap(),
        time: "23:59:59.999999".parse().unwrap(),
        date_time: "2024-02-29T12:00:00".parse().unwrap(),
        timestamp: "1960-01-01T00:00:00.000001Z".parse().unwrap(),
        uuid: uuid::Uuid::from_u128(7),
        decimal: "-12345.6780000000".parse().unwrap(),
        json: serde_json::json!({ "n": [n, null] }),
        status: crate::models::Status::InProgress,
    };
    let filled = OptionalTypes {
        id: 2,
        small: Some(-1),
        text: Some("x".into()),
        flag: Some(false),
        date: Some("2024-01-31".parse().unwrap()),
        status: Some(Default::default()),
        json: Some(serde_json::json!([1])),
        ..Default::default()
    };
    ((1..=3).map(row).collect(), vec![OptionalTypes { id: 1, ..Default::default() }, filled])
}

fn sorted_types(session: &mut Session) -> Result<(Vec<AllTypes>, Vec<OptionalTypes>)> {
    let optional = OptionalTypes::query().order_by(OptionalTypes::id).values(session)?;
    Ok((AllTypes::query().order_by(AllTypes::id).values(session)?, optional))
}

pub fn rows_of_every_type_go_into_batches_and_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    let (all, optional) = rows_of_every_type();
    AllTypes::insert_all(all.clone()).execute(&mut session)?;
    OptionalTypes::insert_all(optional.clone()).execute(&mut session)?;
    let one = AllTypes::query().order_by(AllTypes::id).record_batches(&mut session, 2)?.collect::<Result<Vec<_>>>()?;
    let two = OptionalTypes::query()
        .order_by(OptionalTypes::id)
        .record_batches(&mut session, 2)?
        .collect::<Result<Vec<_>>>()?;
    assert_eq!((one.len(), two.len()), (2, 1));
    assert_eq!(one[0].column(9).as_primitive::<Date32Type>().value(0), -25_568);
    assert_eq!(one[0].column(12).as_primitive::<TimestampMicrosecondType>().value(0), -315_619_199_999_999);
    assert_eq!(two[0].column(1).null_count(), 1);
    AllTypes::query().delete().execute(&mut session)?;
    OptionalTypes::query().delete().execute(&mut session)?;
    assert_eq!(AllTypes::insert_batches(one).execute(&mut session)?, 3);
    assert_eq!(OptionalTypes::insert_batches(two).execute(&mut session)?, 2);
    assert_eq!(sorted_types(&mut session)?, (all, optional));
    session.commit()
}

pub fn joins_make_columns_nullable(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, 2)?;
    Address::insert(Address { user: BelongsTo::key(1), ..Address::in_city("Rome") }).execute(&mut session)?;
    let rows =
        User::query().left_join(User::addresses).order_by(User::id).select((User::id, Address::id, Address::city));
    let batches = rows.record_batches(&mut session, 10)?;
    let fields: Vec<_> =
        batches.schema().fields().iter().map(|field| (field.name().clone(), field.is_nullable())).collect();
    let named = |name: &str, nullable| (name.to_owned(), nullable);
    assert_eq!(fields, [named("id", false), named("address.id", true), named("city", true)]);
    let batch = batches.collect::<Result<Vec<_>>>()?.remove(0);
    let cities: Vec<Option<&str>> = batch.column(2).as_string::<i32>().iter().collect();
    assert_eq!(cities, [Some("Rome"), None]);
    session.commit()
}

pub fn selections_have_the_names_of_their_labels(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, 3)?;
    let rows = User::query().group_by(User::name).select((User::name, sum(User::age).label("total"), max(User::age)));
    let batch = rows.record_batches(&mut session, 10)?.next().unwrap()?;
    let names: Vec<&str> = batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["name", "total", "column3"]);
    assert_eq!(batch.column(1).as_primitive::<Int64Type>().value(0), 3);
    let twice = User::query().select((User::name, User::age.label("name")));
    expect_error(twice.record_batches(&mut session, 10), ErrorKind::InvalidState, &["two values are called `name`"]);
    session.commit()
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "series")]
struct Series {
    #[orm(primary_key)]
    id: i64,
    numbers: Vec<i32>,
    words: Option<Vec<Option<String>>>,
}

pub fn lists_go_into_batches_and_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Series])?;
    let mut session = cx.session();
    let words = vec![Some("a".to_owned()), None];
    let rows = vec![
        Series { id: 1, numbers: vec![1, 2, 3], words: Some(words) },
        Series { id: 2, numbers: Vec::new(), words: None },
    ];
    Series::insert_all(rows.clone()).execute(&mut session)?;
    let batches = Series::query().order_by(Series::id).record_batches(&mut session, 10)?.collect::<Result<Vec<_>>>()?;
    let list = batches[0].column(1).as_list::<i32>();
    assert_eq!(list.value(0).as_primitive::<Int32Type>().values(), &[1, 2, 3]);
    assert!(batches[0].column(2).is_null(1));
    Series::query().delete().execute(&mut session)?;
    assert_eq!(Series::insert_batches(batches).execute(&mut session)?, 2);
    assert_eq!(Series::query().order_by(Series::id).values(&mut session)?, rows);
    let sql = "SELECT numbers FROM series ORDER BY id";
    let batch = read_sql(&mut session, sql, 10)?.next().unwrap()?;
    assert_eq!(batch.column(0).as_any().downcast_ref::<ListArray>().unwrap().value_length(0), 3);
    session.commit()
}

pub fn decimals_have_the_digits_of_their_columns(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    let ticket = |cost: &str| Ticket { cost: Some(cost.parse().unwrap()), ..Ticket::default() };
    Ticket::insert_all(["1.50", "-2", "99999999.99"].map(ticket)).execute(&mut session)?;
    let batch =
        Ticket::query().order_by(Ticket::id).select(Ticket::cost).record_batches(&mut session, 10)?.next().unwrap()?;
    let costs = batch.column(0).as_primitive::<Decimal128Type>();
    assert_eq!((costs.values().to_vec(), costs.scale()), (vec![150, -200, 9_999_999_999], 2));
    let total = Ticket::query().select(sum(Ticket::cost).label("total"));
    let batch = total.record_batches(&mut session, 10)?.next().unwrap()?;
    assert_eq!(batch.column(0).as_primitive::<Decimal128Type>().value_as_string(0), "99999999.4900000000");
    session.commit()
}

pub fn a_schema_of_the_program_is_kept(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    Ticket::insert(Ticket { cost: Some("1.25".parse().unwrap()), ..Ticket::default() }).execute(&mut session)?;
    let query = || Ticket::query().select((Ticket::id, Ticket::status, Ticket::cost));
    let schema = |cost: DataType| {
        let fields = [Field::new("id", DataType::UInt32, false), Field::new("status", DataType::LargeUtf8, false)];
        Arc::new(Schema::new(fields.into_iter().chain([Field::new("cost", cost, true)]).collect::<Vec<_>>()))
    };
    let floats = query().record_batches_as(&mut session, 10, schema(DataType::Float64))?.next().unwrap()?;
    assert_eq!(floats.schema(), schema(DataType::Float64));
    assert_eq!(floats.column(2).as_primitive::<Float64Type>().value(0), 1.25);
    assert_eq!(floats.column(1).as_string::<i64>().value(0), "open");
    let rounded = query().record_batches_as(&mut session, 10, schema(DataType::Decimal128(9, 1)))?.next().unwrap()?;
    assert_eq!(rounded.column(2).as_primitive::<Decimal128Type>().value(0), 12);
    let texts = query().record_batches_as(&mut session, 10, schema(DataType::Utf8))?.next().unwrap()?;
    assert_eq!(texts.column(2).as_string::<i32>().value(0), "1.25");

    let outcome = query().record_batches_as(&mut session, 10, schema(DataType::Date32))?.next().unwrap();
    expect_error(outcome, ErrorKind::Decode, &["row 1, column `cost`: expected a date, found"]);
    let map = DataType::Struct(Vec::<Field>::new().into());
    expect_error(
        query().record_batches_as(&mut session, 10, schema(map)),
        ErrorKind::Unsupported,
        &["column `cost`: no cells are read into the type Struct"],
    );
    let fewer = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false)]));
    expect_error(
        query().record_batches_as(&mut session, 10, fewer),
        ErrorKind::Schema,
        &["the query has the columns `id`, `status`, `cost`, and the schema `id`"],
    );
    session.commit()
}

pub fn sql_written_by_hand_tells_its_types(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, AllTypes])?;
    let mut session = cx.session();
    let (all, _) = rows_of_every_type();
    AllTypes::insert_all(all).execute(&mut session)?;
    let query = sql("SELECT id, text, date, flag, uuid FROM all_types WHERE id > :least ORDER BY id").bind("least", 1);
    let batches = query.record_batches(&mut session, 10)?;
    let batch = batches.collect::<Result<Vec<_>>>()?.remove(0);
    assert_eq!((batch.num_rows(), batch.column(1).as_string::<i32>().value(0)), (2, "tab\t \"é\""));
    if cx.capabilities().copy {
        let types: Vec<String> =
            batch.schema_ref().fields().iter().map(|field| field.data_type().to_string()).collect();
        assert_eq!(types, ["Int64", "Utf8", "Date32", "Boolean", "FixedSizeBinary(16)"]);
    }
    // What is computed has the type of its cells where the database tells none.
    let batch = read_sql(&mut session, "SELECT count(*) AS n, NULL AS missing FROM all_types", 10)?.next().unwrap()?;
    assert_eq!(batch.column(0).as_primitive::<Int64Type>().value(0), 3);
    assert_eq!(batch.column(1).logical_null_count(), 1);
    session.commit()
}

pub fn a_cell_that_does_not_fit_its_batch_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all((0..3).map(|age| User { age, ..User::named("u") }));
    session.commit()?;
    let narrow = Arc::new(Schema::new(vec![Field::new("age", DataType::Int8, false)]));
    session.add(User { age: 300, ..User::named("old") });
    let mut batches = User::query().order_by(User::id).select(User::age).record_batches_as(&mut session, 2, narrow)?;
    assert_eq!(batches.next().unwrap()?.num_rows(), 2);
    let error = expect_error(
        batches.next().unwrap(),
        ErrorKind::Decode,
        &["row 4, column `age`: expected an 8-bit integer, found"],
    );
    assert_eq!(error.row(), Some(4));
    assert!(batches.next().is_none());
    drop(batches);
    let mixed = r#"SELECT CASE WHEN age = 300 THEN NULL ELSE age END AS age FROM "user" ORDER BY id"#;
    let batch = read_sql(&mut session, mixed, 10)?.next().unwrap()?;
    assert_eq!(batch.column(0).null_count(), 1);
    session.commit()
}

pub fn tables_known_at_run_time_are_read(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket, User])?;
    let mut session = cx.session();
    Ticket::insert(Ticket { cost: Some("1.50".parse().unwrap()), ..Ticket::default() }).execute(&mut session)?;
    let batches = read_table(&mut session, "ticket", 10)?;
    let fields: Vec<(String, bool)> =
        batches.schema().fields().iter().map(|field| (field.name().clone(), field.is_nullable())).collect();
    assert_eq!(
        fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["id", "title", "status", "priority", "cost"]
    );
    assert!(!fields[1].1 && fields[4].1);
    let batch = batches.collect::<Result<Vec<_>>>()?.remove(0);
    assert_eq!(batch.column_by_name("title").unwrap().as_string::<i32>().value(0), "untitled");
    // A database without a type of decimals has them as texts.
    let cost = batch.column_by_name("cost").unwrap();
    let cost = match cost.data_type() {
        DataType::Decimal128(10, 2) => cost.as_primitive::<Decimal128Type>().value_as_string(0),
        _ => cost.as_string::<i32>().value(0).to_owned(),
    };
    assert_eq!(cost, "1.50");
    expect_error(read_table(&mut session, "tickets", 10), ErrorKind::Schema, &["there is no table or view `tickets`"]);
    let users = session.table("user")?;
    assert_eq!(
        users.insert_batches([frame([("name", texts(&["ann"])), ("age", ages(&[1]))])]).execute(&mut session)?,
        1
    );
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["ann|1"]);
    Ok(())
}

pub fn an_empty_result_has_a_schema(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut batches = User::query().record_batches(&mut session, 10)?;
    assert_eq!(batches.schema().fields().len(), 4);
    assert!(batches.next().is_none() && batches.next().is_none());
    drop(batches);
    assert_eq!(User::insert_batches(Vec::<RecordBatch>::new()).execute(&mut session)?, 0);
    assert_eq!(User::insert_batches([frame([("name", texts(&[])), ("age", ages(&[]))])]).execute(&mut session)?, 0);
    session.commit()
}

pub fn a_reading_may_end_early(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, 50_000)?;
    let mut batches = User::query().record_batches(&mut session, 100)?;
    assert_eq!(batches.next().unwrap()?.num_rows(), 100);
    drop(batches);
    assert_eq!(User::query().count(&mut session)?, 50_000);
    session.commit()
}

pub fn batches_are_inserted_by_the_names_of_columns(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let mut progress = Vec::new();
    let batches = (0..3).map(|n| frame([("age", ages(&[n, n])), ("name", texts(&["a", "b"]))]));
    let insert = User::insert_batches(batches).on_progress(|rows| progress.push(rows));
    assert_eq!(insert.execute(&mut session)?, 6);
    let line = format!("{} user (age, name) x2", cx.bulk_verb());
    cx.expect_log(&[&line, &line, &line]);
    assert_eq!(progress, [2, 4, 6]);
    let user: ArrayRef = Arc::new(Int64Array::from(vec![3]));
    Address::insert_batches([frame([("user", user), ("city", texts(&["Rome"]))])]).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows(r#"SELECT sum(age), count(*) FROM "user" WHERE email IS NULL"#, &["6|6"]);
    cx.expect_rows("SELECT city, user_id FROM address", &["Rome|3"]);
    Ok(())
}

pub fn batches_of_other_types_are_converted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![OptionalTypes])?;
    let mut session = cx.session();
    let words: DictionaryArray<Int32Type> = vec![Some("closed"), None].into_iter().collect();
    let batch = frame([
        ("small", Arc::new(UInt64Array::from(vec![Some(7), None]))),
        ("double", Arc::new(Int32Array::from(vec![Some(3), None]))),
        ("decimal", Arc::new(Float64Array::from(vec![Some(0.1), None]))),
        ("date", texts(&["2024-02-29", "2024-03-01"])),
        ("timestamp", Arc::new(TimestampMicrosecondArray::from(vec![Some(1), None]).with_timezone("+02:00"))),
        ("large", Arc::new(Decimal128Array::from(vec![Some(4_200), None]).with_precision_and_scale(10, 2).unwrap())),
        ("status", Arc::new(words)),
        ("json", texts(&[r#"{"a": 1}"#, "null"])),
    ]);
    assert_eq!(OptionalTypes::insert_batches([batch]).execute(&mut session)?, 2);
    let rows = OptionalTypes::query().order_by(OptionalTypes::id).values(&mut session)?;
    let first = OptionalTypes {
        id: 1,
        small: Some(7),
        double: Some(3.0),
        decimal: Some("0.1".parse().unwrap()),
        date: Some("2024-02-29".parse().unwrap()),
        timestamp: Some("1970-01-01T00:00:00.000001Z".parse().unwrap()),
        large: Some(42),
        status: Some(crate::models::Status::Done),
        json: Some(serde_json::json!({ "a": 1 })),
        ..Default::default()
    };
    assert_eq!(rows[0], first);
    assert_eq!((rows[1].small, rows[1].large, rows[1].status), (None, None, None));
    session.commit()
}

pub fn a_wrong_column_of_a_batch_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut refused = |batch: RecordBatch, kind, parts: &[&str]| {
        expect_error(User::insert_batches([batch]).execute(&mut session), kind, parts);
        session.rollback()
    };
    let named = frame([("names", texts(&["a"])), ("age", ages(&[1]))]);
    refused(named, ErrorKind::Schema, &["User has no column `names`; it has `id`, `name`, `age`"])?;
    refused(frame([("name", texts(&["a"]))]), ErrorKind::InvalidState, &["no column `age`", "declare a default"])?;
    let nested: ArrayRef =
        Arc::new(StructArray::from(vec![(Arc::new(Field::new("x", DataType::Int32, false)), ages(&[1]))]));
    let nested = frame([("name", nested), ("age", ages(&[1]))]);
    refused(nested, ErrorKind::Schema, &["User, column `name`: the type Struct", "does not go into Text"])?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_wrong_cell_of_a_batch_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Ticket])?;
    let mut session = cx.session();
    let wide = |age: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![1, age])) };
    let good = || frame([("name", texts(&["a", "b"])), ("age", wide(2))]);
    let too_old = frame([("name", texts(&["a", "b"])), ("age", wide(3_000_000_000))]);
    let error = User::insert_batches([good(), too_old]).execute(&mut session);
    let error =
        expect_error(error, ErrorKind::Decode, &["row 4", "User, column `age`: expected a 32-bit integer, found"]);
    assert_eq!(error.row(), Some(4));
    session.rollback()?;
    let missing: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None]));
    let outcome = User::insert_batches([frame([("name", missing), ("age", wide(1))])]).execute(&mut session);
    expect_error(outcome, ErrorKind::Decode, &["row 2", "User, column `name`: expected a value, found NULL"]);
    session.rollback()?;
    let outcome = Ticket::insert_batches([frame([("status", texts(&["open", "shut"]))])]).execute(&mut session);
    expect_error(outcome, ErrorKind::Decode, &["row 2", "Ticket, column `status`: expected one of \"open\""]);
    session.rollback()?;
    let truths: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let outcome = User::insert_batches([frame([("name", texts(&["a"])), ("age", truths)])]).execute(&mut session);
    expect_error(outcome, ErrorKind::Decode, &["row 1", "User, column `age`"]);
    session.rollback()?;
    let users = |mail: &str| {
        let mails: ArrayRef = Arc::new(StringArray::from(vec!["a@x", mail]));
        frame([("name", texts(&["a", "b"])), ("age", wide(1)), ("email", mails)])
    };
    let outcome = User::insert_batches([users("b@x"), users("c@x")]).execute(&mut session);
    assert_eq!(expect_error(outcome, ErrorKind::UniqueViolation, &["row 3"]).row(), Some(3));
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn batches_get_defaults_and_rules(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note, Meeting])?;
    let mut session = cx.session();
    let pinned: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
    Note::insert_batches([frame([("pinned", pinned)])]).execute(&mut session)?;
    cx.expect_log(&[&format!("{} note (pinned, text, weight, mark, version) x2", cx.bulk_verb())]);
    let meeting = |title: &str| {
        frame([
            ("title", texts(&["fine", title])),
            ("starts", ages(&[1, 1])),
            ("ends", ages(&[2, 2])),
            ("room_name", texts(&["A", "A"])),
            ("room_floor", ages(&[1, 1])),
        ])
    };
    assert_eq!(Meeting::insert_batches([meeting("good")]).execute(&mut session)?, 2);
    session.commit()?;
    let outcome = Meeting::insert_batches([meeting("good"), meeting("NO!")]).execute(&mut session);
    expect_error(outcome, ErrorKind::Invalid, &["row 4 (Meeting#new)", "must not shout"]);
    session.rollback()?;
    cx.expect_rows("SELECT text, weight, mark, version FROM note ORDER BY id", &["empty|3|new|1", "empty|3|new|1"]);
    cx.expect_rows("SELECT count(*) FROM meeting", &["2"]);
    Ok(())
}

pub fn batches_meet_existing_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let users = |names: &[&str], age| {
        let mails: Vec<String> = names.iter().map(|name| format!("{name}@x")).collect();
        let mails: ArrayRef = Arc::new(StringArray::from(mails));
        frame([("name", texts(names)), ("age", ages(&vec![age; names.len()])), ("email", mails)])
    };
    User::insert_batches([users(&["ann", "bob"], 1)]).execute(&mut session)?;
    let upsert = User::insert_batches([users(&["bob", "cid"], 2)]).on_conflict(User::email).do_update(User::age);
    assert_eq!(upsert.execute(&mut session)?, 2);
    let skip = User::insert_batches([users(&["ann", "dan"], 3)]).on_conflict(User::email).do_nothing();
    assert_eq!(skip.execute(&mut session)?, 1);
    session.commit()?;
    let table = Table::new("user").column::<String>("name").column::<i32>("age").column::<Option<String>>("email");
    let upsert = table.insert_batches([users(&["ann"], 9)]).on_conflict(["email"]).do_update();
    let upsert = upsert.set("age", table.excluded("age")?);
    // Which other keys a table of run time has is not known.
    let ann = if cx.capabilities().conflict_targets {
        assert_eq!(upsert.execute(&mut session)?, 1);
        "ann|9"
    } else {
        expect_error(upsert.execute(&mut session), ErrorKind::Unsupported, &["several unique keys"]);
        session.rollback()?;
        "ann|1"
    };
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY name"#, &[ann, "bob|2", "cid|2", "dan|3"]);
    Ok(())
}

pub fn a_batch_that_cannot_be_read_ends_the_insert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let good = frame([("name", texts(&["a"])), ("age", ages(&[1]))]);
    let batches = [Ok(good), Err(ArrowError::ParseError("no such page".into()))];
    let outcome = User::insert_batches(batches).execute(&mut session);
    expect_error(outcome, ErrorKind::Io, &["after row 1: reading a record batch", "no such page"]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn parquet_and_ipc_keep_the_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.session();
    let (all, _) = rows_of_every_type();
    AllTypes::insert_all(all.clone()).execute(&mut session)?;
    let batches = AllTypes::query().order_by(AllTypes::id).record_batches(&mut session, 2)?;
    let schema = batches.schema();
    let mut parquet = parquet::arrow::ArrowWriter::try_new(Vec::new(), schema.clone(), None).unwrap();
    let mut ipc = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &schema).unwrap();
    for batch in batches {
        let batch = batch?;
        parquet.write(&batch).unwrap();
        ipc.write(&batch).unwrap();
    }
    let (parquet, ipc) = (parquet.into_inner().unwrap(), ipc.into_inner().unwrap());
    let parquet =
        parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(bytes::Bytes::from(parquet), 2).unwrap();
    let ipc = arrow_ipc::reader::StreamReader::try_new(&*ipc, None).unwrap();
    let outcomes: [&mut dyn Iterator<Item = Result<RecordBatch, ArrowError>>; 2] =
        [&mut parquet.into_iter(), &mut ipc.into_iter()];
    for batches in outcomes {
        AllTypes::query().delete().execute(&mut session)?;
        assert_eq!(AllTypes::insert_batches(batches).execute(&mut session)?, 3);
        assert_eq!(AllTypes::query().order_by(AllTypes::id).values(&mut session)?, all);
    }
    session.commit()
}
