//! What is kept of single objects beside their entries. Few objects have any of it.

use super::{SlotMap, Slots, State};
use crate::error::ErrorKind;
use crate::model::RawHandle;
use crate::schema::RelationDef;
use crate::session::store::arena::AnyArena;
use crate::sql::Expr;

/// What is kept of one object: it is made with the first thing that is noted, and goes when the slot is released.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aside {
    /// What the next flush writes into columns instead of values.
    pub(crate) expressions: Vec<(usize, Expr)>,
    /// Columns of a new object that are NULL, and not left to the server or to a default.
    pub(crate) nulls: Vec<usize>,
    /// What was wrong with the object when `add` took it, for the flush to report: `add` itself cannot fail.
    pub(crate) defects: Vec<(ErrorKind, String)>,
    /// It was written to after a rollback had made it transient.
    pub(crate) written: bool,
    /// The objects that it was linked to when a rollback made it transient, by relation.
    pub(crate) links: Vec<(&'static RelationDef, RawHandle)>,
}

impl Aside {
    fn is_empty(&self) -> bool {
        let Self { expressions, nulls, defects, written, links } = self;
        expressions.is_empty() && nulls.is_empty() && defects.is_empty() && links.is_empty() && !written
    }
}

impl Slots {
    pub(crate) fn aside(&self, slot: u32) -> Option<&Aside> {
        self.asides.get(&slot)
    }

    pub(crate) fn aside_mut(&mut self, slot: u32) -> &mut Aside {
        self.asides.entry(slot).or_default()
    }

    /// Whether an object has expressions.
    pub(crate) fn computes(&self, slot: u32) -> bool {
        self.aside(slot).is_some_and(|aside| !aside.expressions.is_empty())
    }

    /// Drops of what is kept aside what ends with a flush, or with a rollback: the expressions of objects that equal their rows.
    pub(crate) fn settle_asides(&mut self) {
        let entries = &self.entries;
        self.asides.retain(|&slot, aside| {
            if !entries[slot as usize].touched() {
                aside.expressions.clear();
            }
            !aside.is_empty()
        });
    }

    /// Drops what ends with a transaction: what was meant for the first row of an object. It is kept that long because the object may
    /// have to be added again.
    pub(crate) fn end_asides(&mut self) {
        let entries = &self.entries;
        self.asides.retain(|&slot, aside| {
            if entries[slot as usize].state == State::Persistent {
                aside.nulls.clear();
                aside.defects.clear();
                aside.links.clear();
            }
            !aside.is_empty()
        });
    }

    /// The objects of which something is kept that holds `what`, in the order of their slots.
    pub(crate) fn asides_with(&self, what: impl Fn(&Aside) -> bool) -> Vec<u32> {
        let mut found: Vec<u32> = self.asides.iter().filter(|(_, aside)| what(aside)).map(|(&slot, _)| slot).collect();
        found.sort_unstable();
        found
    }

    /// Forgets what is kept aside of objects.
    pub(crate) fn forget_asides(&mut self, slots: &[u32]) {
        if !self.asides.is_empty() {
            slots.iter().for_each(|slot| drop(self.asides.remove(slot)));
        }
    }
}

/// Asides by slot.
pub(crate) type Asides = SlotMap<u32, Aside>;

/// Whether the NULL of a new object is meant, and not left to the server or to a default.
pub(crate) fn is_meant(arena: &dyn AnyArena, slot: u32, column: usize) -> bool {
    arena.slots().aside(slot).is_some_and(|aside| aside.nulls.contains(&column))
}
