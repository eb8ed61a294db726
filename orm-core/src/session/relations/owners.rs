//! Who owns an object that several may own: looked up once for all that a flush deletes.

use crate::schema::{RelationDef, RelationKind, RelationRank, TableDef};
use crate::session::objects::marks::has_owners;
use crate::session::store::Store;
use crate::session::store::slots::{SlotMap, State};

/// The owners that stay, relation by relation, as far as somebody asked.
#[derive(Default)]
pub(crate) struct Owners {
    known: SlotMap<RelationRank, Owned>,
}

/// How many objects that stay own each target of one relation, and what each of them owns.
struct Owned {
    counts: SlotMap<u32, usize>,
    targets: SlotMap<u32, Vec<u32>>,
}

impl Owners {
    /// Whether an object that stays owns `target` by a relation.
    pub(crate) fn any(&mut self, store: &Store, relation: &'static RelationDef, target: u32) -> bool {
        let owned = self.known.entry(relation.rank()).or_insert_with(|| Owned::of(store, relation));
        owned.counts.get(&target).is_some_and(|count| *count > 0)
    }

    /// Whether an object that stays owns `target` too, or instead, where the owner is the one that knows.
    pub(crate) fn any_other(&mut self, store: &Store, relation: &'static RelationDef, target: u32) -> bool {
        has_owners(relation) && self.any(store, relation, target)
    }

    /// An object does not stay.
    pub(crate) fn leave(&mut self, table: &'static TableDef, slot: u32) {
        for relation in table.relations.iter().filter(|relation| has_owners(relation)) {
            let Some(owned) = self.known.get_mut(&relation.rank()) else { continue };
            for target in owned.targets.remove(&slot).into_iter().flatten() {
                owned.counts.entry(target).and_modify(|count| *count -= 1);
            }
        }
    }
}

impl Owned {
    fn of(store: &Store, relation: &'static RelationDef) -> Self {
        let mut owned = Self { counts: SlotMap::default(), targets: SlotMap::default() };
        for (owner, target) in store.owned(relation) {
            *owned.counts.entry(target).or_default() += 1;
            owned.targets.entry(owner).or_default().push(target);
        }
        owned
    }
}

impl Store {
    /// The objects that stay, with what they own by a `belongs_to` or `many_to_many`.
    fn owned(&self, relation: &'static RelationDef) -> Vec<(u32, u32)> {
        let table = (relation.owner.table)();
        if relation.kind == RelationKind::ManyToMany {
            let links = self.associations.of(relation).map(|(set, left)| set.linked(left)).unwrap_or_default();
            return links.into_iter().filter(|(owner, _)| self.stays(table, *owner)).collect();
        }
        let (Some(arena), Some(key)) = (self.any(table.id), relation.foreign_key) else { return Vec::new() };
        let owners = (0..).take(arena.slots().entries.len()).filter(|&slot| self.stays(table, slot));
        owners.filter_map(|slot| Some((slot, self.parent(table, slot, key)?))).collect()
    }

    /// The objects that have `member` in a `many_to_many` relation and stay.
    pub(crate) fn owners(&self, relation: &'static RelationDef, member: u32) -> Vec<u32> {
        let Some((set, left)) = self.associations.of(relation) else { return Vec::new() };
        let mut owners = set.owners(left, member);
        owners.retain(|&owner| self.stays((relation.owner.table)(), owner));
        owners
    }

    /// Whether an object has, or will have, a row after the next flush.
    pub(crate) fn stays(&self, table: &TableDef, slot: u32) -> bool {
        let entry = self.any(table.id).map(|arena| arena.slots().entry(slot));
        entry.is_some_and(|entry| matches!(entry.state, State::Pending | State::Persistent) && !entry.deleting())
    }

    /// Whether an object that stays owns `target` by a `belongs_to` or `many_to_many`.
    pub(crate) fn is_owned(&self, relation: &'static RelationDef, target: u32) -> bool {
        match relation.kind {
            RelationKind::ManyToMany => !self.owners(relation, target).is_empty(),
            _ => self.owned(relation).iter().any(|(_, owned)| *owned == target),
        }
    }

    /// A pending object leaves the session when nobody that stays owns it any more.
    pub(crate) fn expunge_orphan(&mut self, relation: &'static RelationDef, target: u32) {
        let table = (relation.target.table)();
        if self.is_pending(table, target) && !self.is_owned(relation, target) {
            self.expunge_pending(table, target);
        }
    }
}
