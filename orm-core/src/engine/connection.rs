use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::limits::Bounds;
use super::pool::TakenPlace;
use super::statement::{StatementSpan, WatchedRows, spans_enabled, told_of};
use super::{Engine, FlushedRows, StatementEvent};
use crate::catalog::{Catalog, Reflect};
use crate::dialect::{Dialect, names};
use crate::driver::{
    Backend, BatchDone, Bind, CancelToken, Connection, CopyRows, DescribedColumn, Limits, NextRow, Notification,
    RowSink, RowStream, TakePiece, TransactionMode, TransactionState,
};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::schema::{TableFacts, TableName};
use crate::value::ValueRef;

/// A connection of the pool. The hooks of the engine see its statements.
///
/// Dropping it returns it to the pool. An open transaction is rolled back, even one that a statement began. If the user's own SQL ran on
/// it, the connection is [reset](Connection::reset), so that no setting, temporary table or lock reaches the next user.
pub struct Conn {
    engine: Engine,
    place: TakenPlace,
    /// Whether its statements are the user's own.
    bare: bool,
    /// Whether a statement of the user has run.
    used: bool,
    /// What limits its statements.
    bounds: Option<Box<Bounds>>,
    /// What the statements of a flush write, where somebody wants to know.
    flushed: Option<Box<FlushedRows>>,
}

impl Conn {
    pub(super) fn new(engine: Engine, place: TakenPlace, bounds: Bounds) -> Self {
        let bounds = (!bounds.is_empty()).then(|| Box::new(bounds));
        Self { engine, place, bare: false, used: false, bounds, flushed: None }
    }

    /// The same connection for statements of the user.
    pub(super) fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Notes that a statement of the user runs, so that the connection is reset afterwards.
    pub(crate) fn note_raw(&mut self) {
        self.used = true;
    }

    /// Limits its statements from now on.
    pub(crate) fn limit(&mut self, bounds: Bounds) {
        if !bounds.is_empty() || self.bounds.is_some() {
            self.bounds.get_or_insert_default().statement = bounds.statement;
        }
        self.limit_whole(bounds.whole);
    }

    /// Limits each statement from now on, and returns the limit that was.
    pub(super) fn limit_each(&mut self, limit: Option<Duration>) -> Option<Duration> {
        if limit.is_none() && self.bounds.is_none() {
            return None;
        }
        std::mem::replace(&mut self.bounds.get_or_insert_default().statement, limit)
    }

    /// Limits all of its statements together from now on.
    pub(crate) fn limit_whole(&mut self, whole: Limits) {
        if !whole.is_empty() || self.bounds.is_some() {
            self.bounds.get_or_insert_default().whole = whole;
        }
    }

    /// A token that cancels the statements of this connection, until it is given back; see [`CancelToken`].
    pub fn cancel_token(&mut self) -> CancelToken {
        self.bounds.get_or_insert_default().whole.cancel.get_or_insert_default().clone()
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The SQL dialect of the database.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.engine.dialect()
    }

    /// The database behind the connection.
    pub fn backend(&self) -> &dyn Backend {
        self.engine.backend()
    }

    /// The connection as the backend made it: what runs on it is told to no hook. It is for backends that lend the connection of another engine.
    ///
    /// # Errors
    ///
    /// `ConnectionLost` after it was closed.
    pub fn driver(&mut self) -> Result<&mut dyn Connection> {
        self.used |= self.bare;
        self.place.connection()
    }

    /// The next message of a channel that the connection listens to.
    pub(super) fn notification(&mut self, wait: Duration) -> Result<Option<Notification>> {
        let found = self.ready().and_then(|connection| connection.notification(wait));
        found.map_err(|error| self.explained(error))
    }

    /// The state of the transaction in the database. Statements may have ended it, or begun another one.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn transaction(&mut self) -> Result<TransactionState> {
        self.place.connection()?.transaction()
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn ping(&mut self) -> Result<()> {
        self.place.connection()?.ping()
    }

    /// Whether the connection can never be used again.
    pub fn is_broken(&self) -> bool {
        self.place.is_broken()
    }

    /// The connection, ready for a statement: with the limits of one that begins now.
    pub(super) fn ready(&mut self) -> Result<&mut dyn Connection> {
        let connection = self.place.connection()?;
        if let Some(bounds) = &mut self.bounds {
            bounds.begin(connection)?;
        }
        Ok(connection)
    }

    /// Takes the limits back, for what has to be done in any case.
    fn lift_limits(&mut self) -> Result<()> {
        match &mut self.bounds {
            Some(bounds) => bounds.lift(self.place.connection()?),
            None => Ok(()),
        }
    }

    /// The error of a statement, with its reason if that is a limit.
    fn explained(&self, error: Error) -> Error {
        match &self.bounds {
            Some(bounds) => bounds.explain(error),
            None => error,
        }
    }

    /// Refuses to commit on a closed connection, so that it is certain that nothing was committed.
    pub(crate) fn refuse_ended(&mut self) -> Result<()> {
        if !self.place.connection()?.has_ended() {
            return Ok(());
        }
        let message = "the server had ended the connection before the commit was sent: nothing was committed";
        Err(Error::new(ErrorKind::ConnectionLost, message))
    }

    /// Runs a statement that returns rows and hands each to `sink`.
    ///
    /// # Errors
    ///
    /// The database's error, or the first error of `sink`.
    pub fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        if !self.is_watched() {
            self.used |= self.bare;
            let result = self.ready().and_then(|connection| connection.query(sql, params, sink));
            return result.map_err(|error| self.failed(sql, error));
        }
        let sql = &*self.engine.commented(sql);
        self.watched(sql, params, None, |connection, rows| {
            let mut counting = |row: &dyn Row| -> Result<ControlFlow<()>> {
                *rows += 1;
                sink(row)
            };
            connection.query(sql, params, &mut counting)
        })
    }

    /// Runs a statement that returns any number of rows. They are read from the database one by one, so memory does not grow with their
    /// number. Dropping them before their end cancels a statement that only reads, by `mode`, if the database can.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>> {
        self.used |= self.bare;
        let sql = self.engine.commented(sql);
        self.ready().map_err(|error| told_of(error, &sql))?;
        let event = self.event(&sql, params, None);
        let connection = self.place.connection()?;
        Ok(Box::new(WatchedRows::open(self.engine.hooks(), connection, &event, mode, self.bounds.as_deref())?))
    }

    /// Runs a statement that returns no rows. Returns the number of rows that it changed.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        let mut affected = 0;
        let sql = &*self.engine.commented(sql);
        self.watched(sql, params, None, |connection, rows| {
            affected = connection.execute(sql, params)?;
            *rows = affected;
            Ok(())
        })?;
        Ok(affected)
    }

    /// Runs one prepared statement once per row of parameters, and reports each row to `done`.
    ///
    /// # Errors
    ///
    /// The database's error, at the first row that fails.
    pub fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        let sql = &*self.engine.commented(sql);
        self.watched(sql, &[], Some(rows), |connection, affected| {
            connection.execute_batch(sql, rows, bind, &mut |index, report| {
                *affected += report.affected;
                done(index, report);
            })
        })
    }

    /// Copies rows into a table, as fast as the database can take them, and tells how many there were; `None` if it cannot copy such rows,
    /// of which none was taken then.
    ///
    /// # Errors
    ///
    /// The database's error, or the first one of `next`.
    pub fn copy_in(&mut self, rows: &CopyRows<'_>, next: &mut NextRow<'_>) -> Result<Option<u64>> {
        let mut copied = None;
        let sql = &*self.engine.commented(rows.sql);
        self.watched(sql, &[], None, |connection, affected| {
            copied = connection.copy_in(&CopyRows { sql, ..*rows }, next)?;
            *affected = copied.unwrap_or(0);
            Ok(())
        })?;
        Ok(copied)
    }

    /// Copies rows out, and tells how many there were.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database copies none, its error, or the first one of `take`.
    pub fn copy_out(&mut self, sql: &str, take: &mut TakePiece<'_>) -> Result<u64> {
        let mut copied = 0;
        let sql = &*self.engine.commented(sql);
        self.watched(sql, &[], None, |connection, rows| {
            copied = connection.copy_out(sql, take)?;
            *rows = copied;
            Ok(())
        })?;
        Ok(copied)
    }

    /// The columns that a statement will have, without running it; nothing where the database tells that with the rows only.
    pub(crate) fn describe_statement(&mut self, sql: &str) -> Result<Vec<DescribedColumn>> {
        let sql = &*self.engine.commented(sql);
        let described = self.ready().and_then(|connection| connection.describe_statement(sql));
        described.map_err(|error| told_of(self.explained(error), sql))
    }

    /// Runs statements without parameters, separated by semicolons.
    ///
    /// # Errors
    ///
    /// The database's error, at the first statement that fails.
    pub fn execute_script(&mut self, sql: &str) -> Result<()> {
        // It may change tables.
        self.engine.tables().forget();
        self.run_script(sql)
    }

    /// Runs a statement that changes no table.
    pub(super) fn run_script(&mut self, sql: &str) -> Result<()> {
        self.watched(sql, &[], None, |connection, _| connection.execute_script(sql))
    }

    /// Runs a statement that changes no table, and that has to run in any case.
    fn run_unlimited(&mut self, sql: &str) -> Result<()> {
        self.lift_limits()?;
        self.told(sql, &[], None, |connection, _| connection.execute_script(sql))
    }

    /// Asks the database about a table. Hooks get a description instead of SQL, because each database asks in its own way.
    pub(super) fn ask_for_table(&mut self, table: &TableName) -> Result<Option<TableFacts>> {
        let mut facts = None;
        self.watched(&format!("DESCRIBE {table}"), &[], None, |connection, rows| {
            facts = connection.describe_table(table)?;
            *rows = facts.as_ref().map_or(0, |facts| facts.columns.len() as u64);
            Ok(())
        })?;
        Ok(facts)
    }

    /// Reads the schema of the database. Hooks get a description instead of SQL, because each database asks in its own way.
    pub(super) fn ask_for_catalog(&mut self, options: &Reflect) -> Result<Catalog> {
        let mut catalog = Catalog::default();
        self.watched("REFLECT", &[], None, |connection, rows| {
            catalog = connection.reflect(options)?;
            *rows = catalog.tables.len() as u64;
            Ok(())
        })?;
        Ok(catalog)
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        self.watched("BEGIN", &[], None, |connection, _| connection.begin(mode))
    }

    /// [`begin`](Conn::begin)s a transaction of which the database may hear with its first statement.
    pub(crate) fn begin_with_next(&mut self, mode: TransactionMode) -> Result<()> {
        self.watched("BEGIN", &[], None, |connection, _| connection.begin_with_next(mode))
    }

    /// Commits the transaction. Roll it back after an error.
    ///
    /// # Errors
    ///
    /// The database's error: a deferred constraint, a lock.
    pub fn commit(&mut self) -> Result<()> {
        self.watched("COMMIT", &[], None, |connection, _| connection.commit())
    }

    /// [`begin`](Conn::begin)s a transaction that may be prepared under an id.
    pub(crate) fn begin_prepared(&mut self, id: &str, mode: TransactionMode) -> Result<()> {
        self.watched("BEGIN", &[], None, |connection, _| connection.begin_prepared(id, mode))
    }

    /// Whether the open transaction, which was begun under an id, has changed rows for sure.
    pub(crate) fn has_changed_rows(&mut self) -> bool {
        self.place.connection().is_ok_and(|connection| connection.has_changed_rows())
    }

    /// Defers the check of a foreign key to the end of the transaction. Returns `false` if the database cannot.
    pub(crate) fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        self.ready()?.defer_foreign_key(table, columns)
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    ///
    /// The database's error; a connection that cannot even roll back is closed, which has the same effect.
    pub fn rollback(&mut self) -> Result<()> {
        let result =
            self.lift_limits().and_then(|()| self.told("ROLLBACK", &[], None, |connection, _| connection.rollback()));
        if result.is_err() {
            self.place.close();
        }
        result
    }

    /// Sets a savepoint.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn savepoint(&mut self, name: &str) -> Result<()> {
        self.run_script(&with_name(self.dialect(), "SAVEPOINT", name)?)
    }

    /// Releases a savepoint, and keeps the changes since.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.run_unlimited(&with_name(self.dialect(), "RELEASE SAVEPOINT", name)?)
    }

    /// Undoes the changes since a savepoint. The savepoint stays.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        self.run_unlimited(&with_name(self.dialect(), "ROLLBACK TO SAVEPOINT", name)?)
    }

    /// Whether anybody is to be told of statements.
    fn is_watched(&self) -> bool {
        self.engine.is_watched() || spans_enabled()
    }

    /// Sets the rows that the following statements write, until the next call.
    pub(crate) fn set_flushed(&mut self, rows: Option<FlushedRows>) {
        self.flushed = rows.map(Box::new);
    }

    fn event<'e>(&self, sql: &'e str, parameters: &'e [ValueRef<'e>], batch: Option<usize>) -> StatementEvent<'e> {
        let (connection, dialect) = (self.place.id(), self.engine.dialect());
        let (rows, elapsed, error, flushed) = (0, Duration::ZERO, None, None);
        StatementEvent { sql, parameters, batch, rows, elapsed, error, connection, flushed, dialect }
    }

    /// Runs a statement within its limits, and between the calls of the hooks. `run` counts rows in its second argument.
    pub(super) fn watched(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        batch: Option<usize>,
        run: impl FnOnce(&mut dyn Connection, &mut u64) -> Result<()>,
    ) -> Result<()> {
        self.ready().map_err(|error| told_of(error, sql))?;
        self.told(sql, parameters, batch, run)
    }

    /// Runs a statement between the calls of the hooks. `run` counts rows in its second argument.
    fn told(
        &mut self,
        sql: &str,
        parameters: &[ValueRef<'_>],
        batch: Option<usize>,
        run: impl FnOnce(&mut dyn Connection, &mut u64) -> Result<()>,
    ) -> Result<()> {
        self.used |= self.bare;
        let mut rows = 0;
        if !self.is_watched() {
            let result = run(self.place.connection()?, &mut rows);
            return result.map_err(|error| self.failed(sql, error));
        }
        let flushed = self.flushed.take();
        let event = StatementEvent { flushed: flushed.as_deref(), ..self.event(sql, parameters, batch) };
        let hooks = self.engine.hooks();
        let span = StatementSpan::enter(&event);
        hooks.tell("before_statement", |hooks| hooks.before_statement(&event));
        let start = Instant::now();
        let result = run(self.place.connection()?, &mut rows).map_err(|error| self.failed(sql, error));
        let event = StatementEvent { rows, elapsed: start.elapsed(), error: result.as_ref().err(), ..event };
        hooks.tell("after_statement", |hooks| hooks.after_statement(&event));
        if let Some(span) = span {
            span.end(&event);
        }
        self.flushed = flushed;
        result
    }

    /// Handles the failure of a statement: the cached definitions of tables may be wrong, and the error gets its reason, if that is a limit, and
    /// the statement's text.
    #[cold]
    fn failed(&self, sql: &str, error: Error) -> Error {
        self.engine.tables().forget();
        told_of(self.explained(error), sql)
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        if self.is_broken() {
            return self.place.close();
        }
        let ended = match self.transaction() {
            Ok(TransactionState::None) => Ok(()),
            Ok(TransactionState::Begun | TransactionState::Other) => self.rollback(),
            Err(error) => Err(error),
        };
        let cleaned =
            ended.and_then(|()| self.lift_limits()).and_then(|()| if self.used { self.place.reset() } else { Ok(()) });
        if let Err(error) = cleaned {
            tracing::warn!(target: "orm::pool", %error, "closed a connection that could not be cleaned up");
            self.place.close();
        }
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn").field("backend", self.backend()).field("broken", &self.is_broken()).finish()
    }
}

/// `keyword "name"`.
fn with_name(dialect: &'static dyn Dialect, keyword: &str, name: &str) -> Result<String> {
    if name.contains('\0') {
        return Err(Error::new(
            ErrorKind::Config,
            format!("{name:?} holds the character NUL, and cannot name a savepoint"),
        ));
    }
    Ok(format!("{keyword} {}", names::quoted(dialect, name)))
}
