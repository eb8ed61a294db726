//! A session's way to the database: a pooled connection and the transaction on it.

use std::num::NonZeroU64;

use crate::dialect::Dialect;
use crate::driver::{BatchDone, Bind, Isolation, RowSink, TransactionMode};
use crate::engine::{Conn, Engine};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;

/// Who is told that a transaction has begun, with its connection.
pub(crate) type BeginListener = Box<dyn FnMut(&mut Conn) -> Result<()> + Send>;

/// The connection is taken from the pool when the transaction begins, and goes back when it ends.
pub(crate) struct Link {
    engine: Engine,
    conn: Option<Conn>,
    /// The number of the newest transaction: each has its own.
    number: u64,
    /// Whether the database lets nobody change, unnoticed, what the transaction has read.
    protects: bool,
    /// Who is told that a transaction has begun.
    begun: Vec<BeginListener>,
    /// How many savepoints are open.
    savepoints: usize,
    /// Whether the transaction has written something.
    wrote: bool,
    /// Why the session needs a rollback.
    failed: Option<String>,
}

impl Link {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            conn: None,
            number: 0,
            protects: false,
            begun: Vec::new(),
            savepoints: 0,
            wrote: false,
            failed: None,
        }
    }

    /// Calls `listener` with the connection of every transaction that begins.
    pub(crate) fn on_begin(&mut self, listener: BeginListener) {
        self.begun.push(listener);
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.engine.dialect()
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.conn.is_some()
    }

    /// The number of the open transaction if it protects what is read in it: the database then refuses to overwrite, in the same
    /// transaction, a row that somebody else has changed since. No other transaction of the session has the same number.
    pub(crate) fn protection(&self) -> Option<NonZeroU64> {
        if self.conn.is_some() && self.protects { NonZeroU64::new(self.number) } else { None }
    }

    /// Whether the open transaction may have written something.
    pub(crate) fn has_written(&self) -> bool {
        self.conn.is_some() && self.wrote
    }

    /// Begins a transaction unless one is open, to write.
    pub(crate) fn begin_write(&mut self) -> Result<&mut Conn> {
        self.begin(TransactionMode::Write)?;
        self.wrote = true;
        self.begin(TransactionMode::Write)
    }

    /// Begins a transaction unless one is open.
    pub(crate) fn begin(&mut self, mode: TransactionMode) -> Result<&mut Conn> {
        if let Some(reason) = &self.failed {
            return Err(Error::new(
                ErrorKind::PendingRollback,
                format!("the transaction was rolled back because a flush failed ({reason}); call rollback() to go on"),
            ));
        }
        if self.conn.is_none() {
            let mut conn = self.engine.connection()?;
            conn.begin(mode)?;
            self.number += 1;
            self.protects = self.dialect().capabilities().one_writer
                || matches!(mode, TransactionMode::Isolated(isolation) if isolation >= Isolation::RepeatableRead);
            self.wrote = false;
            let told = self.begun.iter_mut().try_for_each(|listener| listener(&mut conn));
            told.map_err(|error| error.context("a listener of after_begin"))?;
            return Ok(self.conn.insert(conn));
        }
        self.conn.as_mut().ok_or_else(|| Error::new(ErrorKind::ConnectionLost, "the session has no connection"))
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        self.begin(TransactionMode::Read)?.query(sql, params, sink)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        self.begin_write()?.execute(sql, params)
    }

    pub(crate) fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        self.begin_write()?.execute_batch(sql, rows, bind, done)
    }

    /// Commits. Without a transaction there is nothing to do.
    pub(crate) fn commit(&mut self) -> Result<()> {
        if let Some(reason) = self.failed.take() {
            self.failed = Some(reason);
            self.begin(TransactionMode::Read)?;
        }
        match self.conn.take() {
            Some(mut conn) => conn.commit(),
            None => Ok(()),
        }
    }

    /// Ends the transaction by `sql`, which prepares it; begins one before if there is none.
    pub(crate) fn prepare(&mut self, sql: &str) -> Result<()> {
        self.begin(TransactionMode::Write)?;
        self.conn.take().map_or(Ok(()), |mut conn| conn.prepare_transaction(sql))
    }

    /// Whether a savepoint is open.
    pub(crate) fn has_savepoint(&self) -> bool {
        self.savepoints > 0
    }

    /// Begins a savepoint, and tells how many there are now.
    pub(crate) fn savepoint(&mut self) -> Result<usize> {
        let savepoints = self.savepoints + 1;
        self.begin(TransactionMode::Write)?.savepoint(&savepoint_name(savepoints))?;
        self.savepoints = savepoints;
        Ok(savepoints)
    }

    /// Ends savepoint `number`: what was done since becomes a part of what is around it.
    pub(crate) fn release(&mut self, number: usize) -> Result<()> {
        self.begin(TransactionMode::Write)?.release_savepoint(&savepoint_name(number))?;
        self.savepoints = number - 1;
        Ok(())
    }

    /// Undoes what was done since savepoint `number`, ends it, and makes the link usable again. Nothing is left to do when
    /// the transaction has ended.
    pub(crate) fn rollback_to(&mut self, number: usize) -> Result<()> {
        if self.savepoints < number {
            return Ok(());
        }
        self.savepoints = number - 1;
        self.failed = None;
        match &mut self.conn {
            Some(conn) if !conn.is_broken() => {
                conn.rollback_to_savepoint(&savepoint_name(number))?;
                conn.release_savepoint(&savepoint_name(number))
            }
            _ => Ok(()),
        }
    }

    /// Rolls back and makes the link usable again.
    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.failed = None;
        self.savepoints = 0;
        match self.conn.take() {
            Some(mut conn) if !conn.is_broken() => conn.rollback(),
            _ => Ok(()),
        }
    }

    /// Undoes what was done since the innermost savepoint, or ends the transaction, after a failed flush: statements are
    /// refused until a rollback of that savepoint, or of the transaction.
    pub(crate) fn fail(&mut self, error: &Error) {
        let rolled_back = match (&mut self.conn, self.savepoints) {
            (Some(conn), 1..) if !conn.is_broken() => conn.rollback_to_savepoint(&savepoint_name(self.savepoints)),
            _ => self.rollback(),
        };
        self.failed = Some(match rolled_back {
            Ok(()) => error.to_string(),
            Err(second) => format!("{error}; and the rollback failed: {second}"),
        });
    }
}

fn savepoint_name(number: usize) -> String {
    format!("orm_savepoint_{number}")
}
