//! Who ends a statement that has reached its limits.

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
/// The time for the answer to a statement that was cancelled.
const END_TIMEOUT: Duration = Duration::from_secs(10);

/// Watches over a request for the thread that waits for its answer.
///
/// Only that thread cancels, between the request and the answer. So nobody can cancel what comes after it.
pub(crate) struct Watch<'c> {
    limits: &'c Limits,
    requests: &'c tokio_postgres::Client,
    line: &'c Arc<Line>,
    /// When the answer has to be there, after the request was cancelled.
    end: Option<Instant>,
}

impl<'c> Watch<'c> {
    pub(crate) fn new(limits: &'c Limits, requests: &'c tokio_postgres::Client, line: &'c Arc<Line>) -> Self {
        Self { limits, requests, line, end: None }
    }

    /// Sees, before each wait for the server, whether a limit is reached: the request is then cancelled. If there is no answer even to that, the
    /// connection is given up.
    pub(crate) fn look(&mut self) -> std::io::Result<()> {
        match self.end {
            _ if self.limits.is_empty() => Ok(()),
            Some(end) if Instant::now() >= end => {
                tracing::warn!(target: "orm::pool", "gave up a connection whose server does not answer to a cancelled statement");
                self.line.socket.hang_up()
            }
            Some(_) => Ok(()),
            None if self.limits.is_reached() => {
                if let Err(failure) = cancel(self.requests, self.line) {
                    tracing::warn!(target: "orm::pool", ?failure, "gave up a connection whose statement could not be cancelled");
                    return self.line.socket.hang_up();
                }
                self.end = Instant::now().checked_add(END_TIMEOUT);
                self.line.socket.set_timeout(Some(Limits::LOOK))
            }
            None => self.line.socket.set_timeout(Some(self.limits.nap())),
        }
    }
}

/// Asks the server over a new connection to cancel the statement, and waits until the request has arrived. What is sent afterwards is not hit.
///
/// # Errors
///
/// When that is not known.
pub(crate) fn cancel(requests: &tokio_postgres::Client, line: &Line) -> Result<(), Failure> {
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
