//! The objects that a flush looks at: pending, touched, and marked by `delete`.

use super::{NO_PARENT, Slots, State, mark_of};

impl Slots {
    /// Drops list entries that no longer hold.
    pub(crate) fn settle(&mut self) {
        self.settle_asides();
        self.settle_deletes();
        let entries = &mut self.entries;
        self.pending.retain(|&slot| {
            let entry = &mut entries[slot as usize];
            entry.set_in_pending(entry.state == State::Pending);
            entry.in_pending()
        });
        self.unlisted.retain(|_, members| {
            members.retain(|&slot| {
                let entry = &entries[slot as usize];
                entry.state == State::Pending || entry.state == State::Transient && entry.rolled_back()
            });
            !members.is_empty()
        });
        self.touched.retain(|&slot| {
            let entry = &mut entries[slot as usize];
            entry.set_in_touched(entry.touched());
            entry.touched()
        });
        self.deleting.retain(|&slot| {
            let entry = &mut entries[slot as usize];
            entry.set_in_deleting(entry.deleting());
            entry.deleting()
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
        entry.set_written_expired(entry.written_expired() || !is_current);
        entry.set_touched(true);
        if !entry.in_touched() {
            entry.set_in_touched(true);
            self.touched.push(slot);
        }
    }

    /// Notes that an object was written to, and its parents before, one per foreign key. Tells whether it is the first one since the last
    /// synchronisation of collections.
    pub(crate) fn note_unsynced(&mut self, slot: u32, parents: impl IntoIterator<Item = u32>) -> bool {
        self.entry_mut(slot).set_unsynced(true);
        self.unsynced.push(slot);
        self.parents_before.extend(parents);
        self.unsynced.len() == 1
    }

    /// Notes that a new object has no collection that knows it yet, as [`note_unsynced`](Self::note_unsynced).
    pub(crate) fn note_unseen(&mut self, slot: u32, keys: usize) -> bool {
        if keys == 0 {
            return false;
        }
        self.entry_mut(slot).set_unseen(true);
        self.note_unsynced(slot, std::iter::repeat_n(NO_PARENT, keys))
    }

    /// Marks an object to go with the next flush, and its row to go or to be marked.
    pub(crate) fn mark_deleting(&mut self, slot: u32, softly: bool) {
        let entry = self.entry_mut(slot);
        entry.set_deleting(true);
        entry.set_softly(softly);
        if !entry.in_deleting() {
            entry.set_in_deleting(true);
            self.deleting.push(slot);
        }
    }

    /// The number of the delete that marked or expunged an object because of another one, so that a new parent can undo it; 0 for none.
    pub(crate) fn mark(&self, slot: u32) -> u32 {
        mark_of(&self.marks, slot)
    }

    pub(crate) fn set_mark(&mut self, slot: u32, mark: u32) {
        match self.marks.get_mut(slot as usize) {
            Some(known) => *known = mark,
            None if mark == 0 => {}
            None => {
                self.marks.resize(slot as usize, 0);
                self.marks.push(mark);
            }
        }
    }

    /// Whether any object may bear such a mark.
    pub(crate) fn has_marks(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Takes the mark of a delete back.
    pub(crate) fn unmark(&mut self, slot: u32) {
        self.entry_mut(slot).set_deleting(false);
        self.set_mark(slot, 0);
    }

    /// Takes all marks of deletes back, and forgets what was written to transient objects: the level ends without them.
    pub(crate) fn unmark_all(&mut self) {
        let marked: Vec<u32> = self.deleting().collect();
        for slot in marked {
            self.unmark(slot);
        }
        self.asides.values_mut().for_each(|aside| aside.written = false);
    }

    /// The objects that are pending, in the order of their adding.
    pub(crate) fn pending(&self) -> impl Iterator<Item = u32> {
        self.pending.iter().copied().filter(|&slot| self.state(slot) == State::Pending)
    }

    /// The objects that may differ from their rows.
    pub(crate) fn touched(&self) -> impl Iterator<Item = u32> {
        self.touched.iter().copied().filter(|&slot| self.entry(slot).touched())
    }

    /// The objects marked by `delete`.
    pub(crate) fn deleting(&self) -> impl Iterator<Item = u32> {
        self.deleting.iter().copied().filter(|&slot| self.entry(slot).deleting())
    }

    /// Those of the objects marked by `delete` whose rows go.
    pub(crate) fn removing(&self) -> impl Iterator<Item = u32> {
        self.deleting().filter(|&slot| self.entry(slot).removing())
    }

    /// Those of the objects marked by `delete` whose rows stay, and are marked.
    pub(crate) fn marking(&self) -> impl Iterator<Item = u32> {
        self.deleting().filter(|&slot| self.entry(slot).softly())
    }
}
