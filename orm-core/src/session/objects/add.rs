//! Moving values into a session, and out of it.

use std::collections::{HashSet, VecDeque};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Adopter, Foreign, Handle, Key as _, Model, New, RawHandle, Stores, require_new_rows, require_rows};
use crate::schema::{Cascade, ModelRef, RelationDef, RelationKind, TableDef};
use crate::session::Session;
use crate::session::relations::collections::Lists;
use crate::session::store::Store;
use crate::session::store::arena::Identity as _;
use crate::session::store::log::Unlogged;
use crate::session::store::slots::State;

impl Session {
    /// Makes a value pending: the next flush inserts it. The new children that it carries in its relation fields are added
    /// with it, at any depth.
    ///
    /// A value of an abstract base is no object, which the compiler says:
    ///
    /// ```compile_fail
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "shape", polymorphic(abstract, on = kind, subtypes(Disc)))]
    /// struct Shape {
    ///     #[orm(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(inherits, identity = "disc")]
    /// struct Disc {
    ///     #[orm(base)]
    ///     shape: Shape,
    /// }
    ///
    /// fn main() {
    ///     let engine = Engine::connect("sqlite://").unwrap();
    ///     engine.session().add(Shape::default()); // `Shape` is abstract, so no row is a `Shape` itself
    /// }
    /// ```
    ///
    /// See the example of [`Session`].
    pub fn add<T: Model>(&mut self, value: T) -> Handle<T> {
        const { require_new_rows::<T>() };
        let handle = self.store.add(value);
        self.tell_states();
        handle
    }

    /// Adds several values and gives their handles, in order.
    ///
    /// See the example of [`Session`].
    pub fn add_all<T: Model>(&mut self, values: impl IntoIterator<Item = T>) -> Vec<Handle<T>> {
        const { require_new_rows::<T>() };
        let handles = values.into_iter().map(|value| self.store.add(value)).collect();
        self.tell_states();
        handles
    }

    /// Makes a value persistent whose row exists: one that [`expunge`](Session::expunge) gave back, or that came from
    /// elsewhere. No statement is sent: the value is taken as what the row holds, so a change made outside of a session is
    /// not written. New children that it carries in its relation fields are added.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let book = Book::query().filter(Book::title.eq("Matter")).one(&mut session)?;
    /// let mut value = session.expunge(book)?; // a plain value, which may go through a cache or a file
    /// value.pages += 1;
    ///
    /// session.clear(); // the session forgets all others too
    /// let book = session.attach(value)?; // no statement: the value is taken for what the row holds
    /// session[book].pages += 1;
    /// session.rollback()?;
    /// assert_eq!(session[book].pages, 594);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidState` when the value has no key, or holds a foreign key without a value, or when the session has an object with
    /// that key already.
    pub fn attach<T: Model>(&mut self, value: T) -> Result<Handle<T>> {
        const { require_rows::<T>() };
        self.store.sync();
        let outcome = self.store.attach(value);
        self.tell_states();
        outcome
    }

    /// Takes an object out of the session, whatever its state, and gives its value back. Nothing is written for it any more.
    /// Relations with `cascade(expunge)` take their members along.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// `Detached` when the handle is stale or of another session.
    pub fn expunge<T: Model>(&mut self, handle: Handle<T>) -> Result<T> {
        self.store.sync();
        let slot = self.store.slot(handle)?;
        self.store.require_type::<T>(slot)?;
        // While its keys are handles: a pending parent is not found by its key.
        self.store.leave_parents(T::table(), slot, Lists::All);
        self.store.resolve_foreign(T::table(), &[slot]);
        self.store.expunge_members(T::table(), slot);
        self.store.leave(T::table(), slot);
        let value = self.store.arena_mut::<T>().take(slot);
        self.tell_states();
        let value = value.and_then(Stores::unstore);
        value.ok_or_else(|| Error::new(ErrorKind::Detached, format!("the {} is gone already", T::spec().name)))
    }

    /// Forgets all objects. Handles given out before are stale; the session and its transaction go on.
    ///
    /// See the example of [`attach`](Session::attach).
    pub fn clear(&mut self) {
        if self.journal().is_some() {
            self.store.release_all();
        }
        // The logs of what the transaction wrote go with the objects.
        let unlogged: Vec<Unlogged> =
            std::mem::take(&mut self.store.unlogged).into_iter().map(Unlogged::without_log).collect();
        self.store = self.store.emptied();
        (1..unlogged.len()).for_each(|_| self.store.begin_level());
        self.store.unlogged = unlogged;
        self.store.spread_unlogged();
        self.store.keep_journal(self.journal());
        self.tell_states();
    }
}

impl Store {
    pub(crate) fn add<T: Model>(&mut self, value: T) -> Handle<T> {
        let mut queue = PendingQueue::default();
        let handle = self.place(value, State::Pending, &mut queue);
        self.add_queued(queue);
        handle
    }

    fn attach<T: Model>(&mut self, value: T) -> Result<Handle<T>> {
        self.attachable(&value)?;
        let mut queue = PendingQueue::default();
        let handle = self.place(value, State::Persistent, &mut queue);
        self.arena_mut::<T>().register(handle.slot());
        self.arena_mut::<T>().slots.note_attached(handle.slot());
        self.add_queued(queue);
        self.sync();
        Ok(handle)
    }

    /// Gives a value a slot. The children that it carries are still in it; then it is among `queue`.
    fn place<T: Model>(&mut self, mut value: T, state: State, queue: &mut PendingQueue) -> Handle<T> {
        let carries = value.pending_relation().is_some();
        if !carries {
            // An empty list that was assigned would stay in the object, and a merge of a copy would take it for the members.
            value.hand_over(&mut Nobody);
        }
        let slot = self.place_object::<T>(Stores::store(value), state);
        if carries {
            queue.0.push_back((Self::add_pending::<T>, slot));
        }
        Handle::new(slot, self.stamp())
    }

    /// Gives a new object a slot, and notes that no collection knows it yet.
    fn place_object<T: Model>(&mut self, object: T::Stored, state: State) -> u32 {
        let (table, stamp) = (T::table(), self.stamp());
        let arena = self.arena_mut::<T>();
        let slot = arena.reserve(stamp, state);
        arena.place(slot, object);
        if arena.slots.note_unseen(slot, table.foreign_keys.len()) {
            self.unsynced.push(table.id);
        }
        slot
    }

    /// Adds what values carry, at any depth: one value after the other, so that deep trees take no stack.
    fn add_queued(&mut self, mut queue: PendingQueue) {
        while let Some((unload, slot)) = queue.0.pop_front() {
            unload(self, slot, &mut queue);
        }
    }

    /// Adds the children that an object carries.
    fn add_pending<T: Model>(&mut self, slot: u32, queue: &mut PendingQueue) {
        let arena = self.arena_mut::<T>();
        let parent = RawHandle { model: T::table().id, slot, stamp: arena.slots.entry(slot).stamp };
        let Some(mut value) = arena.values[slot as usize].take() else { return };
        value.hand_over(&mut Children { store: self, parent, table: T::table(), queue });
        self.arena_mut::<T>().place(slot, value);
        for relation in T::table().relations.iter().filter(|relation| relation.ordering.is_some()) {
            if let Err(error) = self.number_members(relation, slot) {
                self.defect(relation, parent, &error);
            }
        }
    }

    /// Whether a value can stand for its row: it has a key of its own, and every foreign key has a value.
    fn attachable<T: Model>(&self, value: &T) -> Result<()> {
        let (table, name) = (T::table(), T::spec().name);
        let refuse = |message: String| Err(Error::new(ErrorKind::InvalidState, message));
        let Some(key) = value.key().filter(|key| !table.generated_key || key.is_set()) else {
            return refuse(format!("{name}#(no key) cannot be attached: it has no row to stand for; add() it instead"));
        };
        if self.arena::<T>().is_some_and(|arena| arena.find_key(&key).is_some()) {
            return refuse(format!(
                "{name}#{key:?} cannot be attached: the session has an object with that key already; change that one"
            ));
        }
        for def in &table.foreign_keys {
            if matches!(value.foreign(def.field), Foreign::Unset | Foreign::New { .. }) {
                let field = table.fields[def.field].name;
                return refuse(format!(
                    "{name}#{key:?} cannot be attached: its foreign key `{field}` holds no key; set BelongsTo::key(..)"
                ));
            }
        }
        Ok(())
    }

    /// The object of a new member: added, or there already.
    pub(crate) fn adopt<T: Model>(&mut self, member: New<T>) -> Handle<T> {
        match member {
            New::Value(value) => self.add(value),
            New::Handle(handle) => handle,
        }
    }

    /// Expunges the members that the expunge cascade reaches, at any depth.
    fn expunge_members(&mut self, table: &'static TableDef, slot: u32) {
        for (table, member) in self.reached_in_memory(table, slot, Cascade::EXPUNGE) {
            self.release(table, member);
        }
    }

    /// What a cascade reaches in memory from an object, at any depth, without the object.
    pub(crate) fn reached_in_memory(
        &self,
        table: &'static TableDef,
        slot: u32,
        cascade: Cascade,
    ) -> Vec<(&'static TableDef, u32)> {
        let mut seen = HashSet::from([(table.id, slot)]);
        let mut reached = vec![(table, slot)];
        let mut next = 0;
        while let Some(&(table, slot)) = reached.get(next) {
            next += 1;
            for relation in table.relations.iter().filter(|relation| relation.cascade.has(cascade)) {
                let target = (relation.target.table)();
                let members = self.in_memory(relation, slot).into_iter();
                reached
                    .extend(members.filter(|&member| seen.insert((target.id, member))).map(|member| (target, member)));
            }
        }
        reached.split_off(1)
    }

    /// What an object reaches by a relation, as far as it is in memory.
    pub(crate) fn in_memory(&self, relation: &'static RelationDef, slot: u32) -> Vec<u32> {
        let mut found = Vec::new();
        self.list_in_memory(relation, slot, &mut found);
        found
    }

    /// Puts what an object reaches by a relation, as far as it is in memory, into `found`, which is empty.
    pub(crate) fn list_in_memory(&self, relation: &'static RelationDef, slot: u32, found: &mut Vec<u32>) {
        match relation.kind {
            RelationKind::BelongsTo => {
                let table = (relation.owner.table)();
                found.extend(relation.foreign_key.and_then(|key| self.parent(table, slot, key)));
            }
            RelationKind::HasMany | RelationKind::HasOne => {
                self.list_members(relation, slot, found);
            }
            RelationKind::ManyToMany => {
                let list = self.associations.of(relation).and_then(|(set, left)| set.list(left, slot));
                list.into_iter().for_each(|list| list.list(found));
            }
        }
    }
}

/// Objects that still carry children, each with what adds those.
#[derive(Default)]
struct PendingQueue(VecDeque<(Unload, u32)>);

/// Adds the children that one object carries.
type Unload = fn(&mut Store, u32, &mut PendingQueue);

/// An empty list has no children to hand over.
struct Nobody;

impl Adopter for Nobody {
    fn adopt<T: Model>(&mut self, _: usize, _: New<T>) {}
}

/// Adopts the new children that a value carries.
struct Children<'s> {
    store: &'s mut Store,
    parent: RawHandle,
    table: &'static TableDef,
    queue: &'s mut PendingQueue,
}

impl Adopter for Children<'_> {
    fn adopt<T: Model>(&mut self, field: usize, child: New<T>) {
        let Some(relation) = self.table.relation_of(field) else { return };
        if let Err(error) = may_take(relation, &child) {
            return self.store.defect(relation, self.parent, &error);
        }
        if let New::Handle(child) = &child
            && let Err(error) = self.store.slot(*child).and_then(|slot| self.store.may_join(T::table(), slot))
        {
            return self.store.defect(relation, self.parent, &error);
        }
        let is_new = matches!(child, New::Value(_));
        let child = match child {
            New::Value(value) => self.store.place(value, State::Pending, self.queue),
            New::Handle(handle) => handle,
        };
        if relation.kind == RelationKind::ManyToMany {
            self.store.link_new(relation, self.parent, child);
        } else if let Some((table, key)) = relation.member_key() {
            if is_new && let Some(arena) = self.store.any_mut(table.id) {
                // Nothing is kept of what it was before.
                let parent = Foreign::New { slot: self.parent.slot, stamp: self.parent.stamp };
                return arena.set_foreign(child.slot(), table.foreign_keys[key].field, parent);
            }
            match self.store.slot(child) {
                Ok(slot) => {
                    let parent = Foreign::New { slot: self.parent.slot, stamp: self.parent.stamp };
                    self.store.set_parent(table, slot, key, parent);
                }
                Err(error) => self.store.defect(relation, self.parent, &error),
            }
        }
    }
}

impl Store {
    /// Links two objects of which at least one side is new, so that it cannot be linked yet.
    fn link_new<T: Model>(&mut self, relation: &'static RelationDef, own: RawHandle, other: Handle<T>) {
        let linked = self.slot(other).and_then(|other| self.link(relation, own.slot, other));
        if let Err(error) = linked {
            self.defect(relation, own, &error);
        }
    }

    /// Links two objects, unless they are linked already as far as memory tells.
    pub(crate) fn link(&mut self, relation: &'static RelationDef, own: u32, other: u32) -> Result<()> {
        let empty = |store: &Self, model: ModelRef, slot: u32| store.any((model.table)().id)?.slots().empty_since(slot);
        let (own_empty, other_empty) = (empty(self, relation.owner, own), empty(self, relation.target, other));
        self.only_parent(relation, own, other)?;
        let (set, left) = self.associations.of_mut(relation)?;
        let (link, empty) =
            if left { ((own, other), (own_empty, other_empty)) } else { ((other, own), (other_empty, own_empty)) };
        if set.is_linked(link) != Some(true) {
            set.link(link, empty);
        }
        Ok(())
    }

    /// Keeps what was wrong with a value for the flush to report.
    pub(crate) fn defect(&mut self, relation: &RelationDef, owner: RawHandle, error: &Error) {
        let model = (relation.owner.spec)().name;
        let message = format!("a pending member of {model}::{}: {error}; expunge the {model}", relation.name);
        if let Some(arena) = self.any_mut(owner.model) {
            arena.slots_mut().aside_mut(owner.slot).defects.push((error.kind(), message));
        }
    }

    /// What was wrong with an object that still waits to be flushed.
    pub(crate) fn first_defect(&self) -> Option<Error> {
        self.arenas().find_map(|arena| {
            let slots = arena.slots();
            let mut wrong = slots.asides_with(|aside| !aside.defects.is_empty()).into_iter();
            let slot = wrong.find(|&slot| matches!(slots.state(slot), State::Pending | State::Persistent))?;
            let (kind, message) = slots.aside(slot)?.defects.first()?;
            Some(Error::new(*kind, message.clone()))
        })
    }
}

/// Whether a relation may be given members, and this one.
pub(crate) fn may_take<T: Model>(relation: &RelationDef, member: &New<T>) -> Result<()> {
    may_write(relation)?;
    if matches!(member, New::Handle(_)) || relation.cascade.has(Cascade::SAVE_UPDATE) {
        return Ok(());
    }
    let (model, name) = ((relation.owner.spec)().name, relation.name);
    let message = format!(
        "{model}::{name} has no cascade `save_update`, so it adds no values; session.add(..) the value and give the handle"
    );
    Err(Error::new(ErrorKind::InvalidState, message))
}

/// Whether a relation may be changed.
pub(crate) fn may_write(relation: &RelationDef) -> Result<()> {
    if !relation.view_only {
        return Ok(());
    }
    let (model, name) = ((relation.owner.spec)().name, relation.name);
    Err(Error::new(ErrorKind::InvalidState, format!("{model}::{name} is `view_only`: it is read and never written")))
}
