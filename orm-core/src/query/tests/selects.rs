use super::models::*;
use super::*;
use crate::error::ErrorKind;

#[test]
fn objects_are_selected_column_by_column() {
    check_both(Line::query(), r#"SELECT "line"."id", "line"."name", "line"."brand_id" FROM "line""#, &[]);
}

#[test]
fn clauses_may_come_in_any_order() {
    let expected = r#"SELECT DISTINCT "car"."year", count(*) FROM "car" WHERE "car"."year" > ? AND "car"."price" IS NOT NULL GROUP BY "car"."year" HAVING count(*) > ? ORDER BY "car"."year" DESC NULLS LAST, count(*) LIMIT ? OFFSET ?"#;
    let params = [Value::I64(2000), Value::I64(1), Value::I64(10), Value::I64(20)];
    let before = Car::query()
        .limit(10)
        .offset(20)
        .order_by((Car::year.desc().nulls_last(), count_all()))
        .having(count_all().gt(1))
        .group_by(Car::year)
        .distinct()
        .filter(Car::year.gt(2000))
        .filter_opt(Some(Car::price.is_not_null()))
        .filter_opt(None::<Expr<bool, ()>>)
        .select((Car::year, count_all()));
    let after = Car::query()
        .select((Car::year, count_all()))
        .filter(Car::year.gt(2000).and(Car::price.is_not_null()))
        .distinct()
        .group_by((Car::year,))
        .having(count_all().gt(1))
        .order_by(Car::year.desc().nulls_last())
        .order_by(count_all().asc())
        .offset(20)
        .limit(10);
    check_both(before, expected, &params);
    check_both(after, expected, &params);
}

#[test]
fn an_offset_alone_gets_a_limit() {
    let expected = r#"SELECT "line"."name" FROM "line" LIMIT ? OFFSET ?"#;
    check_both(Line::query().select(Line::name).offset(5), expected, &[Value::I64(i64::MAX), Value::I64(5)]);
}

#[test]
fn joins_follow_keys_up() {
    let query = Car::query().join(Car::line).join(Line::brand).filter(Brand::name.eq("x")).select(Car::id);
    let expected = r#"SELECT "car"."id" FROM "car" JOIN "line" ON "car"."line_id" = "line"."id" JOIN "brand" ON "line"."brand_id" = "brand"."id" WHERE "brand"."name" = ?"#;
    check_both(query, expected, &[Value::Text("x".to_owned())]);
}

#[test]
fn joins_follow_keys_down_and_through_association_tables() {
    let query = Brand::query().join(Brand::lines).select((Brand::id, Line::name));
    check_both(
        query,
        r#"SELECT "brand"."id", "line"."name" FROM "brand" JOIN "line" ON "line"."brand_id" = "brand"."id""#,
        &[],
    );
    check_both(
        Car::query().left_join(Car::tags).select((Car::id, Tag::label)),
        r#"SELECT "car"."id", "tag"."label" FROM "car" LEFT JOIN "car_tag" ON "car_tag"."car_id" = "car"."id" LEFT JOIN "tag" ON "car_tag"."tag_id" = "tag"."id""#,
        &[],
    );
    check_both(
        Tag::query().join(Tag::cars).select(Tag::label),
        r#"SELECT "tag"."label" FROM "tag" JOIN "car_tag" ON "car_tag"."tag_id" = "tag"."id" JOIN "car" ON "car_tag"."car_id" = "car"."id""#,
        &[],
    );
}

#[test]
fn left_joined_columns_are_optional() {
    type Row = (i64, Option<i64>, i64, Option<bool>, bool, i64);
    let query: Select<Row, _> = Car::query().left_join(Car::owner).group_by((Car::id, Person::id)).select((
        Car::id,
        Person::id,
        count(Person::id),
        Person::id.gt(Car::id),
        Person::id.is_null(),
        coalesce(Person::id, 0),
    ));
    let names: Select<Option<String>, _> =
        Car::query().left_join(Car::line).join(Line::brand).select(lower(Line::name));
    assert!(query.to_sql(&Lax).is_ok() && names.to_sql(&Lax).is_ok());
}

#[test]
fn a_model_is_in_a_query_once() {
    let error = error(Person::query().join(Person::boss));
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert_eq!(
        error.to_string(),
        "`.join(Person::boss)`: `person` is in this query already, and a name can be in a query once; `alias!` gives a model another name, \
         which a relation takes by `.to(..)`"
    );
}

#[test]
fn included_paths_share_what_they_have_in_common() {
    let query = Car::query().include(Car::line).include(Car::line.then(Line::brand)).include(Car::tags);
    let outline: Vec<_> = query
        .parts
        .includes
        .iter()
        .map(|include| (include.relation.name, include.then.iter().map(|next| next.relation.name).collect::<Vec<_>>()))
        .collect();
    assert_eq!(outline, [("line", vec!["brand"]), ("tags", vec![])]);
}
