//! Tables without models.

use orm::functions::{count_all, label, min, upper};
use orm::prelude::*;
use orm::query::table::{Item, Table};
use orm::{ErrorKind, Result, SqlType, Value};

use crate::models::{AllTypes, User};
use crate::{TestContext, expect_error};

cases! { tables {
    rows_are_read_by_name [];
    rows_are_written [];
    tables_are_joined [];
    typed_expressions_fit_in [];
    cells_have_their_types [];
    changes_are_flushed_first [];
    mistakes_are_said [];
    outer_joins_keep_rows [full_join];
    queries_stand_within_queries [];
    queries_are_combined [];
    queries_are_read_as_tables [];
    rows_come_one_by_one [];
    pages_and_counts_and_plans [];
} }

pub(super) fn town(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.push(alice, User::addresses, crate::models::Address::in_city("Ulm"))?;
    session.add_all([("bob", 25), ("carol", 30)].map(|(name, age)| User { age, ..User::named(name) }));
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

pub(super) fn user() -> Table {
    Table::new("user")
        .column::<i64>("id")
        .column::<String>("name")
        .column::<i32>("age")
        .column::<Option<String>>("email")
}

pub fn rows_are_read_by_name(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let old = user.col("age")?.ge(30).and(user.col("email")?.is_null());
    let rows = user.query().filter(old).order_by(user.col("name")?.desc()).all(session)?;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].get("name"), Some(&Value::Text("carol".into())));
    assert_eq!((rows[1].read::<i32>("age")?, rows[1].read::<Option<String>>("email")?), (30, None));
    assert_eq!(rows[0].iter().map(|(name, _)| name).collect::<Vec<_>>(), ["id", "name", "age", "email"]);
    let listed = user.col("name")?.in_(["bob", "zoe"]).or(user.col("name")?.like("car%"));
    let names = user.query().filter(listed).select([user.col("name")?]).order_by(user.col("name")?).limit(1).offset(1);
    assert_eq!(names.first(session)?.map(|row| row.read::<String>("name")).transpose()?.as_deref(), Some("carol"));
    let none = user.query().filter(user.col("age")?.in_(Vec::<i64>::new()).not().not());
    assert_eq!(none.all(session)?.len(), 0);
    cx.expect_log(&["select user x2", "select user x1", "select user x0"]);
    Ok(())
}

pub fn rows_are_written(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    assert_eq!(user.insert().set("name", "dora").set("age", 5).set("email", None::<String>).execute(session)?, 1);
    let older = Item::from(user.col("age")?.typed::<i32>()? + 1);
    assert_eq!(user.update().set("age", older).filter(user.col("age")?.lt(28)).execute(session)?, 2);
    assert_eq!(user.delete().filter(user.col("name")?.eq("carol")).execute(session)?, 1);
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY name"#, &["alice|30", "bob|26", "dora|6"]);
    Ok(())
}

pub fn tables_are_joined(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let address = Table::new("address").column::<i64>("id").column::<String>("city").column::<i64>("user_id");
    let on = address.col("user_id")?.eq(user.col("id")?);
    let rows = user.query().left_join(&address, on.clone()).order_by(user.col("name")?).all(session)?;
    assert_eq!(rows[0].read::<String>("address.city")?, "Ulm");
    assert_eq!(rows[1].read::<Option<String>>("address.city")?, None);
    let inner = user.query().join(&address, on).select([user.col("name")?, address.col("city")?]);
    assert_eq!(inner.all(session)?.len(), 1);
    let twin = user.clone().named("twin");
    let pairs =
        user.query().join(&twin, twin.col("age")?.eq(user.col("age")?).and(twin.col("id")?.ne(user.col("id")?)));
    assert_eq!(pairs.all(session)?.len(), 2);
    Ok(())
}

pub fn typed_expressions_fit_in(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let shouted = Item::from(upper(user.col("name")?.typed::<String>()?)).label("shouted");
    let row = user.query().select([shouted]).filter(user.col("age")?.eq(25)).first(session)?;
    assert_eq!(row.map(|row| row.read::<String>("shouted")).transpose()?.as_deref(), Some("BOB"));
    let number = Item::from(count_all());
    let groups = user.query().group_by(user.col("age")?).having(number.clone().gt(1));
    let rows = groups.select([user.col("age")?, number.label("people")]).all(session)?;
    assert_eq!((rows.len(), rows[0].read::<i64>("people")?), (1, 2));
    expect_error(user.col("name")?.typed::<i64>(), ErrorKind::Schema, &["Text", "I64"]);
    expect_error(user.col("email")?.typed::<String>(), ErrorKind::Schema, &["with NULLs"]);
    Ok(())
}

pub(super) fn address() -> Table {
    Table::new("address").column::<i64>("id").column::<String>("city").column::<i64>("user_id")
}

/// Whatever type the database stores them as.
pub fn cells_have_their_types(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let session = &mut cx.session();
    session.add(AllTypes { flag: true, bytes: vec![1], ..AllTypes::default() });
    session.flush()?;
    let mut table = Table::new("all_types");
    for column in &<AllTypes as Model>::table().columns {
        table = table.column_of(column.name.clone(), column.sql_type, false);
    }
    let row = table.query().first(session)?;
    let Some(row) = row else { panic!("the row is gone") };
    assert_eq!(row.get("flag"), Some(&Value::Bool(true)));
    assert!(matches!(row.get("date"), Some(Value::Date(_))));
    assert!(matches!(row.get("timestamp"), Some(Value::Timestamp(_))));
    assert!(matches!(row.get("uuid"), Some(Value::Uuid(_))));
    assert!(matches!(row.get("decimal"), Some(Value::Decimal(_))));
    assert!(matches!(row.get("json"), Some(Value::Json(_))));
    let copies = [10, 11].map(|id| row.clone().set("id", id).set("date", "2024-02-29"));
    assert_eq!(table.insert_all(copies).execute(session)?, 2);
    let copies = table.query().filter(table.col("date")?.eq("2024-02-29")).order_by(table.col("id")?).all(session)?;
    let date = copies.first().and_then(|copy| copy.get("date")).cloned().unwrap_or(Value::Null);
    assert!(matches!(date, Value::Date(_)));
    assert_eq!(copies, [10, 11].map(|id| row.clone().set("id", id).set("date", date.clone())));
    let wrong = Table::new("all_types").column_of("text", SqlType::I64, false);
    expect_error(wrong.query().all(session), ErrorKind::Decode, &["column `text`", "a 64-bit integer"]);
    Ok(())
}

pub fn changes_are_flushed_first(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    session.add(User::named("dora"));
    assert_eq!(user().query().all(session)?.len(), 4);
    session.add(User::named("emil"));
    let others = user().col("name")?.ne("alice");
    assert_eq!(user().delete().filter(others).execute(session)?, 4);
    Ok(())
}

pub fn mistakes_are_said(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    expect_error(user.col("nme"), ErrorKind::Schema, &["`user`", "no column `nme`", "`id`, `name`"]);
    expect_error(user.insert().execute(session), ErrorKind::InvalidState, &["no column"]);
    expect_error(user.insert().set("nme", "x").execute(session), ErrorKind::Schema, &["no column `nme`"]);
    expect_error(
        user.update().set("age", 1).set("age", 2).execute(session),
        ErrorKind::InvalidState,
        &["`age`", "twice"],
    );
    let twice = user.query().join(&user, user.col("id")?.eq(user.col("id")?));
    expect_error(twice.all(session), ErrorKind::InvalidState, &["`user` is in this query already", "Table::named"]);
    let same = user.query().select([user.col("id")?, user.col("name")?.label("id")]);
    expect_error(same.all(session), ErrorKind::InvalidState, &["two values are called `id`"]);
    cx.expect_log(&[]);
    let row = user.query().select([user.col("id")?]).first(session)?;
    expect_error(row.map(|row| row.read::<i64>("name")).transpose(), ErrorKind::Decode, &["no value `name`", "`id`"]);
    Ok(())
}

pub fn outer_joins_keep_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let (user, address) = (user(), address());
    let at_home = address.col("user_id")?.eq(user.col("id")?).and(address.col("city")?.eq("Bonn"));
    assert_eq!(address.query().join(&user, at_home.clone()).count(session)?, 0);
    assert_eq!(address.query().left_join(&user, at_home.clone()).count(session)?, 1);
    assert_eq!(address.query().right_join(&user, at_home.clone()).count(session)?, 3);
    assert_eq!(address.query().full_join(&user, at_home).count(session)?, 4);
    assert_eq!(address.query().cross_join(&user).count(session)?, 3);
    let row = address.query().cross_join(&user).order_by(user.col("name")?).first(session)?;
    assert_eq!(row.map(|row| row.read::<String>("user.name")).transpose()?.as_deref(), Some("alice"));
    Ok(())
}

pub fn queries_stand_within_queries(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let (user, address) = (user(), address());
    let names = |condition: Item, session: &mut Session| -> Result<Vec<String>> {
        let rows = user.query().filter(condition).order_by(user.col("name")?).all(session)?;
        rows.iter().map(|row| row.read("name")).collect()
    };
    let owners = || Ok::<_, orm::Error>(address.query().select([address.col("user_id")?]));
    assert_eq!(names(user.col("id")?.in_query(owners()?), session)?, ["alice"]);
    assert_eq!(names(user.col("id")?.not_in_query(owners()?), session)?, ["bob", "carol"]);
    let homes = address.query().filter(address.col("user_id")?.eq(user.col("id")?));
    assert_eq!(names(Item::exists(homes.clone()), session)?, ["alice"]);
    assert_eq!(names(!Item::exists(homes), session)?, ["bob", "carol"]);
    let youngest = Item::from(min(user.col("age")?.typed::<i32>()?));
    let youngest = user.clone().query().select([youngest]).scalar();
    assert_eq!(names(user.col("age")?.gt(youngest), session)?, ["alice", "carol"]);
    Ok(())
}

pub fn queries_are_combined(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let (user, address) = (user(), address());
    let names = || Ok::<_, orm::Error>(user.query().select([user.col("name")?]));
    let cities = address.query().select([address.col("city")?]);
    let both = names()?.union_all(cities.clone()).union(names()?).order_by(label("name").desc());
    let rows = both.all(session)?;
    let read: Vec<String> = rows.iter().map(|row| row.read("name")).collect::<Result<_>>()?;
    assert_eq!(read.len(), 4);
    assert!(read.contains(&"Ulm".to_owned()));
    assert_eq!((both.count(session)?, both.first(session)?), (4, rows.first().cloned()));
    let twice = names()?.intersect(names()?.filter(user.col("age")?.eq(25)));
    assert_eq!(twice.one(session)?.read::<String>("name")?, "bob");
    assert_eq!(names()?.except(twice).count(session)?, 2);
    Ok(())
}

pub fn queries_are_read_as_tables(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let people = Item::from(count_all()).label("people");
    let ages = user.query().group_by(user.col("age")?).select([user.col("age")?, people]).subquery("ages");
    let crowds = ages.query().filter(ages.col("people")?.gt(1)).all(session)?;
    assert_eq!((crowds.len(), crowds[0].read::<i32>("age")?), (1, 30));
    let beside = user.query().join(&ages, ages.col("age")?.eq(user.col("age")?)).order_by(user.col("name")?);
    assert_eq!(beside.all(session)?[1].read::<i64>("ages.people")?, 1);
    assert_eq!(ages.named("a").query().count(session)?, 2);
    Ok(())
}

pub fn rows_come_one_by_one(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let (mut names, query) = (Vec::new(), user.query().order_by(user.col("name")?));
    for row in query.iter(session)?.take(2) {
        names.push(row?.read::<String>("name")?);
    }
    assert_eq!(names, ["alice", "bob"]);
    query.each(session, |row| {
        names.push(row.read::<String>("name")?);
        Ok(())
    })?;
    assert_eq!(names.len(), 5);
    let mut sizes = Vec::new();
    query.batches(session, 2, |rows| {
        sizes.push(rows.len());
        Ok(())
    })?;
    assert_eq!(sizes, [2, 1]);
    cx.expect_log(&["select user x2", "select user x3", "select user x3"]);
    Ok(())
}

pub fn pages_and_counts_and_plans(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let query = user.query().order_by(user.col("name")?);
    let page = query.page(session, 2, 2)?;
    assert_eq!((page.items.len(), page.total, page.items[0].read::<String>("name")?), (1, 3, "carol".to_owned()));
    assert!(query.exists(session)?);
    assert!(!query.clone().filter(user.col("age")?.gt(99)).exists(session)?);
    let ages = user.query().select([user.col("age")?]).distinct();
    assert_eq!((ages.count(session)?, ages.limit(0).first(session)?), (2, None));
    expect_error(query.one(session), ErrorKind::MultipleFound, &["row of user"]);
    assert!(!query.explain(session)?.is_empty());
    Ok(())
}
