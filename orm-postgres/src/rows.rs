//! Streams the rows of a statement.

use std::pin::Pin;
use std::time::{Duration, Instant};

use orm_core::Result;
use orm_core::driver::{RowStream, TransactionMode};
use orm_core::model::Row;
use orm_core::value::ValueRef;

use crate::client::Failure;
use crate::connection::{CLEANUP_TIMEOUT, PostgresConnection, wrap};
use crate::decode::PostgresRow;
use crate::wire::Status;

/// The time for reading the rest of a result, before its statement is cancelled. Short results have arrived already.
const PATIENCE: Duration = Duration::from_millis(5);
/// The time for a statement that writes to end after its rows were dropped. It is not cancelled, for its effects are wanted.
const END_TIMEOUT: Duration = Duration::from_secs(30);
/// The savepoint before a statement that may be cancelled. A cancelled statement fails, and would end its transaction.
const SAVEPOINT: &str = "SAVEPOINT orm_rows";
const RELEASE: &str = "RELEASE SAVEPOINT orm_rows";
const ROLLBACK_TO: &str = "ROLLBACK TO SAVEPOINT orm_rows; RELEASE SAVEPOINT orm_rows";

/// Rows that are read one by one. The server waits while nobody takes them.
pub(crate) struct PostgresRows<'c> {
    connection: &'c mut PostgresConnection,
    rows: Pin<Box<tokio_postgres::RowStream>>,
    /// Whether the statement only reads. Cancelling it loses nothing.
    reads: bool,
    /// Whether a savepoint was set before it.
    guarded: bool,
    ended: bool,
}

impl<'c> PostgresRows<'c> {
    pub(crate) fn open(
        connection: &'c mut PostgresConnection,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Self> {
        let reads = mode == TransactionMode::Read;
        let guarded = reads && (connection.client.status() == Status::Open || connection.client.is_beginning());
        let rows = connection.run(sql, params.len(), |client, statement| {
            if client.is_beginning() && guarded {
                // Whether the transaction has begun is to be known before the statement.
                client.run(|client| client.batch_execute(SAVEPOINT))?;
            } else if guarded {
                client.send_ahead(|client| client.batch_execute(SAVEPOINT));
            }
            client.run(|client| client.query_raw(statement, wrap(params)))
        })?;
        Ok(Self { connection, rows: Box::pin(rows), reads, guarded, ended: false })
    }

    /// Reads the rest, until the deadline.
    fn drain(&mut self, deadline: Instant) -> Result<(), Failure> {
        let Self { connection, rows, .. } = self;
        connection.client.drain(deadline, rows.as_mut())
    }

    /// Ends the statement. Its transaction goes on.
    fn abandon(&mut self) -> Result<(), Failure> {
        let mut left = self.drain(Instant::now() + PATIENCE);
        if let Err(Failure::Silent) = left {
            left = match self.reads {
                true => self.connection.client.cancel(self.rows.as_mut()),
                false => self.drain(Instant::now() + END_TIMEOUT),
            };
        }
        match left {
            Err(Failure::Driver(error)) if error.as_db_error().is_none() => return Err(error.into()),
            // The outcome does not matter: nobody waits for these rows.
            Ok(()) | Err(Failure::Driver(_)) => self.connection.client.settle()?,
            Err(failure) => return Err(failure),
        }
        match self.connection.client.status() {
            Status::Failed if self.guarded => {
                let deadline = Instant::now() + CLEANUP_TIMEOUT;
                self.connection.client.run_until(deadline, |client| client.batch_execute(ROLLBACK_TO))
            }
            _ => {
                self.release();
                Ok(())
            }
        }
    }

    fn release(&mut self) {
        if self.guarded && self.connection.client.status() == Status::Open {
            self.connection.client.send_ahead(|client| client.batch_execute(RELEASE));
        }
    }
}

impl RowStream for PostgresRows<'_> {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        match self.connection.client.next(self.rows.as_mut()) {
            Ok(Some(row)) => read(&PostgresRow::new(&row)).map(|()| true),
            Ok(None) => {
                self.ended = true;
                self.release();
                Ok(false)
            }
            Err(error) => {
                self.ended = true;
                Err(self.connection.failed(error))
            }
        }
    }
}

impl Drop for PostgresRows<'_> {
    fn drop(&mut self) {
        if !self.ended
            && let Err(failure) = self.abandon()
        {
            tracing::warn!(target: "orm::pool", ?failure, "gave up a connection whose statement could not be ended");
            self.connection.give_up();
        }
    }
}
