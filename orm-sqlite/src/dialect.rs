use orm_core::dialect::{ArrayParameters, Capabilities, Dialect, InsertKeys, Lexis, MutualKeys, PlanRows, Plans};
use orm_core::render::SqlWriter;
use orm_core::schema::ColumnDef;
use orm_core::sql::{Aggregate, ArithmeticOp, Function};
use orm_core::value::SqlType;

use crate::collation;

/// What SQLite can do.
pub const CAPABILITIES: Capabilities = Capabilities {
    insert_keys: InsertKeys::LastInsertId,
    array_parameters: ArrayParameters::TableFunction,
    mutual_keys: MutualKeys::Forward,
    max_parameters: 32_766,
    returning: true,
    returning_sources: false,
    delete_using: false,
    conflict_constraints: false,
    default_values_conflict: false,
    data_modifying_ctes: false,
    ilike: false,
    like_ignores_case: true,
    nulls_order: true,
    schemas: false,
    wide_aggregates: false,
    typed_parameters: false,
    distinct_with_arguments: false,
    arrays: false,
    regular_expressions: false,
    row_locks: false,
    one_writer: true,
    snapshot_reads: true,
    prepared_transactions: false,
    lateral: false,
    grouping_sets: false,
    distinct_on: false,
    counted_sets: false,
    nulls_sort_low: true,
    nul_in_text: true,
    lexis: Lexis {
        placeholders: &['?', '@', '$'],
        dollar_quotes: false,
        escape_strings: false,
        line_ends: &['\n'],
        nested_comments: false,
        bracket_quotes: true,
    },
    plans: Plans { explain: "EXPLAIN QUERY PLAN ", analyze: None, rows: PlanRows::Nodes },
};

/// How SQLite spells SQL.
#[derive(Debug, Clone, Copy)]
pub struct SqliteDialect;

impl Dialect for SqliteDialect {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn placeholder(&self, out: &mut SqlWriter, index: usize) {
        out.sql("?").number(index as u64);
    }

    /// A declared type decides what SQLite makes of a value. Dates and times pass unchanged through NUMERIC, which is what their
    /// names mean; for all other text only TEXT does.
    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        match (column.sql_type, column.length) {
            (SqlType::Text, Some(length)) => out.sql("VARCHAR(").number(length.into()).sql(")"),
            (SqlType::Decimal, _) => out.sql("TEXT COLLATE ").sql(collation::NAME),
            (sql_type, _) => out.sql(match sql_type {
                SqlType::Bool => "BOOLEAN",
                SqlType::I16 | SqlType::I32 | SqlType::I64 => "INTEGER",
                SqlType::F32 | SqlType::F64 => "REAL",
                SqlType::Bytes => "BLOB",
                SqlType::Date => "DATE",
                SqlType::Time => "TIME",
                SqlType::DateTime | SqlType::Timestamp => "DATETIME",
                // Tables with arrays are refused before.
                SqlType::Text | SqlType::Uuid | SqlType::Decimal | SqlType::Json | SqlType::Array(_) => "TEXT",
            }),
        };
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        out.sql(match sql_type {
            SqlType::Bool | SqlType::I16 | SqlType::I32 | SqlType::I64 => "INTEGER",
            SqlType::F32 | SqlType::F64 => "REAL",
            SqlType::Bytes => "BLOB",
            SqlType::Decimal => "NUMERIC",
            SqlType::Text
            | SqlType::Date
            | SqlType::Time
            | SqlType::DateTime
            | SqlType::Timestamp
            | SqlType::Uuid
            | SqlType::Json
            | SqlType::Array(_) => "TEXT",
        });
    }

    fn aggregate(&self, function: Aggregate, result: SqlType) -> Option<&'static str> {
        Some(match (function, result) {
            (Aggregate::Sum, SqlType::Decimal) => "orm_decimal_sum{}",
            (Aggregate::Sum, SqlType::F64) => "orm_float_sum{}",
            (Aggregate::Avg, SqlType::Decimal) => "orm_decimal_avg{}",
            (Aggregate::Avg, _) => "orm_float_avg{}",
            (Aggregate::Text, _) => "group_concat{}",
            (Aggregate::All, _) => "min{}",
            (Aggregate::Any, _) => "max{}",
            // Without rows the array is empty, and only then.
            (Aggregate::Json, _) => "nullif(json_group_array{}, '[]')",
            (other, _) => return other.common(),
        })
    }

    fn function(&self, function: Function, result: SqlType) -> Option<&'static str> {
        crate::function::spelling(function, result)
    }

    fn arithmetic(&self, op: ArithmeticOp, result: SqlType) -> Option<&'static str> {
        crate::arithmetic::function(op, result)
    }

    fn collation(&self, sql_type: SqlType) -> Option<&'static str> {
        (sql_type == SqlType::Decimal).then_some(collation::NAME)
    }

    /// An INTEGER PRIMARY KEY is the row's own number.
    fn generated_key(&self, _out: &mut SqlWriter) {
        // A PRIMARY KEY on one INTEGER column is the rowid, which SQLite generates: nothing is to be said.
    }

    fn list_tables(&self) -> &'static str {
        "SELECT name FROM pragma_table_list WHERE schema = coalesce(?1, 'main') ORDER BY name"
    }
}
