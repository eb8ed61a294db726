use super::models::*;
use super::*;
use crate::render;
use crate::sql;

#[track_caller]
fn check_statement(statement: crate::Result<sql::Select>, expected: &str) {
    assert_eq!(render::select(&Lax, &statement.unwrap()).unwrap().0, expected);
}

#[test]
fn counting_leaves_out_what_cannot_matter() {
    let query = Car::query().join(Car::line).filter(Line::name.eq("x")).order_by(Line::name);
    check_statement(
        query.parts.count_statement(),
        r#"SELECT count(*) FROM "car" JOIN "line" ON "car"."line_id" = "line"."id" WHERE "line"."name" = ?1"#,
    );
    check_statement(
        query.parts.exists_statement(),
        r#"SELECT 1 FROM "car" JOIN "line" ON "car"."line_id" = "line"."id" WHERE "line"."name" = ?1 LIMIT ?2"#,
    );
}

#[test]
fn counting_counts_the_rows_that_come_back() {
    check_statement(
        Line::query().order_by(Line::name).limit(3).parts.count_statement(),
        r#"SELECT count(*) FROM (SELECT "line"."id", "line"."name", "line"."brand_id" FROM "line" ORDER BY "line"."name" LIMIT ?1) AS "counted""#,
    );
    check_statement(
        Line::query().select(Line::name).distinct().order_by(Line::name).parts.count_statement(),
        r#"SELECT count(*) FROM (SELECT DISTINCT "line"."name" FROM "line") AS "counted""#,
    );
    check_statement(
        Line::query().select((Line::name, count_all())).group_by(Line::name).parts.exists_statement(),
        r#"SELECT 1 FROM (SELECT "line"."name", count(*) FROM "line" GROUP BY "line"."name") AS "counted" LIMIT ?1"#,
    );
}

#[test]
fn the_tables_that_are_read_are_known() {
    let tables = |parts: &Parts| parts.reads().tables.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(tables(&Car::query().join(Car::tags).parts), ["car", "car_tag", "tag"]);
    let counted = Car::query().join(Car::line).limit(1).parts.count_statement().unwrap();
    assert_eq!(counted.reads().tables.iter().map(ToString::to_string).collect::<Vec<_>>(), ["car", "line"]);
}
