//! The order in which connections of this process write to one file.
//!
//! SQLite has one writer for each file. A connection that finds the lock taken sleeps, looks again, and sleeps longer. Connections of one process need not
//! look: they wait here until they are called. The gate decides about their order only. SQLite's lock, which other processes take as well, decides whether
//! a connection may write.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::file::Identity;

/// How long a writer waits before later ones may no longer pass it. A connection that goes on writing has the pages in memory, and its thread runs
/// already, so that letting it pass costs less than waking the next one.
const TURN: Duration = Duration::from_millis(10);

/// The gates of the files that are open.
static GATES: Mutex<BTreeMap<Identity, Weak<Gate>>> = Mutex::new(BTreeMap::new());

/// One for each file, however many engines have it open. A file keeps its gate when it is renamed; another file in its place has another one.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    taken: bool,
    /// Those that wait, in the order of arrival.
    waiting: VecDeque<Arc<Waiting>>,
    /// Whether the first of them was called, and has not looked yet.
    called: bool,
}

/// A writer that waits.
#[derive(Debug)]
struct Waiting {
    since: Instant,
    call: Condvar,
}

/// The right to write. Dropping it calls the next writer.
#[derive(Debug)]
pub(crate) struct Pass(Arc<Gate>);

impl Gate {
    /// The gate of a file.
    pub(crate) fn of(file: &Identity) -> Arc<Self> {
        let mut gates = lock(&GATES);
        if let Some(gate) = gates.get(file).and_then(Weak::upgrade) {
            return gate;
        }
        gates.retain(|_, gate| gate.strong_count() > 0);
        let gate = Arc::default();
        gates.insert(file.clone(), Arc::downgrade(&gate));
        gate
    }

    /// Goes through if no writer is within, and none that waits has its turn.
    pub(crate) fn try_enter(self: &Arc<Self>) -> Option<Pass> {
        let mut state = lock(&self.0);
        if state.taken || state.waiting.front().is_some_and(|first| first.since.elapsed() >= TURN) {
            return None;
        }
        state.taken = true;
        Some(Pass(Arc::clone(self)))
    }

    /// Waits until it may go through. `nap` is given how long it has waited, and tells how long it sleeps at most before it is asked again; it
    /// waits no longer when that is `None`.
    pub(crate) fn enter(self: &Arc<Self>, mut nap: impl FnMut(Duration) -> Option<Duration>) -> Option<Pass> {
        let own = Arc::new(Waiting { since: Instant::now(), call: Condvar::new() });
        let mut state = lock(&self.0);
        state.waiting.push_back(Arc::clone(&own));
        loop {
            let is_first = state.waiting.front().is_some_and(|first| Arc::ptr_eq(first, &own));
            state.called &= !is_first;
            if is_first && !state.taken {
                state.waiting.pop_front();
                state.taken = true;
                return Some(Pass(Arc::clone(self)));
            }
            let Some(nap) = nap(own.since.elapsed()) else {
                state.leave(&own);
                return None;
            };
            state = own.call.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl State {
    fn leave(&mut self, own: &Arc<Waiting>) {
        self.waiting.retain(|waiting| !Arc::ptr_eq(waiting, own));
        self.call();
    }

    /// Calls the first of those that wait, if it may go through.
    fn call(&mut self) {
        if !self.taken
            && !self.called
            && let Some(first) = self.waiting.front()
        {
            self.called = true;
            first.call.notify_one();
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = lock(&self.0.0);
        state.taken = false;
        state.call();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    fn waiting(gate: &Gate) -> usize {
        lock(&gate.0).waiting.len()
    }

    fn patient(_: Duration) -> Option<Duration> {
        Some(Duration::from_secs(60))
    }

    #[test]
    fn those_that_wait_go_through_in_the_order_of_arrival() {
        let (gate, (told, all)) = (Arc::new(Gate::default()), channel());
        let pass = gate.try_enter().unwrap();
        let threads: Vec<_> = (0..10)
            .map(|number| {
                let (own, told) = (Arc::clone(&gate), told.clone());
                let thread = thread::spawn(move || {
                    let pass = own.enter(patient).unwrap();
                    told.send(number).unwrap();
                    drop(pass);
                });
                while waiting(&gate) <= number {
                    thread::yield_now();
                }
                thread
            })
            .collect();
        drop(pass);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(all.try_iter().collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        assert!(gate.try_enter().is_some());
    }

    #[test]
    fn who_has_waited_for_a_turn_is_the_next() {
        let gate = Arc::new(Gate::default());
        let pass = gate.try_enter().unwrap();
        let waits = thread::spawn({
            let gate = Arc::clone(&gate);
            move || gate.enter(patient).is_some()
        });
        while waiting(&gate) == 0 {
            thread::yield_now();
        }
        thread::sleep(2 * TURN);
        drop(pass);
        // Until it has gone through, nobody goes before it.
        while waiting(&gate) > 0 {
            assert!(gate.try_enter().is_none() || waiting(&gate) == 0);
        }
        assert!(waits.join().unwrap());
    }

    #[test]
    fn who_waits_too_long_leaves_and_the_next_is_called() {
        let gate = Arc::new(Gate::default());
        let pass = gate.try_enter().unwrap();
        let short = |waited| Duration::from_millis(20).checked_sub(waited).filter(|left| !left.is_zero());
        assert!(gate.enter(short).is_none());
        assert_eq!(waiting(&gate), 0);
        drop(pass);
        assert!(gate.enter(|_| None).is_some());
    }

    #[test]
    fn a_file_has_one_gate_while_somebody_has_it() {
        let file = crate::file::identity(std::path::Path::new("Cargo.toml")).unwrap();
        let gate = Gate::of(&file);
        assert!(Arc::ptr_eq(&gate, &Gate::of(&file)));
        drop(gate);
        assert!(Gate::of(&file).try_enter().is_some());
    }
}
