use std::fmt;

use super::{LexicalRules, Plans};

/// What a database can do, as plain data. A new fact breaks every backend until it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// How generated keys come back.
    pub insert_keys: InsertKeys,
    /// How a list of values is sent.
    pub array_parameters: ArrayParameters,
    /// How tables that reference each other are created.
    pub mutual_keys: MutualKeys,
    /// The greatest number of parameters of one statement.
    pub max_parameters: usize,
    /// Whether a placeholder says which parameter it stands for, so that several can stand for one. Elsewhere each stands for the next
    /// parameter.
    pub numbered_parameters: bool,
    /// The longest name of a table, column, index or alias: longer ones are refused instead of cut off.
    pub longest_name: NameLength,
    /// The sign around identifiers.
    pub identifier_quote: char,
    /// Whether names are the same that differ only in the case of ASCII letters.
    pub names_ignore_case: bool,
    /// Whether names may have characters beyond the first 65,536 of Unicode.
    pub astral_names: bool,
    /// `INSERT .. RETURNING`. Where it is missing, what a flush wants to know of its rows is read by their keys.
    pub insert_returning: bool,
    /// `UPDATE .. RETURNING`. Where it is missing, what a flush wants to know of its rows is read by their keys.
    pub update_returning: bool,
    /// Whether what a statement returns is what triggers make of its rows.
    pub returns_trigger_values: bool,
    /// `DELETE .. RETURNING`.
    pub delete_returning: bool,
    /// Whether `RETURNING` may read the other sources of an UPDATE or DELETE.
    pub returning_sources: bool,
    /// `UPDATE .. SET .. FROM`. Where it is missing, the other sources stand beside the table: `UPDATE a, b SET ..`.
    pub update_from: bool,
    /// `DELETE .. USING`. Where it is missing, the other sources are read by `EXISTS`.
    pub delete_using: bool,
    /// `ON CONFLICT (..) DO UPDATE SET .. = excluded.column`. Where it is missing, `ON DUPLICATE KEY UPDATE .. = VALUES(column)` stands for it,
    /// for which no unique key can be named, and no condition.
    pub conflict_targets: bool,
    /// `ON CONFLICT ON CONSTRAINT name`.
    pub conflict_constraints: bool,
    /// `INSERT .. DEFAULT VALUES`. Where it is missing, a row of defaults is `() VALUES ()`.
    pub default_values: bool,
    /// `ON CONFLICT` behind `DEFAULT VALUES`. Where it is missing, NULL in a generated key is the number that the database chooses.
    pub default_values_conflict: bool,
    /// `WITH` before INSERT. Where it is missing, it stands before the query whose rows are inserted.
    pub ctes_before_inserts: bool,
    /// `WITH` before UPDATE and DELETE.
    pub ctes_before_changes: bool,
    /// Whether the new values of an UPDATE read all columns as they were before. Elsewhere a value that reads a column which is set before it
    /// is refused.
    pub simultaneous_assignment: bool,
    /// `AS MATERIALIZED` and `AS NOT MATERIALIZED` in `WITH`.
    pub materialized_ctes: bool,
    /// INSERT, UPDATE and DELETE in `WITH`, whose returned rows the statement reads.
    pub data_modifying_ctes: bool,
    /// Whether texts are matched without regard to the case of any letter. Where it is missing, `LIKE` ignores the case of ASCII letters.
    pub ilike: bool,
    /// The operator `ILIKE`. Where it is missing, both texts are compared in small letters.
    pub ilike_operator: bool,
    /// Whether `LIKE` ignores the case of ASCII letters. Such a database has `GLOB`, which does not, and the collation `BINARY`, by which
    /// texts compare byte by byte.
    pub like_ignores_case: bool,
    /// Whether the pattern of a `LIKE` that ends in a lone escape is an error.
    pub checked_patterns: bool,
    /// `NULLS FIRST` and `NULLS LAST`. Where they are missing, the order has a key before that tells NULL from the rest.
    pub nulls_order: bool,
    /// `IS DISTINCT FROM`. Where it is missing, `<=>` tells whether two values are the same, NULLs included.
    pub distinct_from: bool,
    /// `IN (VALUES ..)` with rows. Where it is missing, the rows are listed in parentheses.
    pub values_in_lists: bool,
    /// `LIMIT` in the query of an `IN`. Where it is missing, the query is read through another one.
    pub limits_in_lists: bool,
    /// `FULL JOIN`.
    pub full_join: bool,
    /// `FILTER (WHERE ..)` behind aggregates. Where it is missing, CASE makes NULLs of the values that are not to count.
    pub aggregate_filter: bool,
    /// Whether aggregates that keep all values, as joined texts and JSON do, have windows.
    pub list_windows: bool,
    /// `GROUPS` and `EXCLUDE` in the frames of windows.
    pub frame_groups: bool,
    /// Foreign keys that are checked at the end of the transaction.
    pub deferrable_keys: bool,
    /// Whether `RESTRICT` refuses earlier than a foreign key that says nothing. Elsewhere it is the same, and the catalog of models has none.
    pub restrict_at_once: bool,
    /// Whether a row that references itself can be deleted, or get another key. Elsewhere its reference becomes NULL before.
    pub self_references: bool,
    /// Whether a key that the database chooses may have a CHECK. Where it may not, there is none: its values are those of the field.
    pub checked_generated_keys: bool,
    /// Whether a column that the database computes may be NOT NULL.
    pub computed_not_null: bool,
    /// Whether statements that change the schema belong to the transaction. Elsewhere each of them commits.
    pub transactional_schema: bool,
    /// `ALTER TABLE .. MODIFY COLUMN` with the whole definition, and names of indexes, triggers and keys that are those of the table. Elsewhere a column is altered by what changes of it.
    pub modify_column: bool,
    /// Schemas as in `schema.table`.
    pub schemas: bool,
    /// Whether a database can be made as a copy of another.
    pub copied_databases: bool,
    /// Comments on tables and columns. Where they are missing, those of models are left out: they change nothing that the database does.
    pub comments: bool,
    /// Whether a comment is a part of the definition: `COMMENT '..'`. Elsewhere there is `COMMENT ON`.
    pub comment_clause: bool,
    /// Indexes of some rows, and of expressions.
    pub partial_indexes: bool,
    /// Methods, operator classes and `INCLUDE` of indexes, the place of NULLs in them, `NULLS NOT DISTINCT`, and EXCLUDE constraints.
    pub index_options: bool,
    /// Types and sequences with names: `CREATE TYPE .. AS ENUM`, `CREATE DOMAIN`, `CREATE SEQUENCE`.
    pub named_types: bool,
    /// Whether a column lists the values of an enum in its type: `ENUM('a', 'b')`.
    pub inline_enums: bool,
    /// Whether it has views whose rows are stored: `CREATE MATERIALIZED VIEW`.
    pub materialized_views: bool,
    /// Whether aggregates have other types than the core expects, and need a cast: wider for integers (NUMERIC), narrower for single
    /// floats.
    pub wide_aggregates: bool,
    /// Whether a computation without a result is an error. Elsewhere it is NULL: a division by zero, the root of a number below zero.
    pub arithmetic_errors: bool,
    /// Whether a bare parameter in a select list needs a cast.
    pub typed_parameters: bool,
    /// Whether the separator of joined texts is an argument. Elsewhere it stands before each text, and the first one is cut off.
    pub separator_arguments: bool,
    /// Whether an aggregate of distinct values may have further arguments.
    pub distinct_with_arguments: bool,
    /// `COPY`: rows travel by [`Connection::copy_in`](crate::driver::Connection::copy_in).
    pub copy: bool,
    /// Columns that hold arrays.
    pub arrays: bool,
    /// Regular expressions.
    pub regular_expressions: bool,
    /// `SELECT .. FOR UPDATE`.
    pub row_locks: bool,
    /// The clause of a lock that others may share.
    pub shared_lock: &'static str,
    /// `FOR UPDATE OF table`.
    pub table_locks: bool,
    /// Whether a transaction of `REPEATABLE READ` fails when it overwrites a row that others have changed since its snapshot.
    pub snapshot_isolation: bool,
    /// Whether there is one writer at a time. A writing transaction then waits for its turn when it begins, and is serializable.
    pub one_writer: bool,
    /// Whether a reading transaction has one snapshot and costs next to nothing, so that a query and its includes can have one.
    pub snapshot_reads: bool,
    /// Transactions that are prepared, and then committed or rolled back, by any connection.
    pub prepared_transactions: bool,
    /// Whether a transaction that is to be prepared has its id from its beginning on.
    pub prepared_from_begin: bool,
    /// The longest id of a prepared transaction, in bytes.
    pub prepared_id_len: usize,
    /// Whether a transaction has a token, by which one finds out later whether it was committed.
    pub transaction_tokens: bool,
    /// Channels, to which connections listen and tell others something.
    pub notifications: bool,
    /// `LATERAL`: a joined query that reads the sources before it.
    pub lateral: bool,
    /// Whether a source in parentheses within an expression may read the sources around it. Where it may not, functions are nested to few levels.
    pub correlated_sources: bool,
    /// `ROLLUP`, `CUBE`, `GROUPING SETS` and `grouping(..)`.
    pub grouping_sets: bool,
    /// `SELECT DISTINCT ON (..)`.
    pub distinct_on: bool,
    /// `INTERSECT ALL` and `EXCEPT ALL`, which count equal rows.
    pub counted_sets: bool,
    /// Whether NULLs sort before all values when ascending.
    pub nulls_sort_low: bool,
    /// Whether text may hold the character NUL.
    pub nul_in_text: bool,
    /// Infinite floats, and those that are no number.
    pub non_finite_floats: bool,
    /// Whether a column of any type takes values of all types.
    pub untyped_cells: bool,
    /// Whether a UUID may have any bits. Elsewhere those of no known variant are refused.
    pub any_uuid: bool,
    /// Whether a decimal without bounds keeps the zeros at its end.
    pub decimal_zeros: bool,
    /// The first and the last year that dates and times may have.
    pub years: (i32, i32),
    /// The lexical rules of the database.
    pub lexical_rules: LexicalRules,
    /// How statements are explained.
    pub plans: Plans,
}

/// How generated keys come back from an INSERT of many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertKeys {
    /// One prepared statement, run row by row; the connection reports the key of each.
    LastInsertId,
    /// One statement over arrays of columns, which draws the keys from the column's sequence first and returns them in the order
    /// of the arrays. Updates and deletes of many rows are one statement over arrays too.
    Arrays,
    /// One statement for a list of rows, `VALUES (..), (..)`, whose keys come back with `RETURNING` in the order of the rows. A database
    /// that numbers rows counts up; keys that do not are an error. Where INSERT has no `RETURNING`, rows whose keys the database chooses go one by
    /// one, and the connection reports the key of each.
    Lists,
}

impl Capabilities {
    /// Whether the connection reports the key of a row that went alone. Elsewhere it comes back with `RETURNING`.
    pub(crate) fn reports_keys(&self) -> bool {
        match self.insert_keys {
            InsertKeys::LastInsertId => true,
            InsertKeys::Arrays => false,
            InsertKeys::Lists => !self.insert_returning,
        }
    }
}

/// How a list of values is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayParameters {
    /// `x = ANY(?)`.
    Any,
    /// `x IN rarray(?)`: a table-valued function.
    TableFunction,
    /// Not as one parameter: `x IN (?, ?, ..)`. The length is rounded up by repeating the last value, so that few statements serve lists
    /// of any length.
    Listed,
}

/// The longest name that a database takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameLength {
    /// Any.
    Unlimited,
    /// So many bytes in UTF-8.
    Bytes(usize),
    /// So many characters.
    Characters(usize),
}

impl NameLength {
    /// Whether the database takes the name as it is.
    pub fn takes(self, name: &str) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Bytes(most) => name.len() <= most,
            Self::Characters(most) => name.len() <= most || name.chars().count() <= most,
        }
    }
}

/// How tables that reference each other are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MutualKeys {
    /// Tables first, keys by `ALTER TABLE` afterwards.
    Alter,
    /// A table may reference one that is not there yet.
    Forward,
}

impl fmt::Display for NameLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("any number of bytes"),
            Self::Bytes(most) => write!(f, "{most} bytes"),
            Self::Characters(most) => write!(f, "{most} characters"),
        }
    }
}
