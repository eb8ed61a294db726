//! The members that a statement brings, by owner.

use crate::session::store::slots::SlotMap;

/// Lists of members, in the order in which their owners were named.
#[derive(Default)]
pub(crate) struct MemberLists {
    lists: Vec<(u32, Vec<u32>)>,
    /// Where an owner stands among the lists.
    places: SlotMap<u32, usize>,
}

impl MemberLists {
    /// An empty list for each of `owners`.
    pub(crate) fn of(owners: &[u32]) -> Self {
        let mut lists = Self {
            lists: Vec::with_capacity(owners.len()),
            places: SlotMap::with_capacity_and_hasher(owners.len(), <_>::default()),
        };
        for &owner in owners {
            lists.place_or_new(owner);
        }
        lists
    }

    /// Where the list of `owner` stands, if it has one.
    pub(crate) fn place(&self, owner: u32) -> Option<usize> {
        self.places.get(&owner).copied()
    }

    /// Where the list of `owner` stands, which is made if there is none.
    pub(crate) fn place_or_new(&mut self, owner: u32) -> usize {
        *self.places.entry(owner).or_insert_with(|| {
            self.lists.push((owner, Vec::new()));
            self.lists.len() - 1
        })
    }

    /// Appends a member to the list at a place.
    pub(crate) fn push(&mut self, place: usize, member: u32) {
        self.lists[place].1.push(member);
    }

    /// Appends each of `members` to the list at its place, which `places` tells in the same order. The lists grow once.
    pub(crate) fn push_all(&mut self, members: &[u32], places: &[Option<usize>]) {
        let mut counts = vec![0; self.lists.len()];
        for &place in places.iter().flatten() {
            counts[place] += 1;
        }
        for ((_, list), count) in self.lists.iter_mut().zip(counts) {
            list.reserve_exact(count);
        }
        for (&member, &place) in members.iter().zip(places) {
            if let Some(place) = place {
                self.push(place, member);
            }
        }
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Vec<u32>> {
        self.lists.iter_mut().map(|(_, list)| list)
    }

    /// The owners, each with its members.
    pub(crate) fn into_lists(self) -> Vec<(u32, Vec<u32>)> {
        self.lists
    }
}
