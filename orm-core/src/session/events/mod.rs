//! Who is told of what a session does: listeners of the session, and the hooks of models.

mod hooks;
mod journal;
mod listeners;

pub use journal::StateChange;

pub(super) use hooks::{Change, HookedArena, loaded};
pub(super) use journal::Journal;
pub(super) use listeners::{Listeners, Moment};
