use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use orm_core::catalog::{Catalog, Reflect};
use orm_core::dialect::Dialect;
use orm_core::driver::{
    BatchDone, Bind, Connection, CopyRows, DescribedColumn, Limits, NextRow, Notification, RowSink, RowStream,
    TakePiece, TransactionMode, TransactionOptions, TransactionState,
};
use orm_core::engine::{Conn, StatementKind};
use orm_core::render::{check_script, summary};
use orm_core::schema::{TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use super::ended;
use super::part::Part;

const BEGIN: &str = "SAVEPOINT orm_sandbox";
const COMMIT: &str = "RELEASE SAVEPOINT orm_sandbox";
const ROLLBACK: &str = "ROLLBACK TO SAVEPOINT orm_sandbox; RELEASE SAVEPOINT orm_sandbox";

/// The connection of a sandbox: what looks like a transaction is a part of one that is never committed.
pub(super) struct SandboxConnection {
    /// The connection of the engine that the sandbox was begun on. It rolls back when it is dropped.
    conn: Conn,
    dialect: &'static dyn Dialect,
    options: TransactionOptions,
    /// Whether the transaction is gone, or is to go.
    ended: Arc<AtomicBool>,
    part: Part,
    /// What limits the statements, and not those that begin and end parts.
    limits: Limits,
}

impl SandboxConnection {
    pub(super) fn new(
        conn: Conn,
        dialect: &'static dyn Dialect,
        options: TransactionOptions,
        ended: Arc<AtomicBool>,
    ) -> Self {
        Self { conn, dialect, options, ended, part: Part::None, limits: Limits::default() }
    }

    fn driver(&mut self) -> Result<&mut dyn Connection> {
        if self.has_gone() {
            return Err(ended());
        }
        self.conn.driver()
    }

    fn has_gone(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// The driver, for a statement within its limits.
    fn limited(&mut self) -> Result<&mut dyn Connection> {
        let limits = self.limits.clone();
        let driver = self.driver()?;
        driver.set_limits(&limits)?;
        Ok(driver)
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        let driver = self.driver()?;
        driver.set_limits(&Limits::default())?;
        driver.execute_script(sql)
    }

    /// Ends the statement that was a transaction by itself.
    fn settle(&mut self) -> Result<()> {
        if self.part != Part::Alone {
            return Ok(());
        }
        self.part = Part::None;
        // It may have failed while its rows were read.
        self.run(COMMIT).or_else(|_| self.run(ROLLBACK))
    }

    /// Gets ready for a statement, which is within a part of its own unless one is open. Returns the statement's kind.
    fn begin_statement(&mut self, sql: &str) -> Result<StatementKind> {
        self.settle()?;
        let facts = self.dialect.capabilities();
        let (kind, _) = summary(sql, &facts.lexical_rules);
        if kind == StatementKind::Schema && !facts.transactional_schema {
            let what = "a sandbox in which the schema changes: such a statement commits";
            return Err(Error::unsupported(self.dialect.name(), what));
        }
        match self.part {
            Part::Begun { read_only: true } if writes(kind) => Err(refuse_write()),
            Part::Begun { .. } => Ok(kind),
            Part::Alone | Part::None => {
                self.run(BEGIN)?;
                self.part = Part::Alone;
                Ok(kind)
            }
        }
    }

    /// Runs a statement, as a transaction by itself unless one is open.
    fn statement<R>(&mut self, sql: &str, run: impl FnOnce(&mut dyn Connection) -> Result<R>) -> Result<R> {
        let kind = self.begin_statement(sql)?;
        refuse_ends(kind)?;
        let outcome = run(self.limited()?);
        if self.part != Part::Alone {
            return outcome;
        }
        let outcome = outcome.and_then(|value| match writes(kind) {
            true => self.driver()?.check_deferred().map(|()| value),
            false => Ok(value),
        });
        self.part = Part::None;
        let ended = self.run(if outcome.is_ok() { COMMIT } else { ROLLBACK });
        outcome.and_then(|value| ended.map(|()| value))
    }

    /// The transaction of the sandbox must be the one that it was.
    fn check_transaction(&mut self) -> Result<()> {
        if self.has_gone() || self.driver()?.transaction()? == TransactionState::Begun {
            return Ok(());
        }
        self.ended.store(true, Ordering::Release);
        let message = "the transaction of the sandbox was ended, by SQL of your own or by the database; what it wrote before may be committed";
        Err(Error::new(ErrorKind::InvalidState, message))
    }
}

/// Whether a statement may write.
fn writes(kind: StatementKind) -> bool {
    matches!(kind, StatementKind::Insert | StatementKind::Update | StatementKind::Delete | StatementKind::Schema)
}

#[cold]
fn refuse_write() -> Error {
    Error::new(ErrorKind::ReadOnly, "the transaction is read-only, and the statement writes")
}

/// Refuses SQL that would end the sandbox's transaction.
fn refuse_ends(kind: StatementKind) -> Result<()> {
    match kind {
        StatementKind::Begin | StatementKind::Commit | StatementKind::Rollback | StatementKind::Prepare => {
            let message = format!(
                "`{}` in a sandbox: its sessions begin and end transactions by `begin`, `commit` and `rollback`, which are imitated; SQL of your \
                 own cannot",
                kind.name()
            );
            Err(Error::new(ErrorKind::Unsupported, message))
        }
        _ => Ok(()),
    }
}

impl Connection for SandboxConnection {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        self.statement(sql, |connection| connection.query(sql, params, sink))
    }

    /// A statement that is a transaction by itself ends with the next one, for its rows are still to come.
    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>> {
        refuse_ends(self.begin_statement(sql)?)?;
        self.limited()?.stream(sql, params, mode)
    }

    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        self.statement(sql, |connection| connection.execute(sql, params))
    }

    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        self.statement(sql, |connection| connection.execute_batch(sql, rows, bind, done))
    }

    fn copy_in(&mut self, rows: &CopyRows<'_>, next: &mut NextRow<'_>) -> Result<Option<u64>> {
        self.statement(rows.sql, |connection| connection.copy_in(rows, next))
    }

    fn copy_out(&mut self, sql: &str, take: &mut TakePiece<'_>) -> Result<u64> {
        self.statement(sql, |connection| connection.copy_out(sql, take))
    }

    fn describe_statement(&mut self, sql: &str) -> Result<Vec<DescribedColumn>> {
        self.settle()?;
        self.driver()?.describe_statement(sql)
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        let (kind, _) = summary(sql, &self.dialect.capabilities().lexical_rules);
        // The session's own savepoints are real ones.
        if !matches!(kind, StatementKind::Savepoint | StatementKind::Release | StatementKind::RollbackTo) {
            refuse_ends(kind)?;
            check_script(self.dialect, sql)?;
        }
        self.statement(sql, |connection| connection.execute_script(sql))?;
        self.check_transaction()
    }

    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>> {
        self.settle()?;
        self.driver()?.describe_table(table)
    }

    fn reflect(&mut self, options: &Reflect) -> Result<Catalog> {
        self.settle()?;
        self.driver()?.reflect(options)
    }

    fn set_limits(&mut self, limits: &Limits) -> Result<()> {
        self.limits = limits.clone();
        Ok(())
    }

    fn notification(&mut self, wait: Duration) -> Result<Option<Notification>> {
        self.driver()?.notification(wait)
    }

    fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        self.settle()?;
        let part = Part::begin(mode, self.options, self.dialect.capabilities().one_writer)?;
        if self.part != Part::None {
            let message = "a transaction is open on the connection already: commit it or roll it back first";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.run(BEGIN)?;
        self.part = part;
        Ok(())
    }

    fn transaction(&mut self) -> Result<TransactionState> {
        self.settle()?;
        self.check_transaction()?;
        Ok(if self.part == Part::None { TransactionState::None } else { TransactionState::Begun })
    }

    fn commit(&mut self) -> Result<()> {
        self.driver()?.check_deferred()?;
        self.run(COMMIT)?;
        self.part = Part::None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<()> {
        self.settle()?;
        if self.part == Part::None {
            return Ok(());
        }
        self.check_transaction()?;
        self.run(ROLLBACK)?;
        self.part = Part::None;
        // What it had deferred is deferred no more.
        self.driver()?.check_deferred()
    }

    fn prepare_transaction(&mut self, _: &str) -> Result<()> {
        refuse_ends(StatementKind::Prepare)
    }

    fn commit_prepared(&mut self, _: &str) -> Result<()> {
        refuse_ends(StatementKind::Commit)
    }

    fn rollback_prepared(&mut self, _: &str) -> Result<()> {
        refuse_ends(StatementKind::Rollback)
    }

    fn prepared_transactions(&mut self) -> Result<Vec<String>> {
        self.driver()?.prepared_transactions()
    }

    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        self.driver()?.defer_foreign_key(table, columns)
    }

    fn check_deferred(&mut self) -> Result<()> {
        self.driver()?.check_deferred()
    }

    /// What SQL of the user's has set stays until the end of the sandbox, as a transaction is open.
    fn reset(&mut self) -> Result<()> {
        self.rollback()
    }

    fn is_broken(&self) -> bool {
        self.has_gone() || self.conn.is_broken()
    }

    fn has_ended(&mut self) -> bool {
        self.driver().map_or(true, |connection| connection.has_ended())
    }

    fn check(&mut self) -> Result<()> {
        self.driver()?.check()
    }

    fn ping(&mut self) -> Result<()> {
        self.settle()?;
        self.driver()?.query("SELECT 1", &[], &mut |_| Ok(ControlFlow::Continue(())))
    }
}
