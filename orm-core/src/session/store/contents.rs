//! Everything that a session holds in memory, and the operations that need no database.

use std::any::Any;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::arena::{AnyArena, Arena, Populate, Reading};
use super::association_sets::AssociationSets;
use super::log::Unlogged;
use super::rollback::Restored;
use super::slots::{NO_PARENT, SlotMap, State};
use super::times::{Protection, Times};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Handle, Model, RawHandle};
use crate::query::Extent;
use crate::schema::{ModelId, ModelRef, TYPE_PART, TableDef, TableFacts};
use crate::session::events::Journal;
use crate::session::flush::Settled;
use crate::value::ValueRef;

/// The arena that has the objects of a model.
type ArenaOf<T> = Arena<<T as Model>::Stored>;

/// The objects of a session.
pub(crate) struct Store {
    arenas: Vec<Option<Box<dyn AnyArena>>>,
    /// What the database said of tables whose keys it may choose in ways that models do not tell.
    pub(crate) described: SlotMap<ModelId, Arc<TableFacts>>,
    /// The `many_to_many` relations.
    pub(crate) associations: AssociationSets,
    /// The stamp of the handles given out now.
    stamp: NonZeroU32,
    /// The models whose objects were written to since the last synchronisation of collections.
    pub(crate) unsynced: Vec<ModelId>,
    /// For the transaction, and for each savepoint in it: whether rows hold what it wrote and no log here knows of.
    pub(crate) unlogged: Vec<Unlogged>,
    /// The clock of the session: arenas and pairs hold copies.
    pub(super) times: Times,
    pub(super) protection: Protection,
    /// Whether UPDATEs compare what was read.
    pub(crate) compares: bool,
    /// The number of the last query result.
    group: u32,
    /// Whether relations of the objects that results bring now are not loaded on demand.
    pub(crate) raising: bool,
    /// The number of the last statement that brought rows.
    statement: u32,
    /// Where changes of state are noted, when somebody listens.
    journal: Option<Journal>,
    /// The number of the last delete.
    mark: u32,
    /// Objects of the unit at hand whose rows others have changed, or may have.
    pub(crate) conflicts: Restored,
    /// Whether everything is kept as it was before a flush was applied, which may still fail.
    pub(crate) has_image: bool,
    /// The fields that the flush at hand has brought to the form of their columns.
    pub(crate) settled: Vec<Settled>,
}

/// Stamps tell handles of different sessions, and of different uses of one slot, apart.
fn next_stamp() -> NonZeroU32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    loop {
        if let Some(stamp) = NonZeroU32::new(LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1)) {
            return stamp;
        }
    }
}

/// An arena met within savepoints keeps as many logs as those met before.
fn at_level(mut arena: Box<dyn AnyArena>, levels: usize) -> Box<dyn AnyArena> {
    (0..levels).for_each(|_| arena.begin_level());
    arena
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            arenas: Vec::new(),
            described: SlotMap::default(),
            associations: AssociationSets::default(),
            stamp: next_stamp(),
            unsynced: Vec::new(),
            unlogged: vec![Unlogged::None],
            times: Times::default(),
            protection: Protection::default(),
            compares: true,
            group: 0,
            raising: false,
            statement: 0,
            journal: None,
            mark: 0,
            conflicts: Vec::new(),
            has_image: false,
            settled: Vec::new(),
        }
    }

    /// Another one without objects. It has what a running flush needs to undo its own changes.
    pub(crate) fn emptied(&self) -> Self {
        Self { mark: self.mark, has_image: self.has_image, ..Self::new().comparing(self.compares) }
    }

    /// Whether UPDATEs are to compare what was read.
    pub(crate) fn comparing(mut self, compares: bool) -> Self {
        self.compares = compares;
        self
    }

    pub(crate) fn stamp(&self) -> NonZeroU32 {
        self.stamp
    }

    /// Notes that objects came with one result: a lazy load for one of them is for all.
    pub(crate) fn group(&mut self, table: &TableDef, slots: &[u32]) {
        let raises = self.raising;
        if slots.len() > 1 {
            self.group = self.group.wrapping_add(1).max(1);
        }
        let group = self.group;
        let Some(arena) = self.any_mut(table.id) else { return };
        match slots {
            [] => {}
            &[alone] => arena.slots_mut().entry_mut(alone).set_raises(raises),
            slots => arena.slots_mut().group(group, slots, raises),
        }
    }

    /// The arena of a model, if the session has met the model.
    pub(crate) fn any(&self, model: ModelId) -> Option<&dyn AnyArena> {
        self.arenas.get(model.index())?.as_deref()
    }

    pub(crate) fn any_mut(&mut self, model: ModelId) -> Option<&mut dyn AnyArena> {
        match self.arenas.get_mut(model.index())? {
            Some(arena) => Some(&mut **arena),
            None => None,
        }
    }

    pub(crate) fn arena<T: Model>(&self) -> Option<&ArenaOf<T>> {
        let arena: &dyn Any = self.any(T::table().id)?;
        arena.downcast_ref()
    }

    pub(crate) fn arena_mut<T: Model>(&mut self) -> &mut ArenaOf<T> {
        let model = T::table().id;
        if self.any(model).is_none() {
            self.install(model, Box::new(ArenaOf::<T>::new()));
        }
        let arena = self.any_mut(model).map(|arena| -> &mut dyn Any { arena });
        match arena.and_then(|arena| arena.downcast_mut()) {
            Some(arena) => arena,
            None => unreachable!("an arena stands at the index of its model"),
        }
    }

    fn install(&mut self, model: ModelId, arena: Box<dyn AnyArena>) {
        let mut arena = at_level(arena, self.levels());
        arena.slots_mut().has_unlogged = self.has_unlogged();
        arena.slots_mut().times = self.times;
        if let Some(journal) = &self.journal {
            arena.slots_mut().keep_journal(journal.clone(), model);
        }
        *self.place_for(model) = Some(arena);
    }

    /// How many savepoints there are.
    pub(crate) fn levels(&self) -> usize {
        self.unlogged.len().saturating_sub(1)
    }

    /// A number for the marks of a delete.
    pub(crate) fn next_mark(&mut self) -> u32 {
        self.mark = self.mark.wrapping_add(1).max(1);
        self.mark
    }

    /// How the rows of the next statement become objects.
    pub(crate) fn reading(&mut self, populate: Populate) -> Reading {
        self.statement = self.statement.wrapping_add(1).max(1);
        Reading { stamp: self.stamp, populate, statement: self.statement, locks: false, extent: Extent::Whole }
    }

    /// Notes changes of state from now on.
    pub(crate) fn keep_journal(&mut self, journal: Option<Journal>) {
        if let Some(journal) = &journal {
            for arena in self.arenas_mut() {
                let model = arena.table().id;
                arena.slots_mut().keep_journal(journal.clone(), model);
            }
        }
        self.journal = journal;
    }

    fn place_for(&mut self, model: ModelId) -> &mut Option<Box<dyn AnyArena>> {
        let index = model.index();
        if self.arenas.len() <= index {
            self.arenas.resize_with(index + 1, || None);
        }
        &mut self.arenas[index]
    }

    /// The arena of a model that is known by reference only.
    pub(crate) fn meet(&mut self, model: ModelRef) -> Option<&mut dyn AnyArena> {
        let id = (model.table)().id;
        if self.any(id).is_none() {
            self.install(id, crate::session::arena_of(model)?);
        }
        self.any_mut(id)
    }

    /// Notes for listeners that all objects leave the session.
    pub(crate) fn release_all(&mut self) {
        for arena in self.arenas_mut() {
            let slots = arena.slots_mut();
            for slot in 0..u32::try_from(slots.entries.len()).unwrap_or(NO_PARENT) {
                slots.set_state(slot, State::Detached);
            }
        }
    }

    /// The arenas of two different models, mutably.
    pub(crate) fn two_mut<A: Model, B: Model>(&mut self) -> Option<(&mut ArenaOf<A>, &mut ArenaOf<B>)> {
        let (a, b) = (A::table().id.index(), B::table().id.index());
        let [a, b] = self.arenas.get_disjoint_mut([a, b]).ok()?;
        let a: &mut dyn Any = &mut **a.as_mut()?;
        let b: &mut dyn Any = &mut **b.as_mut()?;
        Some((a.downcast_mut()?, b.downcast_mut()?))
    }

    /// All arenas, in the order in which the process met the models.
    pub(crate) fn arenas(&self) -> impl Iterator<Item = &dyn AnyArena> {
        self.arenas.iter().filter_map(|arena| arena.as_deref())
    }

    pub(crate) fn arenas_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn AnyArena>> {
        self.arenas.iter_mut().flatten()
    }

    /// The state of an object.
    pub(crate) fn state(&self, raw: RawHandle) -> State {
        let entry = self.any(raw.model).and_then(|arena| arena.slots().live(raw.slot, raw.stamp));
        entry.map_or(State::Detached, |entry| entry.state)
    }

    /// The slot behind a handle.
    pub(crate) fn slot<T: Model>(&self, handle: Handle<T>) -> Result<u32> {
        let arena = self.arena::<T>();
        match arena.and_then(|arena| arena.slots.live(handle.slot(), handle.stamp())) {
            Some(_) => Ok(handle.slot()),
            None => Err(self.stale(T::spec().name, handle.slot(), handle.stamp())),
        }
    }

    /// Why a handle names nothing here.
    #[cold]
    pub(crate) fn stale(&self, model: &str, slot: u32, stamp: NonZeroU32) -> Error {
        let reason = "its object was expunged, deleted or cleared, or belongs to another session";
        let message = format!("stale handle {model}({slot}.{stamp}): {reason}; get the object from this session again");
        Error::new(ErrorKind::Detached, message)
    }

    /// An object as a person would name it: `User#3`.
    pub(crate) fn label(&self, model: ModelId, slot: u32) -> String {
        self.any(model).map_or_else(|| "an unknown object".to_owned(), |arena| arena.label(slot))
    }

    /// The slot of the object that a foreign key references, if it is in the session.
    pub(crate) fn resolve(&self, target: &TableDef, foreign: Foreign<'_>) -> Option<u32> {
        match foreign {
            Foreign::Unset | Foreign::Null => None,
            Foreign::New { slot, stamp } => self.any(target.id)?.slots().live(slot, stamp).map(|_| slot),
            Foreign::Key(key) => self.any(target.id)?.find(key),
        }
    }

    /// The slot of the parent that `slot` of `table` references by its foreign key with index `key`.
    pub(crate) fn parent(&self, table: &TableDef, slot: u32, key: usize) -> Option<u32> {
        let def = &table.foreign_keys[key];
        let foreign = self.any(table.id)?.foreign(slot, def.field);
        self.resolve((def.target.table)(), foreign)
    }

    /// The value that a column has once every key is known. `None` while an object that it references has no key.
    pub(crate) fn key_value<'s>(
        &'s self,
        arena: &'s dyn AnyArena,
        slot: u32,
        column: usize,
        keys: &'s dyn KeySource,
    ) -> Option<ValueRef<'s>> {
        let table = arena.table();
        let def = &table.columns[column];
        if let Some(key) = table.key_at(column, |field| arena.foreign(slot, field).is_set()) {
            if def.part != TYPE_PART
                && let Foreign::New { slot: parent, stamp } = arena.foreign(slot, table.foreign_keys[key].field)
            {
                let target = (table.foreign_keys[key].target.table)();
                let column = *target.primary_key.get(def.part)?;
                let parents = self.any(target.id).filter(|parents| parents.slots().live(parent, stamp).is_some())?;
                return self.key_value(parents, parent, column, keys);
            }
        } else if def.primary_key && arena.slots().state(slot) == State::Pending {
            let assigned = keys.assigned(table.id, slot);
            let is_whole = assigned.is_some() && table.primary_key.len() == 1;
            if is_whole || self.open_key(arena, slot) == Some(column) {
                return assigned;
            }
        }
        Some(arena.value(slot, column))
    }

    /// Whether a persistent object differs from its row in a column.
    pub(crate) fn column_changed(&self, arena: &dyn AnyArena, slot: u32, column: usize) -> bool {
        // What is not loaded says nothing of its row.
        let differs = |now: ValueRef<'_>| now != arena.row_value(slot, column) && !now.is_unloaded();
        self.key_value(arena, slot, column, &NoKeys).is_none_or(differs)
            || self.expression(arena, slot, column).is_some()
    }

    /// Whether a persistent object differs from its row.
    pub(crate) fn changed(&self, arena: &dyn AnyArena, slot: u32) -> bool {
        arena.slots().entry(slot).touched()
            && (0..arena.table().columns.len()).any(|column| self.column_changed(arena, slot, column))
    }

    pub(crate) fn is_pending(&self, table: &TableDef, slot: u32) -> bool {
        self.any(table.id).is_some_and(|arena| arena.slots().state(slot) == State::Pending)
    }

    /// Whether an object is to be asked anew before its values are gone by.
    pub(crate) fn is_old(&self, table: &TableDef, slot: u32) -> bool {
        self.any(table.id).is_some_and(|arena| arena.slots().is_old(slot))
    }

    /// Whether an object was not read as far as it is a `model`.
    pub(crate) fn lacks(&self, model: ModelRef, slot: u32) -> bool {
        let of_part = || self.any((model.table)().id).is_some_and(|arena| arena.slots().entry(slot).part());
        model.criterion().is_some() && of_part()
    }

    /// Whether an object has, or will have, a row.
    pub(crate) fn is_alive(&self, table: &TableDef, slot: u32) -> bool {
        let state = self.any(table.id).map(|arena| arena.slots().state(slot));
        matches!(state, Some(State::Pending | State::Persistent))
    }

    /// Lends an arena mutably beside the others.
    pub(crate) fn with_arena(&mut self, model: ModelId, work: impl FnOnce(&Self, &mut dyn AnyArena)) {
        let Some(mut arena) = self.arenas.get_mut(model.index()).and_then(Option::take) else { return };
        work(self, &mut *arena);
        self.arenas[model.index()] = Some(arena);
    }

    /// Drops what no longer holds from the lists of changed objects.
    pub(crate) fn settle(&mut self) {
        self.arenas_mut().for_each(|arena| arena.slots_mut().settle());
    }

    /// Makes released slots available at the end of a transaction; their next handles get a new stamp.
    pub(crate) fn reclaim(&mut self) {
        self.settle();
        let freed = self.arenas_mut().map(|arena| (arena.table(), arena.slots_mut().reclaim()));
        let freed: Vec<(&'static TableDef, Vec<u32>)> = freed.filter(|(_, slots)| !slots.is_empty()).collect();
        for (table, slots) in &freed {
            self.forget_lists(table, slots);
        }
        if !freed.is_empty() {
            self.stamp = next_stamp();
        }
    }

    /// Forgets the collections of objects that have left the session.
    fn forget_lists(&mut self, table: &'static TableDef, owners: &[u32]) {
        for arena in self.arenas_mut() {
            let keys = arena.table().foreign_keys.iter().enumerate();
            let referencing = keys.filter(|(_, def)| std::ptr::eq((def.target.table)(), table));
            referencing.for_each(|(key, _)| arena.slots_mut().forget_members(key, owners));
        }
        self.associations.forget_all(table, owners);
    }
}

/// Where the keys of rows inserted by the flush at hand are found.
pub(crate) trait KeySource {
    fn assigned(&self, model: ModelId, slot: u32) -> Option<ValueRef<'_>>;
}

/// Outside of a flush no keys are on their way.
pub(crate) struct NoKeys;

impl KeySource for NoKeys {
    fn assigned(&self, _: ModelId, _: u32) -> Option<ValueRef<'_>> {
        None
    }
}
