//! Stamps of tags: a number for each, which changes when what the tag stands for changes.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::tags::Tag;

/// The stamps of some tags, at one moment, in their order.
pub(crate) type Stamps = Vec<u64>;

/// Stamps in memory, by the places of the tags.
pub(crate) struct LocalStamps(Box<[AtomicU64]>);

impl LocalStamps {
    pub(crate) fn new() -> Self {
        Self((0..=u16::MAX).map(|_| AtomicU64::new(0)).collect())
    }

    pub(crate) fn of(&self, tags: &[Tag]) -> Stamps {
        tags.iter().map(|tag| self.0[usize::from(tag.place())].load(Ordering::Acquire)).collect()
    }

    pub(crate) fn change<'t>(&self, tags: impl IntoIterator<Item = &'t Tag>) {
        self.change_places(tags.into_iter().map(Tag::place));
    }

    /// The same by the places of tags, as another process names them.
    pub(crate) fn change_places(&self, places: impl IntoIterator<Item = u16>) {
        for place in places {
            self.0[usize::from(place)].fetch_add(1, Ordering::AcqRel);
        }
    }
}
