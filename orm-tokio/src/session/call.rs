//! A session on its way to a thread and back.

use orm_core::Result;
use orm_core::session::Session;

use super::AsyncSession;
use crate::places::Place;
use crate::task::Task;
use crate::work::Work;

/// A session with the place of its connection, which is given back after it.
pub(crate) struct Held {
    pub(crate) session: Session,
    /// There is one while the session has a connection.
    pub(crate) place: Option<Place>,
}

/// What a thread does with a session.
pub(super) struct Call<F> {
    pub(super) held: Held,
    pub(super) work: F,
}

impl<R: Send + 'static, F: FnOnce(&mut Session) -> R + Send + 'static> Work for Call<F> {
    type Outcome = (Held, R);

    fn run(self, place: &mut Option<Place>) -> Self::Outcome {
        let Self { mut held, work } = self;
        held.place = held.place.or_else(|| place.take());
        let outcome = work(&mut held.session);
        if !held.session.holds_connection() {
            *place = held.place.take();
        }
        (held, outcome)
    }

    fn into_held(self) -> Option<Held> {
        Some(self.held)
    }
}

/// A call that is awaited. When that ends before the work has begun, the session is as it was.
pub(super) struct Calling<'s, R: Send + 'static> {
    session: &'s mut AsyncSession,
    task: Task<(Held, R)>,
}

impl<'s, R: Send + 'static> Calling<'s, R> {
    /// Lets `work` be done with the session, which has to wait for a place if it has none.
    pub(super) fn begin(
        session: &'s mut AsyncSession,
        work: impl FnOnce(&mut Session) -> R + Send + 'static,
    ) -> Result<Self> {
        let call = Call { held: session.hold()?, work };
        let (places, waits) = (session.engine.places(), session.waits.clone());
        let task = match call.held.place {
            Some(_) => places.start_placed(call, waits),
            None => places.start(call, waits),
        };
        Ok(Self { session, task })
    }

    /// Waits for the outcome.
    pub(super) async fn end(mut self) -> Result<R> {
        let (held, outcome) = self.session.engine.outcome(&mut self.task, None).await?;
        self.session.put_back(held);
        Ok(outcome)
    }
}

impl<R: Send + 'static> Drop for Calling<'_, R> {
    fn drop(&mut self) {
        if let Some(held) = self.task.withdraw().and_then(|taken| taken.held) {
            self.session.put_back(held);
        }
    }
}
