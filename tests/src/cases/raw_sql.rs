//! SQL that was written by hand.

use orm::prelude::*;
use orm::query::table::TableRow;
use orm::{Error, ErrorKind, Result};

use crate::models::{Address, Status, User};
use crate::{TestContext, expect_error};

cases! { raw_sql {
    rows_are_values_and_tuples [];
    rows_are_structs_by_name [];
    rows_are_read_by_any_names [];
    columns_are_checked [];
    one_first_and_each [];
    values_are_bound_by_name [];
    a_name_may_be_optional [];
    lists_are_bound [];
    an_empty_list_holds_nothing [];
    values_of_every_kind_are_bound [];
    names_are_not_found_in_text [];
    objects_are_found_by_name [];
    objects_stay_themselves [];
    objects_need_all_their_columns [];
    statements_are_executed [];
    statements_flush_first [];
    several_statements_are_a_script [];
    a_script_keeps_the_transaction [];
    a_failing_script_says_so [];
    transactions_are_the_sessions [];
    fragments_stand_in_queries [];
    fragments_stand_in_updates [];
    mistakes_send_nothing [];
} }

#[derive(FromRow, Debug, PartialEq)]
struct Person {
    name: String,
    #[orm(column = "years")]
    age: i32,
    email: Option<String>,
}

fn town(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let email = |name: &str| Some(format!("{name}@example.org"));
    session.add(User { age: 30, email: email("alice"), ..User::named("alice") });
    session.add(User { age: 25, ..User::named("bob") });
    session.add(User { age: 41, ..User::named("carol") });
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

pub fn rows_are_values_and_tuples(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let names: Vec<String> = sql(r#"SELECT name FROM "user" ORDER BY name"#).all(session)?;
    assert_eq!(names, ["alice", "bob", "carol"]);
    let rows = sql(r#"SELECT age, email FROM "user" ORDER BY age"#).all::<(i32, Option<String>)>(session)?;
    assert_eq!(rows[1], (30, Some("alice@example.org".into())));
    let nested =
        sql(r#"SELECT age, name, email FROM "user" ORDER BY age"#).all::<(i32, (String, Option<String>))>(session)?;
    assert_eq!(nested[0], (25, ("bob".into(), None)));
    let sum: i64 = sql(r#"SELECT sum(age) FROM "user""#).one(session)?;
    assert_eq!(sum, 96);
    Ok(())
}

pub fn rows_are_structs_by_name(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let people =
        sql(r#"SELECT email, id AS other, age AS years, name FROM "user" ORDER BY age"#).all::<Person>(session)?;
    assert_eq!(people[0], Person { name: "bob".into(), age: 25, email: None });
    assert_eq!(people[1].email.as_deref(), Some("alice@example.org"));
    let shouted =
        sql(r#"SELECT email AS "EMAIL", age AS "Years", name FROM "user" ORDER BY age"#).first::<Person>(session)?;
    assert_eq!(shouted.map(|person| person.age), Some(25));
    Ok(())
}

/// A report over a table that is known by name only.
pub fn rows_are_read_by_any_names(cx: &mut TestContext) -> Result<()> {
    cx.execute("CREATE TABLE report (id INTEGER, city TEXT); INSERT INTO report VALUES (1, 'Ulm'), (2, NULL)");
    let mut session = cx.session();
    let rows: Vec<TableRow> = sql("SELECT * FROM report ORDER BY id").all(&mut session)?;
    let names: Vec<&str> = rows[0].iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["id", "city"]);
    assert_eq!((rows[0].read::<i64>("id")?, rows[0].read::<String>("city")?), (1, "Ulm".to_owned()));
    assert_eq!(rows[1].get("city"), Some(&orm::Value::Null));
    expect_error(rows[0].read::<i64>("town"), ErrorKind::Decode, &["town", "`id`, `city`"]);
    let first: Option<TableRow> =
        sql("SELECT city AS town, id + :more AS id FROM report WHERE id = 2").bind("more", 5).first(&mut session)?;
    assert_eq!(first.map(|row| row.read::<i64>("id")).transpose()?, Some(7));
    let read = sql("SELECT * FROM report").iter::<TableRow>(&mut session)?.collect::<Result<Vec<_>>>()?;
    assert_eq!(read.len(), 2);
    let none: Vec<TableRow> = sql("SELECT * FROM report WHERE id = 3").all(&mut session)?;
    assert_eq!(none, []);
    session.commit()
}

pub fn columns_are_checked(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let two = r#"SELECT name, age FROM "user""#;
    expect_error(sql(two).all::<String>(session), ErrorKind::Decode, &["2 columns", "`name`, `age`", "1 are read"]);
    expect_error(sql(two).all::<(String, i32, i32)>(session), ErrorKind::Decode, &["3 are read"]);
    expect_error(
        sql(two).all::<(i32, i32)>(session),
        ErrorKind::Decode,
        &["column `name`", "a 32-bit integer", "\"alice\""],
    );
    expect_error(
        sql(r#"SELECT email FROM "user" ORDER BY age"#).all::<String>(session),
        ErrorKind::Decode,
        &["column `email`", "expected text", "found NULL"],
    );
    expect_error(sql(two).all::<Person>(session), ErrorKind::Decode, &["Person", "no column `years`", "`name`, `age`"]);
    let wrong = r#"SELECT email, name AS years, name FROM "user""#;
    expect_error(
        sql(wrong).all::<Person>(session),
        ErrorKind::Decode,
        &["Person", "column `years`", "a 32-bit integer"],
    );
    let twice = r#"SELECT name, age AS years, email, name FROM "user""#;
    expect_error(sql(twice).all::<Person>(session), ErrorKind::Decode, &["Person", "several columns `name`"]);
    Ok(())
}

pub fn one_first_and_each(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let by_age = || sql(r#"SELECT name FROM "user" WHERE age > :age ORDER BY age"#);
    assert_eq!(by_age().bind("age", 30).one::<String>(session)?, "carol");
    assert_eq!(by_age().bind("age", 0).first::<String>(session)?.as_deref(), Some("bob"));
    assert_eq!(by_age().bind("age", 50).first::<String>(session)?, None);
    assert_eq!(by_age().bind("age", 50).one_or_none::<String>(session)?, None);
    expect_error(by_age().bind("age", 0).one::<String>(session), ErrorKind::MultipleFound, &["row"]);
    expect_error(by_age().bind("age", 50).one::<String>(session), ErrorKind::NotFound, &["row"]);
    let mut seen = Vec::new();
    let outcome = by_age().bind("age", 0).each(session, |name: String| {
        seen.push(name);
        if seen.len() == 2 { Err(Error::new(ErrorKind::InvalidState, "enough")) } else { Ok(()) }
    });
    expect_error(outcome, ErrorKind::InvalidState, &["enough"]);
    assert_eq!(seen, ["bob", "alice"]);
    assert_eq!(User::query().count(session)?, 3);
    Ok(())
}

pub fn values_are_bound_by_name(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let query = sql(r#"SELECT name FROM "user" WHERE age BETWEEN :low AND :high AND name <> :name ORDER BY age"#)
        .bind("name", "carol")
        .bind("high", 41)
        .bind("low", 25_i64);
    assert_eq!(query.all::<String>(session)?, ["bob", "alice"]);
    Ok(())
}

pub fn a_name_may_be_optional(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let text = r#"SELECT name FROM "user" WHERE (CAST(:name AS VARCHAR(80)) IS NULL OR name = :name) ORDER BY name"#;
    assert_eq!(sql(text).bind("name", None::<&str>).all::<String>(session)?.len(), 3);
    assert_eq!(sql(text).bind("name", Some("bob")).all::<String>(session)?, ["bob"]);
    Ok(())
}

pub fn lists_are_bound(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let names = |session: &mut Session, query: orm::Sql| query.all::<String>(session);
    let inside = || sql(r#"SELECT name FROM "user" WHERE age IN (:ages) ORDER BY age"#);
    assert_eq!(names(session, inside().bind("ages", [25, 41, 99]))?, ["bob", "carol"]);
    assert_eq!(names(session, inside().bind("ages", vec![30_i64]))?, ["alice"]);
    let outside = sql(r#"SELECT name FROM "user" WHERE name not in ( :names ) ORDER BY age"#);
    assert_eq!(names(session, outside.bind("names", ["bob", "alice"]))?, ["carol"]);
    let both = sql(r#"SELECT name FROM "user" WHERE age IN (:ages) AND age NOT IN (:ages)"#);
    assert_eq!(names(session, both.bind("ages", &[25, 30][..]))?, [""; 0]);
    let hostile = sql(r#"SELECT name FROM "user" WHERE name IN (:names)"#);
    assert_eq!(names(session, hostile.bind("names", ["') OR 1=1 --", "bob"]))?, ["bob"]);
    Ok(())
}

/// Not even NULL is in an empty list, and nothing is known to be in it either.
pub fn an_empty_list_holds_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let none: [String; 0] = [];
    let inside = sql(r#"SELECT name FROM "user" WHERE email IN (:emails)"#).bind("emails", none.clone());
    assert_eq!(inside.all::<String>(session)?, [""; 0]);
    let outside = sql(r#"SELECT name FROM "user" WHERE email NOT IN (:emails)"#).bind("emails", none.clone());
    assert_eq!(outside.all::<String>(session)?.len(), 3);
    let null = sql(r#"SELECT count(*) FROM "user" WHERE (email IN (:emails)) IS NULL"#).bind("emails", none);
    assert_eq!(null.one::<i64>(session)?, 0);
    Ok(())
}

pub fn values_of_every_kind_are_bound(cx: &mut TestContext) -> Result<()> {
    let session = &mut cx.session();
    let text = cx.spelled(
        "SELECT CAST(:small AS SMALLINT), CAST(:float AS DOUBLE PRECISION), CAST(:text AS VARCHAR(9)), CAST(:status AS VARCHAR(9))",
        cx.spelled_by([
            "",
            "SELECT CAST(:small AS SMALLINT), CAST(:float AS DOUBLE PRECISION), CAST(:text AS VARCHAR(9)), CAST(:status AS VARCHAR(9))",
            "SELECT CAST(:small AS SIGNED), CAST(:float AS DOUBLE), CAST(:text AS CHAR(9)), CAST(:status AS CHAR(9))",
        ]),
    );
    let row =
        sql(text).bind("small", 7_i16).bind("float", 0.5).bind("text", String::from("x")).bind("status", Status::Done);
    assert_eq!(row.one::<(i16, f64, String, Status)>(session)?, (7, 0.5, "x".into(), Status::Done));
    let bytes = sql("SELECT CAST(:bytes AS VARCHAR(9)) IS NULL").bind("bytes", None::<String>);
    assert!(bytes.one::<bool>(session)?);
    Ok(())
}

pub fn names_are_not_found_in_text(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let text = r#"SELECT ':a', 'it''s :b', age AS ":c" -- :d
        /* :e */ FROM "user" WHERE name = :name"#;
    let row = sql(text).bind("name", "bob").one::<(String, String, i32)>(session)?;
    assert_eq!(row, (":a".into(), "it's :b".into(), 25));
    if cx.capabilities().lexical_rules.dollar_quotes {
        let row =
            sql("SELECT $x$ :a $y$ $x$, '1'::int + :n, E'\\':b'").bind("n", 2).one::<(String, i32, String)>(session)?;
        assert_eq!(row, (" :a $y$ ".into(), 3, "':b".into()));
    }
    Ok(())
}

pub fn objects_are_found_by_name(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let text = r#"SELECT 1 AS one, email, age, name, id FROM "user" WHERE age > :age ORDER BY age"#;
    let found = User::from_sql(sql(text).bind("age", 25)).all(session)?;
    let names: Vec<&str> = found.iter().map(|user| session[*user].name.as_str()).collect();
    assert_eq!(names, ["alice", "carol"]);
    let all = || User::from_sql(sql(r#"SELECT * FROM "user" ORDER BY age"#));
    assert_eq!(all().first(session)?.map(|user| session[user].age), Some(25));
    assert_eq!(all().values(session)?[2].name, "carol");
    expect_error(all().one(session), ErrorKind::MultipleFound, &["User"]);
    let none = || User::from_sql(sql(r#"SELECT * FROM "user" WHERE age > 99"#));
    expect_error(none().one(session), ErrorKind::NotFound, &["User"]);
    assert_eq!(none().one_or_none(session)?, None);
    Ok(())
}

pub fn objects_stay_themselves(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let bob = User::query().filter(User::name.eq("bob")).one(session)?;
    session.commit()?;
    session.set_autoflush(false);
    cx.execute(r#"UPDATE "user" SET age = 99 WHERE name = 'bob'"#);
    session[bob].age = 7;
    let found = || User::from_sql(sql(r#"SELECT * FROM "user" WHERE name = 'bob'"#));
    assert_eq!(found().one(session)?, bob);
    assert_eq!(session[bob].age, 7);
    assert_eq!(found().populate_existing().one(session)?, bob);
    assert_eq!(session[bob].age, 99);
    session[bob].age = 26;
    session.commit()?;
    cx.expect_rows(r#"SELECT age FROM "user" WHERE name = 'bob'"#, &["26"]);
    // One statement for the relation of all objects of the result.
    let all = User::from_sql(sql(r#"SELECT * FROM "user" ORDER BY id"#)).all(session)?;
    cx.clear_log();
    for user in all {
        session.load(user, User::addresses)?;
    }
    cx.expect_log(&["select address"]);
    Ok(())
}

pub fn objects_need_all_their_columns(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let found = User::from_sql(sql(r#"SELECT id, name FROM "user""#)).all(session);
    expect_error(found, ErrorKind::Decode, &["User", "no column `age`", "`id`, `name`"]);
    let found = User::from_sql(sql(r#"SELECT id, name, name AS age, email FROM "user""#)).all(session);
    expect_error(found, ErrorKind::Decode, &["User", "column `age`", "a 32-bit integer"]);
    Ok(())
}

pub fn statements_are_executed(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let bob = User::query().filter(User::name.eq("bob")).one(session)?;
    let raise = sql(r#"UPDATE "user" SET age = age + :more WHERE age < :limit"#).bind("more", 1).bind("limit", 40);
    assert_eq!(raise.execute(session)?, 2);
    assert_eq!(session[bob].age, 25);
    session.refresh(bob)?;
    assert_eq!(session[bob].age, 26);
    let added = sql(r#"INSERT INTO "user" (name, age) VALUES (:name, :age) RETURNING name, age"#);
    assert_eq!(added.bind("name", "dora").bind("age", 5).one::<(String, i32)>(session)?, ("dora".into(), 5));
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY name"#, &["alice|31", "bob|26", "carol|41", "dora|5"]);
    assert_eq!(sql(r#"DELETE FROM "user" WHERE age > :age"#).bind("age", 0).execute(session)?, 4);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["4"]);
    Ok(())
}

pub fn statements_flush_first(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    session.add(User::named("dora"));
    assert_eq!(sql(r#"SELECT count(*) FROM "user""#).one::<i64>(session)?, 4);
    session.add(User::named("emil"));
    assert_eq!(sql(r#"UPDATE "user" SET age = 1"#).execute(session)?, 5);
    session.add(User::named("fred"));
    session.script(r#"UPDATE "user" SET age = 2"#)?;
    session.add(User::named("gina"));
    assert_eq!(User::from_sql(sql(r#"SELECT * FROM "user""#)).all(session)?.len(), 7);
    session.set_autoflush(false);
    session.add(User::named("hans"));
    assert_eq!(sql(r#"SELECT count(*) FROM "user" WHERE age = 2"#).one::<i64>(session)?, 6);
    cx.expect_log(&[
        "insert user",
        "select user",
        "insert user",
        "update user",
        "insert user",
        "update user x0",
        "insert user",
        "select user",
        "select user",
    ]);
    Ok(())
}

pub fn several_statements_are_a_script(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    session.script(
        r#"
        -- Names; in capitals.
        UPDATE "user" SET name = 'A;B' WHERE name = 'alice';
        DELETE FROM "user" WHERE name = 'bob'; /* ; */
        INSERT INTO address (city, user_id) SELECT 'Ulm', id FROM "user";
        "#,
    )?;
    assert_eq!(sql("SELECT count(*) FROM address").one::<i64>(session)?, 2);
    session.rollback()?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["alice", "bob", "carol"]);
    let error = sql(r#"DELETE FROM "user"; DELETE FROM address"#).execute(session);
    expect_error(error, ErrorKind::InvalidState, &["has 2", "session.script(..)"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["3"]);
    Ok(())
}

pub fn a_script_keeps_the_transaction(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let bob = User::query().filter(User::name.eq("bob")).one(session)?;
    let mut nested = session.begin_nested()?;
    nested.script(r#"UPDATE "user" SET age = 0"#)?;
    nested.rollback()?;
    session.script(r#"UPDATE "user" SET age = 77 WHERE name = 'bob'"#)?;
    assert_eq!(session[bob].age, 25);
    session.expire_all();
    User::query().all(session)?;
    assert_eq!(session[bob].age, 77);
    session.commit()?;
    cx.expect_rows(r#"SELECT age FROM "user" ORDER BY name"#, &["30", "77", "41"]);
    Ok(())
}

pub fn a_failing_script_says_so(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let failed = session.script(r#"DELETE FROM "user" WHERE name = 'bob'; DELETE FROM nothing"#);
    expect_error(failed, ErrorKind::Database, &["nothing"]);
    session.rollback()?;
    assert_eq!(User::query().count(session)?, 3);
    Ok(())
}

pub fn transactions_are_the_sessions(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    session.add(User::named("dora"));
    for text in ["COMMIT", "begin", "  ROLLBACK;", "/* ; */ SAVEPOINT a", "Release a"] {
        expect_error(sql(text).execute(session), ErrorKind::InvalidState, &["the session begins and ends"]);
        expect_error(session.script(text), ErrorKind::InvalidState, &["the session begins and ends"]);
    }
    expect_error(session.script("DELETE FROM address; COMMIT"), ErrorKind::InvalidState, &["`COMMIT`"]);
    expect_error(session.script("DELETE FROM address WHERE id = :id"), ErrorKind::InvalidState, &["`:id`"]);
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn fragments_stand_in_queries(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let older = sql_expr::<i64>(":age + :years").with("age", User::age).bind("years", 10);
    let rows = User::query()
        .filter(older.clone().gt(36))
        .order_by(older.clone().desc())
        .select((User::name, older))
        .all(session)?;
    assert_eq!(rows, [("carol".to_owned(), 51), ("alice".to_owned(), 40)]);
    let listed = sql_expr::<bool>(":name IN (:names)").with("name", User::name).bind("names", ["bob", "x' OR '1'='1"]);
    assert_eq!(User::query().filter(listed).select(User::name).all(session)?, ["bob"]);
    let either = sql_expr::<bool>("1 = 2 OR 3 = 3");
    assert_eq!(User::query().filter(either).filter(User::age.lt(30)).select(User::name).all(session)?, ["bob"]);
    let grouped = sql_expr::<i64>("count(*) /* of all */");
    assert_eq!(User::query().select(grouped).one(session)?, 3);
    let place = Address::query()
        .join(Address::user)
        .filter(sql_expr::<bool>(":a = :b").with("a", User::name).with("b", Address::city));
    assert_eq!(place.count(session)?, 0);
    Ok(())
}

pub fn fragments_stand_in_updates(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let doubled = sql_expr::<i32>(":age * :by").with("age", User::age).bind("by", 2);
    let changed = User::query().filter(User::name.eq("bob")).update((User::age.set(doubled),)).execute(session)?;
    assert_eq!(changed, 1);
    assert_eq!(User::query().filter(User::name.eq("bob")).select(User::age).one(session)?, 50);
    Ok(())
}

pub fn mistakes_send_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let own = if cx.capabilities().lexical_rules.placeholders.contains(&'$') { "$1" } else { "?" };
    let own_words = format!("`{own}`");
    let refused = [
        (sql("SELECT :a"), "nothing is bound to `:a`"),
        (sql("SELECT :a").bind("a", 1).bind("b", 1), "no `:b`"),
        (sql("SELECT :a").bind("a", 1).bind("a", 1), "bound twice"),
        (sql("SELECT 'a"), "does not end"),
        (sql(format!("SELECT {own}")), &own_words),
        (sql(""), "no statement"),
        (sql("SELECT 1\0"), "NUL"),
    ];
    for (statement, words) in refused {
        expect_error(statement.clone().all::<i64>(session), ErrorKind::InvalidState, &[words]);
        expect_error(statement.execute(session), ErrorKind::InvalidState, &[words]);
    }
    cx.expect_full_log(&[]);
    let fragment = User::query().filter(sql_expr::<bool>(":a"));
    expect_error(fragment.count(session), ErrorKind::InvalidState, &["nothing is bound to `:a`"]);
    cx.expect_log(&[]);
    Ok(())
}
