//! What a session holds in memory, and the operations on it that need no database.
//!
//! [`contents`] is the `Store`: an [`arena`] per model with objects, snapshots and identity map, and the [`associations`] of
//! `many_to_many` relations, all of them in [`association_sets`]. What is noted of an object beside its value (its state, its lists of
//! [`members`]) is in [`slots`]; [`sync`] keeps lists in step with foreign keys. When an object was learned is in [`times`], what that is
//! worth in [`units`]; how columns change values, in [`forms`]. [`log`] holds what a [`rollback`] needs.
//!
//! Nothing here sends a statement. Objects change through the `Store` only, so that every change is logged.

pub(crate) mod arena;
mod association_sets;
pub(crate) mod associations;
pub(crate) mod contents;
pub(crate) mod forms;
pub(crate) mod log;
pub(crate) mod members;
pub(crate) mod rollback;
pub(crate) mod slots;
mod sync;
pub(crate) mod times;
mod units;

pub(crate) use contents::Store;
