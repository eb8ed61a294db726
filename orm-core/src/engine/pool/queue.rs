//! The queue of those that wait for a connection.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::place::Open;
use super::taken::Taken;
use super::{At, PoolStatus, Shared};
use crate::engine::limits::Bounds;
use crate::error::{Error, ErrorKind, Result};

/// The part of a pool that is behind its lock. No code of others runs while it is held.
#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    /// The idle connections. The last one was used most recently.
    idle: Vec<Open>,
    taken: Taken,
    /// The threads that wait for a place, in the order of arrival.
    waiting: VecDeque<Arc<Condvar>>,
    /// The last time that a connection was found dead. Others that were used before may be dead as well.
    lost: Option<Instant>,
}

/// A place that was just taken.
pub(super) struct Turn {
    /// The number of the check-out.
    pub(super) number: usize,
    /// The connection, if there is one.
    pub(super) open: Option<Open>,
    /// When a connection was last found dead.
    pub(super) lost: Option<Instant>,
    /// How long it was waited for.
    pub(super) waited: Duration,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection was found dead.
    pub(super) fn note_loss(&self) {
        self.state().lost = Some(Instant::now());
    }
}

impl State {
    fn take(&mut self, at: At, timed: bool, waited: Duration) -> Turn {
        let number = self.taken.begin(at, timed);
        Turn { number, open: self.idle.pop(), lost: self.lost, waited }
    }
}

impl Shared {
    /// Takes a place, with its connection if it has one. The first to come is served first.
    ///
    /// # Errors
    ///
    /// `PoolTimeout`, and `Timeout` and `Cancelled` by the bounds.
    pub(super) fn take(&self, at: At, bounds: &Bounds) -> Result<Turn> {
        let timed = self.options.longest_hold.is_some();
        if timed {
            self.warn_of_long_holds();
        }
        let mut state = self.queue.state();
        if state.waiting.is_empty() && state.taken.len() < self.limits.most {
            return Ok(state.take(at, timed, Duration::ZERO));
        }
        let (since, turn) = (Instant::now(), Arc::new(Condvar::new()));
        state.waiting.push_back(Arc::clone(&turn));
        loop {
            let waited = since.elapsed();
            let left = self.options.timeout.saturating_sub(waited);
            let first = state.waiting.front().is_some_and(|first| Arc::ptr_eq(first, &turn));
            let free = first && state.taken.len() < self.limits.most;
            let stopped = bounds.whole.is_reached();
            if free || stopped || left.is_zero() {
                state.waiting.retain(|waiting| !Arc::ptr_eq(waiting, &turn));
                let taken = free.then(|| state.take(at, timed, waited));
                self.call_next(&state);
                return taken
                    .ok_or_else(|| if stopped { bounds.reason() } else { self.timed_out(&state) })
                    .inspect_err(|error| {
                        drop(state);
                        self.tell_failure(error, waited);
                    });
            }
            let nap = self.options.longest_hold.map_or(left, |limit| left.min(limit + Duration::from_millis(1)));
            let nap = if bounds.whole.is_empty() { nap } else { nap.min(bounds.whole.nap()) };
            state = turn.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0;
            if nap < left {
                drop(state);
                self.warn_of_long_holds();
                state = self.queue.state();
            }
        }
    }

    /// Wakes the next thread, if a place is free.
    fn call_next(&self, state: &State) {
        if state.taken.len() < self.limits.most
            && let Some(next) = state.waiting.front()
        {
            next.notify_one();
        }
    }

    /// Returns a place. A connection beyond `pool_size` is closed, unless a thread waits for it.
    pub(super) fn give_back(&self, number: usize, open: Option<Open>) {
        let mut state = self.queue.state();
        let held = state.taken.end(number, self.options.longest_hold);
        let mut surplus = None;
        if let Some(open) = open {
            match state.idle.len() < (self.limits.kept as usize).max(state.waiting.len()) {
                true => state.idle.push(open),
                false => surplus = Some(open),
            }
        }
        self.call_next(&state);
        drop(state);
        // Closing takes time, so it happens outside of the lock.
        drop(surplus);
        if let Some(held) = held {
            held.warn();
        }
    }

    fn warn_of_long_holds(&self) {
        let Some(limit) = self.options.longest_hold else { return };
        let overdue = self.queue.state().taken.overdue(limit);
        overdue.into_iter().for_each(|held| held.warn());
    }

    pub(super) fn status(&self) -> PoolStatus {
        let state = self.queue.state();
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (idle, checked_out) = (count(state.idle.len()), state.taken.len());
        let size = self.limits.kept;
        let overflow = idle.saturating_add(checked_out).saturating_sub(size);
        PoolStatus { size, limit: self.limits.most, idle, checked_out, overflow, waiting: count(state.waiting.len()) }
    }

    /// The error of a caller that has waited too long, with the places in the program that have the connections.
    #[cold]
    pub(super) fn wait_timed_out(&self) -> Error {
        self.timed_out(&self.queue.state())
    }

    #[cold]
    fn timed_out(&self, state: &State) -> Error {
        let (timeout, holders) = (self.options.timeout, &state.taken);
        let message = match self.limits.most {
            _ if self.limits.keeps_database => format!(
                "the database's only connection stayed in use for {timeout:?} (`pool_timeout`), perhaps by another session of this very \
                 thread: commit, roll back or drop the session that holds it before another one runs a statement. It was taken at {holders}"
            ),
            1 => format!(
                "the pool's only connection stayed in use for {timeout:?}, perhaps by another session of this very thread: commit, roll \
                 back or drop the session that holds it before another one runs a statement, or raise `pool_size`, `max_overflow` or \
                 `pool_timeout`. It was taken at {holders}"
            ),
            most => format!(
                "all {most} connections of the pool stayed in use for {timeout:?}: drop sessions when they are done, or raise \
                 `pool_size`, `max_overflow` or `pool_timeout`. They were taken at {holders}"
            ),
        };
        Error::new(ErrorKind::PoolTimeout, message)
    }
}
