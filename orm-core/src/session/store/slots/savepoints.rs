//! Savepoints: what was done in each, and how it is taken back.

use super::{SlotMap, Slots, State};
use crate::session::store::log::{ListKey, Unlogged};
use crate::session::store::members::Members;

impl Slots {
    /// Begins a savepoint.
    pub(crate) fn begin_level(&mut self) {
        self.outer.push(std::mem::take(&mut self.log));
    }

    /// Ends a savepoint: what was done in it becomes a part of what is around it.
    pub(crate) fn merge_level(&mut self) {
        if let Some(outer) = self.outer.pop() {
            let inner = std::mem::replace(&mut self.log, outer);
            self.log.absorb(inner);
        }
    }

    /// Ends a savepoint, or the transaction, whose log is of no use any more. Gives the objects that hold what rows held that were rolled
    /// back, where the level wrote rows without a log. The collections that saw such rows claim nothing any more, or are unloaded where nothing
    /// tells what they should hold.
    pub(crate) fn drop_level(&mut self, unlogged: Unlogged) -> Vec<u32> {
        let inner = std::mem::replace(&mut self.log, self.outer.pop().unwrap_or_default());
        if unlogged == Unlogged::None {
            // What the rest of the transaction wrote may still be rolled back.
            self.log.to_expire.extend(inner.to_expire);
            self.log.lists_to_unload.extend(inner.lists_to_unload);
            return Vec::new();
        }
        for ((key, parent), was_there) in inner.lists_to_unload {
            if unlogged == Unlogged::Unknown && !was_there {
                self.members[key].remove(&parent);
            } else if let Some(members) = self.members[key].get_mut(&parent) {
                members.lack();
                self.lacking = true;
            }
        }
        inner.to_expire
    }

    /// Brings an object back to where it was when the level began. That is no step of its own.
    pub(crate) fn restore_state(&mut self, slot: u32, state: State) {
        let entry = self.entry_mut(slot);
        let before = std::mem::replace(&mut entry.state, state);
        // What was deleted before the rollback stays so.
        let stood = matches!(before, State::Pending | State::Persistent) && !entry.deleting();
        entry.set_rolled_back(state == State::Transient && (stood || entry.rolled_back()));
        self.unmark(slot);
        self.note(slot, before);
    }

    /// Puts collections back as they were when a level began. Gives the members that are out of the session: whether they belong there
    /// depends on their parents.
    pub(crate) fn restore_lists(&mut self, lists: SlotMap<ListKey, Option<Members>>) -> Vec<u32> {
        let mut out = Vec::new();
        for ((key, parent), members) in lists {
            match members {
                Some(mut members) => {
                    // What was expunged meanwhile does not come back.
                    members.drop_gone(|slot| self.is_gone(slot));
                    self.lacking |= members.is_lacking();
                    out.extend(members.iter().filter(|&slot| self.state(slot) == State::Transient));
                    self.members[key].insert(parent, members)
                }
                None => self.members[key].remove(&parent),
            };
        }
        out
    }

    /// Whether an object is transient because of a rollback, and nothing else.
    pub(crate) fn is_rolled_back(&self, slot: u32) -> bool {
        let entry = self.entry(slot);
        entry.rolled_back() && entry.state == State::Transient
    }
}
