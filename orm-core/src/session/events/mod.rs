//! Events: calls the listeners of the session, and the hooks of models.

mod hooks;
mod journal;
mod listeners;
mod row_change;

pub use journal::StateChange;
pub use row_change::{ChangeKind, ColumnChange, RowChange};

pub(crate) use hooks::{HookedArena, broken_rules, loaded};
pub(crate) use journal::Journal;
pub(crate) use listeners::{Listeners, Moment};
