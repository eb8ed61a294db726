use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use orm_core::ErrorKind;
use serde::Deserialize;

/// What a client did so far; see [`Dynamo::numbers`](crate::Dynamo::numbers).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct DynamoNumbers {
    /// Requests that were sent, retries included.
    pub requests: u64,
    /// Requests that were sent again.
    pub retries: u64,
    /// Answers that asked for a pause.
    pub throttled: u64,
    /// Requests that failed, those included that were sent again.
    pub failures: u64,
    /// The capacity units that the answers named.
    pub capacity: f64,
}

/// The capacity that a request consumed, as its answer says.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Capacity {
    /// In capacity units.
    #[serde(default)]
    capacity_units: f64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    failures: AtomicU64,
    capacity: Mutex<f64>,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Counters {
    pub(super) fn request(&self) {
        count(&self.requests);
    }

    pub(crate) fn retry(&self) {
        count(&self.retries);
    }

    pub(super) fn failure(&self, kind: ErrorKind) {
        count(&self.failures);
        if kind == ErrorKind::Throttled {
            count(&self.throttled);
        }
    }

    pub(crate) fn consumed<'a>(&self, capacity: impl IntoIterator<Item = &'a Capacity>) {
        let units: f64 = capacity.into_iter().map(|capacity| capacity.capacity_units).sum();
        *self.capacity.lock().unwrap_or_else(PoisonError::into_inner) += units;
    }

    pub(super) fn numbers(&self) -> DynamoNumbers {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        DynamoNumbers {
            requests: read(&self.requests),
            retries: read(&self.retries),
            throttled: read(&self.throttled),
            failures: read(&self.failures),
            capacity: *self.capacity.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}
