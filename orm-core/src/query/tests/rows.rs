use super::models::*;
use super::*;
use crate::model::Handle;

#[test]
fn an_object_is_all_its_columns() {
    let query: Select<(Handle<Line>, Option<i32>), _> =
        Line::query().join(Line::cars).group_by(Line::id).select((Line::object(), max(Car::price)));
    check_both(
        query,
        r#"SELECT "line"."id", "line"."name", "line"."brand_id", max("car"."price") FROM "line" JOIN "car" ON "car"."line_id" = "line"."id" GROUP BY "line"."id""#,
        &[],
    );
}

#[test]
fn a_left_joined_object_may_be_missing() {
    let query: Select<(Handle<Car>, Option<Handle<Person>>), _> =
        Car::query().left_join(Car::owner).select((Car::object(), Person::object()));
    assert!(query.to_sql(&Lax).is_ok());
}

alias! { Boss = Person }

#[test]
fn an_object_may_be_read_under_another_name() {
    let query: Select<(i64, Handle<Person>), _> =
        Person::query().join(Person::boss.to(Boss)).select((Person::id, Boss::object()));
    assert!(query.to_sql(&Lax).unwrap().0.starts_with(r#"SELECT "person"."id", "Boss"."id", "#));
}

struct Sizes;

impl RowType for Sizes {
    fn read(_: &mut crate::model::RowReader<'_>) -> crate::Result<Self> {
        Ok(Self)
    }

    fn shapes(shapes: &mut Vec<Shape>) {
        <(i64, Option<i32>)>::shapes(shapes);
    }
}

impl FilledFrom<(i64, Option<i32>)> for Sizes {}

#[test]
fn rows_as_structs_are_the_same_statement() {
    let query = Car::query().select((Car::id, Car::price));
    check_both(query.clone().rows_as::<Sizes>(), r#"SELECT "car"."id", "car"."price" FROM "car""#, &[]);
}
