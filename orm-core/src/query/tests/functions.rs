use super::models::*;
use super::*;
use crate::error::ErrorKind;

/// Checks `SELECT expression FROM "car"` in both dialects.
#[track_caller]
fn selects<S, I>(selection: S, lax: &str, cautious: &str, params: &[Value])
where
    S: Selection,
    S::Picks: Readable<(Of<Car>, ()), I>,
{
    let texts = [lax, cautious].map(|text| format!(r#"SELECT {text} FROM "car""#));
    check(Car::query().select(selection), &texts[0], &texts[1], params);
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn arithmetic_takes_values_on_either_side() {
    let car = Car::year;
    selects(car + 1, r#""car"."year" + ?1"#, r#""car"."year" + $1"#, &[Value::I64(1)]);
    selects(5 - car, r#"?1 - "car"."year""#, r#"CAST($1 AS INTEGER) - "car"."year""#, &[Value::I64(5)]);
    selects(-car % 7, r#"(- "car"."year") % ?1"#, r#"(- "car"."year") % $1"#, &[Value::I64(7)]);
    selects(
        2 * (car / Car::price),
        r#"?1 * ("car"."year" / "car"."price")"#,
        r#"CAST($1 AS INTEGER) * ("car"."year" / "car"."price")"#,
        &[Value::I64(2)],
    );
    selects(value(1) + 2, "?1 + ?2", "CAST($1 AS INTEGER) + $2", &[Value::I64(1), Value::I64(2)]);
}

#[test]
fn a_result_may_be_null_when_an_argument_may() {
    fn type_of<V, S>(_: Expr<V, S>) -> &'static str {
        std::any::type_name::<V>()
    }
    assert_eq!(type_of(Car::year + 1), "i32");
    assert_eq!(type_of(Car::year + Car::price), "core::option::Option<i32>");
    assert_eq!(type_of(1 + Car::price), "core::option::Option<i32>");
    assert_eq!(type_of(length(Brand::name)), "i32");
    assert_eq!(type_of(substr(Brand::name, Car::price, 1)), "core::option::Option<alloc::string::String>");
    assert_eq!(type_of(greatest(Car::year, Car::price)), "core::option::Option<i32>");
    assert_eq!(type_of(coalesce(coalesce(Car::price, Car::price), 1)), "i32");
    assert_eq!(type_of(nullif(Car::year, 1)), "core::option::Option<i32>");
    assert_eq!(type_of(case().when(Car::sold, 1).otherwise(2)), "i32");
    assert_eq!(type_of(case().when(Car::sold, 1).otherwise(Car::price)), "core::option::Option<i32>");
    assert_eq!(type_of(case().when(Car::sold, Car::year).end()), "core::option::Option<i32>");
    assert_eq!(type_of(Car::price.cast::<f64>()), "core::option::Option<f64>");
    assert_eq!(type_of(row_number().over(window())), "i64");
    assert_eq!(type_of(lag(Car::year, 1).over(window())), "core::option::Option<i32>");
}

#[test]
fn cases_and_choices() {
    selects(
        case().when(Car::year.lt(1950), "old").when(Car::sold, "gone").otherwise("new"),
        r#"CASE WHEN "car"."year" < ?1 THEN ?2 WHEN "car"."sold" THEN ?3 ELSE ?4 END"#,
        r#"CASE WHEN "car"."year" < $1 THEN CAST($2 AS TEXT) WHEN "car"."sold" THEN CAST($3 AS TEXT) ELSE CAST($4 AS TEXT) END"#,
        &[Value::I64(1950), text("old"), text("gone"), text("new")],
    );
    selects(
        case().when(Car::sold, Car::year).end(),
        r#"CASE WHEN "car"."sold" THEN "car"."year" END"#,
        r#"CASE WHEN "car"."sold" THEN "car"."year" END"#,
        &[],
    );
    selects(
        coalesce(coalesce(Car::price, Car::year), 3),
        r#"coalesce("car"."price", "car"."year", ?1)"#,
        r#"coalesce("car"."price", "car"."year", CAST($1 AS INTEGER))"#,
        &[Value::I64(3)],
    );
    selects(
        nullif(Car::year, 0),
        r#"nullif("car"."year", ?1)"#,
        r#"nullif("car"."year", CAST($1 AS INTEGER))"#,
        &[Value::I64(0)],
    );
}

#[test]
fn functions_of_text() {
    let query = Brand::query().select((
        Brand::name.concat("!"),
        substr(trim(Brand::name), 2, length(Brand::name) - 1),
        replace(Brand::name, "a", Brand::name),
    ));
    check(
        query,
        r#"SELECT ("brand"."name" || ?1), substr(trim("brand"."name"), ?2, length("brand"."name") - ?3), replace("brand"."name", ?4, "brand"."name") FROM "brand""#,
        r#"SELECT ("brand"."name" || CAST($1 AS TEXT)), substr(trim("brand"."name"), CAST($2 AS INTEGER), length("brand"."name") - $3), replace("brand"."name", CAST($4 AS TEXT), "brand"."name") FROM "brand""#,
        &[text("!"), Value::I64(2), Value::I64(1), text("a")],
    );
}

#[test]
fn aggregates_take_conditions_and_an_order() {
    let query = Brand::query().select((
        count_all().filter(Brand::id.gt(1)),
        sum(Brand::id).distinct().filter(Brand::id.gt(1)).filter(Brand::id.lt(9)),
        string_agg(Brand::name, ";").order_by(Brand::id.desc()),
    ));
    check(
        query,
        r#"SELECT count(*) FILTER (WHERE "brand"."id" > ?1), sum(DISTINCT "brand"."id") FILTER (WHERE "brand"."id" > ?1 AND "brand"."id" < ?2), string_agg("brand"."name", ?3 ORDER BY "brand"."id" DESC) FROM "brand""#,
        r#"SELECT count(*) FILTER (WHERE "brand"."id" > $1), CAST(sum(DISTINCT "brand"."id") FILTER (WHERE "brand"."id" > $1 AND "brand"."id" < $2) AS BIGINT), string_agg("brand"."name", CAST($3 AS TEXT) ORDER BY "brand"."id" DESC) FROM "brand""#,
        &[Value::I64(1), Value::I64(9), text(";")],
    );
}

#[test]
fn windows() {
    let by_line = window().partition_by(Car::line_id).order_by((Car::year.desc(), Car::id));
    selects(
        (rank().over(by_line.clone()), sum(Car::price).over(by_line)),
        r#"rank() OVER (PARTITION BY "car"."line_id" ORDER BY "car"."year" DESC, "car"."id"), sum("car"."price") OVER (PARTITION BY "car"."line_id" ORDER BY "car"."year" DESC, "car"."id")"#,
        r#"rank() OVER (PARTITION BY "car"."line_id" ORDER BY "car"."year" DESC, "car"."id"), CAST(sum("car"."price") OVER (PARTITION BY "car"."line_id" ORDER BY "car"."year" DESC, "car"."id") AS BIGINT)"#,
        &[],
    );
    let frame = window().order_by(Car::id).rows(Bound::Preceding(2), Bound::CurrentRow).exclude(Exclude::Ties);
    selects(
        count(Car::price).filter(Car::sold).over(frame),
        r#"count("car"."price") FILTER (WHERE "car"."sold") OVER (ORDER BY "car"."id" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES)"#,
        r#"count("car"."price") FILTER (WHERE "car"."sold") OVER (ORDER BY "car"."id" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES)"#,
        &[],
    );
    selects(
        lag(Car::year, 2).over(window().groups(Bound::UnboundedPreceding, Bound::Following(1))),
        r#"lag("car"."year", ?1) OVER (GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING)"#,
        r#"lag("car"."year", CAST($1 AS INTEGER)) OVER (GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING)"#,
        &[Value::I64(2)],
    );
}

#[test]
fn windows_are_refused_where_they_mean_nothing() {
    let first = row_number().over(window().order_by(Car::id)).eq(1);
    let refused = error(Car::query().filter(first.clone()));
    assert_eq!(refused.kind(), ErrorKind::InvalidState);
    assert_eq!(
        refused.to_string(),
        "a window function cannot be used in WHERE: select it in a subquery and filter that"
    );
    assert!(error(Car::query().group_by(Car::id).having(first)).to_string().contains("HAVING"));
    let distinct = sum(Car::year).distinct().over(window());
    assert!(error(Car::query().select(distinct)).to_string().contains("neither `distinct` nor an order"));
}

#[test]
fn a_sum_over_a_window_is_no_group() {
    let counted = Car::query().select(sum(Car::year).over(window())).parts.count_statement().unwrap();
    assert!(counted.with.is_empty());
}

#[test]
fn nulls_compared_as_values() {
    let query = Car::query()
        .filter(Car::price.is_distinct_from(Car::year).and(Car::price.is_not_distinct_from(None)))
        .select(Car::id);
    check_both(
        query,
        r#"SELECT "car"."id" FROM "car" WHERE "car"."price" IS DISTINCT FROM "car"."year" AND "car"."price" IS NOT DISTINCT FROM ?"#,
        &[Value::Null],
    );
}

#[test]
fn rows_of_values() {
    let prefix = r#"SELECT "car"."id" FROM "car" WHERE "#;
    let query = |condition| Car::query().filter(condition).select(Car::id);
    let pair = (Car::year, Car::price);
    check_both(
        query(pair.eq((1, Car::year)).or(pair.gt((2, 3)))),
        &format!(
            r#"{prefix}("car"."year", "car"."price") = (?, "car"."year") OR ("car"."year", "car"."price") > (?, ?)"#
        ),
        &[Value::I64(1), Value::I64(2), Value::I64(3)],
    );
    let values = [1, 2, 3, 4].map(Value::I64);
    check(
        Car::query().filter(pair.in_([(1, 2), (3, 4)])).select(Car::id),
        &format!(r#"{prefix}("car"."year", "car"."price") IN (VALUES (?1, ?2), (?3, ?4))"#),
        &format!(
            r#"{prefix}("car"."year", "car"."price") IN (VALUES (CAST($1 AS INTEGER), CAST($2 AS INTEGER)), ($3, $4))"#
        ),
        &values,
    );
    check_both(Car::query().filter(pair.not_in([(1, 2); 0])).select(Car::id), &format!("{prefix}TRUE"), &[]);
}

#[test]
fn lists_of_conditions() {
    let prefix = r#"SELECT "car"."id" FROM "car" WHERE "#;
    let conditions = |years: &[i32]| years.iter().map(|&year| Car::year.eq(year)).collect::<Vec<_>>();
    let year = r#""car"."year" = ?"#;
    let query = Car::query().filter(any_of(conditions(&[1, 2]))).select(Car::id);
    check_both(query, &format!("{prefix}{year} OR {year}"), &[Value::I64(1), Value::I64(2)]);
    check_both(Car::query().filter(any_of(conditions(&[]))).select(Car::id), &format!("{prefix}FALSE"), &[]);
    check_both(Car::query().filter(all_of(conditions(&[]))).select(Car::id), &format!("{prefix}TRUE"), &[]);
    check_both(
        Car::query().filter(all_of(conditions(&[1])).and(!any_of(conditions(&[])))).select(Car::id),
        &format!("{prefix}{year} AND NOT (FALSE)"),
        &[Value::I64(1)],
    );
}

#[test]
fn functions_by_name() {
    let call: Expr<Option<i32>, Of<Car>> = named(r#"odd"name"#, vec![Car::year.into_sql()]);
    selects(call, r#""odd""name"("car"."year")"#, r#""odd""name"("car"."year")"#, &[]);
}

#[test]
fn what_a_dialect_lacks_is_refused() {
    let refused = error(Brand::query().filter(Brand::name.matches("^a")));
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert_eq!(refused.to_string(), "Lax does not support the function Matches");
    let refused = error(Brand::query().select(string_agg(Brand::name, "; ").distinct()));
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    let refused = error(Brand::query().select(count_all().distinct()));
    assert_eq!(refused.kind(), ErrorKind::InvalidState);
}
