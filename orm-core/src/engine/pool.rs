use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::driver::{Backend, Connection};
use crate::error::{Error, ErrorKind, Result};

/// The user's options of the pool.
#[derive(Debug, Clone)]
pub(super) struct PoolOptions {
    pub(super) size: u32,
    pub(super) overflow: u32,
    pub(super) timeout: Duration,
    pub(super) recycle: Option<Duration>,
    pub(super) pre_ping: bool,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { size: 5, overflow: 10, timeout: Duration::from_secs(30), recycle: None, pre_ping: false }
    }
}

/// The idle connections, and the places that limit the number of connections.
///
/// A thread first takes a place, which may have a connection. If it has none, that thread opens one. So the caller gets the error of a
/// wrong password or of a server that is down, at once and as it is.
pub(super) struct Pool(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    options: PoolOptions,
    /// The largest number of connections.
    limit: u32,
    /// Whether the database lives in its only connection, which is then never closed.
    keeps_database: bool,
}

#[derive(Default)]
struct State {
    /// The idle connections. The last one was used most recently.
    idle: Vec<Open>,
    /// The number of taken places.
    taken: u32,
    /// The threads that wait for a place, in the order of arrival.
    waiting: VecDeque<Arc<Condvar>>,
    /// The last time that a connection was found dead. Others that were used before may be dead as well.
    lost: Option<Instant>,
}

struct Open {
    connection: Box<dyn Connection>,
    since: Instant,
    /// The last time that it was known to be alive.
    seen: Instant,
}

/// A taken place. Dropping it returns it to the pool, with its connection.
pub(super) struct TakenPlace {
    pool: Arc<Shared>,
    open: Option<Open>,
}

impl Pool {
    /// A pool over a database that has at most `limit` connections.
    ///
    /// # Errors
    ///
    /// `Config` for a pool without connections.
    pub(super) fn new(options: &PoolOptions, limit: Option<u32>) -> Result<Self> {
        let wanted = options.size.saturating_add(options.overflow);
        if wanted == 0 {
            return Err(Error::new(ErrorKind::Config, "a pool needs at least one connection: `pool_size` is 0"));
        }
        Ok(Self(Arc::new(Shared {
            state: Mutex::default(),
            options: options.clone(),
            limit: limit.map_or(wanted, |limit| wanted.min(limit).max(1)),
            keeps_database: limit == Some(1),
        })))
    }

    /// Waits for a place, and opens a connection if it has none.
    ///
    /// # Errors
    ///
    /// `PoolTimeout`, and the backend's error if it cannot connect.
    pub(super) fn check_out(&self, backend: &dyn Backend) -> Result<TakenPlace> {
        let (open, lost) = self.0.take()?;
        let mut place = TakenPlace { pool: Arc::clone(&self.0), open };
        if let Some(open) = &mut place.open
            && !self.0.is_fit(open, lost)
        {
            place.close();
        }
        if place.open.is_none() {
            let connection = backend.connect()?;
            let now = Instant::now();
            place.open = Some(Open { connection, since: now, seen: now });
        }
        Ok(place)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, with its connection if it has one. Returns also when a connection was last found dead. Places are given in the order
    /// of arrival.
    fn take(&self) -> Result<(Option<Open>, Option<Instant>)> {
        let mut state = self.state();
        if state.waiting.is_empty() && state.taken < self.limit {
            return Ok(state.take());
        }
        let (since, turn) = (Instant::now(), Arc::new(Condvar::new()));
        state.waiting.push_back(Arc::clone(&turn));
        loop {
            let left = self.options.timeout.saturating_sub(since.elapsed());
            let first = state.waiting.front().is_some_and(|first| Arc::ptr_eq(first, &turn));
            let free = first && state.taken < self.limit;
            if free || left.is_zero() {
                state.waiting.retain(|waiting| !Arc::ptr_eq(waiting, &turn));
                let taken = free.then(|| state.take());
                self.call_next(&state);
                return taken.ok_or_else(|| self.timed_out());
            }
            state = turn.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Wakes the next thread, if a place is free.
    fn call_next(&self, state: &State) {
        if state.taken < self.limit
            && let Some(next) = state.waiting.front()
        {
            next.notify_one();
        }
    }

    /// Returns a place. A connection beyond `pool_size` is closed, unless a thread waits for it.
    fn give_back(&self, open: Option<Open>) {
        let mut state = self.state();
        state.taken -= 1;
        let kept = if self.keeps_database { 1 } else { self.options.size as usize };
        let mut surplus = None;
        if let Some(open) = open {
            match state.idle.len() < kept.max(state.waiting.len()) {
                true => state.idle.push(open),
                false => surplus = Some(open),
            }
        }
        self.call_next(&state);
        drop(state);
        // Closing takes time, so it happens outside of the lock.
        drop(surplus);
    }

    /// Whether a connection can be used again. It is tested if `pool_pre_ping` is on, and if another connection was found dead since its
    /// last use.
    fn is_fit(&self, open: &mut Open, lost: Option<Instant>) -> bool {
        if self.keeps_database {
            return true;
        }
        if self.options.recycle.is_some_and(|age| open.since.elapsed() >= age) {
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

    #[cold]
    fn timed_out(&self) -> Error {
        let timeout = self.options.timeout;
        let message = match self.limit {
            _ if self.keeps_database => format!(
                "the database's only connection stayed in use for {timeout:?} (`pool_timeout`), perhaps by another session of this very \
                 thread: commit, roll back or drop the session that holds it before another one runs a statement"
            ),
            1 => format!(
                "the pool's only connection stayed in use for {timeout:?}, perhaps by another session of this very thread: commit, roll \
                 back or drop the session that holds it before another one runs a statement, or raise `pool_size`, `max_overflow` or \
                 `pool_timeout`"
            ),
            limit => format!(
                "all {limit} connections of the pool stayed in use for {timeout:?}: drop sessions when they are done, or raise \
                 `pool_size`, `max_overflow` or `pool_timeout`"
            ),
        };
        Error::new(ErrorKind::PoolTimeout, message)
    }
}

impl State {
    fn take(&mut self) -> (Option<Open>, Option<Instant>) {
        self.taken += 1;
        (self.idle.pop(), self.lost)
    }
}

impl TakenPlace {
    /// The connection, until it is [closed](TakenPlace::close).
    ///
    /// # Errors
    ///
    /// `ConnectionLost` after it was closed.
    pub(super) fn connection(&mut self) -> Result<&mut dyn Connection> {
        match &mut self.open {
            Some(open) => Ok(&mut *open.connection),
            None => {
                Err(Error::new(ErrorKind::ConnectionLost, "the connection was closed after an error; take another"))
            }
        }
    }

    /// Whether the connection is closed, or can never be used again.
    pub(super) fn is_broken(&self) -> bool {
        self.open.as_ref().is_none_or(|open| open.connection.is_broken())
    }

    /// Closes the connection and leaves the place empty.
    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.take()
            && open.connection.is_broken()
        {
            self.pool.state().lost = Some(Instant::now());
        }
    }
}

impl Drop for TakenPlace {
    fn drop(&mut self) {
        if self.is_broken() {
            self.close();
        }
        self.pool.give_back(self.open.take());
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.state();
        f.debug_struct("Pool")
            .field("max_size", &self.0.limit)
            .field("idle", &state.idle.len())
            .field("in_use", &state.taken)
            .field("waiting", &state.waiting.len())
            .finish()
    }
}
