//! The collections of objects, by foreign key and parent.

use super::{Owner, Slots, State};
use crate::session::store::members::Members;
use crate::session::store::times::NEVER;

impl Slots {
    /// When a collection of the object that is not listed was empty; nothing where that is not known.
    pub(crate) fn empty_since(&self, slot: u32) -> Option<u32> {
        if self.is_rolled_back(slot) {
            // It has no row, so no row references it, whether it was read anew before or not.
            return Some(self.times.now);
        }
        match self.owner(slot) {
            Owner::Pending => Some(self.times.now),
            Owner::Fresh(born) => Some(born),
            Owner::Known => None,
        }
    }

    /// Whose collections an object's are.
    pub(crate) fn owner(&self, slot: u32) -> Owner {
        match self.state(slot) {
            State::Pending => Owner::Pending,
            _ if self.entry(slot).born != NEVER => Owner::Fresh(self.entry(slot).born),
            _ => Owner::Known,
        }
    }

    /// The members of `parent` by foreign key `key`, or `None` when they were never loaded.
    pub(crate) fn members(&self, key: usize, parent: u32) -> Option<&Members> {
        self.members[key].get(&parent)
    }

    /// The members of `parent`, to be changed. Without a list there is none, but for a parent born in this session, whose
    /// list begins here. The state before the transaction is kept, but for a parent that the transaction brings itself.
    pub(crate) fn members_mut(&mut self, key: usize, parent: u32, owner: Owner) -> Option<&mut Members> {
        let known = self.members[key].get(&parent);
        if known.is_none() && owner == Owner::Known {
            return None;
        }
        if owner != Owner::Pending {
            self.log.lists.entry((key, parent)).or_insert_with(|| known.cloned());
        }
        let read = if let Owner::Fresh(born) = owner { born } else { self.times.now };
        Some(self.members[key].entry(parent).or_insert_with(|| Members::empty(read)))
    }

    /// Notes a new member of a collection that is not loaded: a delete of the parent reaches it without a look at all pending objects.
    pub(crate) fn note_unlisted(&mut self, key: usize, parent: u32, member: u32) {
        self.unlisted.entry((key, parent)).or_default().push(member);
    }

    /// The new members of a collection that was not loaded when they came. They may have left it since.
    pub(crate) fn take_unlisted(&mut self, key: usize, parent: u32) -> Vec<u32> {
        self.unlisted.remove(&(key, parent)).unwrap_or_default()
    }

    /// What [`take_unlisted`](Self::take_unlisted) would give.
    pub(crate) fn unlisted(&self, key: usize, parent: u32) -> &[u32] {
        self.unlisted.get(&(key, parent)).map_or(&[], Vec::as_slice)
    }

    /// Gives `parent` the members that a load found.
    pub(crate) fn set_members(&mut self, key: usize, parent: u32, mut members: Members) {
        members.read = self.times.now;
        let known = self.members[key].insert(parent, members);
        if self.has_unlogged {
            self.log.lists_to_unload.push(((key, parent), known.is_some()));
            if known.is_some() {
                self.log.lists.entry((key, parent)).or_insert(known);
            }
        }
    }

    /// The owner has no row, so no row of a member references it: those of its collection that are in the session are all.
    pub(crate) fn complete_members(&mut self, key: usize, parent: u32) {
        let Some(members) = self.members[key].get_mut(&parent) else { return };
        let entries = &self.entries;
        let is_out = |slot: u32| entries[slot as usize].state == State::Transient;
        // Those that are still out come with it when it is added again once more.
        let out: Vec<u32> = members.iter().filter(|&slot| is_out(slot)).collect();
        members.retain(|slot| !is_out(slot));
        members.complete();
        out.into_iter().for_each(|slot| self.note_unlisted(key, parent, slot));
    }

    /// Whether the collection of `parent` was loaded as a whole in the unit at hand.
    pub(crate) fn has_all_members(&self, key: usize, parent: u32) -> bool {
        self.members(key, parent).is_some_and(|members| !members.is_partial() && self.times.is_current(members.read))
    }

    /// Unloads the collection of `parent`; its state before the transaction is kept.
    pub(crate) fn unload_members(&mut self, key: usize, parent: u32) {
        if let Some(members) = self.members[key].remove(&parent) {
            let pending: Vec<u32> = members.iter().filter(|&slot| self.state(slot) == State::Pending).collect();
            pending.into_iter().for_each(|slot| self.note_unlisted(key, parent, slot));
            self.log.lists.entry((key, parent)).or_insert(Some(members));
        }
    }

    /// Notes that the collection of `parent` lacks a member that has left the session though its row has not.
    pub(crate) fn note_absent(&mut self, key: usize, parent: u32, owner: Owner) {
        if let Some(members) = self.members_mut(key, parent, owner) {
            members.lack();
            self.lacking = true;
        }
    }

    /// Whether there are collections of these objects in memory.
    pub(crate) fn has_lists(&self) -> bool {
        self.members.iter().any(|lists| !lists.is_empty())
    }

    /// Forgets the collections of objects that have left the session.
    pub(crate) fn forget_members(&mut self, key: usize, parents: &[u32]) {
        if !self.members[key].is_empty() {
            parents.iter().for_each(|parent| drop(self.members[key].remove(parent)));
        }
    }
}
