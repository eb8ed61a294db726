use std::fmt::Debug;
use std::ops::ControlFlow;

use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::Row;
use crate::schema::{TableFacts, TableName};
use crate::value::ValueRef;

/// One database to connect to.
///
/// * `connect` MUST return `Config` for wrong credentials and a database that does not exist, and `ConnectionLost` for a server
///   that cannot be reached. No message and no `Debug` may show the password.
pub trait Backend: Debug + Send + Sync + 'static {
    /// How this database spells SQL.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Opens a connection, ready for use.
    ///
    /// # Errors
    ///
    /// `Config` or `ConnectionLost`, see above.
    fn connect(&self) -> Result<Box<dyn Connection>>;

    /// The greatest number of connections that make sense; 1 for a database that lives in its connection.
    fn max_connections(&self) -> Option<u32> {
        None
    }
}

/// What a transaction is begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionMode {
    /// To read.
    Read,
    /// To write, at the database's default isolation: a database with one writer takes its lock now.
    Write,
    /// To read and write at this isolation: a database with one writer takes its lock now.
    Isolated(Isolation),
}

/// How far a transaction is kept apart from others that run at the same time, the weakest level first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isolation {
    /// Each statement sees what was committed before it.
    ReadCommitted,
    /// All statements see one snapshot, and a row that others changed since is not overwritten: that is a `Serialization` error.
    RepeatableRead,
    /// As if all transactions ran one after the other; where the database cannot arrange that it is a `Serialization` error.
    Serializable,
}

/// What the database says of the transaction on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionState {
    /// None is open: each statement is a transaction of its own.
    None,
    /// The one that [`Connection::begin`] began is open, though a failed statement may have left nothing to do but to roll it back.
    Begun,
    /// One is open that a statement began.
    Other,
}

/// What is done with each row of a result: go on, or stop reading.
pub type RowSink<'a> = dyn FnMut(&dyn Row) -> Result<ControlFlow<()>> + 'a;

/// Rows that come from the database as they are taken. Dropping it ends the reading, and the connection is ready for the next statement.
pub trait RowStream {
    /// Hands the next row to `read`, and tells whether there was one. It is not called again after `false` or an error.
    ///
    /// # Errors
    ///
    /// The database's, or that of `read`.
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool>;
}

/// One connection.
///
/// * Statements MUST be prepared once and kept by their text, bounded in number.
/// * Placeholders are those of the dialect; every placeholder has one parameter.
/// * A unique violation MUST be `UniqueViolation`, and so on for the other constraints, with what the database tells of the
///   constraint in [`Constraint`](crate::Constraint). A lock that did not come in time MUST be `Busy`, a deadlock
///   `Deadlock`, a serialization failure `Serialization`, a broken connection `ConnectionLost`, anything else `Database`.
///   The driver's error MUST be the source.
/// * After an error the connection MUST be usable for a rollback, or report [`is_broken`](Connection::is_broken).
pub trait Connection: Send {
    /// Runs a statement that returns rows and hands each to `sink`.
    ///
    /// # Errors
    ///
    /// The database's, or the first one of `sink`.
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()>;

    /// Runs a statement that returns rows, of any number: they MUST come from the server as they are taken, so that the memory that it
    /// takes does not grow with their number. One that only reads, as `mode` says, SHOULD be cancelled when it is dropped before its end;
    /// any other MUST have all of its effects. The transaction goes on in both cases.
    ///
    /// # Errors
    ///
    /// The database's.
    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>>;

    /// Runs a statement that returns no rows, and tells how many rows it changed.
    ///
    /// # Errors
    ///
    /// The database's.
    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64>;

    /// Runs one prepared statement once per row of parameters, and reports each row to `done`.
    ///
    /// # Errors
    ///
    /// The database's, at the first row that fails.
    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()>;

    /// Runs statements without parameters, separated by semicolons.
    ///
    /// # Errors
    ///
    /// The database's, at the first statement that fails.
    fn execute_script(&mut self, sql: &str) -> Result<()>;

    /// What the database says of a table: of the one that a statement on this connection means by that name. `None` when there is none.
    /// It MUST NOT fail a transaction over a table that is missing.
    ///
    /// # Errors
    ///
    /// The database's.
    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>>;

    /// Begins a transaction. It MAY be isolated further than `mode` says.
    ///
    /// # Errors
    ///
    /// `Unsupported` for an isolation that the database does not reach, and the database's.
    fn begin(&mut self, mode: TransactionMode) -> Result<()>;

    /// What has become of the transaction. MUST be what the database has, and not what was asked of it: a failed statement may end a
    /// transaction, and so may SQL written by hand, which may begin another one too. Where the driver is not told, the database is asked
    /// after such SQL only.
    ///
    /// # Errors
    ///
    /// The database's.
    fn transaction(&mut self) -> Result<TransactionState>;

    /// Commits the transaction.
    ///
    /// # Errors
    ///
    /// The database's; the transaction is then still to be rolled back.
    fn commit(&mut self) -> Result<()> {
        self.execute_script("COMMIT")
    }

    /// Rolls the transaction back. MUST succeed when the database has already done so by itself.
    ///
    /// # Errors
    ///
    /// The database's.
    fn rollback(&mut self) -> Result<()> {
        self.execute_script("ROLLBACK")
    }

    /// Ends the transaction by `sql`, which prepares it for another connection to commit. MUST fail when a statement of the
    /// transaction has failed, as a commit must.
    ///
    /// # Errors
    ///
    /// The database's; the transaction is then still to be rolled back.
    fn prepare_transaction(&mut self, sql: &str) -> Result<()> {
        self.execute_script(sql)
    }

    /// Makes the database look at a foreign key of a table, which has these columns, when the open transaction ends and not before.
    /// `false` when it cannot be told so: it looks at the key with each statement. A key that it knows nothing of is `true`.
    ///
    /// # Errors
    ///
    /// The database's.
    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool>;

    /// Takes back what statements have left in the connection, whoever wrote them: it MUST roll back an open transaction, and the next
    /// user MUST meet no setting, temporary table, lock, attached database or the like of the last one. What the URL has set stays.
    ///
    /// # Errors
    ///
    /// The database's; the connection is then closed.
    fn reset(&mut self) -> Result<()>;

    /// Whether the connection can never be used again.
    fn is_broken(&self) -> bool;

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    ///
    /// `ConnectionLost` when there is none.
    fn ping(&mut self) -> Result<()>;
}

/// Takes the parameters of one row, in order.
pub trait Bind {
    /// Binds the next parameter.
    ///
    /// # Errors
    ///
    /// When the database has no such value.
    fn bind(&mut self, value: ValueRef<'_>) -> Result<()>;
}

/// What one row of a batch did.
#[derive(Debug, Clone, Copy)]
pub struct BatchDone {
    /// How many rows it changed.
    pub affected: u64,
    /// The integer key that the database gave to an inserted row, for databases with
    /// [`InsertKeys::LastInsertId`](crate::dialect::InsertKeys).
    pub last_insert_id: i64,
}
