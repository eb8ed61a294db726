//! Events: calls the listeners of the session, and the hooks of models.

mod hooks;
mod journal;
mod listeners;

pub use journal::StateChange;

pub(crate) use hooks::{Change, HookedArena, broken_rules, loaded};
pub(crate) use journal::Journal;
pub(crate) use listeners::{Listeners, Moment};
