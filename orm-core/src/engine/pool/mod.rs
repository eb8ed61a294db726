//! Connections that are kept for the next user, and the places that limit how many there are.

mod options;
mod place;
mod queue;
mod status;
mod taken;

pub use options::PoolKind;
pub(super) use options::PoolOptions;
pub(super) use place::TakenPlace;
pub use status::PoolStatus;
pub(crate) use taken::At;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::hooks::{Hooks, Opening};
use super::limits::Bounds;
use crate::driver::Backend;
use crate::error::{Error, ErrorKind, Result};
use options::Limits;
use place::Open;
use queue::Queue;

/// The pool of an engine.
///
/// A thread first takes a place, which may have a connection. If it has none, that thread opens one. So the caller gets the error of a
/// wrong password or of a server that is down, at once and as it is.
pub(super) struct Pool(Arc<Shared>);

struct Shared {
    queue: Queue,
    options: PoolOptions,
    limits: Limits,
    hooks: Hooks,
    /// Whether a connection was ever opened.
    connected: AtomicBool,
    /// The number of the newest connection.
    newest: AtomicU64,
}

impl Pool {
    /// A pool over a database that has at most `limit` connections.
    ///
    /// # Errors
    ///
    /// `Config` for options that go together ill.
    pub(super) fn new(options: PoolOptions, limit: Option<u32>, hooks: Hooks) -> Result<Self> {
        let limits = options.limits(limit)?;
        Ok(Self(Arc::new(Shared {
            queue: Queue::default(),
            options,
            limits,
            hooks,
            connected: AtomicBool::new(false),
            newest: AtomicU64::new(0),
        })))
    }

    /// A pool with the same options over another database, which has at most `limit` connections.
    ///
    /// # Errors
    ///
    /// `Config`, as [`new`](Self::new).
    pub(super) fn another(&self, limit: Option<u32>, longest_wait: Duration, hooks: Hooks) -> Result<Self> {
        let options = &self.0.options;
        let timeout = options.timeout.min(longest_wait);
        let kind = PoolKind::Queue;
        Self::new(PoolOptions { kind, size: None, overflow: None, timeout, ..options.clone() }, limit, hooks)
    }

    /// Waits for a place, as long as `bounds` let it, and opens its connection where there is none. `at` is the place in the program that takes it.
    ///
    /// # Errors
    ///
    /// `PoolTimeout`, `Timeout`, `Cancelled`, the backend's error if it cannot connect, and `ConnectionLost` if the connection leads elsewhere by now.
    pub(super) fn check_out(&self, backend: &dyn Backend, at: At, bounds: &Bounds) -> Result<TakenPlace> {
        let turn = self.0.take(at, bounds)?;
        let mut place = TakenPlace::new(Arc::clone(&self.0), turn.number, at, turn.open);
        place.look(turn.lost).inspect_err(|error| self.0.tell_failure(error, turn.waited))?;
        if !place.has_connection() {
            let opened = self.0.open(backend).inspect_err(|error| self.0.note_failure(error, turn.waited))?;
            place.fill(opened);
        }
        place.tell_check_out(turn.waited);
        Ok(place)
    }

    pub(super) fn status(&self) -> PoolStatus {
        self.0.status()
    }

    pub(super) fn timeout(&self) -> Duration {
        self.0.options.timeout
    }

    /// Somebody has waited for a connection outside of the pool, and too long.
    pub(super) fn wait_timed_out(&self, waited: Duration) -> Error {
        let error = self.0.wait_timed_out();
        self.0.tell_failure(&error, waited);
        error
    }
}

impl Shared {
    /// Opens a connection and makes it ready.
    fn open(&self, backend: &dyn Backend) -> Result<Open> {
        let connection = backend.connect()?;
        let id = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        let mut open = Open::new(connection, id, self.hooks.clone());
        if self.hooks.is_empty() {
            return Ok(open);
        }
        let opening = if self.connected.swap(true, Ordering::Relaxed) { Opening::Another } else { Opening::First };
        let made_ready = self.hooks.connect(&mut *open.connection, opening);
        made_ready.inspect_err(|_| self.connected.store(opening != Opening::First, Ordering::Relaxed))?;
        Ok(open)
    }

    /// No connection could be opened.
    fn note_failure(&self, error: &Error, waited: Duration) {
        if error.kind() == ErrorKind::ConnectionLost {
            // What took the server away took the other connections along.
            self.queue.note_loss();
        }
        self.tell_failure(error, waited);
    }

    fn tell_failure(&self, error: &Error, waited: Duration) {
        self.hooks.tell("check_out_failed", |hooks| hooks.check_out_failed(error, waited));
    }

    /// Whether a connection can be used again. It is looked at if it is due, and tested if `pool_pre_ping` is on, and if another connection was found dead since its
    /// last use.
    fn is_fit(&self, open: &mut Open, is_due: bool, lost: Option<Instant>) -> bool {
        if self.limits.keeps_database {
            return true;
        }
        let is_old = self.options.recycle.is_some_and(|age| open.since.elapsed() >= age);
        if is_old || (is_due && open.connection.has_ended()) {
            return false;
        }
        if self.options.pre_ping || lost.is_some_and(|lost| open.seen <= lost) {
            if open.connection.ping().is_err() {
                return false;
            }
            open.seen = Instant::now();
        }
        true
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pool").field(&self.0.status()).finish()
    }
}
