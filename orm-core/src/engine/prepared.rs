//! The second phase of a two-phase commit.

use std::panic::Location;

use super::{Conn, Engine};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};

/// What ends a prepared transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Second {
    Commit,
    Rollback,
}

impl Engine {
    /// Commits a transaction that [`Session::prepare`](crate::session::Session::prepare) has prepared, in any process and at any time.
    ///
    /// # Errors
    ///
    /// `Config` for an id that cannot be one, `Unsupported` where the database cannot prepare transactions, `Busy` where it belongs to the
    /// connection that has prepared it for as long as that is open, and the database's when there is no such transaction.
    #[track_caller]
    pub fn commit_prepared(&self, id: &str) -> Result<()> {
        self.end_prepared(Second::Commit, id)
    }

    /// Rolls back a transaction that was prepared.
    ///
    /// # Errors
    ///
    /// Like [`commit_prepared`](Engine::commit_prepared).
    #[track_caller]
    pub fn rollback_prepared(&self, id: &str) -> Result<()> {
        self.end_prepared(Second::Rollback, id)
    }

    /// The ids of the transactions of this database that are prepared and neither committed nor rolled back, in their
    /// order. They hold their locks until then.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database cannot prepare transactions, and the database's errors.
    #[track_caller]
    pub fn prepared_transactions(&self) -> Result<Vec<String>> {
        refuse_unprepared(self.dialect())?;
        self.take_connection(Location::caller())?.prepared_transactions()
    }

    #[track_caller]
    pub(crate) fn end_prepared(&self, second: Second, id: &str) -> Result<()> {
        check_prepared_id(self.dialect(), id)?;
        self.take_connection(Location::caller())?.end_prepared(second, id)
    }
}

/// Transactions in two phases. Hooks get a description instead of SQL, because each database spells them in its own way.
impl Conn {
    /// Ends the transaction by preparing it. Roll it back after an error.
    pub(crate) fn prepare_transaction(&mut self, id: &str) -> Result<()> {
        self.watched(&format!("PREPARE TRANSACTION '{id}'"), &[], None, |connection, _| {
            connection.prepare_transaction(id)
        })
    }

    pub(crate) fn end_prepared(&mut self, second: Second, id: &str) -> Result<()> {
        match second {
            Second::Commit => self
                .watched(&format!("COMMIT PREPARED '{id}'"), &[], None, |connection, _| connection.commit_prepared(id)),
            Second::Rollback => self.watched(&format!("ROLLBACK PREPARED '{id}'"), &[], None, |connection, _| {
                connection.rollback_prepared(id)
            }),
        }
    }

    fn prepared_transactions(&mut self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        self.watched("PREPARED TRANSACTIONS", &[], None, |connection, rows| {
            ids = connection.prepared_transactions()?;
            *rows = ids.len() as u64;
            Ok(())
        })?;
        Ok(ids)
    }
}

/// Refuses what cannot be the id of a prepared transaction: databases take no parameters there, so that it becomes a part of a statement.
///
/// # Errors
///
/// `Unsupported` where the database has no such transactions, `Config` for an id that is empty, too long, or has other letters than
/// those of ASCII, digits, `-`, `_`, `.` and `:`.
pub(crate) fn check_prepared_id(dialect: &'static dyn Dialect, id: &str) -> Result<()> {
    refuse_unprepared(dialect)?;
    let longest = dialect.capabilities().prepared_id_len;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if !id.is_empty() && id.len() <= longest && id.bytes().all(is_plain) {
        return Ok(());
    }
    let message = format!(
        "{id:?} cannot be the id of a prepared transaction: {} takes 1 to {longest} letters of ASCII, digits, `-`, `_`, `.` and `:`",
        dialect.name()
    );
    Err(Error::new(ErrorKind::Config, message))
}

fn refuse_unprepared(dialect: &'static dyn Dialect) -> Result<()> {
    match dialect.capabilities().prepared_transactions {
        true => Ok(()),
        false => Err(Error::unsupported(dialect.name(), "two-phase commit")),
    }
}
