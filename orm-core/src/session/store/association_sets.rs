//! The `many_to_many` relations of a session.

use std::collections::BTreeMap;

use super::associations::AssociationSet;
use super::members::Members;
use super::times::Times;
use crate::error::Result;
use crate::schema::{ModelId, RelationDef, RelationRank, TableDef};

/// The `many_to_many` relations of a session, in the order of their tables and fields.
#[derive(Debug, Default)]
pub(crate) struct AssociationSets {
    sets: BTreeMap<RelationRank, AssociationSet>,
    /// How many savepoints there are.
    levels: usize,
    /// Whether rows hold what the transaction wrote and nothing here knows of.
    has_unlogged: bool,
    /// The clock of the session.
    times: Times,
}

impl AssociationSets {
    /// Takes the clock of the session over.
    pub(crate) fn set_times(&mut self, times: Times) {
        self.times = times;
        self.iter_mut().for_each(|set| set.times = times);
    }

    /// See [`Store::note_unlogged_rows`](crate::session::store::Store::note_unlogged_rows).
    pub(crate) fn set_unlogged(&mut self, has_unlogged: bool) {
        self.has_unlogged = has_unlogged;
        self.iter_mut().for_each(|set| set.written |= has_unlogged);
    }

    /// Notes that an object of `table` leaves the session though its rows do not.
    pub(crate) fn note_absent(&mut self, table: &TableDef, slot: u32) {
        self.each_side(table, |set, left| set.note_absent(left, slot));
    }

    /// What an object is linked to: the relation, the model of the other object, and its slot.
    pub(crate) fn links_of(&self, table: &TableDef, slot: u32) -> Vec<(&'static RelationDef, ModelId, u32)> {
        let mut links = Vec::new();
        for set in self.iter() {
            let canonical = set.canonical;
            let sides = [
                (true, canonical.owner, canonical.target, Some(canonical)),
                (false, canonical.target, canonical.owner, canonical.inverse()),
            ];
            for (left, own, other, relation) in sides {
                let list = set.list(left, slot).filter(|_| (own.table)().id == table.id);
                let Some((list, relation)) = list.zip(relation) else { continue };
                links.extend(list.iter().map(|member| (relation, (other.table)().id, member)));
            }
        }
        links
    }

    /// The links of a relation, and whether `relation` is their left side.
    pub(crate) fn of_mut(&mut self, relation: &'static RelationDef) -> Result<(&mut AssociationSet, bool)> {
        let (_, left) = relation.association()?;
        let canonical = relation.canonical();
        let new = || AssociationSet::new(canonical, self.levels, self.has_unlogged, self.times);
        Ok((self.sets.entry(canonical.rank()).or_insert_with(new), left))
    }

    /// The links of a relation, if any are known.
    pub(crate) fn of(&self, relation: &'static RelationDef) -> Option<(&AssociationSet, bool)> {
        let canonical = relation.canonical();
        Some((self.sets.get(&canonical.rank())?, std::ptr::eq(canonical, relation)))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &AssociationSet> {
        self.sets.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut AssociationSet> {
        self.sets.values_mut()
    }

    pub(crate) fn is_loaded(&self, relation: &'static RelationDef, slot: u32) -> bool {
        let is_whole = |set: &AssociationSet, list: &Members| !list.is_partial() && set.times.is_current(list.read);
        self.of(relation).is_some_and(|(set, left)| set.list(left, slot).is_some_and(|list| is_whole(set, list)))
    }

    /// Puts an object back into the lists of others.
    pub(crate) fn enter(&mut self, table: &TableDef, slot: u32) {
        self.each_side(table, |set, left| set.enter(left, slot));
    }

    /// Takes objects out of the lists of others, whether or not their model declares the relation too.
    pub(crate) fn leave(&mut self, table: &TableDef, slots: &[u32]) {
        self.each_side(table, |set, left| set.leave(left, slots));
    }

    /// Unloads the list of an object at the side of `relation`.
    pub(crate) fn unload(&mut self, relation: &'static RelationDef, slot: u32) {
        self.with(relation, |set, left| set.unload(left, slot));
    }

    /// Forgets the lists of objects that have left the session.
    pub(crate) fn forget_all(&mut self, table: &TableDef, slots: &[u32]) {
        self.each_side(table, |set, left| set.forget_all(left, slots));
    }

    /// Forgets an object.
    pub(crate) fn forget(&mut self, table: &TableDef, slot: u32) {
        self.each_side(table, |set, left| set.forget(left, slot));
    }

    /// The sides of all relations at which the objects of `table` stand.
    fn each_side(&mut self, table: &TableDef, mut work: impl FnMut(&mut AssociationSet, bool)) {
        for set in self.sets.values_mut() {
            for (left, model) in [(true, set.canonical.owner), (false, set.canonical.target)] {
                if (model.table)().id == table.id {
                    work(set, left);
                }
            }
        }
    }

    fn with(&mut self, relation: &'static RelationDef, work: impl FnOnce(&mut AssociationSet, bool)) {
        let canonical = relation.canonical();
        if let Some(set) = self.sets.get_mut(&canonical.rank()) {
            work(set, std::ptr::eq(canonical, relation));
        }
    }

    pub(crate) fn begin_level(&mut self) {
        self.levels += 1;
        self.iter_mut().for_each(AssociationSet::begin_level);
    }

    pub(crate) fn merge_level(&mut self) {
        self.levels = self.levels.saturating_sub(1);
        self.iter_mut().for_each(AssociationSet::merge_level);
    }

    pub(crate) fn drop_level(&mut self) {
        self.levels = self.levels.saturating_sub(1);
        self.iter_mut().for_each(AssociationSet::drop_level);
    }
}
