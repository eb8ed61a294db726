//! Writing to tables without models.

use orm::prelude::*;
use orm::query::table::{Item, Table, TableRow};
use orm::{ErrorKind, Result, Value};

use super::tables::{address, town, user};
use crate::models::User;
use crate::{TestContext, expect_error};

cases! { table_writes {
    values_are_checked [];
    many_rows_are_one_statement [];
    more_rows_than_parameters_are_several_statements [conflict_targets];
    what_fails_in_the_middle_leaves_nothing [];
    rows_are_copied_from_table_to_table [];
    a_query_fills_a_table [];
    conflicts_are_resolved [conflict_targets];
    rows_come_back [update_returning];
    a_constraint_by_its_name [conflict_constraints];
    other_tables_decide_what_is_changed [];
    a_rollback_takes_rows_back [];
} }

const NAMES: &str = r#"SELECT name, age, email FROM "user" ORDER BY id"#;

fn person(name: &str, age: i32) -> TableRow {
    TableRow::new().set("name", name).set("age", age)
}

pub fn values_are_checked(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let text = &["`user`.`age`", "a 32-bit integer", "\"old\""];
    expect_error(user.insert().set("age", "old").execute(session), ErrorKind::InvalidState, text);
    expect_error(user.update().set("age", "old").execute(session), ErrorKind::InvalidState, text);
    expect_error(user.delete().filter(user.col("age")?.eq("old")).execute(session), ErrorKind::InvalidState, text);
    expect_error(user.query().filter(!user.col("age")?.in_(["old"])).all(session), ErrorKind::InvalidState, text);
    let rows = [person("x", 1), person("y", 2).set("age", 1_i64 << 40)];
    expect_error(
        user.insert_all(rows).execute(session),
        ErrorKind::InvalidState,
        &["row 2", "`user`.`age`", "1099511627776"],
    );
    let rows = [person("x", 1), person("y", 2).set("email", "y")];
    expect_error(
        user.insert_all(rows).execute(session),
        ErrorKind::InvalidState,
        &["row 2", "`name`, `age`, `email`", "the first row has `name`, `age`"],
    );
    expect_error(user.insert_all([TableRow::new()]).execute(session), ErrorKind::InvalidState, &["`user`"]);
    expect_error(
        user.insert_all([person("x", 1).set("nme", 1)]).execute(session),
        ErrorKind::Schema,
        &["`user`", "no column `nme`"],
    );
    let unknown = user.insert().set("name", "x").on_conflict(["mail"]).do_nothing();
    expect_error(unknown.execute(session), ErrorKind::Schema, &["`user`", "no column `mail`"]);
    expect_error(
        user.clone().named("u").insert().set("name", "x").execute(session),
        ErrorKind::InvalidState,
        &["`u`", "named"],
    );
    cx.expect_log(&[]);
    assert_eq!(user.insert_all([]).execute(session)?, 0);
    cx.expect_log(&[]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["3"]);
    expect_error(
        user.insert().set("name", None::<String>).set("age", 1).execute(session),
        ErrorKind::NotNullViolation,
        &["name"],
    );
    Ok(())
}

pub fn many_rows_are_one_statement(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows = [person("dora", 1), TableRow::new().set("age", 2).set("name", "emil")];
    assert_eq!(user().insert_all(rows).execute(session)?, 2);
    cx.expect_log(&["insert user (name, age) x2"]);
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" WHERE age < 10 ORDER BY age"#, &["dora|1", "emil|2"]);
    Ok(())
}

pub fn more_rows_than_parameters_are_several_statements(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let most = cx.capabilities().max_parameters / 2;
    let count = i32::try_from(most).unwrap_or(i32::MAX) + 5;
    let rows = (0..count).map(|age| person("x", age));
    assert_eq!(user().insert_all(rows).execute(session)?, u64::try_from(count).unwrap_or(0));
    cx.expect_log(&[&format!("insert user x{most}"), "insert user x5"]);
    cx.clear_log();
    let upsert = user().insert_all((0..count).map(|age| person("y", age).set("id", 1_000_000 + age)));
    let upsert = upsert.on_conflict(["id"]).do_update().set("name", "z");
    assert_eq!(upsert.execute(session)?, u64::try_from(count).unwrap_or(0));
    let most = (cx.capabilities().max_parameters - 1) / 3;
    let rest = usize::try_from(count).unwrap_or(0) - most;
    cx.expect_log(&[&format!("insert user x{most}"), &format!("insert user x{rest}")]);
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*), max(age) FROM "user""#, &[&format!("{}|{}", 2 * count + 3, count - 1)]);
    Ok(())
}

pub fn what_fails_in_the_middle_leaves_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let most = cx.capabilities().max_parameters / 3;
    let row =
        |number: usize| person("x", 1).set("email", if number < most + 5 { number.to_string() } else { "1".into() });
    let failed = user().insert_all((0..most + 6).map(row)).execute(session);
    expect_error(failed, ErrorKind::UniqueViolation, &["email"]);
    expect_error(user().query().all(session), ErrorKind::PendingRollback, &[]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["3"]);
    let failed = user().insert_all([0, 1, most + 5].map(row)).returning([user().col("id")?]).all(session);
    expect_error(failed, ErrorKind::UniqueViolation, &["email"]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["3"]);
    Ok(())
}

/// An insert takes the rows of a query.
pub fn rows_are_copied_from_table_to_table(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    cx.execute("CREATE TABLE copy (id INTEGER, name VARCHAR(99), age INTEGER, email VARCHAR(99))");
    let copy = Table::new("copy").column::<i32>("id").column::<String>("name").column::<i32>("age");
    let copy = copy.column::<Option<String>>("email");
    let rows = user().query().all(session)?;
    assert_eq!(copy.insert_all(rows.clone()).execute(session)?, 3);
    assert_eq!(copy.query().order_by(copy.col("id")?).all(session)?, rows);
    let renamed = rows.into_iter().map(|row| row.set("name", "x"));
    copy.insert_all(renamed).execute(session)?;
    assert_eq!(copy.query().filter(copy.col("name")?.eq("x")).count(session)?, 3);
    Ok(())
}

pub fn a_query_fills_a_table(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let (user, address) = (user(), address());
    let homes = user.query().filter(user.col("age")?.eq(30)).select([user.col("name")?, user.col("id")?]);
    assert_eq!(address.insert_from(["city", "user_id"], homes).execute(session)?, 2);
    session.commit()?;
    cx.expect_rows("SELECT city FROM address ORDER BY city", &["Ulm", "alice", "carol"]);
    let ages = user.query().select([user.col("age")?, user.col("id")?]);
    expect_error(
        address.insert_from(["city", "user_id"], ages).execute(session),
        ErrorKind::InvalidState,
        &["`address`.`city` (Text)", "`user`.`age` (I32)"],
    );
    expect_error(
        address.insert_from(["city"], user.query()).execute(session),
        ErrorKind::InvalidState,
        &["table `address`", "1 columns", "4 values"],
    );
    Ok(())
}

pub fn conflicts_are_resolved(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let row = |name: &str, age, email: &str| person(name, age).set("email", email);
    user.insert_all([row("dora", 1, "d"), row("emil", 2, "e")]).execute(session)?;
    let again = || user.insert_all([row("doris", 10, "d"), row("fred", 3, "f")]);
    assert_eq!(again().on_conflict(["email"]).do_nothing().execute(session)?, 1);
    assert_eq!(again().ignore_conflicts().execute(session)?, 0);
    let older = Item::from(user.col("age")?.typed::<i32>()? + user.excluded("age")?.typed::<i32>()?);
    let update = again().on_conflict(["email"]).do_update().set("age", older).set("name", user.excluded("name")?);
    let update = update.filter(user.col("age")?.lt(user.excluded("age")?));
    assert_eq!(update.clone().execute(session)?, 1);
    let back = update.filter(user.col("name")?.is_not_null()).returning([user.col("age")?]);
    assert_eq!(back.all(session)?.len(), 0);
    session.commit()?;
    cx.expect_rows(&NAMES.replace("ORDER", "WHERE age < 20 ORDER"), &["doris|11|d", "emil|2|e", "fred|3|f"]);
    let none = user.insert().set("name", "x").set("age", 1).on_conflict(["age"]).do_nothing();
    assert!(none.execute(session).is_err());
    session.rollback()
}

pub fn rows_come_back(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    let rows = ["x", "y", "z"].map(|name| person(name, 1));
    let back = user.insert_all(rows).returning([user.col("id")?, user.col("name")?]).all(session)?;
    let names: Vec<String> = back.iter().map(|row| row.read("name")).collect::<Result<_>>()?;
    assert_eq!(names, ["x", "y", "z"]);
    let found = user.query().filter(user.col("id")?.in_(back.iter().filter_map(|row| row.get("id")).cloned()));
    assert_eq!(found.count(session)?, 3);
    cx.expect_log(&["insert user", "insert user", "insert user", "select user"]);
    let new = user.insert().set("name", "dora").set("age", 7).returning(user.cols()).one(session)?;
    assert_eq!((new.read::<i32>("age")?, new.get("email")), (7, Some(&Value::Null)));
    let older = Item::from(user.col("age")?.typed::<i32>()? * 2).label("twice");
    let changed = user.update().set("age", 8).filter(user.col("name")?.eq("dora")).returning([older]);
    assert_eq!(changed.one(session)?.read::<i32>("twice")?, 16);
    let gone = user.delete().filter(user.col("age")?.eq(8)).returning([user.col("name")?]);
    assert_eq!(gone.clone().one(session)?.read::<String>("name")?, "dora");
    assert_eq!(gone.clone().one_or_none(session)?, None);
    expect_error(gone.one(session), ErrorKind::NotFound, &[]);
    Ok(())
}

pub fn a_constraint_by_its_name(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let row = |email: &str| person("x", 1).set("email", email);
    let insert = user().insert_all([row("a"), row("a")]).on_constraint("uq_user_email").do_nothing();
    assert_eq!(insert.execute(session)?, 1);
    Ok(())
}

pub fn other_tables_decide_what_is_changed(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let (user, address) = (user(), address());
    let at_home = address.col("user_id")?.eq(user.col("id")?);
    let update = user.update().join(&address, at_home.clone()).set("email", address.col("city")?);
    assert_eq!(update.filter(user.col("age")?.gt(20)).execute(session)?, 1);
    let named = user.query().filter(user.col("email")?.eq("Ulm")).one(session)?;
    assert_eq!(named.read::<String>("name")?, "alice");
    let delete = address.delete().join(&user, at_home).filter(user.col("name")?.eq("alice"));
    assert_eq!(delete.execute(session)?, 1);
    Ok(())
}

/// Objects that were read of rows that a rollback takes back are read anew.
pub fn a_rollback_takes_rows_back(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let user = user();
    user.update().set("age", 99).execute(session)?;
    let bob = User::query().filter(User::name.eq("bob")).one(session)?;
    assert_eq!(session[bob].age, 99);
    session.rollback()?;
    let again = User::query().filter(User::name.eq("bob")).one(session)?;
    assert_eq!((again, session[bob].age), (bob, 25));
    Ok(())
}
