//! What sets databases apart: facts as data ([`Capabilities`]), spellings as methods ([`Dialect`]).

mod capabilities;
mod lexis;
mod plans;

use std::fmt::Debug;

pub use capabilities::{ArrayParameters, Capabilities, InsertKeys, MutualKeys};
pub use lexis::Lexis;
pub use plans::{PlanRows, Plans};

use crate::error::{Error, Result};
use crate::render::SqlWriter;
use crate::schema::{ColumnDef, ColumnFacts};
use crate::sql::{Aggregate, ArithmeticOp, Function};
use crate::value::{Format, Mismatch, SqlType, Value, ValueForm, ValueRef};

/// The functions between a value and the form in which a column stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Reads a cell: it takes the column's name, for messages, and the cell, and fails when the cell is not of the form.
    pub read: &'static str,
    /// Makes a cell of a value, and fails for one that the form cannot hold; nothing where a value is stored as it is.
    pub write: Option<&'static str>,
}

/// How a database spells SQL. Strategies are the core's, and follow the [`Capabilities`].
pub trait Dialect: Debug + Send + Sync + 'static {
    /// The database's name, for messages only.
    fn name(&self) -> &'static str;

    /// What the database can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// The placeholder of parameter `index`, counted from 1.
    fn placeholder(&self, out: &mut SqlWriter, index: usize);

    /// The name of a column's type in `CREATE TABLE`.
    fn column_type(&self, out: &mut SqlWriter, column: &ColumnDef);

    /// The name of a type in `CAST`.
    fn cast_type(&self, out: &mut SqlWriter, sql_type: SqlType);

    /// The spelling of an aggregate for a result of that type, as [`Aggregate::common`] is one. Nothing where the database has no such
    /// aggregate.
    fn aggregate(&self, function: Aggregate, result: SqlType) -> Option<&'static str> {
        let _ = result;
        function.common()
    }

    /// The spelling of a function for a result of that type, as [`Function::common`] is one. Nothing where the database has no such
    /// function.
    fn function(&self, function: Function, result: SqlType) -> Option<&'static str> {
        let _ = result;
        function.common()
    }

    /// The function that computes `left op right` for a result of that type, where the operator of the database does it
    /// inexactly.
    fn arithmetic(&self, op: ArithmeticOp, result: SqlType) -> Option<&'static str> {
        let _ = (op, result);
        None
    }

    /// The collation by which values of a type are compared, where that takes one: parameters and aggregates have none by
    /// themselves, as columns do.
    fn collation(&self, sql_type: SqlType) -> Option<&'static str> {
        let _ = sql_type;
        None
    }

    /// The functions between a value as all expressions have it and as a column of that format stores it. Nothing where the two are one:
    /// because the database has a type for such values, or the format is the usual one.
    fn stored(&self, sql_type: SqlType, format: Format) -> Option<Stored> {
        let _ = (sql_type, format);
        None
    }

    /// The value of a cell that was read by SQL of the user's, where the column has a form of its own.
    ///
    /// # Errors
    ///
    /// When the cell is not of the form.
    fn read_stored(&self, sql_type: SqlType, format: Format, cell: ValueRef<'_>) -> Result<Option<Value>, Mismatch> {
        let _ = (sql_type, format, cell);
        Ok(None)
    }

    /// The function that makes values of a type alike that a database keeps in several forms, for expressions that compute with them: a
    /// column by itself compares them right.
    fn alike(&self, sql_type: SqlType) -> Option<&'static str> {
        let _ = sql_type;
        None
    }

    /// A function that makes of a value the other spelling in which others store it, where there are two: both are looked for, so that an
    /// index finds either.
    fn other_spelling(&self, sql_type: SqlType) -> Option<&'static str> {
        let _ = sql_type;
        None
    }

    /// Whether what a column makes of values of a type depends on how the column was declared.
    fn depends_on_column(&self, sql_type: SqlType) -> bool {
        let _ = sql_type;
        false
    }

    /// What a column makes of values; `facts` are there where it depends on them and the table exists.
    fn value_form(&self, column: &ColumnDef, facts: Option<&ColumnFacts>) -> ValueForm {
        let _ = (column, facts);
        ValueForm::exact(self.capabilities().years)
    }

    /// What follows the type of a primary key column whose values the database chooses.
    fn generated_key(&self, out: &mut SqlWriter);

    /// An expression that draws the next number of a sequence, by its quoted name: for databases with [`InsertKeys::Arrays`](InsertKeys).
    ///
    /// # Errors
    ///
    /// `Unsupported` where there are no sequences.
    fn draw(&self, out: &mut SqlWriter, sequence: &str) -> Result<()> {
        let _ = (out, sequence);
        Err(Error::unsupported(self.name(), "drawing a key before its row is inserted"))
    }

    /// An expression that brings a sequence, by its quoted name, up to a key that a row holds already, and never back: for databases
    /// with [`InsertKeys::Arrays`](InsertKeys).
    ///
    /// # Errors
    ///
    /// `Unsupported` where there are no sequences.
    fn advance(&self, out: &mut SqlWriter, sequence: &str, key: &dyn Fn(&mut SqlWriter)) -> Result<()> {
        let _ = (out, sequence, key);
        Err(Error::unsupported(self.name(), "sequences"))
    }

    /// A query for the names of all tables in a schema: one text column; the schema, or NULL for the connection's own, is
    /// its only parameter.
    fn list_tables(&self) -> &'static str;

    /// A query that waits until no other transaction, of any program, changes the schema after this query, and keeps others from it until
    /// the transaction ends. `None` where a transaction that writes is alone anyway.
    fn lock_schema(&self) -> Option<&'static str> {
        None
    }

    /// A query for the ids of the prepared transactions of this database, in order: one text column, no parameters.
    ///
    /// # Errors
    ///
    /// `Unsupported` where transactions cannot be prepared.
    fn list_prepared(&self) -> Result<&'static str> {
        Err(Error::unsupported(self.name(), "two-phase commit"))
    }
}
