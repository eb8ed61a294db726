//! Relations of objects: the methods that read and change them, and the collections that follow.
//!
//! [`related`] is what users call, with [`loadable`] for what is loaded and [`members`] for what has members, [`proxies`] go over association objects, and [`queries`] ask the database about members that are not loaded. [`collections`] are kept in step with foreign keys as objects change, by [`resync`] after rows have
//! changed them. [`owners`] and [`orphans`] answer who is left without a parent. The data itself is in the store.

pub(crate) mod collections;
#[cfg(all(feature = "json", feature = "serde"))]
pub(crate) mod graph;
pub(crate) mod loadable;
pub(crate) mod members;
mod ordering;
mod orphans;
pub(crate) mod owners;
mod proxies;
mod queries;
pub(crate) mod related;
mod resync;
