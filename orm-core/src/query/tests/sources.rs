//! Other names of models, and every kind of join.

use super::models::*;
use super::*;
use crate::error::ErrorKind;

alias!(Boss = Person);
alias!(Rival2 = Car);

#[test]
fn a_model_is_read_under_two_names() {
    let query = Person::query()
        .join(Person::boss.to(Boss))
        .filter(Boss::col(Person::id).lt(Person::id))
        .order_by(Boss::col(Person::id).desc())
        .select((Person::id, Boss::col(Person::id)));
    let expected = r#"SELECT "person"."id", "Boss"."id" FROM "person" JOIN "person" AS "Boss" ON "person"."boss_id" = "Boss"."id" WHERE "Boss"."id" < "person"."id" ORDER BY "Boss"."id" DESC"#;
    check_both(query, expected, &[]);
}

#[test]
fn a_relation_starts_at_another_name() {
    alias!(Top = Person);
    let query = Person::query()
        .join(Person::boss.to(Boss))
        .left_join(Boss::rel(Person::boss).to(Top))
        .select((Person::id, Top::col(Person::id)));
    let _: &Select<(i64, Option<i64>), _> = &query;
    let expected = r#"SELECT "person"."id", "Top"."id" FROM "person" JOIN "person" AS "Boss" ON "person"."boss_id" = "Boss"."id" LEFT JOIN "person" AS "Top" ON "Boss"."boss_id" = "Top"."id""#;
    check_both(query, expected, &[]);
}

#[test]
fn objects_are_read_under_another_name() {
    let query = Boss::query().cross_join::<Boss>();
    assert_eq!(error(query).kind(), ErrorKind::InvalidState);
    let query = Boss::query().filter(Boss::col(Person::id).gt(1));
    let expected =
        r#"SELECT "Boss"."id", "Boss"."home_id", "Boss"."boss_id" FROM "person" AS "Boss" WHERE "Boss"."id" > ?"#;
    check_both(query, expected, &[Value::I64(1)]);
}

#[test]
fn association_tables_go_by_other_names_too() {
    let query = Car::query().join(Car::tags).join(Tag::cars.to(Rival2)).select((Car::id, Rival2::col(Car::id)));
    let expected = r#"SELECT "car"."id", "Rival2"."id" FROM "car" JOIN "car_tag" ON "car_tag"."car_id" = "car"."id" JOIN "tag" ON "car_tag"."tag_id" = "tag"."id" JOIN "car_tag" AS "tag_cars_Rival2" ON "tag_cars_Rival2"."tag_id" = "tag"."id" JOIN "car" AS "Rival2" ON "tag_cars_Rival2"."car_id" = "Rival2"."id""#;
    check_both(query, expected, &[]);
}

#[test]
fn every_kind_of_join_has_a_condition() {
    let on = || Car::on(Car::line_id.gt(Line::brand_id).and(Car::price.is_not_null()));
    let condition = r#"ON "car"."line_id" > "line"."brand_id" AND "car"."price" IS NOT NULL"#;
    let inner: Select<(String, i64), _> = Line::query().join(on()).select((Line::name, Car::id));
    let left: Select<(String, Option<i64>), _> = Line::query().left_join(on()).select((Line::name, Car::id));
    let right: Select<(Option<String>, i64), _> = Line::query().right_join(on()).select((Line::name, Car::id));
    let full: Select<(Option<String>, Option<i64>), _> = Line::query().full_join(on()).select((Line::name, Car::id));
    let text = |kind| format!(r#"SELECT "line"."name", "car"."id" FROM "line" {kind} "car" {condition}"#);
    check_both(inner, &text("JOIN"), &[]);
    check_both(left, &text("LEFT JOIN"), &[]);
    check_both(right, &text("RIGHT JOIN"), &[]);
    check_both(full, &text("FULL JOIN"), &[]);
    let cross: Select<(String, i64), _> =
        Line::query().cross_join::<Rival2>().select((Line::name, Rival2::col(Car::id)));
    check_both(cross, r#"SELECT "line"."name", "Rival2"."id" FROM "line" CROSS JOIN "car" AS "Rival2""#, &[]);
}

#[test]
fn names_differ_in_more_than_case() {
    alias!(PersoN = Person);
    let error = error(Person::query().join(Person::boss.to(PersoN)));
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.to_string().starts_with("`.join(Person::boss)`: `PersoN` is in this query already"), "{error}");
}

#[test]
fn a_bulk_statement_takes_the_model_itself() {
    let refused = Boss::query().filter(Boss::col(Person::id).gt(1)).delete().to_sql(&Lax).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`delete` of a query over Person takes no other source than the model; filter by the relation, for example \
         `.filter(Car::model.has(..))`, or by a subquery"
    );
}

#[test]
fn relations_are_conditions() {
    let many = Line::query().filter(Line::cars.any(Car::year.gt(2000))).select(Line::name);
    check_both(
        many,
        r#"SELECT "line"."name" FROM "line" WHERE EXISTS (SELECT 1 FROM "car" WHERE "car"."line_id" = "line"."id" AND "car"."year" > ?)"#,
        &[Value::I64(2000)],
    );
    let one = Car::query().filter(Car::line.has(Line::brand.has(Brand::name.eq("x")))).select(Car::id);
    check_both(
        one,
        r#"SELECT "car"."id" FROM "car" WHERE EXISTS (SELECT 1 FROM "line" WHERE "car"."line_id" = "line"."id" AND EXISTS (SELECT 1 FROM "brand" WHERE "line"."brand_id" = "brand"."id" AND "brand"."name" = ?))"#,
        &[Value::Text("x".to_owned())],
    );
    let pairs = Car::query().filter(Car::tags.none(Tag::label.eq("old"))).select(Car::id);
    check_both(
        pairs,
        r#"SELECT "car"."id" FROM "car" WHERE NOT EXISTS (SELECT 1 FROM "tag" JOIN "car_tag" ON "car_tag"."tag_id" = "tag"."id" WHERE "car_tag"."car_id" = "car"."id" AND "tag"."label" = ?)"#,
        &[Value::Text("old".to_owned())],
    );
    let all =
        Line::query().filter(Line::cars.all(Car::sold)).filter(Line::cars.is_not_empty()).select(Line::cars.count());
    check_both(
        all,
        r#"SELECT (SELECT count(*) FROM "car" WHERE "car"."line_id" = "line"."id") FROM "line" WHERE NOT EXISTS (SELECT 1 FROM "car" WHERE "car"."line_id" = "line"."id" AND NOT (coalesce("car"."sold", FALSE))) AND EXISTS (SELECT 1 FROM "car" WHERE "car"."line_id" = "line"."id")"#,
        &[],
    );
}

#[test]
fn a_relation_to_itself_renames_its_members() {
    let query = Person::query().filter(Person::boss.has(Person::boss.has(Person::id.eq(1)))).select(Person::id);
    check_both(
        query,
        r#"SELECT "person"."id" FROM "person" WHERE EXISTS (SELECT 1 FROM "person" AS "person_boss_2" WHERE "person"."boss_id" = "person_boss_2"."id" AND EXISTS (SELECT 1 FROM "person" AS "person_boss" WHERE "person_boss_2"."boss_id" = "person_boss"."id" AND "person_boss"."id" = ?))"#,
        &[Value::I64(1)],
    );
    let query = Person::query()
        .join(Person::boss.to(Boss))
        .filter(Boss::rel(Person::boss).has(Person::id.gt(7)))
        .select(Person::id);
    check_both(
        query,
        r#"SELECT "person"."id" FROM "person" JOIN "person" AS "Boss" ON "person"."boss_id" = "Boss"."id" WHERE EXISTS (SELECT 1 FROM "person" WHERE "Boss"."boss_id" = "person"."id" AND "person"."id" > ?)"#,
        &[Value::I64(7)],
    );
}
