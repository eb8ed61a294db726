//! The ids of transactions that are prepared together.
//!
//! An id tells the commit that it belongs to, when it was made, and its number; the one with number 0 decides whether that commit is completed
//! after a crash.

use std::fmt::Display;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Names the transactions that commit together, on all databases of one session.
#[derive(Debug, Clone, Default)]
pub(crate) struct CommitNames(Arc<Mutex<Option<Given>>>);

/// What was given to the transactions of one commit.
#[derive(Debug, Clone, Copy)]
struct Given {
    commit: u64,
    /// How many numbers besides 0.
    numbers: usize,
    /// Whether a transaction has number 0 since it began.
    begun: bool,
}

/// The name under which a transaction was begun.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) id: String,
    /// Whether it decides, if it has written.
    pub(crate) decides: bool,
}

impl CommitNames {
    /// For a transaction that has to be named as it begins. The first one decides: which of them will write, nobody knows yet.
    pub(crate) fn at_begin(&self) -> Named {
        let (id, decides) = self.give(|given| {
            let decides = !given.begun;
            given.begun = true;
            decides
        });
        Named { id, decides }
    }

    /// The id of the transaction that decides, where none was named as it began.
    pub(crate) fn deciding(&self) -> String {
        self.give(|_| true).0
    }

    /// The id of one more transaction.
    pub(crate) fn next(&self) -> String {
        self.give(|_| false).0
    }

    /// The next commit has ids of its own.
    pub(crate) fn renew(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn give(&self, decides: impl FnOnce(&mut Given) -> bool) -> (String, bool) {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let given = given.get_or_insert_with(|| {
            let commit = RandomState::new().hash_one(now.as_nanos());
            Given { commit, numbers: 0, begun: false }
        });
        let decides = decides(given);
        given.numbers += usize::from(!decides);
        let number = if decides { 0 } else { given.numbers };
        (PreparedName { commit: given.commit, number, at: now.as_secs() }.to_string(), decides)
    }
}

/// The parts of an id. That which decides is the first of its commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PreparedName {
    pub(crate) commit: u64,
    number: usize,
    /// Seconds since 1970, by the clock of the program.
    at: u64,
}

impl PreparedName {
    pub(crate) fn parse(id: &str) -> Option<Self> {
        let mut words = id.strip_prefix("orm_")?.split('_');
        let mut word = || words.next();
        let at = word()?.parse().ok()?;
        let commit = u64::from_str_radix(word()?, 16).ok()?;
        let number = word()?.parse().ok()?;
        words.next().is_none().then_some(Self { commit, number, at })
    }

    pub(crate) fn decides(&self) -> bool {
        self.number == 0
    }

    /// How long ago it was named.
    pub(crate) fn age(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        now.saturating_sub(Duration::from_secs(self.at))
    }
}

impl Display for PreparedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "orm_{}_{:x}_{}", self.at, self.commit, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back_and_one_decides() {
        let names = CommitNames::default();
        let (first, second) = (names.at_begin(), names.at_begin());
        assert_eq!((first.decides, second.decides), (true, false));
        let read = |id: &str| PreparedName::parse(id).map(|name| (name.commit, name.number, name.to_string() == id));
        let commit = PreparedName::parse(&first.id).map(|name| name.commit).unwrap_or_default();
        assert_eq!(read(&first.id), Some((commit, 0, true)));
        assert_eq!(read(&second.id), Some((commit, 1, true)));
        assert_eq!(read(&names.next()), Some((commit, 2, true)));
        names.renew();
        assert_ne!(PreparedName::parse(&names.deciding()).map(|name| name.commit), Some(commit));
        assert_eq!(PreparedName::parse("orm_1_f_0_1"), None);
        assert_eq!(PreparedName::parse("mine_1_f_0"), None);
    }
}
