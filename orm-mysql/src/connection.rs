use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use mysql::prelude::Queryable as _;
use mysql::{Opts, Params, Statement, Value};
use orm_core::catalog::{Catalog, Reflect};
use orm_core::dialect::Dialect;
use orm_core::driver::{
    BatchDone, Bind, Connection, Limits, Notification, RowSink, RowStream, TransactionMode, TransactionState,
};
use orm_core::render;
use orm_core::schema::{TableFacts, TableName};
use orm_core::sql::StatementKind;
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use crate::begin::begin;
use crate::catalog;
use crate::decode::{Columns, MysqlRow};
use crate::dialect::MysqlDialect;
use crate::encode::{self, RowParams};
use crate::error::{classify, classify_violation, ends_connection, ends_transaction, violated};
use crate::rows::MysqlRows;
use crate::server::{Server, run};
use crate::table;
use crate::watch::Watch;
use crate::xa::Branch;

/// One connection to a server.
pub(crate) struct MysqlConnection {
    pub(crate) driver: mysql::Conn,
    /// For a second connection, which ends statements of this one.
    pub(crate) place: Arc<Opts>,
    pub(crate) server: Server,
    pub(crate) limits: Limits,
    pub(crate) state: State,
    /// Whether `begin` has changed settings of the session.
    limited: bool,
    /// The transaction, where it has an id, and what is prepared.
    pub(crate) branch: Option<Branch>,
}

/// The state of a connection, as far as it is known here.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) transaction: Known,
    broken: bool,
    /// Whether the server has said of rows that they were changed, since the transaction began.
    pub(crate) changed: bool,
    /// Whether the server was asked to end a statement. The request may come late, and must not hit what comes next.
    pub(crate) asked_to_end: bool,
}

impl State {
    /// Converts an error of the driver.
    #[cold]
    pub(crate) fn failed(&mut self, error: mysql::Error) -> Error {
        self.note(&error);
        classify(error)
    }

    fn note(&mut self, error: &mysql::Error) {
        self.broken |= ends_connection(error);
        if ends_transaction(error) && self.transaction == Known::Begun {
            self.transaction = Known::Failed;
        }
    }
}

/// What is known of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    None,
    Begun,
    /// An error may have ended it.
    Failed,
    /// A statement may have ended it, or begun another one.
    Doubtful,
}

impl MysqlConnection {
    pub(crate) fn new(driver: mysql::Conn, place: Arc<Opts>, server: Server) -> Self {
        let state = State { transaction: Known::None, broken: false, changed: false, asked_to_end: false };
        Self { driver, place, server, limits: Limits::default(), state, limited: false, branch: None }
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        MysqlDialect::of(self.server)
    }

    pub(crate) fn failed(&mut self, error: mysql::Error) -> Error {
        self.state.failed(error)
    }

    /// Catches a request to end the statement before.
    pub(crate) fn settle(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.state.asked_to_end) {
            return Ok(());
        }
        match self.driver.query_drop("DO 0") {
            Err(error) if ends_connection(&error) => Err(self.failed(error)),
            _ => Ok(()),
        }
    }

    pub(crate) fn prepared(&mut self, sql: &str, given: usize) -> Result<Statement> {
        self.settle()?;
        let statement = self.driver.prep(sql).map_err(|error| self.state.failed(error))?;
        match usize::from(statement.num_params()) {
            wanted if wanted == given => Ok(statement),
            wanted => Err(Error::new(
                ErrorKind::Database,
                format!("the statement has {wanted} placeholders and was given {given} parameters"),
            )),
        }
    }

    /// Runs `work`, which sends the statement, with the driver, and ends the statement when a limit is reached.
    fn watched<T>(&mut self, sql: &str, work: impl FnOnce(&mut mysql::Conn) -> Result<T, mysql::Error>) -> Result<T> {
        self.settle()?;
        let watch = Watch::over(&self.limits, &self.place, self.driver.connection_id());
        let outcome = work(&mut self.driver);
        self.state.asked_to_end |= watch.is_some_and(Watch::finish);
        self.state.changed |= self.driver.affected_rows() > 0;
        outcome.map_err(|error| self.refused(sql, error))
    }

    /// Converts an error of a statement, with the table and the columns that the server does not tell of.
    #[cold]
    fn refused(&mut self, sql: &str, error: mysql::Error) -> Error {
        let Some(mut constraint) = violated(&error) else { return self.state.failed(error) };
        self.state.note(&error);
        if constraint.table.is_none() {
            let (_, tables) = render::summary(sql, &self.dialect().capabilities().lexical_rules);
            constraint.table = tables.into_iter().next();
        }
        if let (Some(table), Some(key), []) = (&constraint.table, &constraint.name, &*constraint.columns) {
            let table = TableName { schema: None, name: table.clone().into() };
            // What is not known is left out: the first error is the one that matters.
            constraint.columns = table::unique_columns(self, &table, key).unwrap_or_default();
        }
        classify_violation(error, constraint)
    }

    /// Notes a statement that a user wrote, or that changes the schema: it may end the transaction.
    fn note(&mut self, sql: &str) {
        let rules = &self.dialect().capabilities().lexical_rules;
        let keeps = |sql: &str| {
            if harmless(sql) {
                return true;
            }
            use StatementKind::{Delete, Insert, Release, RollbackTo, Savepoint, Select, Update};
            let (kind, _) = render::summary(sql, rules);
            matches!(kind, Delete | Insert | Release | RollbackTo | Savepoint | Select | Update)
        };
        let keeps_all = match render::statements(self.dialect(), sql) {
            Ok(statements) => statements.into_iter().all(keeps),
            // A semicolon in quotes ends no statement.
            Err(_) => {
                !(sql.contains(';') && sql.contains(['\'', '"', '`'])) && sql.split(';').map(str::trim).all(keeps)
            }
        };
        if !keeps_all {
            self.state.transaction = Known::Doubtful;
        }
    }

    /// Runs statements that return nothing that matters.
    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        let changed = self.watched(sql, |driver| run(driver, sql))?;
        self.state.changed |= changed > 0;
        Ok(())
    }

    fn cleaned(&mut self, sql: &str) -> Result<()> {
        let limits = std::mem::take(&mut self.limits);
        let outcome = self.script(sql);
        self.limits = limits;
        outcome
    }

    fn is_open(&mut self) -> Result<bool> {
        let open: Option<i64> =
            self.driver.query_first(self.server.asks_transaction()).map_err(|error| self.state.failed(error))?;
        Ok(open.is_some_and(|count| count > 0))
    }

    pub(crate) fn begin_as(&mut self, mode: TransactionMode, xid: Option<&str>) -> Result<()> {
        if self.transaction()? != TransactionState::None {
            let message = "a transaction is open on the connection already: commit it or roll it back first";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let mut sql = String::new();
        if self.limited {
            sql.push_str(self.server.lifts_limits());
            self.limited = false;
        }
        sql.push_str(&begin(self.server, mode, xid)?);
        self.limited = sql.contains("SET SESSION");
        self.script(&sql)?;
        self.state.changed = false;
        self.state.transaction = Known::Begun;
        Ok(())
    }
}

/// Whether a statement sets or shows something, and so leaves the transaction as it is.
fn harmless(sql: &str) -> bool {
    const FIRST: &[&str] = &["set", "show", "do", "use", "describe", "explain", "kill"];
    let sql = sql.trim_start().to_ascii_lowercase();
    let word = sql.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    FIRST.contains(&word) && !sql.contains("autocommit")
}

/// How many rows a statement changed: an UPDATE counts those that it found, also if they had the values already.
fn count(affected: u64, info: &str) -> u64 {
    let number = |name: &str| -> Option<u64> {
        let (_, rest) = info.split_once(name)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    if let Some(matched) = number("Rows matched:") {
        return matched;
    }
    match number("Duplicates:") {
        // A row that an upsert changed counts twice.
        Some(changed) => affected.saturating_sub(changed),
        None => affected,
    }
}

/// The rows that a statement for one row changed: an upsert counts a changed row twice.
fn count_one(sql: &str, affected: u64, info: &str) -> u64 {
    let upserts = affected == 2 && info.is_empty() && sql.starts_with("INSERT");
    if upserts { 1 } else { count(affected, info) }
}

impl Connection for MysqlConnection {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        let statement = self.prepared(sql, params.len())?;
        let params = positional(encode::params(params)?);
        let (mut refused, mut rows) = (Ok(()), false);
        self.watched(sql, |driver| {
            let mut result = driver.exec_iter(&statement, params)?;
            let columns = Columns::new(result.columns().as_ref());
            for row in result.by_ref() {
                rows = true;
                match sink(&MysqlRow::new(&columns, &row?)) {
                    Ok(ControlFlow::Continue(())) => {}
                    Ok(ControlFlow::Break(())) => break,
                    Err(error) => {
                        refused = Err(error);
                        break;
                    }
                }
            }
            Ok(())
        })?;
        self.state.changed |= rows && !sql.starts_with("SELECT");
        refused
    }

    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>> {
        let statement = self.prepared(sql, params.len())?;
        let params = positional(encode::params(params)?);
        Ok(Box::new(MysqlRows::open(self, &statement, params, mode == TransactionMode::Read)?))
    }

    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        let statement = self.prepared(sql, params.len())?;
        let params = positional(encode::params(params)?);
        let kind = render::summary(sql, &self.dialect().capabilities().lexical_rules).0;
        if !matches!(kind, StatementKind::Insert | StatementKind::Update | StatementKind::Delete) {
            self.note(sql);
        }
        self.watched(sql, |driver| {
            let mut result = driver.exec_iter(&statement, params)?;
            let done = count_one(sql, result.affected_rows(), &result.info_str());
            for row in result.by_ref() {
                row?;
            }
            Ok(done)
        })
    }

    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        let mut statement = None;
        for row in 0..rows {
            let mut bound = RowParams::default();
            bind(row, &mut bound)?;
            let statement = match &statement {
                Some(statement) => statement,
                None => &*statement.insert(self.prepared(sql, bound.0.len())?),
            };
            let counted = self.watched(sql, |driver| {
                let result = driver.exec_iter(statement, positional(bound.0))?;
                let affected = count_one(sql, result.affected_rows(), &result.info_str());
                let key = result.last_insert_id().and_then(|key| i64::try_from(key).ok()).unwrap_or_default();
                Ok(BatchDone { affected, last_insert_id: key })
            });
            done(row, counted?);
        }
        Ok(())
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        if sql.trim().is_empty() {
            // The server would refuse it.
            return Ok(());
        }
        self.note(sql);
        self.script(sql)
    }

    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>> {
        table::describe(self, table)
    }

    fn reflect(&mut self, options: &Reflect) -> Result<Catalog> {
        catalog::read(self, options)
    }

    fn set_limits(&mut self, limits: &Limits) -> Result<()> {
        self.limits = limits.clone();
        Ok(())
    }

    fn notification(&mut self, _: Duration) -> Result<Option<Notification>> {
        Err(Error::unsupported(self.dialect().name(), "LISTEN and NOTIFY"))
    }

    fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        self.begin_as(mode, None)
    }

    fn begin_prepared(&mut self, id: &str, mode: TransactionMode) -> Result<()> {
        self.begin_branch(id, mode)
    }

    fn has_changed_rows(&self) -> bool {
        self.state.changed
    }

    fn prepare_transaction(&mut self, id: &str) -> Result<()> {
        self.prepare_branch(id)
    }

    fn commit_prepared(&mut self, id: &str) -> Result<()> {
        self.end_branch("XA COMMIT", id)
    }

    fn rollback_prepared(&mut self, id: &str) -> Result<()> {
        self.end_branch("XA ROLLBACK", id)
    }

    fn prepared_transactions(&mut self) -> Result<Vec<String>> {
        self.recover()
    }

    fn transaction(&mut self) -> Result<TransactionState> {
        if matches!(self.state.transaction, Known::Failed | Known::Doubtful) {
            self.state.transaction = match (self.is_open()?, self.state.transaction) {
                (false, _) => Known::None,
                (true, Known::Failed) => Known::Begun,
                (true, known) => known,
            };
        }
        Ok(match self.state.transaction {
            Known::None => TransactionState::None,
            Known::Begun | Known::Failed => TransactionState::Begun,
            Known::Doubtful => TransactionState::Other,
        })
    }

    fn commit(&mut self) -> Result<()> {
        if !self.commit_branch()? {
            self.script("COMMIT")?;
        }
        self.state.transaction = Known::None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<()> {
        if !self.rollback_branch()? {
            self.cleaned("ROLLBACK")?;
        }
        self.state.transaction = Known::None;
        Ok(())
    }

    /// The server checks foreign keys with each row.
    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        table::has_foreign_key(self, table, columns).map(|has| !has)
    }

    /// Nothing is deferred.
    fn check_deferred(&mut self) -> Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        self.limits = Limits::default();
        self.rollback_branch()?;
        self.state.transaction = Known::None;
        self.limited = false;
        // It rolls back, and takes back settings, temporary tables, locks and prepared statements.
        self.settle()?;
        self.driver.reset().map_err(|error| self.state.failed(error))?;
        let again = self.server.set_up_again(&mut self.driver, self.place.get_db_name());
        let at_home = again.map_err(|error| self.state.failed(error))?;
        // The pool takes no connection back that is in a database of its last user.
        self.state.broken |= !at_home;
        Ok(())
    }

    fn is_broken(&self) -> bool {
        // What it has prepared, others can end when it is closed.
        self.state.broken || self.branch.as_ref().is_some_and(|branch| branch.prepared)
    }

    fn ping(&mut self) -> Result<()> {
        self.driver.ping().map_err(|error| {
            self.state.broken = true;
            classify(error)
        })
    }
}

/// Parameters in their order. Without any the driver wants to hear of none.
pub(crate) fn positional(values: Vec<Value>) -> Params {
    if values.is_empty() { Params::Empty } else { Params::Positional(values) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_as_elsewhere() {
        assert_eq!(count(1, "Rows matched: 3  Changed: 1  Warnings: 0"), 3);
        assert_eq!(count(3, "Records: 2  Duplicates: 1  Warnings: 0"), 2);
        assert_eq!(count(5, ""), 5);
        assert!(harmless(" SET sql_mode = ''") && !harmless("SET autocommit = 1") && !harmless("settle"));
        assert_eq!((count_one("INSERT ..", 2, ""), count_one("DELETE ..", 2, "")), (1, 2));
    }
}
