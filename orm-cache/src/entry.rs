use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::stamps::Stamps;

/// What a store keeps under a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The stamps of what it was made of, from before it was made.
    stamps: Stamps,
    /// When it was made, in milliseconds since 1970.
    made: u64,
    /// The value, or that there is none.
    pub(crate) value: Option<Bytes>,
}

/// A value as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }

        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// For how long values are believed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetime {
    pub(crate) ttl: Duration,
    /// That of entries that say that there is nothing. They are never stale.
    pub(crate) negative: Duration,
    /// For how long after that a value is given away while somebody loads it anew.
    pub(crate) stale: Duration,
}

/// What an entry is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    Fresh,
    /// Its time is over, and what it was made of has not changed.
    Stale,
    Nothing,
}

impl Entry {
    pub(crate) fn new(stamps: Stamps, value: Option<Bytes>) -> Self {
        Self { stamps, made: now(), value }
    }

    /// Compares the entry with the current stamps, of which the first `lasting` belong to values and the others to misses only.
    pub(crate) fn worth(&self, stamps: &Stamps, lasting: usize, lifetime: &Lifetime) -> Worth {
        let count = if self.value.is_some() { lasting } else { stamps.len() };
        if self.stamps.get(..count) != stamps.get(..count) {
            return Worth::Nothing;
        }
        let age = Duration::from_millis(now().saturating_sub(self.made));
        match &self.value {
            Some(_) if age < lifetime.ttl => Worth::Fresh,
            Some(_) if age < lifetime.ttl + lifetime.stale => Worth::Stale,
            None if age < lifetime.negative => Worth::Fresh,
            _ => Worth::Nothing,
        }
    }

    /// For how long it is worth something, from now.
    pub(crate) fn lasts(&self, lifetime: &Lifetime) -> Duration {
        if self.value.is_some() { lifetime.ttl + lifetime.stale } else { lifetime.negative }
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
