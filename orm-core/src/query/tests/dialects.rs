use crate::dialect::SqlWriter;
use crate::dialect::{
    ArrayParameters, Capabilities, Dialect, InsertKeys, LexicalRules, MutualKeys, NameLength, PlanRows, Plans,
};
use crate::schema::ColumnDef;
use crate::value::SqlType;

/// An embedded database with few types.
#[derive(Debug)]
pub(super) struct Lax;

/// A server with strict types.
#[derive(Debug)]
pub(super) struct Cautious;

impl Dialect for Lax {
    fn name(&self) -> &'static str {
        "Lax"
    }

    fn capabilities(&self) -> &'static Capabilities {
        const FACTS: Capabilities = Capabilities {
            insert_keys: InsertKeys::LastInsertId,
            array_parameters: ArrayParameters::TableFunction,
            mutual_keys: MutualKeys::Forward,
            max_parameters: 100,
            numbered_parameters: true,
            longest_name: NameLength::Unlimited,
            identifier_quote: '"',
            names_ignore_case: true,
            astral_names: true,
            insert_returning: true,
            update_returning: true,
            returns_trigger_values: true,
            delete_returning: true,
            returning_sources: false,
            update_from: true,
            delete_using: false,
            conflict_targets: true,
            conflict_constraints: false,
            default_values: true,
            default_values_conflict: false,
            ctes_before_inserts: true,
            ctes_before_changes: true,
            simultaneous_assignment: true,
            materialized_ctes: true,
            data_modifying_ctes: false,
            ilike: false,
            ilike_operator: true,
            like_ignores_case: true,
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
            schemas: false,
            copied_databases: true,
            comments: false,
            comment_clause: false,
            partial_indexes: true,
            index_options: false,
            named_types: false,
            inline_enums: false,
            materialized_views: false,
            wide_aggregates: false,
            arithmetic_errors: true,
            typed_parameters: false,
            separator_arguments: true,
            distinct_with_arguments: false,
            copy: false,
            arrays: false,
            regular_expressions: false,
            row_locks: false,
            shared_lock: "FOR SHARE",
            table_locks: false,
            snapshot_isolation: true,
            one_writer: false,
            snapshot_reads: false,
            prepared_transactions: false,
            prepared_from_begin: false,
            prepared_id_len: 0,
            transaction_tokens: false,
            notifications: false,
            lateral: false,
            correlated_sources: true,
            grouping_sets: false,
            distinct_on: false,
            counted_sets: false,
            nulls_sort_low: true,
            nul_in_text: true,
            non_finite_floats: true,
            untyped_cells: true,
            any_uuid: true,
            decimal_zeros: true,
            years: (0, 9_999),
            lexical_rules: LexicalRules {
                placeholders: &['?', '@', '$'],
                dollar_quotes: false,
                escape_strings: false,
                line_ends: &['\n'],
                nested_comments: false,
                bracket_quotes: true,
                backtick_quotes: true,
                hash_comments: false,
            },
            plans: Plans { explain: "EXPLAIN QUERY PLAN ", analyze: None, rows: PlanRows::Nodes },
        };
        &FACTS
    }

    fn placeholder(&self, out: &mut SqlWriter, index: usize) {
        out.sql("?").number(index as u64);
    }

    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        self.cast_type(out, column.sql_type);
        if let Some(length) = column.length {
            out.sql("(").number(u64::from(length)).sql(")");
        }
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        out.sql(match sql_type {
            SqlType::I16 | SqlType::I32 | SqlType::I64 => "INTEGER",
            SqlType::Bool => "BOOLEAN",
            SqlType::F32 | SqlType::F64 => "REAL",
            _ => "TEXT",
        });
    }

    fn generated_key(&self, _: &mut SqlWriter) {}

    fn list_tables(&self) -> &'static str {
        "SELECT name FROM tables"
    }
}

impl Dialect for Cautious {
    fn name(&self) -> &'static str {
        "Cautious"
    }

    fn capabilities(&self) -> &'static Capabilities {
        const FACTS: Capabilities = Capabilities {
            insert_keys: InsertKeys::Arrays,
            array_parameters: ArrayParameters::Any,
            mutual_keys: MutualKeys::Alter,
            max_parameters: 1000,
            numbered_parameters: true,
            longest_name: NameLength::Bytes(63),
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
            wide_aggregates: true,
            arithmetic_errors: true,
            typed_parameters: true,
            separator_arguments: true,
            distinct_with_arguments: true,
            copy: true,
            arrays: true,
            regular_expressions: true,
            row_locks: true,
            shared_lock: "FOR SHARE",
            table_locks: true,
            snapshot_isolation: true,
            one_writer: false,
            snapshot_reads: false,
            prepared_transactions: false,
            prepared_from_begin: false,
            prepared_id_len: 0,
            transaction_tokens: false,
            notifications: false,
            lateral: true,
            correlated_sources: true,
            grouping_sets: true,
            distinct_on: true,
            counted_sets: true,
            nulls_sort_low: false,
            nul_in_text: false,
            non_finite_floats: true,
            untyped_cells: false,
            any_uuid: true,
            decimal_zeros: true,
            years: (0, 9_999),
            lexical_rules: LexicalRules {
                placeholders: &['$'],
                dollar_quotes: true,
                escape_strings: true,
                line_ends: &['\n', '\r'],
                nested_comments: true,
                bracket_quotes: false,
                backtick_quotes: false,
                hash_comments: false,
            },
            plans: Plans { explain: "EXPLAIN ", analyze: Some("EXPLAIN ANALYZE "), rows: PlanRows::Lines },
        };
        &FACTS
    }

    fn placeholder(&self, out: &mut SqlWriter, index: usize) {
        out.sql("$").number(index as u64);
    }

    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        match column.length {
            Some(length) => {
                out.sql("VARCHAR(").number(u64::from(length)).sql(")");
            }
            None => self.cast_type(out, column.sql_type),
        }
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        out.sql(match sql_type {
            SqlType::I16 => "SMALLINT",
            SqlType::I32 => "INTEGER",
            SqlType::I64 => "BIGINT",
            SqlType::Bool => "BOOLEAN",
            SqlType::F32 => "REAL",
            SqlType::F64 => "DOUBLE PRECISION",
            _ => "TEXT",
        });
    }

    fn generated_key(&self, out: &mut SqlWriter) {
        out.sql(" GENERATED BY DEFAULT AS IDENTITY");
    }

    fn list_tables(&self) -> &'static str {
        "SELECT name FROM tables WHERE schema = $1"
    }
}
