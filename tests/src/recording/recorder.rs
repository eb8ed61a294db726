use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use orm_core::driver::Backend;
use orm_core::{Error, ErrorKind};

use super::{Recorded, RecordingBackend, StatementKind};

/// The log of a [`RecordingBackend`] and the faults that it is to raise. Clones share both.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    log: Vec<Recorded>,
    faults: Vec<Fault>,
    paused: bool,
    descriptions: usize,
    resets: usize,
}

/// A statement that is to fail.
#[derive(Debug)]
struct Fault {
    /// Of which kind; any when nothing is said.
    kind: Option<StatementKind>,
    /// How many of them pass before.
    passes: usize,
    error: ErrorKind,
}

impl Recorder {
    /// The backend with this recorder around its connections.
    pub fn wrap(&self, backend: Arc<dyn Backend>) -> Arc<dyn Backend> {
        Arc::new(RecordingBackend::new(backend, self.clone()))
    }

    /// What was recorded since the last call.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.state().log)
    }

    /// Makes the statement fail that comes next after `passes` others of the same kind; any kind when `kind` is `None`.
    /// It does not reach the database. `ConnectionLost` also breaks the connection.
    pub fn fail(&self, kind: Option<StatementKind>, passes: usize, error: ErrorKind) {
        self.state().faults.push(Fault { kind, passes, error });
    }

    /// How often a table was asked about since the last call.
    pub fn take_descriptions(&self) -> usize {
        std::mem::take(&mut self.state().descriptions)
    }

    pub(super) fn count_description(&self) {
        let mut state = self.state();
        if !state.paused {
            state.descriptions += 1;
        }
    }

    /// How often a connection was reset since the last call.
    pub fn take_resets(&self) -> usize {
        std::mem::take(&mut self.state().resets)
    }

    pub(super) fn count_reset(&self) {
        let mut state = self.state();
        if !state.paused {
            state.resets += 1;
        }
    }

    /// Runs `work` without recording it and without faults.
    pub fn quietly<R>(&self, work: impl FnOnce() -> R) -> R {
        self.state().paused = true;
        let result = work();
        self.state().paused = false;
        result
    }

    /// The error that this statement is to fail with, when it is its turn.
    pub(super) fn fault_for(&self, kind: StatementKind) -> Option<Error> {
        let mut state = self.state();
        if state.paused {
            return None;
        }
        let mut due = None;
        for (index, fault) in state.faults.iter_mut().enumerate() {
            if fault.kind.is_some_and(|of| of != kind) {
                continue;
            }
            match fault.passes {
                0 => due = due.or(Some(index)),
                _ => fault.passes -= 1,
            }
        }
        let fault = state.faults.remove(due?);
        Some(Error::new(fault.error, "a fault that the test asked for"))
    }

    pub(super) fn push(&self, recorded: Recorded) {
        let mut state = self.state();
        if !state.paused {
            state.log.push(recorded);
        }
    }

    /// A test that panicked while it held the lock has nothing left to protect.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
