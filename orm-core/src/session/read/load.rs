//! Loading what objects are related to: one statement for a relation of any number of objects.

use std::collections::HashSet;
use std::ops::{ControlFlow, Range};

use super::joined::{How, JoinedRows, Loading, keep_first};
use super::key_list::KeyList;
use super::member_lists::MemberLists;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Row};
use crate::query::{self, Include, never_loaded};
use crate::schema::{ColumnDef, Load, ModelRef, RelationDef, RelationKind, TableDef};
use crate::session::Session;
use crate::session::relations::related::member_key;
use crate::session::store::arena::{Populate, Reading};
use crate::session::store::members::Members;
use crate::sql::{Lift, Select};

impl Session {
    /// Loads a relation for those of `owners` that do not have it in memory. Nothing to load is no statement.
    pub(crate) fn load_relation(&mut self, relation: &'static RelationDef, owners: &[u32]) -> Result<()> {
        self.load_missing(&Include::plain(relation), owners, Populate::Keep)
    }

    /// Loads a relation for a flush that has to know all members: those too that conditions hide.
    pub(crate) fn load_whole(&mut self, relation: &'static RelationDef, owners: &[u32]) -> Result<()> {
        self.lifting(Lift::All, |session| session.load_relation(relation, owners))
    }

    /// Whether members of a relation are read that conditions hide at other times.
    fn lifts_for(&self, relation: &'static RelationDef) -> bool {
        let context = &self.links.context();
        if context.lift == Lift::Nothing {
            return false;
        }
        let through = relation.association().ok().and_then(|(association, _)| association.through());
        [Some(relation.target), through].into_iter().flatten().any(|model| context.lifts(model))
    }

    /// Loads what an include says anew for all of `owners` that have rows; rows overwrite the objects that they bring.
    pub(crate) fn load_anew(&mut self, include: &Include, owners: &[u32]) -> Result<()> {
        self.store.unload(include.relation, owners);
        self.load_missing(include, owners, Populate::Overwrite)
    }

    /// Loads what an include says for those of `owners` that do not have all of it in memory.
    pub(crate) fn load_missing(&mut self, include: &Include, owners: &[u32], populate: Populate) -> Result<()> {
        let relation = include.relation;
        // Objects of other types have no members.
        let of_type: Vec<u32>;
        let owners = match relation.owner.criterion() {
            Some(_) => {
                of_type = owners.iter().copied().filter(|&slot| self.store.is_of(relation.owner, slot)).collect();
                &of_type
            }
            None => owners,
        };
        if relation.kind == RelationKind::BelongsTo {
            return self.load_parents(include, owners, populate);
        }
        if self.lifts_for(relation) && self.put_off.is_none() {
            // What is in memory may be without the members that are wanted now.
            self.store.unload(relation, owners);
        }
        let missing: Vec<u32> = owners.iter().copied().filter(|&slot| !self.store.is_loaded(relation, slot)).collect();
        if missing.is_empty() || self.is_put_off(relation, &missing) {
            return Ok(());
        }
        if relation.load == Load::WriteOnly {
            return Err(Error::new(ErrorKind::InvalidState, never_loaded(relation)));
        }
        self.store.meet(relation.target);
        self.autoflush(&include.reads())?;
        match relation.kind {
            RelationKind::ManyToMany => self.load_pairs(include, &missing, populate),
            _ => self.load_members(include, &missing, populate),
        }
    }

    /// Notes what is to be loaded instead of loading it, while a flush is explained.
    fn is_put_off(&mut self, relation: &'static RelationDef, owners: &[u32]) -> bool {
        let Some(put_off) = &mut self.put_off else { return false };
        put_off.push((relation, owners.to_vec()));
        true
    }

    /// The targets of foreign keys that are not in the identity map, or are to be asked anew.
    fn load_parents(&mut self, include: &Include, owners: &[u32], populate: Populate) -> Result<()> {
        let relation = include.relation;
        let (table, target) = ((relation.owner.table)(), (relation.target.table)());
        self.store.meet(relation.target);
        if self.put_off.is_none() {
            self.ask_old(relation.owner, owners)?;
        }
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        let columns = key_columns(table, relation.field);
        let mut keys = KeyList::default();
        for &slot in owners {
            let foreign = arena.foreign(slot, relation.field);
            let known = self
                .store
                .resolve(target, foreign)
                .filter(|&parent| !self.store.is_old(target, parent) && !self.store.lacks(relation.target, parent));
            let wanted = populate == Populate::Overwrite || known.is_none();
            if matches!(foreign, Foreign::Key(_)) && wanted {
                keys.push(columns.clone().map(|column| arena.value(slot, column)));
            }
        }
        if keys.is_empty() || self.is_put_off(relation, owners) {
            return Ok(());
        }
        self.autoflush(&include.reads())?;
        let slots = self.fetch_targets(include, keys, populate)?;
        self.store.group(target, &slots);
        Ok(())
    }

    /// The objects that the rows of `children` reference, which may be others than `children` do.
    pub(crate) fn load_row_targets(&mut self, relation: &'static RelationDef, children: &[u32]) -> Result<()> {
        if children.is_empty() || self.is_put_off(relation, children) {
            return Ok(());
        }
        let table = (relation.owner.table)();
        let Some(arena) = self.store.any(table.id) else { return Ok(()) };
        let mut keys = KeyList::default();
        for &child in children {
            if matches!(arena.row_foreign(child, relation.field), Foreign::Key(_)) {
                keys.push(key_columns(table, relation.field).map(|column| arena.row_value(child, column)));
            }
        }
        self.fetch_targets(&Include::plain(relation), keys, Populate::Keep).map(|_| ())
    }

    /// The objects that have `keys`, of the target of a `belongs_to`.
    fn fetch_targets(&mut self, include: &Include, keys: KeyList, populate: Populate) -> Result<Vec<u32>> {
        let by: Vec<&'static ColumnDef> = (include.relation.target.table)().key_columns().collect();
        self.fetch_by_keys(include, &by, keys, populate)
    }

    /// The members of `has_many` and `has_one` relations.
    fn load_members(&mut self, include: &Include, owners: &[u32], populate: Populate) -> Result<()> {
        let relation = include.relation;
        let (table, key) = member_key(relation)?;
        let keys = self.keys_of((relation.owner.table)(), owners);
        let by: Vec<&'static ColumnDef> =
            table.foreign_keys[key].key_columns().map(|column| &table.columns[column]).collect();
        let found = self.fetch_by_keys(include, &by, keys, populate)?;
        self.store.group(table, &found);
        self.set_members((relation, table, key), owners, &found, include.options.is_partial());
        Ok(())
    }

    /// Gives `owners` the members that were found, all of them or not, and those that were given to them in memory.
    pub(crate) fn set_members(
        &mut self,
        (relation, table, key): (&'static RelationDef, &'static TableDef, usize),
        owners: &[u32],
        found: &[u32],
        partial: bool,
    ) {
        // The foreign key in memory decides whose member an object is: the row may be older than what the session knows.
        let mut lists = MemberLists::of(owners);
        let place_of = |lists: &MemberLists, parent: Option<u32>| parent.and_then(|parent| lists.place(parent));
        let (field, target) = (table.foreign_keys[key].field, (table.foreign_keys[key].target.table)());
        let (arena, parents) = (self.store.any(table.id), self.store.any(target.id));
        let parent = |slot: u32| match arena?.foreign(slot, field) {
            Foreign::Key(key) => parents?.find(key),
            foreign => self.store.resolve(target, foreign),
        };
        let places: Vec<Option<usize>> = found.iter().map(|&slot| place_of(&lists, parent(slot))).collect();
        lists.push_all(found, &places);
        let unflushed: Vec<u32> = self
            .store
            .any(table.id)
            .map_or_else(Vec::new, |arena| arena.slots().pending().chain(arena.slots().touched()).collect());
        let listed: HashSet<u32, foldhash::fast::RandomState> =
            if unflushed.is_empty() { HashSet::default() } else { found.iter().copied().collect() };
        for slot in unflushed.into_iter().filter(|slot| !listed.contains(slot)) {
            let parent = self.store.parent(table, slot, key);
            // The query would have found former members, so they are skipped.
            let came =
                !partial || self.store.is_pending(table, slot) || self.store.row_parent(table, slot, key) != parent;
            if let Some(place) = place_of(&lists, parent.filter(|_| came)) {
                lists.push(place, slot);
            }
        }
        for (owner, mut list) in lists.into_lists() {
            if relation.kind == RelationKind::HasOne {
                list = self.only_member(relation, owner, list);
            }
            if let Some(arena) = self.store.any_mut(table.id) {
                let members = if partial { Members::partial(list) } else { list.into() };
                arena.slots_mut().set_members(key, owner, members);
            }
        }
    }

    /// Of several members of a `has_one` the one that was set in memory since, which replaces the others, or else the first.
    fn only_member(&mut self, relation: &'static RelationDef, owner: u32, mut list: Vec<u32>) -> Vec<u32> {
        let Some((table, key)) = relation.member_key().filter(|_| list.len() > 1) else { return list };
        let known =
            |&slot: &u32| self.store.row_parent(table, slot, key) == Some(owner) && !self.store.is_pending(table, slot);
        match list.iter().rposition(|slot| !known(slot)) {
            Some(set) => {
                let set = list.swap_remove(set);
                for replaced in std::mem::replace(&mut list, vec![set]) {
                    self.store.replace_member(relation, replaced, owner);
                }
            }
            None => {
                let rows = list.len();
                tracing::warn!(
                    relation = relation.name,
                    rows,
                    "a has_one relation found several rows; the first is taken"
                );
                list.truncate(1);
            }
        }
        list
    }

    /// The members of `many_to_many` relations, with the association table joined.
    fn load_pairs(&mut self, include: &Include, owners: &[u32], populate: Populate) -> Result<()> {
        let relation = include.relation;
        let (association, left) = relation.association()?;
        let (own, other) =
            if left { (&association.left, &association.right) } else { (&association.right, &association.left) };
        let (owner, target) = ((relation.owner.table)(), (relation.target.table)());
        let Some(rows) = association.table() else { return Ok(()) };
        let [by, other] = [own, other]
            .map(|columns| columns.clone().map(|column| &rows.columns[column]).collect::<Vec<&'static ColumnDef>>());
        let mut lists = MemberLists::of(owners);
        let facts = self.links.dialect_of(&rows.name).capabilities();
        let (mut slots, mut joined) = (Vec::new(), Vec::new());
        for keys in self.keys_of(owner, owners).chunks(by.len(), facts) {
            let (keys, source) = (keys.filter(rows, &by), query::association_source(association, rows));
            let select = query::association_members(relation, source, (&by, &other), keys, &include.options);
            let (select, loads) = query::add_joined_loads(select, target, &include.options.undeferred, &include.then)?;
            JoinedRows::begin(&mut joined, loads);
            self.run(relation.target, &select, &mut joined, populate, |store, slot, row| {
                slots.push(slot);
                let owner =
                    store.any(owner.id).map(|arena| arena.find_in_row(row, target.columns.len())).transpose()?;
                if let Some(place) = owner.flatten().and_then(|owner| lists.place(owner)) {
                    lists.push(place, slot);
                }
                Ok(())
            })?;
        }
        if joined.iter().any(JoinedRows::is_several) {
            keep_first(&mut slots);
            lists.iter_mut().for_each(keep_first);
        }
        self.store.group(target, &slots);
        self.keep(joined, populate)?;
        let partial = include.options.is_partial();
        self.store.set_links(relation, lists.into_lists(), partial)
    }

    /// The keys of rows.
    pub(crate) fn keys_of(&self, table: &TableDef, slots: &[u32]) -> KeyList {
        let mut keys = KeyList::default();
        if let Some(arena) = self.store.any(table.id) {
            for &slot in slots {
                keys.push(table.primary_key.iter().map(|&column| arena.row_value(slot, column)));
            }
        }
        keys
    }

    /// The members of a relation whose columns `by` have one of `keys`.
    fn fetch_by_keys(
        &mut self,
        include: &Include,
        by: &[&'static ColumnDef],
        keys: KeyList,
        populate: Populate,
    ) -> Result<Vec<u32>> {
        let (model, mut slots) = (include.relation.target, Vec::new());
        let facts = self.links.dialect_of(&(model.table)().name).capabilities();
        let mut joined = Vec::new();
        for keys in keys.chunks(by.len(), facts) {
            let keys = keys.filter((model.table)(), by);
            let select = query::members(include.relation, by, keys, &include.options);
            let (select, loads) =
                query::add_joined_loads(select, (model.table)(), &include.options.undeferred, &include.then)?;
            JoinedRows::begin(&mut joined, loads);
            self.run(model, &select, &mut joined, populate, |_, slot, _| {
                slots.push(slot);
                Ok(())
            })?;
        }
        if joined.iter().any(JoinedRows::is_several) {
            keep_first(&mut slots);
        }
        self.keep(joined, populate)?;
        Ok(slots)
    }

    /// Runs a SELECT whose first columns are those of `model`, and hands each object to `each`; `joined` takes what comes with it.
    pub(crate) fn run(
        &mut self,
        model: ModelRef,
        select: &Select,
        joined: &mut [JoinedRows],
        how: impl Into<How>,
        mut each: impl FnMut(&crate::session::store::Store, u32, &dyn Row) -> Result<()>,
    ) -> Result<()> {
        let statement = self.links.render(select)?;
        let How { populate, extent } = how.into();
        let reading = Reading { extent, ..self.reading(statement.database, statement.access, populate)? };
        let Self { links, store, .. } = self;
        let repeats = joined.iter().any(JoinedRows::is_several);
        let loading = Loading::new(reading, select.lock.is_some(), repeats);
        let outcome = links.run(&statement, |row| {
            let slot = loading.object(store, model, row, 0)?;
            each(store, slot, row)?;
            joined.iter_mut().try_for_each(|joined| joined.read(store, slot, row, &loading))?;
            Ok(ControlFlow::Continue(()))
        });
        store.sync_overwritten((model.table)());
        joined.iter().for_each(|joined| joined.sync(store));
        outcome?;
        store.expire_written(&select.with);
        Ok(())
    }
}

/// The columns of the foreign key in a field.
fn key_columns(table: &TableDef, field: usize) -> Range<usize> {
    let field = &table.fields[field];
    field.foreign_key.map_or_else(|| field.columns.clone(), |key| table.foreign_keys[key].key_columns())
}
