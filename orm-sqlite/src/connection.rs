use std::time::Duration;

use orm_core::catalog::{Catalog, Reflect};
use orm_core::driver::{
    BatchDone, Bind, Connection, DescribedColumn, Limits, Notification, RowSink, RowStream, TransactionMode,
    TransactionOptions, TransactionState,
};
use orm_core::model::Row;
use orm_core::schema::{TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Column, Statement};

use crate::catalog::{self, data_type};
use crate::encode::{self, Scratch};
use crate::error::classify;
use crate::file::OpenFile;
use crate::patience::Patience;
use crate::prepared::Prepared;
use crate::reset::Traces;
use crate::row::SqliteRow;
use crate::writer::{Running, Writer};

/// One open SQLite database.
pub(crate) struct SqliteConnection {
    native: rusqlite::Connection,
    scratch: Scratch,
    /// Whether the transaction of the last `begin` has not ended yet, as far as this connection knows.
    begun: bool,
    /// Whether `begin` has made it refuse to write.
    read_only: bool,
    /// Whether `begin` has said how long locks are waited for.
    waits_as_said: bool,
    traces: Traces,
    patience: Patience,
    file: Option<OpenFile>,
    writer: Writer,
    /// Whether the file is another one by now.
    is_lost: bool,
}

impl SqliteConnection {
    /// A connection that waits for locks for so long.
    pub(crate) fn new(native: rusqlite::Connection, busy_timeout: Duration) -> Self {
        let file = OpenFile::of(&native);
        let writer = Writer::new(file.as_ref(), busy_timeout);
        let (scratch, traces, patience) = (Scratch::default(), Traces::default(), Patience::default());
        Self {
            native,
            scratch,
            begun: false,
            read_only: false,
            waits_as_said: false,
            traces,
            patience,
            file,
            writer,
            is_lost: false,
        }
    }

    /// Limits how long a transaction that is to begin waits for locks.
    fn limit_waits(&mut self, options: &TransactionOptions) -> Result<()> {
        if options.idle_timeout.is_some_and(|timeout| !timeout.is_zero()) {
            let feature = "`idle_timeout`: nobody is there to end a transaction whose program does nothing";
            return Err(Error::unsupported("SQLite", feature));
        }
        if options.lock_timeout.is_some() {
            self.traces.remember(&self.native).map_err(classify)?;
            self.set_lock_timeout(options.lock_timeout)?;
        }
        Ok(())
    }

    fn set_lock_timeout(&mut self, timeout: Option<Duration>) -> Result<()> {
        self.waits_as_said = timeout.is_some();
        self.patience.set_lock_timeout(&mut self.native, timeout).map_err(classify)
    }

    /// Limits the transaction that has begun.
    fn limit(&mut self, options: &TransactionOptions) -> Result<()> {
        if options.is_read_only() && !self.setting("query_only")? {
            // What a reset brings back is how it was before.
            self.traces.remember(&self.native).map_err(classify)?;
            self.native.pragma_update(None, "query_only", true).map_err(classify)?;
            self.read_only = true;
        }
        Ok(())
    }

    /// Takes back what limited a transaction that has ended.
    fn see_end(&mut self) -> Result<()> {
        self.begun &= !self.native.is_autocommit();
        if self.read_only && !self.begun {
            self.native.pragma_update(None, "query_only", false).map_err(classify)?;
            self.read_only = false;
        }
        if self.waits_as_said && !self.begun { self.set_lock_timeout(None) } else { Ok(()) }
    }

    fn setting(&self, name: &str) -> Result<bool> {
        self.native.pragma_query_value(None, name, |row| row.get(0)).map_err(classify)
    }

    /// A statement that may run, and what its parameters are written with.
    fn running(&mut self, sql: &str) -> Result<(Running<'_>, &mut Scratch)> {
        let Self { native, traces, writer, patience, scratch, .. } = self;
        traces.note(native, sql).map_err(classify)?;
        let statement = Prepared::new(native, sql).map_err(classify)?;
        Ok((Running::new(native, statement, writer, patience, !traces.is_dirty())?, scratch))
    }

    /// A statement with its parameters bound.
    fn prepared(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<Running<'_>> {
        let (mut statement, scratch) = self.running(sql)?;
        bind_all(&mut statement, params, scratch)?;
        Ok(statement)
    }

    fn run_script(&mut self, sql: &str) -> Result<()> {
        let mut statements = Batch::new(&self.native, sql);
        while let Some(mut statement) = statements.next().map_err(classify)? {
            let mut rows = statement.raw_query();
            while rows.next().map_err(classify)?.is_some() {}
            // A later statement may begin a transaction, which is another one.
            self.begun &= !self.native.is_autocommit();
        }
        Ok(())
    }
}

impl Connection for SqliteConnection {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        let mut statement = self.prepared(sql, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(classify)? {
            if sink(&SqliteRow(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        _: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>> {
        Ok(Box::new(SqliteRows { statement: self.prepared(sql, params)? }))
    }

    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        self.prepared(sql, params)?.raw_execute().map(|affected| affected as u64).map_err(classify)
    }

    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        let (mut statement, scratch) = self.running(sql)?;
        for row in 0..rows {
            let mut binder = Binder { statement: &mut statement, scratch, bound: 0 };
            bind(row, &mut binder)?;
            let bound = binder.bound;
            check_count(&statement, bound)?;
            let affected = statement.raw_execute().map_err(classify)? as u64;
            done(row, BatchDone { affected, last_insert_id: statement.last_insert_rowid() });
        }
        Ok(())
    }

    /// A column of a table has the type that it was declared with, which its cells need not have; a computed one has none.
    fn describe_statement(&mut self, sql: &str) -> Result<Vec<DescribedColumn>> {
        let statement = Prepared::new(&self.native, sql).map_err(classify)?;
        let column = |column: Column<'_>| DescribedColumn {
            name: column.name().to_owned(),
            sql_type: column.decl_type().and_then(|declared| data_type(declared).kind.sql_type()),
        };
        Ok(statement.columns().map(column).collect())
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.traces.note_script(&self.native, sql).map_err(classify)?;
        let outcome = self.run_script(sql);
        self.writer.leave(&self.native, &self.patience);
        outcome?;
        self.see_end()
    }

    fn set_limits(&mut self, limits: &Limits) -> Result<()> {
        if !limits.is_empty() {
            // They change what can be read of the settings.
            self.traces.remember(&self.native).map_err(classify)?;
        }
        self.patience.set_limits(&mut self.native, limits).map_err(classify)
    }

    fn notification(&mut self, _: Duration) -> Result<Option<Notification>> {
        Err(Error::unsupported("SQLite", "LISTEN and NOTIFY"))
    }

    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>> {
        crate::table::describe(&self.native, table)
    }

    fn reflect(&mut self, options: &Reflect) -> Result<Catalog> {
        catalog::read(&self.native, options).map_err(classify)
    }

    fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        let (sql, limits) = match mode {
            TransactionMode::Read => ("BEGIN", None),
            TransactionMode::Write => ("BEGIN IMMEDIATE", None),
            TransactionMode::With(options) if options.is_read_only() => ("BEGIN", Some(options)),
            TransactionMode::With(options) => ("BEGIN IMMEDIATE", Some(options)),
        };
        let waits = limits.map_or(Ok(()), |options| self.limit_waits(&options));
        if let Err(error) = waits.and_then(|()| self.execute(sql, &[])) {
            self.see_end()?;
            return Err(error);
        }
        self.begun = true;
        limits.map_or(Ok(()), |options| self.limit(&options))
    }

    fn transaction(&mut self) -> Result<TransactionState> {
        self.see_end()?;
        Ok(match (self.native.is_autocommit(), self.begun) {
            (true, _) => TransactionState::None,
            (false, true) => TransactionState::Begun,
            (false, false) => TransactionState::Other,
        })
    }

    fn commit(&mut self) -> Result<()> {
        self.execute("COMMIT", &[])?;
        self.see_end()
    }

    fn rollback(&mut self) -> Result<()> {
        // Some errors, as of a full disk, end the transaction.
        if !self.native.is_autocommit() {
            self.execute("ROLLBACK", &[])?;
        }
        self.see_end()
    }

    /// Defers all foreign keys of the transaction.
    fn defer_foreign_key(&mut self, _: &TableName, _: &[&str]) -> Result<bool> {
        self.execute_script("PRAGMA defer_foreign_keys = ON").map(|()| true)
    }

    fn check_deferred(&mut self) -> Result<()> {
        self.native.pragma_update(None, "defer_foreign_keys", false).map_err(classify)?;
        if !self.setting("foreign_keys")? {
            return Ok(());
        }
        let violates = self.native.prepare_cached("PRAGMA foreign_key_check").and_then(|mut check| check.exists(()));
        if violates.map_err(classify)? { Err(classify(violated_foreign_key())) } else { Ok(()) }
    }

    fn reset(&mut self) -> Result<()> {
        self.rollback()?;
        self.set_limits(&Limits::default())?;
        self.traces.reset(&self.native).map_err(classify)
    }

    fn is_broken(&self) -> bool {
        self.is_lost
    }

    fn check(&mut self) -> Result<()> {
        let checked = self.file.as_ref().map_or(Ok(()), OpenFile::check);
        self.is_lost |= checked.is_err();
        checked
    }

    fn ping(&mut self) -> Result<()> {
        self.check()?;
        self.query("SELECT 1", &[], &mut |_| Ok(std::ops::ControlFlow::Continue(())))
    }
}

/// What SQLite says at a commit.
#[cold]
fn violated_foreign_key() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY);
    rusqlite::Error::SqliteFailure(code, Some("FOREIGN KEY constraint failed".to_owned()))
}

/// A statement whose rows are being read. SQLite computes each row when it is asked for.
struct SqliteRows<'c> {
    statement: Running<'c>,
}

impl RowStream for SqliteRows<'_> {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        let mut rows = self.statement.raw_query();
        let Some(row) = rows.next().map_err(classify)? else { return Ok(false) };
        read(&SqliteRow(row))?;
        // Dropping it would reset the statement. The next call continues from here.
        std::mem::forget(rows);
        Ok(true)
    }
}

impl Drop for SqliteRows<'_> {
    fn drop(&mut self) {
        drop(self.statement.raw_query());
    }
}

/// Binds the parameters of one row of a batch.
struct Binder<'a, 'c> {
    statement: &'a mut Statement<'c>,
    scratch: &'a mut Scratch,
    bound: usize,
}

impl Bind for Binder<'_, '_> {
    fn bind(&mut self, value: ValueRef<'_>) -> Result<()> {
        self.bound += 1;
        encode::bind(self.statement, self.bound, value, self.scratch)
    }
}

fn bind_all(statement: &mut Statement<'_>, params: &[ValueRef<'_>], scratch: &mut Scratch) -> Result<()> {
    check_count(statement, params.len())?;
    for (index, value) in params.iter().enumerate() {
        encode::bind(statement, index + 1, *value, scratch)?;
    }
    Ok(())
}

/// Checks the number of parameters. SQLite would take a missing one for NULL.
fn check_count(statement: &Statement<'_>, given: usize) -> Result<()> {
    match statement.parameter_count() {
        wanted if wanted == given => Ok(()),
        wanted => Err(Error::new(
            ErrorKind::Database,
            format!("the statement has {wanted} placeholders and was given {given} parameters"),
        )),
    }
}
