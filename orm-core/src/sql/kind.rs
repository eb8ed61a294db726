use std::fmt;

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementKind {
    /// It reads.
    Select,
    /// It inserts, behind `WITH` too.
    Insert,
    /// It updates, behind `WITH` too.
    Update,
    /// It deletes, behind `WITH` too.
    Delete,
    /// It copies rows in bulk, in or out: `COPY`.
    Copy,
    /// It changes the schema: `CREATE`, `ALTER`, `DROP`, `TRUNCATE`.
    Schema,
    /// It begins a transaction.
    Begin,
    /// It prepares one for a commit in two phases.
    Prepare,
    /// It commits one.
    Commit,
    /// It rolls one back.
    Rollback,
    /// It sets a savepoint.
    Savepoint,
    /// It forgets a savepoint.
    Release,
    /// It rolls back to a savepoint.
    RollbackTo,
    /// Anything else.
    Other,
}

impl StatementKind {
    /// All kinds, in the order in which they are declared.
    pub const ALL: [Self; 14] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Copy,
        Self::Schema,
        Self::Begin,
        Self::Prepare,
        Self::Commit,
        Self::Rollback,
        Self::Savepoint,
        Self::Release,
        Self::RollbackTo,
        Self::Other,
    ];

    /// Whether it is about transactions.
    pub fn is_transaction(self) -> bool {
        use StatementKind::{Begin, Commit, Prepare, Release, Rollback, RollbackTo, Savepoint};
        matches!(self, Begin | Prepare | Commit | Rollback | Savepoint | Release | RollbackTo)
    }

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Copy => "COPY",
            Self::Schema => "DDL",
            Self::Begin => "BEGIN",
            Self::Prepare => "PREPARE TRANSACTION",
            Self::Commit => "COMMIT",
            Self::Rollback => "ROLLBACK",
            Self::Savepoint => "SAVEPOINT",
            Self::Release => "RELEASE SAVEPOINT",
            Self::RollbackTo => "ROLLBACK TO SAVEPOINT",
            Self::Other => "OTHER",
        }
    }
}

impl fmt::Display for StatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
