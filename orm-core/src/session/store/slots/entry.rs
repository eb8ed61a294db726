//! What is noted of each object. There are as many entries as objects, so they are small: what few objects have stands elsewhere.

use std::num::NonZeroU32;

use super::State;
use crate::session::store::times::NEVER;

/// What the session notes of one object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) stamp: NonZeroU32,
    pub(crate) state: State,
    flags: u16,
    /// When its row was last read as a whole; `NEVER` for one that is to be asked anew.
    pub(crate) read: u32,
    /// When its row was inserted by this session: within that unit a collection that is not listed is empty. Later than anything while it
    /// is pending, `NEVER` for a row that was loaded.
    pub(crate) born: u32,
    /// The statement that brought its row last; 0 for none.
    pub(crate) statement: u32,
    /// The query result that it came with last; 0 for none.
    pub(crate) group: u32,
}

const _: () = assert!(size_of::<Entry>() <= 24, "there are as many entries as objects");

impl Entry {
    pub(super) fn new(stamp: NonZeroU32, state: State, now: u32) -> Self {
        let is_pending = state == State::Pending;
        let mut entry = Self {
            stamp,
            state,
            flags: 0,
            read: now,
            born: if is_pending { u32::MAX } else { NEVER },
            statement: 0,
            group: 0,
        };
        entry.set_in_pending(is_pending);
        entry
    }
}

impl Entry {
    /// Whether its row goes with the next flush.
    pub(crate) fn removing(&self) -> bool {
        self.deleting() && !self.softly()
    }

    /// Whether there is something to mark of an object with a row. What was to stay as a row goes after all, if one asks for it.
    pub(crate) fn may_go(&self, softly: bool) -> bool {
        self.state == State::Persistent && (!self.deleting() || (self.softly() && !softly))
    }
}

/// Questions about an object that are answered by yes or no: a bit each.
macro_rules! flags {
    ($($(#[$doc:meta])* $bit:literal $get:ident $set:ident)*) => {
        impl Entry {
            $(
                $(#[$doc])*
                pub(crate) fn $get(&self) -> bool {
                    self.flags & (1 << $bit) != 0
                }

                pub(crate) fn $set(&mut self, yes: bool) {
                    self.flags = (self.flags & !(1 << $bit)) | (u16::from(yes) << $bit);
                }
            )*
        }
    };
}

flags! {
    /// A snapshot was taken: the object may differ from its row.
    0 touched set_touched
    /// The list of pending objects holds it; no list comes to hold an object twice.
    1 in_pending set_in_pending
    /// The list of touched objects holds it.
    2 in_touched set_in_touched
    /// The list of objects marked by `delete` holds it.
    3 in_deleting set_in_deleting
    /// Its parents were noted since the last synchronisation of collections.
    4 unsynced set_unsynced
    /// No synchronisation of collections has seen it yet, so none lists it.
    5 unseen set_unseen
    /// Marked by `delete`, to go with the next flush.
    6 deleting set_deleting
    /// A rollback made it transient.
    7 rolled_back set_rolled_back
    /// It was written to while its values were not those of the unit at hand: what was assigned counts, even where it equals what the
    /// object showed.
    8 written_expired set_written_expired
    /// Of an object that is marked by `delete`: its row stays, and is marked too.
    9 softly set_softly
    /// Of an object of a family only the part of the base was read.
    10 part set_part
    /// The query that brought it last loads no relation on demand.
    11 raises set_raises
}
