use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use orm_core::catalog::{Catalog, Reflect};
use orm_core::driver::{
    BatchDone, Bind, Connection, CopyRows, DescribedColumn, Limits, NextRow, Notification, RowSink, RowStream,
    TakePiece, TransactionMode, TransactionState,
};
use orm_core::schema::{TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};
use postgres::types::{ToSql, Type};
use postgres::{Column, Statement};

use crate::batch::{Encoded, RowBuffer};
use crate::begin::begin;
use crate::catalog;
use crate::client::{Client, Failure};
use crate::copy_in::copy_in;
use crate::copy_out::copy_out;
use crate::decode::{PostgresRow, sql_type};
use crate::encode::Param;
use crate::error::{
    classify, ends_connection, has_lost_statements, is_outdated, lost, outdated, unsupported_copy, wrong_count,
};
use crate::foreign_key;
use crate::rows::PostgresRows;
use crate::statements::Statements;
use crate::table;
use crate::wire::{Copy, Status};

/// The time for the answer to a ping.
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// The time for statements that clean up. They have nothing to compute.
pub(crate) const CLEANUP_TIMEOUT: Duration = Duration::from_secs(10);
/// Resets the session, except for prepared statements. Settings return to those of the URL and the server.
const RESET: &str = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; UNLISTEN *; \
    SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";
/// Checks what is deferred, in one round trip.
const CHECK_DEFERRED: &str =
    "SAVEPOINT orm_check; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO SAVEPOINT orm_check; RELEASE SAVEPOINT orm_check";

/// One connection to a server.
pub(crate) struct PostgresConnection {
    pub(crate) client: Client,
    statements: Statements,
    broken: bool,
    /// What the count of commands that begin or commit transactions is after our last `begin`.
    begun: Option<u64>,
}

impl PostgresConnection {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, statements: Statements::new(), broken: false, begun: None }
    }

    /// Converts an error of the driver, after the server is ready for the next statement.
    #[cold]
    pub(crate) fn failed(&mut self, error: postgres::Error) -> Error {
        let copy = self.client.end_copy();
        self.broken |= copy == Some(Copy::In) || ends_connection(&error) || self.client.settle().is_err();
        copy.map_or_else(|| classify(error), unsupported_copy)
    }

    /// Converts an error of an operation with a deadline.
    #[cold]
    pub(crate) fn lost(&mut self, failure: Failure) -> Error {
        match failure {
            Failure::Driver(error) => self.failed(error),
            failure => {
                self.broken = true;
                lost(failure)
            }
        }
    }

    /// The statement, and whether it was prepared just now.
    fn prepared(&mut self, sql: &str) -> Result<(Statement, bool), postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok((statement, false));
        }
        let statement = self.client.run(|client| client.prepare(sql))?;
        self.statements.keep(sql, &statement);
        Ok((statement, true))
    }

    /// The types of the columns that a query would have.
    pub(crate) fn column_types(&mut self, sql: &str) -> Result<Vec<Type>> {
        let (statement, _) = self.prepared(sql).map_err(|error| self.failed(error))?;
        Ok(statement.columns().iter().map(|column| column.type_().clone()).collect())
    }

    /// Runs `call` with the prepared statement. One that was prepared before its tables changed is prepared again, as is one that the
    /// server does not have any more: at once where nothing is lost by that, else when the transaction is run again.
    pub(crate) fn run<T>(
        &mut self,
        sql: &str,
        given: usize,
        mut call: impl FnMut(&mut Client, &Statement) -> Result<T, postgres::Error>,
    ) -> Result<T> {
        let error = match self.try_run(sql, given, &mut call)? {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        self.broken |= self.client.settle().is_err();
        if self.broken || self.client.status() == Status::Failed {
            return Err(outdated(error));
        }
        self.try_run(sql, given, &mut call)?.map_err(|error| self.failed(error))
    }

    /// Like [`run`](PostgresConnection::run). An error inside is that of a statement that may be prepared again.
    fn try_run<T>(
        &mut self,
        sql: &str,
        given: usize,
        call: &mut impl FnMut(&mut Client, &Statement) -> Result<T, postgres::Error>,
    ) -> Result<Result<T, postgres::Error>> {
        let (statement, fresh) = match self.prepared(sql) {
            Ok(prepared) => prepared,
            // The driver has statements of its own, for types that it does not know, and prepares them once only.
            Err(error) if has_lost_statements(&error) => {
                self.broken |= !self.client.lost_statements();
                return Ok(Err(error));
            }
            Err(error) => return Err(self.failed(error)),
        };
        check_count(&statement, given)?;
        match call(&mut self.client, &statement) {
            Err(error) if is_outdated(&error) => {
                self.forget(sql, &error);
                // Another server may have prepared it.
                if fresh && !has_lost_statements(&error) { Err(self.failed(error)) } else { Ok(Err(error)) }
            }
            Err(error) => Err(self.failed(error)),
            Ok(value) => Ok(Ok(value)),
        }
    }

    fn forget(&mut self, sql: &str, error: &postgres::Error) {
        if !has_lost_statements(error) {
            self.client.forget_types();
            self.statements.forget(sql);
        } else if !self.client.lost_statements() {
            self.statements.forget_all();
        }
    }

    /// Runs statements by the simple protocol, which needs no preparation.
    pub(crate) fn simple(&mut self, sql: &str) -> Result<()> {
        self.client.run(|client| client.batch_execute(sql)).map_err(|error| self.failed(error))
    }

    /// Runs statements that only clean up, with a deadline. Giving a connection back must not wait for a silent server.
    pub(crate) fn clean_up(&mut self, sql: &str) -> Result<()> {
        let deadline = Instant::now() + CLEANUP_TIMEOUT;
        self.client.run_until(deadline, |client| client.batch_execute(sql)).map_err(|failure| self.lost(failure))
    }

    /// Commits or prepares the transaction.
    fn end(&mut self, sql: &str) -> Result<()> {
        if self.client.status() == Status::Failed {
            // The server would roll back without an error. This statement fails.
            self.simple("SELECT 1")?;
        }
        self.simple(sql)
    }

    pub(crate) fn give_up(&mut self) {
        self.broken = true;
    }
}

const LIST_PREPARED: &str =
    "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = current_database() ORDER BY gid";

/// A command on a prepared transaction, which takes no parameters.
fn two_phase(command: &str, id: &str) -> String {
    format!("{command} '{}'", id.replace('\'', "''"))
}

impl Connection for PostgresConnection {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        let params = wrap(params);
        let params = lend(&params);
        let rows =
            self.run(sql, params.len(), |client, statement| client.run(|client| client.query(statement, &params)))?;
        for row in &rows {
            if sink(&PostgresRow::new(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>> {
        Ok(Box::new(PostgresRows::open(self, sql, params, mode)?))
    }

    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        let params = wrap(params);
        let params = lend(&params);
        self.run(sql, params.len(), |client, statement| client.run(|client| client.execute(statement, &params)))
    }

    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        let (statement, _) = self.prepared(sql).map_err(|error| self.failed(error))?;
        let mut buffer = RowBuffer::new(statement.params());
        for row in 0..rows {
            buffer.clear();
            bind(row, &mut buffer)?;
            let params = buffer.params();
            let params = lend::<Encoded<'_>>(&params);
            let affected = self
                .run(sql, params.len(), |client, statement| client.run(|client| client.execute(statement, &params)))?;
            done(row, BatchDone { affected, last_insert_id: 0 });
        }
        Ok(())
    }

    fn copy_in(&mut self, rows: &CopyRows<'_>, next: &mut NextRow<'_>) -> Result<Option<u64>> {
        copy_in(self, rows, next)
    }

    fn copy_out(&mut self, sql: &str, take: &mut TakePiece<'_>) -> Result<u64> {
        copy_out(self, sql, take)
    }

    fn describe_statement(&mut self, sql: &str) -> Result<Vec<DescribedColumn>> {
        let (statement, _) = self.prepared(sql).map_err(|error| self.failed(error))?;
        let column =
            |column: &Column| DescribedColumn { name: column.name().to_owned(), sql_type: sql_type(column.type_()) };
        Ok(statement.columns().iter().map(column).collect())
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.simple(sql)
    }

    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>> {
        let mut facts = None;
        self.query(table::DESCRIBE, &[ValueRef::Text(&table::quoted(table))], &mut |row| {
            table::add(&mut facts, row)?;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(facts)
    }

    fn reflect(&mut self, options: &Reflect) -> Result<Catalog> {
        catalog::read(self, options)
    }

    fn set_limits(&mut self, limits: &Limits) -> Result<()> {
        self.client.set_limits(limits).map_err(|error| self.lost(Failure::Socket(error)))
    }

    fn notification(&mut self, wait: Duration) -> Result<Option<Notification>> {
        if self.transaction()? != TransactionState::None {
            let message = "within a transaction nothing arrives from channels: commit it or roll it back first";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        match self.client.notification(Instant::now().checked_add(wait)) {
            // Nobody was asked.
            Err(Failure::Silent) => Err(Error::new(ErrorKind::Cancelled, "the waiting was cancelled")),
            found => found.map_err(|failure| self.lost(failure)),
        }
    }

    fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        self.begin_with_next(mode)?;
        self.simple("")
    }

    fn begin_with_next(&mut self, mode: TransactionMode) -> Result<()> {
        if self.transaction()? != TransactionState::None {
            let message = "a transaction is open on the connection already: commit it or roll it back first";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.client.begin_with_next(begin(mode)?);
        self.begun = Some(self.client.turns() + 1);
        Ok(())
    }

    /// Each answer of the server has it.
    fn transaction(&mut self) -> Result<TransactionState> {
        if self.client.is_beginning() {
            return Ok(TransactionState::Begun);
        }
        Ok(match self.client.status() {
            Status::Idle => {
                self.begun = None;
                TransactionState::None
            }
            _ if self.begun == Some(self.client.turns()) => TransactionState::Begun,
            _ => TransactionState::Other,
        })
    }

    fn commit(&mut self) -> Result<()> {
        if self.client.take_beginning() { Ok(()) } else { self.end("COMMIT") }
    }

    fn prepare_transaction(&mut self, id: &str) -> Result<()> {
        self.end(&two_phase("PREPARE TRANSACTION", id))
    }

    fn commit_prepared(&mut self, id: &str) -> Result<()> {
        self.simple(&two_phase("COMMIT PREPARED", id))
    }

    fn rollback_prepared(&mut self, id: &str) -> Result<()> {
        self.simple(&two_phase("ROLLBACK PREPARED", id))
    }

    fn prepared_transactions(&mut self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        self.query(LIST_PREPARED, &[], &mut |row| match row.get(0) {
            Ok(ValueRef::Text(id)) => {
                ids.push(id.to_owned());
                Ok(ControlFlow::Continue(()))
            }
            _ => Err(Error::new(ErrorKind::Decode, "the list of prepared transactions has a value that is not text")),
        })?;
        Ok(ids)
    }

    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        foreign_key::defer(self, table, columns)
    }

    /// The rollback to the savepoint brings back what was deferred, and that it is to be checked.
    fn check_deferred(&mut self) -> Result<()> {
        self.simple(CHECK_DEFERRED)
    }

    fn rollback(&mut self) -> Result<()> {
        if self.client.take_beginning() || self.client.status() == Status::Idle {
            return Ok(());
        }
        self.clean_up("ROLLBACK")
    }

    fn reset(&mut self) -> Result<()> {
        self.rollback()?;
        self.set_limits(&Limits::default())?;
        self.clean_up(RESET)?;
        self.client.clear_inbox();
        Ok(())
    }

    fn is_broken(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    fn has_ended(&mut self) -> bool {
        self.broken |= self.client.has_ended();
        self.is_broken()
    }

    fn ping(&mut self) -> Result<()> {
        let deadline = Instant::now() + PING_TIMEOUT;
        self.client.run_until(deadline, |client| client.simple_query("")).map(drop).map_err(|failure| {
            self.broken = true;
            lost(failure)
        })
    }
}

pub(crate) fn wrap<'a>(params: &[ValueRef<'a>]) -> Vec<Param<'a>> {
    params.iter().enumerate().map(|(index, &value)| Param { value, index }).collect()
}

fn lend<P: ToSql + Sync>(params: &[P]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as _).collect()
}

/// Checks the number of parameters. The driver would panic.
fn check_count(statement: &Statement, given: usize) -> Result<()> {
    let wanted = statement.params().len();
    if wanted == given { Ok(()) } else { Err(wrong_count(wanted, given)) }
}
