use super::models::*;
use super::*;
use crate::error::ErrorKind;

/// Checks the condition of `SELECT "brand"."id" FROM "brand" WHERE ..`.
#[track_caller]
fn brands<C, I>(condition: C, lax: &str, cautious: &str, params: &[Value])
where
    C: Condition,
    C::Scope: Within<(Of<Brand>, ()), I>,
{
    let prefix = r#"SELECT "brand"."id" FROM "brand" WHERE "#;
    let query = Brand::query().filter(condition).select(Brand::id);
    check(query, &format!("{prefix}{lax}"), &format!("{prefix}{cautious}"), params);
}

/// Checks the condition of `SELECT "car"."id" FROM "car" WHERE ..`, which both dialects write alike.
#[track_caller]
fn cars<C: Condition<Scope: Within<(Of<Car>, ()), I>>, I>(condition: C, expected: &str, params: &[Value]) {
    let expected = format!(r#"SELECT "car"."id" FROM "car" WHERE {expected}"#);
    check_both(Car::query().filter(condition).select(Car::id), &expected, params);
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn comparisons_take_values_options_and_columns() {
    cars(Car::year.eq(2020), r#""car"."year" = ?"#, &[Value::I64(2020)]);
    cars(Car::year.ne(&2020), r#""car"."year" <> ?"#, &[Value::I64(2020)]);
    cars(Car::price.lt(3), r#""car"."price" < ?"#, &[Value::I64(3)]);
    cars(Car::price.le(Some(3)), r#""car"."price" <= ?"#, &[Value::I64(3)]);
    cars(Car::price.gt(Car::year), r#""car"."price" > "car"."year""#, &[]);
    cars(Car::year.ge(Car::price), r#""car"."year" >= "car"."price""#, &[]);
    cars(Car::line_id.eq(7), r#""car"."line_id" = ?"#, &[Value::I64(7)]);
    cars(Car::owner_id.eq(Car::line_id), r#""car"."owner_id" = "car"."line_id""#, &[]);
    cars(Car::price.between(1, Car::year), r#""car"."price" BETWEEN ? AND "car"."year""#, &[Value::I64(1)]);
}

#[test]
fn keys_compare_with_keys() {
    let query = Car::query().join(Car::line).filter(Line::brand_id.in_([3]).or(Car::owner_id.eq(Line::brand_id)));
    let text = query.select(Car::id).to_sql(&Cautious).unwrap().0;
    assert!(text.ends_with(r#"WHERE "line"."brand_id" = ANY($1) OR "car"."owner_id" = "line"."brand_id""#), "{text}");
}

#[test]
fn nothing_is_null() {
    cars(Car::price.eq(None), r#""car"."price" IS NULL"#, &[]);
    cars(Car::price.ne(None::<i32>), r#""car"."price" IS NOT NULL"#, &[]);
    cars(Car::owner_id.is_null(), r#""car"."owner_id" IS NULL"#, &[]);
    cars(Car::owner_id.is_not_null(), r#""car"."owner_id" IS NOT NULL"#, &[]);
}

#[test]
fn text_is_compared_with_anything_borrowed() {
    let owned = String::from("a");
    for condition in
        [Brand::name.eq("a"), Brand::name.eq(&owned), Brand::name.eq(owned.clone()), Brand::name.eq(Some("a"))]
    {
        brands(condition, r#""brand"."name" = ?1"#, r#""brand"."name" = $1"#, &[text("a")]);
    }
}

#[test]
fn conditions_combine_with_as_few_parentheses_as_read_well() {
    let (a, b) = (|| Car::year.eq(1), || Car::year.eq(2));
    let (x, y) = (r#""car"."year" = ?"#, r#""car"."year" = ?"#);
    let params = [Value::I64(1), Value::I64(2)];
    cars(a().and(b()), &format!("{x} AND {y}"), &params);
    cars(a() | b(), &format!("{x} OR {y}"), &params);
    cars(!(a() & b()), &format!("NOT ({x} AND {y})"), &params);
    cars((a() | b()).and(Car::sold), &format!(r#"({x} OR {y}) AND "car"."sold""#), &params);
    cars((a() & b()) | Car::sold, &format!(r#"({x} AND {y}) OR "car"."sold""#), &params);
    cars(Car::sold.and(Car::sold).and(Car::sold), r#""car"."sold" AND "car"."sold" AND "car"."sold""#, &[]);
    cars(!Car::sold, r#"NOT ("car"."sold")"#, &[]);
    cars(!!Car::sold, r#""car"."sold""#, &[]);
    cars(Car::sold.eq(a()), r#""car"."sold" = ("car"."year" = ?)"#, &[Value::I64(1)]);
}

#[test]
fn lists_are_one_parameter() {
    let list = [Value::Array(vec![Value::I64(1), Value::I64(2)])];
    let query = |condition| Car::query().filter(condition).select(Car::id);
    let prefix = r#"SELECT "car"."id" FROM "car" WHERE "car"."year""#;
    let (lax, cautious) = (format!("{prefix} IN rarray(?1)"), format!("{prefix} = ANY($1)"));
    check(query(Car::year.in_([1, 2])), &lax, &cautious, &list);
    check(query(Car::year.in_([1, 2].iter())), &lax, &cautious, &list);
    check(query(Car::year.in_(Vec::<i32>::new())), &lax, &cautious, &[Value::Array(Vec::new())]);
    let (lax, cautious) = (format!("{prefix} NOT IN rarray(?1)"), format!("{prefix} <> ALL($1)"));
    check(query(Car::year.not_in([1, 2])), &lax, &cautious, &list);
    check(query(!Car::year.in_([1, 2])), &lax, &cautious, &list);
}

#[test]
fn patterns_tell_upper_from_lower_case_everywhere() {
    let like = Brand::query().filter(Brand::name.like(r"a%b_c\%*?[")).select(Brand::id);
    let prefix = r#"SELECT "brand"."id" FROM "brand" WHERE "brand"."name""#;
    let (column, glob) = (r#""brand"."name""#, text("a*b?c%[*][?][[]"));
    let start = r#"SELECT "brand"."id" FROM "brand" WHERE"#;
    let within =
        format!("{start} ({column} GLOB ?1 AND {column} COLLATE BINARY >= ?2 AND {column} COLLATE BINARY < ?3)");
    assert_eq!(like.to_sql(&Lax).unwrap(), (within, vec![glob, text("a"), text("b")]));
    assert_eq!(like.to_sql(&Cautious).unwrap(), (format!(r"{prefix} LIKE $1 ESCAPE '\'"), vec![text(r"a%b_c\%*?[")]));
}

#[test]
fn searched_text_means_itself() {
    let params = |condition| {
        let query = Brand::query().filter(condition).select(Brand::id);
        [query.to_sql(&Lax).unwrap().1, query.to_sql(&Cautious).unwrap().1].concat()
    };
    assert_eq!(params(Brand::name.contains("50%")), [text("*50%*"), text(r"%50\%%")]);
    assert_eq!(params(Brand::name.starts_with(r"a_\")), [text(r"a_\*"), text(r"a_\"), text("a_]"), text(r"a\_\\%")]);
    assert_eq!(params(Brand::name.starts_with("ÿ")), [text("ÿ*"), text("ÿ"), text("ÿ%")]);
    assert_eq!(params(Brand::name.starts_with("\u{1f600}")), ["\u{1f600}*", "\u{1f600}", "\u{1f600}%"].map(text));
    assert_eq!(params(!Brand::name.starts_with("a")), [text("a*"), text("a%")]);
    assert_eq!(params(Brand::name.ends_with("*")), [text("*[*]"), text("%*")]);
}

#[test]
fn ilike_is_refused_where_it_would_find_less() {
    let like = |pattern| Brand::name.ilike(pattern);
    let (lax, cautious) = (r#""brand"."name" LIKE ?1 ESCAPE '\'"#, r#""brand"."name" ILIKE $1 ESCAPE '\'"#);
    brands(like("toy%"), lax, cautious, &[text("toy%")]);
    brands(like("東京%"), lax, cautious, &[text("東京%")]);
    let refused = error(Brand::query().filter(like("ä%")));
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert_eq!(refused.to_string(), "Lax does not support `ilike` with letters outside ASCII in its pattern");
}

#[test]
fn a_pattern_that_is_a_column_is_refused_where_case_would_be_lost() {
    let refused = error(Brand::query().filter(Brand::name.like(Brand::name)));
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    let broken = error(Brand::query().filter(Brand::name.like("a\\")));
    assert_eq!(broken.to_string(), "a LIKE pattern must not end with a lone backslash");
}

#[test]
fn aggregates_are_cast_where_they_come_back_wider() {
    let query = Car::query().select((
        count_all(),
        count(Car::price),
        count_distinct(Car::year),
        sum(Car::price),
        avg(Car::price).label("average"),
        min(Car::year),
        max(Car::year),
    ));
    check(
        query,
        r#"SELECT count(*), count("car"."price"), count(DISTINCT "car"."year"), sum("car"."price"), avg("car"."price") AS "average", min("car"."year"), max("car"."year") FROM "car""#,
        r#"SELECT count(*), count("car"."price"), count(DISTINCT "car"."year"), CAST(sum("car"."price") AS BIGINT), CAST(avg("car"."price") AS DOUBLE PRECISION) AS "average", min("car"."year"), max("car"."year") FROM "car""#,
        &[],
    );
}

#[test]
fn functions() {
    brands(
        lower(Brand::name).eq(upper(Brand::name)),
        r#"lower("brand"."name") = upper("brand"."name")"#,
        r#"lower("brand"."name") = upper("brand"."name")"#,
        &[],
    );
}
