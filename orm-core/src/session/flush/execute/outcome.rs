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
#[derive(Debug, Default)]
struct AssignedKeys {
    first: u32,
    keys: Vec<Assigned>,
}

/// A key, in little space: nearly all are integers.
#[derive(Debug, Clone, Default)]
enum Assigned {
    #[default]
    None,
    Integer(i64),
    Other(Box<Value>),
}

impl From<Value> for Assigned {
    fn from(key: Value) -> Self {
        match key {
            Value::I64(key) => Self::Integer(key),
            other => Self::Other(Box::new(other)),
        }
    }
}

impl Keys {
    pub(crate) fn insert(&mut self, model: ModelId, slots: &[u32], keys: impl IntoIterator<Item = Value>) {
        let (Some(&low), Some(&high)) = (slots.iter().min(), slots.iter().max()) else { return };
        let index = self.0.iter().position(|(known, _)| *known == model).unwrap_or_else(|| {
            self.0.push((model, AssignedKeys { first: low, keys: Vec::new() }));
            self.0.len() - 1
        });
        self.0[index].1.insert(slots, keys, low, high);
    }
}

impl AssignedKeys {
    fn insert(&mut self, slots: &[u32], keys: impl IntoIterator<Item = Value>, low: u32, high: u32) {
        if low < self.first {
            let gap = (self.first - low) as usize;
            self.keys.splice(0..0, std::iter::repeat_n(Assigned::None, gap));
            self.first = low;
        }
        let length = (high - self.first) as usize + 1;
        if self.keys.len() < length {
            self.keys.resize(length, Assigned::None);
        }
        for (&slot, key) in slots.iter().zip(keys) {
            self.keys[(slot - self.first) as usize] = key.into();
        }
    }
}

impl KeySource for Keys {
    fn assigned(&self, model: ModelId, slot: u32) -> Option<ValueRef<'_>> {
        let (_, keys) = self.0.iter().find(|(known, _)| *known == model)?;
        match keys.keys.get(slot.checked_sub(keys.first)? as usize)? {
            Assigned::None => None,
            Assigned::Integer(key) => Some(ValueRef::I64(*key)),
            Assigned::Other(key) => Some(key.to_ref()),
        }
    }
}
