//! The places of the pool, as futures wait for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use orm_core::engine::Engine;
use orm_core::{Error, ErrorKind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many pieces of work run at once where the pool has no limit.
const MOST: u32 = 64;

/// As many places as the pool has connections. Who waits for one is a future, and they are served in the order of arrival.
pub(crate) struct Places {
    free: Arc<Semaphore>,
    total: u32,
    waiting: AtomicU32,
    closed: AtomicBool,
}

/// The right to one connection of the pool and to one thread. Dropping it gives it to the next one.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Places {
    pub(crate) fn of(engine: &Engine) -> Self {
        let limit = engine.pool_status().limit;
        let total = if limit == u32::MAX { MOST } else { limit };
        let free = Arc::new(Semaphore::new(total as usize));
        Self { free, total, waiting: AtomicU32::new(0), closed: AtomicBool::new(false) }
    }

    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    /// How many futures wait.
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits for a place, as long as the pool lets one wait for a connection, and not beyond `deadline`.
    ///
    /// # Errors
    ///
    /// `PoolTimeout`, `Timeout` by the deadline, and `InvalidState` after [`close`](Self::close).
    pub(crate) async fn take(&self, engine: &Engine, deadline: Option<Instant>) -> Result<Place> {
        self.refuse_closed()?;
        let since = Instant::now();
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(since));
        let waiting = Waiting::begin(&self.waiting);
        let taken = timeout(engine.pool_timeout().min(left), Arc::clone(&self.free).acquire_owned()).await;
        drop(waiting);
        match taken {
            Ok(Ok(permit)) => {
                self.refuse_closed()?;
                Ok(Place { _permit: permit })
            }
            Ok(Err(_)) => Err(closed()),
            Err(_) if deadline.is_some_and(|deadline| deadline <= Instant::now()) => {
                let message = "the deadline has passed while all connections were in use; nothing was run";
                Err(Error::new(ErrorKind::Timeout, message))
            }
            Err(_) => Err(engine.pool_timed_out(since.elapsed())),
        }
    }

    fn refuse_closed(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) { Err(closed()) } else { Ok(()) }
    }

    /// Refuses new work, and waits until all places are free, for `limit`.
    ///
    /// # Errors
    ///
    /// `Timeout` when some are not free by then.
    pub(crate) async fn close(&self, limit: Duration) -> Result<()> {
        self.closed.store(true, Ordering::Release);
        match timeout(limit, self.free.acquire_many(self.total)).await {
            Ok(_) => Ok(()),
            Err(_) => {
                let message = format!(
                    "units of work or sessions in a transaction were not done after {limit:?}; they go on, and new ones are refused"
                );
                Err(Error::new(ErrorKind::Timeout, message))
            }
        }
    }
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::InvalidState, "the engine was closed by `close`, and takes no new work")
}

/// Somebody waits, until this is dropped.
struct Waiting<'p>(&'p AtomicU32);

impl<'p> Waiting<'p> {
    fn begin(waiting: &'p AtomicU32) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
