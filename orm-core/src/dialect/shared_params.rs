//! Parameters that are used in several places of a statement.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::value::{SqlType, Value};

/// The role of a parameter. Equal values in different roles may have different types in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// A value of that type.
    Value(SqlType),
    /// A list of values of that type.
    List(SqlType),
    /// A text whose type the database takes from the expression beside it, by the hash of that.
    Beside(u64),
    /// A pattern, spelled for this database.
    Pattern,
    /// A number of rows.
    Rows,
}

/// The parameters of a statement, by value and role.
#[derive(Debug, Default)]
pub(crate) struct SharedParams {
    known: Vec<SharedParam>,
    /// Indexes in `known` by hash, if there are too many to compare one by one.
    by_hash: HashMap<u64, usize>,
}

#[derive(Debug)]
struct SharedParam {
    role: Role,
    /// Its place among the values.
    value: usize,
    placeholder: usize,
}

/// Up to this number, values are compared one by one. Short statements need no hashes.
const FEW: usize = 16;

impl SharedParams {
    /// The placeholder of an equal value.
    pub(crate) fn find(&self, values: &[Value], value: &Value, role: Role) -> Option<usize> {
        let is_same = |known: &&SharedParam| known.role == role && values[known.value] == *value;
        let found = if self.known.len() <= FEW {
            self.known.iter().find(is_same)
        } else {
            self.by_hash.get(&hash(value, role)).map(|&place| &self.known[place]).filter(is_same)
        };
        found.map(|known| known.placeholder)
    }

    /// Keeps the last of the values, which stands at `placeholder`.
    pub(crate) fn keep(&mut self, values: &[Value], role: Role, placeholder: usize) {
        let Some(value) = values.len().checked_sub(1) else { return };
        self.known.push(SharedParam { role, value, placeholder });
        let unindexed = match self.known.len() {
            0..=FEW => return,
            length if self.by_hash.is_empty() => 0..length,
            length => length - 1..length,
        };
        for place in unindexed {
            let known = &self.known[place];
            // If two values have the same hash, the second is not shared.
            self.by_hash.entry(hash(&values[known.value], known.role)).or_insert(place);
        }
    }
}

fn hash(value: &Value, role: Role) -> u64 {
    let mut hasher = DefaultHasher::new();
    role.hash(&mut hasher);
    value.to_ref().hash(&mut hasher);
    hasher.finish()
}
