/// The kind of an error, for programs to match on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A required row does not exist: `one()` found none, or `refresh` found that the row is gone.
    NotFound,
    /// There are several rows where one was expected.
    MultipleFound,
    /// A UNIQUE or PRIMARY KEY constraint refused the row.
    UniqueViolation,
    /// A FOREIGN KEY constraint refused the row.
    ForeignKeyViolation,
    /// A NOT NULL constraint refused the row, or a required key was never set.
    NotNullViolation,
    /// A CHECK constraint refused the row.
    CheckViolation,
    /// The `validate` of a model's hooks refused an object; nothing was written.
    Invalid,
    /// A row was changed or deleted by somebody else since it was loaded.
    StaleData,
    /// The transaction could not be serialized with others: run it again.
    Serialization,
    /// The database broke a deadlock at the cost of this transaction: run it again.
    Deadlock,
    /// The database is locked by another connection.
    Busy,
    /// The transaction, the connection or the database is for reading only.
    ReadOnly,
    /// The connection broke, or could not be made.
    ConnectionLost,
    /// The connection broke during a commit. It is unknown whether the transaction was committed, so running it again may write twice.
    CommitUnknown,
    /// No pooled connection became free in time.
    PoolTimeout,
    /// A cell does not fit the type of its field.
    Decode,
    /// A relation or object is not in memory, and the operation may not load it.
    NotLoaded,
    /// A relation was loaded one by one more often than `watch_lazy_loads` allows.
    RepeatedLoad,
    /// A handle does not name an object of this session.
    Detached,
    /// A flush failed: the session refuses statements until `rollback()`.
    PendingRollback,
    /// The database cannot do this.
    Unsupported,
    /// The definition of a model or table is wrong.
    Schema,
    /// The URL, the credentials or an option is wrong.
    Config,
    /// The use of a session breaks its rules: a flush within a flush, `begin` within a transaction, a relation used against its options.
    InvalidState,
    /// Anything else that the database refused.
    Database,
}

impl ErrorKind {
    /// Whether the whole unit of work may succeed when it is run again, from its first read on: the database took back what it wrote because of
    /// somebody else, or the connection broke before the commit. Not so [`CommitUnknown`](ErrorKind::CommitUnknown), which may write twice.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Serialization | Self::Deadlock | Self::Busy | Self::StaleData | Self::ConnectionLost)
    }
}
