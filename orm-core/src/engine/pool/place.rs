use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{At, Shared};
use crate::driver::Connection;
use crate::engine::hooks::{ConnectionEvent, Hooks, Opening};
use crate::error::{Error, ErrorKind, Result};

/// For how long the outcome of a look at a connection holds.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// A connection that is open. Dropping it closes it, and says so.
pub(super) struct Open {
    pub(super) connection: Box<dyn Connection>,
    pub(super) since: Instant,
    /// The last time that it was known to be alive.
    pub(super) seen: Instant,
    /// The last time that it was looked at.
    looked: Instant,
    id: u64,
    hooks: Hooks,
}

impl Open {
    pub(super) fn new(connection: Box<dyn Connection>, id: u64, hooks: Hooks) -> Self {
        let now = Instant::now();
        Self { connection, since: now, seen: now, looked: now, id, hooks }
    }

    /// Whether it is time to look at it again, which it is then taken to be done. That costs system calls, and what happens to a connection in
    /// so short a time may as well happen the moment after.
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.looked.elapsed() >= LOOK_AGAIN;
        if is_due {
            self.looked = Instant::now();
        }
        is_due
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let event = ConnectionEvent { id: self.id, taken_at: None, waited: Duration::ZERO };
        self.hooks.tell("close", |hooks| hooks.close(&event));
    }
}

/// A taken place. Dropping it returns it to the pool, with its connection.
pub(in crate::engine) struct TakenPlace {
    pool: Arc<Shared>,
    /// The number of the check-out.
    number: usize,
    at: At,
    open: Option<Open>,
    /// The connection whose check-out was told.
    told: Option<u64>,
}

impl TakenPlace {
    pub(super) fn new(pool: Arc<Shared>, number: usize, at: At, open: Option<Open>) -> Self {
        Self { pool, number, at, open, told: None }
    }

    pub(super) fn has_connection(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn fill(&mut self, open: Open) {
        self.open = Some(open);
    }

    /// Looks at the connection if it is time to. One that cannot be used again is closed.
    ///
    /// # Errors
    ///
    /// `ConnectionLost` if it leads to another database by now.
    pub(super) fn look(&mut self, lost: Option<Instant>) -> Result<()> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let is_due = open.is_due();
        if !self.pool.is_fit(open, is_due, lost) {
            self.close();
        } else if is_due {
            return open.connection.check().inspect_err(|_| self.close());
        }
        Ok(())
    }

    pub(super) fn tell_check_out(&mut self, waited: Duration) {
        if self.pool.hooks.is_empty() {
            return;
        }
        let Some(open) = &self.open else { return };
        self.told = Some(open.id);
        let event = ConnectionEvent { id: open.id, taken_at: Some(self.at), waited };
        self.pool.hooks.tell("check_out", |hooks| hooks.check_out(&event));
    }

    /// The number of the connection.
    pub(in crate::engine) fn id(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.id)
    }

    /// The connection, until it is [closed](TakenPlace::close).
    ///
    /// # Errors
    ///
    /// `ConnectionLost` after it was closed.
    pub(in crate::engine) fn connection(&mut self) -> Result<&mut dyn Connection> {
        match &mut self.open {
            Some(open) => Ok(&mut *open.connection),
            None => {
                Err(Error::new(ErrorKind::ConnectionLost, "the connection was closed after an error; take another"))
            }
        }
    }

    /// Takes back what SQL of the user's has left, and makes the connection ready again.
    ///
    /// # Errors
    ///
    /// The database's, and those of the hooks.
    pub(in crate::engine) fn reset(&mut self) -> Result<()> {
        self.connection()?.reset()?;
        if self.pool.hooks.is_empty() {
            return Ok(());
        }
        let hooks = self.pool.hooks.clone();
        hooks.connect(self.connection()?, Opening::Reset)
    }

    /// Whether the connection is closed, or can never be used again.
    pub(in crate::engine) fn is_broken(&self) -> bool {
        self.open.as_ref().is_none_or(|open| open.connection.is_broken())
    }

    /// Closes the connection and leaves the place empty.
    pub(in crate::engine) fn close(&mut self) {
        if let Some(open) = self.open.take()
            && open.connection.is_broken()
        {
            self.pool.queue.note_loss();
        }
    }
}

impl Drop for TakenPlace {
    fn drop(&mut self) {
        if self.is_broken() {
            self.close();
        }
        if let Some(id) = self.told {
            let event = ConnectionEvent { id, taken_at: Some(self.at), waited: Duration::ZERO };
            self.pool.hooks.tell("check_in", |hooks| hooks.check_in(&event));
        }
        self.pool.give_back(self.number, self.open.take());
    }
}
