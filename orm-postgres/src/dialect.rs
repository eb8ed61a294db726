use std::borrow::Cow;

use orm_core::Result;
use orm_core::catalog::DataType;
use orm_core::dialect::SqlWriter;
use orm_core::dialect::{
    ArrayParameters, Capabilities, Dialect, InsertKeys, LexicalRules, MutualKeys, NameLength, OwnSchema, PlanRows,
    Plans, Replication, ValueOrder,
};
use orm_core::schema::{ColumnDef, ColumnFacts, TableName};
use orm_core::sql::{Aggregate, Function};
use orm_core::value::{SqlType, TextForm, ValueForm};

/// Whether the texts of the database are in the order of their bytes. Versions differ in whether they tell the provider of collations.
const BINARY_TEXT: &str = "SELECT datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') \
     AND to_jsonb(d) ->> 'datlocprovider' IS DISTINCT FROM 'i' FROM pg_database d WHERE datname = current_database()";

/// What PostgreSQL can do.
pub const CAPABILITIES: Capabilities = Capabilities {
    insert_keys: InsertKeys::Arrays,
    array_parameters: ArrayParameters::Any,
    mutual_keys: MutualKeys::Alter,
    max_parameters: 65_535,
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
    prepared_transactions: true,
    prepared_from_begin: false,
    prepared_id_len: 199,
    transaction_tokens: true,
    notifications: true,
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
    // No value has a year beyond.
    years: (-4_712, 262_142),
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

/// How PostgreSQL spells SQL.
#[derive(Debug, Clone, Copy)]
pub struct PostgresDialect;

impl Dialect for PostgresDialect {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn placeholder(&self, out: &mut SqlWriter, index: usize) {
        out.sql("$").number(index as u64);
    }

    fn depends_on_column(&self, sql_type: SqlType) -> bool {
        matches!(sql_type, SqlType::Decimal | SqlType::Time | SqlType::DateTime | SqlType::Timestamp | SqlType::Text)
    }

    fn value_form(&self, column: &ColumnDef, facts: Option<&ColumnFacts>) -> ValueForm {
        let exact = ValueForm::exact(CAPABILITIES.years);
        let Some(facts) = facts else { return exact };
        // `numeric(10,2)`, `timestamp(0) with time zone`, `character(3)`.
        let bounds = facts.full_type.split_once('(').and_then(|(_, rest)| Some(rest.split_once(')')?.0));
        let bound = |index: usize| bounds.and_then(|bounds| bounds.split(',').nth(index)?.trim().parse::<u32>().ok());
        match column.sql_type {
            SqlType::Decimal => ValueForm { scale: bound(1), ..exact },
            SqlType::Time | SqlType::DateTime | SqlType::Timestamp => {
                ValueForm { second_digits: bound(0).unwrap_or(exact.second_digits), ..exact }
            }
            SqlType::Text => ValueForm { text: text_form(facts, bound(0)), ..exact },
            _ => exact,
        }
    }

    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        if let Some(name) = column.type_name {
            out.trusted(name);
            return;
        }
        if let Some(known) = column.values.native() {
            out.table(&TableName::new(known.name));
            out.sql(if matches!(column.sql_type, SqlType::Array(_)) { "[]" } else { "" });
            return;
        }
        match (column.sql_type, column.length, column.precision) {
            (SqlType::Text, Some(length), _) => {
                out.sql("VARCHAR(").number(length.into()).sql(")");
            }
            (SqlType::Decimal, _, Some((digits, fraction))) => {
                out.sql("NUMERIC(").number(digits.into()).sql(", ").number(fraction.into()).sql(")");
            }
            (sql_type, ..) => self.cast_type(out, sql_type),
        }
    }

    fn data_type(&self, spelling: &str) -> DataType {
        crate::catalog::data_type(spelling)
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        let name = match sql_type {
            SqlType::Bool => "BOOLEAN",
            SqlType::I16 => "SMALLINT",
            SqlType::I32 => "INTEGER",
            SqlType::I64 => "BIGINT",
            SqlType::F32 => "REAL",
            SqlType::F64 => "DOUBLE PRECISION",
            SqlType::Bytes => "BYTEA",
            SqlType::Date => "DATE",
            SqlType::Time => "TIME",
            SqlType::DateTime => "TIMESTAMP",
            SqlType::Timestamp => "TIMESTAMPTZ",
            SqlType::Uuid => "UUID",
            SqlType::Decimal => "NUMERIC",
            SqlType::Json => "JSONB",
            SqlType::Array(item) => {
                self.cast_type(out, *item);
                "[]"
            }
            // Values of unknown types are refused when they are written.
            _ => "TEXT",
        };
        out.sql(name);
    }

    fn aggregate(&self, function: Aggregate, _: SqlType) -> Option<&'static str> {
        match function {
            Aggregate::Json => Some("jsonb_agg{}"),
            Aggregate::Array => Some("array_agg{}"),
            other => other.common(),
        }
    }

    fn function(&self, function: Function, result: SqlType) -> Option<&'static str> {
        crate::function::spelling(function, result)
    }

    fn copy_out(&self, out: &mut SqlWriter, query: &str) -> Result<()> {
        out.sql("COPY (").trusted(query).sql(") TO STDOUT (FORMAT csv, HEADER)");
        Ok(())
    }

    fn copy_in(&self, out: &mut SqlWriter, table: &TableName, columns: &[Cow<'static, str>]) -> Result<()> {
        out.sql("COPY ").table(table).sql(" (").list(", ", columns, |out, column| {
            out.ident(column);
        });
        out.sql(") FROM STDIN (FORMAT binary)");
        Ok(())
    }

    fn value_order(&self, sql_type: SqlType) -> ValueOrder {
        match sql_type {
            SqlType::Text => ValueOrder::Asked(BINARY_TEXT),
            SqlType::Json | SqlType::Array(_) => ValueOrder::Own,
            _ => ValueOrder::Natural,
        }
    }

    fn generated_key(&self, out: &mut SqlWriter) {
        out.sql(" GENERATED BY DEFAULT AS IDENTITY");
    }

    fn draw(&self, out: &mut SqlWriter, sequence: &str) -> Result<()> {
        out.sql("nextval(").ident_literal(sequence).sql("::regclass)");
        Ok(())
    }

    /// A small gap is closed by `nextval`, which cannot undo what others draw meanwhile. A large gap is closed by `setval`: to interfere,
    /// somebody else would have to draw all keys of the gap between our `nextval` and `setval`. Two kinds of sequence are left alone: one
    /// that counts in other steps shares its keys on purpose, and one that would lose half of its keys would soon be used up.
    fn advance(&self, out: &mut SqlWriter, sequence: &str, key: &dyn Fn(&mut SqlWriter)) -> Result<()> {
        let name = |out: &mut SqlWriter| {
            out.ident_literal(sequence).sql("::regclass");
        };
        out.sql("(SELECT CASE WHEN g.gap <= 1000 THEN (SELECT max(nextval(");
        name(out);
        out.sql(")) FROM generate_series(1, g.gap)) WHEN has_sequence_privilege(");
        name(out);
        out.sql(", 'UPDATE') AND ");
        key(out);
        out.sql(" <= q.seqmax / 2 THEN setval(");
        name(out);
        out.sql(", greatest(");
        key(out);
        out.sql(", nextval(");
        name(out);
        out.sql("))) END FROM pg_catalog.pg_sequence q, LATERAL (SELECT ");
        key(out);
        out.sql(" - coalesce(pg_sequence_last_value(q.seqrelid), q.seqstart - 1) AS gap) g WHERE q.seqrelid = ");
        name(out);
        out.sql(" AND q.seqincrement = 1 AND g.gap > 0)");
        Ok(())
    }

    /// Everything whose name a new table cannot take, views included.
    fn list_tables(&self) -> &'static str {
        "SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = coalesce($1::text, current_schema()) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
         UNION ALL SELECT t.typname::text FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         WHERE n.nspname = coalesce($1::text, current_schema()) AND t.typtype = 'e' ORDER BY 1"
    }

    fn drop_type(&self, out: &mut SqlWriter, name: &TableName) {
        out.sql("DO $orm$ BEGIN DROP TYPE ").table(name);
        out.sql("; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $orm$");
    }

    fn own_schema(&self) -> Option<OwnSchema> {
        Some(OwnSchema {
            enter: "SET search_path = ",
            enter_in_transaction: "SET LOCAL search_path = ",
            current: "SELECT current_schema()::text",
        })
    }

    fn lock_schema(&self) -> Option<&'static str> {
        // A number that nobody else uses: the letters `orm ddl`.
        Some("SELECT pg_advisory_xact_lock(31369535435334764)::text")
    }

    fn try_lock_alone(&self) -> Option<&'static str> {
        Some("SELECT pg_try_advisory_xact_lock(31369535435334765)::text")
    }

    fn list_broken_indexes(&self) -> Option<&'static str> {
        Some(
            "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname = $1::text \
             AND n.nspname = ANY (current_schemas(false))",
        )
    }

    fn transaction_token(&self) -> Result<&'static str> {
        Ok("SELECT pg_catalog.pg_current_xact_id()::text")
    }

    fn transaction_outcome(&self) -> Result<&'static str> {
        Ok("SELECT pg_catalog.pg_xact_status($1::text::xid8)")
    }

    fn notify(&self) -> Result<&'static str> {
        Ok("SELECT pg_catalog.pg_notify($1, $2)")
    }

    fn replication(&self) -> Option<&'static Replication> {
        Some(&REPLICATION)
    }
}

/// A server that is not a replica is at the end of its log.
const REPLICATION: Replication = Replication {
    // The log is written behind a commit that does not wait for it.
    position: "SELECT pg_catalog.pg_current_wal_insert_lsn()::text",
    reached: "SELECT NOT pg_catalog.pg_is_in_recovery() OR pg_catalog.pg_last_wal_replay_lsn() >= $1::text::pg_lsn",
    lag: "SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN 0 \
          WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver) THEN 'infinity' \
          WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN 0 \
          ELSE COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()), 'infinity') \
          END::float8 AS seconds",
    lag_column: "seconds",
};

/// `char(n)` is filled up with spaces, `citext` ignores the case of letters.
fn text_form(facts: &ColumnFacts, length: Option<u32>) -> TextForm {
    match facts.type_name.rsplit('.').next() {
        Some("bpchar" | "character") => length.map_or(TextForm::Trimmed, |length| TextForm::Padded(length as usize)),
        Some("citext") => TextForm::AnyCase,
        _ => TextForm::Exact,
    }
}
