use orm_core::dialect::{ArrayParameters, Capabilities, Dialect, InsertKeys, MutualKeys};
use orm_core::render::SqlWriter;
use orm_core::schema::ColumnDef;
use orm_core::sql::{Aggregate, ArithmeticOp};
use orm_core::value::SqlType;

use crate::collation;

/// Exact aggregates over decimals: functions of ours.
pub(crate) const DECIMAL_SUM: &str = "orm_decimal_sum";
pub(crate) const DECIMAL_AVG: &str = "orm_decimal_avg";

/// Aggregates over floats that know NaN.
pub(crate) const FLOAT_SUM: &str = "orm_float_sum";
pub(crate) const FLOAT_AVG: &str = "orm_float_avg";

/// What SQLite can do.
pub const CAPABILITIES: Capabilities = Capabilities {
    insert_keys: InsertKeys::LastInsertId,
    array_parameters: ArrayParameters::TableFunction,
    mutual_keys: MutualKeys::Forward,
    max_parameters: 32_766,
    returning: true,
    ilike: false,
    like_ignores_case: true,
    nulls_order: true,
    schemas: false,
    wide_aggregates: false,
    typed_parameters: false,
    row_locks: false,
    nulls_sort_low: true,
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
                SqlType::Text | SqlType::Uuid | SqlType::Decimal | SqlType::Json => "TEXT",
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
            | SqlType::Json => "TEXT",
        });
    }

    fn aggregate(&self, function: Aggregate, result: SqlType) -> &'static str {
        match (function, result) {
            (Aggregate::Count, _) => "count",
            (Aggregate::Sum, SqlType::Decimal) => DECIMAL_SUM,
            (Aggregate::Sum, SqlType::F64) => FLOAT_SUM,
            (Aggregate::Sum, _) => "sum",
            (Aggregate::Avg, SqlType::Decimal) => DECIMAL_AVG,
            (Aggregate::Avg, _) => FLOAT_AVG,
            (Aggregate::Min, _) => "min",
            (Aggregate::Max, _) => "max",
        }
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
