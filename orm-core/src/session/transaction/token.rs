//! What became of a transaction whose commit was not answered.

use std::fmt;
use std::ops::ControlFlow;
use std::panic::Location;
use std::str::FromStr;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;
use crate::sql::Access;
use crate::value::ValueRef;

/// Names a transaction for as long as the database remembers it, from [`Session::transaction_token`]. As text it can be kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TransactionToken(String);

impl fmt::Display for TransactionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TransactionToken {
    type Err = Error;

    /// # Errors
    ///
    /// `Config` for a text that is no token.
    fn from_str(text: &str) -> Result<Self> {
        match text.parse::<u64>() {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(source) => {
                let message = "the text is no token of a transaction: `transaction_token()` gives one";
                Err(Error::new(ErrorKind::Config, message).with_source(source))
            }
        }
    }
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransactionOutcome {
    /// It was committed.
    Committed,
    /// It was rolled back, or ended with its server.
    RolledBack,
    /// It is still open: ask again.
    Open,
    /// It is so long ago that the database does not know.
    Forgotten,
}

impl Session {
    /// A token of the open transaction; begins one if there is none. When its commit ends in `CommitUnknown`,
    /// [`Engine::transaction_outcome`] tells whether it was committed.
    ///
    /// It costs one statement, and makes a transaction of one that only reads count as one that writes.
    ///
    /// # Errors
    ///
    /// `Unsupported` where commits are always answered, and the database's.
    pub fn transaction_token(&mut self) -> Result<TransactionToken> {
        let sql = self.links.main().dialect().transaction_token()?;
        let mut token = None;
        self.links.main().query_for(Access::Lock, sql, &[], |row| {
            token = match row.get(0) {
                Ok(ValueRef::Text(text)) => Some(text.to_owned()),
                _ => None,
            };
            Ok(ControlFlow::Break(()))
        })?;
        token.map(TransactionToken).ok_or_else(unreadable)
    }
}

impl Engine {
    /// What became of the transaction of that token.
    ///
    /// # Errors
    ///
    /// `Unsupported` where commits are always answered, and the database's: it has to be the one that ran the transaction.
    #[track_caller]
    pub fn transaction_outcome(&self, token: &TransactionToken) -> Result<TransactionOutcome> {
        let sql = self.dialect().transaction_outcome()?;
        let mut outcome = None;
        self.take_connection(Location::caller())?.query(sql, &[ValueRef::Text(&token.0)], &mut |row| {
            outcome = match row.get(0) {
                Ok(ValueRef::Null) => Some(TransactionOutcome::Forgotten),
                Ok(ValueRef::Text("committed")) => Some(TransactionOutcome::Committed),
                Ok(ValueRef::Text("aborted")) => Some(TransactionOutcome::RolledBack),
                Ok(ValueRef::Text("in progress")) => Some(TransactionOutcome::Open),
                _ => None,
            };
            Ok(ControlFlow::Break(()))
        })?;
        outcome.ok_or_else(unreadable)
    }
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Decode, "the database named its transaction in an unexpected way")
}
