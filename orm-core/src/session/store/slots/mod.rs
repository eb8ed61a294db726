//! What a session knows of the objects of one model, apart from the objects themselves.

pub(crate) mod aside;
mod deletes;
mod entry;
pub(crate) mod gathered;
mod groups;
mod lists;
mod savepoints;
mod trust;
mod work;

pub(crate) use entry::Entry;

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use foldhash::fast::RandomState;

use super::log::{Log, Step};
use super::members::Members;
use super::slots::aside::Asides;
use super::times::Times;
use crate::model::RawHandle;
use crate::schema::ModelId;
use crate::session::events::Journal;
use deletes::Deletes;
use trust::Locked;

/// A map keyed by slot numbers and the like. Its order is never looked at.
pub(crate) type SlotMap<K, V> = HashMap<K, V, RandomState>;

/// A set of slot numbers. Its order is never looked at.
pub(crate) type SlotSet = HashSet<u32, RandomState>;

/// Stands for "no parent" among the parents of an object.
pub(crate) const NO_PARENT: u32 = u32::MAX;

/// Where an object stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Known to the session by its handle only: the transaction that added it was rolled back, it was deleted before it had a row, or a
    /// rollback found that others have deleted its row.
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

/// An object with a foreign key, by index, that names an object by a key that nobody in memory has yet. The stamp tells whether the slot
/// still belongs to the object.
pub(crate) type Waiting = (u32, NonZeroU32, usize);

/// The number of the delete that marked or expunged an object because of another one; 0 for none.
fn mark_of(marks: &[u32], slot: u32) -> u32 {
    marks.get(slot as usize).copied().unwrap_or(0)
}

/// Appends to a list that has an item for each object. A long one grows by a quarter: doubled, half of it would be empty.
pub(crate) fn append<T>(list: &mut Vec<T>, item: T) {
    const LONG: usize = 1 << 16;
    if list.len() == list.capacity() && list.len() >= LONG {
        list.reserve_exact(list.len() / 4);
    }
    list.push(item);
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
    pub(crate) waiting: Vec<Waiting>,
    /// What the open transaction wrote or locked of rows that it did not insert.
    locks: SlotMap<u32, Locked>,
    /// By slot, up to the last that has one: the numbers of deletes that marked or expunged objects because of others.
    marks: Vec<u32>,
    deletes: Deletes,
    /// What is kept of objects beside their entries.
    pub(super) asides: Asides,
    /// Objects to which a row gave another foreign key since the last look.
    pub(crate) overwritten: Vec<u32>,
    /// New objects that rows brought since the last look: loaded collections may lack them.
    pub(crate) brought: Vec<u32>,
    /// Objects of families whose rest is still to be read for the result at hand.
    pub(crate) incomplete: Vec<u32>,
    /// Per foreign key: the loaded collections, by the slot of the parent.
    pub(crate) members: Vec<SlotMap<u32, Members>>,
    /// New members of collections that are not loaded, by foreign key and parent, until a flush inserts them; may hold slots that are
    /// members no more.
    pub(super) unlisted: SlotMap<(usize, u32), Vec<u32>>,
    /// Whether a collection may lack a member that has left the session, and that may come back.
    pub(crate) lacking: bool,
    /// What was done since the innermost savepoint, or since the transaction began.
    pub(crate) log: Log,
    /// The logs of what is around the innermost savepoint, outermost first.
    outer: Vec<Log>,
    /// Whether rows hold what the transaction wrote and no log here knows of.
    pub(crate) has_unlogged: bool,
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
            locks: SlotMap::default(),
            marks: Vec::new(),
            deletes: Deletes::default(),
            asides: Asides::default(),
            overwritten: Vec::new(),
            brought: Vec::new(),
            incomplete: Vec::new(),
            waiting: Vec::new(),
            parents_before: Vec::new(),
            members: (0..foreign_keys).map(|_| SlotMap::default()).collect(),
            unlisted: SlotMap::default(),
            lacking: false,
            log: Log::default(),
            outer: Vec::new(),
            has_unlogged: false,
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
        (entry.read, entry.born) = (now, now);
        entry.set_written_expired(false);
    }

    /// The row of an object that came with it was inserted by a statement.
    pub(crate) fn note_inserted(&mut self, slot: u32, drawn: Option<usize>) {
        self.log.steps.push(Step::new(slot, State::Transient, drawn));
    }

    fn step(&mut self, slot: u32, state: State, drawn: Option<usize>) {
        let before = std::mem::replace(&mut self.entry_mut(slot).state, state);
        self.log.steps.push(Step::new(slot, before, drawn));
        self.note(slot, before);
    }

    /// An object is pending again, in the place that it had.
    pub(crate) fn set_pending(&mut self, slot: u32) {
        self.set_state(slot, State::Pending);
        let entry = self.entry_mut(slot);
        if !entry.in_pending() {
            entry.set_in_pending(true);
            self.pending.push(slot);
        }
    }

    #[inline]
    pub(super) fn note(&self, slot: u32, before: State) {
        if let Some((journal, model)) = &self.journal {
            let entry = self.entry(slot);
            journal.note(RawHandle { model: *model, slot, stamp: entry.stamp }, before, entry.state);
        }
    }

    #[inline]
    pub(crate) fn entry(&self, slot: u32) -> &Entry {
        &self.entries[slot as usize]
    }

    #[inline]
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
        let entry = Entry::new(stamp, state, self.times.now);
        let slot = if let Some(slot) = self.free.pop() {
            *self.entry_mut(slot) = entry;
            slot
        } else {
            append(&mut self.entries, entry);
            u32::try_from(self.entries.len() - 1).unwrap_or(NO_PARENT)
        };
        match state {
            State::Pending => {
                self.log.steps.push(Step::new(slot, State::Transient, None));
                self.pending.push(slot);
            }
            _ => self.note_read(slot),
        }
        self.note(slot, if state == State::Pending { State::Transient } else { State::Detached });
        slot
    }

    /// Takes an object's slot away. It is given to another object only after [`reclaim`](Slots::reclaim), with another stamp: until then
    /// logs and lists may name it, and find it [`Detached`](State::Detached). A slot is released once.
    pub(crate) fn release(&mut self, slot: u32) {
        if self.state(slot) == State::Detached {
            return;
        }
        let before = std::mem::replace(&mut self.entry_mut(slot).state, State::Detached);
        self.note(slot, before);
        self.entry_mut(slot).set_touched(false);
        self.unmark(slot);
        self.leave_group(slot, 0);
        self.freed.push(slot);
    }

    /// Whether an object has left the session.
    pub(crate) fn is_gone(&self, slot: u32) -> bool {
        self.state(slot) == State::Detached
    }

    /// Makes released slots available, at the end of a transaction, and tells which: what is kept by slot elsewhere goes with them.
    pub(crate) fn reclaim(&mut self) -> Vec<u32> {
        self.end_asides();
        self.locks.clear();
        let freed = std::mem::take(&mut self.freed);
        self.forget_asides(&freed);
        self.free.extend(&freed);
        freed
    }

    /// The objects that have rows.
    pub(crate) fn persistent(&self) -> impl Iterator<Item = u32> {
        let slots = (0..).zip(&self.entries);
        slots.filter(|(_, entry)| entry.state == State::Persistent).map(|(slot, _)| slot)
    }
}
