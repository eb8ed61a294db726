use super::models::*;
use super::*;
use crate::error::ErrorKind;
use crate::render::{check_script, single_statement_writes};

#[track_caller]
fn check_sql(sql: Sql, lax: &str, cautious: &str, params: &[Value]) {
    for (dialect, expected) in [(&Lax as &'static dyn Dialect, lax), (&Cautious, cautious)] {
        let (text, found) = sql.to_sql(dialect).unwrap();
        assert_eq!(text, expected);
        assert_eq!(found, params);
    }
}

#[track_caller]
fn check_refused(sql: Sql, words: &[&str]) {
    for dialect in [&Lax as &'static dyn Dialect, &Cautious] {
        let error = sql.to_sql(dialect).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidState);
        for word in words {
            assert!(error.to_string().contains(word), "{error} does not say {word}");
        }
    }
}

#[test]
fn names_become_placeholders() {
    check_sql(
        sql("SELECT a FROM t WHERE b = :b AND c > :least_2").bind("least_2", 5_i64).bind("b", "x"),
        "SELECT a FROM t WHERE b = ?1 AND c > ?2",
        "SELECT a FROM t WHERE b = $1 AND c > $2",
        &[Value::Text("x".to_owned()), Value::I64(5)],
    );
}

#[test]
fn a_name_in_several_places_is_one_parameter() {
    check_sql(
        sql("SELECT 1 WHERE :q IS NULL OR name = :q OR other = :r").bind("q", Some("x")).bind("r", "x"),
        "SELECT 1 WHERE ?1 IS NULL OR name = ?1 OR other = ?2",
        "SELECT 1 WHERE $1 IS NULL OR name = $1 OR other = $2",
        &[Value::Text("x".to_owned()), Value::Text("x".to_owned())],
    );
}

#[test]
fn lists_stand_in_parentheses() {
    let list = Value::Array(vec![Value::I64(1), Value::I64(2)]);
    check_sql(
        sql("SELECT 1 WHERE a in (:ids) AND b NOT IN ( :ids )").bind("ids", [1_i64, 2]),
        "SELECT 1 WHERE a IN rarray(?1) AND b NOT IN rarray(?2)",
        "SELECT 1 WHERE a = ANY($1) AND b <> ALL($2)",
        &[list.clone(), list],
    );
    let none = sql("SELECT 1 WHERE a IN (:ids)").bind("ids", Vec::<i64>::new());
    check_sql(none, "SELECT 1 WHERE a IN rarray(?1)", "SELECT 1 WHERE a = ANY($1)", &[Value::Array(Vec::new())]);
}

#[test]
fn a_list_elsewhere_is_an_array_where_there_are_some() {
    let query = sql("SELECT 1 WHERE a = ANY(:ids)").bind("ids", vec!["x"]);
    let (text, _) = query.to_sql(&Cautious).unwrap();
    assert_eq!(text, "SELECT 1 WHERE a = ANY($1)");
    let error = query.to_sql(&Lax).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("`IN (:ids)`"), "{error}");
}

#[test]
fn what_is_no_name_stays() {
    for text in [
        "SELECT ':a', 'it''s :b', \":c\", \"say \"\":d\"\"\" FROM t -- :e\n/* :f */",
        "SELECT x::text, y::int, now() AT TIME ZONE 'UTC'",
        "SELECT a[1:2], f(a := 1), ts : text",
        "SELECT 'ends with a backslash\\'",
        "SELECT 1 -- :a at the end",
        "SELECT größe, ä$1, _x FROM \"tab;le\"",
    ] {
        check_sql(sql(text), text, text, &[]);
    }
}

#[test]
fn quotes_are_those_of_the_database() {
    let text = "SELECT $$:a$$, $tag$ it's $$ :b $tag$, E'it\\'s :c', /* /* :d */ :e */ 1";
    assert_eq!(sql(text).to_sql(&Cautious).unwrap().0, text);
    let text = "SELECT [a:b], `c:d`, 'x\\', /* /* :d */ 1";
    assert_eq!(sql(text).to_sql(&Lax).unwrap().0, text);
    // Outside of a comment there, within one here.
    let text = "SELECT /* /* */ :a -- */\n FROM t";
    assert!(sql(text).bind("a", 1).to_sql(&Lax).is_ok());
    assert!(sql(text).bind("a", 1).to_sql(&Cautious).is_err());
}

#[test]
fn each_name_is_bound_once() {
    check_refused(sql("SELECT :a"), &["nothing is bound to `:a`", ".bind(\"a\", ..)"]);
    check_refused(sql("SELECT :a").bind("a", 1).bind("a", 2), &["`a` is bound twice"]);
    check_refused(sql("SELECT :a, :b").bind("a", 1).bind("c", 1), &["no `:c`", "`:a`, `:b`"]);
    check_refused(sql("SELECT 1").bind("c", 1), &["no `:c`", "no value at all"]);
    check_refused(sql("SELECT ':a'").bind("a", 1), &["no `:a`"]);
}

#[test]
fn what_does_not_end_is_refused() {
    for text in ["SELECT 'a", "SELECT \"a", "SELECT /* a", "SELECT 'it''"] {
        check_refused(sql(text), &["does not end"]);
    }
    check_refused(sql("SELECT 1\0; DROP TABLE t"), &["NUL"]);
}

#[test]
fn placeholders_of_the_database_are_refused() {
    check_refused(sql("SELECT $1"), &["`$1`", ":name"]);
    for text in ["SELECT ?", "SELECT ?1", "SELECT @a", "SELECT $a"] {
        assert!(sql(text).to_sql(&Lax).unwrap_err().to_string().contains("give the value a name"));
    }
    // Operators of the other one.
    let text = "SELECT a ? 'b', @ -1, a @> b";
    assert_eq!(sql(text).to_sql(&Cautious).unwrap().0, text);
}

#[test]
fn one_statement_is_told_from_several() {
    for (text, writes) in [
        ("SELECT 1;", false),
        ("  -- a comment; with a semicolon\n select 1 ; /* end; */ ", false),
        ("WITH a AS (SELECT 1) SELECT * FROM a", false),
        ("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", true),
        ("UPDATE t SET a = ';'", true),
        ("CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 END; DELETE FROM u; END;", true),
    ] {
        assert_eq!(single_statement_writes(&Lax, text).unwrap(), writes, "{text}");
    }
    for (text, word) in [
        ("", "no statement"),
        (" ; -- nothing", "no statement"),
        ("DELETE FROM a; DELETE FROM b", "has 2"),
        ("SELECT 1; SELECT 2; SELECT 3;", "has 3"),
        ("COMMIT", "`COMMIT`"),
        ("PREPARE TRANSACTION 'x'", "`TRANSACTION`"),
    ] {
        let error = single_statement_writes(&Lax, text).unwrap_err();
        assert!(error.to_string().contains(word), "{text}: {error}");
    }
}

#[test]
fn scripts_end_no_transaction() {
    assert!(check_script(&Lax, "DELETE FROM a; UPDATE b SET c = ':d';").is_ok());
    for text in ["BEGIN; DELETE FROM a", "DELETE FROM a; commit;", "ROLLBACK", "SAVEPOINT a", "DELETE FROM a; END"] {
        let error = check_script(&Lax, text).unwrap_err();
        assert!(error.to_string().contains("the session begins and ends"), "{text}: {error}");
    }
    let error = check_script(&Lax, "DELETE FROM a WHERE b = :c").unwrap_err();
    assert!(error.to_string().contains("`:c`"), "{error}");
}

#[test]
fn fragments_are_expressions() {
    let cents = sql_expr::<i64>("round(:price * :rate)").with("price", Car::price).bind("rate", 100.5);
    check(
        Car::query().filter(cents.clone().gt(7)).group_by(cents.clone()).select((cents, count_all())),
        r#"SELECT (round(("car"."price") * ?1)), count(*) FROM "car" WHERE (round(("car"."price") * ?1)) > ?2 GROUP BY (round(("car"."price") * ?1))"#,
        r#"SELECT (round(("car"."price") * $1)), count(*) FROM "car" WHERE (round(("car"."price") * $1)) > $2 GROUP BY (round(("car"."price") * $1))"#,
        &[Value::F64(100.5), Value::I64(7)],
    );
}

#[test]
fn fragments_keep_to_themselves() {
    let either = sql_expr::<bool>("1 = 2 OR 3 = 3");
    check_both(
        Line::query().filter(either).filter(Line::id.eq(1)).select(Line::id),
        r#"SELECT "line"."id" FROM "line" WHERE (1 = 2 OR 3 = 3) AND "line"."id" = ?"#,
        &[Value::I64(1)],
    );
    check_both(Line::query().select(sql_expr::<i64>("1 -- one")), "SELECT (1 -- one\n) FROM \"line\"", &[]);
    for (text, word) in [
        ("1) OR (1 = 1", "parentheses"),
        ("1; DROP TABLE line", "no `;`"),
        ("(1", "parentheses"),
        ("'a", "does not end"),
        (":a", "nothing is bound"),
    ] {
        let error = error(Line::query().select(sql_expr::<i64>(text)));
        assert_eq!(error.kind(), ErrorKind::InvalidState);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn fragments_have_lists() {
    check(
        Line::query()
            .filter(sql_expr::<bool>(":id IN (:ids)").with("id", Line::id).bind("ids", [1_i64]))
            .select(Line::id),
        r#"SELECT "line"."id" FROM "line" WHERE (("line"."id") IN rarray(?1))"#,
        r#"SELECT "line"."id" FROM "line" WHERE (("line"."id") = ANY($1))"#,
        &[Value::Array(vec![Value::I64(1)])],
    );
}
