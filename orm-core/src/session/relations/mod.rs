//! Relations of objects: the methods that read and change them, and the collections that follow.
//!
//! [`related`] is what users call. [`collections`] are kept in step with foreign keys as objects change, by [`resync`] after rows have
//! changed them. [`owners`] and [`orphans`] answer who is left without a parent. The data itself is in the store.

mod collections;
mod orphans;
pub(crate) mod owners;
pub(crate) mod related;
mod resync;
