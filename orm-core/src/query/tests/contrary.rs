//! A dialect that answers each question otherwise than the other two do where they agree. What the core takes for granted shows here.

use super::models::*;
use super::*;
use crate::dialect::{
    ArrayParameters, Capabilities, InsertKeys, LexicalRules, MutualKeys, NameLength, PlanRows, Plans, SqlWriter,
};
use crate::error::ErrorKind;
use crate::render::insert::{Returned, ValueRows};
use crate::render::{create_statements, dml};
use crate::schema::{ColumnDef, TableDef};
use crate::sql::{ArithmeticOp, Raw, StatementKind};
use crate::value::SqlType;

/// A server with other quotes, other parameters, other locks, and little of what others have.
#[derive(Debug)]
struct Contrary;

const FACTS: Capabilities = Capabilities {
    insert_keys: InsertKeys::LastInsertId,
    array_parameters: ArrayParameters::Listed,
    mutual_keys: MutualKeys::Alter,
    max_parameters: 10,
    numbered_parameters: false,
    longest_name: NameLength::Characters(24),
    identifier_quote: '`',
    names_ignore_case: true,
    astral_names: false,
    insert_returning: false,
    update_returning: false,
    returns_trigger_values: true,
    delete_returning: false,
    returning_sources: false,
    update_from: false,
    delete_using: false,
    conflict_targets: false,
    conflict_constraints: false,
    default_values: false,
    default_values_conflict: true,
    ctes_before_inserts: false,
    ctes_before_changes: false,
    simultaneous_assignment: false,
    materialized_ctes: false,
    data_modifying_ctes: false,
    ilike: true,
    ilike_operator: false,
    like_ignores_case: false,
    checked_patterns: false,
    nulls_order: false,
    distinct_from: false,
    values_in_lists: false,
    limits_in_lists: false,
    full_join: false,
    aggregate_filter: false,
    list_windows: false,
    frame_groups: false,
    deferrable_keys: false,
    restrict_at_once: false,
    self_references: false,
    checked_generated_keys: false,
    computed_not_null: false,
    transactional_schema: false,
    modify_column: true,
    schemas: true,
    copied_databases: false,
    comments: false,
    comment_clause: false,
    partial_indexes: false,
    index_options: false,
    named_types: false,
    inline_enums: false,
    materialized_views: false,
    wide_aggregates: true,
    arithmetic_errors: false,
    typed_parameters: false,
    separator_arguments: false,
    distinct_with_arguments: false,
    copy: false,
    arrays: false,
    regular_expressions: true,
    row_locks: true,
    shared_lock: "LOCK IN SHARE MODE",
    table_locks: false,
    snapshot_isolation: false,
    one_writer: false,
    snapshot_reads: false,
    prepared_transactions: false,
    prepared_from_begin: false,
    prepared_id_len: 0,
    transaction_tokens: false,
    notifications: false,
    lateral: false,
    correlated_sources: false,
    grouping_sets: false,
    distinct_on: false,
    counted_sets: false,
    nulls_sort_low: true,
    nul_in_text: true,
    non_finite_floats: false,
    untyped_cells: true,
    any_uuid: false,
    decimal_zeros: false,
    years: (1_000, 9_999),
    lexical_rules: LexicalRules {
        placeholders: &['?'],
        dollar_quotes: false,
        escape_strings: false,
        line_ends: &['\n'],
        nested_comments: false,
        bracket_quotes: false,
        backtick_quotes: true,
        hash_comments: true,
    },
    plans: Plans { explain: "EXPLAIN ", analyze: None, rows: PlanRows::Lines },
};

impl Dialect for Contrary {
    fn name(&self) -> &'static str {
        "Contrary"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &FACTS
    }

    fn placeholder(&self, out: &mut SqlWriter, _: usize) {
        out.sql("?");
    }

    fn operator(&self, op: ArithmeticOp, result: SqlType) -> &'static str {
        match (op, result) {
            (ArithmeticOp::Div, SqlType::I16 | SqlType::I32 | SqlType::I64) => "DIV",
            (op, _) => op.common(),
        }
    }

    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        self.cast_type(out, column.sql_type);
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        out.sql(if sql_type == SqlType::Text { "CHAR" } else { "SIGNED" });
    }

    fn generated_key(&self, out: &mut SqlWriter) {
        out.sql(" AUTO");
    }

    fn list_tables(&self) -> &'static str {
        "SHOW TABLES"
    }
}

type Text = crate::Result<(String, Vec<Value>)>;

#[track_caller]
fn is(text: Text, expected: &str) -> Vec<Value> {
    let (text, params) = text.unwrap();
    assert_eq!(text, expected);
    assert_eq!(text.matches('?').count(), params.len(), "each placeholder has a parameter of its own");
    params
}

#[track_caller]
fn lacks(text: Text, what: &str) {
    let error = text.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Unsupported, format!("Contrary does not support {what}"))
    );
}

fn cars<C: Condition<Scope: Within<(Of<Car>, ()), I>>, I>(condition: C) -> Text {
    Car::query().filter(condition).select(Car::id).to_sql(&Contrary)
}

#[track_caller]
fn filters(text: Text, expected: &str) -> Vec<Value> {
    is(text, &format!("SELECT `car`.`id` FROM `car` WHERE {expected}"))
}

fn numbers(numbers: &[i64]) -> Vec<Value> {
    numbers.iter().copied().map(Value::I64).collect()
}

#[test]
fn names_stand_in_its_quotes() {
    let mut out = SqlWriter::new(&Contrary);
    out.ident("a`b\"c");
    assert_eq!(out.into_text(), "`a``b\"c`");
    assert_eq!(crate::dialect::names::quoted(&Contrary, "s`1"), "`s``1`");
}

#[test]
fn names_are_measured_in_characters() {
    let named = |name: &'static str| Car::query().select(Car::id.label(name)).order_by(label(name)).to_sql(&Contrary);
    assert!(named("ääääääääääääääääääääääää").is_ok());
    let error = named("ääääääääääääääääääääääääb").unwrap_err();
    assert!(error.to_string().contains("that has 25 characters, and Contrary takes 24 characters"), "{error}");
}

#[test]
fn each_placeholder_stands_for_the_next_parameter() {
    let twice = Car::query().select((Car::year + 7, count_all())).group_by(Car::year + 7);
    let text = "SELECT `car`.`year` + ?, count(*) FROM `car` GROUP BY `car`.`year` + ?";
    assert_eq!(is(twice.to_sql(&Contrary), text), numbers(&[7, 7]));
    let raw = Raw {
        text: "SELECT :a, ':a', `:a`, :b, :a # :a".into(),
        binds: vec![
            ("a".into(), crate::sql::RawBind::Value(Value::I64(1), SqlType::I64)),
            ("b".into(), crate::sql::RawBind::Value(Value::I64(2), SqlType::I64)),
        ],
    };
    let (text, params) = crate::render::raw(&Contrary, &raw).unwrap();
    assert_eq!(text, "SELECT ?, ':a', `:a`, ?, ? # :a");
    assert_eq!(params, numbers(&[1, 2, 1]));
}

#[test]
fn lists_are_cut_to_few_lengths() {
    assert_eq!(filters(cars(Car::id.in_([1, 2, 3])), "`car`.`id` IN (?, ?, ?, ?)"), numbers(&[1, 2, 3, 3]));
    assert_eq!(filters(cars(Car::id.in_([1])), "`car`.`id` IN (?)"), numbers(&[1]));
    let nine: Vec<i64> = (1..=9).collect();
    assert_eq!(filters(cars(Car::id.in_(nine)), "`car`.`id` IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").len(), 10);
    let none = "(SELECT NULL FROM (SELECT 1) AS `nothing` WHERE FALSE)";
    filters(cars(Car::id.in_([0; 0])), &format!("`car`.`id` IN {none}"));
    filters(cars(!Car::id.in_([0; 0])), &format!("`car`.`id` NOT IN {none}"));
    filters(cars((Car::id, Car::year).in_([(1, 2), (3, 4)])), "(`car`.`id`, `car`.`year`) IN ((?, ?), (?, ?))");
}

#[test]
fn nulls_are_compared_and_ordered_as_it_can() {
    filters(cars(Car::price.is_not_distinct_from(Some(1))), "`car`.`price` <=> ?");
    filters(cars(Car::price.is_distinct_from(Car::year)), "NOT (`car`.`price` <=> `car`.`year`)");
    let ordered = |text: &str| format!("SELECT `car`.`id` FROM `car` ORDER BY {text}");
    let by = |order| Car::query().order_by(order).select(Car::id).to_sql(&Contrary);
    is(by(Car::price.asc().nulls_last()), &ordered("`car`.`price` IS NULL, `car`.`price`"));
    is(by(Car::price.desc().nulls_first()), &ordered("`car`.`price` IS NULL DESC, `car`.`price` DESC"));
    assert_eq!(dml::delete_row(&Contrary, Car::table(), &[0, 3]), "DELETE FROM `car` WHERE `id` = ? AND `price` <=> ?");
}

#[test]
fn aggregates_are_filtered_by_case() {
    let select = |text: &str| format!("SELECT {text} FROM `car`");
    is(
        Car::query().select(count_all().filter(Car::year.gt(1))).to_sql(&Contrary),
        &select("count(CASE WHEN `car`.`year` > ? THEN 1 END)"),
    );
    is(
        Car::query().select(count(Car::year).distinct().filter(Car::sold)).to_sql(&Contrary),
        &select("count(DISTINCT CASE WHEN `car`.`sold` THEN `car`.`year` END)"),
    );
    is(
        Car::query().select(max(Car::price).filter(Car::sold)).to_sql(&Contrary),
        &select("max(CASE WHEN `car`.`sold` THEN `car`.`price` END)"),
    );
}

#[test]
fn texts_are_matched_in_small_letters() {
    let text = Brand::query().filter(Brand::name.ilike("A%")).select(Brand::id).to_sql(&Contrary);
    is(text, "SELECT `brand`.`id` FROM `brand` WHERE lower(`brand`.`name`) LIKE lower(?) ESCAPE '\\'");
}

#[test]
fn a_limited_list_is_read_through_another_query() {
    let few = Line::query().select(Line::id).limit(3);
    filters(
        cars(Car::line_id.in_query(few)),
        "`car`.`line_id` IN (SELECT * FROM (SELECT `line`.`id` FROM `line` LIMIT ?) AS `limited`)",
    );
}

#[test]
fn keys_with_values_are_not_read_by_having() {
    let grouped = Car::query().group_by(Car::year + 7).having((Car::year + 7).gt(9)).select(count_all());
    lacks(
        grouped.to_sql(&Contrary),
        "HAVING with a key of the groups that is computed with a value: filter a subquery",
    );
}

#[test]
fn integers_are_divided_by_its_operator() {
    is(Car::query().select(Car::year / 2).to_sql(&Contrary), "SELECT `car`.`year` DIV ? FROM `car`");
}

#[test]
fn locks_are_spelled_its_way() {
    is(
        Brand::query().select(Brand::id).for_share().to_sql(&Contrary),
        "SELECT `brand`.`id` FROM `brand` LOCK IN SHARE MODE",
    );
    lacks(
        Car::query().join(Car::line).for_update().select(Car::id).to_sql(&Contrary),
        "FOR UPDATE OF: a lock on the rows of one table of several",
    );
}

#[test]
fn an_upsert_has_one_key() {
    let named = || Brand::insert_with(Brand::name.set("x"));
    is(
        named().on_conflict(Brand::name).do_update(Brand::name).to_sql(&Contrary),
        "INSERT INTO `brand` (`name`) VALUES (?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`)",
    );
    is(
        named().ignore_conflicts().to_sql(&Contrary),
        "INSERT INTO `brand` (`name`) VALUES (?) ON DUPLICATE KEY UPDATE `name` = `brand`.`name`",
    );
    let longer = Brand::name.set(Brand::name.concat(excluded(Brand::name)));
    is(
        named().on_conflict(Brand::name).do_update(longer).to_sql(&Contrary),
        "INSERT INTO `brand` (`name`) VALUES (?) ON DUPLICATE KEY UPDATE `name` = (`brand`.`name` || VALUES(`name`))",
    );
    lacks(
        named().on_conflict_key().do_nothing().to_sql(&Contrary),
        "an upsert by one of several unique keys that the rows may violate: leave the other ones to the database, or say \
         `ignore_conflicts`",
    );
    lacks(
        named().on_conflict(Brand::name).do_update(Brand::name).filter(Brand::id.gt(1)).to_sql(&Contrary),
        "a condition on the rows that an upsert updates",
    );
    lacks(
        named().on_constraint("uq").do_nothing().to_sql(&Contrary),
        "ON CONFLICT ON CONSTRAINT: a constraint by its name",
    );
}

#[test]
fn rows_of_defaults_and_returned_rows() {
    let items = [crate::sql::Expr::column(Line::table(), &Line::table().columns[0]).into()];
    let row = ValueRows::new(Line::table(), &[]);
    assert_eq!(row.row(&Contrary, None).unwrap().0, "INSERT INTO `line` () VALUES ()");
    let returned = ValueRows { returning: Returned::Items(&items), ..ValueRows::new(Line::table(), &[1]) };
    lacks(returned.row(&Contrary, None), "RETURNING");
}

#[test]
fn other_sources_stand_beside_the_table() {
    let update =
        Car::query().join(Car::line).filter(Line::id.gt(3)).update((Car::line_id.set(Line::id), Car::sold.set(true)));
    is(
        update.to_sql(&Contrary),
        "UPDATE `car`, `line` SET `car`.`line_id` = `line`.`id`, `car`.`sold` = ? WHERE `car`.`line_id` = `line`.`id` AND `line`.`id` > ?",
    );
    let later = Car::query().update((Car::year.set(1), Car::price.set(Car::year)));
    lacks(later.to_sql(&Contrary), "a new value that reads a column which is set before it");
}

#[test]
fn named_queries_stand_where_it_takes_them() {
    let names = Brand::query().select(Brand::name).cte(Named);
    let insert = Line::insert_from((Line::name, Line::brand_id), names.clone().query().select((Named::name, value(1))));
    is(
        insert.to_sql(&Contrary),
        "INSERT INTO `line` (`name`, `brand_id`) WITH `Named` AS (SELECT `brand`.`name` AS `name` FROM `brand`) SELECT `Named`.`name`, ? FROM `Named`",
    );
    let gone = Line::query().join(names.clone().on(Line::name.eq(Named::name))).delete();
    lacks(gone.to_sql(&Contrary), "WITH before a statement that changes rows");
    lacks(names.materialized().query().select(Named::name).to_sql(&Contrary), "MATERIALIZED and NOT MATERIALIZED");
}

derived! {
    struct Named { name: String }
}

#[test]
fn tables_are_made_of_what_it_has() {
    let tables: [&'static TableDef; 1] = [Line::table()];
    let text = create_statements(&Contrary, tables, &|_| true, &|name| name.name != "line").unwrap().join(";\n");
    assert!(text.contains("FOREIGN KEY (`brand_id`) REFERENCES `brand` (`id`)"), "{text}");
    assert!(!text.contains("DEFERRABLE"), "{text}");
}

#[test]
fn statements_are_told_apart_by_its_quotes() {
    let found = crate::render::summary("UPDATE `a``b` SET x = 1 # FROM c", &FACTS.lexical_rules);
    assert_eq!(found, (StatementKind::Update, vec!["a`b".to_owned()]));
}
