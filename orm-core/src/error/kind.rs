/// What happened, for programs to branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A row that had to exist does not: `one()` found none, `refresh` found the row gone.
    NotFound,
    /// More rows than the one that was asked for.
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
    /// The connection broke, or could not be made.
    ConnectionLost,
    /// The connection broke while a transaction was being committed: whether it was is not known, so that running it again may write
    /// twice.
    CommitUnknown,
    /// No pooled connection became free in time.
    PoolTimeout,
    /// A cell does not hold what the field's type says.
    Decode,
    /// A relation or object is not in memory, and the operation may not load it.
    NotLoaded,
    /// A handle does not name an object of this session any more, or never did.
    Detached,
    /// A flush failed: the session refuses statements until `rollback()`.
    PendingRollback,
    /// The database cannot do this.
    Unsupported,
    /// Models or tables are not fit to be used as described.
    Schema,
    /// The URL, the credentials or an option is wrong.
    Config,
    /// The use of a session breaks its rules: a flush within a flush, `begin` within a transaction, a relation used against its options.
    InvalidState,
    /// Anything else that the database refused.
    Database,
}
