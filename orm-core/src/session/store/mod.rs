//! What a session holds in memory, and the operations on it that need no database.
//!
//! [`contents`] is the `Store`: an [`arena`] per model with objects, snapshots and identity map, and the [`associations`] of
//! `many_to_many` relations. What is noted of an object beside its value (its state, its lists of [`members`]) is in [`slots`]; when it
//! was learned, in [`times`]; how columns change values, in [`forms`]. [`log`] holds what a [`rollback`] needs.
//!
//! Nothing here sends a statement. Objects change through the `Store` only, so that every change is logged.

pub(crate) mod arena;
pub(crate) mod associations;
pub(crate) mod contents;
pub(crate) mod forms;
pub(crate) mod log;
pub(crate) mod members;
pub(crate) mod rollback;
pub(crate) mod slots;
pub(crate) mod times;

pub(crate) use contents::Store;
