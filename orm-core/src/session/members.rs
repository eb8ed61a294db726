//! The list of the members that one object has.

use std::ops::{Deref, DerefMut};

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

/// The members of one object, as slots.
///
/// A list that is not whole is there to be read, and it follows what is pushed and removed, but it does not claim that there are no other
/// members. Whoever needs them all loads the relation. The claim is a part of the list, so that it is kept, restored and forgotten with
/// it.
#[derive(Debug, Clone)]
pub(crate) struct Members {
    slots: Vec<u32>,
    extent: Extent,
    /// When it was loaded.
    pub(super) read: u32,
}

impl Members {
    /// The list of an object that has no members yet.
    pub(crate) fn empty(read: u32) -> Self {
        Self { slots: Vec::new(), extent: Extent::Whole, read }
    }

    /// Some of the members.
    pub(crate) fn partial(slots: Vec<u32>) -> Self {
        Self { slots, extent: Extent::Chosen, read: NEVER }
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
        let before = self.slots.len();
        self.slots.retain(|&slot| !is_gone(slot));
        if self.slots.len() < before {
            self.lack();
        }
    }
}

/// All members.
impl From<Vec<u32>> for Members {
    fn from(slots: Vec<u32>) -> Self {
        Self { slots, extent: Extent::Whole, read: NEVER }
    }
}

impl Deref for Members {
    type Target = Vec<u32>;

    fn deref(&self) -> &Vec<u32> {
        &self.slots
    }
}

impl DerefMut for Members {
    fn deref_mut(&mut self) -> &mut Vec<u32> {
        &mut self.slots
    }
}
