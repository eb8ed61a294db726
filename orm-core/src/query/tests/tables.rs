//! Tables without models: the same statements as of models, described at run time.

use super::*;
use crate::error::ErrorKind;
use crate::query::table::{Item, Table, TableQuery, TableRow};
use crate::value::SqlType;

type Text = crate::Result<(String, Vec<Value>)>;

/// Compares a text in the lax and in the cautious dialect with what is expected, or with what is unsupported.
#[track_caller]
fn sql(text: impl Fn(&'static dyn Dialect) -> Text, lax: &str, cautious: &str) {
    for (dialect, expected) in [(&Lax as &'static dyn Dialect, lax), (&Cautious, cautious)] {
        match text(dialect) {
            Ok((text, _)) => assert_eq!(text, expected),
            Err(error) => assert_eq!(error.to_string(), expected),
        }
    }
}

/// Like [`sql`], for a text that both dialects share but for the placeholders: `?` in `expected`.
#[track_caller]
fn both(text: impl Fn(&'static dyn Dialect) -> Text, expected: &str) {
    sql(text, &numbered(expected, '?'), &numbered(expected, '$'));
}

/// The message of a mistake.
#[track_caller]
fn mistake(text: Text, kind: ErrorKind) -> String {
    let error = text.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

fn line() -> Table {
    Table::new("line").column::<i64>("id").column::<String>("name").column::<Option<i32>>("year")
}

fn car() -> Table {
    Table::new("car").column::<i64>("id").column::<i64>("line_id").column::<f64>("price")
}

/// Of the two tables above, which have all columns that are asked for.
fn col(table: &Table, name: &str) -> Item {
    table.col(name).unwrap()
}

fn of_line() -> Item {
    col(&car(), "line_id").eq(col(&line(), "id"))
}

fn names() -> TableQuery {
    line().query().select([col(&line(), "name")])
}

#[test]
fn all_columns_are_selected_unless_some_are() {
    let query = line().query().filter(col(&line(), "id").gt(1));
    both(
        |dialect| query.to_sql(dialect),
        r#"SELECT "line"."id" AS "id", "line"."name" AS "name", "line"."year" AS "year" FROM "line" WHERE "line"."id" > ?"#,
    );
    let query = names().distinct().order_by(col(&line(), "name").desc().nulls_last()).limit(3).offset(1);
    both(
        |dialect| query.to_sql(dialect),
        r#"SELECT DISTINCT "line"."name" AS "name" FROM "line" ORDER BY "line"."name" DESC NULLS LAST LIMIT ? OFFSET ?"#,
    );
    let other = Table::new("line").schema("app").column::<i64>("id").named("l");
    both(|dialect| other.query().to_sql(dialect), r#"SELECT "l"."id" AS "id" FROM "app"."line" AS "l""#);
}

#[test]
fn every_kind_of_join_is_there() {
    let text = |kind: &str| {
        format!(
            r#"SELECT "line"."name" AS "name", "car"."price" AS "price" FROM "line" {kind} "car" ON "car"."line_id" = "line"."id""#
        )
    };
    let queries: [(&str, fn(TableQuery, &Table, Item) -> TableQuery); 4] = [
        ("JOIN", TableQuery::join),
        ("LEFT JOIN", TableQuery::left_join),
        ("RIGHT JOIN", TableQuery::right_join),
        ("FULL JOIN", TableQuery::full_join),
    ];
    for (kind, join) in queries {
        let query = join(names(), &car(), of_line()).select([col(&car(), "price")]);
        both(|dialect| query.to_sql(dialect), &text(kind));
    }
    let crossed = names().cross_join(&car());
    both(|dialect| crossed.to_sql(dialect), r#"SELECT "line"."name" AS "name" FROM "line" CROSS JOIN "car""#);
}

#[test]
fn conditions_are_those_of_models() {
    let (id, year) = (|| col(&line(), "id"), || col(&line(), "year"));
    let cases = [
        (year().eq(None::<i32>), r#""line"."year" IS NULL"#),
        (year().ne(None::<i32>), r#""line"."year" IS NOT NULL"#),
        (year().is_not_null(), r#""line"."year" IS NOT NULL"#),
        (year().between(1, id()), r#""line"."year" BETWEEN ? AND "line"."id""#),
        (year().is_distinct_from(2), r#""line"."year" IS DISTINCT FROM ?"#),
        (year().is_not_distinct_from(id()), r#""line"."year" IS NOT DISTINCT FROM "line"."id""#),
        (id().gt(1) & year().lt(2) & !id().eq(3), r#""line"."id" > ? AND "line"."year" < ? AND NOT ("line"."id" = ?)"#),
        (id().gt(1) | year().lt(2) & id().lt(3), r#""line"."id" > ? OR ("line"."year" < ? AND "line"."id" < ?)"#),
        (
            id().in_query(car().query().select([col(&car(), "line_id")])),
            r#""line"."id" IN (SELECT "car"."line_id" AS "line_id" FROM "car")"#,
        ),
        (
            Item::exists(car().query().filter(of_line())).not(),
            r#"NOT EXISTS (SELECT 1 FROM "car" WHERE "car"."line_id" = "line"."id")"#,
        ),
        (
            id().gt(car().query().select([Item::from(max(col(&car(), "id").typed::<i64>().unwrap()))]).scalar()),
            r#""line"."id" > (SELECT max("car"."id") FROM "car")"#,
        ),
    ];
    for (condition, expected) in cases {
        let query = names().filter(condition);
        let text = format!(r#"SELECT "line"."name" AS "name" FROM "line" WHERE {expected}"#);
        both(|dialect| query.to_sql(dialect), &text);
    }
    let none = names().filter(col(&line(), "id").not_in([1, 2]));
    sql(
        |dialect| none.to_sql(dialect),
        r#"SELECT "line"."name" AS "name" FROM "line" WHERE "line"."id" NOT IN rarray(?1)"#,
        r#"SELECT "line"."name" AS "name" FROM "line" WHERE "line"."id" <> ALL($1)"#,
    );
    let any = names().filter(col(&line(), "name").ilike("a%"));
    sql(
        |dialect| any.to_sql(dialect),
        r#"SELECT "line"."name" AS "name" FROM "line" WHERE "line"."name" LIKE ?1 ESCAPE '\'"#,
        r#"SELECT "line"."name" AS "name" FROM "line" WHERE "line"."name" ILIKE $1 ESCAPE '\'"#,
    );
}

#[test]
fn queries_are_combined_and_read_as_tables() {
    let cars = Table::new("old").column::<String>("title");
    let both_names = names().union_all(cars.query()).order_by(label("name").desc()).limit(2);
    both(
        |dialect| both_names.to_sql(dialect),
        r#"SELECT * FROM (SELECT "line"."name" AS "name" FROM "line" UNION ALL SELECT "old"."title" AS "title" FROM "old") AS "combined" ORDER BY "name" DESC LIMIT ?"#,
    );
    let counted = Item::from(count_all()).label("cars");
    let groups = car().query().group_by(col(&car(), "line_id")).select([col(&car(), "line_id"), counted]);
    let totals = groups.subquery("totals");
    let query = totals.query().filter(col(&totals, "cars").gt(2));
    both(
        |dialect| query.to_sql(dialect),
        r#"SELECT "totals"."line_id" AS "line_id", "totals"."cars" AS "cars" FROM (SELECT "car"."line_id" AS "line_id", count(*) AS "cars" FROM "car" GROUP BY "car"."line_id") AS "totals" WHERE "totals"."cars" > ?"#,
    );
    let again = both_names.subquery("b").query().select([Item::from(count_all())]);
    both(
        |dialect| again.to_sql(dialect),
        r#"SELECT count(*) FROM (SELECT * FROM (SELECT "line"."name" AS "name" FROM "line" UNION ALL SELECT "old"."title" AS "title" FROM "old") AS "combined" ORDER BY "name" DESC LIMIT ?) AS "b""#,
    );
    assert_eq!(
        format!("{:?}", names().except(cars.query()).intersect(names())),
        r#"SELECT * FROM (SELECT * FROM (SELECT "line"."name" AS "name" FROM "line" EXCEPT SELECT "old"."title" AS "title" FROM "old") AS "combined" INTERSECT SELECT "line"."name" AS "name" FROM "line") AS "combined""#,
    );
}

#[test]
fn rows_are_inserted() {
    let one = line().insert().set("name", "x").set("year", 1).returning(line().cols());
    both(
        |dialect| one.to_sql(dialect),
        r#"INSERT INTO "line" ("name", "year") VALUES (?, ?) RETURNING "line"."id" AS "id", "line"."name" AS "name", "line"."year" AS "year""#,
    );
    let row = |name: &str| TableRow::new().set("name", name).set("year", None::<i32>);
    let many = line().insert_all([row("x"), TableRow::new().set("year", 3).set("name", "y")]);
    both(|dialect| many.to_sql(dialect), r#"INSERT INTO "line" ("name", "year") VALUES (?, ?), (?, ?)"#);
    assert_eq!(
        many.to_sql(&Lax).unwrap().1,
        [Value::Text("x".into()), Value::Null, Value::Text("y".into()), Value::I64(3)]
    );
    let filled = line().insert_from(["name"], names().filter(col(&line(), "id").lt(5)));
    both(
        |dialect| filled.to_sql(dialect),
        r#"INSERT INTO "line" ("name") SELECT "line"."name" AS "name" FROM "line" WHERE "line"."id" < ?"#,
    );
}

#[test]
fn conflicts_are_resolved() {
    let insert = || line().insert().set("id", 1).set("name", "x");
    let head = r#"INSERT INTO "line" ("id", "name") VALUES (?, ?) ON CONFLICT"#;
    both(|dialect| insert().on_conflict(["id"]).do_nothing().to_sql(dialect), &format!(r#"{head} ("id") DO NOTHING"#));
    both(|dialect| insert().ignore_conflicts().to_sql(dialect), &format!("{head} DO NOTHING"));
    let loud = Item::from(upper(col(&line(), "name").typed::<String>().unwrap()));
    let update = insert().on_conflict(["id", "name"]).do_update().set("name", loud).set("year", 7);
    let update = update.filter(col(&line(), "name").ne(line().excluded("name").unwrap()));
    both(
        |dialect| update.to_sql(dialect),
        &format!(
            r#"{head} ("id", "name") DO UPDATE SET "name" = upper("line"."name"), "year" = ? WHERE "line"."name" <> "excluded"."name""#
        ),
    );
    sql(
        |dialect| insert().on_constraint("line_pk").do_nothing().to_sql(dialect),
        "Lax does not support ON CONFLICT ON CONSTRAINT: a constraint by its name",
        r#"INSERT INTO "line" ("id", "name") VALUES ($1, $2) ON CONFLICT ON CONSTRAINT "line_pk" DO NOTHING"#,
    );
}

#[test]
fn rows_are_changed_beside_other_tables() {
    let update = car().update().join(&line(), of_line()).set("price", 1.5).filter(col(&line(), "year").lt(2000));
    both(
        |dialect| update.to_sql(dialect),
        r#"UPDATE "car" SET "price" = ? FROM "line" WHERE "car"."line_id" = "line"."id" AND "line"."year" < ?"#,
    );
    let delete = car().delete().join(&line(), of_line()).filter(col(&line(), "name").eq("x"));
    sql(
        |dialect| delete.clone().returning([col(&car(), "id")]).to_sql(dialect),
        r#"DELETE FROM "car" WHERE EXISTS (SELECT 1 FROM "line" WHERE "car"."line_id" = "line"."id" AND "line"."name" = ?1) RETURNING "car"."id" AS "id""#,
        r#"DELETE FROM "car" USING "line" WHERE "car"."line_id" = "line"."id" AND "line"."name" = $1 RETURNING "car"."id" AS "id""#,
    );
    sql(
        |dialect| delete.clone().returning([col(&line(), "name")]).to_sql(dialect),
        "Lax does not support RETURNING of another source than the table that is written to",
        r#"DELETE FROM "car" USING "line" WHERE "car"."line_id" = "line"."id" AND "line"."name" = $1 RETURNING "line"."name" AS "name""#,
    );
}

#[test]
fn values_have_the_types_of_their_columns() {
    let old = car().query().filter(col(&car(), "price").gt(3)).select([col(&car(), "id")]);
    assert_eq!(old.to_sql(&Lax).unwrap().1, [Value::F64(3.0)]);
    let wrong = |item: Item| mistake(names().filter(item).to_sql(&Lax), ErrorKind::InvalidState);
    let year = || col(&line(), "year");
    assert_eq!(wrong(year().eq("x")), r#"`line`.`year`: expected a 32-bit integer, found "x""#);
    assert_eq!(
        wrong(!year().in_([1_i64, 1 << 40]) & year().is_null()),
        "`line`.`year`: expected a 32-bit integer, found 1099511627776"
    );
    assert!(wrong(year().between("a", 1)).contains("`line`.`year`"));
    assert!(col(&line(), "year").eq("x").typed::<Option<bool>>().is_err());
    let insert = line().insert().set("name", 5).to_sql(&Lax);
    assert_eq!(mistake(insert, ErrorKind::InvalidState), "`line`.`name`: expected text, found 5");
    let rows = ["1999", "x"].map(|year| TableRow::new().set("name", "a").set("year", year));
    let message = mistake(line().insert_all(rows).to_sql(&Lax), ErrorKind::InvalidState);
    assert_eq!(message, r#"row 1: `line`.`year`: expected a 32-bit integer, found "1999""#);
    let from = line().insert_from(["year"], names()).to_sql(&Lax);
    assert_eq!(mistake(from, ErrorKind::InvalidState), "`line`.`year` (I32) cannot be set to `line`.`name` (Text)");
    let compared = wrong(col(&line(), "id").in_query(names()));
    assert_eq!(compared, "`in_query` compares `line`.`id` (I64) with `line`.`name` (Text)");
}

#[test]
fn mistakes_are_told() {
    let invalid = |text: Text| mistake(text, ErrorKind::InvalidState);
    let twice = line().insert().set("name", "x").set("name", "y");
    assert_eq!(invalid(twice.to_sql(&Lax)), "column `name` of table `line` is set twice");
    let unknown = line().insert_all([TableRow::new().set("nme", "x")]).to_sql(&Lax);
    assert!(mistake(unknown, ErrorKind::Schema).starts_with("table `line` has no column `nme`; it has `id`"));
    let unknown = line().insert().set("name", "x").on_conflict(["nme"]).do_nothing().to_sql(&Lax);
    assert!(mistake(unknown, ErrorKind::Schema).contains("no column `nme`"));
    let none = line().insert().set("name", "x").on_conflict(Vec::<String>::new()).do_nothing();
    assert_eq!(invalid(none.to_sql(&Lax)), "`on_conflict` of an insert into table `line` names no column");
    let none = line().insert().set("name", "x").on_conflict(["name"]).do_update();
    assert_eq!(invalid(none.to_sql(&Lax)), "`do_update` sets no column of table `line`");
    let rows = [TableRow::new().set("name", "x"), TableRow::new().set("name", "x").set("year", 1)];
    assert_eq!(
        invalid(line().insert_all(rows).to_sql(&Lax)),
        "row 2: it has `name`, `year`, and the first row has `name`"
    );
    assert_eq!(invalid(line().insert_all([TableRow::new()]).to_sql(&Lax)), "an insert sets no column of table `line`");
    assert_eq!(invalid(line().insert_all([]).to_sql(&Lax)), "an insert into table `line` has no rows");
    assert_eq!(invalid(line().update().to_sql(&Lax)), "an update sets no column of table `line`");
    assert_eq!(
        invalid(line().insert_from(["id", "name"], names()).to_sql(&Lax)),
        "table `line`: 2 columns, and rows of 1 values"
    );
    assert!(invalid(line().named("l").delete().to_sql(&Lax)).starts_with("`l` is a name within queries"));
    let joined = line().update().set("name", "x").join(&line(), of_line());
    assert!(invalid(joined.to_sql(&Lax)).starts_with("`line` is in this query already"));
    assert_eq!(
        invalid(names().union(car().query().select([col(&car(), "id")])).to_sql(&Lax)),
        "queries with other columns cannot be combined: `line`.`name` (Text) and `car`.`id` (I64)"
    );
    let late = names().union(names()).select([col(&line(), "id")]);
    assert!(invalid(late.to_sql(&Lax)).starts_with("columns are selected before queries are combined"));
    let wide = names().filter(col(&line(), "id").in_query(car().query()));
    assert_eq!(
        invalid(wide.to_sql(&Lax)),
        "`in_query` takes a query for one column, and not for `car`.`id` (I64), `car`.`line_id` (I64), `car`.`price` (F64)"
    );
    let returned = line().delete().returning([]);
    assert_eq!(invalid(returned.to_sql(&Lax)), "`returning` of table `line` names no column or expression");
    let same = line().delete().returning([col(&line(), "id"), col(&line(), "name").label("id")]);
    assert_eq!(invalid(same.to_sql(&Lax)), "two values are called `id`; give one of them a label");
    let ungrouped = names().group_by(col(&line(), "id"));
    assert!(invalid(ungrouped.to_sql(&Lax)).starts_with("the column `line.name` is neither grouped"));
    let other = Table::new("t").column_of("day", SqlType::Array(&SqlType::I64), true);
    assert!(other.query().to_sql(&Lax).is_ok());
}
