use std::fmt::Debug;
use std::ops::ControlFlow;
use std::time::Duration;

use super::{CopyRows, DescribedColumn, Limits, NextRow, Notification, TakePiece, TransactionMode, TransactionState};
use crate::catalog::{Catalog, Reflect};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::schema::{TableFacts, TableName};
use crate::value::ValueRef;

/// One database to connect to.
///
/// * `connect` MUST return `Config` for wrong credentials and a database that does not exist, and `ConnectionLost` for a server
///   that cannot be reached. No message and no `Debug` may show the password.
pub trait Backend: Debug + Send + Sync + 'static {
    /// The SQL dialect of the database.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Opens a connection, ready for use.
    ///
    /// # Errors
    ///
    /// `Config` or `ConnectionLost`, see above.
    fn connect(&self) -> Result<Box<dyn Connection>>;

    /// The largest useful number of connections. It is 1 for a database that lives in its connection.
    fn max_connections(&self) -> Option<u32> {
        None
    }

    /// What tells the database from all others, in this process and the next: its server, its name, and whoever it is seen as. It MUST NOT have the
    /// password. `None` for a database that no other program can connect to.
    fn location(&self) -> Option<String> {
        None
    }
}

/// Takes each row of a result, and decides whether to go on.
pub type RowSink<'a> = dyn FnMut(&dyn Row) -> Result<ControlFlow<()>> + 'a;

/// Rows that are read from the database one by one. Dropping it ends the statement, and the connection is ready for the next one.
pub trait RowStream {
    /// Calls `read` with the next row, and returns whether there was one. It is not called again after `false` or an error.
    ///
    /// # Errors
    ///
    /// The database's error, or that of `read`.
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool>;
}

/// One connection.
///
/// * Statements MUST be prepared once and kept by their text, bounded in number.
/// * Placeholders are those of the dialect; every placeholder has one parameter.
/// * A unique violation MUST be `UniqueViolation`, and so on for the other constraints, with the details of the
///   constraint in [`Constraint`](crate::Constraint). A lock that was not granted in time MUST be `Busy`, a deadlock
///   `Deadlock`, a serialization failure `Serialization`, a broken connection `ConnectionLost`, a statement that was cancelled `Cancelled`,
///   one that took too long `Timeout`, anything else `Database`.
///   The driver's error MUST be the source.
/// * After an error the connection MUST be usable for a rollback, or report [`is_broken`](Connection::is_broken).
pub trait Connection: Send {
    /// Runs a statement that returns rows and hands each to `sink`.
    ///
    /// # Errors
    ///
    /// The database's error, or the first error of `sink`.
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()>;

    /// Runs a statement that returns any number of rows. They MUST be read from the server one by one, so that memory does not grow with
    /// their number. If it is dropped before its end, a statement that only reads, by `mode`, SHOULD be cancelled. Any other MUST have all
    /// of its effects. The transaction goes on in both cases.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>>;

    /// Runs a statement that returns no rows. Returns the number of rows that it changed.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64>;

    /// Runs one prepared statement once per row of parameters, and reports each row to `done`.
    ///
    /// # Errors
    ///
    /// The database's error, at the first row that fails.
    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()>;

    /// Copies rows into a table as fast as the database can take them, and tells how many there were. `None` if values of these types
    /// cannot be copied into these columns: then nothing MUST have been sent and no row taken, and the core inserts the rows by statements.
    ///
    /// It is called for databases with [`copy`](crate::dialect::Capabilities::copy), within a transaction. Memory MUST NOT grow with the number
    /// of rows. When a row fails, none of them MUST be written, and the error SHOULD have its number, by
    /// [`with_row`](crate::Error::with_row).
    ///
    /// # Errors
    ///
    /// The database's error, or the first one of `next`.
    fn copy_in(&mut self, rows: &CopyRows<'_>, next: &mut NextRow<'_>) -> Result<Option<u64>> {
        let _ = (rows, next);
        Ok(None)
    }

    /// Runs a statement that copies rows out, as [`Dialect::copy_out`] spells it, and hands what the database writes of them to `take`, piece by
    /// piece. Tells how many rows there were. Memory MUST NOT grow with their number. After an error of `take` the transaction MUST go on.
    ///
    /// # Errors
    ///
    /// `Unsupported` where nothing is copied, the database's error, or the first one of `take`.
    fn copy_out(&mut self, sql: &str, take: &mut TakePiece<'_>) -> Result<u64> {
        let _ = (sql, take);
        Err(Error::new(ErrorKind::Unsupported, "this backend copies no rows out of its database"))
    }

    /// The columns that a statement will have, without running it. Nothing where the database tells that with the rows only.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn describe_statement(&mut self, sql: &str) -> Result<Vec<DescribedColumn>> {
        let _ = sql;
        Ok(Vec::new())
    }

    /// Runs statements without parameters, separated by semicolons.
    ///
    /// # Errors
    ///
    /// The database's error, at the first statement that fails.
    fn execute_script(&mut self, sql: &str) -> Result<()>;

    /// The database's definition of the table that a statement on this connection would find under that name. `None` if there is none.
    /// A missing table MUST NOT fail the transaction.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>>;

    /// The definitions of the tables, views, types and sequences that `options` ask for, in any order.
    ///
    /// Temporary objects, those of the system and those of extensions MUST be left out. What is in the connection's own schema MUST have no
    /// schema in its name, as a statement on this connection would name it. Expressions MUST be the database's texts, fit for being sent
    /// again. The number of statements SHOULD NOT grow with the number of tables. A missing table MUST NOT fail the transaction.
    ///
    /// # Errors
    ///
    /// `Unsupported` if the backend cannot, and the database's error.
    fn reflect(&mut self, options: &Reflect) -> Result<Catalog> {
        let _ = options;
        Err(Error::new(ErrorKind::Unsupported, "this backend does not read the schema of its database"))
    }

    /// Limits the statements from now on, until it is called again. One that runs when a limit is
    /// [reached](Limits::is_reached) MUST end soon, with an error, and so MUST one that waits for a lock. The server MUST NOT be asked to end a
    /// statement when another one may run by the time that it hears of it. Rollbacks and resets MUST NOT be limited.
    ///
    /// It is called before each statement that has limits, and MUST ask no server.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn set_limits(&mut self, limits: &Limits) -> Result<()>;

    /// The next message of a channel that the connection listens to: one that has arrived between statements, or the first that arrives within
    /// `wait`. `None` if there is none.
    ///
    /// # Errors
    ///
    /// `Unsupported` where there are no channels, `Cancelled` and `Timeout` by the limits, and the database's errors.
    fn notification(&mut self, wait: Duration) -> Result<Option<Notification>>;

    /// Begins a transaction. It MAY be isolated further than `mode` says; anything else that `mode` says MUST hold, and take no further
    /// round trip. The core sees to `statement_timeout` and `transaction_timeout`, by [`set_limits`](Connection::set_limits).
    ///
    /// # Errors
    ///
    /// `Unsupported` for something that the database does not have, and the database's errors.
    fn begin(&mut self, mode: TransactionMode) -> Result<()>;

    /// [`begin`](Connection::begin)s a transaction of which the database may hear with the next statement, in one round trip. It is begun for
    /// [`transaction`](Connection::transaction) at once; when nothing ran in it, its end SHOULD be no round trip either. A statement MUST NOT run
    /// where the beginning fails, and ends in the error of that then.
    ///
    /// # Errors
    ///
    /// As [`begin`](Connection::begin).
    fn begin_with_next(&mut self, mode: TransactionMode) -> Result<()> {
        self.begin(mode)
    }

    /// The state of the transaction. It MUST be the database's state, and not what was requested: a failed statement may end a
    /// transaction, and handwritten SQL may end one or begin another. If the driver does not report the state, ask the database after such
    /// SQL only.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn transaction(&mut self) -> Result<TransactionState>;

    /// Commits the transaction.
    ///
    /// # Errors
    ///
    /// The database's error; the transaction is then still to be rolled back.
    fn commit(&mut self) -> Result<()> {
        self.execute_script("COMMIT")
    }

    /// Rolls the transaction back. MUST succeed when the database has already done so by itself.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn rollback(&mut self) -> Result<()> {
        self.execute_script("ROLLBACK")
    }

    /// [`begin`](Connection::begin)s a transaction that may be prepared under that id, for databases with
    /// [`prepared_from_begin`](crate::dialect::Capabilities::prepared_from_begin). It may be committed and rolled back as any other.
    ///
    /// # Errors
    ///
    /// As [`begin`](Connection::begin), and the database's when the id is taken.
    fn begin_prepared(&mut self, id: &str, mode: TransactionMode) -> Result<()> {
        let _ = id;
        self.begin_with_next(mode)
    }

    /// Whether rows were changed for sure in the open transaction, which [`begin_prepared`](Connection::begin_prepared) began: a database may
    /// forget a prepared transaction that has changed nothing.
    fn has_changed_rows(&self) -> bool {
        true
    }

    /// Ends the transaction by preparing it under an id, for any connection to commit: another one MAY have to wait until this one is
    /// closed. MUST fail when a statement of the transaction has failed, as a commit must.
    ///
    /// # Errors
    ///
    /// `Unsupported` where transactions cannot be prepared, and the database's error; the transaction is then still to be rolled back.
    fn prepare_transaction(&mut self, id: &str) -> Result<()> {
        Err(no_prepared_transactions(id))
    }

    /// Commits the transaction that is prepared under an id, by this connection or another one.
    ///
    /// # Errors
    ///
    /// `Unsupported` where transactions cannot be prepared, `Busy` when the connection that has prepared it is still open and the only one that
    /// may commit it, and the database's when there is no such transaction.
    fn commit_prepared(&mut self, id: &str) -> Result<()> {
        Err(no_prepared_transactions(id))
    }

    /// Rolls back the transaction that is prepared under an id.
    ///
    /// # Errors
    ///
    /// As [`commit_prepared`](Connection::commit_prepared).
    fn rollback_prepared(&mut self, id: &str) -> Result<()> {
        Err(no_prepared_transactions(id))
    }

    /// The ids of the transactions of this database that are prepared, in their order.
    ///
    /// # Errors
    ///
    /// `Unsupported` where transactions cannot be prepared, and the database's error.
    fn prepared_transactions(&mut self) -> Result<Vec<String>> {
        Err(no_prepared_transactions("any"))
    }

    /// Defers the check of the foreign key with these columns to the end of the open transaction. Returns `false` if the database checks
    /// the key with each statement and cannot defer it. A key that the database does not have is `true`.
    ///
    /// # Errors
    ///
    /// The database's error.
    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool>;

    /// Checks what a commit would check, and leaves the transaction open with its changes. What was deferred is deferred no further than when the
    /// transaction began. It is for transactions that are imitated within another one.
    ///
    /// # Errors
    ///
    /// The violation that the commit would end in, and the database's errors.
    fn check_deferred(&mut self) -> Result<()>;

    /// Resets the connection for the next user. It MUST roll back an open transaction, and MUST remove every limit, setting, temporary table,
    /// lock, attached database and the like. Settings of the URL stay.
    ///
    /// # Errors
    ///
    /// The database's error; the connection is then closed.
    fn reset(&mut self) -> Result<()>;

    /// Whether the connection can never be used again.
    fn is_broken(&self) -> bool;

    /// Whether the server has ended the connection while it was not in use, as far as that is seen without asking it: it is called before each
    /// use, and before each commit. What is sent on such a connection reaches nobody.
    fn has_ended(&mut self) -> bool {
        self.is_broken()
    }

    /// Checks, each time that the pool hands the connection out, what can be checked without asking a server. After an error the
    /// connection MUST report [`is_broken`](Connection::is_broken).
    ///
    /// # Errors
    ///
    /// `ConnectionLost` if the connection leads to another database by now, as one to a file that was deleted or replaced.
    fn check(&mut self) -> Result<()> {
        Ok(())
    }

    /// Checks that the server answers.
    ///
    /// # Errors
    ///
    /// `ConnectionLost` if it does not.
    fn ping(&mut self) -> Result<()>;
}

#[cold]
fn no_prepared_transactions(id: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("this backend prepares no transactions: {id}"))
}

/// Takes the parameters of one row, in order.
pub trait Bind {
    /// Binds the next parameter.
    ///
    /// # Errors
    ///
    /// When the database cannot represent the value.
    fn bind(&mut self, value: ValueRef<'_>) -> Result<()>;
}

/// The effect of one row of a batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchDone {
    /// How many rows it changed.
    pub affected: u64,
    /// The integer key that the database gave to an inserted row, for databases with
    /// [`InsertKeys::LastInsertId`](crate::dialect::InsertKeys).
    pub last_insert_id: i64,
}
