//! Hostile text at every place that takes text: none of it changes a statement, and all of it comes back as it went, or is refused.

use orm::prelude::*;
use orm::query::table::{Item, Table};
use orm::{ErrorKind, Result};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { injection {
    values_are_values [];
    patterns_match_themselves [];
    raw_binds_are_values [];
    fragments_bind_values [];
    names_of_tables_and_columns_are_names [];
    values_of_tables_are_values [];
    labels_are_names [];
    function_names_are_names [];
    savepoint_names_are_names [];
    nul_is_refused_where_it_cannot_be_kept [];
    nul_in_names_is_refused [];
    long_text_is_text [];
} }

/// Text that means something to some database, in some place.
const HOSTILE: [&str; 24] = [
    "'",
    "''",
    "\"",
    "\"\"",
    "`",
    "]",
    "\\",
    "\\'",
    "'; DROP TABLE \"user\"; --",
    "\"; DROP TABLE \"user\"; --",
    "' OR '1'='1",
    "') OR ('1'='1",
    "1; DELETE FROM \"user\"",
    "-- comment",
    "/* comment",
    "*/",
    "%",
    "_",
    "$1",
    "?1",
    ":name",
    "$$",
    "ünïcödé \u{1f600} \u{202e}",
    "\u{feff} \u{a0}\t\r\n",
];

fn users(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all(HOSTILE.map(User::named));
    session.add(User::named("plain"));
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

/// All rows are there yet.
fn check_unharmed(cx: &TestContext, session: &mut Session) -> Result<()> {
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &[&(HOSTILE.len() + 1).to_string()]);
    cx.expect_rows("SELECT count(*) FROM address", &["0"]);
    Ok(())
}

pub fn values_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        let found = User::query().filter(User::name.eq(text)).select(User::name).all(session)?;
        assert_eq!(found, [text]);
        let found = User::query().filter(User::name.in_([text])).select((User::name, value(text))).one(session)?;
        assert_eq!(found, (text.to_owned(), text.to_owned()));
        let user = User::query().filter(User::name.eq(text)).one(session)?;
        session[user].email = Some(text.to_owned());
        session.flush()?;
        assert_eq!(User::query().filter(User::email.eq(text)).select(User::name).one(session)?, text);
    }
    check_unharmed(cx, session)
}

pub fn patterns_match_themselves(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        for condition in [User::name.contains(text), User::name.starts_with(text), User::name.ends_with(text)] {
            let found = User::query().filter(condition).select(User::name).all(session)?;
            assert!(found.iter().any(|name| name == text), "{text:?}");
            assert!(found.iter().all(|name| name.contains(text)), "{text:?}: {found:?}");
        }
    }
    check_unharmed(cx, session)
}

pub fn raw_binds_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        let found = sql(r#"SELECT name FROM "user" WHERE name = :name AND name IN (:names)"#);
        assert_eq!(found.bind("name", text).bind("names", [text]).all::<String>(session)?, [text]);
        let refused = sql("SELECT 1").bind(text, 1).all::<i64>(session);
        expect_error(refused, ErrorKind::InvalidState, &["is bound"]);
    }
    check_unharmed(cx, session)
}

pub fn fragments_bind_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        let same = sql_expr::<bool>(":name = :text").with("name", User::name).bind("text", text);
        assert_eq!(User::query().filter(same).select(User::name).all(session)?, [text]);
    }
    check_unharmed(cx, session)
}

pub fn names_of_tables_and_columns_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
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

pub fn values_of_tables_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let table = Table::new("user").column::<i64>("id").column::<String>("name");
    for text in HOSTILE {
        let rows =
            table.query().filter(table.col("name")?.eq(text).and(table.col("name")?.in_([text]))).all(session)?;
        assert_eq!(rows[0].read::<String>("name")?, text);
        expect_error(table.col(text), ErrorKind::Schema, &["no column"]);
    }
    check_unharmed(cx, session)
}

pub fn labels_are_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
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
    for text in HOSTILE {
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

/// A database that has no such text says so, and which object and field it was.
pub fn nul_is_refused_where_it_cannot_be_kept(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let user = session.add(User::named("a\0b"));
    let place = Address { street: Some("\0".into()), ..Address::in_city("x") };
    if cx.capabilities().nul_in_text {
        session.push(user, User::addresses, place)?;
        session.flush()?;
        assert_eq!(User::query().filter(User::name.eq("a\0b")).select(User::name).all(session)?, ["a\0b"]);
        return Ok(());
    }
    let words = ["NUL", cx.backend_name()];
    let error = expect_error(session.flush(), ErrorKind::Unsupported, &words);
    assert!(error.to_string().contains("`User::name`"), "{error}");
    session.rollback()?;
    let users = User::query().limit(2).all(session)?;
    for user in &users {
        session.push(*user, User::addresses, place.clone())?;
    }
    let error = expect_error(session.flush(), ErrorKind::Unsupported, &words);
    assert!(error.to_string().contains("`Address::street`"), "{error}");
    session.rollback()?;
    let user = User::query().first(session)?;
    if let Some(user) = user {
        session[user].email = Some("\0".into());
    }
    let error = expect_error(session.flush(), ErrorKind::Unsupported, &words);
    assert!(error.to_string().contains("`User::email`"), "{error}");
    session.rollback()?;
    expect_error(User::query().filter(User::name.eq("\0")).all(session), ErrorKind::Unsupported, &words);
    session.rollback()?;
    expect_error(sql("SELECT 1 WHERE 'a' = :a").bind("a", "\0").all::<i64>(session), ErrorKind::Unsupported, &words);
    session.rollback()?;
    check_unharmed(cx, session)
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

pub fn long_text_is_text(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let long = "'\"\\;--".repeat(50_000);
    assert_eq!(User::query().select(value(long.clone())).first(session)?, Some(long.clone()));
    assert!(!User::query().filter(User::name.contains(&long[..9_000])).exists(session)?);
    assert_eq!(sql("SELECT CAST(:text AS TEXT)").bind("text", &*long).one::<String>(session)?, long);
    check_unharmed(cx, session)
}
