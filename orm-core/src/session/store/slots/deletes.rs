//! What deletes note of objects: with which of them `delete` was called, and what a cascade reached through which.

use std::collections::HashSet;

use super::{SlotSet, Slots, mark_of};
use crate::session::objects::marks::Marked;

/// What is kept of the deletes that the next flush carries out, and of what they took out of the session. Entries are few bytes, as a cascade may
/// reach most of the objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deletes {
    /// The objects that `delete` was called with.
    called: SlotSet,
    /// The objects that a cascade reached, each with the one that it was reached through.
    reached: Vec<(u32, Marked)>,
    /// How many of them stand in the order of the objects that they were reached through.
    sorted: usize,
}

impl Deletes {
    /// Has again what was noted before. What came since stays.
    pub(super) fn restore(&mut self, before: Self) {
        let since = std::mem::replace(self, Self { sorted: 0, ..before });
        self.called.extend(since.called);
        let known: HashSet<(u32, Marked)> = self.reached.iter().copied().collect();
        self.reached.extend(since.reached.into_iter().filter(|reached| !known.contains(reached)));
    }
}

impl Slots {
    /// Notes that `delete` was called with an object.
    pub(crate) fn note_called(&mut self, slot: u32) {
        self.deletes.called.insert(slot);
    }

    /// Takes back that `delete` was called with an object. `false` when it was not.
    pub(crate) fn take_called(&mut self, slot: u32) -> bool {
        self.deletes.called.remove(&slot)
    }

    /// Notes what a delete cascade reached through an object.
    pub(crate) fn note_reached(&mut self, slot: u32, reached: Marked) {
        self.deletes.reached.push((slot, reached));
    }

    /// What delete cascades reached through an object. What does not bear its mark any more is not reached any more.
    pub(crate) fn reached(&mut self, slot: u32) -> &[(u32, Marked)] {
        let Deletes { reached, sorted, .. } = &mut self.deletes;
        if *sorted < reached.len() {
            reached.sort_by_key(|&(through, _)| through);
            *sorted = reached.len();
        }
        let first = reached.partition_point(|&(through, _)| through < slot);
        let count = reached[first..].partition_point(|&(through, _)| through == slot);
        &reached[first..first + count]
    }

    /// Drops what ends with a flush, or with a rollback. What was expunged may still be adopted, with what went with it.
    pub(super) fn settle_deletes(&mut self) {
        let Self { deletes, marks, .. } = self;
        deletes.called.clear();
        deletes.reached.retain(|&(through, _)| mark_of(marks, through) != 0);
        deletes.sorted = 0;
        if marks.iter().all(|&mark| mark == 0) {
            marks.clear();
        }
    }
}
