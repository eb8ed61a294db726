use std::num::ParseIntError;
use std::ops::ControlFlow;
use std::time::Duration;

use hashlink::LruCache;
use orm_core::driver::{BatchDone, Bind, Connection, Isolation, RowSink, RowStream, TransactionMode, TransactionState};
use orm_core::model::Row;
use orm_core::schema::{TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, RowIter, SimpleQueryMessage, Statement};

use crate::batch::{Encoded, RowBuffer};
use crate::decode::PostgresRow;
use crate::encode::Param;
use crate::error::{classify, ends_connection, is_outdated_statement, wrong_count};
use crate::foreign_key;
use crate::table;

/// Statements that a connection keeps prepared.
const STATEMENT_CACHE: usize = 256;
/// How long a sign of life may take.
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection to a server.
pub(crate) struct PostgresConnection {
    client: Client,
    known: Known,
}

/// What is known of the server's side.
struct Known {
    /// The statements that it has prepared.
    statements: LruCache<String, Statement>,
    broken: bool,
    /// Whether a statement failed since the transaction began.
    failed: bool,
    transaction: TransactionState,
    /// The server's time at which the transaction began, once that was asked for: no two of a connection have the same.
    since: Option<i64>,
    /// Whether a statement ran since that may have ended or begun a transaction.
    in_doubt: bool,
}

impl Known {
    /// The error for one of the driver's, after `sql`.
    #[cold]
    fn failed(&mut self, error: postgres::Error, sql: &str) -> Error {
        if is_outdated_statement(&error) {
            self.statements.remove(sql);
        }
        self.failed = true;
        self.broken |= ends_connection(&error);
        classify(error)
    }

    /// No transaction is open.
    fn ended(&mut self) {
        self.failed = false;
        self.transaction = TransactionState::None;
        self.since = None;
        self.in_doubt = false;
    }
}

impl PostgresConnection {
    pub(crate) fn new(client: Client) -> Self {
        let known = Known {
            statements: LruCache::new(STATEMENT_CACHE),
            broken: false,
            failed: false,
            transaction: TransactionState::None,
            since: None,
            in_doubt: false,
        };
        Self { client, known }
    }

    /// The statement as the server has prepared it, to be run.
    fn prepared(&mut self, sql: &str) -> Result<Statement> {
        self.prepare_for(sql)?;
        if let Some(statement) = self.known.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| self.known.failed(error, sql))?;
        self.known.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Runs statements by the simple protocol, which needs no preparation.
    fn simple(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|error| self.known.failed(error, sql))
    }

    /// Ends a transaction whose statements are to hold.
    fn end(&mut self, sql: &str) -> Result<()> {
        if self.known.failed {
            // The server would take it for ROLLBACK, and say nothing, unless a savepoint has mended the transaction.
            self.simple("SELECT 1")?;
        }
        self.simple(sql)?;
        self.known.ended();
        Ok(())
    }

    /// Before a statement that may end the transaction: afterwards it will be told from others by the time at which it began.
    fn prepare_for(&mut self, sql: &str) -> Result<()> {
        if keeps_transaction(sql) {
            return Ok(());
        }
        if self.known.transaction == TransactionState::Begun && !self.known.failed && self.known.since.is_none() {
            self.known.since = self.now()?;
        }
        self.known.in_doubt = true;
        Ok(())
    }

    /// When the open transaction began, in the server's microseconds; `None` when none is open.
    fn now(&mut self) -> Result<Option<i64>> {
        // Outside a transaction a statement is one, which begins with it: if it comes in a single message.
        const WHEN: &str =
            "SELECT CASE WHEN now() <> statement_timestamp() THEN (extract(epoch FROM now()) * 1000000)::int8 END";
        let found = self.client.simple_query(WHEN).map_err(|error| self.known.failed(error, WHEN))?;
        let time = found.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        let lost = |error: ParseIntError| {
            Error::new(ErrorKind::Database, "the server tells no time at which the transaction began")
                .with_source(error)
        };
        time.map(|time| time.parse().map_err(lost)).transpose()
    }
}

impl Connection for PostgresConnection {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        let statement = self.prepared(sql)?;
        check_count(&statement, params.len())?;
        let params = wrap(params);
        let rows = self.client.query(&statement, &lend(&params)).map_err(|error| self.known.failed(error, sql))?;
        for row in &rows {
            if sink(&PostgresRow::new(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The driver reads no further than rows are taken, so that the server waits.
    fn stream<'c>(&'c mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<Box<dyn RowStream + 'c>> {
        let statement = self.prepared(sql)?;
        check_count(&statement, params.len())?;
        let Self { client, known } = self;
        match client.query_raw(&statement, wrap(params)) {
            Ok(rows) => Ok(Box::new(PostgresRows { rows, known, sql: sql.to_owned() })),
            Err(error) => Err(known.failed(error, sql)),
        }
    }

    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        let statement = self.prepared(sql)?;
        check_count(&statement, params.len())?;
        let params = wrap(params);
        self.client.execute(&statement, &lend(&params)).map_err(|error| self.known.failed(error, sql))
    }

    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        let statement = self.prepared(sql)?;
        let mut buffer = RowBuffer::new(statement.params());
        for row in 0..rows {
            buffer.clear();
            bind(row, &mut buffer)?;
            let params = buffer.params();
            check_count(&statement, params.len())?;
            let affected = self.client.execute(&statement, &lend::<Encoded<'_>>(&params));
            done(
                row,
                BatchDone { affected: affected.map_err(|error| self.known.failed(error, sql))?, last_insert_id: 0 },
            );
        }
        Ok(())
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.prepare_for(sql)?;
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

    fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        if self.transaction()? != TransactionState::None {
            let message = "a transaction is open on the connection already: commit it or roll it back first";
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.known.failed = false;
        self.simple(match mode {
            TransactionMode::Read | TransactionMode::Write => "BEGIN",
            TransactionMode::Isolated(Isolation::ReadCommitted) => "BEGIN ISOLATION LEVEL READ COMMITTED",
            TransactionMode::Isolated(Isolation::RepeatableRead) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
            TransactionMode::Isolated(Isolation::Serializable) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        })?;
        self.known.transaction = TransactionState::Begun;
        Ok(())
    }

    fn transaction(&mut self) -> Result<TransactionState> {
        if self.known.in_doubt {
            match self.now() {
                Ok(None) => self.known.ended(),
                Ok(since) if self.known.since == since => {}
                Ok(_) => self.known.transaction = TransactionState::Other,
                // A failed statement left it open, whosever it is.
                Err(error) if error.kind() == ErrorKind::PendingRollback => {
                    if self.known.transaction == TransactionState::None {
                        self.known.transaction = TransactionState::Other;
                    }
                }
                Err(error) => return Err(error),
            }
            self.known.in_doubt = false;
        }
        Ok(self.known.transaction)
    }

    fn commit(&mut self) -> Result<()> {
        self.end("COMMIT")
    }

    fn rollback(&mut self) -> Result<()> {
        self.simple("ROLLBACK")?;
        self.known.ended();
        Ok(())
    }

    fn prepare_transaction(&mut self, sql: &str) -> Result<()> {
        self.end(sql)
    }

    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        let outcome = foreign_key::defer(&mut self.client, table, columns);
        self.known.failed |= outcome.is_err();
        outcome
    }

    fn is_broken(&self) -> bool {
        self.known.broken || self.client.is_closed()
    }

    fn ping(&mut self) -> Result<()> {
        self.client.is_valid(PING_TIMEOUT).map_err(|error| {
            self.known.broken = true;
            Error::new(ErrorKind::ConnectionLost, "the server gives no sign of life").with_source(error)
        })
    }
}

/// The rows of a statement, on their way.
struct PostgresRows<'c> {
    rows: RowIter<'c>,
    known: &'c mut Known,
    sql: String,
}

impl RowStream for PostgresRows<'_> {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        let Some(row) = self.rows.next().map_err(|error| self.known.failed(error, &self.sql))? else {
            return Ok(false);
        };
        read(&PostgresRow::new(&row)).map(|()| true)
    }
}

fn wrap<'a>(params: &[ValueRef<'a>]) -> Vec<Param<'a>> {
    params.iter().enumerate().map(|(index, &value)| Param { value, index }).collect()
}

fn lend<P: ToSql + Sync>(params: &[P]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as _).collect()
}

/// Whether a text is surely one statement that neither ends nor begins a transaction.
fn keeps_transaction(sql: &str) -> bool {
    const WORDS: [&str; 13] = [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "WITH",
        "VALUES",
        "CREATE",
        "ALTER",
        "DROP",
        "EXPLAIN",
        "SET",
        "SAVEPOINT",
        "RELEASE",
    ];
    let end = sql.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(sql.len());
    let (word, rest) = sql.split_at(end);
    let keeps = WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) || sql.starts_with("ROLLBACK TO SAVEPOINT ");
    keeps && !rest.contains(';')
}

/// The driver panics over a wrong number of parameters.
fn check_count(statement: &Statement, given: usize) -> Result<()> {
    let wanted = statement.params().len();
    if wanted == given { Ok(()) } else { Err(wrong_count(wanted, given)) }
}
