//! The list of the members that one object has.

use std::ops::{Deref, DerefMut};

/// The members of one object, as slots.
///
/// A partial list came with a condition or a limit: it is there to be read, and it follows what is pushed and removed, but it does not
/// claim that there are no other members. Whoever needs them all loads the relation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members {
    slots: Vec<u32>,
    partial: bool,
}

impl Members {
    /// Some of the members.
    pub(crate) fn partial(slots: Vec<u32>) -> Self {
        Self { slots, partial: true }
    }

    /// Whether there may be others.
    pub(crate) fn is_partial(&self) -> bool {
        self.partial
    }
}

/// All members.
impl From<Vec<u32>> for Members {
    fn from(slots: Vec<u32>) -> Self {
        Self { slots, partial: false }
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
