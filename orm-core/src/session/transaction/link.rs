//! A session's way to the database: a pooled connection and the transaction on it.

use std::borrow::Cow;
use std::mem::take;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::failure::{LastFailure, commit_unknown};
use super::names::{CommitNames, Named};
use super::reading::Readers;
use super::snapshot::Sharing;
use crate::dialect::{Dialect, within};
use crate::driver::{CancelToken, Isolation, Limits, TransactionMode, TransactionOptions, TransactionState};
use crate::engine::{At, Conn, Engine, FlushedRows};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;
use crate::sql::{Access, Context};

/// Who is told that a transaction has begun, with its connection.
pub(crate) type BeginListener = Box<dyn FnMut(&mut Conn) -> Result<()> + Send>;

/// The texts of statements that were sent, in their order over all links of a session.
#[derive(Clone, Default)]
pub(crate) struct Recording(Arc<Mutex<Vec<String>>>);

impl Recording {
    pub(super) fn push(&self, sql: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sql.to_owned());
    }

    pub(super) fn take(&self) -> Vec<String> {
        take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What statements run on.
#[derive(Default)]
pub(crate) enum Way {
    /// Each read takes a connection for itself and gives it back.
    #[default]
    Free,
    /// The reads of one call share a connection, on which a transaction that only reads is open.
    Snapshot(Conn),
    /// The only statement of a transaction, which is one by itself.
    Alone(Conn),
    /// A transaction is open. Its connection goes back to the pool when it ends.
    Transaction(Conn),
}

pub(crate) struct Link {
    pub(crate) engine: Engine,
    /// The engine's dialect, in the schema of the session.
    dialect: &'static dyn Dialect,
    /// Where in the program the session was made.
    pub(super) made_at: At,
    pub(crate) way: Way,
    /// Whether the reads of the running call share a snapshot, which begins with the first of them.
    pub(super) sharing: Sharing,
    /// Whether the next statement is one of the user's own SQL.
    pub(crate) raw: bool,
    /// The number of the newest transaction: each has its own.
    number: u64,
    /// Whether the database lets nobody change, unnoticed, what the transaction has read.
    protects: bool,
    /// Whether all statements of the transaction see one snapshot.
    pub(super) has_snapshot: bool,
    /// How transactions run, as far as one does not say otherwise.
    pub(super) options: TransactionOptions,
    /// What ends the statements of the session.
    pub(super) limits: Limits,
    /// What ends the session between two statements.
    pub(super) stop: Option<CancelToken>,
    /// When the open transaction has to end.
    pub(super) ends: Option<Instant>,
    /// Whether a read begins a transaction.
    reads_begin: bool,
    /// Who is told that a transaction has begun.
    begun: Vec<Arc<Mutex<BeginListener>>>,
    /// How many savepoints are open.
    pub(super) savepoints: usize,
    /// Why the session needs a rollback.
    pub(super) failed: Option<String>,
    /// Whether a transaction was lost as a whole, so that no rollback to a savepoint helps.
    pub(super) lost: bool,
    /// The statements that were sent, where they are recorded.
    pub(super) recorded: Option<Recording>,
    /// Whether something was written in the open transaction.
    written: bool,
    /// What names the transactions that commit together, where several databases commit in two phases.
    pub(super) names: Option<CommitNames>,
    /// The name under which the open transaction was begun, where the database has to know it from then on.
    pub(super) named: Option<Named>,
    /// The connection that has prepared a transaction, until that is committed or rolled back.
    pub(super) prepared: Option<Conn>,
    pub(super) readers: Readers,
    /// What the session says of all its statements.
    pub(crate) context: Context,
    pub(crate) last_failure: LastFailure,
}

impl Link {
    pub(crate) fn new(engine: Engine, made_at: At) -> Self {
        Self {
            options: engine.transaction_options(),
            dialect: engine.dialect(),
            engine,
            made_at,
            way: Way::Free,
            sharing: Sharing::No,
            raw: false,
            number: 0,
            protects: false,
            has_snapshot: false,
            limits: Limits::default(),
            stop: None,
            ends: None,
            reads_begin: false,
            begun: Vec::new(),
            savepoints: 0,
            failed: None,
            lost: false,
            recorded: None,
            written: false,
            names: None,
            named: None,
            prepared: None,
            readers: Readers::default(),
            context: Context::default(),
            last_failure: LastFailure::default(),
        }
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// The schema of tables that name none is this one, or the connection's own.
    pub(super) fn set_schema(&mut self, schema: Option<&str>) {
        let own = self.engine.dialect();
        self.dialect = schema.map_or(own, |schema| within(own, schema));
    }

    /// The name of a table, with the schema of the session if it has none.
    pub(super) fn placed<'n>(&self, table: &'n TableName) -> Cow<'n, TableName> {
        match (self.dialect.schema(), &table.schema) {
            (Some(schema), None) => Cow::Owned(TableName { schema: Some(schema.into()), name: table.name.clone() }),
            _ => Cow::Borrowed(table),
        }
    }

    /// Calls `listener` with the connection of every transaction that begins. What it sets there has to hold for reads too, so that these
    /// begin one.
    pub(crate) fn on_begin(&mut self, listener: Arc<Mutex<BeginListener>>) {
        self.begun.push(listener);
    }

    /// How every transaction runs from now on, as far as it does not say otherwise. One begins for reads too, unless nothing is said.
    pub(crate) fn set_options(&mut self, options: TransactionOptions) {
        self.options = options.or(self.engine.transaction_options());
    }

    /// Begins a transaction with the first statement, even if that is a read.
    pub(crate) fn begin_with_reads(&mut self) {
        self.reads_begin = true;
    }

    /// Whether somebody wants to know the rows of a flush.
    pub(crate) fn wants_rows(&self) -> bool {
        self.engine.wants_rows()
    }

    /// Sets the rows that the following statements of the flush write.
    pub(crate) fn set_flushed(&mut self, rows: Option<FlushedRows>) {
        if let Way::Alone(conn) | Way::Transaction(conn) = &mut self.way {
            conn.set_flushed(rows);
        }
    }

    pub(crate) fn in_transaction(&self) -> bool {
        matches!(self.way, Way::Transaction(_))
    }

    /// Whether something was written in the open transaction.
    pub(super) fn has_written(&self) -> bool {
        self.written && self.in_transaction()
    }

    /// Notes that the open transaction writes.
    pub(super) fn note_written(&mut self) {
        self.written = true;
    }

    /// The number of the open transaction if it protects what is read in it: the database then refuses to overwrite, in the same
    /// transaction, a row that somebody else has changed since. No other transaction of the session has the same number.
    pub(crate) fn protection(&self) -> Option<NonZeroU64> {
        if self.in_transaction() && self.protects { NonZeroU64::new(self.number) } else { None }
    }

    /// Begins a transaction unless one is open.
    pub(crate) fn begin(&mut self) -> Result<()> {
        self.begin_with(TransactionOptions::new())
    }

    /// Begins a transaction with options unless one is open.
    pub(crate) fn begin_with(&mut self, options: TransactionOptions) -> Result<()> {
        self.refuse_failed()?;
        let conn = match take(&mut self.way) {
            Way::Free if self.only_reads() => return self.begin_reader(options),
            Way::Free => self.connect()?,
            Way::Snapshot(mut conn) => {
                conn.commit()?;
                if self.is_at_replica() { self.connect()? } else { conn }
            }
            way => {
                self.way = way;
                return Ok(());
            }
        };
        self.open(conn, options.or(self.options))
    }

    /// A connection out of the pool.
    pub(crate) fn connect(&mut self) -> Result<Conn> {
        let bounds = self.bounds_if_free();
        self.engine.take_limited(self.made_at, bounds).inspect_err(|error| self.last_failure.note(error))
    }

    pub(super) fn open(&mut self, mut conn: Conn, options: TransactionOptions) -> Result<()> {
        options.check()?;
        self.limit(&mut conn, &options);
        let mode = TransactionMode::of(options);
        // Whether a replica is alive has to be known before a statement, for which another one is asked.
        let only_reads = self.only_reads();
        if !only_reads && self.named.is_none() && self.is_named_from_begin() {
            self.named = self.names.as_ref().map(CommitNames::at_begin);
        }
        let begun = match &self.named {
            Some(named) => conn.begin_prepared(&named.id, mode),
            None if only_reads => conn.begin(mode),
            None => conn.begin_with_next(mode),
        };
        begun.inspect_err(|error| self.last_failure.note(error))?;
        self.number += 1;
        let facts = self.dialect().capabilities();
        let protecting = if facts.snapshot_isolation { Isolation::RepeatableRead } else { Isolation::Serializable };
        self.protects = facts.one_writer || options.isolation.is_some_and(|isolation| isolation >= protecting);
        self.has_snapshot =
            facts.one_writer || options.isolation.is_some_and(|level| level >= Isolation::RepeatableRead);
        if !self.begun.is_empty() {
            conn.note_raw();
        }
        let told = self.begun.iter().try_for_each(|listener| {
            let mut listener = listener.lock().unwrap_or_else(PoisonError::into_inner);
            listener(&mut conn)
        });
        told.map_err(|error| error.context("a listener of after_begin"))?;
        // Those that were begun while another database of the session was in a transaction, and this one was not.
        (1..=self.savepoints).try_for_each(|number| conn.savepoint(&savepoint_name(number)))?;
        self.way = Way::Transaction(conn);
        Ok(())
    }

    /// Makes the next statement a transaction by itself, where none is open and nothing has to hold for it. Tells whether it is.
    pub(crate) fn begin_alone(&mut self) -> Result<bool> {
        self.refuse_failed()?;
        let is_plain = !self.options.shape_reads() && self.options.lock_timeout.is_none();
        if !matches!(self.way, Way::Free) || !is_plain || !self.begun.is_empty() {
            return Ok(false);
        }
        let (mut conn, options) = (self.connect()?, self.options);
        self.limit(&mut conn, &options);
        self.way = Way::Alone(conn);
        Ok(true)
    }

    /// Begins a transaction after a statement that was to be one by itself, and that changed nothing.
    pub(crate) fn begin_after_alone(&mut self) -> Result<()> {
        match take(&mut self.way) {
            Way::Alone(conn) => self.open(conn, self.options),
            way => {
                self.way = way;
                Ok(())
            }
        }
    }

    pub(crate) fn is_begun_by_reads(&self) -> bool {
        self.reads_begin || self.options.shape_reads() || !self.begun.is_empty()
    }

    /// The next statement is one of the user's own SQL: what it leaves in the connection is taken back.
    pub(crate) fn note_raw(&mut self) {
        self.raw = true;
    }

    /// After SQL of the user's: the transaction must be the one that it was.
    pub(crate) fn check_transaction(&mut self) -> Result<()> {
        let Way::Transaction(conn) = &mut self.way else { return Ok(()) };
        let error = match conn.transaction() {
            Ok(TransactionState::Begun) => return Ok(()),
            Ok(_) => Error::new(ErrorKind::InvalidState, ENDED_BY_SQL),
            Err(error) => error,
        };
        self.fail(&error);
        Err(error)
    }

    /// Commits. Without a transaction there is nothing to do.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let ended = self.end(|conn| conn.commit().map_err(commit_unknown)).map(drop);
        ended.map_err(|error| error.context("committing"))
    }

    /// Ends the transaction, and gives the connection that it was on.
    pub(super) fn end(&mut self, how: impl FnOnce(&mut Conn) -> Result<()>) -> Result<Option<Conn>> {
        self.refuse_failed()?;
        self.written = false;
        self.named = None;
        let ended = match take(&mut self.way) {
            Way::Transaction(mut conn) => match conn.transaction() {
                Ok(TransactionState::Begun) => conn.refuse_ended().and_then(|()| how(&mut conn)).map(|()| Some(conn)),
                Ok(_) => Err(Error::new(ErrorKind::InvalidState, ENDED_BY_SQL)),
                Err(error) => Err(error),
            },
            Way::Free | Way::Snapshot(_) | Way::Alone(_) => Ok(None),
        };
        ended.inspect(|_| self.last_failure.forget()).inspect_err(|error| self.fail(error))
    }

    /// Whether a savepoint is open.
    pub(crate) fn has_savepoint(&self) -> bool {
        self.savepoints > 0
    }

    /// Begins a savepoint, and tells how many there are now.
    pub(crate) fn savepoint(&mut self) -> Result<usize> {
        let savepoints = self.savepoints + 1;
        let outcome = self.source(Access::Lock)?.savepoint(&savepoint_name(savepoints));
        outcome.map_err(|error| self.failed_statement(error))?;
        self.savepoints = savepoints;
        Ok(savepoints)
    }

    /// Begins a savepoint if a transaction is open; otherwise the next one begins with it.
    pub(super) fn savepoint_if_begun(&mut self) -> Result<()> {
        self.refuse_failed()?;
        match self.in_transaction() {
            true => self.savepoint().map(drop),
            false => {
                self.savepoints += 1;
                Ok(())
            }
        }
    }

    /// Ends savepoint `number`: what was done since becomes a part of what is around it.
    pub(crate) fn release(&mut self, number: usize) -> Result<()> {
        self.refuse_failed()?;
        if self.savepoints < number {
            return Err(Error::new(
                ErrorKind::InvalidState,
                "the savepoint is gone: the transaction around it was rolled back",
            ));
        }
        if let Way::Transaction(conn) = &mut self.way {
            let outcome = conn.release_savepoint(&savepoint_name(number));
            outcome.map_err(|error| self.failed_statement(error))?;
        }
        self.savepoints = number - 1;
        Ok(())
    }

    /// Undoes what was done since savepoint `number`, ends it, and makes the link usable again, unless the transaction is lost as a whole.
    pub(crate) fn rollback_to(&mut self, number: usize) -> Result<()> {
        if self.savepoints < number {
            return Ok(());
        }
        self.savepoints = number - 1;
        let Way::Transaction(conn) = &mut self.way else {
            if !self.lost {
                self.failed = None;
            }
            return Ok(());
        };
        let name = savepoint_name(number);
        match conn.rollback_to_savepoint(&name).and_then(|()| conn.release_savepoint(&name)) {
            Ok(()) => {
                self.failed = None;
                Ok(())
            }
            Err(error) => {
                self.lose(&error);
                Err(error)
            }
        }
    }

    /// Rolls back and makes the link usable again.
    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.failed = None;
        self.lost = false;
        self.written = false;
        self.named = None;
        self.prepared = None;
        self.last_failure.forget();
        self.savepoints = 0;
        let ended = match take(&mut self.way) {
            Way::Transaction(mut conn) if !conn.is_broken() => conn.rollback(),
            _ => Ok(()),
        };
        self.go_on();
        ended
    }
}

const ENDED_BY_SQL: &str = "a statement of your own SQL ended the transaction; what was written before it may be committed. The session begins \
                            and ends its transactions: call `commit`, `rollback` or `begin_nested` of it";

pub(super) fn savepoint_name(number: usize) -> String {
    format!("orm_savepoint_{number}")
}
