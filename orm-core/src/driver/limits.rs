//! What ends a statement before its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Cancels statements from anywhere: another thread, a handler of signals, the destructor of a future. Clones are the same token. It is from
/// [`Session::cancel_token`](crate::session::Session::cancel_token) or [`Conn::cancel_token`](crate::engine::Conn::cancel_token).
///
/// ```
/// # use orm::prelude::*;
/// # let engine = Engine::connect("sqlite://")?;
/// let mut session = engine.session();
/// let token = session.cancel_token();
/// std::thread::spawn(move || token.cancel()).join().unwrap();
/// let cancelled = sql("SELECT 1").one::<i64>(&mut session);
/// assert_eq!(cancelled.unwrap_err().kind(), ErrorKind::Cancelled);
/// session.rollback()?; // from here on the session can be used again
/// assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Cancels the running statement, and every later one until the session is rolled back. They end in `Cancelled`.
    ///
    /// It only leaves a sign, and returns at once. The thread that waits for the database looks for the sign every 20 milliseconds and cancels
    /// the statement itself. So the cancelling cannot hit the next user of the connection, however late it comes.
    ///
    /// See the example of [`CancelToken`].
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was cancelled, and not rolled back since.
    ///
    /// See the example of [`CancelToken`].
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn reset(&self) {
        self.0.store(false, Ordering::Release);
    }
}

/// What ends statements before their time. The default ends none.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// When they end.
    pub deadline: Option<Instant>,
    /// The token that cancels them.
    pub cancel: Option<CancelToken>,
}

impl Limits {
    /// How long a statement that may be cancelled waits before it looks again.
    pub const LOOK: Duration = Duration::from_millis(20);

    /// Whether they end no statement.
    pub fn is_empty(&self) -> bool {
        self.deadline.is_none() && self.cancel.is_none()
    }

    /// Whether a statement that runs now has to end.
    pub fn is_reached(&self) -> bool {
        self.cancel.as_ref().is_some_and(CancelToken::is_cancelled)
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// How long to wait before looking again, while somebody may cancel: not beyond the deadline.
    pub fn nap(&self) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        match (left, &self.cancel) {
            (Some(left), None) => left,
            (left, _) => left.unwrap_or(Self::LOOK).min(Self::LOOK),
        }
    }
}
