//! Queries within queries, queries under a name, and combined queries.

use super::models::*;
use super::*;
use crate::error::ErrorKind;

derived! {
    /// How many lines a brand has.
    struct Size { brand: i64, lines: i64 }
}

fn sizes() -> Select<(i64, i64), (Of<Line>, ())> {
    Line::query().group_by(Line::brand_id).select((Line::brand_id, count_all()))
}

#[test]
fn a_subquery_is_an_operand() {
    let query = Brand::query()
        .filter(Brand::id.in_query(Line::query().filter(Line::name.eq("x")).select(Line::brand_id)))
        .filter(Brand::id.not_in_query(Line::query().select(Line::brand_id).distinct()))
        .select(Brand::name);
    check_both(
        query,
        r#"SELECT "brand"."name" FROM "brand" WHERE "brand"."id" IN (SELECT "line"."brand_id" FROM "line" WHERE "line"."name" = ?) AND "brand"."id" NOT IN (SELECT DISTINCT "line"."brand_id" FROM "line")"#,
        &[Value::Text("x".to_owned())],
    );
}

#[test]
fn a_scalar_is_one_value() {
    let average = Car::query().select(max(Car::year)).scalar();
    let first = Line::query().order_by(Line::name).select(Line::name).scalar();
    let query: Select<(i64, Option<String>), _> = Car::query().filter(Car::year.lt(average)).select((Car::id, first));
    check_both(
        query,
        r#"SELECT "car"."id", (SELECT "line"."name" FROM "line" ORDER BY "line"."name" LIMIT ?) FROM "car" WHERE "car"."year" < (SELECT max("car"."year") FROM "car")"#,
        &[Value::I64(1)],
    );
}

#[test]
fn a_correlated_query_reads_the_one_around() {
    let newer = Car::query().correlate::<Line>().filter(Car::line_id.eq(Line::brand_id));
    let query =
        Line::query().filter(exists(newer.clone())).filter(not_exists(newer.clone().limit(2))).select(Line::name);
    check_both(
        query,
        r#"SELECT "line"."name" FROM "line" WHERE EXISTS (SELECT 1 FROM "car" WHERE "car"."line_id" = "line"."brand_id") AND NOT EXISTS (SELECT 1 FROM "car" WHERE "car"."line_id" = "line"."brand_id" LIMIT ?)"#,
        &[Value::I64(2)],
    );
    let alone = error(newer);
    assert_eq!(alone.kind(), ErrorKind::InvalidState);
    assert!(alone.to_string().contains("`line`"), "{alone}");
    let same = error(Line::query().filter(exists(Line::query().correlate::<Line>())));
    assert_eq!(same.kind(), ErrorKind::InvalidState);
}

#[test]
fn members_are_a_query() {
    let query = Line::query()
        .order_by(Line::cars.query().select(max(Car::year)).scalar().desc())
        .select((Line::name, Line::cars.query().filter(Car::id.gt(Line::brand_id)).select(count_all()).scalar()));
    check_both(
        query,
        r#"SELECT "line"."name", (SELECT count(*) FROM "car" WHERE "car"."line_id" = "line"."id" AND "car"."id" > "line"."brand_id") FROM "line" ORDER BY (SELECT max("car"."year") FROM "car" WHERE "car"."line_id" = "line"."id") DESC"#,
        &[],
    );
}

#[test]
fn a_subquery_is_a_source() {
    let rows: Select<(String, Option<i64>), _> = Brand::query()
        .left_join(sizes().subquery(Size).on(Size::brand.eq(Brand::id)))
        .filter(Size::lines.gt(1))
        .select((Brand::name, Size::lines));
    check_both(
        rows,
        r#"SELECT "brand"."name", "Size"."lines" FROM "brand" LEFT JOIN (SELECT "line"."brand_id" AS "brand", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id") AS "Size" ON "Size"."brand" = "brand"."id" WHERE "Size"."lines" > ?"#,
        &[Value::I64(1)],
    );
    let first = sizes().order_by(count_all().desc()).limit(3).subquery(Size).query().select(max(Size::lines));
    check_both(
        first,
        r#"SELECT max("Size"."lines") FROM (SELECT "line"."brand_id" AS "brand", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id" ORDER BY count(*) DESC LIMIT ?) AS "Size""#,
        &[Value::I64(3)],
    );
}

#[test]
fn a_correlated_subquery_joins_row_by_row() {
    let latest = Line::cars.query().order_by(Car::year.desc()).limit(2).select((Car::id, Car::id + 1)).subquery(Size);
    let query: Select<(String, i64), _> = Line::query().join(latest.on_true()).select((Line::name, Size::lines));
    let refused = query.to_sql(&Lax).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert_eq!(
        query.to_sql(&Cautious).unwrap().0,
        r#"SELECT "line"."name", "Size"."lines" FROM "line" JOIN LATERAL (SELECT "car"."id" AS "brand", "car"."id" + $1 AS "lines" FROM "car" WHERE "car"."line_id" = "line"."id" ORDER BY "car"."year" DESC LIMIT $2) AS "Size" ON TRUE"#
    );
}

#[test]
fn a_query_under_a_name_is_said_once() {
    let sizes = sizes().cte(Size);
    let largest = sizes.clone().query().select(max(Size::lines)).scalar();
    let query = Brand::query().join(sizes.materialized().on(Size::brand.eq(Brand::id))).select(Brand::name);
    check_both(
        query,
        r#"WITH "Size" AS MATERIALIZED (SELECT "line"."brand_id" AS "brand", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id") SELECT "brand"."name" FROM "brand" JOIN "Size" ON "Size"."brand" = "brand"."id""#,
        &[],
    );
    check_both(
        Brand::query().filter(largest.gt(Brand::id)).select(Brand::id),
        r#"SELECT "brand"."id" FROM "brand" WHERE (WITH "Size" AS (SELECT "line"."brand_id" AS "brand", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id") SELECT max("Size"."lines") FROM "Size") > "brand"."id""#,
        &[],
    );
}

#[test]
fn a_query_under_a_name_is_not_said_again_within_a_statement_that_has_it() {
    let sizes = sizes().cte(Size);
    let largest = sizes.clone().query().select(max(Size::lines)).scalar();
    let query = Brand::query().join(sizes.on(Size::brand.eq(Brand::id))).filter(largest.eq(Size::lines));
    check_both(
        query.select(Brand::name),
        r#"WITH "Size" AS (SELECT "line"."brand_id" AS "brand", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id") SELECT "brand"."name" FROM "brand" JOIN "Size" ON "Size"."brand" = "brand"."id" WHERE (SELECT max("Size"."lines") FROM "Size") = "Size"."lines""#,
        &[],
    );
}

#[test]
fn two_queries_cannot_share_a_name() {
    let (one, other) = (sizes().cte(Size), sizes().limit(1).cte(Size));
    let query = one.query().filter(Size::lines.gt(1)).select(Size::brand);
    let clash = error(query.union(other.query().select(Size::brand)));
    assert_eq!(clash.kind(), ErrorKind::InvalidState);
    assert!(clash.to_string().contains("`Size`"), "{clash}");
}

#[test]
fn a_query_cannot_hide_a_table() {
    mod other {
        use super::*;
        derived! { pub(super) struct Line { brand: i64, lines: i64 } }
    }
    let hidden = sizes().cte(other::Line).query().select(other::Line::brand);
    let error = error(hidden);
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.to_string().starts_with("`Line` is the name of a query and of a table"), "{error}");
}

#[test]
fn a_recursive_query_reads_itself() {
    derived! { struct Chain { id: i64, depth: i64 } }
    let chain = Person::query()
        .filter(Person::boss_id.is_null())
        .select((Person::id, Person::id - Person::id))
        .recursive(Chain, |chain| {
            Person::query().join(chain.on(Person::boss_id.eq(Chain::id))).select((Person::id, Chain::depth + 1))
        });
    let query = chain.query().order_by(Chain::depth).select((Chain::id, Chain::depth));
    check_both(
        query,
        r#"WITH RECURSIVE "Chain" AS (SELECT "person"."id" AS "id", "person"."id" - "person"."id" AS "depth" FROM "person" WHERE "person"."boss_id" IS NULL UNION ALL SELECT "person"."id", "Chain"."depth" + ? FROM "person" JOIN "Chain" ON "person"."boss_id" = "Chain"."id") SELECT "Chain"."id", "Chain"."depth" FROM "Chain" ORDER BY "Chain"."depth""#,
        &[Value::I64(1)],
    );
}

#[test]
fn objects_of_two_queries_are_combined() {
    let query = Line::query()
        .filter(Line::name.eq("a"))
        .union(Line::query().filter(Line::name.eq("b")).order_by(Line::id).limit(1))
        .except(Line::query().filter(Line::name.eq("c")))
        .filter(Line::name.ne("d"))
        .order_by(Line::name)
        .limit(5);
    let columns = r#""line"."id", "line"."name", "line"."brand_id""#;
    let expected = format!(
        r#"SELECT {columns} FROM (SELECT {columns} FROM "line" WHERE "line"."name" = ? UNION SELECT * FROM (SELECT {columns} FROM "line" WHERE "line"."name" = ? ORDER BY "line"."id" LIMIT ?) AS "combined" EXCEPT SELECT {columns} FROM "line" WHERE "line"."name" = ?) AS "line" WHERE "line"."name" <> ? ORDER BY "line"."name" LIMIT ?"#
    );
    let text = |value: &str| Value::Text(value.to_owned());
    check_both(query, &expected, &[text("a"), text("b"), Value::I64(1), text("c"), text("d"), Value::I64(5)]);
}

#[test]
fn combined_queries_nest_as_they_are_written() {
    let ids = |from: i64| Line::query().filter(Line::id.gt(from)).select(Line::id.label("id"));
    let union_first = ids(1).union(ids(2)).intersect(ids(3)).order_by(label("id").desc());
    check_both(
        union_first,
        r#"SELECT * FROM (SELECT * FROM (SELECT "line"."id" AS "id" FROM "line" WHERE "line"."id" > ? UNION SELECT "line"."id" AS "id" FROM "line" WHERE "line"."id" > ?) AS "combined" INTERSECT SELECT "line"."id" AS "id" FROM "line" WHERE "line"."id" > ?) AS "combined" ORDER BY "id" DESC"#,
        &[Value::I64(1), Value::I64(2), Value::I64(3)],
    );
    let nested = ids(1).except(ids(2).except_all(ids(3)));
    assert_eq!(nested.to_sql(&Lax).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(
        nested.to_sql(&Cautious).unwrap().0,
        r#"SELECT * FROM (SELECT "line"."id" AS "id" FROM "line" WHERE "line"."id" > $1 EXCEPT SELECT * FROM (SELECT "line"."id" AS "id" FROM "line" WHERE "line"."id" > $2 EXCEPT ALL SELECT "line"."id" AS "id" FROM "line" WHERE "line"."id" > $3) AS "combined") AS "combined""#
    );
}

#[test]
fn combined_rows_are_a_source() {
    let query = sizes().union_all(sizes().filter(Line::name.eq("x"))).subquery(Size).query().select(max(Size::lines));
    check_both(
        query,
        r#"SELECT max("Size"."lines") FROM (SELECT "line"."brand_id" AS "brand", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id" UNION ALL SELECT "line"."brand_id", count(*) FROM "line" WHERE "line"."name" = ? GROUP BY "line"."brand_id") AS "Size""#,
        &[Value::Text("x".to_owned())],
    );
}

#[test]
fn a_label_orders_and_must_be_there() {
    let labelled = || Line::query().group_by(Line::brand_id).select((Line::brand_id, count_all().label("lines")));
    check_both(
        labelled().order_by((label("lines").desc(), Line::brand_id)),
        r#"SELECT "line"."brand_id", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id" ORDER BY "lines" DESC, "line"."brand_id""#,
        &[],
    );
    check_both(
        labelled().order_by(label("lines")).limit(1).subquery(Size).query().select(Size::brand),
        r#"SELECT "Size"."brand" FROM (SELECT "line"."brand_id" AS "brand", count(*) AS "lines" FROM "line" GROUP BY "line"."brand_id" ORDER BY "lines" LIMIT ?) AS "Size""#,
        &[Value::I64(1)],
    );
    let missing = error(labelled().order_by(label("rows")));
    assert_eq!(missing.to_string(), r#"`order_by(label("rows"))`: nothing is selected as `.label("rows")`"#);
}

#[test]
fn groups_of_several_kinds() {
    let rollup: Select<(Option<i64>, Option<String>, i64, i32), _> = Line::query()
        .group_by_rollup((Line::brand_id, Line::name))
        .select((Line::brand_id, Line::name, count_all(), grouping(Line::name)));
    assert_eq!(rollup.to_sql(&Lax).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(
        rollup.to_sql(&Cautious).unwrap().0,
        r#"SELECT "line"."brand_id", "line"."name", count(*), grouping("line"."name") FROM "line" GROUP BY ROLLUP ("line"."brand_id", "line"."name")"#
    );
    let sets = Line::query().group_by_sets(((Line::brand_id, Line::name), Line::brand_id, ())).select(count_all());
    assert_eq!(
        sets.to_sql(&Cautious).unwrap().0,
        r#"SELECT count(*) FROM "line" GROUP BY GROUPING SETS (("line"."brand_id", "line"."name"), "line"."brand_id", ())"#
    );
}

#[test]
fn a_column_beside_aggregates_is_grouped() {
    let ungrouped = error(Line::query().select((Line::name, count_all())));
    assert_eq!(
        ungrouped.to_string(),
        "the column `line.name` is neither grouped nor within an aggregate, so that a group has no single value of it; add it to \
         `group_by`, or take `min` or `max` of it"
    );
    for query in [
        Line::query().group_by(Line::brand_id).select(count_all()).order_by(Line::name),
        Line::query().group_by(Line::brand_id).having(lower(Line::name).eq("x")).select(count_all()),
    ] {
        assert_eq!(error(query).kind(), ErrorKind::InvalidState);
    }
    let key = Brand::query().join(Brand::lines).group_by(Brand::id).having(count(Line::id).gt(1));
    assert!(key.to_sql(&Lax).is_ok());
    assert!(Line::query().group_by(lower(Line::name)).select((lower(Line::name), count_all())).to_sql(&Lax).is_ok());
}

#[test]
fn rows_are_locked() {
    let locked = Line::query().join(Line::brand).for_update().skip_locked().select(Line::name);
    assert_eq!(locked.to_sql(&Lax).unwrap_err().to_string(), "Lax does not support FOR UPDATE");
    assert_eq!(
        locked.to_sql(&Cautious).unwrap().0,
        r#"SELECT "line"."name" FROM "line" JOIN "brand" ON "line"."brand_id" = "brand"."id" FOR UPDATE OF "line" SKIP LOCKED"#
    );
    assert!(
        Line::query().for_share().nowait().to_sql(&Cautious).unwrap().0.ends_with(r#" FOR SHARE OF "line" NOWAIT"#)
    );
    assert_eq!(error(Line::query().nowait()).kind(), ErrorKind::InvalidState);
}

#[test]
fn the_first_of_equal_rows() {
    let query = Line::query().distinct_on(Line::brand_id).order_by((Line::brand_id, Line::name)).select(Line::name);
    assert_eq!(query.to_sql(&Lax).unwrap_err().to_string(), "Lax does not support DISTINCT ON");
    assert_eq!(
        query.to_sql(&Cautious).unwrap().0,
        r#"SELECT DISTINCT ON ("line"."brand_id") "line"."name" FROM "line" ORDER BY "line"."brand_id", "line"."name""#
    );
}

#[test]
fn tables_within_subqueries_are_known() {
    alias!(Other = Line);
    let tables = |parts: &Parts| parts.reads().tables.iter().map(ToString::to_string).collect::<Vec<_>>();
    let named = Car::query().select(Car::id).union(Tag::query().select(Tag::id));
    assert_eq!(tables(&named.parts), ["car", "tag"]);
    let sizes = sizes().cte(Size);
    let query = Brand::query().join(sizes.on(Size::brand.eq(Brand::id)));
    let query = query.join(Other::on(Other::col(Line::name).eq(Brand::name)));
    assert_eq!(tables(&query.filter(Brand::id.in_query(Car::query().select(Car::id))).parts), ["line", "brand", "car"]);
}
