//! What the session may believe: the units of its clock, and the changes to rows that no log knows of.

use std::num::NonZeroU64;

use super::Store;
use super::log::Unlogged;

impl Store {
    pub(super) fn has_unlogged(&self) -> bool {
        self.unlogged.iter().any(|unlogged| *unlogged != Unlogged::None)
    }

    /// From now on, until the transaction ends, rows may hold what it wrote and no log knows of: what is read of them does not
    /// outlive a rollback.
    pub(crate) fn note_unlogged_rows(&mut self) {
        self.note_unlogged(Unlogged::Unknown);
    }

    /// [`note_unlogged_rows`](Store::note_unlogged_rows), as far as `unlogged` says.
    pub(crate) fn note_unlogged(&mut self, unlogged: Unlogged) {
        if let Some(known) = self.unlogged.last_mut().filter(|known| **known < unlogged) {
            *known = unlogged;
            self.spread_unlogged();
        }
    }

    /// The transaction has ended: a rollback takes nothing of what is read now.
    pub(crate) fn trust_rows(&mut self) {
        self.unlogged = vec![Unlogged::None];
        self.spread_unlogged();
    }

    /// Tells arenas and associations whether rows hold unlogged changes.
    pub(crate) fn spread_unlogged(&mut self) {
        let has_unlogged = self.has_unlogged();
        self.arenas_mut().for_each(|arena| arena.slots_mut().has_unlogged = has_unlogged);
        self.associations.set_unlogged(has_unlogged);
    }

    /// A unit of the session ends here: unless memory is `trusted`, all that was read is asked anew the next time.
    pub(crate) fn end_unit(&mut self, trusted: bool) {
        self.conflicts.clear();
        self.times.end_unit(trusted);
        self.tell_times();
    }

    /// Statements of the session itself have gone beside its objects: rows may hold what they wrote, and what was read before is compared.
    pub(crate) fn go_beside(&mut self) {
        self.note_unlogged_rows();
        self.times.distrust();
        self.tell_times();
    }

    /// Notes that the database gave back the locks that it took since a savepoint.
    pub(crate) fn release_locks(&mut self) {
        self.times.release();
        self.tell_times();
    }

    /// Notes what protects the rows that are read from now on.
    pub(crate) fn protect(&mut self, by: Option<NonZeroU64>) {
        let before = self.times;
        self.times.protect(&mut self.protection, by);
        if self.times != before {
            self.tell_times();
        }
    }

    fn tell_times(&mut self) {
        let times = self.times;
        self.arenas_mut().for_each(|arena| arena.slots_mut().times = times);
        self.associations.set_times(times);
    }
}
