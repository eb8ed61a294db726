//! One loader at a time for each key.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::entry::Entry;
use crate::stamps::Stamps;

/// What is loaded: a key, as of the stamps of what it is made of. A caller that comes after a change does not wait for a loader from before it.
type What = (String, Stamps);

/// The loaders at work.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<What, Arc<Flight>>>);

/// A loader at work, for the callers that wait for it.
#[derive(Default)]
pub(crate) struct Flight {
    state: Mutex<State>,
    landed: Condvar,
}

#[derive(Default)]
enum State {
    #[default]
    Flying,
    Landed(Arc<Entry>),
    /// The loader failed or panicked: another one tries.
    Failed,
}

/// What a caller that wants a value has to do.
pub(crate) enum Part<'f> {
    /// To load it. The others wait.
    Loader(Loader<'f>),
    /// To wait for the loader.
    Waiter(Arc<Flight>),
}

/// The duty to load. Dropping it without a value lets another one load.
pub(crate) struct Loader<'f> {
    flights: &'f Flights,
    what: What,
    flight: Arc<Flight>,
}

impl Flights {
    fn all(&self) -> MutexGuard<'_, HashMap<What, Arc<Flight>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn join(&self, key: &str, stamps: &Stamps) -> Part<'_> {
        let what = (key.to_owned(), stamps.clone());
        let mut all = self.all();
        if let Some(flight) = all.get(&what) {
            return Part::Waiter(Arc::clone(flight));
        }
        let flight = Arc::new(Flight::default());
        all.insert(what.clone(), Arc::clone(&flight));
        Part::Loader(Loader { flights: self, what, flight })
    }
}

impl Loader<'_> {
    /// Gives the value to the callers that wait.
    pub(crate) fn land(self, entry: Arc<Entry>) {
        self.flight.end(State::Landed(entry));
    }
}

impl Drop for Loader<'_> {
    fn drop(&mut self) {
        self.flights.all().remove(&self.what);
        self.flight.end(State::Failed);
    }
}

impl Flight {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it, if it has not ended yet.
    fn end(&self, state: State) {
        let mut known = self.state();
        if matches!(*known, State::Flying) {
            *known = state;
            self.landed.notify_all();
        }
    }

    /// Waits for its end. Nothing if the loader failed.
    pub(crate) fn wait(&self) -> Option<Arc<Entry>> {
        let mut state = self.state();
        loop {
            match &*state {
                State::Flying => state = self.landed.wait(state).unwrap_or_else(PoisonError::into_inner),
                State::Landed(entry) => return Some(Arc::clone(entry)),
                State::Failed => return None,
            }
        }
    }
}
