//! Where entries and stamps are kept.

#[cfg(feature = "redis")]
mod redis;

use std::time::Duration;

use crate::entry::Entry;
use crate::stamps::{LocalStamps, Stamps};
use crate::tags::Tag;
use orm_core::Result;

#[cfg(feature = "redis")]
pub(crate) use self::redis::{RedisSettings, RedisStore, SharedLock};

/// What all regions of a cache share.
pub(crate) enum Shared {
    /// This process alone.
    Local(LocalStamps),
    /// All processes with the same Redis.
    #[cfg(feature = "redis")]
    Redis(Box<RedisStore>),
}

impl Shared {
    /// The stamps of these tags, and what is kept under a key beyond this process, if that is asked.
    ///
    /// # Errors
    ///
    /// When the store does not answer: then nothing is to be believed.
    pub(crate) fn look(&self, tags: &[Tag], key: Option<&str>) -> Result<(Stamps, Option<Entry>)> {
        match self {
            Self::Local(stamps) => {
                let _ = key;
                Ok((stamps.of(tags), None))
            }
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.look(tags, key),
        }
    }

    /// Notes that what the tags stand for has changed.
    ///
    /// # Errors
    ///
    /// When the store does not answer; it is done as soon as it does, and before anything is read.
    pub(crate) fn change(&self, tags: Vec<Tag>) -> Result<()> {
        match self {
            Self::Local(stamps) => {
                stamps.change(&tags);
                Ok(())
            }
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.change(tags),
        }
    }

    /// Keeps an entry beyond this process.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub(crate) fn keep(&self, key: &str, entry: &Entry, lasts: Duration) -> Result<()> {
        match self {
            Self::Local(_) => {
                let _ = (key, entry, lasts);
                Ok(())
            }
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.keep(key, entry, lasts),
        }
    }
}
