//! What a session knows of the objects of one model, apart from the objects themselves.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use super::expressions::Instead;
use foldhash::fast::RandomState;

use super::events::Journal;
use super::members::Members;
use crate::model::RawHandle;
use crate::schema::ModelId;

/// A map keyed by slot numbers and the like. Its order is never looked at.
pub(crate) type SlotMap<K, V> = HashMap<K, V, RandomState>;

/// Stands for "no parent" among the parents of an object.
pub(crate) const NO_PARENT: u32 = u32::MAX;

/// Where an object stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Known to the session by its handle only: the transaction that added it was rolled back. `expunge` gives it back.
    Transient,
    /// Added, not inserted yet.
    Pending,
    /// In the session and in the database.
    Persistent,
    /// Its DELETE was flushed; readable until the commit.
    Deleted,
    /// Not in this session (any more).
    Detached,
}

/// What the session notes of one object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) stamp: NonZeroU32,
    pub(crate) state: State,
    /// A snapshot was taken: the object may differ from its row.
    pub(crate) touched: bool,
    /// Whether the lists of touched and of deleted objects hold it, so that neither comes to hold it twice.
    in_touched: bool,
    in_deleting: bool,
    /// Its parents were noted since the last synchronisation of collections.
    pub(crate) unsynced: bool,
    /// No synchronisation of collections has seen it yet, so none lists it.
    pub(crate) newborn: bool,
    /// Marked by `delete`, to go with the next flush.
    pub(crate) deleting: bool,
    /// It was marked or expelled because of another object: a new parent takes it back.
    pub(crate) by_cascade: bool,
    /// Its row is to be read again when it comes along.
    pub(crate) expired: bool,
    /// It was born in this session: a collection that is not listed is empty.
    pub(crate) fresh: bool,
    /// The query result that it came with last; 0 for none.
    pub(crate) group: u32,
}

/// Whose collection it is, as far as a missing list is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// An object that is not inserted yet: no list is an empty collection.
    Pending,
    /// An object born in this session: no list is an empty collection.
    Fresh,
    /// An object with a row that may have members: no list is an unloaded collection.
    Known,
}

impl Entry {
    pub(crate) fn owner(&self) -> Owner {
        match (self.state, self.fresh) {
            (State::Pending, _) => Owner::Pending,
            (_, true) => Owner::Fresh,
            (_, false) => Owner::Known,
        }
    }
}

/// What a transaction, or a savepoint within it, did to the objects of one arena.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// Objects that a flush deleted.
    pub(crate) deleted: Vec<u32>,
    /// Objects that a flush inserted, and whether the database chose the key.
    pub(crate) inserted: Vec<(u32, bool)>,
    /// Objects whose rows were read while those were in doubt.
    pub(crate) doubtful: Vec<u32>,
    /// Collections as they were when it began, as far as they changed since.
    members_before: SlotMap<(usize, u32), Option<Members>>,
}

/// The bookkeeping of one arena.
#[derive(Debug)]
pub(crate) struct Slots {
    pub(crate) entries: Vec<Entry>,
    free: Vec<u32>,
    freed: Vec<u32>,
    /// Objects added and not inserted yet, in the order of their adding; may hold slots that are not pending any more.
    pub(crate) pending: Vec<u32>,
    /// Persistent objects with a snapshot; may hold slots that are not touched any more.
    touched: Vec<u32>,
    /// Objects marked by `delete`; may hold slots whose mark was taken back.
    deleting: Vec<u32>,
    /// Objects written to since the last synchronisation, and per object its parents before, one per foreign key.
    pub(crate) unsynced: Vec<u32>,
    pub(crate) parents_before: Vec<u32>,
    /// Objects with a foreign key, by index, that names an object by a key that nobody in memory has yet.
    pub(crate) waiting: Vec<(u32, usize)>,
    /// What a flush writes instead of the values of objects.
    pub(crate) instead: Instead,
    /// Objects that a row overwrote since the last look: their foreign keys may be others.
    pub(crate) overwritten: Vec<u32>,
    /// Per foreign key: the loaded collections, by the slot of the parent.
    pub(crate) members: Vec<SlotMap<u32, Members>>,
    /// The collections, by foreign key and parent, that lack members which have left the session.
    incomplete: HashSet<(usize, u32)>,
    /// What was done since the innermost savepoint, or since the transaction began.
    pub(crate) log: Log,
    /// The logs of what is around the innermost savepoint, outermost first.
    outer: Vec<Log>,
    /// Whether rows hold what the transaction wrote and no log here knows of.
    pub(crate) in_doubt: bool,
    /// Objects that came with one query result, and how many of them came with no later one.
    groups: SlotMap<u32, (Vec<u32>, usize)>,
    /// Where changes of state are noted, when somebody listens.
    journal: Option<(Journal, ModelId)>,
}

impl Slots {
    pub(crate) fn new(foreign_keys: usize) -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
            freed: Vec::new(),
            pending: Vec::new(),
            touched: Vec::new(),
            deleting: Vec::new(),
            unsynced: Vec::new(),
            instead: Instead::default(),
            overwritten: Vec::new(),
            waiting: Vec::new(),
            parents_before: Vec::new(),
            members: (0..foreign_keys).map(|_| SlotMap::default()).collect(),
            incomplete: HashSet::new(),
            log: Log::default(),
            outer: Vec::new(),
            in_doubt: false,
            groups: SlotMap::default(),
            journal: None,
        }
    }

    /// Notes changes of state from now on.
    pub(crate) fn keep_journal(&mut self, journal: Journal, model: ModelId) {
        self.journal = Some((journal, model));
    }

    /// Brings an object to another place in its life.
    pub(crate) fn set_state(&mut self, slot: u32, state: State) {
        let before = std::mem::replace(&mut self.entry_mut(slot).state, state);
        self.note(slot, before);
    }

    fn note(&self, slot: u32, before: State) {
        if let Some((journal, model)) = &self.journal {
            let entry = self.entry(slot);
            journal.note(RawHandle { model: *model, slot, stamp: entry.stamp }, before, entry.state);
        }
    }

    pub(crate) fn entry(&self, slot: u32) -> &Entry {
        &self.entries[slot as usize]
    }

    pub(crate) fn entry_mut(&mut self, slot: u32) -> &mut Entry {
        &mut self.entries[slot as usize]
    }

    /// The entry behind a handle, unless the handle is stale.
    pub(crate) fn live(&self, slot: u32, stamp: NonZeroU32) -> Option<&Entry> {
        self.entries.get(slot as usize).filter(|entry| entry.stamp == stamp && entry.state != State::Detached)
    }

    pub(crate) fn state(&self, slot: u32) -> State {
        self.entry(slot).state
    }

    /// A slot for a new object.
    pub(crate) fn allocate(&mut self, stamp: NonZeroU32, state: State) -> u32 {
        let entry = Entry {
            stamp,
            state,
            touched: false,
            in_touched: false,
            in_deleting: false,
            unsynced: false,
            newborn: false,
            deleting: false,
            by_cascade: false,
            expired: false,
            fresh: state == State::Pending,
            group: 0,
        };
        let slot = if let Some(slot) = self.free.pop() {
            *self.entry_mut(slot) = entry;
            slot
        } else {
            self.entries.push(entry);
            u32::try_from(self.entries.len() - 1).unwrap_or(NO_PARENT)
        };
        match state {
            State::Pending => self.pending.push(slot),
            _ => self.note_read(slot),
        }
        self.note(slot, if state == State::Pending { State::Transient } else { State::Detached });
        slot
    }

    /// Notes that an object holds what its row holds now.
    pub(crate) fn note_read(&mut self, slot: u32) {
        if self.in_doubt {
            self.log.doubtful.push(slot);
        }
    }

    /// Takes an object's slot away. It is given to another object only after [`reclaim`](Slots::reclaim).
    pub(crate) fn release(&mut self, slot: u32) {
        self.set_state(slot, State::Detached);
        let entry = self.entry_mut(slot);
        entry.touched = false;
        entry.deleting = false;
        entry.by_cascade = false;
        self.freed.push(slot);
    }

    /// Drops list entries that no longer hold.
    pub(crate) fn settle(&mut self) {
        let entries = &self.entries;
        self.instead
            .retain(|slot| entries[slot as usize].touched, |slot| entries[slot as usize].state == State::Pending);
        let entries = &mut self.entries;
        self.pending.retain(|&slot| entries[slot as usize].state == State::Pending);
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
        self.instead.forget(slot);
        let entry = self.entry_mut(slot);
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

    /// Makes released slots available, at the end of a transaction: until then its logs name them. `true` when slots became
    /// available: the session then needs a new stamp.
    pub(crate) fn reclaim(&mut self) -> bool {
        let any = !self.freed.is_empty();
        self.free.append(&mut self.freed);
        any
    }

    /// The objects that are pending, in the order of their adding.
    pub(crate) fn pending(&self) -> impl Iterator<Item = u32> {
        self.pending.iter().copied().filter(|&slot| self.state(slot) == State::Pending)
    }

    /// The objects that have rows.
    pub(crate) fn persistent(&self) -> impl Iterator<Item = u32> {
        let slots = (0..).zip(&self.entries);
        slots.filter(|(_, entry)| entry.state == State::Persistent).map(|(slot, _)| slot)
    }

    /// The objects that may differ from their rows.
    pub(crate) fn touched(&self) -> impl Iterator<Item = u32> {
        self.touched.iter().copied().filter(|&slot| self.entry(slot).touched)
    }

    /// The objects marked by `delete`.
    pub(crate) fn deleting(&self) -> impl Iterator<Item = u32> {
        self.deleting.iter().copied().filter(|&slot| self.entry(slot).deleting)
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
            self.log.members_before.entry((key, parent)).or_insert_with(|| known.cloned());
        }
        Some(self.members[key].entry(parent).or_default())
    }

    /// Gives `parent` the members that a load found.
    pub(crate) fn set_members(&mut self, key: usize, parent: u32, members: Members) {
        if self.in_doubt {
            self.log.members_before.entry((key, parent)).or_insert(None);
        }
        if self.incomplete.remove(&(key, parent)) {
            for log in self.outer.iter_mut().chain(std::iter::once(&mut self.log)) {
                log.members_before.entry((key, parent)).and_modify(|members| *members = None);
            }
        }
        self.members[key].insert(parent, members);
    }

    /// Unloads the collection of `parent`; its state before the transaction is kept.
    pub(crate) fn unload_members(&mut self, key: usize, parent: u32) {
        if let Some(members) = self.members[key].remove(&parent) {
            self.log.members_before.entry((key, parent)).or_insert(Some(members));
        }
    }

    /// Forgets a member that leaves the session: a rollback must not bring its slot back.
    pub(crate) fn forget_member(&mut self, slot: u32) {
        let logs = self.outer.iter_mut().chain(std::iter::once(&mut self.log));
        for members in logs.flat_map(|log| log.members_before.values_mut()).flatten() {
            members.retain(|&member| member != slot);
        }
    }

    /// Notes that collections lack a member that has left the session though its row has not: that of `parent`, and those that listed it
    /// when the transaction began. They are loaded anew where all members are needed.
    pub(crate) fn note_absent(&mut self, key: usize, slot: u32, parent: Option<u32>) {
        let logs = self.outer.iter().chain(std::iter::once(&self.log));
        let logged = logs.flat_map(|log| &log.members_before).filter(|((by, _), _)| *by == key);
        let listing = |(&(_, parent), members): (&(usize, u32), &Option<Members>)| {
            members.as_ref().is_some_and(|members| members.contains(&slot)).then_some(parent)
        };
        let parents: Vec<u32> = parent.into_iter().chain(logged.filter_map(listing)).collect();
        self.incomplete.extend(parents.into_iter().map(|parent| (key, parent)));
    }

    /// Whether a collection lacks a member, which may come back.
    pub(crate) fn lacks_members(&self) -> bool {
        !self.incomplete.is_empty()
    }

    /// Whether the collection of `parent` lacks members that have left the session.
    pub(crate) fn is_incomplete(&self, key: usize, parent: u32) -> bool {
        self.incomplete.contains(&(key, parent))
    }

    /// Forgets the collection of `parent`, which leaves the session.
    pub(crate) fn forget_members(&mut self, key: usize, parent: u32) {
        self.members[key].remove(&parent);
        for log in self.outer.iter_mut().chain(std::iter::once(&mut self.log)) {
            log.members_before.remove(&(key, parent));
        }
    }

    /// Notes that `slots` came with one result. A result whose objects have all come again is forgotten.
    pub(crate) fn group(&mut self, group: u32, slots: &[u32]) {
        for &slot in slots {
            let before = std::mem::replace(&mut self.entry_mut(slot).group, group);
            if let Some((_, left)) = self.groups.get_mut(&before) {
                *left -= 1;
                if *left == 0 {
                    self.groups.remove(&before);
                }
            }
        }
        // An object may stand in a result twice.
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        slots.dedup();
        let count = slots.len();
        self.groups.insert(group, (slots, count));
    }

    /// The persistent objects that came with the same result as `slot`; `slot` alone when it came alone.
    pub(crate) fn companions(&mut self, slot: u32) -> Vec<u32> {
        let group = self.entry(slot).group;
        let mut found = vec![slot];
        if let Some((slots, _)) = self.groups.get_mut(&group) {
            let entries = &self.entries;
            slots.retain(|&other| entries[other as usize].group == group);
            found.extend(
                slots
                    .iter()
                    .copied()
                    .filter(|&other| other != slot && entries[other as usize].state == State::Persistent),
            );
        }
        found
    }

    /// Begins a savepoint.
    pub(crate) fn begin_level(&mut self) {
        self.outer.push(std::mem::take(&mut self.log));
    }

    /// Ends a savepoint: what was done in it becomes a part of what is around it.
    pub(crate) fn merge_level(&mut self) {
        let Some(outer) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.log, outer);
        self.log.deleted.extend(inner.deleted);
        self.log.inserted.extend(inner.inserted);
        self.log.doubtful.extend(inner.doubtful);
        for (place, members) in inner.members_before {
            self.log.members_before.entry(place).or_insert(members);
        }
    }

    /// Ends a savepoint, or the transaction, whose log is of no use any more.
    pub(crate) fn drop_level(&mut self) {
        self.log = self.outer.pop().unwrap_or_default();
    }

    /// Puts all collections back as they were when the innermost level began. Gives the members that are out of the session: whether
    /// they belong there depends on their parents.
    pub(crate) fn restore_members(&mut self) -> Vec<u32> {
        let mut out = Vec::new();
        for ((key, parent), members) in std::mem::take(&mut self.log.members_before) {
            match members {
                Some(mut members) => {
                    // What was expunged meanwhile does not come back.
                    members.retain(|&slot| self.entries[slot as usize].state != State::Detached);
                    out.extend(members.iter().filter(|&&slot| self.entries[slot as usize].state == State::Transient));
                    self.members[key].insert(parent, members)
                }
                None => self.members[key].remove(&parent),
            };
        }
        out
    }
}
