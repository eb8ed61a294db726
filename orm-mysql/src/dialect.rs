use orm_core::catalog::{DataType, TypeKind};
use orm_core::dialect::{
    ArrayParameters, Capabilities, Dialect, InsertKeys, LexicalRules, MutualKeys, NameLength, OwnSchema, PlanRows,
    Plans, Replication, SqlWriter, ValueOrder,
};
use orm_core::schema::{ColumnDef, ColumnFacts};
use orm_core::sql::{Aggregate, ArithmeticOp, Function};
use orm_core::value::{SqlType, TextForm, ValueForm, Values};

use crate::catalog::data_type;
use crate::function;
use crate::replication;
use crate::server::Server;

/// What MySQL 8 can do.
pub const MYSQL: Capabilities = Capabilities {
    insert_keys: InsertKeys::Lists,
    array_parameters: ArrayParameters::Listed,
    mutual_keys: MutualKeys::Alter,
    max_parameters: 65_535,
    numbered_parameters: false,
    longest_name: NameLength::Characters(64),
    // By the mode of the connection, which also knows the sign of these servers.
    identifier_quote: '"',
    names_ignore_case: false,
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
    ctes_before_changes: true,
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
    computed_not_null: true,
    transactional_schema: false,
    modify_column: true,
    schemas: true,
    copied_databases: false,
    comments: true,
    comment_clause: true,
    partial_indexes: false,
    index_options: false,
    named_types: false,
    inline_enums: true,
    materialized_views: false,
    wide_aggregates: false,
    arithmetic_errors: false,
    typed_parameters: false,
    separator_arguments: false,
    distinct_with_arguments: true,
    copy: false,
    arrays: false,
    regular_expressions: true,
    row_locks: true,
    shared_lock: "FOR SHARE",
    table_locks: true,
    snapshot_isolation: false,
    one_writer: false,
    snapshot_reads: false,
    prepared_transactions: true,
    prepared_from_begin: true,
    prepared_id_len: 64,
    transaction_tokens: false,
    notifications: false,
    lateral: true,
    correlated_sources: false,
    grouping_sets: false,
    distinct_on: false,
    counted_sets: true,
    nulls_sort_low: true,
    nul_in_text: true,
    non_finite_floats: false,
    untyped_cells: false,
    any_uuid: false,
    decimal_zeros: false,
    years: (1, 9_999),
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
    plans: Plans { explain: "EXPLAIN FORMAT=TREE ", analyze: Some("EXPLAIN ANALYZE "), rows: PlanRows::Lines },
};

/// What MariaDB can do from 10.6 on.
pub const MARIADB: Capabilities = Capabilities {
    insert_returning: true,
    delete_returning: true,
    snapshot_isolation: true,
    ctes_before_changes: false,
    simultaneous_assignment: true,
    computed_not_null: false,
    shared_lock: "LOCK IN SHARE MODE",
    table_locks: false,
    lateral: false,
    plans: Plans { explain: "EXPLAIN FORMAT=JSON ", analyze: Some("ANALYZE FORMAT=JSON "), rows: PlanRows::Lines },
    ..MYSQL
};

/// The errors of statements whose table, column, key or view is there already, or is not there any more.
const DONE_BEFORE: &[&str] =
    &["1050", "1051", "1054", "1060", "1061", "1068", "1091", "1146", "1826", "3822", "3940", "4092"];

/// The digits of a decimal without bounds: the server has no such type.
const DECIMAL: &str = "DECIMAL(65,30)";
/// The length of texts and bytes in keys and indexes, which the server bounds.
const KEY_LENGTH: u64 = 255;

/// How MySQL and MariaDB spell SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MysqlDialect {
    server: Server,
}

impl MysqlDialect {
    /// The dialect of MySQL 8.
    pub const MYSQL: Self = Self { server: Server::MySql };
    /// The dialect of MariaDB.
    pub const MARIADB: Self = Self { server: Server::MariaDb };

    pub(crate) fn of(server: Server) -> &'static Self {
        match server {
            Server::MySql => &Self::MYSQL,
            Server::MariaDb => &Self::MARIADB,
        }
    }

    /// The type of MariaDB refuses 16 bytes that are of no version of the standard's.
    fn uuid(self, values: Values) -> &'static str {
        match (self.server, values) {
            (Server::MariaDb, Values::All) => "UUID",
            _ => "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
        }
    }

    fn characters(self, out: &mut SqlWriter, column: &ColumnDef) {
        match column.length.map(u64::from).or(column.keyed.then_some(KEY_LENGTH)) {
            Some(length) => out.sql("VARCHAR(").number(length).sql(")"),
            None => out.sql("LONGTEXT"),
        };
        out.sql(" CHARACTER SET utf8mb4 COLLATE ").sql(self.server.collation());
    }
}

impl Dialect for MysqlDialect {
    fn name(&self) -> &'static str {
        match self.server {
            Server::MySql => "MySQL",
            Server::MariaDb => "MariaDB",
        }
    }

    fn capabilities(&self) -> &'static Capabilities {
        match self.server {
            Server::MySql => &MYSQL,
            Server::MariaDb => &MARIADB,
        }
    }

    fn placeholder(&self, out: &mut SqlWriter, _: usize) {
        out.sql("?");
    }

    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef) {
        match column.sql_type {
            SqlType::Bool => out.sql("BOOLEAN"),
            SqlType::I16 => out.sql("SMALLINT"),
            SqlType::I32 => out.sql("INT"),
            SqlType::I64 => out.sql("BIGINT"),
            // A FLOAT equals no other number than its rounded self.
            SqlType::F32 | SqlType::F64 => out.sql("DOUBLE"),
            SqlType::Bytes if column.keyed => out.sql("VARBINARY(").number(KEY_LENGTH).sql(")"),
            SqlType::Bytes => out.sql("LONGBLOB"),
            SqlType::Date => out.sql("DATE"),
            SqlType::Time => out.sql("TIME(6)"),
            // A TIMESTAMP ends in the year 2038.
            SqlType::DateTime | SqlType::Timestamp => out.sql("DATETIME(6)"),
            SqlType::Uuid => out.sql(self.uuid(column.values)),
            SqlType::Decimal => match column.precision {
                Some((digits, scale)) => {
                    out.sql("DECIMAL(").number(digits.into()).sql(",").number(scale.into()).sql(")")
                }
                None => out.sql(DECIMAL),
            },
            // It is a text, whose own collation fills up with spaces.
            SqlType::Json if self.server == Server::MariaDb => out.sql("JSON COLLATE ").sql(self.server.collation()),
            SqlType::Json => out.sql("JSON"),
            SqlType::Text if column.values.native().is_some() => {
                out.sql("ENUM(").list(",", column.values.texts().unwrap_or_default(), |out, text| {
                    out.ident_literal(text);
                });
                out.sql(") CHARACTER SET utf8mb4 COLLATE ").sql(self.server.collation())
            }
            // Text. Tables with arrays are refused before.
            _ => {
                self.characters(out, column);
                out
            }
        };
    }

    fn data_type(&self, spelling: &str) -> DataType {
        data_type(spelling)
    }

    /// A table of others may have a character set that lacks most letters.
    fn value_order(&self, sql_type: SqlType) -> ValueOrder {
        match sql_type {
            // MariaDB compares the parts of a UUID from the last to the first.
            SqlType::Uuid if self.server == Server::MariaDb => ValueOrder::Own,
            SqlType::Json | SqlType::Array(_) => ValueOrder::Own,
            _ => ValueOrder::Natural,
        }
    }

    fn column_collation(&self, kind: &TypeKind) -> Option<&'static str> {
        match kind {
            TypeKind::Text | TypeKind::VarChar(_) | TypeKind::Char(_) | TypeKind::OneOf(_) => {
                Some(self.server.collation())
            }
            TypeKind::Json if self.server == Server::MariaDb => Some(self.server.collation()),
            _ => None,
        }
    }

    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType) {
        out.sql(match sql_type {
            SqlType::Bool | SqlType::I16 | SqlType::I32 | SqlType::I64 => "SIGNED",
            SqlType::F32 | SqlType::F64 => "DOUBLE",
            SqlType::Bytes => "BINARY",
            SqlType::Date => "DATE",
            SqlType::Time => "TIME(6)",
            SqlType::DateTime | SqlType::Timestamp => "DATETIME(6)",
            SqlType::Decimal => DECIMAL,
            SqlType::Json if self.server == Server::MySql => "JSON",
            SqlType::Uuid if self.server == Server::MariaDb => "UUID",
            _ => "CHAR",
        });
    }

    /// The sum of integers is a decimal; by DIV it is an integer again, or an error. So is their average.
    fn aggregate(&self, function: Aggregate, result: SqlType) -> Option<&'static str> {
        match function {
            Aggregate::Sum if result == SqlType::I64 => Some("(sum{} DIV 1)"),
            Aggregate::Avg if result == SqlType::F64 => Some("CAST(avg{} AS DOUBLE)"),
            Aggregate::Text => Some("group_concat{}"),
            Aggregate::All => Some("min{}"),
            Aggregate::Any => Some("max{}"),
            Aggregate::Json => Some("json_arrayagg{}"),
            other => other.common(),
        }
    }

    fn function(&self, function: Function, result: SqlType) -> Option<&'static str> {
        function::spelling(self.server, function, result)
    }

    /// The driver sends a decimal as text, which would be compared as a float. What is computed with an integer may become a float.
    fn casts_parameter(&self, sql_type: SqlType, computed: bool) -> bool {
        match sql_type {
            SqlType::Decimal => true,
            SqlType::I16 | SqlType::I32 | SqlType::I64 => computed,
            _ => false,
        }
    }

    /// `/` would give the fraction of integers.
    fn operator(&self, op: ArithmeticOp, result: SqlType) -> &'static str {
        match (op, result) {
            (ArithmeticOp::Div, SqlType::I16 | SqlType::I32 | SqlType::I64) => "DIV",
            (op, _) => op.common(),
        }
    }

    fn depends_on_column(&self, sql_type: SqlType) -> bool {
        matches!(sql_type, SqlType::Decimal | SqlType::Time | SqlType::DateTime | SqlType::Timestamp | SqlType::Text)
    }

    fn value_form(&self, column: &ColumnDef, facts: Option<&ColumnFacts>) -> ValueForm {
        let exact = ValueForm::exact(MYSQL.years);
        let Some(facts) = facts else { return exact };
        // `decimal(10,2)`, `datetime(6)`, `char(3)`.
        let bounds = facts.full_type.split_once('(').and_then(|(_, rest)| Some(rest.split_once(')')?.0));
        let number = |text: &str| text.trim().parse::<u32>().ok();
        match column.sql_type {
            SqlType::Decimal => {
                let scale = bounds.and_then(|bounds| number(bounds.split_once(',').map_or("0", |(_, scale)| scale)));
                ValueForm { scale: scale.filter(|scale| *scale < 30), ..exact }
            }
            SqlType::Text => ValueForm { text: text_form(facts), ..exact },
            // Without bounds, a time has whole seconds.
            _ => ValueForm { second_digits: bounds.and_then(number).unwrap_or(0), ..exact },
        }
    }

    fn generated_key(&self, out: &mut SqlWriter) {
        out.sql(" AUTO_INCREMENT");
    }

    fn list_tables(&self) -> &'static str {
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = coalesce(?, DATABASE()) ORDER BY TABLE_NAME"
    }

    /// A schema is a database. The connection stays in it when the transaction ends.
    fn own_schema(&self) -> Option<OwnSchema> {
        Some(OwnSchema { enter: "USE ", enter_in_transaction: "USE ", current: "SELECT DATABASE()" })
    }

    fn script_settings(&self) -> Option<String> {
        Some(self.server.settings())
    }

    fn lock_schema(&self) -> Option<&'static str> {
        Some("SELECT GET_LOCK(concat('orm ddl ', md5(coalesce(DATABASE(), ''))), 86400)")
    }

    fn replication(&self) -> Option<&'static Replication> {
        Some(replication::of(self.server))
    }

    fn says_done(&self, error: &orm_core::Error) -> bool {
        error.code().is_some_and(|code| DONE_BEFORE.contains(&code))
    }

    fn unlock_schema(&self) -> Option<&'static str> {
        Some("SELECT RELEASE_LOCK(concat('orm ddl ', md5(coalesce(DATABASE(), ''))))")
    }
}

/// Which texts are equal by a column's collation. One that compares bytes tells all apart, but for spaces at the end where it fills up.
fn text_form(facts: &ColumnFacts) -> TextForm {
    match facts.collation.as_deref() {
        Some(collation) if !collation.ends_with("_bin") && collation != "binary" => TextForm::AnyCase,
        Some(collation) if !collation.contains("nopad") && !collation.contains("0900") => TextForm::Trimmed,
        _ if facts.type_name == "char" => TextForm::Trimmed,
        _ => TextForm::Exact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_servers_answer_for_themselves() {
        const { assert!(MARIADB.insert_returning && !MYSQL.insert_returning) };
        const { assert!(MYSQL.lateral && !MARIADB.lateral) };
        assert_eq!((MysqlDialect::MYSQL.name(), MysqlDialect::MARIADB.name()), ("MySQL", "MariaDB"));
    }
}
