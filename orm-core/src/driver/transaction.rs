//! The purpose of a transaction, its options, and its state.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// The purpose of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionMode {
    /// To read.
    Read,
    /// To write, at the database's default isolation: a database with one writer takes its lock now.
    Write,
    /// To read and write as the options say: a database with one writer takes its lock now, unless they say that nothing is written.
    With(TransactionOptions),
}

impl TransactionMode {
    /// The mode of a transaction with these options.
    pub(crate) fn of(options: TransactionOptions) -> Self {
        if options.is_default() { Self::Write } else { Self::With(options) }
    }
}

/// The options of a transaction. An option that is not given is that of the session, else of the engine, else of the database.
///
/// They are given for one transaction ([`Session::begin_with`](crate::session::Session::begin_with)), for all of a session
/// ([`set_transaction_options`](crate::session::Session::set_transaction_options)), or for all of an engine
/// ([`EngineBuilder::transaction_options`](crate::engine::EngineBuilder::transaction_options)). An [`Isolation`] converts to options with nothing else.
///
/// ```
/// # use orm_core::driver::{Isolation, TransactionOptions};
/// let report = TransactionOptions::new().isolation(Isolation::RepeatableRead).read_only(true);
/// # let _ = report;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// How far it is isolated.
    pub isolation: Option<Isolation>,
    /// Whether the database refuses to write.
    pub read_only: Option<bool>,
    /// Whether it waits until it can neither fail by a `Serialization` error nor cause one.
    pub deferrable: Option<bool>,
    /// How long each statement may take. Zero is no limit.
    pub statement_timeout: Option<Duration>,
    /// How long a statement waits for a lock. Zero is no limit.
    pub lock_timeout: Option<Duration>,
    /// How long the transaction may wait for its next statement. Zero is no limit.
    pub idle_timeout: Option<Duration>,
    /// How long the transaction may take as a whole. Zero is no limit.
    pub transaction_timeout: Option<Duration>,
}

impl TransactionOptions {
    /// No options.
    pub const fn new() -> Self {
        Self {
            isolation: None,
            read_only: None,
            deferrable: None,
            statement_timeout: None,
            lock_timeout: None,
            idle_timeout: None,
            transaction_timeout: None,
        }
    }

    /// Isolates the transaction so far, or further: a database with one writer makes every transaction serializable.
    #[must_use]
    pub const fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// Whether the database refuses to write, by an error of the kind [`ReadOnly`](crate::ErrorKind::ReadOnly). A database with one writer lets
    /// others write meanwhile.
    #[must_use]
    pub const fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = Some(read_only);
        self
    }

    /// Whether a transaction that is [`Serializable`](Isolation::Serializable) and [`read_only`](Self::read_only) waits, as it begins, until it can
    /// neither fail by a `Serialization` error nor cause one: for long reports. Where such transactions do neither anyway it begins at once.
    #[must_use]
    pub const fn deferrable(mut self, deferrable: bool) -> Self {
        self.deferrable = Some(deferrable);
        self
    }

    /// Ends each statement that takes longer, by an error of the kind [`Timeout`](crate::ErrorKind::Timeout). It holds for statements outside
    /// transactions too. Zero is no limit.
    #[must_use]
    pub const fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// Ends each statement that waits longer for a lock, by an error of the kind [`Busy`](crate::ErrorKind::Busy). Zero is no limit.
    #[must_use]
    pub const fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = Some(timeout);
        self
    }

    /// Lets the server end a transaction that waits longer for its next statement, with its connection: the next statement is
    /// [`ConnectionLost`](crate::ErrorKind::ConnectionLost). Where there is no server it is `Unsupported`. Zero is no limit.
    #[must_use]
    pub const fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// Ends a transaction that takes longer: the statement that runs then, or else the next one or the commit, is an error of the kind
    /// [`Timeout`](crate::ErrorKind::Timeout). Zero is no limit.
    #[must_use]
    pub const fn transaction_timeout(mut self, timeout: Duration) -> Self {
        self.transaction_timeout = Some(timeout);
        self
    }

    /// These options, and those of `outer` where these give none.
    #[must_use]
    pub fn or(self, outer: Self) -> Self {
        Self {
            isolation: self.isolation.or(outer.isolation),
            read_only: self.read_only.or(outer.read_only),
            deferrable: self.deferrable.or(outer.deferrable),
            statement_timeout: self.statement_timeout.or(outer.statement_timeout),
            lock_timeout: self.lock_timeout.or(outer.lock_timeout),
            idle_timeout: self.idle_timeout.or(outer.idle_timeout),
            transaction_timeout: self.transaction_timeout.or(outer.transaction_timeout),
        }
    }

    /// Whether the transaction is read-only.
    pub fn is_read_only(&self) -> bool {
        self.read_only == Some(true)
    }

    /// Whether no option is given.
    pub fn is_default(&self) -> bool {
        *self == Self::new()
    }

    /// Whether reads have to begin a transaction, for what these say to hold.
    pub(crate) fn shape_reads(&self) -> bool {
        self.isolation.is_some() || self.read_only.is_some() || self.deferrable.is_some()
    }

    /// Refuses options that contradict each other.
    pub(crate) fn check(&self) -> Result<()> {
        if self.deferrable != Some(true) || (self.is_read_only() && self.isolation == Some(Isolation::Serializable)) {
            return Ok(());
        }
        let message = "`deferrable` is for transactions that are `isolation(Isolation::Serializable)` and `read_only(true)`: say both, or \
                       leave it out";
        Err(Error::new(ErrorKind::Config, message))
    }
}

impl From<Isolation> for TransactionOptions {
    fn from(isolation: Isolation) -> Self {
        Self::new().isolation(isolation)
    }
}

/// The isolation level of a transaction. The weakest level is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Isolation {
    /// Each statement sees what was committed before it.
    ReadCommitted,
    /// All statements see one snapshot. Overwriting a row that others changed since is a `Serialization` error.
    RepeatableRead,
    /// The result is as if all transactions ran one after the other. If that is impossible, it is a `Serialization` error.
    Serializable,
}

/// The state of the transaction on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionState {
    /// No transaction is open. Each statement is a transaction of its own.
    None,
    /// The transaction of [`Connection::begin`](super::Connection::begin) is open. After a failed statement it may allow only a rollback.
    Begun,
    /// A transaction is open that a statement began.
    Other,
}
