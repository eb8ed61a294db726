//! Which objects a flush has to look at: lists of them, and what puts them back when a flush is taken back.

use super::aside::Asides;
use super::deletes::Deletes;
use super::{Entry, Slots, Waiting};

/// What a flush gathers its work from, apart from the objects themselves.
#[derive(Debug, Clone)]
pub(crate) struct Gathered {
    pending: Vec<u32>,
    touched: Vec<u32>,
    deleting: Vec<u32>,
    asides: Asides,
    deletes: Deletes,
    waiting: Vec<Waiting>,
}

impl Slots {
    /// A copy of what a flush gathers its work from.
    pub(crate) fn gather(&self) -> Gathered {
        Gathered {
            pending: self.pending.clone(),
            touched: self.touched.clone(),
            deleting: self.deleting.clone(),
            asides: self.asides.clone(),
            deletes: self.deletes.clone(),
            waiting: self.waiting.clone(),
        }
    }

    /// Gives an object its entry and its mark back, but for what was noted of it since for the next synchronisation of collections.
    pub(crate) fn restore_entry(&mut self, slot: u32, entry: Entry, mark: u32) {
        self.set_mark(slot, mark);
        let now = *self.entry(slot);
        let restored = self.entry_mut(slot);
        *restored = entry;
        restored.set_unsynced(now.unsynced());
        restored.set_unseen(now.unseen());
        self.note(slot, now.state);
    }

    /// Puts back what a flush gathers its work from, when all entries have been restored. What came since stays.
    pub(crate) fn restore_gathered(&mut self, gathered: Gathered) {
        let Gathered { pending, touched, deleting, asides, deletes, waiting } = gathered;
        let entries = &self.entries;
        let merge = |mut before: Vec<u32>, now: &[u32], holds: fn(&Entry) -> bool| {
            before.retain(|&slot| holds(&entries[slot as usize]));
            let known: std::collections::HashSet<u32> = before.iter().copied().collect();
            before.extend(now.iter().filter(|slot| holds(&entries[**slot as usize]) && !known.contains(slot)));
            before
        };
        self.pending = merge(pending, &self.pending, Entry::in_pending);
        self.touched = merge(touched, &self.touched, Entry::in_touched);
        self.deleting = merge(deleting, &self.deleting, Entry::in_deleting);
        for (slot, aside) in asides {
            if !self.is_gone(slot) {
                self.asides.insert(slot, aside);
            }
        }
        self.deletes.restore(deletes);
        self.waiting.extend(waiting);
    }
}
