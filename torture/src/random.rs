use std::time::Duration;

/// A small generator of random numbers (xorshift), so that a run can be repeated by its seed.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// A time of at most `milliseconds`.
    pub(crate) fn pause(&mut self, milliseconds: u64) -> Duration {
        Duration::from_micros(self.below(milliseconds * 1000))
    }

    /// A generator of its own for another thread.
    pub(crate) fn split(&mut self) -> Self {
        Self::new(self.below(u64::MAX))
    }
}
