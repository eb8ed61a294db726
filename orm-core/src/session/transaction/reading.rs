//! Reads that replicas answer.

use std::panic::Location;
use std::sync::Arc;

use super::link::{Link, Way};
use crate::driver::{TransactionMode, TransactionOptions};
use crate::engine::{At, Bounds, Conn, Engine};
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;
use crate::session::databases::{Position, ReadAfter, Replicas, position};

/// What a link knows of the replicas of its database.
#[derive(Debug, Default)]
pub(super) struct Readers {
    replicas: Option<Arc<Replicas>>,
    /// Whether the session writes nothing.
    only: bool,
    /// Whether the session has written, so that it reads what it wrote.
    wrote: bool,
    /// Whether replicas are too far behind for what is read now.
    at_primary: bool,
    /// What replicas have to have seen.
    after: ReadAfter,
    /// The replica that the connection in use is one of.
    current: Option<usize>,
}

impl Readers {
    /// A connection for what only reads: of a replica, if there is one that answers and has seen enough.
    pub(super) fn connect(&mut self, engine: &Engine, at: At, bounds: Bounds) -> Result<Conn> {
        self.current = None;
        if let Some(replicas) = self.replicas.as_ref().filter(|_| !self.at_primary && (self.only || !self.wrote))
            && let Some((index, conn)) = replicas.take(at, &bounds, &mut self.after)?
        {
            self.current = Some(index);
            return Ok(conn);
        }
        engine.take_limited(at, bounds)
    }
}

impl Session {
    /// Where the database is in the log of what was written: after a commit, behind everything that it wrote. Another session, of another request
    /// or process, that is given it by [`read_after`](Session::read_after) sees what this one wrote, whichever replica it reads from.
    ///
    /// ```no_run
    /// # use orm::prelude::*;
    /// use orm::Position;
    ///
    /// # let engine = Engine::connect("postgresql://localhost/shop")?;
    /// let replica = Engine::connect("postgresql://replica/shop")?;
    /// let sessions = engine.sessions().replica(&replica)?;
    /// let mut session = sessions.session();
    /// // ..
    /// session.commit()?;
    /// let cookie = session.position()?.to_string();
    ///
    /// // In the next request of the same user:
    /// let mut session = sessions.session();
    /// session.read_after(cookie.parse::<Position>()?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database has no such log, and the database's.
    #[track_caller]
    pub fn position(&mut self) -> Result<Position> {
        position(&mut self.links.main().engine.take_connection(Location::caller())?)
    }

    /// Reads from replicas that have reached `position`, and from the database itself while there is none.
    ///
    /// See the example of [`position`](Session::position).
    pub fn read_after(&mut self, position: Position) {
        self.links.main().readers.after.set(position);
    }

    /// Does `work` with queries that no replica answers: what they read is as new as the last commit. A transaction of a reader that has begun stays
    /// where it is.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let books = session.at_primary(|session| Book::query().count(session))?;
    /// assert!(books > 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn at_primary<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.links.main().readers.at_primary, true);
        let done = work(self);
        self.links.main().readers.at_primary = before;
        done
    }
}

impl Link {
    /// Lets replicas answer what only reads.
    pub(crate) fn set_replicas(&mut self, replicas: &Arc<Replicas>) {
        self.readers.replicas = Some(Arc::clone(replicas));
    }

    /// Refuses whatever writes from now on.
    pub(super) fn read_only(&mut self) {
        self.readers.only = true;
    }

    /// Refuses to write in a session that only reads, and goes to the database itself from now on in any other.
    pub(super) fn note_writer(&mut self) -> Result<()> {
        if self.readers.only {
            let message = "the session is a reader: `session()` of the factory makes one that writes";
            return Err(Error::new(ErrorKind::ReadOnly, message));
        }
        self.readers.wrote = true;
        Ok(())
    }

    pub(super) fn only_reads(&self) -> bool {
        self.readers.only
    }

    /// Whether the connection in use is one of a replica.
    pub(super) fn is_at_replica(&self) -> bool {
        self.readers.current.is_some()
    }

    /// Begins the transaction of a session that only reads.
    pub(super) fn begin_reader(&mut self, options: TransactionOptions) -> Result<()> {
        let options = options.read_only(true).or(self.options);
        loop {
            let conn = self.connect_to_read()?;
            match self.open(conn, options) {
                Err(error) if self.leave_replica(&error) => {}
                begun => return begun,
            }
        }
    }

    /// A connection for what only reads.
    fn connect_to_read(&mut self) -> Result<Conn> {
        let bounds = self.bounds_if_free();
        let taken = self.readers.connect(&self.engine, self.made_at, bounds);
        taken.inspect_err(|error| self.last_failure.note(error))
    }

    /// A connection on which a transaction that reads has begun.
    pub(super) fn begin_read(&mut self, mode: TransactionMode) -> Result<Conn> {
        loop {
            let mut conn = self.connect_to_read()?;
            match conn.begin(mode) {
                Ok(()) => return Ok(conn),
                Err(error) if self.leave_replica(&error) => {}
                Err(error) => {
                    self.last_failure.note(&error);
                    return Err(error);
                }
            }
        }
    }

    /// After an error of a read outside a transaction: whether it was a replica that died, so that another one may be asked.
    pub(super) fn leave_replica(&mut self, error: &Error) -> bool {
        let is_lost = error.kind() == ErrorKind::ConnectionLost && self.may_change_replica();
        let Some((replicas, index)) = self.readers.replicas.as_ref().zip(self.readers.current).filter(|_| is_lost)
        else {
            return false;
        };
        replicas.leave_out(index, error);
        self.readers.current = None;
        self.way = Way::Free;
        true
    }
}
