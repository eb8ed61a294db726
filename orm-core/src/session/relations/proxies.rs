//! Association proxies of objects: what the association objects stand for.

use std::panic::Location;

use crate::engine::At;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Handle, Member, Model, New, Proxy, kind};
use crate::schema::{Cascade, RelationDef, TableDef};
use crate::session::Session;
use crate::session::objects::add::{may_take, may_write};
use crate::session::read::joined::keep_first;
use crate::session::relations::loadable::Loadable;
use crate::session::relations::members::{Pushes, Removes};
use crate::session::relations::related::OwnedRelation;

#[diagnostic::do_not_recommend]
impl<M: Model, J: Model, T: Model> Loadable<M> for Proxy<M, J, T> {
    type Loaded<'s> = Vec<Handle<T>>;
    type Checked = ();

    fn is_loaded(self, session: &Session, object: Handle<M>) -> Result<bool> {
        let (list, target) = (session.owned_relation(object, self.members())?, target(self)?);
        let is_whole = |slot: u32| session.is_complete(OwnedRelation { relation: target, slot });
        Ok(session.is_complete(list) && session.members(list).unwrap_or_default().into_iter().all(is_whole))
    }

    fn bring(self, session: &mut Session, object: Handle<M>, at: At) -> Result<()> {
        let list = session.owned_relation(object, self.members())?;
        if !session.is_complete(list) {
            self.members().bring(session, object, at)?;
        }
        session.bring_targets(list, target(self)?, at)
    }

    fn read(self, session: &Session, object: Handle<M>) -> Result<Vec<Handle<T>>> {
        let (list, target) = (session.owned_relation(object, self.members())?, target(self)?);
        let mut found = Vec::new();
        for slot in session.members(list).ok_or_else(|| session.not_loaded(list))? {
            let of = OwnedRelation { relation: target, slot };
            found.extend(session.members(of).ok_or_else(|| session.not_loaded(of))?);
        }
        keep_first(&mut found);
        session.typed::<T, kind::HasMany>(list, &found)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, J: Model, T: Model> Removes<M> for Proxy<M, J, T> {
    type Checked = ();
    type Target = T;

    #[track_caller]
    fn remove_from(self, session: &mut Session, parent: Handle<M>, member: Handle<T>) -> Result<()> {
        session.remove_through(parent, self, member)
    }
}

/// The association object begins as its default.
impl<M: Model, J: Model + Default, T: Model> Pushes<M> for Proxy<M, J, T> {
    #[track_caller]
    fn push_into(self, session: &mut Session, parent: Handle<M>, member: New<T>) -> Result<Handle<T>> {
        session.store.require_alive(M::table(), session.store.slot(parent)?)?;
        if let New::Handle(known) = member
            && session.is_there(parent, self, known)?
        {
            return Ok(known);
        }
        session.push_through(parent, self, member, |_| {})
    }
}

impl Session {
    /// Makes an object a member of an association proxy, by a new association object that `edit` completes. It gives the member's handle.
    ///
    /// It makes an association object each time, though the member is there already. [`push`](Session::push) makes none then, and leaves the
    /// other fields as their defaults are. An association object that is a value already is pushed into the `has_many` itself, whose member it is.
    ///
    /// See the example of [`Proxy`].
    ///
    /// # Errors
    ///
    /// As [`push`](Session::push).
    #[track_caller]
    pub fn push_with<M: Model, J: Model + Default, T: Model, N: Member<T, Checked: Sized>>(
        &mut self,
        parent: Handle<M>,
        relation: Proxy<M, J, T>,
        member: N,
        edit: impl FnOnce(&mut J),
    ) -> Result<Handle<T>> {
        self.push_through(parent, relation, member.into_new(), edit)
    }

    #[track_caller]
    fn push_through<M: Model, J: Model + Default, T: Model>(
        &mut self,
        parent: Handle<M>,
        proxy: Proxy<M, J, T>,
        member: New<T>,
        edit: impl FnOnce(&mut J),
    ) -> Result<Handle<T>> {
        self.store.sync();
        let (list, target) = (self.owned_relation(parent, proxy.members())?, target(proxy)?);
        let mut between = J::default();
        edit(&mut between);
        let between = New::Value(between);
        self.store.require_alive(M::table(), list.slot)?;
        may_take(list.relation, &between)?;
        may_take(target, &member)?;
        if let New::Handle(known) = &member {
            self.store.may_join(T::table(), self.store.slot(*known)?)?;
        }
        let member = self.store.adopt(member);
        let between = self.push_listed(parent, proxy.members(), between)?;
        let (table, key) = key_of(target)?;
        let to = Foreign::New { slot: self.store.slot(member)?, stamp: member.stamp() };
        self.store.set_parent(table, self.store.slot(between)?, key, to);
        self.store.sync();
        self.tell_states();
        Ok(member)
    }

    /// Deletes the association objects between two objects.
    #[track_caller]
    fn remove_through<M: Model, J: Model, T: Model>(
        &mut self,
        parent: Handle<M>,
        proxy: Proxy<M, J, T>,
        member: Handle<T>,
    ) -> Result<()> {
        self.store.sync();
        let list = self.owned_relation(parent, proxy.members())?;
        may_write(list.relation)?;
        let slot = self.store.slot(member)?;
        self.ensure_loaded(list)?;
        let between = self.between(list, target(proxy)?, slot)?;
        if between.is_empty() {
            return Err(self.no_member(list, T::table(), slot));
        }
        let is_orphan_deleted = list.relation.cascade.has(Cascade::DELETE_ORPHAN);
        for object in self.handles::<J>(&between) {
            self.remove_listed(parent, proxy.members(), object)?;
            if !is_orphan_deleted {
                self.delete(object)?;
            }
        }
        Ok(())
    }

    /// Whether an association object stands between two objects. It is looked up where memory does not tell.
    #[track_caller]
    fn is_there<M: Model, J: Model, T: Model>(
        &mut self,
        parent: Handle<M>,
        proxy: Proxy<M, J, T>,
        member: Handle<T>,
    ) -> Result<bool> {
        self.store.sync();
        let (list, target, slot) =
            (self.owned_relation(parent, proxy.members())?, target(proxy)?, self.store.slot(member)?);
        if !self.between(list, target, slot)?.is_empty() {
            return Ok(true);
        }
        let is_new = self.store.any(T::table().id).is_some_and(|arena| arena.slots().is_fresh(slot));
        if is_new || self.is_complete(list) {
            return Ok(false);
        }
        self.note_lazy_load(list.relation, Location::caller())?;
        let companions = self.store.arena_mut::<M>().slots.companions(list.slot);
        self.load_relation(list.relation, &companions)?;
        Ok(!self.between(list, target, slot)?.is_empty())
    }

    /// The association objects in memory that stand between two objects.
    fn between(&self, list: OwnedRelation, target: &'static RelationDef, member: u32) -> Result<Vec<u32>> {
        let (table, key) = key_of(target)?;
        let leads_there = |slot: &u32| self.store.parent(table, *slot, key) == Some(member);
        let all = self.members(list).unwrap_or_default().into_iter();
        Ok(all.filter(|&slot| self.store.is_alive(table, slot)).filter(leads_there).collect())
    }

    /// Loads what the association objects of a list stand for, and those of the lists that came with its owner.
    fn bring_targets(&mut self, list: OwnedRelation, target: &'static RelationDef, at: At) -> Result<()> {
        let lacks = |session: &Self, slot: u32| !session.is_complete(OwnedRelation { relation: target, slot });
        let own = self.members(list).unwrap_or_default();
        let Some(&first) = own.iter().find(|&&slot| lacks(self, slot)) else { return Ok(()) };
        self.may_load(OwnedRelation { relation: target, slot: first })?;
        self.note_lazy_load(target, at)?;
        let owner = (list.relation.owner.table)();
        let owners = self.store.any_mut(owner.id).map(|arena| arena.slots_mut().companions(list.slot));
        let lists = owners.unwrap_or_default().into_iter().map(|slot| OwnedRelation { slot, ..list });
        let all: Vec<u32> = lists.filter_map(|list| self.members(list)).flatten().collect();
        self.load_relation(target, &all)?;
        match own
            .into_iter()
            .map(|slot| OwnedRelation { relation: target, slot })
            .find(|&of| self.members(of).is_none())
        {
            Some(of) => Err(self.dangling(of)),
            None => Ok(()),
        }
    }
}

/// The relation from the association objects to what they stand for.
fn target<M, J: Model, T>(proxy: Proxy<M, J, T>) -> Result<&'static RelationDef> {
    proxy.target().def().ok_or_else(|| {
        let message = format!(
            "`{}` leads along `{}`, which is no relation of {}",
            proxy.name(),
            proxy.target().name(),
            J::spec().name
        );
        Error::new(ErrorKind::Schema, message)
    })
}

/// The foreign key of a `belongs_to`.
fn key_of(relation: &'static RelationDef) -> Result<(&'static TableDef, usize)> {
    let key = relation.foreign_key.map(|key| ((relation.owner.table)(), key));
    key.ok_or_else(|| {
        let (model, name) = ((relation.owner.spec)().name, relation.name);
        Error::new(ErrorKind::Schema, format!("{model}::{name} is no `belongs_to`"))
    })
}
