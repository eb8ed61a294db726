//! Inserts, updates and deletes, and what comes back of them.

use super::models::*;
use super::*;
use crate::error::ErrorKind;
use crate::render::insert::{MatchRows, Returned, ValueRows};
use crate::schema::TableFacts;
use crate::sql::{Conflict, ConflictTarget, ConflictUpdate};

derived! {
    struct Sold { line: i64, cars: i64 }
}

derived! {
    struct Gone { name: String }
}

/// The text of a statement in both dialects, or what is unsupported, with its parameters.
#[track_caller]
fn write(text: impl Fn(&'static dyn Dialect) -> crate::Result<(String, Vec<Value>)>, lax: &str, cautious: &str) {
    for (dialect, expected) in [(&Lax as &'static dyn Dialect, lax), (&Cautious, cautious)] {
        match text(dialect) {
            Ok((text, _)) => assert_eq!(text, expected),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                assert_eq!(error.to_string(), expected);
            }
        }
    }
}

/// Like [`write`], for a text that both dialects share but for the placeholders: `?` in `expected`.
#[track_caller]
fn write_both(text: impl Fn(&'static dyn Dialect) -> crate::Result<(String, Vec<Value>)>, expected: &str) {
    write(text, &numbered(expected, '?'), &numbered(expected, '$'));
}

#[test]
fn a_query_fills_a_table() {
    let cheap = Car::query().join(Car::line).filter(Car::price.lt(5)).select((Line::name, Car::line_id));
    let insert = Line::insert_from((Line::name, Line::brand_id), cheap);
    write_both(
        |dialect| insert.to_sql(dialect),
        r#"INSERT INTO "line" ("name", "brand_id") SELECT "line"."name", "car"."line_id" FROM "car" JOIN "line" ON "car"."line_id" = "line"."id" WHERE "car"."price" < ?"#,
    );
    let both = Brand::query().select(Brand::name).union(Line::query().select(Line::name));
    let insert = Brand::insert_from(Brand::name, both.clone());
    write_both(
        |dialect| insert.to_sql(dialect),
        r#"INSERT INTO "brand" ("name") SELECT "brand"."name" FROM "brand" UNION SELECT "line"."name" FROM "line""#,
    );
    let sold = Car::query().group_by(Car::line_id).select((Car::line_id, count_all())).cte(Sold);
    let insert = Line::insert_from((Line::name, Line::brand_id), sold.query().select((value("x"), Sold::line)));
    write(
        |dialect| insert.to_sql(dialect),
        r#"WITH "Sold" AS (SELECT "car"."line_id" AS "line", count(*) AS "cars" FROM "car" GROUP BY "car"."line_id") INSERT INTO "line" ("name", "brand_id") SELECT ?1, "Sold"."line" FROM "Sold""#,
        r#"WITH "Sold" AS (SELECT "car"."line_id" AS "line", count(*) AS "cars" FROM "car" GROUP BY "car"."line_id") INSERT INTO "line" ("name", "brand_id") SELECT CAST($1 AS TEXT), "Sold"."line" FROM "Sold""#,
    );
}

#[test]
fn expressions_are_a_row() {
    let newest = Car::query().select(max(Car::year)).scalar();
    let insert =
        Car::insert_with((Car::line_id.set(1), Car::year.set(coalesce(newest, 2000) + 1), Car::price.set(None::<i32>)));
    write(
        |dialect| insert.to_sql(dialect),
        r#"INSERT INTO "car" ("line_id", "year", "price") VALUES (?1, coalesce((SELECT max("car"."year") FROM "car"), ?2) + ?3, ?4)"#,
        r#"INSERT INTO "car" ("line_id", "year", "price") VALUES ($1, coalesce((SELECT max("car"."year") FROM "car"), CAST($2 AS INTEGER)) + $3, $4)"#,
    );
}

#[test]
fn a_conflict_is_resolved() {
    let names = || Brand::query().select(Brand::name);
    let nothing = Brand::insert_from(Brand::name, names()).on_conflict(Brand::name).do_nothing();
    write_both(
        |dialect| nothing.to_sql(dialect),
        r#"INSERT INTO "brand" ("name") SELECT "brand"."name" FROM "brand" WHERE TRUE ON CONFLICT ("name") DO NOTHING"#,
    );
    let any = Brand::insert_from(Brand::name, names().filter(Brand::id.gt(1))).ignore_conflicts();
    write_both(
        |dialect| any.to_sql(dialect),
        r#"INSERT INTO "brand" ("name") SELECT "brand"."name" FROM "brand" WHERE "brand"."id" > ? ON CONFLICT DO NOTHING"#,
    );
    let update = Line::insert_with((Line::name.set("x"), Line::brand_id.set(1)))
        .on_conflict((Line::name, Line::brand_id))
        .do_update((Line::name, Line::brand_id.set(Line::brand_id + excluded(Line::id))))
        .filter(Line::id.gt(3).and(excluded(Line::name).ne("y")));
    write_both(
        |dialect| update.to_sql(dialect),
        r#"INSERT INTO "line" ("name", "brand_id") VALUES (?, ?) ON CONFLICT ("name", "brand_id") DO UPDATE SET "name" = "excluded"."name", "brand_id" = "line"."brand_id" + "excluded"."id" WHERE "line"."id" > ? AND "excluded"."name" <> ?"#,
    );
    let combined = Brand::insert_from(Brand::name, names().union(names())).on_conflict_key().do_update(Brand::name);
    write_both(
        |dialect| combined.to_sql(dialect),
        r#"INSERT INTO "brand" ("name") SELECT * FROM (SELECT "brand"."name" FROM "brand" UNION SELECT "brand"."name" FROM "brand") AS "combined" WHERE TRUE ON CONFLICT ("id") DO UPDATE SET "name" = "excluded"."name""#,
    );
    let named = Brand::insert_with(Brand::name.set("x")).on_constraint("uq_brand").do_nothing();
    write(
        |dialect| named.to_sql(dialect),
        "Lax does not support ON CONFLICT ON CONSTRAINT: a constraint by its name",
        r#"INSERT INTO "brand" ("name") VALUES ($1) ON CONFLICT ON CONSTRAINT "uq_brand" DO NOTHING"#,
    );
}

#[test]
fn values_meet_rows_that_are_there() {
    let set = vec![("name".into(), crate::sql::Expr::Param(Value::Text("x".into()), crate::value::SqlType::Text))];
    let conflict = Conflict {
        target: ConflictTarget::Columns(vec!["name".into()]),
        others: Some(vec![vec!["id".into()]]),
        update: Some(ConflictUpdate { set, filter: Vec::new(), written: None }),
    };
    let returning = [crate::sql::Expr::column(Line::table(), &Line::table().columns[0]).into()];
    let rows = |conflict| ValueRows {
        table: Line::table(),
        columns: &[0, 1],
        generated: None,
        conflict,
        returning: Returned::Items(&[]),
    };
    write_both(
        |dialect| rows(Some(&conflict)).row(dialect, None),
        r#"INSERT INTO "line" ("id", "name") VALUES (?, ?) ON CONFLICT ("name") DO UPDATE SET "name" = ?"#,
    );
    let text = |found: crate::Result<(String, Vec<Value>)>| found.unwrap().0;
    let facts = TableFacts { columns: Vec::new(), rewrites_inserts: false, reads_others: false, temporary: false };
    assert_eq!(
        text(rows(Some(&conflict)).arrays(&Cautious, &facts)),
        r#"INSERT INTO "line" ("id", "name") SELECT "id", "name" FROM unnest($1::BIGINT[], $2::TEXT[]) AS u("id", "name") ON CONFLICT ("name") DO UPDATE SET "name" = $3"#,
    );
    let all = ValueRows { returning: Returned::Items(&returning), ..rows(None) };
    assert_eq!(
        text(all.arrays_returning(&Cautious, &facts, &MatchRows::ByKey)),
        r#"WITH src AS (SELECT u.* FROM unnest($1::BIGINT[], $2::TEXT[]) WITH ORDINALITY AS u("id", "name", "orm ord")), ins AS (INSERT INTO "line" ("id", "name") SELECT "id", "name" FROM src ORDER BY "orm ord" RETURNING "line"."id" AS "orm r0", "line"."id" AS "orm k0") SELECT m."orm r0", m."orm ord" FROM (SELECT ins.*, src."orm ord" FROM src JOIN ins ON ins."orm k0" = src."id") AS m ORDER BY m."orm ord""#,
    );
    let conflict = Conflict { update: None, ..conflict.clone() };
    let matched = MatchRows::ByTarget(vec![1]);
    assert_eq!(
        text(ValueRows { conflict: Some(&conflict), ..all }.arrays_returning(&Cautious, &facts, &matched)),
        r#"WITH src AS (SELECT u.* FROM unnest($1::BIGINT[], $2::TEXT[]) WITH ORDINALITY AS u("id", "name", "orm ord")), ins AS (INSERT INTO "line" ("id", "name") SELECT "id", "name" FROM src ORDER BY "orm ord" ON CONFLICT ("name") DO NOTHING RETURNING "line"."id" AS "orm r0", "line"."id" AS "orm k0", "line"."name" AS "orm k1") SELECT m."orm r0", m."orm ord" FROM (SELECT ins.*, src."orm ord" FROM src JOIN ins ON ins."orm k1" = src."name") AS m ORDER BY m."orm ord""#,
    );
}

#[test]
fn an_update_reads_other_sources() {
    let update = Car::query()
        .join(Car::line)
        .join(Line::brand)
        .filter(Brand::name.eq("x"))
        .update((Car::year.set(Car::year + 1), Car::owner_id.set(Line::brand_id + 2)));
    write_both(
        |dialect| update.to_sql(dialect),
        r#"UPDATE "car" SET "year" = "car"."year" + ?, "owner_id" = "line"."brand_id" + ? FROM "line", "brand" WHERE "car"."line_id" = "line"."id" AND "line"."brand_id" = "brand"."id" AND "brand"."name" = ?"#,
    );
    let sold = Car::query().group_by(Car::line_id).select((Car::line_id, count_all()));
    let by_query =
        Line::query().join(sold.cte(Sold).on(Sold::line.eq(Line::id))).update(Line::brand_id.set(Sold::cars));
    write_both(
        |dialect| by_query.to_sql(dialect),
        r#"WITH "Sold" AS (SELECT "car"."line_id" AS "line", count(*) AS "cars" FROM "car" GROUP BY "car"."line_id") UPDATE "line" SET "brand_id" = "Sold"."cars" FROM "Sold" WHERE "Sold"."line" = "line"."id""#,
    );
    let cars = Line::cars.query().select(count_all()).scalar();
    let scalar = Line::query().update(Line::brand_id.set(coalesce(cars, 0)));
    write(
        |dialect| scalar.to_sql(dialect),
        r#"UPDATE "line" SET "brand_id" = coalesce((SELECT count(*) FROM "car" WHERE "car"."line_id" = "line"."id"), ?1)"#,
        r#"UPDATE "line" SET "brand_id" = coalesce((SELECT count(*) FROM "car" WHERE "car"."line_id" = "line"."id"), CAST($1 AS BIGINT))"#,
    );
}

#[test]
fn a_delete_reads_other_sources() {
    let delete = Car::query().join(Car::line).cross_join::<Brand>().filter(Line::name.eq("x")).delete();
    write(
        |dialect| delete.to_sql(dialect),
        r#"DELETE FROM "car" WHERE EXISTS (SELECT 1 FROM "line" CROSS JOIN "brand" WHERE "car"."line_id" = "line"."id" AND "line"."name" = ?1)"#,
        r#"DELETE FROM "car" USING "line", "brand" WHERE "car"."line_id" = "line"."id" AND "line"."name" = $1"#,
    );
}

#[test]
fn rows_come_back() {
    let delete = Line::query().filter(Line::id.eq(1)).delete().returning((Line::name, Line::id + 2));
    write_both(
        |dialect| delete.to_sql(dialect),
        r#"DELETE FROM "line" WHERE "line"."id" = ? RETURNING "line"."name", "line"."id" + ?"#,
    );
    let update = Line::query().join(Line::brand).update(Line::name.set("x"));
    let objects = update.clone().returning_objects();
    write_both(
        |dialect| objects.to_sql(dialect),
        r#"UPDATE "line" SET "name" = ? FROM "brand" WHERE "line"."brand_id" = "brand"."id" RETURNING "line"."id", "line"."name", "line"."brand_id""#,
    );
    let joined = update.returning(upper(Brand::name));
    write(
        |dialect| joined.to_sql(dialect),
        "Lax does not support RETURNING of another source than the table that is written to",
        r#"UPDATE "line" SET "name" = $1 FROM "brand" WHERE "line"."brand_id" = "brand"."id" RETURNING upper("brand"."name")"#,
    );
    let insert = Brand::insert_with(Brand::name.set("x")).returning(Brand::id);
    write_both(|dialect| insert.to_sql(dialect), r#"INSERT INTO "brand" ("name") VALUES (?) RETURNING "brand"."id""#);
}

#[test]
fn a_query_reads_what_was_changed() {
    let gone = Line::query().filter(Line::id.gt(5)).delete().returning(Line::name).cte(Gone);
    let query = gone.query().select(Gone::name);
    write(
        |dialect| query.to_sql(dialect),
        "Lax does not support INSERT, UPDATE and DELETE under a name, for a query to read",
        r#"WITH "Gone" AS (DELETE FROM "line" WHERE "line"."id" > $1 RETURNING "line"."name" AS "name") SELECT "Gone"."name" FROM "Gone""#,
    );
    let tables = |parts: &Parts| parts.reads().tables.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(tables(&query.parts), ["line"]);
    let moved = Brand::insert_from(Brand::name, query);
    write(
        |dialect| moved.to_sql(dialect),
        "Lax does not support INSERT, UPDATE and DELETE under a name, for a query to read",
        r#"WITH "Gone" AS (DELETE FROM "line" WHERE "line"."id" > $1 RETURNING "line"."name" AS "name") INSERT INTO "brand" ("name") SELECT "Gone"."name" FROM "Gone""#,
    );
}

#[test]
fn mistakes_are_told() {
    let twice = Line::insert_with((Line::name.set("x"), Line::name.set("y"))).to_sql(&Lax).unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::InvalidState);
    assert!(twice.to_string().contains("`name`"), "{twice}");
    let left = Car::query().left_join(Car::line).update(Car::year.set(1)).to_sql(&Lax).unwrap_err();
    assert!(left.to_string().contains("left, right or full join"), "{left}");
    let grouped = Car::query().group_by(Car::year).delete().to_sql(&Lax).unwrap_err();
    assert!(grouped.to_string().contains("group_by"), "{grouped}");
    let ungrouped = Line::query().select((Line::name, count_all()));
    let insert = Line::insert_from((Line::name, Line::brand_id), ungrouped).to_sql(&Lax).unwrap_err();
    assert!(insert.to_string().contains("neither grouped"), "{insert}");
}
