//! What is done to programs at work, one scene a file.

pub(crate) mod cut;
pub(crate) mod files;
pub(crate) mod kill;
pub(crate) mod pool;
pub(crate) mod restart;
pub(crate) mod sessions;
pub(crate) mod soak;
pub(crate) mod writers;
