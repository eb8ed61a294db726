//! The future of what work returns.

use std::future::poll_fn;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use orm_core::driver::CancelToken;
use orm_core::{Error, ErrorKind, Result};
use tokio::sync::oneshot::Receiver;
use tokio::time::Sleep;

use crate::places::Places;
use crate::work::{Report, Ticket, Withdrawn};

/// Work that is done on one of the threads, or waits for its place. A panic in it goes on in the task that awaits it.
///
/// Dropping it before the work has begun takes it back. Later, the token of the work is cancelled, and what the work returns then is dropped on
/// its thread, where that may block.
pub(crate) struct Task<T: Send + 'static> {
    order: Arc<dyn Ticket>,
    outcome: Receiver<Report<T>>,
    places: Arc<Places>,
    /// Its number among those that wait, if there was no place for it.
    number: Option<u64>,
    waits: CancelToken,
    done: bool,
}

impl<T: Send + 'static> Task<T> {
    pub(crate) fn new(
        order: Arc<dyn Ticket>,
        outcome: Receiver<Report<T>>,
        places: Arc<Places>,
        number: Option<u64>,
        waits: CancelToken,
    ) -> Self {
        Self { order, outcome, places, number, waits, done: false }
    }

    /// Waits for the outcome, and no longer than `timer` for a place. `None` when it has got no place in time.
    pub(crate) async fn within(&mut self, timer: Sleep) -> Option<Result<T>> {
        let Some(number) = self.number else { return Some(self.await) };
        let mut timer = pin!(timer);
        let first = poll_fn(|context| match Pin::new(&mut *self).poll(context) {
            Poll::Pending => timer.as_mut().poll(context).map(|()| None),
            done => done.map(Some),
        });
        match first.await {
            None if self.places.leave(number) => None,
            None => Some(self.await),
            done => done,
        }
    }

    /// Takes the work back, if it was not begun. It is not done then.
    pub(crate) fn withdraw(&mut self) -> Option<Withdrawn> {
        let taken = self.order.withdraw()?;
        self.done = true;
        if let Some(number) = self.number {
            self.places.leave(number);
        }
        Some(taken)
    }
}

impl<T: Send + 'static> Future for Task<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let told = ready!(Pin::new(&mut self.outcome).poll(context));
        self.done = true;
        Poll::Ready(match told {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(panic))) => resume_unwind(panic),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::new(ErrorKind::InvalidState, "the work was dropped before it was run")),
        })
    }
}

impl<T: Send + 'static> Drop for Task<T> {
    fn drop(&mut self) {
        if self.done || self.withdraw().is_some() {
            return;
        }
        self.waits.cancel();
        self.outcome.close();
        if let Ok(outcome) = self.outcome.try_recv() {
            self.places.drop_on_thread(outcome);
        }
    }
}
