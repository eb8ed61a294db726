//! Objects whose transaction was rolled back, added again under the handles that they had.

use std::collections::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Model, RawHandle};
use crate::schema::{Cascade, ModelId, RelationDef, RelationKind, TableDef};
use crate::session::Session;
use crate::session::store::Store;
use crate::session::store::slots::State;

/// How far an object brings others with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The objects that it references, its members and what it was linked to.
    Members,
    /// The objects that it references: without them its row could not be written.
    Parents,
}

impl Session {
    /// Adds an object again that a rollback, or a `delete` before it had a row, has made [`Transient`](State::Transient): it is pending
    /// under the handle that it had, with the values that it has now. Its new members and what it was linked to come with it, and so do
    /// new objects that it references. An object that is pending already stays so.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let author = session.add(Author { id: 1, ..Default::default() });
    /// if session.commit().is_err() {
    ///     session.rollback()?; // the key is taken
    ///     session[author].id = 0;
    ///     session.add_again(author)?;
    ///     session.commit()?;
    /// }
    /// assert_eq!(session[author].id, 4);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle, `InvalidState` for an object that has, or had, a row.
    pub fn add_again<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.store.sync();
        let slot = self.store.slot(handle)?;
        match self.store.state(handle.raw()) {
            State::Pending => return Ok(()),
            State::Transient => {}
            state => {
                let object = self.store.label(T::table().id, slot);
                let message = format!("{object} is {state:?}: only a transient object can be added again");
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
        }
        self.store.require_whole(T::table(), slot)?;
        self.store.bring_back(T::table(), slot);
        self.tell_states();
        Ok(())
    }
}

impl Store {
    fn bring_back(&mut self, table: &'static TableDef, slot: u32) {
        let mut brought: Vec<(&'static TableDef, u32)> = Vec::new();
        let mut reached: HashMap<(ModelId, u32), Reach> = HashMap::new();
        let mut open = vec![(table, slot, Reach::Members)];
        while let Some((table, slot, reach)) = open.pop() {
            match reached.insert((table.id, slot), reach) {
                Some(known) if known == reach || known == Reach::Members => {
                    reached.insert((table.id, slot), known);
                    continue;
                }
                Some(_) => {}
                None => brought.push((table, slot)),
            }
            open.extend(self.rolled_back_parents(table, slot).map(|(table, slot)| (table, slot, Reach::Parents)));
            if reach == Reach::Members {
                open.extend(self.rolled_back_members(table, slot));
            }
        }
        // New objects are inserted in the order of their adding.
        brought.sort_unstable_by_key(|(table, slot)| (table.id, *slot));
        brought.iter().for_each(|&(table, slot)| self.bring_one(table, slot));
        for (table, slot) in brought {
            self.settle_lists_of(table, slot);
            self.link_again(table, slot);
        }
        self.sync();
    }

    /// Makes a transient object pending.
    fn bring_one(&mut self, table: &'static TableDef, slot: u32) {
        let Some(arena) = self.any_mut(table.id) else { return };
        let slots = arena.slots_mut();
        slots.set_pending(slot);
        let entry = slots.entry_mut(slot);
        entry.born = u32::MAX;
        entry.set_rolled_back(false);
        slots.set_mark(slot, 0);
        self.note_unlisted(table, slot);
    }

    /// The lists of an object without a row hold what was added with it, and nothing else.
    fn settle_lists_of(&mut self, table: &'static TableDef, slot: u32) {
        for relation in &table.relations {
            if let Some((child, key)) = relation.member_key()
                && let Some(arena) = self.any_mut(child.id)
            {
                arena.slots_mut().complete_members(key, slot);
            }
        }
    }

    /// The new objects that an object references and that are out of the session with it.
    fn rolled_back_parents(
        &self,
        table: &'static TableDef,
        slot: u32,
    ) -> impl Iterator<Item = (&'static TableDef, u32)> {
        let parents = table.foreign_keys.iter().enumerate().filter_map(|(key, def)| {
            let target = (def.target.table)();
            self.parent(table, slot, key)
                .filter(|&parent| self.is_rolled_back(target, parent))
                .map(|parent| (target, parent))
        });
        parents.collect::<Vec<_>>().into_iter()
    }

    /// The new members of an object, and the new objects that it was linked to.
    fn rolled_back_members(&self, table: &'static TableDef, slot: u32) -> Vec<(&'static TableDef, u32, Reach)> {
        let mut found = Vec::new();
        for relation in &table.relations {
            if matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne) {
                let target = (relation.target.table)();
                let listed = self.members(relation, slot).unwrap_or_default();
                let members = listed.into_iter().chain(self.unlisted_members(relation, slot));
                let members = members.filter(|&member| self.is_rolled_back(target, member));
                found.extend(members.map(|member| (target, member, Reach::Members)));
            }
        }
        for (relation, other) in self.links_before(table, slot) {
            let target = (relation.target.table)();
            if relation.cascade.has(Cascade::SAVE_UPDATE) && self.is_rolled_back(target, other.slot) {
                found.push((target, other.slot, Reach::Parents));
            }
        }
        found
    }

    /// The members of an object that were out of the session when it was added again before.
    fn unlisted_members(&self, relation: &'static RelationDef, slot: u32) -> Vec<u32> {
        let Some((table, key)) = relation.member_key() else { return Vec::new() };
        let unlisted = self.any(table.id).map_or(&[][..], |arena| arena.slots().unlisted(key, slot));
        unlisted.iter().copied().filter(|&member| self.parent(table, member, key) == Some(slot)).collect()
    }

    /// What an object was linked to when a rollback made it transient, as far as it is here.
    fn links_before(&self, table: &TableDef, slot: u32) -> Vec<(&'static RelationDef, RawHandle)> {
        let aside = self.any(table.id).and_then(|arena| arena.slots().aside(slot));
        let links = aside.into_iter().flat_map(|aside| aside.links.iter().copied());
        links.filter(|(_, other)| self.state(*other) != State::Detached).collect()
    }

    /// Links an object to what it was linked to, as far as that is in the session.
    fn link_again(&mut self, table: &'static TableDef, slot: u32) {
        for (relation, other) in self.links_before(table, slot) {
            if !self.is_alive((relation.target.table)(), other.slot) {
                continue;
            }
            if let Err(error) = self.link(relation, slot, other.slot)
                && let Some(stamp) = self.any(table.id).map(|arena| arena.slots().entry(slot).stamp)
            {
                self.defect(relation, RawHandle { model: table.id, slot, stamp }, &error);
            }
        }
    }

    fn is_rolled_back(&self, table: &TableDef, slot: u32) -> bool {
        self.any(table.id).is_some_and(|arena| arena.slots().is_rolled_back(slot))
    }

    /// Whether an object may become a member of another: it is alive, or goes because of another object, and then stays.
    ///
    /// # Errors
    ///
    /// `InvalidState`, naming the object and the cure.
    pub(crate) fn may_join(&self, table: &TableDef, slot: u32) -> Result<()> {
        let is_marked = self.any(table.id).is_some_and(|arena| arena.slots().mark(slot) != 0);
        if is_marked { Ok(()) } else { self.require_alive(table, slot) }
    }

    /// Whether an object has a row or will have one.
    ///
    /// # Errors
    ///
    /// `InvalidState`, naming the object and the cure.
    pub(crate) fn require_alive(&self, table: &TableDef, slot: u32) -> Result<()> {
        let state = self.any(table.id).map_or(State::Detached, |arena| arena.slots().state(slot));
        if matches!(state, State::Pending | State::Persistent) {
            return Ok(());
        }
        let object = self.label(table.id, slot);
        let cure = match state {
            State::Transient => "session.add_again(..) adds it again, session.expunge(..) gives its value",
            _ => "session.expunge(..) gives its value, to be added anew",
        };
        let message = format!("{object} is {state:?}, so its relations cannot change; {cure}");
        Err(Error::new(ErrorKind::InvalidState, message))
    }

    /// What was written to an object after a rollback made it transient would be lost in silence.
    ///
    /// # Errors
    ///
    /// `InvalidState`, naming the object and the cure.
    pub(crate) fn refuse_rolled_back(&self) -> Result<()> {
        for arena in self.arenas() {
            let written = arena.slots().asides_with(|aside| aside.written);
            if let Some(slot) = written.into_iter().find(|&slot| arena.slots().is_rolled_back(slot)) {
                let object = arena.label(slot);
                let message = format!(
                    "{object} was written to, but it is transient: the transaction that added it was rolled back, or others have deleted \
                     its row, so nothing is written for it. session.add_again(..) adds it again, with its members; session.expunge(..) gives its value"
                );
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
        }
        Ok(())
    }
}
