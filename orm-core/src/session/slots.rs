//! What a session knows of the objects of one model, apart from the objects themselves.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use foldhash::fast::RandomState;

use super::aside::Asides;
use super::events::Journal;
use super::log::{Doubt, ListKey, Log, Step};
use super::members::Members;
use super::times::{Columns, NEVER, Times};
use crate::model::RawHandle;
use crate::schema::ModelId;

/// A map keyed by slot numbers and the like. Its order is never looked at.
pub(crate) type SlotMap<K, V> = HashMap<K, V, RandomState>;

/// A set of slot numbers. Its order is never looked at.
pub(crate) type SlotSet = HashSet<u32, RandomState>;

/// Stands for "no parent" among the parents of an object.
pub(crate) const NO_PARENT: u32 = u32::MAX;

/// Where an object stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Known to the session by its handle only: the transaction that added it was rolled back, or it was deleted before it had a row.
    /// `add_again` adds it anew, `expunge` gives its value back.
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
    /// Whether the lists of pending, touched and deleted objects hold it, so that none comes to hold it twice.
    pub(super) in_pending: bool,
    pub(super) in_touched: bool,
    pub(super) in_deleting: bool,
    /// Its parents were noted since the last synchronisation of collections.
    pub(crate) unsynced: bool,
    /// No synchronisation of collections has seen it yet, so none lists it.
    pub(crate) newborn: bool,
    /// Marked by `delete`, to go with the next flush.
    pub(crate) deleting: bool,
    /// A rollback made it transient.
    pub(crate) adrift: bool,
    /// It was written to while its values were not those of the unit at hand: what was assigned counts, even where it equals what the
    /// object showed.
    pub(crate) blind: bool,
    /// The number of the delete that marked or expelled it because of another object, so that a new parent takes it back; 0 for none.
    pub(crate) mark: u32,
    /// When its row was last read as a whole; `NEVER` for one that is to be asked anew.
    pub(crate) read: u32,
    /// When its row was inserted by this session: within that unit a collection that is not listed is empty. Later than anything while it
    /// is pending, `NEVER` for a row that was loaded.
    pub(crate) born: u32,
    /// When the open transaction last wrote or locked its row, and the columns that nobody else can have changed since.
    pub(super) held_at: u32,
    pub(super) held: Columns,
    /// The statement that brought its row last; 0 for none.
    pub(crate) statement: u32,
    /// The query result that it came with last; 0 for none.
    pub(crate) group: u32,
}

/// Whose collection it is, as far as a missing list is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// An object that is not inserted yet: no list is an empty collection.
    Pending,
    /// An object born in this session: no list is a collection that was empty then.
    Fresh(u32),
    /// An object with a row that may have members: no list is an unloaded collection.
    Known,
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
    pub(super) touched: Vec<u32>,
    /// Objects marked by `delete`; may hold slots whose mark was taken back.
    pub(super) deleting: Vec<u32>,
    /// Objects written to since the last synchronisation, and per object its parents before, one per foreign key.
    pub(crate) unsynced: Vec<u32>,
    pub(crate) parents_before: Vec<u32>,
    /// Objects with a foreign key, by index, that names an object by a key that nobody in memory has yet. The stamps tell whether the
    /// slots are theirs still.
    pub(crate) waiting: Vec<(u32, NonZeroU32, usize)>,
    /// What is kept of objects beside their entries.
    pub(super) asides: Asides,
    /// Objects to which a row gave another foreign key since the last look.
    pub(crate) overwritten: Vec<u32>,
    /// New objects that rows brought since the last look: loaded collections may lack them.
    pub(crate) brought: Vec<u32>,
    /// Per foreign key: the loaded collections, by the slot of the parent.
    pub(crate) members: Vec<SlotMap<u32, Members>>,
    /// Whether a collection may lack a member that has left the session, and that may come back.
    pub(crate) lacking: bool,
    /// What was done since the innermost savepoint, or since the transaction began.
    pub(crate) log: Log,
    /// The logs of what is around the innermost savepoint, outermost first.
    outer: Vec<Log>,
    /// Whether rows hold what the transaction wrote and no log here knows of.
    pub(crate) in_doubt: bool,
    /// The clock of the session.
    pub(crate) times: Times,
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
            asides: Asides::default(),
            overwritten: Vec::new(),
            brought: Vec::new(),
            waiting: Vec::new(),
            parents_before: Vec::new(),
            members: (0..foreign_keys).map(|_| SlotMap::default()).collect(),
            lacking: false,
            log: Log::default(),
            outer: Vec::new(),
            in_doubt: false,
            times: Times::default(),
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
        self.step(slot, state, None);
    }

    /// The object has a row now; `drawn` is the part of its key that the database chose.
    pub(crate) fn set_inserted(&mut self, slot: u32, drawn: Option<usize>) {
        self.step(slot, State::Persistent, drawn);
        let now = self.times.now;
        let entry = self.entry_mut(slot);
        (entry.read, entry.born, entry.blind) = (now, now, false);
        self.hold_all(slot);
    }

    /// The row of an object that came with it was inserted by a statement.
    pub(crate) fn note_inserted(&mut self, slot: u32, drawn: Option<usize>) {
        self.log.steps.push(Step { slot, before: State::Transient, drawn });
    }

    fn step(&mut self, slot: u32, state: State, drawn: Option<usize>) {
        let before = std::mem::replace(&mut self.entry_mut(slot).state, state);
        self.log.steps.push(Step { slot, before, drawn });
        self.note(slot, before);
    }

    /// An object is pending again, in the place that it had.
    pub(crate) fn set_pending(&mut self, slot: u32) {
        self.set_state(slot, State::Pending);
        if !std::mem::replace(&mut self.entry_mut(slot).in_pending, true) {
            self.pending.push(slot);
        }
    }

    /// Brings an object back to where it was when the level began. That is no step of its own.
    pub(crate) fn restore_state(&mut self, slot: u32, state: State) {
        let entry = self.entry_mut(slot);
        let before = std::mem::replace(&mut entry.state, state);
        // What was deleted before the rollback stays so.
        let stood = matches!(before, State::Pending | State::Persistent) && !entry.deleting;
        entry.adrift = state == State::Transient && (stood || entry.adrift);
        entry.deleting = false;
        entry.mark = 0;
        self.note(slot, before);
    }

    /// Whether an object is transient because of a rollback, and nothing else.
    pub(crate) fn is_adrift(&self, slot: u32) -> bool {
        let entry = self.entry(slot);
        entry.adrift && entry.state == State::Transient
    }

    pub(super) fn note(&self, slot: u32, before: State) {
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
            in_pending: state == State::Pending,
            in_touched: false,
            in_deleting: false,
            unsynced: false,
            newborn: false,
            deleting: false,
            adrift: false,
            mark: 0,
            blind: false,
            read: self.times.now,
            born: if state == State::Pending { u32::MAX } else { NEVER },
            held_at: NEVER,
            held: Columns::NONE,
            statement: 0,
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
            State::Pending => {
                self.log.steps.push(Step { slot, before: State::Transient, drawn: None });
                self.pending.push(slot);
            }
            _ => self.note_read(slot),
        }
        self.note(slot, if state == State::Pending { State::Transient } else { State::Detached });
        slot
    }

    /// Notes that an object holds what its row holds now.
    pub(crate) fn note_read(&mut self, slot: u32) {
        let now = self.times.now;
        let entry = self.entry_mut(slot);
        entry.read = now;
        entry.blind = false;
        if self.in_doubt {
            self.log.doubtful.push(slot);
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
        !self.is_current(slot) && !self.entry(slot).touched
    }

    /// Whether an object was born in the unit at hand: a collection of it that is not listed is empty.
    pub(crate) fn is_fresh(&self, slot: u32) -> bool {
        self.times.is_current(self.entry(slot).born)
    }

    /// When a collection of the object that is not listed was empty; nothing where that is not known.
    pub(crate) fn empty_since(&self, slot: u32) -> Option<u32> {
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

    /// Notes that the transaction wrote or locked columns of a row, so that nobody else can change them before it ends.
    pub(crate) fn hold(&mut self, slot: u32, columns: impl IntoIterator<Item = usize>) {
        let times = self.times;
        let entry = self.entry_mut(slot);
        if !times.is_held(entry.held_at) {
            entry.held = Columns::NONE;
        }
        entry.held_at = times.now;
        columns.into_iter().for_each(|column| entry.held.insert(column));
    }

    /// Notes that the transaction holds a row whose values the object has.
    pub(crate) fn hold_all(&mut self, slot: u32) {
        let now = self.times.now;
        let entry = self.entry_mut(slot);
        (entry.held_at, entry.held) = (now, Columns::ALL);
    }

    /// Whether the database itself protects all that an object knows of its row.
    pub(crate) fn is_all_protected(&self, slot: u32) -> bool {
        let entry = self.entry(slot);
        self.times.is_protected(entry.read) || (self.times.is_held(entry.held_at) && entry.held == Columns::ALL)
    }

    /// Whether the database itself protects what an object knows of a column: a change of it by somebody else fails, or makes a write of ours
    /// fail.
    pub(crate) fn is_protected(&self, slot: u32, column: usize) -> bool {
        let entry = self.entry(slot);
        self.times.is_protected(entry.read) || (self.times.is_held(entry.held_at) && entry.held.contains(column))
    }

    /// Takes an object's slot away. It is given to another object only after [`reclaim`](Slots::reclaim), with another stamp: until then
    /// logs and lists may name it, and find it [`Detached`](State::Detached). A slot is released once.
    pub(crate) fn release(&mut self, slot: u32) {
        if self.state(slot) == State::Detached {
            return;
        }
        let before = std::mem::replace(&mut self.entry_mut(slot).state, State::Detached);
        self.note(slot, before);
        let entry = self.entry_mut(slot);
        entry.touched = false;
        entry.deleting = false;
        entry.mark = 0;
        self.leave_group(slot, 0);
        self.freed.push(slot);
    }

    /// Whether an object has left the session.
    pub(crate) fn is_gone(&self, slot: u32) -> bool {
        self.state(slot) == State::Detached
    }

    /// Drops list entries that no longer hold.
    pub(crate) fn settle(&mut self) {
        self.settle_asides();
        let entries = &mut self.entries;
        self.pending.retain(|&slot| {
            let entry = &mut entries[slot as usize];
            entry.in_pending = entry.state == State::Pending;
            entry.in_pending
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
        entry.blind |= !is_current;
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

    /// Makes released slots available, at the end of a transaction, and tells which: what is kept by slot elsewhere goes with them.
    pub(crate) fn reclaim(&mut self) -> Vec<u32> {
        self.end_asides();
        let freed = std::mem::take(&mut self.freed);
        self.forget_asides(&freed);
        self.free.extend(&freed);
        freed
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
            self.log.lists.entry((key, parent)).or_insert_with(|| known.cloned());
        }
        let read = if let Owner::Fresh(born) = owner { born } else { self.times.now };
        Some(self.members[key].entry(parent).or_insert_with(|| Members::empty(read)))
    }

    /// Gives `parent` the members that a load found.
    pub(crate) fn set_members(&mut self, key: usize, parent: u32, mut members: Members) {
        members.read = self.times.now;
        let known = self.members[key].insert(parent, members);
        if self.in_doubt {
            self.log.doubtful_lists.push(((key, parent), known.is_some()));
            if known.is_some() {
                self.log.lists.entry((key, parent)).or_insert(known);
            }
        }
    }

    /// The owner has no row, so no row of a member references it: those of its collection that are in the session are all.
    pub(crate) fn complete_members(&mut self, key: usize, parent: u32) {
        let entries = &self.entries;
        if let Some(members) = self.members[key].get_mut(&parent) {
            members.retain(|slot| entries[slot as usize].state != State::Transient);
            members.complete();
        }
    }

    /// Whether the collection of `parent` was loaded as a whole in the unit at hand.
    pub(crate) fn has_all_members(&self, key: usize, parent: u32) -> bool {
        self.members(key, parent).is_some_and(|members| !members.is_partial() && self.times.is_current(members.read))
    }

    /// Unloads the collection of `parent`; its state before the transaction is kept.
    pub(crate) fn unload_members(&mut self, key: usize, parent: u32) {
        if let Some(members) = self.members[key].remove(&parent) {
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

    /// Notes that `slots` came with one result. A result whose objects have all come again is forgotten.
    pub(crate) fn group(&mut self, group: u32, slots: &[u32]) {
        for &slot in slots {
            self.leave_group(slot, group);
        }
        // An object may stand in a result twice.
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        slots.dedup();
        let count = slots.len();
        self.groups.insert(group, (slots, count));
    }

    /// An object comes to another group, or to none.
    fn leave_group(&mut self, slot: u32, group: u32) {
        let before = std::mem::replace(&mut self.entry_mut(slot).group, group);
        if let Some((_, left)) = self.groups.get_mut(&before) {
            *left -= 1;
            if *left == 0 {
                self.groups.remove(&before);
            }
        }
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
        if let Some(outer) = self.outer.pop() {
            let inner = std::mem::replace(&mut self.log, outer);
            self.log.absorb(inner);
        }
    }

    /// Ends a savepoint, or the transaction, whose log is of no use any more. Gives the objects that hold what rows held that were rolled
    /// back, where the level had any in doubt. The collections that saw such rows claim nothing any more, or are unloaded where nothing
    /// tells what they should hold.
    pub(crate) fn drop_level(&mut self, doubt: Doubt) -> Vec<u32> {
        let inner = std::mem::replace(&mut self.log, self.outer.pop().unwrap_or_default());
        if doubt == Doubt::None {
            // What the rest of the transaction wrote is in doubt still.
            self.log.doubtful.extend(inner.doubtful);
            self.log.doubtful_lists.extend(inner.doubtful_lists);
            return Vec::new();
        }
        for ((key, parent), was_there) in inner.doubtful_lists {
            if doubt == Doubt::Unknown && !was_there {
                self.members[key].remove(&parent);
            } else if let Some(members) = self.members[key].get_mut(&parent) {
                members.lack();
                self.lacking = true;
            }
        }
        inner.doubtful
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
}
