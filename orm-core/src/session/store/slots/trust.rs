//! When the session learned the values of an object, whether they still hold, and which of them the database protects.

use super::{Slots, State};
use crate::session::store::times::{Columns, NEVER};

impl Slots {
    /// Notes that an object holds what its row holds now.
    pub(crate) fn note_read(&mut self, slot: u32) {
        let now = self.times.now;
        let entry = self.entry_mut(slot);
        entry.read = now;
        entry.set_written_expired(false);
        if self.has_unlogged {
            self.log.to_expire.push(slot);
        }
    }

    /// Notes that the values of an object came from elsewhere: they are of this unit, and nothing protects them.
    pub(crate) fn note_attached(&mut self, slot: u32) {
        self.entry_mut(slot).read = self.times.unit_start();
    }

    /// Notes that an object is to be asked anew when its row comes along.
    pub(crate) fn expire(&mut self, slot: u32) {
        self.entry_mut(slot).read = NEVER;
    }

    /// Notes that all objects are to be asked anew.
    pub(crate) fn expire_all(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.read = NEVER);
    }

    /// Whether an object was read in the unit at hand.
    pub(crate) fn is_current(&self, slot: u32) -> bool {
        let entry = self.entry(slot);
        matches!(entry.state, State::Pending | State::Transient) || self.times.is_current(entry.read)
    }

    /// Whether an object is to be asked anew before its values are gone by. Unsaved changes are gone by in any case.
    pub(crate) fn is_old(&self, slot: u32) -> bool {
        !self.is_current(slot) && !self.entry(slot).touched()
    }

    /// Notes that only a part of an object was read, the rest of which follows or not.
    pub(crate) fn note_part(&mut self, slot: u32, rest_follows: bool) {
        self.entry_mut(slot).set_part(true);
        if rest_follows {
            self.incomplete.push(slot);
        }
    }

    /// Whether an object is to be asked anew as a whole: it [is old](Self::is_old), or a part of it was read.
    pub(crate) fn is_wanting(&self, slot: u32) -> bool {
        self.entry(slot).part() || self.is_old(slot)
    }

    /// Whether an object was born in the unit at hand: a collection of it that is not listed is empty.
    pub(crate) fn is_fresh(&self, slot: u32) -> bool {
        self.times.is_current(self.entry(slot).born)
    }

    /// Notes that the transaction wrote or locked columns of a row, so that no other transaction can change them before it ends.
    pub(crate) fn note_locked(&mut self, slot: u32, columns: impl IntoIterator<Item = usize>) {
        let times = self.times;
        let locked = self.locks.entry(slot).or_insert(Locked { at: NEVER, columns: Columns::NONE });
        if !times.is_locked(locked.at) {
            locked.columns = Columns::NONE;
        }
        locked.at = times.now;
        columns.into_iter().for_each(|column| locked.columns.insert(column));
    }

    /// Notes that the transaction holds a row whose values the object has.
    pub(crate) fn note_all_locked(&mut self, slot: u32) {
        self.locks.insert(slot, Locked { at: self.times.now, columns: Columns::ALL });
    }

    /// Whether the database itself protects all that an object knows of its row.
    pub(crate) fn is_all_protected(&self, slot: u32) -> bool {
        self.is_row_protected(slot) || self.locked(slot).is_some_and(|columns| columns == Columns::ALL)
    }

    /// Whether the database itself protects what an object knows of a column: a change of it by somebody else fails, or makes a write of ours
    /// fail.
    pub(crate) fn is_protected(&self, slot: u32, column: usize) -> bool {
        self.is_row_protected(slot) || self.locked(slot).is_some_and(|columns| columns.contains(column))
    }

    /// Whether the transaction protects what it read when it read the row, or has inserted the row itself.
    fn is_row_protected(&self, slot: u32) -> bool {
        let entry = self.entry(slot);
        self.times.is_protected(entry.read) || (entry.born != NEVER && self.times.is_locked(entry.born))
    }

    /// The columns of a row that no other transaction can have changed since the open one wrote or locked them.
    fn locked(&self, slot: u32) -> Option<Columns> {
        self.locks.get(&slot).filter(|locked| self.times.is_locked(locked.at)).map(|locked| locked.columns)
    }
}

/// When the open transaction last wrote or locked a row, and the columns that no other transaction can have changed since.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locked {
    at: u32,
    columns: Columns,
}
