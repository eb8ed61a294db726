//! The end of a statement that has reached its limits.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use orm_core::driver::Limits;

use crate::arranged::Arranged;
use crate::client::Failure;
use crate::wire::{Line, Prepared, Wire};

/// The time for cancelling a statement over another connection.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);
/// The time for the answer to a statement that was cancelled, and for the end of one that has failed.
pub(crate) const END_TIMEOUT: Duration = Duration::from_secs(10);

/// The pauses between two requests to cancel: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Watches over a request for the thread that waits for its answer.
///
/// Only that thread cancels, between the request and the answer. So nobody can cancel what comes after it.
pub(crate) struct Watch<'c> {
    limits: &'c Limits,
    requests: &'c tokio_postgres::Client,
    line: &'c Arc<Line>,
    cancelling: Option<Cancelling>,
}

/// A request that is being cancelled.
struct Cancelling {
    /// When the answer has to be there.
    end: Instant,
    /// When the server is asked next, and how long after that once more. It ignores what comes between two messages of one statement.
    next: Instant,
    pause: Duration,
}

impl<'c> Watch<'c> {
    pub(crate) fn new(limits: &'c Limits, requests: &'c tokio_postgres::Client, line: &'c Arc<Line>) -> Self {
        Self { limits, requests, line, cancelling: None }
    }

    /// Sees, before each wait for the server, whether a limit is reached: the request is then cancelled. If there is no answer even to that, the
    /// connection is given up.
    pub(crate) fn look(&mut self) -> io::Result<()> {
        if self.limits.is_empty() {
            return Ok(());
        }
        if self.cancelling.is_none() && !self.limits.is_reached() {
            return self.line.socket.set_timeout(Some(self.limits.nap()));
        }
        let now = Instant::now();
        let begins = Cancelling { end: now + END_TIMEOUT, next: now, pause: PAUSES.0 };
        let Cancelling { end, next, pause } = self.cancelling.get_or_insert(begins);
        if now >= *end {
            tracing::warn!(target: "orm::pool", "gave up a connection whose server does not answer to a cancelled statement");
            return self.line.socket.hang_up();
        }
        if now >= *next {
            if let Err(failure) = cancel(self.requests, self.line) {
                tracing::warn!(target: "orm::pool", ?failure, "gave up a connection whose statement could not be cancelled");
                return self.line.socket.hang_up();
            }
            *next = Instant::now() + *pause;
            *pause = (*pause * 2).min(PAUSES.1);
        }
        self.line.socket.set_timeout(Some(next.saturating_duration_since(now)))
    }
}

/// Asks the server over a new connection to cancel the statement, and waits until the request has arrived. What is sent afterwards is not hit.
///
/// # Errors
///
/// When that is not known.
fn cancel(requests: &tokio_postgres::Client, line: &Line) -> Result<(), Failure> {
    let line = Arc::new(Line::new(line.socket.another(CANCEL_TIMEOUT)?, Prepared::Always));
    line.socket.set_timeout(Some(CANCEL_TIMEOUT))?;
    let token = requests.cancel_token();
    let mut asking = pin!(token.cancel_query_raw(Wire::new(Arc::clone(&line)), Arranged));
    match asking.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(asked) => asked?,
        Poll::Pending => return Err(Failure::Silent),
    }
    Ok(line.socket.wait_for_end()?)
}
