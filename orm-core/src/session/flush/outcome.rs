//! What the database returned, kept aside until the flush has succeeded.

use crate::schema::ModelId;
use crate::session::store::KeySource;
use crate::value::Value;

/// What the database returned.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) keys: Keys,
    /// What the database filled in or computed: row, column, value.
    pub(super) fetched: Vec<(ModelId, u32, usize, Value)>,
}

/// The keys that the database gave to inserted rows.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<(ModelId, AssignedKeys)>);

/// The keys of one model by slot, from the slot `first`; 0 for none. New objects mostly have slots that follow each other.
#[derive(Debug, Default)]
struct AssignedKeys {
    first: u32,
    keys: Vec<i64>,
}

impl Keys {
    pub(super) fn insert(&mut self, model: ModelId, slots: &[u32], keys: &[i64]) {
        let (Some(&low), Some(&high)) = (slots.iter().min(), slots.iter().max()) else { return };
        let index = self.0.iter().position(|(known, _)| *known == model).unwrap_or_else(|| {
            self.0.push((model, AssignedKeys { first: low, keys: Vec::new() }));
            self.0.len() - 1
        });
        self.0[index].1.insert(slots, keys, low, high);
    }
}

impl AssignedKeys {
    fn insert(&mut self, slots: &[u32], keys: &[i64], low: u32, high: u32) {
        if low < self.first {
            let gap = (self.first - low) as usize;
            self.keys.splice(0..0, std::iter::repeat_n(0, gap));
            self.first = low;
        }
        let length = (high - self.first) as usize + 1;
        if self.keys.len() < length {
            self.keys.resize(length, 0);
        }
        for (&slot, &key) in slots.iter().zip(keys) {
            self.keys[(slot - self.first) as usize] = key;
        }
    }
}

impl KeySource for Keys {
    fn assigned(&self, model: ModelId, slot: u32) -> Option<i64> {
        let (_, keys) = self.0.iter().find(|(known, _)| *known == model)?;
        let key = *keys.keys.get(slot.checked_sub(keys.first)? as usize)?;
        (key != 0).then_some(key)
    }
}
