use std::fmt;
use std::sync::Arc;

use orm_core::driver::CancelToken;
use orm_core::{Error, ErrorKind, Result};
use tokio::sync::Semaphore;

use crate::task::Task;
use crate::threads::Threads;

/// Threads for the calls of clients that block, with as many calls at once as it has places. It is the front of stores without sessions, as
/// [`AsyncEngine`](crate::AsyncEngine) is that of an engine. Clones share the threads.
///
/// ```
/// use orm_tokio::Blocking;
///
/// # #[tokio::main]
/// # async fn main() -> orm_core::Result<()> {
/// let blocking = Blocking::new(8);
/// assert_eq!(blocking.run(|| 6 * 7).await?, 42);
/// # Ok(())
/// # }
/// ```
///
/// A call whose future is dropped goes on to its end, and has its place until then. A panic goes on in the task that awaits it.
#[derive(Clone)]
pub struct Blocking {
    free: Arc<Semaphore>,
    threads: Arc<Threads>,
}

impl Blocking {
    /// With places for so many calls at once, of which there is at least one.
    ///
    /// See the example of [`Blocking`].
    #[must_use]
    pub fn new(places: usize) -> Self {
        let places = places.max(1);
        Self { free: Arc::new(Semaphore::new(places)), threads: Arc::new(Threads::new(places)) }
    }

    /// Runs `work` on a thread where it may block, as soon as a place is free.
    ///
    /// See the example of [`Blocking`].
    ///
    /// # Errors
    ///
    /// `PoolTimeout` when the system gives no thread.
    ///
    /// # Panics
    ///
    /// With the panic of `work`.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = Arc::clone(&self.free).acquire_owned().await;
        let place = place.map_err(|_| Error::new(ErrorKind::InvalidState, "the places were closed"))?;
        let work = move || {
            let outcome = work();
            drop(place);
            outcome
        };
        Task::start(&self.threads, CancelToken::default(), work)?.await
    }
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").field("free", &self.free.available_permits()).finish_non_exhaustive()
    }
}
