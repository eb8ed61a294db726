//! What the database returned, kept aside until the flush has succeeded.

use crate::schema::ModelId;
use crate::session::store::contents::KeySource;
use crate::value::{Value, ValueRef};

/// What the database returned.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) keys: Keys,
    /// What the database filled in or computed: row, column, value.
    pub(crate) fetched: Vec<(ModelId, u32, usize, Value)>,
}

/// The keys that the database gave to inserted rows.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<(ModelId, AssignedKeys)>);

/// The keys of one model by slot, from the slot `first`. New objects mostly have slots that follow each other.
#[derive(Debug)]
struct AssignedKeys {
    first: u32,
    keys: Assigned,
}

/// The keys of one model by slot, in little space: nearly all are integers.
#[derive(Debug)]
enum Assigned {
    /// `NONE` where no key was assigned.
    Integers(Vec<i64>),
    Others(Vec<Option<Value>>),
}

/// Stands for no key among integers: where a database assigns this one too, the keys are kept otherwise.
const NONE: i64 = i64::MIN;

impl Assigned {
    fn len(&self) -> usize {
        match self {
            Self::Integers(keys) => keys.len(),
            Self::Others(keys) => keys.len(),
        }
    }

    /// So many more places without keys, at the beginning or at the end.
    fn widen(&mut self, before: usize, after: usize) {
        fn widen<T: Clone>(keys: &mut Vec<T>, none: T, before: usize, after: usize) {
            keys.splice(0..0, std::iter::repeat_n(none.clone(), before));
            keys.resize(keys.len() + after, none);
        }
        match self {
            Self::Integers(keys) => widen(keys, NONE, before, after),
            Self::Others(keys) => widen(keys, None, before, after),
        }
    }

    #[inline]
    fn set(&mut self, place: usize, key: Value) {
        match (&mut *self, key) {
            (Self::Integers(keys), Value::I64(key)) if key != NONE => keys[place] = key,
            (Self::Integers(keys), key) => {
                let known = keys.iter().map(|&key| (key != NONE).then_some(Value::I64(key))).collect();
                *self = Self::Others(known);
                self.set(place, key);
            }
            (Self::Others(keys), key) => keys[place] = Some(key),
        }
    }

    fn get(&self, place: usize) -> Option<ValueRef<'_>> {
        match self {
            Self::Integers(keys) => keys.get(place).filter(|key| **key != NONE).map(|&key| ValueRef::I64(key)),
            Self::Others(keys) => keys.get(place)?.as_ref().map(Value::to_ref),
        }
    }
}

impl Keys {
    pub(crate) fn insert(&mut self, model: ModelId, slots: &[u32], keys: impl IntoIterator<Item = Value>) {
        let (Some(&low), Some(&high)) = (slots.iter().min(), slots.iter().max()) else { return };
        let index = self.0.iter().position(|(known, _)| *known == model).unwrap_or_else(|| {
            self.0.push((model, AssignedKeys { first: low, keys: Assigned::Integers(Vec::new()) }));
            self.0.len() - 1
        });
        self.0[index].1.insert(slots, keys, low, high);
    }
}

impl AssignedKeys {
    fn insert(&mut self, slots: &[u32], keys: impl IntoIterator<Item = Value>, low: u32, high: u32) {
        let before = self.first.saturating_sub(low);
        self.first -= before;
        let length = (high - self.first) as usize + 1;
        self.keys.widen(before as usize, length.saturating_sub(self.keys.len() + before as usize));
        for (&slot, key) in slots.iter().zip(keys) {
            self.keys.set((slot - self.first) as usize, key);
        }
    }
}

impl KeySource for Keys {
    fn assigned(&self, model: ModelId, slot: u32) -> Option<ValueRef<'_>> {
        let (_, keys) = self.0.iter().find(|(known, _)| *known == model)?;
        keys.keys.get(slot.checked_sub(keys.first)? as usize)
    }
}
