//! Relations of objects: reading, loading and changing them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Debug;
use std::hash::Hash;
use std::panic::Location;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Handle, Member, Model, New, Relation, RelationType, kind};
use crate::schema::{Cascade, Load, ModelRef, RelationDef, RelationKind, TableDef};
use crate::session::Session;
use crate::session::objects::add::{may_take, may_write};
use crate::session::relations::members::{Pushes, Removes};
use crate::session::store::arena::AnyArena;
use crate::session::store::slots::SlotSet;

/// The kinds of relation with members to push and remove: `has_many`, `has_one`, `many_to_many`.
///
/// See the example of [`HasMany`](crate::model::HasMany), whose members are pushed and removed.
#[diagnostic::on_unimplemented(
    message = "this relation has no members to push or remove",
    label = "a `belongs_to` relation is changed by assigning the field: `session[child].parent = parent.into()`"
)]
pub trait Collection: RelationType {}

#[diagnostic::do_not_recommend]
impl Collection for kind::HasMany {}
#[diagnostic::do_not_recommend]
impl Collection for kind::HasOne {}
#[diagnostic::do_not_recommend]
impl Collection for kind::ManyToMany {}

/// What the typed methods hand to the untyped ones.
#[derive(Clone, Copy)]
pub(crate) struct OwnedRelation {
    pub(crate) relation: &'static RelationDef,
    pub(crate) slot: u32,
}

impl Session {
    /// Makes an object a member: a new value, which is added, or a handle. Returns the member's handle.
    ///
    /// A `has_many` member leaves the parent it had; a `has_one` member replaces the one that was there.
    ///
    /// See the example of [`HasMany`](crate::model::HasMany).
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` for a deleted object, and the database's when the relation must be
    /// loaded first.
    #[track_caller]
    pub fn push<M: Model, R: Pushes<M, Checked: Sized>, N: Member<R::Target, Checked: Sized>>(
        &mut self,
        parent: Handle<M>,
        relation: R,
        member: N,
    ) -> Result<Handle<R::Target>> {
        relation.push_into(self, parent, member.into_new())
    }

    #[track_caller]
    pub(super) fn push_listed<M: Model, T: Model, K: Collection>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, K>,
        member: New<T>,
    ) -> Result<Handle<T>> {
        self.store.sync();
        let owned = self.owned_relation(parent, relation)?;
        self.store.require_alive(M::table(), owned.slot)?;
        self.require_fit(owned, &member)?;
        if owned.relation.kind == RelationKind::HasOne || owned.relation.ordering.is_some() {
            self.ensure_loaded(owned)?;
        }
        let member = self.store.adopt(member);
        let slot = self.store.slot(member)?;
        self.store.unmark_adopted(T::table(), slot);
        match owned.relation.kind {
            RelationKind::ManyToMany => {
                self.store.sync();
                self.link(owned, slot)?;
            }
            _ => self.set_member(owned, slot, Foreign::New { slot: owned.slot, stamp: parent.stamp() }),
        }
        self.store.number_last(owned.relation, owned.slot, slot)?;
        self.tell_states();
        Ok(member)
    }

    /// Takes a member out of a relation: its key becomes NULL, or the flush deletes it if the relation has
    /// `cascade(delete_orphan)`, or the flush refuses if the key may not be NULL and no other parent was given.
    ///
    /// See the example of [`HasMany`](crate::model::HasMany).
    ///
    /// # Errors
    ///
    /// `InvalidState` when the object is no member, `Detached` for a stale handle, and the database's when the relation
    /// must be loaded first.
    #[track_caller]
    pub fn remove<M: Model, R: Removes<M, Checked: Sized>>(
        &mut self,
        parent: Handle<M>,
        relation: R,
        member: Handle<R::Target>,
    ) -> Result<()> {
        relation.remove_from(self, parent, member)
    }

    #[track_caller]
    pub(super) fn remove_listed<M: Model, T: Model, K: Collection>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, K>,
        member: Handle<T>,
    ) -> Result<()> {
        self.remove_member(parent, relation, member)?;
        let owned = self.owned_relation(parent, relation)?;
        self.store.number_members(owned.relation, owned.slot)
    }

    #[track_caller]
    fn remove_member<M: Model, T: Model, K: Collection>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, K>,
        member: Handle<T>,
    ) -> Result<()> {
        self.store.sync();
        let owned = self.owned_relation(parent, relation)?;
        may_write(owned.relation)?;
        let slot = self.store.slot(member)?;
        if owned.relation.kind == RelationKind::ManyToMany {
            return self.unlink::<T>(owned, slot);
        }
        let (table, key) = member_key(owned.relation)?;
        if self.store.parent(table, slot, key) != Some(owned.slot) || !self.store.is_alive(table, slot) {
            return Err(self.no_member(owned, T::table(), slot));
        }
        if !owned.relation.writes_keys() {
            // The key stays, as the relation says; it is no member in memory any more.
            let members = self.store.members_mut(table, key, M::table(), owned.slot);
            members.into_iter().for_each(|members| members.remove(slot));
            return Ok(());
        }
        self.set_member(owned, slot, Foreign::Null);
        self.tell_states();
        Ok(())
    }

    /// As [`related`](Session::related), by a key that `key` makes of each member, loaded if it is not in memory.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let iain = Author::query().filter(Author::name.eq("Iain")).one(&mut session)?;
    /// let books = session.related_map(iain, Author::books, |book| book.title.clone())?;
    /// assert_eq!(session[books["Matter"]].pages, 593);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `MultipleFound` when two members have one key, and as [`load`](Session::load).
    #[track_caller]
    pub fn related_map<M: Model, T: Model, K, I: Eq + Hash + Debug>(
        &mut self,
        object: Handle<M>,
        relation: Relation<M, T, K>,
        key: impl Fn(&T) -> I,
    ) -> Result<HashMap<I, Handle<T>>>
    where
        K: RelationType<Loaded<T> = Vec<Handle<T>>>,
    {
        let members = self.load(object, relation)?;
        let mut map = HashMap::with_capacity(members.len());
        for member in members {
            match map.entry(key(self.try_get(member)?)) {
                Entry::Vacant(place) => {
                    place.insert(member);
                }
                Entry::Occupied(known) => {
                    let message = format!("two members of `{}` have the key {:?}", relation.name(), known.key());
                    return Err(Error::new(ErrorKind::MultipleFound, message));
                }
            }
        }
        Ok(map)
    }

    /// Makes `members` the members of a relation: those that are not among them leave, the others enter.
    ///
    /// See the example of [`HasOne`](crate::model::HasOne).
    ///
    /// # Errors
    ///
    /// As [`push`](Session::push) and [`remove`](Session::remove).
    #[track_caller]
    pub fn set<M: Model, T: Model, K: Collection, N: Member<T, Checked: Sized>>(
        &mut self,
        parent: Handle<M>,
        relation: Relation<M, T, K>,
        members: impl IntoIterator<Item = N>,
    ) -> Result<Vec<Handle<T>>> {
        self.store.sync();
        let owned = self.owned_relation(parent, relation)?;
        let members: Vec<New<T>> = members.into_iter().map(Member::into_new).collect();
        self.store.require_alive(M::table(), owned.slot)?;
        members.iter().try_for_each(|member| self.require_fit(owned, member))?;
        self.ensure_loaded(owned)?;
        let before = self.members(owned).unwrap_or_default();
        let members: Vec<Handle<T>> = members.into_iter().map(|member| self.store.adopt(member)).collect();
        let kept: Vec<u32> = members.iter().map(|&member| self.store.slot(member)).collect::<Result<_>>()?;
        let (staying, there): (SlotSet, SlotSet) = (kept.iter().copied().collect(), before.iter().copied().collect());
        for slot in before.into_iter().filter(|slot| !staying.contains(slot)) {
            let stamp = self.store.arena_mut::<T>().slots.entry(slot).stamp;
            self.remove_member(parent, relation, Handle::new(slot, stamp))?;
        }
        for (&member, slot) in members.iter().zip(&kept) {
            if !there.contains(slot) {
                self.push(parent, relation, member)?;
            }
        }
        self.store.arrange_members(owned.relation, owned.slot, kept)?;
        self.tell_states();
        Ok(members)
    }

    pub(super) fn owned_relation<M: Model, T: Model, K>(
        &self,
        object: Handle<M>,
        relation: Relation<M, T, K>,
    ) -> Result<OwnedRelation> {
        let slot = self.store.slot(object)?;
        let relation = relation.def().ok_or_else(|| {
            Error::new(ErrorKind::Schema, format!("{} has no relation `{}`", M::spec().name, relation.name()))
        })?;
        Ok(OwnedRelation { relation, slot })
    }

    /// The members of a relation, if they are in memory.
    pub(crate) fn members(&self, owned: OwnedRelation) -> Option<Vec<u32>> {
        let OwnedRelation { relation, slot } = owned;
        match relation.kind {
            RelationKind::HasMany | RelationKind::HasOne => self.store.members(relation, slot),
            RelationKind::ManyToMany => {
                let list = self.store.associations.of(relation).and_then(|(set, left)| set.list(left, slot));
                match list {
                    Some(list) => Some(list.to_vec()),
                    None => self.store.is_loaded(relation, slot).then(Vec::new),
                }
            }
            RelationKind::BelongsTo => {
                let table = (relation.owner.table)();
                let arena = self.store.any(table.id)?;
                match arena.foreign(slot, relation.field) {
                    Foreign::Null | Foreign::Unset => Some(Vec::new()),
                    foreign => self.store.resolve((relation.target.table)(), foreign).map(|slot| vec![slot]),
                }
            }
        }
    }

    /// Whether all members of a relation are in memory, and were brought in the unit at hand.
    pub(super) fn is_complete(&self, owned: OwnedRelation) -> bool {
        match owned.relation.kind {
            RelationKind::BelongsTo => {
                let RelationDef { owner, target, .. } = *owned.relation;
                let is_here = |model: ModelRef, slot: u32| {
                    !self.store.is_old((model.table)(), slot) && !self.store.lacks(model, slot)
                };
                is_here(owner, owned.slot)
                    && self.members(owned).is_some_and(|members| members.iter().all(|&member| is_here(target, member)))
            }
            _ => self.store.is_loaded(owned.relation, owned.slot),
        }
    }

    pub(super) fn typed<T: Model, K: RelationType>(
        &self,
        owned: OwnedRelation,
        members: &[u32],
    ) -> Result<K::Loaded<T>> {
        members.iter().try_for_each(|&slot| self.store.require_type::<T>(slot)).map_err(|error| {
            let object = self.store.label((owned.relation.owner.table)().id, owned.slot);
            error.context(format!("`{}` of {object}", owned.relation.name))
        })?;
        let loaded = match self.store.arena::<T>() {
            Some(arena) => K::loaded(members.iter().map(|&slot| Handle::new(slot, arena.slots.entry(slot).stamp))),
            None => K::loaded(std::iter::empty()),
        };
        loaded.ok_or_else(|| {
            let OwnedRelation { relation, slot } = owned;
            let object = self.store.label((relation.owner.table)().id, slot);
            Error::new(
                ErrorKind::NotLoaded,
                format!("{object}: `{}` was never set: it references nothing", relation.name),
            )
        })
    }

    #[track_caller]
    pub(super) fn ensure_loaded(&mut self, owned: OwnedRelation) -> Result<()> {
        if !self.store.is_loaded(owned.relation, owned.slot) {
            self.note_lazy_load(owned.relation, Location::caller())?;
            self.load_relation(owned.relation, &[owned.slot])?;
        }
        Ok(())
    }

    fn set_member(&mut self, owned: OwnedRelation, member: u32, parent: Foreign<'_>) {
        if let Some((table, key)) = owned.relation.member_key() {
            self.store.set_parent(table, member, key, parent);
            self.store.sync();
        }
    }

    #[track_caller]
    fn link(&mut self, owned: OwnedRelation, member: u32) -> Result<()> {
        let OwnedRelation { relation, slot } = owned;
        let known = self
            .store
            .associations
            .of(relation)
            .and_then(|(set, left)| set.is_linked(if left { (slot, member) } else { (member, slot) }));
        let fresh =
            |table: &TableDef, slot: u32| self.store.any(table.id).is_some_and(|arena| arena.slots().is_fresh(slot));
        let lacks = |relation: Option<&'static RelationDef>, slot: u32| {
            relation.is_some_and(|relation| self.store.is_incomplete(relation, slot))
        };
        let is_new = fresh((relation.owner.table)(), slot) && !lacks(Some(relation), slot);
        let is_new_member = fresh((relation.target.table)(), member) && !lacks(relation.inverse(), member);
        // Whether the link is in the database already is known if one side is new or lists its members.
        let known = known.is_some() || is_new || is_new_member;
        if !known {
            self.note_lazy_load(relation, Location::caller())?;
            let companions =
                self.store.any_mut((relation.owner.table)().id).map(|arena| arena.slots_mut().companions(slot));
            self.load_relation(relation, &companions.unwrap_or_default())?;
        }
        self.store.link(relation, slot, member)
    }

    #[track_caller]
    fn unlink<T: Model>(&mut self, owned: OwnedRelation, member: u32) -> Result<()> {
        let link = |left| if left { (owned.slot, member) } else { (member, owned.slot) };
        let known = self.store.associations.of(owned.relation).and_then(|(set, left)| set.is_linked(link(left)));
        if known.is_none() {
            self.ensure_loaded(owned)?;
        }
        let (set, left) = self.store.associations.of_mut(owned.relation)?;
        if set.is_linked(link(left)) != Some(true) {
            return Err(self.no_member(owned, T::table(), member));
        }
        set.unlink(link(left));
        if owned.relation.cascade.has(Cascade::DELETE_ORPHAN) {
            self.store.expunge_orphan(owned.relation, member);
        }
        Ok(())
    }

    /// Whether a relation may be given a member: what is wrong is found out before anything changes.
    fn require_fit<T: Model>(&self, owned: OwnedRelation, member: &New<T>) -> Result<()> {
        may_take(owned.relation, member)?;
        let New::Handle(member) = member else { return Ok(()) };
        self.store.may_join(T::table(), self.store.slot(*member)?)
    }

    pub(super) fn no_member(&self, owned: OwnedRelation, table: &TableDef, member: u32) -> Error {
        let parent = self.store.label((owned.relation.owner.table)().id, owned.slot);
        let member = self.store.label(table.id, member);
        let message =
            format!("{member} is no member of `{}` of {parent}, so it cannot be removed from it", owned.relation.name);
        Error::new(ErrorKind::InvalidState, message)
    }

    /// Whether the relation is loaded on demand.
    pub(super) fn may_load(&self, owned: OwnedRelation) -> Result<()> {
        let OwnedRelation { relation, slot } = owned;
        let table = (relation.owner.table)();
        let raises = |arena: &dyn AnyArena| arena.slots().entry(slot).raises();
        let said = if relation.load == Load::Raise {
            "says `load = \"raise\"`"
        } else if self.store.any(table.id).is_some_and(raises) {
            "came with a query that says `raise_all`"
        } else {
            return Ok(());
        };
        let (object, model) = (self.store.label(table.id, slot), (relation.owner.spec)().name);
        let name = relation.name;
        let message = format!(
            "`{name}` of {object} is not loaded, and {said}: .include({model}::{name}) in the query, or session.include(..), loads it"
        );
        Err(Error::new(ErrorKind::NotLoaded, message))
    }

    pub(super) fn not_loaded(&self, owned: OwnedRelation) -> Error {
        let OwnedRelation { relation, slot } = owned;
        let (object, model) = (self.store.label((relation.owner.table)().id, slot), (relation.owner.spec)().name);
        let name = relation.name;
        let message = format!(
            "`{name}` of {object} is not loaded; call session.load(handle, {model}::{name}), or .include({model}::{name}) in the query"
        );
        Error::new(ErrorKind::NotLoaded, message)
    }

    pub(super) fn dangling(&self, owned: OwnedRelation) -> Error {
        let OwnedRelation { relation, slot } = owned;
        let (object, target) = (self.store.label((relation.owner.table)().id, slot), (relation.target.spec)().name);
        let table = (relation.owner.table)();
        let key: Vec<String> = self.store.any(table.id).map_or_else(Vec::new, |arena| {
            let columns = table.fields[relation.field].columns.clone();
            columns.map(|column| arena.value(slot, column).to_string()).collect()
        });
        let (name, key) = (relation.name, key.join(", "));
        Error::new(ErrorKind::NotFound, format!("`{name}` of {object} references {target}#{key}, which is not there"))
    }
}

/// The foreign key behind a `has_many` or `has_one`.
pub(crate) fn member_key(relation: &'static RelationDef) -> Result<(&'static TableDef, usize)> {
    relation.member_key().ok_or_else(|| {
        let (model, name) = ((relation.owner.spec)().name, relation.name);
        Error::new(ErrorKind::Schema, format!("{model}::{name} needs a `back_populates` that names a belongs_to field"))
    })
}
