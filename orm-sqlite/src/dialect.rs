use std::sync::{Mutex, PoisonError};

use orm_core::catalog::DataType;
use orm_core::dialect::SqlWriter;
use orm_core::dialect::{
    ArrayParameters, Capabilities, Dialect, InsertKeys, LexicalRules, MutualKeys, NameLength, PlanRows, Plans, Rebuild,
    Stored,
};
use orm_core::schema::{ColumnDef, ColumnFacts};
use orm_core::sql::{Aggregate, ArithmeticOp, Function};
use orm_core::value::{Format, Mismatch, SqlType, TextForm, Value, ValueForm, ValueRef};

use crate::{catalog, collation, stored};

/// What SQLite can do.
pub const CAPABILITIES: Capabilities = Capabilities {
    insert_keys: InsertKeys::LastInsertId,
    array_parameters: ArrayParameters::TableFunction,
    mutual_keys: MutualKeys::Forward,
    max_parameters: 32_766,
    numbered_parameters: true,
    longest_name: NameLength::Unlimited,
    identifier_quote: '"',
    names_ignore_case: true,
    astral_names: true,
    insert_returning: true,
    update_returning: true,
    returns_trigger_values: false,
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
    ilike_operator: false,
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
    one_writer: true,
    snapshot_reads: true,
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
    // Four digits: texts are compared.
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

/// How SQLite spells SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SqliteDialect {
    formats: Formats,
}

/// The formats of columns whose fields have no `format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Formats {
    pub(crate) times: Format,
    pub(crate) uuids: Format,
    pub(crate) decimals: Format,
    pub(crate) booleans: Format,
}

impl Formats {
    /// The format of a column whose field says `format`.
    fn of(self, sql_type: SqlType, format: Format) -> Format {
        match (format, sql_type) {
            (Format::Mixed, SqlType::DateTime | SqlType::Timestamp) => self.times,
            (Format::Mixed, SqlType::Uuid) => self.uuids,
            (Format::Mixed, SqlType::Decimal) => self.decimals,
            (Format::Mixed, SqlType::Bool) => self.booleans,
            (said, _) => said,
        }
    }
}

impl SqliteDialect {
    /// The dialect with these formats, one for all databases that have them.
    pub(crate) fn with(formats: Formats) -> &'static Self {
        static KNOWN: Mutex<Vec<&'static SqliteDialect>> = Mutex::new(Vec::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dialect) = known.iter().find(|dialect| dialect.formats == formats) {
            return dialect;
        }
        let dialect: &'static Self = Box::leak(Box::new(Self { formats }));
        known.push(dialect);
        dialect
    }
}

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

    /// The declared type decides how SQLite converts a value. The names of dates and times mean NUMERIC, which leaves their texts unchanged.
    /// All other texts need TEXT.
    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        if let Some(form) = stored::form(column.sql_type, self.formats.of(column.sql_type, column.format)) {
            out.sql(form.declared);
            return;
        }
        match (column.sql_type, column.length) {
            (SqlType::Text, Some(length)) => out.sql("VARCHAR(").number(length.into()).sql(")"),
            (sql_type, _) => out.sql(match sql_type {
                SqlType::Bool => "BOOLEAN",
                SqlType::I16 | SqlType::I32 | SqlType::I64 => "INTEGER",
                SqlType::F32 | SqlType::F64 => "REAL",
                SqlType::Bytes => "BLOB",
                SqlType::Date => "DATE",
                SqlType::Time => "TIME",
                SqlType::DateTime | SqlType::Timestamp => "DATETIME",
                // Text, and what is stored as text. Tables with arrays are refused before, and values of unknown types when they are written.
                _ => "TEXT",
            }),
        };
        if let Some(collation) = self.collation(column.sql_type) {
            out.sql(" COLLATE ").sql(collation);
        }
    }

    fn data_type(&self, spelling: &str) -> DataType {
        catalog::data_type(spelling)
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        out.sql(match sql_type {
            SqlType::Bool | SqlType::I16 | SqlType::I32 | SqlType::I64 => "INTEGER",
            SqlType::F32 | SqlType::F64 => "REAL",
            SqlType::Bytes => "BLOB",
            SqlType::Decimal => "NUMERIC",
            _ => "TEXT",
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
        match sql_type {
            SqlType::Decimal => Some(collation::DECIMAL),
            SqlType::Date | SqlType::Time | SqlType::DateTime | SqlType::Timestamp => Some(collation::TIME),
            // Some programs write hexadecimal digits in capitals.
            SqlType::Uuid => Some("NOCASE"),
            _ => None,
        }
    }

    fn stored(&self, sql_type: SqlType, format: Format) -> Option<Stored> {
        stored::form(sql_type, self.formats.of(sql_type, format))
            .map(|form| Stored { read: form.read, write: form.write })
    }

    fn depends_on_column(&self, sql_type: SqlType) -> bool {
        matches!(sql_type, SqlType::Decimal | SqlType::Text)
    }

    fn value_form(&self, column: &ColumnDef, facts: Option<&ColumnFacts>) -> ValueForm {
        let exact = ValueForm::exact(CAPABILITIES.years);
        let Some(facts) = facts else { return exact };
        match column.sql_type {
            SqlType::Decimal => ValueForm { floats: has_numbers(&facts.type_name), ..exact },
            SqlType::Text => ValueForm {
                text: match facts.collation.as_deref().map(str::to_ascii_uppercase).as_deref() {
                    Some("NOCASE") => TextForm::AnyAsciiCase,
                    Some("RTRIM") => TextForm::Trimmed,
                    _ => TextForm::Exact,
                },
                ..exact
            },
            _ => exact,
        }
    }

    fn read_stored(&self, sql_type: SqlType, format: Format, cell: ValueRef<'_>) -> Result<Option<Value>, Mismatch> {
        stored::form(sql_type, self.formats.of(sql_type, format)).map(|form| form.value_of(cell)).transpose()
    }

    fn alike(&self, sql_type: SqlType) -> Option<&'static str> {
        (sql_type == SqlType::Decimal).then_some("orm_decimal")
    }

    fn other_spelling(&self, sql_type: SqlType) -> Option<&'static str> {
        (sql_type == SqlType::Uuid).then_some("upper")
    }

    /// An INTEGER PRIMARY KEY is the row's own number.
    fn generated_key(&self, _out: &mut SqlWriter) {
        // A PRIMARY KEY on one INTEGER column is the rowid, which SQLite generates without a keyword.
    }

    fn rebuild(&self) -> Option<Rebuild> {
        Some(Rebuild {
            looks_at_keys: "PRAGMA foreign_keys",
            before: "PRAGMA foreign_keys = OFF",
            after: "PRAGMA foreign_keys = ON",
            check: "PRAGMA foreign_key_check",
            before_rename: "PRAGMA legacy_alter_table = ON",
            after_rename: "PRAGMA legacy_alter_table = OFF",
            numbers: "sqlite_sequence",
        })
    }

    fn list_tables(&self) -> &'static str {
        "SELECT name FROM pragma_table_list WHERE schema = coalesce(?1, 'main') ORDER BY name"
    }
}

/// Whether a column of that declared type converts texts of digits to numbers.
fn has_numbers(declared: &str) -> bool {
    let declared = declared.to_ascii_uppercase();
    let names = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    names(&["INT"]) || !(declared.is_empty() || names(&["CHAR", "CLOB", "TEXT", "BLOB"]))
}
