//! What a failure means for the transaction that it happens in.

use std::mem::take;

use super::link::{Link, Way, savepoint_name};
use crate::driver::{CancelToken, TransactionState};
use crate::error::{Error, ErrorKind, Result};

/// The kind of the last failure since a transaction ended.
#[derive(Debug, Default)]
pub(crate) struct LastFailure(Option<ErrorKind>);

impl LastFailure {
    pub(crate) fn note(&mut self, error: &Error) {
        // That a rollback is needed has a reason, which was noted before.
        if error.kind() != ErrorKind::PendingRollback {
            self.0 = Some(error.kind());
        }
    }

    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }

    /// Whether others were in the way: what memory knows of the rows is out of date.
    pub(crate) fn is_conflict(&self) -> bool {
        self.0.is_some_and(ErrorKind::is_conflict)
    }

    /// Whether the unit of work may succeed when it is run again.
    pub(crate) fn is_transient(&self) -> bool {
        self.0.is_some_and(ErrorKind::is_transient)
    }
}

impl Link {
    /// Whether statements are refused until a rollback.
    pub(crate) fn needs_rollback(&self) -> bool {
        self.failed.is_some()
    }

    pub(crate) fn refuse_failed(&self) -> Result<()> {
        if self.stop.as_ref().is_some_and(CancelToken::is_cancelled) {
            let message = "the session was stopped by its token, and runs nothing more";
            return Err(Error::new(ErrorKind::Cancelled, message));
        }
        let Some(reason) = &self.failed else { return Ok(()) };
        let message = format!(
            "a statement failed, and what was not committed is rolled back ({reason}); call rollback() to go on"
        );
        Err(Error::new(ErrorKind::PendingRollback, message))
    }

    /// A statement has failed, and with it the transaction that it ran in.
    pub(crate) fn failed_statement(&mut self, error: Error) -> Error {
        let error = match self.way {
            Way::Free | Way::Snapshot(_) => {
                self.last_failure.note(&error);
                return error;
            }
            Way::Alone(_) => commit_unknown(error),
            Way::Transaction(_) => error,
        };
        self.fail(&error);
        error
    }

    /// Whether something was begun that a failure ends.
    pub(super) fn is_begun(&self) -> bool {
        matches!(self.way, Way::Alone(_) | Way::Transaction(_))
    }

    /// What was not committed has failed. Undoes what was done since the innermost savepoint, or ends the transaction; statements are refused
    /// until a rollback of that savepoint, or of the transaction.
    pub(crate) fn fail(&mut self, error: &Error) {
        self.last_failure.note(error);
        if self.failed.is_some() {
            self.failed = Some(error.to_string());
            return;
        }
        if let (Way::Transaction(conn), 1..) = (&mut self.way, self.savepoints)
            && matches!(conn.transaction(), Ok(TransactionState::Begun))
            && conn.rollback_to_savepoint(&savepoint_name(self.savepoints)).is_ok()
        {
            self.failed = Some(error.to_string());
            return;
        }
        self.lose(error);
    }

    /// The transaction is lost, with all of its savepoints.
    pub(super) fn lose(&mut self, error: &Error) {
        self.lost |= self.is_begun();
        let rolled_back = match take(&mut self.way) {
            Way::Transaction(mut conn) if !conn.is_broken() => conn.rollback(),
            _ => Ok(()),
        };
        self.failed = Some(match rolled_back {
            Ok(()) => error.to_string(),
            Err(second) => format!("{error}; and the rollback failed: {second}"),
        });
    }
}

/// When the connection breaks on a commit, it is not known whether there was one.
pub(super) fn commit_unknown(error: Error) -> Error {
    if error.kind() != ErrorKind::ConnectionLost {
        return error;
    }
    let message = format!(
        "whether the transaction was committed is not known, as the connection broke before the answer came: {error}"
    );
    Error::new(ErrorKind::CommitUnknown, message).with_source(error)
}
