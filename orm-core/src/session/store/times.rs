//! When a session learned what it knows: which of it still holds, and what of it the database protects.
//!
//! A clock numbers the reads. It goes on when a unit of the session ends and when what protects its reads changes, so that the end of
//! a unit is one assignment, whatever the number of objects.

use std::num::NonZeroU64;

/// The number of nothing that was ever read.
pub(crate) const NEVER: u32 = 0;

/// Points on the clock of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    /// What is read now gets this number.
    pub(crate) now: u32,
    /// Where the unit at hand began: what was read before is asked anew.
    unit: u32,
    /// Since when the open transaction protects what is read: a change by another transaction makes a write of ours fail.
    protected: Option<u32>,
    /// Since when the rows that the open transaction wrote or locked are still locked by it.
    locked: u32,
}

/// What protects the reads of a session, and since when.
#[derive(Debug, Default)]
pub(crate) struct Protection(Option<NonZeroU64>);

impl Default for Times {
    fn default() -> Self {
        Self { now: 1, unit: 1, protected: None, locked: 1 }
    }
}

impl Times {
    /// A session that outlives the clock trusts nothing any more: it asks each time, and compares all that it writes.
    fn has_ended(&self) -> bool {
        self.now == u32::MAX
    }

    fn go_on(&mut self) {
        self.now = self.now.saturating_add(1);
    }

    /// A unit of the session ends here. What was read in it is trusted further when no other connection writes.
    pub(crate) fn end_unit(&mut self, trusted: bool) {
        self.go_on();
        self.locked = self.now;
        if !trusted {
            self.unit = self.now;
        }
    }

    /// The database gave back the locks that it took since a savepoint.
    pub(crate) fn release(&mut self) {
        self.go_on();
        self.locked = self.now;
    }

    /// Statements of the session itself have gone beside its objects: what was known before is compared.
    pub(crate) fn distrust(&mut self) {
        self.release();
        self.protected = self.protected.map(|_| self.now);
    }

    /// Notes what protects the reads that follow.
    pub(crate) fn protect(&mut self, known: &mut Protection, by: Option<NonZeroU64>) {
        if known.0 != by {
            known.0 = by;
            self.go_on();
            self.protected = by.map(|_| self.now);
        }
    }

    /// When the unit at hand began: before any transaction of it that protects something.
    pub(crate) fn unit_start(&self) -> u32 {
        self.unit
    }

    /// Whether what was read then is of the unit at hand.
    pub(crate) fn is_current(&self, read: u32) -> bool {
        read >= self.unit && !self.has_ended()
    }

    /// Whether the open transaction protects what was read then.
    pub(crate) fn is_protected(&self, read: u32) -> bool {
        self.protected.is_some_and(|since| read >= since) && !self.has_ended()
    }

    /// Whether the open transaction still holds what it wrote or locked then.
    pub(crate) fn is_locked(&self, locked: u32) -> bool {
        locked >= self.locked && !self.has_ended()
    }
}

/// Columns of a row, as bits. Those beyond the last bit are in no set: they count as not locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns(u64);

impl Columns {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(u64::MAX);

    pub(crate) fn insert(&mut self, column: usize) {
        self.0 |= u32::try_from(column).ok().and_then(|column| 1_u64.checked_shl(column)).unwrap_or(0);
    }

    pub(crate) fn contains(self, column: usize) -> bool {
        u32::try_from(column).ok().and_then(|column| self.0.checked_shr(column)).is_some_and(|bits| bits & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_unit_makes_everything_old() {
        let mut times = Times::default();
        let read = times.now;
        assert!(times.is_current(read) && !times.is_current(NEVER));
        times.end_unit(false);
        assert!(!times.is_current(read) && times.is_current(times.now));
        let read = times.now;
        times.end_unit(true);
        assert!(times.is_current(read) && !times.is_locked(read));
    }

    #[test]
    fn a_transaction_protects_what_is_read_in_it() {
        let (mut times, mut protection) = (Times::default(), Protection::default());
        let before = times.now;
        times.protect(&mut protection, NonZeroU64::new(7));
        let within = times.now;
        assert!(!times.is_protected(before) && times.is_protected(within));
        times.protect(&mut protection, None);
        assert!(!times.is_protected(within));
        times.protect(&mut protection, NonZeroU64::new(8));
        assert!(!times.is_protected(within));
    }

    #[test]
    fn a_clock_that_has_ended_trusts_nothing() {
        let mut times = Times { now: u32::MAX - 1, ..Times::default() };
        times.end_unit(false);
        assert!(!times.is_current(times.now) && !times.is_locked(times.now));
    }

    #[test]
    fn columns_beyond_the_last_bit_are_never_held() {
        let mut columns = Columns::NONE;
        [0, 63, 64].into_iter().for_each(|column| columns.insert(column));
        assert!(columns.contains(0) && columns.contains(63) && !columns.contains(64) && !columns.contains(1));
        assert!(!Columns::ALL.contains(64));
    }
}
