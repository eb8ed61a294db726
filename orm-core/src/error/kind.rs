/// The kind of an error, for programs to match on.
///
/// ```
/// use orm::prelude::*;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     #[orm(unique)]
/// #     email: String,
/// # }
/// fn sign_up(engine: &Engine, email: &str) -> orm::Result<&'static str> {
///     let email = email.to_owned();
///     let outcome = engine.transaction(|session| {
///         session.add(User { email, ..Default::default() });
///         session.flush()
///     });
///     match outcome {
///         Ok(()) => Ok("welcome"),
///         Err(error) if error.kind() == ErrorKind::UniqueViolation => Ok("this address is taken"),
///         Err(error) if error.kind().is_transient() => Ok("try again"), // or let `Engine::unit` do so
///         Err(error) => Err(error),
///     }
/// }
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![User])?;
/// assert_eq!(sign_up(&engine, "ann@example.com")?, "welcome");
/// assert_eq!(sign_up(&engine, "ann@example.com")?, "this address is taken");
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A required row does not exist: `one()` found none, or `refresh` found that the row is gone.
    NotFound,
    /// There are several rows where one was expected: by `one()` and `one_or_none()`.
    MultipleFound,
    /// A UNIQUE or PRIMARY KEY constraint refused the row: another row has the same values. [`Error::constraint`](crate::Error::constraint)
    /// names the columns.
    UniqueViolation,
    /// A FOREIGN KEY constraint refused the statement: the row references a key that does not exist, or rows still reference the one that
    /// is to be deleted.
    ForeignKeyViolation,
    /// A NOT NULL constraint refused the row, or a required key was never set.
    NotNullViolation,
    /// A CHECK constraint refused the row: its condition is false for the values.
    CheckViolation,
    /// Objects break rules of their models, which [`violations`](crate::Error::violations) lists; nothing was written.
    Invalid,
    /// A row was changed or deleted by somebody else since it was loaded: the UPDATE or DELETE of the flush, which compares what was read,
    /// found no such row. Roll back and run the unit of work again.
    StaleData,
    /// The condition of a write was false for the item that is there: DynamoDB's `ConditionFailed`. SQL databases have constraints and `StaleData`.
    ConditionFailed,
    /// The store has no such table: of DynamoDB. SQL databases say `Database`, as their statements may name several.
    TableNotFound,
    /// The transaction could not be serialized with others, as its isolation demands: run it again.
    Serialization,
    /// Two transactions waited for each other's locks, and the database ended this one: run it again.
    Deadlock,
    /// Another connection holds the lock that the statement needs, and did not give it back in time: SQLite's one writer, a row's lock
    /// with `nowait`, or any lock within `lock_timeout`. Run it again.
    Busy,
    /// A statement took longer than it may, or the deadline of its transaction or unit of work has passed. The same would take as long again.
    Timeout,
    /// The server asks for a pause: it has too much to do, or a limit of requests is reached. Run it again later.
    Throttled,
    /// A statement was cancelled: by a [`CancelToken`](crate::driver::CancelToken), or by somebody at the server.
    Cancelled,
    /// The statement writes, and the transaction, the connection or the database is for reading only.
    ReadOnly,
    /// The connection broke, or could not be made: the server does not answer, was restarted, or closed it.
    ConnectionLost,
    /// The connection broke during a commit. It is unknown whether the transaction was committed, so running it again may write twice.
    CommitUnknown,
    /// The transaction was committed on some of the databases of the session, and not on others, which the message names.
    PartialCommit,
    /// No pooled connection became free in time: all are in use, perhaps by sessions that were not closed.
    PoolTimeout,
    /// A cell does not fit the type of its field: a NULL without `Option`, a text that is no date, a number that is too large.
    Decode,
    /// A relation or object is not in memory, and the operation may not load it.
    NotLoaded,
    /// A relation was loaded one by one more often than `watch_lazy_loads` allows.
    RepeatedLoad,
    /// A handle does not name an object of this session: the object has left it, or it is of another session.
    Detached,
    /// A statement of the transaction failed before: the session refuses others until `rollback()`.
    PendingRollback,
    /// The database cannot do this, as SQLite has no `skip_locked`; nothing was sent.
    Unsupported,
    /// The definition of a model or table is wrong: two models describe one table differently, or a relation lacks its other side.
    Schema,
    /// The URL, the credentials or an option is wrong.
    Config,
    /// The use of a session breaks its rules: a flush within a flush, `begin` within a transaction, a relation used against its options.
    InvalidState,
    /// A file, or whatever else rows are read from or written to, failed.
    Io,
    /// Anything else that the database refused: a table that does not exist, a mistake in raw SQL, a full disk.
    Database,
}

impl ErrorKind {
    /// Whether the whole unit of work may succeed when it is run again, from its first read on: the database took back what it wrote because of
    /// somebody else, or the connection broke before the commit. Not so [`CommitUnknown`](ErrorKind::CommitUnknown), which may write twice.
    ///
    /// See the example of [`ErrorKind`].
    pub fn is_transient(self) -> bool {
        self.is_conflict() || matches!(self, Self::ConnectionLost | Self::Throttled)
    }

    /// Whether somebody else was in the way.
    pub(crate) fn is_conflict(self) -> bool {
        matches!(self, Self::Serialization | Self::Deadlock | Self::Busy | Self::StaleData)
    }
}
