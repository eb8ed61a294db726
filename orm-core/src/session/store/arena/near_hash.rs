//! The hash of keys and slots, which are numbers that follow each other more often than not.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::{FoldHasher, RandomState};

/// So many numbers in a row lie next to each other in a map: of `1 << NEAR` only the first waits for memory.
const NEAR: u32 = 3;
const LOW: u64 = (1 << NEAR) - 1;

/// Hashes like [`RandomState`], but for the lowest bits of the number that a key begins with, which stay the lowest bits of its hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct NearState(RandomState);

pub(crate) struct NearHasher<'a> {
    rest: FoldHasher<'a>,
    low: Option<u64>,
}

impl BuildHasher for NearState {
    type Hasher = NearHasher<'static>;

    fn build_hasher(&self) -> Self::Hasher {
        NearHasher { rest: self.0.build_hasher(), low: None }
    }
}

impl Hasher for NearHasher<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.rest.write(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        if self.low.is_none() {
            self.low = Some(number & LOW);
            self.rest.write_u64(number >> NEAR);
        } else {
            self.rest.write_u64(number);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    fn finish(&self) -> u64 {
        let hash = self.rest.finish();
        match self.low {
            // The highest bits tell the entries of one place apart, so they differ too.
            Some(low) => (hash & !LOW | low) ^ low << (u64::BITS - NEAR),
            None => hash,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const KEYS: i64 = 8_192;

    #[test]
    fn numbers_in_a_row_are_neighbours() {
        let state = NearState::default();
        let hashes: Vec<u64> = (64..72_i64).map(|key| state.hash_one(key)).collect();
        let places: HashSet<u64> = hashes.iter().map(|hash| (hash & 0xFFFF) >> NEAR).collect();
        let tags: HashSet<u64> = hashes.iter().map(|hash| hash >> 57).collect();
        assert_eq!((places.len(), tags.len()), (1, 8));
    }

    #[test]
    fn patterns_of_keys_spread() {
        let state = NearState::default();
        for step in [1, 3, 8, 64, 1 << 20, 1 << 40, -7] {
            let places: HashSet<u64> = (0..KEYS).map(|key| state.hash_one(key * step) & 0xFFFF).collect();
            assert!(places.len() > KEYS as usize / 2, "{step}: {}", places.len());
        }
        let places: HashSet<u64> = (0..KEYS).map(|key| state.hash_one((key, "x")) & 0xFFFF).collect();
        assert!(places.len() > KEYS as usize / 2);
        let places: HashSet<u64> = (0..KEYS).map(|key| state.hash_one(format!("key {key}")) & 0xFFFF).collect();
        assert!(places.len() > KEYS as usize / 2);
    }
}
