//! Statements as text for people, without a database.

use std::fmt;

use super::expr::expr;
use super::select;
use crate::dialect::SqlWriter;
use crate::dialect::{
    ArrayParameters, Capabilities, Dialect, InsertKeys, LexicalRules, MutualKeys, NameLength, PlanRows, Plans,
};
use crate::schema::{ColumnDef, secrets};
use crate::sql::{Aggregate, Expr, Function, Select};
use crate::value::{SqlType, Value};

/// SQL in a neutral dialect, which can do everything.
#[derive(Debug)]
struct Readable;

/// The spelling of statements that no database has to understand.
#[cfg(test)]
pub(crate) fn readable() -> &'static dyn Dialect {
    &Readable
}

/// Writes the text of a SELECT and its parameters, or its mistake.
pub(crate) fn show(f: &mut fmt::Formatter<'_>, statement: &Select) -> fmt::Result {
    match select(&Readable, statement) {
        Ok((text, params)) => show_text(f, &text, &params),
        Err(error) => write!(f, "<{error}>"),
    }
}

/// A condition as text, for messages.
pub(crate) fn condition(condition: &Expr) -> String {
    struct Shown<'a>(&'a Expr);

    impl fmt::Display for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let mut out = SqlWriter::new(&Readable);
            match expr(&mut out, self.0).and_then(|()| out.checked()) {
                Ok((text, params)) => show_text(f, &text, &params),
                Err(error) => write!(f, "<{error}>"),
            }
        }
    }

    Shown(condition).to_string()
}

fn show_text(f: &mut fmt::Formatter<'_>, text: &str, params: &[Value]) -> fmt::Result {
    f.write_str(text)?;
    if params.is_empty() {
        return Ok(());
    }
    if let Some(column) = secrets::named_in(text) {
        return write!(f, " [{} hidden, as `{column}` is secret]", params.len());
    }
    f.write_str(" [")?;
    for (index, value) in params.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        write!(f, "{}", value.to_ref())?;
    }
    f.write_str("]")
}

impl Dialect for Readable {
    fn name(&self) -> &'static str {
        "SQL"
    }

    fn capabilities(&self) -> &'static Capabilities {
        const ALL: Capabilities = Capabilities {
            insert_keys: InsertKeys::Arrays,
            array_parameters: ArrayParameters::Any,
            mutual_keys: MutualKeys::Alter,
            max_parameters: usize::MAX,
            numbered_parameters: true,
            longest_name: NameLength::Unlimited,
            identifier_quote: '"',
            names_ignore_case: false,
            astral_names: true,
            insert_returning: true,
            update_returning: true,
            returns_trigger_values: true,
            delete_returning: true,
            returning_sources: true,
            update_from: true,
            delete_using: true,
            conflict_targets: true,
            conflict_constraints: true,
            default_values: true,
            default_values_conflict: true,
            ctes_before_inserts: true,
            ctes_before_changes: true,
            simultaneous_assignment: true,
            materialized_ctes: true,
            data_modifying_ctes: true,
            ilike: true,
            ilike_operator: true,
            like_ignores_case: false,
            checked_patterns: true,
            nulls_order: true,
            distinct_from: true,
            values_in_lists: true,
            limits_in_lists: true,
            full_join: true,
            aggregate_filter: true,
            list_windows: true,
            frame_groups: true,
            deferrable_keys: true,
            restrict_at_once: true,
            self_references: true,
            checked_generated_keys: true,
            computed_not_null: true,
            transactional_schema: true,
            modify_column: false,
            schemas: true,
            copied_databases: true,
            comments: true,
            comment_clause: false,
            partial_indexes: true,
            index_options: true,
            named_types: true,
            inline_enums: false,
            materialized_views: true,
            wide_aggregates: false,
            arithmetic_errors: true,
            typed_parameters: false,
            separator_arguments: true,
            distinct_with_arguments: true,
            regular_expressions: true,
            row_locks: true,
            shared_lock: "FOR SHARE",
            table_locks: true,
            snapshot_isolation: true,
            one_writer: false,
            snapshot_reads: false,
            prepared_transactions: true,
            prepared_from_begin: false,
            prepared_id_len: 64,
            transaction_tokens: false,
            notifications: false,
            lateral: true,
            correlated_sources: true,
            grouping_sets: true,
            distinct_on: true,
            counted_sets: true,
            nulls_sort_low: false,
            copy: true,
            arrays: true,
            nul_in_text: true,
            non_finite_floats: true,
            untyped_cells: false,
            any_uuid: true,
            decimal_zeros: true,
            years: (0, 9_999),
            lexical_rules: LexicalRules {
                placeholders: &[],
                dollar_quotes: true,
                escape_strings: true,
                line_ends: &['\n', '\r'],
                nested_comments: true,
                bracket_quotes: false,
                backtick_quotes: false,
                hash_comments: false,
            },
            plans: Plans { explain: "EXPLAIN ", analyze: None, rows: PlanRows::Lines },
        };
        &ALL
    }

    fn placeholder(&self, out: &mut SqlWriter, index: usize) {
        out.sql("$").number(index as u64);
    }

    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        self.cast_type(out, column.sql_type);
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        if let SqlType::Array(items) = sql_type {
            self.cast_type(out, *items);
            out.sql("[]");
            return;
        }
        out.sql(match sql_type {
            SqlType::Bool => "BOOLEAN",
            SqlType::I16 => "SMALLINT",
            SqlType::I32 => "INTEGER",
            SqlType::I64 => "BIGINT",
            SqlType::F32 => "REAL",
            SqlType::F64 => "DOUBLE PRECISION",
            SqlType::Text => "TEXT",
            SqlType::Bytes => "BLOB",
            SqlType::Date => "DATE",
            SqlType::Time => "TIME",
            SqlType::DateTime | SqlType::Timestamp => "TIMESTAMP",
            SqlType::Uuid => "UUID",
            SqlType::Decimal => "NUMERIC",
            SqlType::Json => "JSON",
            SqlType::Array(_) => "ARRAY",
        });
    }

    fn aggregate(&self, function: Aggregate, _: SqlType) -> Option<&'static str> {
        function.common().or(Some("json_agg{}"))
    }

    fn function(&self, function: Function, _: SqlType) -> Option<&'static str> {
        function.common().or(Some(match function {
            Function::Position => "position({*})",
            Function::Matches => "regexp_like({*})",
            Function::Greatest => "greatest({*})",
            Function::Least => "least({*})",
            Function::Random => "random()",
            Function::Cast(_) => "cast({*})",
            Function::Now => "now()",
            Function::CurrentDate => "current_date",
            Function::Extract(..) => "extract({*})",
            Function::Truncate(_) => "truncate({*})",
            Function::DateOf(_) => "date({*})",
            Function::SecondsBetween => "seconds_between({*})",
            Function::DaysBetween(_) => "days_between({*})",
            Function::JsonGet | Function::JsonAt => "{0}[{1}]",
            Function::JsonAs => "json_value({*})",
            Function::JsonLength => "json_length({*})",
            Function::JsonContains => "json_contains({*})",
            _ => "function({*})",
        }))
    }

    fn generated_key(&self, out: &mut SqlWriter) {
        out.sql(" GENERATED BY DEFAULT AS IDENTITY");
    }

    fn list_tables(&self) -> &'static str {
        ""
    }
}
