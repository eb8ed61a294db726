use std::sync::atomic::{AtomicU64, Ordering};

/// What a region did so far; see [`Region::statistics`](crate::Region::statistics).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Values that were found.
    pub hits: u64,
    /// Of these, those whose time was over, while somebody loaded them anew.
    pub stale_hits: u64,
    /// Of the hits, those that say that there is nothing.
    pub negative_hits: u64,
    /// Values that were not found, or not believed any more.
    pub misses: u64,
    /// Calls of loaders.
    pub loads: u64,
    /// Loaders that failed.
    pub failed_loads: u64,
    /// Callers that waited for the loader of another.
    pub waits: u64,
    /// Reads that went to the database beside the cache, as those of a transaction.
    pub bypasses: u64,
    /// Requests to the store that failed. The work went on without it.
    pub store_errors: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) hits: Counter,
    pub(crate) stale_hits: Counter,
    pub(crate) negative_hits: Counter,
    pub(crate) misses: Counter,
    pub(crate) loads: Counter,
    pub(crate) failed_loads: Counter,
    pub(crate) waits: Counter,
    pub(crate) bypasses: Counter,
    pub(crate) store_errors: Counter,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    pub(crate) fn read(&self) -> Statistics {
        Statistics {
            hits: self.hits.get(),
            stale_hits: self.stale_hits.get(),
            negative_hits: self.negative_hits.get(),
            misses: self.misses.get(),
            loads: self.loads.get(),
            failed_loads: self.failed_loads.get(),
            waits: self.waits.get(),
            bypasses: self.bypasses.get(),
            store_errors: self.store_errors.get(),
        }
    }
}
