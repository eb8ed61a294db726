use std::hash::{BuildHasher, Hasher, RandomState};
use std::thread;
use std::time::Duration;

/// Pauses between attempts: each between nothing and twice the longest of the one before, so that those who were refused together do not come back
/// together.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    left: u32,
    longest: Duration,
    most: Duration,
}

impl Backoff {
    pub(crate) fn new(retries: u32, first: Duration, most: Duration) -> Self {
        Self { left: retries, longest: first, most }
    }

    /// Waits, unless all attempts are made.
    pub(crate) fn pause(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        thread::sleep(self.next());
        true
    }

    fn next(&mut self) -> Duration {
        let longest = self.longest.min(self.most);
        self.longest = longest.saturating_mul(2);
        let most = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(random() % most.saturating_add(1))
    }
}

/// A random number, as good as hashes are spread.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_differ_and_have_an_end() {
        let millis = Duration::from_millis;
        let pauses = |_| {
            let mut backoff = Backoff::new(8, millis(10), millis(40));
            (0..8).map(|_| backoff.next()).collect::<Vec<_>>()
        };
        let all: Vec<Vec<Duration>> = (0..100).map(pauses).collect();
        for (at, most) in [(0, 10), (1, 20), (2, 40), (7, 40)] {
            let longest = all.iter().map(|pauses| pauses[at]).max();
            assert!(longest > Some(millis(most / 2)) && longest <= Some(millis(most)), "{longest:?}");
        }
        let mut backoff = Backoff::new(2, Duration::ZERO, Duration::ZERO);
        assert_eq!([backoff.pause(), backoff.pause(), backoff.pause()], [true, true, false]);
    }
}
