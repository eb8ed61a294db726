//! The places in the program that have the connections in use.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::time::{Duration, Instant};

/// A place in the program.
pub(crate) type At = &'static Location<'static>;

/// The check-outs that have not ended.
#[derive(Default)]
pub(super) struct Taken {
    entries: Vec<Option<CheckOut>>,
    /// The entries that are free.
    free: Vec<usize>,
}

#[derive(Clone, Copy)]
struct CheckOut {
    at: At,
    /// When it began, where that is wanted.
    since: Option<Instant>,
    /// Whether it was told of.
    told: bool,
}

/// A connection that is held for long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    at: At,
    held: Duration,
}

impl Held {
    /// Says so.
    pub(super) fn warn(self) {
        let Self { at, held } = self;
        tracing::warn!(target: "orm::pool", %at, ?held, "a connection has been held for long: it was taken here");
    }
}

impl Taken {
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.entries.len() - self.free.len()).unwrap_or(u32::MAX)
    }

    /// A check-out at `at` begins. Its number is for [`end`](Taken::end).
    pub(super) fn begin(&mut self, at: At, timed: bool) -> usize {
        let entry = Some(CheckOut { at, since: timed.then(Instant::now), told: false });
        match self.free.pop() {
            Some(number) => {
                self.entries[number] = entry;
                number
            }
            None => {
                self.entries.push(entry);
                self.entries.len() - 1
            }
        }
    }

    /// A check-out ends. Tells if it has lasted longer than `limit`, and was not reported.
    pub(super) fn end(&mut self, number: usize, limit: Option<Duration>) -> Option<Held> {
        let ended = self.entries.get_mut(number)?.take()?;
        self.free.push(number);
        ended.overdue(limit?)
    }

    /// Those that have lasted longer than `limit` and were not reported.
    pub(super) fn overdue(&mut self, limit: Duration) -> Vec<Held> {
        let overdue = self.entries.iter_mut().flatten().filter_map(|check_out| {
            let held = check_out.overdue(limit)?;
            check_out.told = true;
            Some(held)
        });
        overdue.collect()
    }
}

impl CheckOut {
    fn overdue(&self, limit: Duration) -> Option<Held> {
        let held = self.since.filter(|_| !self.told)?.elapsed();
        (held > limit).then_some(Held { at: self.at, held })
    }
}

/// Where the connections in use were taken: `src/main.rs:12:5 (3 times), src/main.rs:20:9`.
impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places: BTreeMap<(&str, u32, u32), u32> = BTreeMap::new();
        for check_out in self.entries.iter().flatten() {
            *places.entry((check_out.at.file(), check_out.at.line(), check_out.at.column())).or_default() += 1;
        }
        for (index, ((file, line, column), times)) in places.into_iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{file}:{line}:{column}")?;
            if times > 1 {
                write!(f, " ({times} times)")?;
            }
        }
        Ok(())
    }
}
