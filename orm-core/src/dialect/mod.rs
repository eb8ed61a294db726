//! The differences between databases: facts as data ([`Capabilities`]), spellings as methods ([`Dialect`]) that write into a [`SqlWriter`].

mod capabilities;
mod lexical_rules;
pub(crate) mod names;
mod plans;
mod shared_params;
mod within;
mod writer;

use std::borrow::Cow;
use std::fmt::Debug;

pub use capabilities::{ArrayParameters, Capabilities, InsertKeys, MutualKeys, NameLength};
pub use lexical_rules::LexicalRules;
pub use plans::{PlanRows, Plans};
pub(crate) use shared_params::Role;
pub(crate) use within::within;
pub use writer::SqlWriter;

use crate::catalog::{DataType, TypeKind};
use crate::error::{Error, Result};
use crate::schema::{ColumnDef, ColumnFacts, TableName};
use crate::sql::{Aggregate, ArithmeticOp, Function};
use crate::value::{Format, Mismatch, SqlType, Value, ValueForm, ValueRef};

/// The order in which a database has the values of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueOrder {
    /// That of memory: numbers and times by size, texts and bytes byte by byte.
    Natural,
    /// That of memory, if this query gives true: one boolean column, no parameters.
    Asked(&'static str),
    /// Another one.
    Own,
}

/// The functions that convert between a value and its stored form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Reads a cell. It takes the column's name, for messages, and the cell, and fails if the cell has another form.
    pub read: &'static str,
    /// Makes a cell from a value, and fails if the form cannot hold the value. `None` if values are stored as they are.
    pub write: Option<&'static str>,
}

/// The statements around tables that are made anew: the new table is filled beside the old one, and takes its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuild {
    /// A query whether the connection looks at foreign keys: one integer. Where it does not, `before`, `after` and `check` are left out.
    pub looks_at_keys: &'static str,
    /// What runs before the transaction, so that a dropped table takes no rows of others with it.
    pub before: &'static str,
    /// What runs after the transaction, also if it failed.
    pub after: &'static str,
    /// A query at the end of the transaction. Each of its rows is a foreign key without its row, with the table in the first column.
    pub check: &'static str,
    /// What runs before the new table gets its name, so that views and foreign keys keep the names that they have.
    pub before_rename: &'static str,
    /// What runs when it has its name.
    pub after_rename: &'static str,
    /// The table in which the database keeps the last keys of tables that never give a key twice.
    pub numbers: &'static str,
}

/// How a connection goes into a schema, for [`Dialect::own_schema`].
#[derive(Debug, Clone, Copy)]
pub struct OwnSchema {
    /// The statement, before the name of the schema: until the connection is reset.
    pub enter: &'static str,
    /// The statement, before the name of the schema: until the transaction ends, where the database has such a one.
    pub enter_in_transaction: &'static str,
    /// A query for the schema in which the connection is: one text column, no parameters.
    pub current: &'static str,
}

/// Queries about the log of what a database has written, for [`Dialect::replication`].
#[derive(Debug, Clone, Copy)]
pub struct Replication {
    /// Where the log is: one text column, no parameters.
    pub position: &'static str,
    /// Whether a replica has reached a position, which is the parameter: one column, a boolean or 0 and 1.
    pub reached: &'static str,
    /// By how many seconds a replica is behind, in the column [`lag_column`](Self::lag_column) of one row: a number, infinite or NULL if the
    /// replica is cut off. A server that replicates no other has no row. No parameters.
    pub lag: &'static str,
    /// The column with the seconds.
    pub lag_column: &'static str,
}

/// A database's spelling of SQL. The core decides on strategies, by the [`Capabilities`].
pub trait Dialect: Debug + Send + Sync + 'static {
    /// The database's name, for messages only.
    fn name(&self) -> &'static str;

    /// The schema of the tables that name none, if that is not the connection's own.
    fn schema(&self) -> Option<&str> {
        None
    }

    /// What the database can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// The placeholder of parameter `index`, counted from 1.
    fn placeholder(&self, out: &mut SqlWriter, index: usize);

    /// The name of a column's type in `CREATE TABLE`.
    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef);

    /// What a column's type is, by its spelling.
    fn data_type(&self, spelling: &str) -> DataType {
        DataType::other(spelling)
    }

    /// The name of a type in `CAST`.
    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType);

    /// The spelling of an aggregate for a result of that type, in the notation of [`Aggregate::common`]. `None` if the database does not
    /// have it.
    fn aggregate(&self, function: Aggregate, result: SqlType) -> Option<&'static str> {
        let _ = result;
        function.common()
    }

    /// The spelling of a function for a result of that type, in the notation of [`Function::common`]. `None` if the database does not have
    /// it.
    fn function(&self, function: Function, result: SqlType) -> Option<&'static str> {
        let _ = result;
        function.common()
    }

    /// The spelling of an operator for a result of that type.
    fn operator(&self, op: ArithmeticOp, result: SqlType) -> &'static str {
        let _ = result;
        op.common()
    }

    /// The function that computes `left op right` for a result of that type, if the operator of the database is inexact.
    fn arithmetic(&self, op: ArithmeticOp, result: SqlType) -> Option<&'static str> {
        let _ = (op, result);
        None
    }

    /// Whether a value of a type is cast where it is compared, or where something is computed with it, because it would be taken for something
    /// else.
    fn casts_parameter(&self, sql_type: SqlType, computed: bool) -> bool {
        let _ = (sql_type, computed);
        false
    }

    /// The collation for comparing values of a type, if one is needed. Columns have it, but parameters and aggregates do not.
    fn collation(&self, sql_type: SqlType) -> Option<&'static str> {
        let _ = sql_type;
        None
    }

    /// Whether values of a type are in the order in which memory has them: numbers and times by size, texts and bytes byte by byte.
    fn value_order(&self, sql_type: SqlType) -> ValueOrder {
        match sql_type {
            SqlType::Json | SqlType::Array(_) => ValueOrder::Own,
            _ => ValueOrder::Natural,
        }
    }

    /// The collation of a column whose definition names none, if the database would take that of the table or the schema instead. What names
    /// this one, names none.
    fn column_collation(&self, kind: &TypeKind) -> Option<&'static str> {
        let _ = kind;
        None
    }

    /// The functions that convert between a value in expressions and its form in a column of that format. `None` if both are the same,
    /// because the database has a type for such values, or because the format is the usual one.
    fn stored(&self, sql_type: SqlType, format: Format) -> Option<Stored> {
        let _ = (sql_type, format);
        None
    }

    /// The value of a cell that the user's own SQL has read, if the column has a form of its own.
    ///
    /// # Errors
    ///
    /// When the cell is not of the form.
    fn read_stored(&self, sql_type: SqlType, format: Format, cell: ValueRef<'_>) -> Result<Option<Value>, Mismatch> {
        let _ = (sql_type, format, cell);
        Ok(None)
    }

    /// The function that converts values with several stored forms to one form, for computing with them. Comparing a column does not need
    /// it.
    fn alike(&self, sql_type: SqlType) -> Option<&'static str> {
        let _ = sql_type;
        None
    }

    /// A function that converts a value to its other spelling, if there are two. A query looks for both, so that an index finds either.
    fn other_spelling(&self, sql_type: SqlType) -> Option<&'static str> {
        let _ = sql_type;
        None
    }

    /// Whether the declaration of a column decides how it converts values of a type.
    fn depends_on_column(&self, sql_type: SqlType) -> bool {
        let _ = sql_type;
        false
    }

    /// How a column converts values. `facts` are given if the conversion depends on them and the table exists.
    fn value_form(&self, column: &ColumnDef, facts: Option<&ColumnFacts>) -> ValueForm {
        let _ = (column, facts);
        ValueForm::exact(self.capabilities().years)
    }

    /// Writes the statement that copies the rows of a query out, as CSV with a line of names.
    ///
    /// # Errors
    ///
    /// `Unsupported` where there is none.
    fn copy_out(&self, out: &mut SqlWriter, query: &str) -> Result<()> {
        let _ = (out, query);
        Err(Error::unsupported(self.name(), "copying rows out: `to_csv` writes them"))
    }

    /// The statement that copies rows into these columns of a table, for databases with [`copy`](Capabilities::copy).
    ///
    /// # Errors
    ///
    /// `Unsupported` where rows cannot be copied.
    fn copy_in(&self, out: &mut SqlWriter, table: &TableName, columns: &[Cow<'static, str>]) -> Result<()> {
        let _ = (out, table, columns);
        Err(Error::unsupported(self.name(), "COPY"))
    }

    /// The SQL behind the type of a primary key column whose values the database chooses.
    fn generated_key(&self, out: &mut SqlWriter);

    /// An expression that draws the next number of a sequence, by its quoted name. For databases with [`InsertKeys::Arrays`](InsertKeys).
    ///
    /// # Errors
    ///
    /// `Unsupported` where there are no sequences.
    fn draw(&self, out: &mut SqlWriter, sequence: &str) -> Result<()> {
        let _ = (out, sequence);
        Err(Error::unsupported(self.name(), "drawing a key before its row is inserted"))
    }

    /// An expression that advances a sequence, by its quoted name, to a key that a row has, and never sets it back. For databases with
    /// [`InsertKeys::Arrays`](InsertKeys).
    ///
    /// # Errors
    ///
    /// `Unsupported` where there are no sequences.
    fn advance(&self, out: &mut SqlWriter, sequence: &str, key: &dyn Fn(&mut SqlWriter)) -> Result<()> {
        let _ = (out, sequence, key);
        Err(Error::unsupported(self.name(), "sequences"))
    }

    /// A query for the names of all tables in a schema, as one text column. Its only parameter is the schema, or NULL for the connection's
    /// own.
    fn list_tables(&self) -> &'static str;

    /// Appends a statement that drops a named type, unless columns have it still.
    fn drop_type(&self, out: &mut SqlWriter, name: &TableName) {
        out.sql("DROP TYPE ").table(name);
    }

    /// How a connection goes into another schema, so that names without a schema are in it. `None` where it cannot.
    fn own_schema(&self) -> Option<OwnSchema> {
        None
    }

    /// The statement with which a script begins that other programs run, so that their connections read it as those of this one do. `None` where
    /// all read it alike.
    fn script_settings(&self) -> Option<String> {
        None
    }

    /// A query that takes the lock for changing the schema, until the transaction ends. Other programs wait for it in the same query.
    /// `None` if a writing transaction excludes others anyway.
    fn lock_schema(&self) -> Option<&'static str> {
        None
    }

    /// A query that gives that lock back, where it does not end with the transaction.
    fn unlock_schema(&self) -> Option<&'static str> {
        None
    }

    /// Whether a statement of the schema failed because it was done before: what it makes is there, or what it drops is not. For databases
    /// where each such statement commits, so that a program may have ended before it could note it.
    fn says_done(&self, error: &Error) -> bool {
        let _ = error;
        false
    }

    /// A query that takes the lock for changes of the schema outside transactions, until the transaction of the query ends, and does not wait for
    /// it: one text column, `true` if it was taken. `None` where nothing has to run outside transactions.
    fn try_lock_alone(&self) -> Option<&'static str> {
        None
    }

    /// A query for an index that could not be built and has to be dropped: one text column with its name in quotes. Its only parameter is the
    /// name without them. `None` where an index is built or not.
    fn list_broken_indexes(&self) -> Option<&'static str> {
        None
    }

    /// How tables are made anew, where `ALTER TABLE` can change little. `None` where it changes everything.
    fn rebuild(&self) -> Option<Rebuild> {
        None
    }

    /// A query for a token of the open transaction: one text column, no parameters.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the answer to a COMMIT cannot be lost.
    fn transaction_token(&self) -> Result<&'static str> {
        Err(Error::unsupported(self.name(), "tokens of transactions: its commits are always answered"))
    }

    /// A query for what became of the transaction of a token, its only parameter: one text column, `committed`, `aborted` or `in progress`, or
    /// NULL when that is forgotten.
    ///
    /// # Errors
    ///
    /// As [`transaction_token`](Dialect::transaction_token).
    fn transaction_outcome(&self) -> Result<&'static str> {
        Err(Error::unsupported(self.name(), "tokens of transactions: its commits are always answered"))
    }

    /// A statement that tells a channel something: its parameters are the channel and the text.
    ///
    /// # Errors
    ///
    /// `Unsupported` where there are no channels.
    fn notify(&self) -> Result<&'static str> {
        Err(Error::unsupported(self.name(), "LISTEN and NOTIFY"))
    }

    /// The queries about the log of what the database has written, where it has one that replicas follow.
    fn replication(&self) -> Option<&'static Replication> {
        None
    }
}
