//! Work that is brought to the places, and what its thread does with it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use orm_core::{Error, Result};
use tokio::sync::oneshot::{Receiver, Sender, channel};
use tracing::Span;

use crate::places::Place;
use crate::session::Held;
use crate::threads::Job;

/// What is done on a thread, with a place.
pub(crate) trait Work: Send + 'static {
    type Outcome: Send + 'static;

    /// Does it. A place that is left in `place` goes on to the next one.
    fn run(self, place: &mut Option<Place>) -> Self::Outcome;

    /// The session that it is about, when it is not to be done.
    fn into_held(self) -> Option<Held>
    where
        Self: Sized,
    {
        None
    }
}

impl<T: Send + 'static, F: FnOnce() -> T + Send + 'static> Work for F {
    type Outcome = T;

    fn run(self, _: &mut Option<Place>) -> T {
        self()
    }
}

/// Work of some type that has a place by now, or waits for one.
pub(crate) trait Ticket: Send + Sync {
    /// Does the work, unless nobody waits for it any more, and tells the outcome. What is to be done next with the place is returned.
    fn run(&self, place: Option<Place>) -> Option<Job>;

    /// Tells an error instead of an outcome. The work is not done.
    fn refuse(&self, error: Error);

    /// Takes the work back, if nobody has begun with it.
    fn withdraw(&self) -> Option<Withdrawn>;
}

/// Work that was not begun, and is not done.
pub(crate) struct Withdrawn {
    /// The session that it was about.
    pub(crate) held: Option<Held>,
}

/// What becomes of work: its value or its panic, or why it was not done.
pub(crate) type Report<T> = Result<thread::Result<T>>;

/// Work with the place where its outcome goes. It is taken out by the thread that does it, or by the caller that has given it up.
pub(crate) struct Order<W: Work> {
    parts: Mutex<Parts<W>>,
    span: Span,
}

struct Parts<W: Work> {
    work: Option<W>,
    outcome: Option<Sender<Report<W::Outcome>>>,
}

impl<W: Work> Order<W> {
    /// It is done within the span of the caller.
    pub(crate) fn ticket(work: W) -> (Arc<dyn Ticket>, Receiver<Report<W::Outcome>>) {
        let (sender, receiver) = channel();
        let parts = Parts { work: Some(work), outcome: Some(sender) };
        (Arc::new(Self { parts: Mutex::new(parts), span: Span::current() }), receiver)
    }

    fn parts(&self) -> MutexGuard<'_, Parts<W>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> Option<(W, Sender<Report<W::Outcome>>)> {
        let mut parts = self.parts();
        // What was refused stays there, for the caller that brought it.
        let outcome = parts.outcome.take()?;
        parts.work.take().map(|work| (work, outcome))
    }
}

impl<W: Work> Ticket for Order<W> {
    fn run(&self, mut place: Option<Place>) -> Option<Job> {
        let Some((work, outcome)) = self.begin() else { return place.and_then(Place::pass_on) };
        let done = catch_unwind(AssertUnwindSafe(|| self.span.in_scope(|| work.run(&mut place))));
        // The caller that gets the outcome may count on the place.
        let next = place.and_then(Place::pass_on);
        if let Err(unwanted) = outcome.send(Ok(done)) {
            // What nobody takes is dropped here, where that may block. A panic of that was printed.
            let _printed = catch_unwind(AssertUnwindSafe(|| drop(unwanted)));
        }
        next
    }

    fn refuse(&self, error: Error) {
        let outcome = self.parts().outcome.take();
        // A caller that has given up need not know.
        drop(outcome.map(|outcome| outcome.send(Err(error))));
    }

    fn withdraw(&self) -> Option<Withdrawn> {
        let work = self.parts().work.take();
        work.map(|work| Withdrawn { held: work.into_held() })
    }
}
