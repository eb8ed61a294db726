//! What a transaction, or a savepoint in it, did to the objects of one model: what a rollback undoes.
//!
//! There is one stack of logs for all that is kept of objects; see `docs/design/0012-one-owner-for-a-slot.md`. The columns of objects
//! are logged beside it in the arena, which knows their type, and are pushed, merged and dropped with it.

use super::members::Members;
use super::slots::{SlotMap, State};

/// What a level wrote to rows that its log does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unlogged {
    /// Nothing was written.
    None,
    /// A flush wrote what the log knows; the database may have done more by triggers.
    Flushed,
    /// A statement changed rows that no object stands for.
    Unknown,
}

impl Unlogged {
    /// The same level when its log is dropped.
    pub(crate) fn without_log(self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Flushed | Self::Unknown => Self::Unknown,
        }
    }
}

/// A collection, by the foreign key of its members and the slot of its owner.
pub(crate) type ListKey = (usize, u32);

/// An object came to another state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) slot: u32,
    pub(crate) before: State,
    drawn: u16,
}

impl Step {
    /// No database has so many columns.
    const NOT_DRAWN: u16 = u16::MAX;

    /// `drawn` is the part of the key that the database chose for the row that was inserted, by its column.
    pub(crate) fn new(slot: u32, before: State, drawn: Option<usize>) -> Self {
        let drawn = drawn.and_then(|column| u16::try_from(column).ok()).unwrap_or(Self::NOT_DRAWN);
        Self { slot, before, drawn }
    }

    /// The part of the key that the database chose, by its column.
    pub(crate) fn drawn(&self) -> Option<usize> {
        (self.drawn != Self::NOT_DRAWN).then_some(usize::from(self.drawn))
    }
}

/// Changes of state in their order. Objects that come together have slots that follow each other: what happens to them in a row is one
/// entry.
#[derive(Debug, Default)]
pub(crate) struct Steps(Vec<Run>);

/// The same step of so many objects, from that of the first on.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: Step,
    count: u32,
}

impl Steps {
    pub(crate) fn push(&mut self, step: Step) {
        match self.0.last_mut() {
            Some(Run { first, count })
                if first.slot.checked_add(*count) == Some(step.slot)
                    && (first.before, first.drawn) == (step.before, step.drawn) =>
            {
                *count += 1;
            }
            _ => self.0.push(Run { first: step, count: 1 }),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Step> {
        self.0
            .iter()
            .flat_map(|&Run { first, count }| (first.slot..first.slot + count).map(move |slot| Step { slot, ..first }))
    }

    fn count(&self) -> usize {
        self.0.iter().map(|run| run.count as usize).sum()
    }
}

/// The log of one level: the transaction, or a savepoint.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The changes of state, in their order.
    pub(crate) steps: Steps,
    /// Objects that lost what was written to them: lists that were loaded before know them where that had put them.
    pub(crate) reverted: Vec<u32>,
    /// Objects whose rows were read while they held unlogged changes.
    pub(crate) to_expire: Vec<u32>,
    /// Collections that were loaded while rows held unlogged changes, and whether there was a list before.
    pub(crate) lists_to_unload: Vec<(ListKey, bool)>,
    /// Collections as they were when the level began, as far as they changed since. `None` for those that were not loaded.
    pub(crate) lists: SlotMap<ListKey, Option<Members>>,
}

impl Log {
    /// What was done in `inner`, which ends, was done here.
    pub(crate) fn absorb(&mut self, inner: Self) {
        self.steps.0.extend(inner.steps.0);
        self.reverted.extend(inner.reverted);
        self.to_expire.extend(inner.to_expire);
        self.lists_to_unload.extend(inner.lists_to_unload);
        for (place, members) in inner.lists {
            self.lists.entry(place).or_insert(members);
        }
    }

    /// The objects that changed their state, each once, with the state that it had when the level began and with the part of its key
    /// that the database chose.
    pub(crate) fn origins(&self) -> Vec<Step> {
        const NONE: u32 = u32::MAX;
        let slots = self.steps.0.iter().map(|run| (run.first.slot + run.count) as usize).max().unwrap_or(0);
        let steps = self.steps.count();
        // A list is faster than a map where most slots of it are used.
        let mut dense = vec![NONE; if slots <= 4 * steps { slots } else { 0 }];
        let mut sparse: SlotMap<u32, u32> = SlotMap::default();
        let mut origins: Vec<Step> = Vec::with_capacity(steps);
        for step in self.steps.iter() {
            let place = match dense.get_mut(step.slot as usize) {
                Some(place) => place,
                None => sparse.entry(step.slot).or_insert(NONE),
            };
            if *place == NONE {
                *place = u32::try_from(origins.len()).unwrap_or(NONE);
                origins.push(step);
            } else if let Some(origin) = origins.get_mut(*place as usize)
                && origin.drawn == Step::NOT_DRAWN
            {
                origin.drawn = step.drawn;
            }
        }
        origins
    }
}
