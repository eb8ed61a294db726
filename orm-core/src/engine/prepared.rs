//! The second phase of a two-phase commit.

use std::ops::ControlFlow;
use std::panic::Location;

use super::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::render::{TwoPhase, two_phase};
use crate::value::ValueRef;

impl Engine {
    /// Commits a transaction that [`Session::prepare`](crate::session::Session::prepare) has prepared, in any process and at any time.
    ///
    /// # Errors
    ///
    /// `Config` for an id that cannot be one, `Unsupported` where the database cannot prepare transactions, and the
    /// database's when there is no such transaction.
    #[track_caller]
    pub fn commit_prepared(&self, id: &str) -> Result<()> {
        self.end_prepared(TwoPhase::Commit, id)
    }

    /// Rolls back a transaction that was prepared.
    ///
    /// # Errors
    ///
    /// Like [`commit_prepared`](Engine::commit_prepared).
    #[track_caller]
    pub fn rollback_prepared(&self, id: &str) -> Result<()> {
        self.end_prepared(TwoPhase::Rollback, id)
    }

    /// The ids of the transactions of this database that are prepared and neither committed nor rolled back, in their
    /// order. They hold their locks until then.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database cannot prepare transactions, and the database's errors.
    #[track_caller]
    pub fn prepared_transactions(&self) -> Result<Vec<String>> {
        let list = self.dialect().list_prepared()?;
        let mut ids = Vec::new();
        self.take_connection(Location::caller())?.query(list, &[], &mut |row| match row.get(0) {
            Ok(ValueRef::Text(id)) => {
                ids.push(id.to_owned());
                Ok(ControlFlow::Continue(()))
            }
            _ => Err(Error::new(ErrorKind::Decode, "the list of prepared transactions has a value that is not text")),
        })?;
        Ok(ids)
    }

    #[track_caller]
    fn end_prepared(&self, step: TwoPhase, id: &str) -> Result<()> {
        let sql = two_phase(self.dialect(), step, id)?;
        self.take_connection(Location::caller())?.execute_script(&sql)
    }
}
