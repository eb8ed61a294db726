//! Where a registry keeps the session of one scope.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::Sessions;
use crate::engine::At;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;

/// The place of one session.
pub(super) trait Place {
    /// Takes the session out, if there is one. The place is taken until [`put`](Place::put).
    fn take(&self) -> Result<Option<Session>>;

    /// Puts a session into the place, or clears it.
    fn put(&self, session: Option<Session>) -> Result<()>;
}

/// Lends the session of `place` to `work`, and makes one if there is none. A panic clears the place.
pub(super) fn lend<R>(
    place: &impl Place,
    sessions: &Sessions,
    at: At,
    work: impl FnOnce(&mut Session) -> Result<R>,
) -> Result<R> {
    let mut session = match place.take()? {
        Some(session) => session,
        None => sessions.make(at),
    };
    match catch_unwind(AssertUnwindSafe(|| work(&mut session))) {
        Ok(outcome) => {
            place.put(Some(session))?;
            outcome
        }
        Err(panic) => {
            // The scope cannot be at its end here, so that there is a place to clear.
            let _cleared = place.put(None);
            drop(session);
            resume_unwind(panic)
        }
    }
}

/// Clears the place, and rolls back what its session has not committed.
pub(super) fn remove(place: &impl Place) -> Result<()> {
    let session = place.take()?;
    place.put(None)?;
    session.map_or(Ok(()), |mut session| session.close())
}

#[cold]
pub(super) fn in_use(scope: &str) -> Error {
    let message =
        format!("the session of {scope} is lent to a caller already: hand the `&mut Session` on as an argument");
    Error::new(ErrorKind::InvalidState, message)
}
