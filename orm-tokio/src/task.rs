//! Work on a thread, and the future of its outcome.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::thread;

use orm_core::driver::CancelToken;
use orm_core::{Error, ErrorKind, Result};
use tokio::sync::oneshot::{Receiver, channel};
use tracing::Span;

use crate::threads::Threads;

/// Work that runs on one of the threads. A panic in it goes on in the task that awaits it.
///
/// Dropping it before the work is done cancels the token of the work. What the work returns then is dropped on its thread, where that may block.
pub(crate) struct Task<T: Send + 'static> {
    outcome: Receiver<thread::Result<T>>,
    threads: Arc<Threads>,
    waits: CancelToken,
    done: bool,
}

impl<T: Send + 'static> Task<T> {
    /// Lets `work` run, within the span of the caller. `waits` is cancelled when nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// `PoolTimeout` when the system gives no thread.
    pub(crate) fn start(
        threads: &Arc<Threads>,
        waits: CancelToken,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Self> {
        let (sender, outcome) = channel();
        let span = Span::current();
        threads.submit(Box::new(move || {
            if sender.is_closed() {
                return;
            }
            // What nobody takes is dropped here.
            drop(sender.send(catch_unwind(AssertUnwindSafe(|| span.in_scope(work)))));
        }))?;
        Ok(Self { outcome, threads: Arc::clone(threads), waits, done: false })
    }
}

impl<T: Send + 'static> Future for Task<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let outcome = ready!(Pin::new(&mut self.outcome).poll(context));
        self.done = true;
        Poll::Ready(match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(Error::new(ErrorKind::InvalidState, "the work was dropped before it was run")),
        })
    }
}

impl<T: Send + 'static> Drop for Task<T> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.waits.cancel();
        self.outcome.close();
        if let Ok(outcome) = self.outcome.try_recv()
            && let Err(error) = self.threads.submit(Box::new(move || drop(outcome)))
        {
            tracing::warn!(target: "orm::tokio", %error, "what was interrupted ended on the thread of the runtime");
        }
    }
}
