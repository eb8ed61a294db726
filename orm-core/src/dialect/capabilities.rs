use super::{LexicalRules, Plans};

/// What a database can do, as plain data. A new fact breaks every backend until it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// How generated keys come back.
    pub insert_keys: InsertKeys,
    /// How a list of values is sent as one parameter.
    pub array_parameters: ArrayParameters,
    /// How tables that reference each other are created.
    pub mutual_keys: MutualKeys,
    /// The greatest number of parameters of one statement.
    pub max_parameters: usize,
    /// The longest name of a table, column, index or alias, in bytes: longer ones are refused instead of cut off.
    pub longest_name: usize,
    /// Whether names are the same that differ only in the case of ASCII letters.
    pub names_ignore_case: bool,
    /// `INSERT .. RETURNING`, `UPDATE .. RETURNING`, `DELETE .. RETURNING`.
    pub returning: bool,
    /// Whether `RETURNING` may read the other sources of an UPDATE or DELETE.
    pub returning_sources: bool,
    /// `DELETE .. USING`. Where it is missing, the other sources are read by `EXISTS`.
    pub delete_using: bool,
    /// `ON CONFLICT ON CONSTRAINT name`.
    pub conflict_constraints: bool,
    /// `ON CONFLICT` behind `DEFAULT VALUES`. Where it is missing, NULL in a generated key is the number that the database chooses.
    pub default_values_conflict: bool,
    /// INSERT, UPDATE and DELETE in `WITH`, whose returned rows the statement reads.
    pub data_modifying_ctes: bool,
    /// `ILIKE`. Where it is missing, `LIKE` ignores the case of ASCII letters.
    pub ilike: bool,
    /// Whether `LIKE` ignores the case of ASCII letters. Such a database has `GLOB`, which does not, and the collation `BINARY`, by which
    /// texts compare byte by byte.
    pub like_ignores_case: bool,
    /// `NULLS FIRST` and `NULLS LAST`.
    pub nulls_order: bool,
    /// Schemas as in `schema.table`.
    pub schemas: bool,
    /// `COMMENT ON`.
    pub comments: bool,
    /// Types and sequences with names: `CREATE TYPE .. AS ENUM`, `CREATE DOMAIN`, `CREATE SEQUENCE`.
    pub named_types: bool,
    /// Whether aggregates have other types than the core expects, and need a cast: wider for integers (NUMERIC), narrower for single
    /// floats.
    pub wide_aggregates: bool,
    /// Whether a bare parameter in a select list needs a cast.
    pub typed_parameters: bool,
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
    /// Whether there is one writer at a time. A writing transaction then waits for its turn when it begins, and is serializable.
    pub one_writer: bool,
    /// Whether a reading transaction has one snapshot and costs next to nothing, so that a query and its includes can have one.
    pub snapshot_reads: bool,
    /// `PREPARE TRANSACTION`, `COMMIT PREPARED`, `ROLLBACK PREPARED`.
    pub prepared_transactions: bool,
    /// Whether a transaction has a token, by which one finds out later whether it was committed.
    pub transaction_tokens: bool,
    /// Channels, to which connections listen and tell others something.
    pub notifications: bool,
    /// `LATERAL`: a joined query that reads the sources before it.
    pub lateral: bool,
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
}

/// How a list of values is sent as one parameter, so that one statement serves lists of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayParameters {
    /// `x = ANY(?)`.
    Any,
    /// `x IN rarray(?)`: a table-valued function.
    TableFunction,
}

/// How tables that reference each other are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MutualKeys {
    /// Tables first, keys by `ALTER TABLE` afterwards.
    Alter,
    /// A table may reference one that is not there yet.
    Forward,
}
