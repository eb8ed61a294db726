//! The objects that a flush looks at: pending, touched, and marked by `delete`.

use super::{Slots, State};

impl Slots {
    /// Drops list entries that no longer hold.
    pub(crate) fn settle(&mut self) {
        self.settle_asides();
        let entries = &mut self.entries;
        self.pending.retain(|&slot| {
            let entry = &mut entries[slot as usize];
            entry.in_pending = entry.state == State::Pending;
            entry.in_pending
        });
        self.unlisted.retain(|_, members| {
            members.retain(|&slot| entries[slot as usize].state == State::Pending);
            !members.is_empty()
        });
        self.touched.retain(|&slot| {
            let entry = &mut entries[slot as usize];
            entry.in_touched = entry.touched;
            entry.touched
        });
        self.deleting.retain(|&slot| {
            let entry = &mut entries[slot as usize];
            entry.in_deleting = entry.deleting;
            entry.deleting
        });
    }

    /// Notes that an object may differ from its row from now on.
    pub(crate) fn touch(&mut self, slot: u32) {
        if let Some(aside) = self.asides.get_mut(&slot) {
            // What is left of an object that was taken back since.
            aside.expressions.clear();
        }
        let is_current = self.is_current(slot);
        let entry = self.entry_mut(slot);
        entry.written_expired |= !is_current;
        entry.touched = true;
        if !std::mem::replace(&mut entry.in_touched, true) {
            self.touched.push(slot);
        }
    }

    /// Marks an object to go with the next flush.
    pub(crate) fn mark_deleting(&mut self, slot: u32) {
        let entry = self.entry_mut(slot);
        entry.deleting = true;
        if !std::mem::replace(&mut entry.in_deleting, true) {
            self.deleting.push(slot);
        }
    }

    /// Takes all marks of deletes back, and forgets what was written to transient objects: the level ends without them.
    pub(crate) fn unmark_all(&mut self) {
        let marked: Vec<u32> = self.deleting().collect();
        for slot in marked {
            let entry = self.entry_mut(slot);
            entry.deleting = false;
            entry.mark = 0;
        }
        self.asides.values_mut().for_each(|aside| aside.written = false);
    }

    /// The objects that are pending, in the order of their adding.
    pub(crate) fn pending(&self) -> impl Iterator<Item = u32> {
        self.pending.iter().copied().filter(|&slot| self.state(slot) == State::Pending)
    }

    /// The objects that may differ from their rows.
    pub(crate) fn touched(&self) -> impl Iterator<Item = u32> {
        self.touched.iter().copied().filter(|&slot| self.entry(slot).touched)
    }

    /// The objects marked by `delete`.
    pub(crate) fn deleting(&self) -> impl Iterator<Item = u32> {
        self.deleting.iter().copied().filter(|&slot| self.entry(slot).deleting)
    }
}
