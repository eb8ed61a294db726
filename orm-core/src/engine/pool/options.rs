use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// How an engine keeps its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PoolKind {
    /// `pool_size` connections are kept, up to `max_overflow` more are opened under load, and a caller that finds all of them in use waits.
    #[default]
    Queue,
    /// None is kept: each check-out opens a connection, and its end closes it. For programs behind a pooler of their own. There is no
    /// limit, and no caller waits.
    None,
    /// One connection for all, which is kept, and which one has at a time.
    Single,
}

/// The user's options of the pool.
#[derive(Debug, Clone)]
pub(in crate::engine) struct PoolOptions {
    pub(in crate::engine) kind: PoolKind,
    pub(in crate::engine) size: Option<u32>,
    pub(in crate::engine) overflow: Option<u32>,
    pub(in crate::engine) timeout: Duration,
    pub(in crate::engine) recycle: Option<Duration>,
    pub(in crate::engine) pre_ping: bool,
    pub(in crate::engine) longest_hold: Option<Duration>,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            kind: PoolKind::Queue,
            size: None,
            overflow: None,
            timeout: Duration::from_secs(30),
            recycle: None,
            pre_ping: false,
            longest_hold: None,
        }
    }
}

/// How many connections there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How many are kept while they are not in use.
    pub(super) kept: u32,
    /// How many there may be.
    pub(super) most: u32,
    /// Whether the database lives in its only connection, which is then never closed.
    pub(super) keeps_database: bool,
}

impl PoolOptions {
    /// The limits of a pool over a database that has at most `limit` connections.
    ///
    /// # Errors
    ///
    /// `Config` for options that go together ill.
    pub(super) fn limits(&self, limit: Option<u32>) -> Result<Limits> {
        let keeps_database = limit == Some(1);
        let kept = self.size.unwrap_or(5);
        let wanted = kept.saturating_add(self.overflow.unwrap_or(10));
        match self.kind {
            PoolKind::Queue if wanted == 0 => Err(wrong("a pool needs at least one connection: `pool_size` is 0")),
            PoolKind::Queue => {
                let most = limit.map_or(wanted, |limit| wanted.min(limit).max(1));
                Ok(Limits { kept: if keeps_database { 1 } else { kept.min(most) }, most, keeps_database })
            }
            _ if self.size.is_some() || self.overflow.is_some() => {
                Err(wrong("`pool_size` and `max_overflow` are options of `PoolKind::Queue`: leave them out"))
            }
            PoolKind::None if keeps_database => {
                Err(wrong("a database in memory lives in its connection, and `PoolKind::None` keeps none"))
            }
            PoolKind::None => Ok(Limits { kept: 0, most: u32::MAX, keeps_database }),
            PoolKind::Single => Ok(Limits { kept: 1, most: 1, keeps_database }),
        }
    }
}

fn wrong(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, message)
}
