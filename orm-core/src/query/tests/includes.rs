//! The statements that load members.

use super::models::*;
use super::*;
use crate::error::ErrorKind;
use crate::schema::{ColumnDef, RelationKind};
use crate::sql;
use crate::value::SqlType;

/// The statement that loads the members of the path's first relation for the objects with the keys 1 and 2.
fn load<M: Model>(path: impl IncludePath<M>) -> sql::Select {
    let include = path.steps().includes().unwrap().remove(0);
    let relation = include.relation;
    let keys = |table, column| {
        let keys = vec![Value::I64(1), Value::I64(2)];
        sql::Expr::InList(sql::Nested::new(sql::Expr::column(table, column)), keys, SqlType::I64)
    };
    if relation.kind == RelationKind::ManyToMany {
        let (association, left) = relation.association().unwrap();
        let table = association.table().unwrap();
        let [own, other] = [&association.left, &association.right].map(|columns| &table.columns[columns.start]);
        let (own, other): (&'static ColumnDef, _) = if left { (own, other) } else { (other, own) };
        return association_members(
            relation,
            association_source(association, table),
            (&[own], &[other]),
            keys(table, own),
            &include.options,
        );
    }
    let (table, key) = relation.member_key().unwrap();
    let by: &'static ColumnDef = &table.columns[table.foreign_keys[key].columns.start];
    members(relation, &[by], keys(table, by), &include.options)
}

impl ToSql for sql::Select {
    fn text(&self, dialect: &'static dyn Dialect) -> crate::Result<(String, Vec<Value>)> {
        crate::render::select(dialect, self)
    }
}

#[track_caller]
fn check_load<M: Model>(path: impl IncludePath<M>, lax: &str) {
    assert_eq!(load(path).text(&Lax).unwrap().0, lax);
}

#[test]
fn members_are_found_by_their_keys() {
    check_load(
        Brand::lines,
        r#"SELECT "line"."id", "line"."name", "line"."brand_id" FROM "line" WHERE "line"."brand_id" IN rarray(?1)"#,
    );
    check_load(
        Tag::cars,
        r#"SELECT "car"."id", "car"."line_id", "car"."year", "car"."price", "car"."sold", "car"."owner_id", "car_tag"."tag_id" FROM "car" JOIN "car_tag" ON "car_tag"."car_id" = "car"."id" WHERE "car_tag"."tag_id" IN rarray(?1)"#,
    );
}

#[test]
fn conditions_and_orders_are_about_members() {
    let path = Brand::lines
        .filter(Line::name.ne("x"))
        .order_by((Line::name.desc(), Line::id))
        .filter(Line::cars.any(Car::year.gt(2000)));
    check_load(
        path,
        r#"SELECT "line"."id", "line"."name", "line"."brand_id" FROM "line" WHERE "line"."brand_id" IN rarray(?1) AND "line"."name" <> ?2 AND EXISTS (SELECT 1 FROM "car" WHERE "car"."line_id" = "line"."id" AND "car"."year" > ?3) ORDER BY "line"."name" DESC, "line"."id""#,
    );
}

#[test]
fn a_limit_counts_the_members_of_each() {
    check_load(
        Brand::lines.order_by(Line::name).filter(Line::name.ne("x")).limit_each(3),
        r#"SELECT "line"."id", "line"."name", "line"."brand_id" FROM (SELECT "line"."id", "line"."name", "line"."brand_id", row_number() OVER (PARTITION BY "line"."brand_id" ORDER BY "line"."name", "line"."id") AS "orm_row" FROM "line" WHERE "line"."brand_id" IN rarray(?1) AND "line"."name" <> ?2) AS "line" WHERE "line"."orm_row" <= ?3 ORDER BY "line"."orm_row""#,
    );
    check_load(
        Car::tags.limit_each(1),
        r#"SELECT "tag"."id", "tag"."label", "tag"."orm_item_2" FROM (SELECT "tag"."id", "tag"."label", "car_tag"."car_id" AS "orm_item_2", row_number() OVER (PARTITION BY "car_tag"."car_id" ORDER BY "tag"."id") AS "orm_row" FROM "tag" JOIN "car_tag" ON "car_tag"."tag_id" = "tag"."id" WHERE "car_tag"."car_id" IN rarray(?1)) AS "tag" WHERE "tag"."orm_row" <= ?2 ORDER BY "tag"."orm_row""#,
    );
}

#[test]
fn a_relation_is_included_in_one_way() {
    let twice = error(Brand::query().include(Brand::lines.limit_each(1)).include(Brand::lines.limit_each(2)));
    assert_eq!(twice.kind(), ErrorKind::InvalidState);
    assert_eq!(
        twice.to_string(),
        "`Brand::lines` is included twice with different options; combine the options in one include"
    );
    let path = Brand::lines.limit_each(1).then(Line::cars);
    assert!(Brand::query().include(path).include(Brand::lines.then(Line::brand)).to_sql(&Lax).is_ok());
}

#[test]
fn an_include_is_shown_by_its_name() {
    assert!(Car::line.def().unwrap().inverse().is_some() && Line::cars.def().unwrap().inverse().is_some());
    let shown = format!("{:?}", Car::query().include(Car::line.then(Line::brand)));
    assert!(shown.contains("Car::line") && shown.contains("Line::brand"), "{shown}");
}

#[test]
fn a_required_key_is_joined_and_another_left_joined() {
    check_both(
        Car::query().include(Car::line.joined().then(Line::brand.joined())).limit(3),
        r#"SELECT "car"."id", "car"."line_id", "car"."year", "car"."price", "car"."sold", "car"."owner_id", "line_1"."id", "line_1"."name", "line_1"."brand_id", "brand_2"."id", "brand_2"."name" FROM "car" JOIN "line" AS "line_1" ON "car"."line_id" = "line_1"."id" JOIN "brand" AS "brand_2" ON "line_1"."brand_id" = "brand_2"."id" LIMIT ?"#,
        &[Value::I64(3)],
    );
    check_both(
        Person::query().include(Person::boss.joined().include(Person::boss.joined())),
        r#"SELECT "person"."id", "person"."home_id", "person"."boss_id", "boss_1"."id", "boss_1"."home_id", "boss_1"."boss_id", "boss_2"."id", "boss_2"."home_id", "boss_2"."boss_id" FROM "person" LEFT JOIN "person" AS "boss_1" ON "person"."boss_id" = "boss_1"."id" LEFT JOIN "person" AS "boss_2" ON "boss_1"."boss_id" = "boss_2"."id""#,
        &[],
    );
}

#[test]
fn members_are_joined_behind_the_limit_of_their_owners() {
    check_both(
        Brand::query()
            .include(Brand::lines.joined())
            .order_by(Brand::name.desc())
            .filter(Brand::name.ne("x"))
            .limit(2)
            .offset(1),
        r#"SELECT "brand"."id", "brand"."name", "lines_1"."id", "lines_1"."name", "lines_1"."brand_id" FROM (SELECT "brand"."id", "brand"."name" FROM "brand" WHERE "brand"."name" <> ? ORDER BY "brand"."name" DESC LIMIT ? OFFSET ?) AS "brand" LEFT JOIN "line" AS "lines_1" ON "lines_1"."brand_id" = "brand"."id" ORDER BY "brand"."name" DESC"#,
        &[Value::Text("x".to_owned()), Value::I64(2), Value::I64(1)],
    );
    check_both(
        Line::query()
            .join(Line::brand)
            .order_by((Brand::name, Line::id))
            .limit(1)
            .include(Line::cars.joined().then(Car::tags.joined())),
        r#"SELECT "line"."id", "line"."name", "line"."brand_id", "cars_1"."id", "cars_1"."line_id", "cars_1"."year", "cars_1"."price", "cars_1"."sold", "cars_1"."owner_id", "tags_2"."id", "tags_2"."label" FROM (SELECT "line"."id", "line"."name", "line"."brand_id", "brand"."name" AS "orm_order_0" FROM "line" JOIN "brand" ON "line"."brand_id" = "brand"."id" ORDER BY "brand"."name", "line"."id" LIMIT ?) AS "line" LEFT JOIN "car" AS "cars_1" ON "cars_1"."line_id" = "line"."id" LEFT JOIN "car_tag" AS "cars_1_tags_tags_2" ON "cars_1_tags_tags_2"."car_id" = "cars_1"."id" LEFT JOIN "tag" AS "tags_2" ON "cars_1_tags_tags_2"."tag_id" = "tags_2"."id" ORDER BY "line"."orm_order_0", "line"."id""#,
        &[Value::I64(1)],
    );
}

#[test]
fn equal_rows_are_merged_before_members_are_joined() {
    check_both(
        Line::query().join(Line::cars).distinct().include(Line::brand.joined()),
        r#"SELECT "line"."id", "line"."name", "line"."brand_id", "brand_1"."id", "brand_1"."name" FROM (SELECT DISTINCT "line"."id", "line"."name", "line"."brand_id" FROM "line" JOIN "car" ON "car"."line_id" = "line"."id") AS "line" JOIN "brand" AS "brand_1" ON "line"."brand_id" = "brand_1"."id""#,
        &[],
    );
}

#[test]
fn members_are_joined_to_members() {
    let path = Brand::lines.limit_each(2).then(Line::brand.joined());
    let then = path.clone().steps().includes().unwrap().remove(0).then;
    let (select, loads) = add_joined_loads(load(path), Line::table(), &[], &then).unwrap();
    assert_eq!(loads.iter().map(|load| load.first).collect::<Vec<_>>(), [3]);
    assert_eq!(
        select.text(&Lax).unwrap().0,
        r#"SELECT "line"."id", "line"."name", "line"."brand_id", "brand_1"."id", "brand_1"."name" FROM (SELECT "line"."id", "line"."name", "line"."brand_id", row_number() OVER (PARTITION BY "line"."brand_id" ORDER BY "line"."id") AS "orm_row" FROM "line" WHERE "line"."brand_id" IN rarray(?1)) AS "line" JOIN "brand" AS "brand_1" ON "line"."brand_id" = "brand_1"."id" WHERE "line"."orm_row" <= ?2 ORDER BY "line"."orm_row""#
    );
}

#[test]
fn what_the_query_joined_is_selected_where_it_populates() {
    check_both(
        Brand::query()
            .join(Brand::lines)
            .left_join(Line::cars)
            .filter(Line::name.ne("x"))
            .populate(Brand::lines)
            .populate(Line::cars)
            .include(Brand::lines.then(Line::cars.then(Car::owner.joined()))),
        r#"SELECT "brand"."id", "brand"."name", "line"."id", "line"."name", "line"."brand_id", "car"."id", "car"."line_id", "car"."year", "car"."price", "car"."sold", "car"."owner_id", "owner_1"."id", "owner_1"."home_id", "owner_1"."boss_id" FROM "brand" JOIN "line" ON "line"."brand_id" = "brand"."id" LEFT JOIN "car" ON "car"."line_id" = "line"."id" LEFT JOIN "person" AS "owner_1" ON "car"."owner_id" = "owner_1"."id" WHERE "line"."name" <> ?"#,
        &[Value::Text("x".to_owned())],
    );
    alias!(Other = Line);
    check_both(
        Brand::query()
            .join(Brand::lines.to(Other))
            .include(Brand::lines.then(Line::brand))
            .populate(Brand::lines.to(Other)),
        r#"SELECT "brand"."id", "brand"."name", "Other"."id", "Other"."name", "Other"."brand_id" FROM "brand" JOIN "line" AS "Other" ON "Other"."brand_id" = "brand"."id""#,
        &[],
    );
}

#[test]
fn what_cannot_populate_is_refused() {
    let joined = || Brand::query().join(Brand::lines).join(Line::cars);
    let errors = [
        error(joined().populate(Line::cars)),
        error(joined().populate(Brand::lines).group_by((Brand::id, Line::id))),
        error(Brand::query().union(Brand::query().join(Brand::lines).populate(Brand::lines))),
        error(joined().populate(Brand::lines).include(Brand::lines.then(Line::brand.joined())).distinct()),
        error(joined().populate(Brand::lines).include(Brand::lines.limit_each(3))),
        error(joined().populate(Brand::lines).select(Line::id)),
    ];
    let messages = [
        "`populate(Line::cars)` needs `line` to be populated before, because its objects get the members",
        "`populate` reads objects from the rows of the query, which `group_by` merges",
        "`populate` reads objects from the joins of one query, and not of several that are combined",
        "`Line::brand` cannot be joined to `line`, because the query has a limit or merges rows; include it without `.joined()`",
        "`Brand::lines` is included twice with different options; combine the options in one include",
        "`include` and `populate` load relations of objects, and this query has none",
    ];
    for (error, message) in errors.iter().zip(messages) {
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidState, message));
    }
}
