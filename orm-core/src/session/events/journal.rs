use std::sync::{Arc, Mutex, PoisonError};

use crate::model::RawHandle;
use crate::session::State;

/// An object came to another place in its life.
///
/// The state outside of a session is `Transient` before `add`, and `Detached` before a row is loaded and after the object
/// left the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateChange {
    /// The object. [`typed`](RawHandle::typed) tells whether it is of a model, and gives its handle.
    pub object: RawHandle,
    /// Where it was.
    pub before: State,
    /// Where it is.
    pub after: State,
}

/// The changes of state that listeners were not told of yet. There is one for a session that somebody listens to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<StateChange>>>);

impl Journal {
    pub(crate) fn note(&self, object: RawHandle, before: State, after: State) {
        if before != after {
            let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            changes.push(StateChange { object, before, after });
        }
    }

    pub(super) fn take(&self) -> Vec<StateChange> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
