//! How the statements of a connection get past other writers of the process.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};

use orm_core::Result;
use rusqlite::{Connection, Statement};

use crate::error::classify;
use crate::file::OpenFile;
use crate::gate::{Gate, Pass};
use crate::patience::Patience;
use crate::prepared::Prepared;

/// Less than SQLite counts of the time that it waits.
const NO_TIME: Duration = Duration::from_millis(1);

/// A connection at the gate of its file. It is within from the first statement of a transaction that writes from its beginning until the end of the
/// transaction, or while a single statement writes.
///
/// A transaction that begins by reading takes the lock later or fails, without waiting for anybody, and passes no gate.
#[derive(Debug)]
pub(crate) struct Writer {
    /// A database in memory has none.
    gate: Option<Arc<Gate>>,
    pass: Option<Pass>,
    /// How long SQLite waits for a lock by itself.
    usual: Duration,
    /// How long that is for this statement, if it has waited before.
    shortened: Option<Duration>,
}

impl Writer {
    pub(crate) fn new(file: Option<&OpenFile>, usual: Duration) -> Self {
        let gate = file.map(|file| Gate::of(file.identity()));
        Self { gate, pass: None, usual, shortened: None }
    }

    /// Waits at the gate, as long as the statement may wait for a lock. When that is over, SQLite finds out whether there is a lock.
    fn enter(&mut self, native: &Connection, patience: &Patience) -> rusqlite::Result<()> {
        let Some(gate) = &self.gate else { return Ok(()) };
        self.pass = gate.try_enter();
        if self.pass.is_some() {
            return Ok(());
        }
        let (since, allowed) = (Instant::now(), patience.of_locks(self.usual));
        self.pass = gate.enter(|waited| patience.nap(waited, allowed));
        let waited = since.elapsed();
        if waited >= NO_TIME {
            self.shortened = Some(allowed);
            patience.count_wait(native, waited, allowed)?;
        }
        Ok(())
    }

    /// A statement is done. Lets the next one in, unless a transaction is open.
    pub(crate) fn leave(&mut self, native: &Connection, patience: &Patience) {
        if let Some(allowed) = self.shortened.take() {
            // It fails on a connection that is closed.
            let _set = patience.count_wait(native, Duration::ZERO, allowed);
        }
        if self.pass.is_some() && native.is_autocommit() {
            self.pass = None;
        }
    }
}

/// A statement that runs. At its end the next writer is let in.
pub(crate) struct Running<'c> {
    statement: Prepared<'c>,
    /// It comes after the statement, whose end may be that of a transaction.
    after: After<'c>,
}

struct After<'c> {
    writer: &'c mut Writer,
    native: &'c Connection,
    patience: &'c Patience,
}

impl Drop for After<'_> {
    fn drop(&mut self) {
        self.writer.leave(self.native, self.patience);
    }
}

impl<'c> Running<'c> {
    /// Waits for other writers, if the statement begins to write: `is_plain` tells that there is no other database that it may be about.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub(crate) fn new(
        native: &'c Connection,
        statement: Prepared<'c>,
        writer: &'c mut Writer,
        patience: &'c Patience,
        is_plain: bool,
    ) -> Result<Self> {
        let enters = is_plain && writer.pass.is_none() && !statement.readonly() && native.is_autocommit();
        let running = Self { statement, after: After { writer, native, patience } };
        if enters {
            running.after.writer.enter(native, patience).map_err(classify)?;
        }
        Ok(running)
    }
}

impl Running<'_> {
    /// The key of the row that was inserted last.
    pub(crate) fn last_insert_rowid(&self) -> i64 {
        self.after.native.last_insert_rowid()
    }
}

impl<'c> Deref for Running<'c> {
    type Target = Statement<'c>;

    fn deref(&self) -> &Statement<'c> {
        &self.statement
    }
}

impl<'c> DerefMut for Running<'c> {
    fn deref_mut(&mut self) -> &mut Statement<'c> {
        &mut self.statement
    }
}
