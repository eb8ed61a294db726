use super::models::*;
use super::*;
use crate::error::ErrorKind;

/// The cursor behind a row of a query.
fn cursor<T, Q>(query: &Query<T, Q>, values: Vec<Value>) -> Cursor {
    let mut parts = query.parts.clone();
    parts.complete_order();
    Cursor::new(&parts.order_keys().unwrap(), values)
}

#[track_caller]
fn check_after<M: Model, Q>(query: Query<M, Q>, values: Vec<Value>, lax: &str, cautious: &str) {
    let query = query.clone().after(cursor(&query, values));
    for (dialect, expected) in [(&Lax as &'static dyn Dialect, lax), (&Cautious, cautious)] {
        let text = query.to_sql(dialect).unwrap().0;
        let condition = text.split_once(" WHERE ").unwrap().1;
        assert_eq!(condition, expected);
    }
}

#[test]
fn the_key_ends_the_order() {
    check_after(
        Line::query(),
        vec![Value::I64(7)],
        r#"("line"."id" > ?1) ORDER BY "line"."id""#,
        r#"("line"."id" > $1) ORDER BY "line"."id""#,
    );
}

#[test]
fn one_direction_without_nulls_is_one_comparison() {
    check_after(
        Line::query().order_by(Line::name),
        vec![Value::Text("x".into()), Value::I64(7)],
        r#"(("line"."name", "line"."id") > (?1, ?2)) ORDER BY "line"."name", "line"."id""#,
        r#"(("line"."name", "line"."id") > ($1, $2)) ORDER BY "line"."name", "line"."id""#,
    );
    check_after(
        Line::query().order_by((Line::name.desc(), Line::id.desc())),
        vec![Value::Text("x".into()), Value::I64(7)],
        r#"(("line"."name", "line"."id") < (?1, ?2)) ORDER BY "line"."name" DESC, "line"."id" DESC"#,
        r#"(("line"."name", "line"."id") < ($1, $2)) ORDER BY "line"."name" DESC, "line"."id" DESC"#,
    );
}

#[test]
fn two_directions_go_key_by_key() {
    check_after(
        Line::query().order_by(Line::name.desc()),
        vec![Value::Text("x".into()), Value::I64(7)],
        r#"("line"."name" < ?1 OR ("line"."name" = ?1 AND "line"."id" > ?2)) ORDER BY "line"."name" DESC, "line"."id""#,
        r#"("line"."name" < $1 OR ("line"."name" = $1 AND "line"."id" > $2)) ORDER BY "line"."name" DESC, "line"."id""#,
    );
}

#[test]
fn nulls_are_where_the_database_has_them() {
    check_after(
        Car::query().order_by(Car::price),
        vec![Value::I64(5), Value::I64(7)],
        r#"("car"."price" > ?1 OR ("car"."price" = ?1 AND "car"."id" > ?2)) ORDER BY "car"."price", "car"."id""#,
        r#"("car"."price" > $1 OR "car"."price" IS NULL OR ("car"."price" = $1 AND "car"."id" > $2)) ORDER BY "car"."price", "car"."id""#,
    );
    check_after(
        Car::query().order_by(Car::price),
        vec![Value::Null, Value::I64(7)],
        r#"("car"."price" IS NOT NULL OR ("car"."price" IS NULL AND "car"."id" > ?1)) ORDER BY "car"."price", "car"."id""#,
        r#"("car"."price" IS NULL AND "car"."id" > $1) ORDER BY "car"."price", "car"."id""#,
    );
    check_after(
        Car::query().order_by(Car::price.desc().nulls_last()),
        vec![Value::I64(5), Value::I64(7)],
        r#"("car"."price" < ?1 OR "car"."price" IS NULL OR ("car"."price" = ?1 AND "car"."id" > ?2)) ORDER BY "car"."price" DESC NULLS LAST, "car"."id""#,
        r#"("car"."price" < $1 OR "car"."price" IS NULL OR ("car"."price" = $1 AND "car"."id" > $2)) ORDER BY "car"."price" DESC NULLS LAST, "car"."id""#,
    );
}

#[test]
fn groups_go_on_by_having() {
    let query = Car::query()
        .group_by(Car::year)
        .order_by(count_all().desc())
        .order_by(Car::year)
        .select((Car::year, count_all()));
    let query = query.clone().after(cursor(&query, vec![Value::I64(3), Value::I64(1999)]));
    check(
        query,
        r#"SELECT "car"."year", count(*) FROM "car" GROUP BY "car"."year" HAVING (count(*) < ?1 OR (count(*) = ?1 AND "car"."year" > ?2)) ORDER BY count(*) DESC, "car"."year""#,
        r#"SELECT "car"."year", count(*) FROM "car" GROUP BY "car"."year" HAVING (count(*) < $1 OR (count(*) = $1 AND "car"."year" > $2)) ORDER BY count(*) DESC, "car"."year""#,
        &[Value::I64(3), Value::I64(1999)],
    );
}

#[test]
fn a_cursor_is_text_and_back() {
    let query = Line::query().order_by((Line::name, Line::id));
    for values in [
        vec![Value::Text("it's; \u{1f600}\0".into()), Value::I64(i64::MIN)],
        vec![Value::Null, Value::F64(-0.5)],
        vec![Value::Bytes(vec![0, 255]), Value::Bool(true)],
    ] {
        let cursor = cursor(&query, values);
        let text = cursor.to_string();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(text.parse::<Cursor>().unwrap(), cursor);
    }
}

#[test]
fn a_changed_text_is_an_error() {
    let query = Line::query().order_by((Line::name, Line::id));
    let text = cursor(&query, vec![Value::Text("x".into()), Value::I64(7)]).to_string();
    for at in 0..text.len() {
        for sign in ["0", "f", "+", "-", " ", "ä", ""] {
            let changed = format!("{}{sign}{}", &text[..at], &text[at + 1..]);
            if changed != text {
                assert_eq!(changed.parse::<Cursor>().unwrap_err().kind(), ErrorKind::Decode, "{changed}");
            }
        }
        assert!(text[..at].parse::<Cursor>().is_err());
    }
    assert!("'; DROP TABLE line --".parse::<Cursor>().is_err());
}

#[test]
fn what_has_no_order_is_refused() {
    let some = cursor(&Line::query(), vec![Value::I64(7)]);
    let refused = [
        (error(Line::query().order_by(Line::name).after(some.clone())), "another order"),
        (error(Line::query().order_by(Line::id.desc()).after(some.clone())), "another order"),
        (error(Line::query().select(Line::name).after(some.clone())), "no order"),
        (error(Line::query().select(Line::name.label("n")).order_by(label("n")).after(some.clone())), "a label"),
        (
            error(Line::query().distinct().order_by(Line::id).select(Line::name).after(some.clone())),
            "equal in other columns",
        ),
    ];
    for (error, words) in refused {
        assert_eq!(error.kind(), ErrorKind::InvalidState);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_query_shows_its_sql() {
    let query = Car::query().filter(Car::year.gt(2000).and(Car::price.in_([1, 2]))).limit(3);
    assert_eq!(
        format!("{query:?}"),
        r#"SELECT "car"."id", "car"."line_id", "car"."year", "car"."price", "car"."sold", "car"."owner_id" FROM "car" WHERE "car"."year" > $1 AND "car"."price" = ANY($2) LIMIT $3 [2000, 2 values, 3]"#
    );
    let named = Line::query().filter(Line::name.eq("it's")).select(random());
    assert_eq!(format!("{named:?}"), r#"SELECT random() FROM "line" WHERE "line"."name" = $1 ["it's"]"#);
    let wrong = Person::query().join(Person::boss);
    assert!(format!("{wrong:?}").starts_with("<`.join(Person::boss)`"), "{wrong:?}");
}
