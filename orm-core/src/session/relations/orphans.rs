//! Objects without a parent: pending ones leave the session, persistent ones are deleted by the flush.

use super::owners::Owners;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Foreign;
use crate::schema::{Cascade, RelationDef, RelationKind, TableDef};
use crate::session::Session;
use crate::session::objects::marks::Object;
use crate::session::store::Store;
use crate::session::store::associations::Change;
use crate::session::store::slots::{SlotMap, State, Waiting};
use crate::sql::Lift;

impl Session {
    /// The persistent objects that lost the parent of a relation with `delete_orphan`.
    pub(crate) fn orphans(&mut self, owners: &mut Owners) -> Result<Vec<Object>> {
        let mut found = self.store.orphaned_children();
        for (relation, children) in self.store.lost_targets() {
            found.extend(self.old_targets(relation, &children, owners)?);
        }
        found.extend(self.store.unlinked_members(owners));
        Ok(found)
    }

    /// The objects that the rows of `children` reference, unless other objects reference them now.
    fn old_targets(
        &mut self,
        relation: &'static RelationDef,
        children: &[u32],
        owners: &mut Owners,
    ) -> Result<Vec<Object>> {
        let (table, target) = ((relation.owner.table)(), (relation.target.table)());
        let Some(key) = relation.foreign_key else { return Ok(Vec::new()) };
        let is_out = |&child: &u32| self.store.row_parent(table, child, key).is_none();
        let unknown: Vec<u32> = children.iter().copied().filter(is_out).collect();
        self.lifting(Lift::All, |session| session.load_row_targets(relation, &unknown))?;
        let old = children.iter().filter_map(|&child| self.store.row_parent(table, child, key));
        Ok(old.filter(|&old| !owners.any(&self.store, relation, old)).map(|old| (target, old)).collect())
    }

    /// An object that is set as the only member of a `has_one` replaces the one that is there: where that is not known yet,
    /// it is loaded.
    pub(crate) fn load_replaced(&mut self) -> Result<()> {
        for (relation, parents) in self.store.unknown_replaced() {
            self.load_whole(relation, &parents)?;
        }
        self.store.sync();
        Ok(())
    }
}

impl Store {
    /// The slot of the parent that the row of `slot` references.
    pub(crate) fn row_parent(&self, table: &TableDef, slot: u32, key: usize) -> Option<u32> {
        let def = &table.foreign_keys[key];
        let foreign = self.any(table.id)?.row_foreign(slot, def.field);
        self.resolve((def.target.table)(), foreign)
    }

    /// Persistent objects whose foreign key was cleared, where the collection says `delete_orphan`.
    pub(crate) fn orphaned_children(&self) -> Vec<Object> {
        let mut found = Vec::new();
        for arena in self.arenas() {
            let table = arena.table();
            let owned = |relation: usize| {
                let inverse = table.relations[relation].inverse();
                inverse.is_some_and(|inverse| inverse.cascade.has(Cascade::DELETE_ORPHAN))
            };
            let keys = table.foreign_keys.iter().filter(|def| owned(def.relation));
            let fields: Vec<usize> = keys.map(|def| def.field).collect();
            if fields.is_empty() {
                continue;
            }
            let lost = |slot: u32, field: usize| {
                use Foreign::{Key, Null, Unset};
                matches!((arena.row_foreign(slot, field), arena.foreign(slot, field)), (Key(_), Null | Unset))
                    && !self.references_another(table, slot, field)
            };
            let touched = arena.slots().touched().filter(|&slot| !arena.slots().entry(slot).deleting());
            let orphans = touched.filter(|&slot| fields.iter().any(|&field| lost(slot, field)));
            found.extend(orphans.map(|slot| (table, slot)));
        }
        found
    }

    /// Whether an object references another one by the keys of a `OneOf` of which the field is one.
    pub(crate) fn references_another(&self, table: &TableDef, slot: u32, field: usize) -> bool {
        let key = table.fields[field].foreign_key.map(|key| &table.foreign_keys[key]);
        let (Some(one_of), Some(arena)) = (key.and_then(|key| key.one_of), self.any(table.id)) else { return false };
        let keys = &table.foreign_keys[table.one_ofs[one_of].keys.clone()];
        keys.iter().any(|key| !matches!(arena.foreign(slot, key.field), Foreign::Unset | Foreign::Null))
    }

    /// Objects whose `belongs_to` with `delete_orphan` references another object than their row does, relation by relation.
    pub(crate) fn lost_targets(&self) -> Vec<(&'static RelationDef, Vec<u32>)> {
        let mut found = Vec::new();
        for arena in self.arenas() {
            let table = arena.table();
            for def in &table.foreign_keys {
                let relation = &table.relations[def.relation];
                if !relation.cascade.has(Cascade::DELETE_ORPHAN) {
                    continue;
                }
                let changed = |slot: u32| {
                    let had = matches!(arena.row_foreign(slot, def.field), Foreign::Key(_));
                    had && def.columns.clone().any(|column| self.column_changed(arena, slot, column))
                };
                let children: Vec<u32> = arena.slots().touched().filter(|&slot| changed(slot)).collect();
                found.extend((!children.is_empty()).then_some((relation, children)));
            }
        }
        found
    }

    /// Persistent objects that were taken out of a `many_to_many` with `delete_orphan` and that no other object has.
    pub(crate) fn unlinked_members(&self, owners: &mut Owners) -> Vec<Object> {
        let mut found = Vec::new();
        for set in self.associations.iter() {
            for relation in [Some(set.canonical), set.canonical.inverse()].into_iter().flatten() {
                if !relation.cascade.has(Cascade::DELETE_ORPHAN) {
                    continue;
                }
                let left = std::ptr::eq(relation, set.canonical);
                let members = set.changes(Change::Unlinked).into_iter().map(|(l, r)| if left { r } else { l });
                let orphans = members.filter(|&member| !owners.any(self, relation, member));
                found.extend(orphans.map(|member| ((relation.target.table)(), member)));
            }
        }
        found
    }

    /// A second parent is refused where a relation says `single_parent`.
    pub(crate) fn only_parent(&self, relation: &'static RelationDef, own: u32, member: u32) -> Result<()> {
        let inverse = relation.inverse().filter(|inverse| inverse.single_parent);
        if relation.single_parent {
            self.no_other_parent(relation, member, &self.owners(relation, member), own)?;
        }
        match inverse {
            Some(inverse) => self.no_other_parent(inverse, own, &self.owners(inverse, own), member),
            None => Ok(()),
        }
    }

    fn no_other_parent(&self, relation: &RelationDef, member: u32, parents: &[u32], new: u32) -> Result<()> {
        let Some(&other) = parents.iter().find(|&&parent| parent != new) else { return Ok(()) };
        let (owner, target) = ((relation.owner.table)().id, (relation.target.table)().id);
        Err(second_parent(relation, &self.label(target, member), &self.label(owner, other), &self.label(owner, new)))
    }

    /// Two objects that reference one by a `belongs_to` with `single_parent` are refused.
    ///
    /// # Errors
    ///
    /// `InvalidState`, naming all three.
    pub(crate) fn single_parents(&self) -> Result<()> {
        for arena in self.arenas() {
            let table = arena.table();
            if !table.relations.iter().any(|relation| relation.single_parent) || !self.has_work(arena) {
                continue;
            }
            for (key, def) in table.foreign_keys.iter().enumerate() {
                let relation = &table.relations[def.relation];
                if !relation.single_parent {
                    continue;
                }
                let mut parents: SlotMap<u32, u32> = SlotMap::default();
                for slot in (0..).take(arena.slots().entries.len()) {
                    let target = self.parent(table, slot, key).filter(|_| self.stays(table, slot));
                    let Some(target) = target else { continue };
                    if let Some(other) = parents.insert(target, slot) {
                        let target = self.label((def.target.table)().id, target);
                        return Err(second_parent(relation, &target, &arena.label(other), &arena.label(slot)));
                    }
                }
            }
        }
        Ok(())
    }

    /// The parents with a `has_one` that is not loaded and gets a new member, relation by relation.
    pub(crate) fn unknown_replaced(&self) -> Vec<(&'static RelationDef, Vec<u32>)> {
        let mut found = Vec::new();
        for arena in self.arenas() {
            let table = arena.table();
            for (key, def) in table.foreign_keys.iter().enumerate() {
                let inverse = table.relations[def.relation].inverse();
                let Some(relation) =
                    inverse.filter(|relation| relation.kind == RelationKind::HasOne && relation.writes_keys())
                else {
                    continue;
                };
                let slots = arena.slots();
                let written = slots.pending().chain(slots.touched()).filter(|&slot| !slots.entry(slot).deleting());
                let mut parents: Vec<u32> = written
                    .filter(|&slot| {
                        slots.state(slot) == State::Pending
                            || self.parent(table, slot, key) != self.row_parent(table, slot, key)
                    })
                    .filter_map(|slot| self.parent(table, slot, key))
                    .filter(|&parent| !self.is_loaded(relation, parent))
                    .collect();
                parents.sort_unstable();
                parents.dedup();
                if !parents.is_empty() {
                    found.push((relation, parents));
                }
            }
        }
        found
    }

    /// The only member of a `has_one` makes room for another, unless it has gone to another parent meanwhile.
    pub(crate) fn replace_member(&mut self, relation: &'static RelationDef, member: u32, parent: u32) {
        let Some((table, key)) = relation.member_key() else { return };
        if relation.writes_keys() && self.parent(table, member, key) == Some(parent) {
            self.set_parent(table, member, key, Foreign::Null);
        }
    }

    /// Puts objects that were given the key of an object before it had a row into that object's collections.
    pub(crate) fn sync_waiting(&mut self) {
        let waiting: Vec<(&'static TableDef, Vec<Waiting>)> = self
            .arenas_mut()
            .map(|arena| (arena.table(), std::mem::take(&mut arena.slots_mut().waiting)))
            .filter(|(_, waiting)| !waiting.is_empty())
            .collect();
        for (table, waiting) in waiting {
            for (slot, stamp, key) in waiting {
                let is_here = self.any(table.id).is_some_and(|arena| arena.slots().live(slot, stamp).is_some());
                let here = is_here && self.is_alive(table, slot);
                let Some(parent) = self.parent(table, slot, key).filter(|_| here) else {
                    continue;
                };
                let target = (table.foreign_keys[key].target.table)();
                let members = self.members_mut(table, key, target, parent).filter(|members| !members.contains(slot));
                members.into_iter().for_each(|members| members.push(slot));
            }
        }
    }
}

fn second_parent(relation: &RelationDef, member: &str, parent: &str, second: &str) -> Error {
    let (model, name) = ((relation.owner.spec)().name, relation.name);
    let message = format!(
        "{member} has {parent} already, and cannot have {second} too: {model}::{name} says `single_parent`; take it away \
         from {parent} first"
    );
    Error::new(ErrorKind::InvalidState, message)
}
