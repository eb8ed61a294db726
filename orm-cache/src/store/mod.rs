//! Where entries and stamps are kept.

#[cfg(feature = "redis")]
mod redis;

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use orm_core::engine::Engine;
use orm_core::{Error, ErrorKind, Result};

use crate::entry::Entry;
use crate::listener::{Link, Listener};
use crate::stamps::{LocalStamps, Stamps};
use crate::tags::Tag;

#[cfg(feature = "redis")]
pub(crate) use self::redis::{RedisSettings, RedisStore, SharedLock};

/// What all regions of a cache share.
pub(crate) enum Shared {
    /// This process, alone or with others that tell it of their changes.
    Local(Local),
    /// All processes with the same Redis.
    #[cfg(feature = "redis")]
    Redis(Box<RedisStore>),
}

/// Stamps in memory, and what other processes say, if anybody listens.
pub(crate) struct Local {
    stamps: Arc<LocalStamps>,
    link: OnceLock<Weak<Link>>,
}

impl Local {
    pub(crate) fn new() -> Self {
        Self { stamps: Arc::new(LocalStamps::new()), link: OnceLock::new() }
    }

    /// Listens to other processes from now on.
    pub(crate) fn listen(&self, engine: &Engine, channel: String) -> Result<Listener> {
        let listener = Listener::start(Arc::clone(&self.stamps), engine, channel)?;
        let taken = || Error::new(ErrorKind::InvalidState, "the cache listens already, or has done so");
        self.link.set(listener.link()).map_err(|_| taken())?;
        Ok(listener)
    }

    fn of(&self, tags: &[Tag]) -> Result<Stamps> {
        match self.link.get().map(Weak::upgrade) {
            Some(link) if !link.as_ref().is_some_and(|link| link.hears()) => {
                Err(Error::new(ErrorKind::ConnectionLost, "what other processes commit is not heard"))
            }
            _ => Ok(self.stamps.of(tags)),
        }
    }

    fn change(&self, tags: &[Tag]) {
        self.stamps.change(tags);
        if let Some(link) = self.link.get().and_then(Weak::upgrade) {
            link.tell(tags);
        }
    }

    /// How often the other processes were not heard.
    pub(crate) fn errors(&self) -> u64 {
        self.link.get().and_then(Weak::upgrade).map_or(0, |link| link.errors())
    }
}

impl Shared {
    /// The stamps of these tags, and what is kept under a key beyond this process, if that is asked.
    ///
    /// # Errors
    ///
    /// When the store does not answer: then nothing is to be believed.
    pub(crate) fn look(&self, tags: &[Tag], key: Option<&str>) -> Result<(Stamps, Option<Entry>)> {
        match self {
            Self::Local(local) => {
                let _ = key;
                Ok((local.of(tags)?, None))
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
            Self::Local(local) => {
                local.change(&tags);
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
