//! The links of `many_to_many` relations: which are known, and which were linked or unlinked since the last flush.

use std::collections::HashSet;

use super::members::Members;
use super::slots::SlotMap;
use super::times::Times;
use crate::schema::RelationDef;

/// Which way a link changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Linked,
    Unlinked,
}

/// The members that one object has at the other side.
type Lists = SlotMap<u32, Members>;

/// Lists as they were; `None` for those that were not loaded.
type ListsBefore = SlotMap<u32, Option<Members>>;

/// Changed links (left, right), with the place of each in the order of the changes.
type Changes = SlotMap<(u32, u32), (usize, Change)>;

/// One relation, both of its sides.
#[derive(Debug)]
pub(crate) struct AssociationSet {
    /// The left side's relation, which has the association.
    pub(crate) canonical: &'static RelationDef,
    sides: [Lists; 2],
    /// Lists as they were when the innermost savepoint, or the transaction, began, as far as they changed since.
    before: [ListsBefore; 2],
    /// The same for what is around the innermost savepoint, outermost first.
    outer: Vec<[ListsBefore; 2]>,
    changes: Changes,
    changed: usize,
    /// The changes as they were, and whether links were written, while a flush that was applied may still fail.
    image: Option<(Changes, bool)>,
    /// Whether the transaction has written links, so that lists loaded since do not outlive a rollback.
    pub(super) written: bool,
    /// The clock of the session.
    pub(super) times: Times,
}

/// A link, and which way it changed.
type Changed<'a> = (&'a (u32, u32), &'a (usize, Change));

const LEFT: usize = 0;
const RIGHT: usize = 1;

impl AssociationSet {
    pub(super) fn new(canonical: &'static RelationDef, levels: usize, written: bool, times: Times) -> Self {
        Self {
            canonical,
            sides: [Lists::default(), Lists::default()],
            before: Default::default(),
            outer: (0..levels).map(|_| Default::default()).collect(),
            changes: SlotMap::default(),
            changed: 0,
            image: None,
            written,
            times,
        }
    }

    /// The changed links of one kind, in the order in which they were made.
    pub(crate) fn changes(&self, wanted: Change) -> Vec<(u32, u32)> {
        let mut found: Vec<(usize, (u32, u32))> = self
            .changes
            .iter()
            .filter(|(_, (_, change))| *change == wanted)
            .map(|(&link, &(order, _))| (order, link))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, link)| link).collect()
    }

    pub(crate) fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Keeps the changes as they are.
    pub(crate) fn begin_image(&mut self) {
        self.image = Some((self.changes.clone(), self.written));
    }

    /// Has the changes again that there were when the image was begun, or drops it.
    pub(crate) fn end_image(&mut self, restore: bool) {
        if let Some((changes, written)) = self.image.take().filter(|_| restore) {
            (self.changes, self.written) = (changes, written);
        }
    }

    /// The changes are in the database now.
    pub(crate) fn mark_flushed(&mut self) {
        self.written |= self.has_changes();
        self.changes.clear();
    }

    fn change(&mut self, link: (u32, u32), change: Change) {
        match self.changes.get(&link) {
            // Unlinked and linked again, or the reverse: nothing happened.
            Some((_, known)) if *known != change => {
                self.changes.remove(&link);
            }
            Some(_) => {}
            None => {
                self.changed += 1;
                self.changes.insert(link, (self.changed, change));
            }
        }
    }

    /// The list of an object, to be changed; begun for an object that is known to have been `empty` at some time.
    fn list_mut(&mut self, side: usize, slot: u32, empty: Option<u32>) -> Option<&mut Members> {
        let known = self.sides[side].get(&slot);
        let read = known.map(|list| list.read).or(empty)?;
        self.before[side].entry(slot).or_insert_with(|| known.cloned());
        let through = self.canonical.has_through();
        Some(self.sides[side].entry(slot).or_insert_with(|| {
            let mut list = Members::empty(read);
            if through {
                // The objects of the model between may make other links.
                list.lack();
            }
            list
        }))
    }

    /// Links two objects that are not linked.
    pub(crate) fn link(&mut self, link: (u32, u32), empty: (Option<u32>, Option<u32>)) {
        self.change(link, Change::Linked);
        for (side, own, other, empty) in [(LEFT, link.0, link.1, empty.0), (RIGHT, link.1, link.0, empty.1)] {
            if let Some(list) = self.list_mut(side, own, empty)
                && !list.contains(other)
            {
                list.push(other);
            }
        }
    }

    /// Unlinks two objects that are linked.
    pub(crate) fn unlink(&mut self, link: (u32, u32)) {
        self.change(link, Change::Unlinked);
        for (side, own, other) in [(LEFT, link.0, link.1), (RIGHT, link.1, link.0)] {
            if let Some(list) = self.list_mut(side, own, None) {
                list.remove(other);
            }
        }
    }

    /// The objects that have `slot` as a member, as far as memory tells; `left` tells the side of these objects.
    pub(crate) fn owners(&self, left: bool, slot: u32) -> Vec<u32> {
        let (own, other) = if left { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
        let listed = self.sides[other].get(&slot);
        let is_whole = listed.is_some_and(|list| !list.is_partial() && self.times.is_current(list.read));
        let others = self.sides[own].iter().filter(|(_, list)| !is_whole && list.contains(slot));
        let mut owners: Vec<u32> =
            others.map(|(&owner, _)| owner).chain(listed.into_iter().flat_map(Members::iter)).collect();
        let link = |owner: u32| if left { (owner, slot) } else { (slot, owner) };
        owners.retain(|&owner| self.links(link(owner), |_| true) == Some(true));
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// All links, as far as memory tells, each with the end at the side that `left` names first.
    pub(crate) fn linked(&self, left: bool) -> HashSet<(u32, u32)> {
        let lists = |side: usize| {
            let lists = self.sides[side].iter();
            lists.flat_map(|(&slot, list)| list.iter().map(move |member| (slot, member)))
        };
        let links = lists(LEFT).chain(lists(RIGHT).map(|(right, left)| (left, right)));
        let linked = links.filter(|&link| self.links(link, |_| true) == Some(true));
        linked.map(|(l, r)| if left { (l, r) } else { (r, l) }).collect()
    }

    /// Whether the two objects are linked, as far as memory knows in this unit.
    pub(crate) fn is_linked(&self, link: (u32, u32)) -> Option<bool> {
        self.links(link, |list| self.times.is_current(list.read))
    }

    /// Whether the two objects are linked, as far as the lists tell that are `trusted`.
    fn links(&self, link: (u32, u32), trusted: impl Fn(&Members) -> bool) -> Option<bool> {
        if let Some((_, change)) = self.changes.get(&link) {
            return Some(*change == Change::Linked);
        }
        let listed = |side: usize, own: u32, other: u32| {
            let list = self.sides[side].get(&own).filter(|list| trusted(list))?;
            let found = list.contains(other);
            (found || !list.is_partial()).then_some(found)
        };
        listed(LEFT, link.0, link.1).or_else(|| listed(RIGHT, link.1, link.0))
    }

    /// Gives objects the lists that a load found, with the changes of this session on top. `is_alive` is asked about the objects at the
    /// other side: a new one that was deleted again keeps its links for the case that it comes back.
    pub(crate) fn set_lists(
        &mut self,
        left: bool,
        lists: impl IntoIterator<Item = (u32, Vec<u32>)>,
        partial: bool,
        is_alive: impl Fn(u32) -> bool,
    ) {
        let mut changes: SlotMap<u32, Vec<(u32, Change)>> = SlotMap::default();
        for change in [Change::Unlinked, Change::Linked] {
            for (l, r) in self.changes(change) {
                let (own, other) = if left { (l, r) } else { (r, l) };
                changes.entry(own).or_default().push((other, change));
            }
        }
        for (slot, list) in lists {
            let mut list = if partial { Members::partial(list) } else { list.into() };
            for &(other, change) in changes.get(&slot).into_iter().flatten() {
                match change {
                    Change::Unlinked => list.remove(other),
                    Change::Linked if !list.contains(other) && is_alive(other) => list.push(other),
                    Change::Linked => {}
                }
            }
            self.set_list(left, slot, list);
        }
    }

    fn set_list(&mut self, left: bool, slot: u32, mut list: Members) {
        list.read = self.times.now;
        let side = usize::from(!left);
        let known = self.sides[side].insert(slot, list);
        if self.written || self.has_changes() {
            self.before[side].entry(slot).or_insert(known);
        }
    }

    pub(crate) fn list(&self, left: bool, slot: u32) -> Option<&Members> {
        self.sides[usize::from(!left)].get(&slot)
    }

    /// Puts an object back into the lists of its members.
    pub(super) fn enter(&mut self, left: bool, slot: u32) {
        let (own, other) = if left { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
        for member in self.sides[own].get(&slot).map(|list| list.to_vec()).unwrap_or_default() {
            if let Some(list) = self.list_mut(other, member, None)
                && !list.contains(slot)
            {
                list.push(slot);
            }
        }
    }

    /// Takes objects out of others' lists.
    pub(super) fn leave(&mut self, left: bool, slots: &[u32]) {
        let (own, other) = if left { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
        let mut leaving: Vec<(u32, u32)> = Vec::new();
        let mut scattered: SlotMap<u32, ()> = SlotMap::default();
        for &slot in slots {
            let is_whole = |list: &&Members| !list.is_partial() && self.times.is_current(list.read);
            match self.sides[own].get(&slot).filter(is_whole) {
                Some(list) => leaving.extend(list.iter().map(|member| (member, slot))),
                None => drop(scattered.insert(slot, ())),
            }
        }
        let listed = |list: &Members| -> Vec<u32> {
            // A short side of the comparison is looked for in the other one.
            match &scattered {
                few if few.len() < 8 => few.keys().copied().filter(|&slot| list.contains(slot)).collect(),
                many => list.iter().filter(|slot| many.contains_key(slot)).collect(),
            }
        };
        let lists = self.sides[other].iter().filter(|_| !scattered.is_empty());
        leaving.extend(lists.flat_map(|(&member, list)| listed(list).into_iter().map(move |slot| (member, slot))));
        for (member, slot) in leaving {
            if let Some(list) = self.list_mut(other, member, None) {
                list.remove(slot);
            }
        }
    }

    /// Unloads the list of an object; its state before the transaction is kept.
    pub(super) fn unload(&mut self, left: bool, slot: u32) {
        // Its links are deleted with it.
        self.written = true;
        let side = usize::from(!left);
        if let Some(list) = self.sides[side].remove(&slot) {
            self.before[side].entry(slot).or_insert(Some(list));
        }
    }

    /// Unloads all lists; their state before the transaction is kept.
    pub(crate) fn unload_all(&mut self) {
        for (lists, before) in self.sides.iter_mut().zip(&mut self.before) {
            for (slot, list) in lists.drain() {
                before.entry(slot).or_insert(Some(list));
            }
        }
    }

    /// Forgets an object for good: it leaves the session.
    pub(super) fn forget(&mut self, left: bool, slot: u32) {
        self.sides[usize::from(!left)].remove(&slot);
        if self.has_changes() {
            self.changes.retain(|link, _| slot != if left { link.0 } else { link.1 });
        }
    }

    /// Forgets the lists of objects that have left the session.
    pub(super) fn forget_all(&mut self, left: bool, slots: &[u32]) {
        let lists = &mut self.sides[usize::from(!left)];
        if !lists.is_empty() {
            slots.iter().for_each(|slot| drop(lists.remove(slot)));
        }
    }

    /// Notes that the lists of others lack an object that leaves the session though its rows do not: those that hold it, or whose link
    /// with it was unlinked since the last flush. Those that held it when the transaction began will find it gone.
    pub(super) fn note_absent(&mut self, left: bool, slot: u32) {
        let (own, other) = if left { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
        let ends = |link: (u32, u32)| if left { link } else { (link.1, link.0) };
        let changed = |(link, (_, change)): Changed<'_>| (ends(*link).0 == slot).then_some((ends(*link).1, *change));
        let changes: SlotMap<u32, Change> = self.changes.iter().filter_map(changed).collect();
        let listing = self.sides[other].iter().filter(|(_, list)| list.contains(slot)).map(|(&owner, _)| owner);
        let mut owners: Vec<u32> =
            listing.chain(self.sides[own].get(&slot).into_iter().flat_map(Members::iter)).collect();
        owners.retain(|owner| changes.get(owner) != Some(&Change::Linked));
        owners.extend(changes.iter().filter(|(_, change)| **change == Change::Unlinked).map(|(&owner, _)| owner));
        for owner in owners {
            if let Some(list) = self.list_mut(other, owner, None) {
                list.lack();
            }
        }
    }

    /// Puts all lists back as they were when the innermost level began. `is_gone` says of an object, on the left side or not, whether it
    /// has left the session: it does not come back.
    pub(crate) fn restore(&mut self, is_gone: impl Fn(bool, u32) -> bool) {
        self.changes.clear();
        for (side, (lists, before)) in self.sides.iter_mut().zip(&mut self.before).enumerate() {
            for (slot, list) in before.drain() {
                match list.filter(|_| !is_gone(side == LEFT, slot)) {
                    Some(mut list) => {
                        list.drop_gone(|member| is_gone(side == RIGHT, member));
                        lists.insert(slot, list)
                    }
                    None => lists.remove(&slot),
                };
            }
        }
    }

    pub(super) fn begin_level(&mut self) {
        self.outer.push(std::mem::take(&mut self.before));
    }

    pub(super) fn merge_level(&mut self) {
        let Some(outer) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.before, outer);
        for (outer, inner) in self.before.iter_mut().zip(inner) {
            for (slot, list) in inner {
                outer.entry(slot).or_insert(list);
            }
        }
    }

    pub(super) fn drop_level(&mut self) {
        self.written &= !self.outer.is_empty();
        self.before = self.outer.pop().unwrap_or_default();
    }
}
