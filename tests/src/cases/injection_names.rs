//! Hostile text at every place that takes a name: it is a name, or is refused.

use orm::functions::label;
use orm::prelude::*;
use orm::query::table::{Item, Table, TableRow};
use orm::{ErrorKind, Result};

use super::injection::{HOSTILE, check_unharmed, users};
use crate::models::User;
use crate::{TestContext, expect_error};

cases! { injection_names {
    names_of_tables_and_columns_are_names [];
    labels_are_names [];
    function_names_are_names [];
    savepoint_names_are_names [];
    nul_in_names_is_refused [];
    schemas_are_names [];
    sources_are_names [];
    constraints_are_names [];
    unknown_names_are_refused [];
    ids_of_prepared_transactions_are_checked [];
} }

/// The texts that can be names in the database.
fn possible_names(cx: &TestContext) -> impl Iterator<Item = &'static str> {
    let any = cx.capabilities().astral_names;
    let fits = |text: &str| text.chars().all(|letter| letter <= '\u{FFFF}') && !text.ends_with(char::is_whitespace);
    HOSTILE.into_iter().filter(move |text| any || fits(text))
}

pub fn names_of_tables_and_columns_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in possible_names(cx) {
        let quoted = format!("\"{}\"", text.replace('"', "\"\""));
        session.commit()?;
        cx.execute(&format!("CREATE TABLE {quoted} (id INTEGER, {quoted} VARCHAR(99))"));
        let table = Table::new(text).column::<i64>("id").column::<Option<String>>(text);
        assert_eq!(table.insert().set("id", 1).set(text, text).execute(session)?, 1);
        let row = table.query().filter(table.col(text)?.eq(text)).order_by(table.col(text)?).first(session)?;
        assert_eq!(row.map(|row| row.read::<String>(text)).transpose()?.as_deref(), Some(text));
        let other = table.clone().named(format!("{text}2"));
        let both = table.query().join(&other, table.col("id")?.eq(other.col("id")?)).all(session)?;
        assert_eq!(both[0].read::<String>(&format!("{text}2.{text}"))?, text);
        assert_eq!(table.update().set(text, "x").filter(table.col(text)?.eq(text)).execute(session)?, 1);
        assert_eq!(table.delete().filter(table.col(text)?.eq("x")).execute(session)?, 1);
    }
    check_unharmed(cx, session)
}

pub fn labels_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in possible_names(cx) {
        let query = User::query().filter(User::name.eq("plain")).select(User::name.label(text)).order_by(label(text));
        assert_eq!(query.all(session)?, ["plain"]);
        let table = Table::new("user").column::<String>("name");
        let rows = table
            .query()
            .select([table.col("name")?.label(text)])
            .filter(table.col("name")?.eq("plain"))
            .all(session)?;
        assert_eq!(rows[0].read::<String>(text)?, "plain");
    }
    check_unharmed(cx, session)
}

orm::sql_function! {
    fn hostile() -> i64 = "lower\"('x'); DROP TABLE \"user\"; --";
}

pub fn function_names_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let called = User::query().select(hostile()).all(session);
    expect_error(called, ErrorKind::Database, &["DROP TABLE"]);
    session.rollback()?;
    let table = Table::new("user").column::<String>("name");
    assert!(table.query().select([Item::from(hostile()).label("x")]).all(session).is_err());
    session.rollback()?;
    check_unharmed(cx, session)
}

pub fn savepoint_names_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    session.close()?;
    let mut connection = cx.engine.connection()?;
    connection.begin(orm::driver::TransactionMode::Write)?;
    for text in possible_names(cx) {
        connection.savepoint(text)?;
        connection.execute_script(r#"DELETE FROM "user""#)?;
        connection.rollback_to_savepoint(text)?;
        connection.release_savepoint(text)?;
    }
    expect_error(connection.savepoint("a\0b"), ErrorKind::Config, &["NUL"]);
    connection.commit()?;
    drop(connection);
    check_unharmed(cx, &mut cx.session())
}

pub fn nul_in_names_is_refused(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let table = Table::new("user\0; DROP").column::<String>("name");
    expect_error(table.query().all(session), ErrorKind::InvalidState, &["NUL"]);
    expect_error(table.insert().set("name", "x").execute(session), ErrorKind::InvalidState, &["NUL"]);
    expect_error(table.update().set("name", "x").execute(session), ErrorKind::InvalidState, &["NUL"]);
    expect_error(table.delete().execute(session), ErrorKind::InvalidState, &["NUL"]);
    let labeled = User::query().select(User::name.label("a\0b"));
    expect_error(labeled.all(session), ErrorKind::InvalidState, &["NUL"]);
    expect_error(sql("SELECT 1 AS \"a\0b\"").all::<i64>(session), ErrorKind::InvalidState, &["NUL"]);
    expect_error(User::query().select(sql_expr::<i64>("1\0")).all(session), ErrorKind::InvalidState, &["NUL"]);
    check_unharmed(cx, session)
}

pub fn schemas_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in possible_names(cx) {
        let table = Table::new("user").schema(text).column::<i64>("id").column::<String>("name");
        expect_error(table.query().all(session), ErrorKind::Database, &[]);
        session.rollback()?;
        expect_error(table.delete().execute(session), ErrorKind::Database, &[]);
        session.rollback()?;
        if cx.capabilities().schemas {
            let quoted = format!("\"{}\"", text.replace('"', "\"\""));
            let created = format!("CREATE SCHEMA {quoted}; CREATE TABLE {quoted}.\"user\" (id BIGINT, name TEXT)");
            match cx.capabilities().transactional_schema {
                true => session.script(&created)?,
                false => cx.execute(&created),
            }
            assert_eq!(table.insert().set("id", 1).set("name", text).execute(session)?, 1);
            let row = table.query().filter(table.col("name")?.eq(text)).one(session)?;
            assert_eq!(row.read::<String>("name")?, text);
            session.rollback()?;
            if !cx.capabilities().transactional_schema {
                cx.execute(&format!("DROP SCHEMA {quoted}"));
            }
        }
    }
    check_unharmed(cx, session)
}

pub fn sources_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let user = Table::new("user").column::<i64>("id").column::<String>("name");
    for text in possible_names(cx) {
        let names = user.query().select([user.col("name")?.label(text)]).filter(user.col("name")?.eq(text));
        let inner = names.subquery(text);
        let query = inner.query().join(&user, user.col("name")?.eq(inner.col(text)?)).select([inner.col(text)?]);
        assert_eq!(query.order_by(label(text).desc()).one(session)?.read::<String>(text)?, text);
        let twin = user.clone().named(text);
        let same = Item::exists(twin.query().filter(twin.col("name")?.eq(user.col("name")?)));
        assert_eq!(user.query().filter(same).count(session)?, HOSTILE.len() as u64 + 1);
    }
    check_unharmed(cx, session)
}

pub fn constraints_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let known = cx.capabilities().conflict_constraints;
    let kind = if known { ErrorKind::Database } else { ErrorKind::Unsupported };
    let user = Table::new("user").column::<String>("name").column::<i32>("age");
    for text in HOSTILE {
        let words: &[&str] = if known { &[text] } else { &["CONSTRAINT"] };
        let typed = User::insert_with((User::name.set("x"), User::age.set(1))).on_constraint(text).do_nothing();
        expect_error(typed.execute(session), kind, words);
        session.rollback()?;
        let untyped = user.insert().set("name", "x").set("age", 1).on_constraint(text).do_nothing();
        expect_error(untyped.execute(session), kind, words);
        session.rollback()?;
    }
    check_unharmed(cx, session)
}

/// Before anything is sent.
pub fn unknown_names_are_refused(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let user = Table::new("user").column::<String>("name").column::<i32>("age");
    for text in HOSTILE {
        let no_column = |error: Result<u64>| expect_error(error, ErrorKind::Schema, &["no column", text]);
        no_column(user.insert().set(text, 1).execute(session));
        no_column(user.insert_all([TableRow::new().set(text, 1)]).execute(session));
        no_column(user.insert_from([text], user.query()).execute(session));
        no_column(user.insert().set("name", "x").on_conflict([text]).do_nothing().execute(session));
        no_column(user.insert().set("name", "x").on_conflict(["name"]).do_update().set(text, 1).execute(session));
        no_column(user.update().set(text, 1).execute(session));
        expect_error(user.excluded(text), ErrorKind::Schema, &["no column", text]);
        let fragment = sql_expr::<i64>("1").bind(text, 1);
        expect_error(User::query().select(fragment).all(session), ErrorKind::InvalidState, &["is bound"]);
        let fragment = sql_expr::<i64>("1").with(text, User::age);
        expect_error(User::query().select(fragment).all(session), ErrorKind::InvalidState, &["is bound"]);
        let unlabeled = User::query().select(User::name).order_by(label(text));
        expect_error(unlabeled.all(session), ErrorKind::InvalidState, &["nothing is selected"]);
    }
    cx.expect_log(&[]);
    check_unharmed(cx, session)
}

pub fn ids_of_prepared_transactions_are_checked(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let prepared = cx.capabilities().prepared_transactions;
    let kind = if prepared { ErrorKind::Config } else { ErrorKind::Unsupported };
    // These two are ids as good as any.
    for text in HOSTILE.into_iter().filter(|text| !["_", ":name"].contains(text)) {
        expect_error(session.prepare(text), kind, &[]);
        expect_error(cx.engine.commit_prepared(text), kind, &[]);
        expect_error(cx.engine.rollback_prepared(text), kind, &[]);
    }
    cx.expect_log(&[]);
    check_unharmed(cx, session)
}
