//! Single objects: added, read and written in memory, merged, deleted.
//!
//! Nothing here sends a write: objects and marks change, and the next flush finds out what to do. [`marks`] knows what a delete reaches.

mod access;
pub(crate) mod add;
mod add_again;
pub(crate) mod delete;
mod expressions;
mod families;
pub(crate) mod marks;
mod merge;
mod undelete;
mod validate;
