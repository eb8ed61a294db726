use std::fmt;
use std::sync::Arc;

use orm_core::Result;
use orm_core::driver::CancelToken;

use crate::places::Places;

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
pub struct Blocking(Arc<Places>);

impl Blocking {
    /// With places for so many calls at once, of which there is at least one.
    ///
    /// See the example of [`Blocking`].
    #[must_use]
    pub fn new(places: usize) -> Self {
        Self(Places::new(places.max(1)))
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
        self.0.start(work, CancelToken::default()).await
    }
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").field("free", &self.0.free()).finish_non_exhaustive()
    }
}
