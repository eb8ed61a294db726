//! The list of the members that one object has.

use std::sync::OnceLock;

use super::slots::SlotMap;

use super::times::NEVER;

/// What a list claims about the members that it does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// There are no others.
    Whole,
    /// It came with a condition or a limit: there may be others.
    Chosen,
    /// A member left the session though its row did not: that one is missing until it comes back.
    Lacking,
}

/// Lists of up to this length are scanned; looking into a longer one makes an index of it.
const SCANNED: usize = 32;

/// Stands in a list where a member was taken out, until enough have gone.
const GONE: u32 = u32::MAX;

/// Where each member stands.
type Places = SlotMap<u32, usize>;

/// The members of one object, as slots, in order. Asking for one, adding one and taking one out cost the same however many there are.
///
/// A list that is not whole is there to be read, and it follows what is pushed and removed, but it does not claim that there are no other
/// members. Whoever needs them all loads the relation. The claim is a part of the list, so that it is kept, restored and forgotten with
/// it.
#[derive(Debug, Clone)]
pub(crate) struct Members {
    slots: Vec<u32>,
    /// The index of a long list, once somebody has looked into it. `None` in it for a list that holds a member twice, as the rows of
    /// a `through` model may have it: such a list is scanned.
    places: OnceLock<Option<Box<Places>>>,
    /// How many places are empty. There are some in indexed lists only.
    gone: usize,
    extent: Extent,
    /// When it was loaded.
    pub(crate) read: u32,
}

impl Members {
    /// The list of an object that has no members yet.
    pub(crate) fn empty(read: u32) -> Self {
        Self { read, ..Self::from(Vec::new()) }
    }

    /// Some of the members.
    pub(crate) fn partial(slots: Vec<u32>) -> Self {
        Self { extent: Extent::Chosen, ..Self::from(slots) }
    }

    /// Whether there may be others.
    pub(crate) fn is_partial(&self) -> bool {
        self.extent != Extent::Whole
    }

    /// Whether a condition decides who belongs here.
    pub(crate) fn is_chosen(&self) -> bool {
        self.extent == Extent::Chosen
    }

    /// Whether a member is missing that has left the session.
    pub(crate) fn is_lacking(&self) -> bool {
        self.extent == Extent::Lacking
    }

    /// Notes that a member is missing that has left the session.
    pub(crate) fn lack(&mut self) {
        if self.extent == Extent::Whole {
            self.extent = Extent::Lacking;
        }
    }

    /// The object has no row any more, so no row of a member references it: what is listed is all.
    pub(crate) fn complete(&mut self) {
        self.extent = Extent::Whole;
    }

    /// Drops members that have left the session, for which `is_gone` holds, and notes that they are missing.
    pub(crate) fn drop_gone(&mut self, is_gone: impl Fn(u32) -> bool) {
        if self.iter().any(&is_gone) {
            self.retain(|slot| !is_gone(slot));
            self.lack();
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().copied().filter(|&slot| slot != GONE)
    }

    pub(crate) fn to_vec(&self) -> Vec<u32> {
        let mut members = Vec::new();
        self.list(&mut members);
        members
    }

    /// Appends the members to `to`.
    pub(crate) fn list(&self, to: &mut Vec<u32>) {
        if self.gone == 0 { to.extend_from_slice(&self.slots) } else { to.extend(self.iter()) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.len() == self.gone
    }

    pub(crate) fn contains(&self, slot: u32) -> bool {
        match self.places() {
            Some(places) => places.contains_key(&slot),
            None => self.slots.contains(&slot),
        }
    }

    /// Adds a member that is not there.
    pub(crate) fn push(&mut self, slot: u32) {
        match self.places.get_mut() {
            Some(Some(places)) => {
                places.insert(slot, self.slots.len());
            }
            // What was found to hold a member twice may have lost it since.
            Some(None) => drop(self.places.take()),
            None => {}
        }
        self.slots.push(slot);
    }

    /// Adds members that are not there.
    pub(crate) fn extend(&mut self, slots: &[u32]) {
        self.slots.reserve(slots.len());
        slots.iter().for_each(|&slot| self.push(slot));
    }

    /// Takes a member out, wherever it stands.
    pub(crate) fn remove(&mut self, slot: u32) {
        if self.places().is_none() {
            return self.retain(|member| member != slot);
        }
        let places = self.places.get_mut().and_then(Option::as_mut);
        let Some(place) = places.and_then(|places| places.remove(&slot)) else { return };
        self.slots[place] = GONE;
        self.gone += 1;
        if self.gone * 2 > self.slots.len() {
            self.retain(|_| true);
        }
    }

    /// Brings the members into another order.
    pub(crate) fn arrange(&mut self, slots: Vec<u32>) {
        self.slots = slots;
        self.gone = 0;
        self.places.take();
    }

    pub(crate) fn pop(&mut self) -> Option<u32> {
        let last = self.iter().last()?;
        self.remove(last);
        Some(last)
    }

    /// Keeps the members for which `keep` holds.
    pub(crate) fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        let before = self.slots.len();
        self.slots.retain(|&slot| slot != GONE && keep(slot));
        if self.slots.len() != before {
            self.gone = 0;
            self.places.take();
        }
    }

    /// The index of a long list without doubles.
    fn places(&self) -> Option<&Places> {
        if self.slots.len() <= SCANNED {
            return None;
        }
        let index = || {
            let places: Places = self.slots.iter().enumerate().map(|(place, &slot)| (slot, place)).collect();
            (places.len() == self.slots.len()).then(|| Box::new(places))
        };
        self.places.get_or_init(index).as_deref()
    }
}

/// All members.
impl From<Vec<u32>> for Members {
    fn from(slots: Vec<u32>) -> Self {
        Self { slots, places: OnceLock::new(), gone: 0, extent: Extent::Whole, read: NEVER }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_keeps_its_order() {
        let mut members = Members::from((0..1_000).collect::<Vec<_>>());
        (0..1_000).filter(|slot| slot % 3 != 0).for_each(|slot| members.remove(slot));
        let mut expected: Vec<u32> = (0..1_000).filter(|slot| slot % 3 == 0).collect();
        assert_eq!(members.to_vec(), expected);
        members.push(1);
        expected.push(1);
        assert!(members.contains(1) && members.contains(999) && !members.contains(2));
        assert_eq!(members.to_vec(), expected);
        assert_eq!(members.pop(), Some(1));
        expected.iter().for_each(|&slot| members.remove(slot));
        assert!(members.is_empty() && members.to_vec().is_empty());
    }

    #[test]
    fn a_member_that_stands_twice_leaves_both_places() {
        let mut members = Members::from((0..100).chain(0..1).collect::<Vec<_>>());
        assert!(members.contains(0));
        members.remove(0);
        assert!(!members.contains(0));
        members.push(100);
        members.remove(50);
        assert_eq!(members.to_vec(), (1..50).chain(51..101).collect::<Vec<_>>());
    }
}
