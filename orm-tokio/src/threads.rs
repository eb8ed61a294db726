//! The threads that work runs on, where it may block.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, yield_now};
use std::time::Duration;

use orm_core::{Error, ErrorKind, Result};

/// How long a thread without work stays.
const STAYS: Duration = Duration::from_secs(10);

/// How often a thread looks for its next job before it sleeps.
const LOOKS: u32 = 8;

pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// Threads that are started when there is work for them. They end when they had none for a while, and when this is dropped and all work is done.
pub(crate) struct Threads {
    shared: Arc<Shared>,
    most: usize,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    called: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// How many threads there are.
    threads: usize,
    /// How many of them have nothing to do.
    idle: usize,
    /// Whether nobody brings work any more.
    ended: bool,
}

impl Threads {
    pub(crate) fn new(most: usize) -> Self {
        Self { shared: Arc::default(), most }
    }

    /// Lets a thread do `job`, after the jobs that came before.
    ///
    /// # Errors
    ///
    /// `PoolTimeout` when the system gives no thread. The job is dropped then.
    pub(crate) fn submit(&self, job: Job) -> Result<()> {
        let mut state = self.shared.state();
        state.jobs.push_back(job);
        if state.idle >= state.jobs.len() {
            self.shared.called.notify_one();
        } else if state.threads < self.most {
            let shared = Arc::clone(&self.shared);
            match Builder::new().name("orm-tokio".into()).spawn(move || shared.work()) {
                Ok(_) => state.threads += 1,
                Err(error) if state.threads == 0 => {
                    let refused = state.jobs.pop_back();
                    drop(state);
                    drop(refused);
                    let message = format!("the system gave no thread for the work on a connection: {error}");
                    return Err(Error::new(ErrorKind::PoolTimeout, message).with_source(error));
                }
                // One of those that there are does it when it is free.
                Err(error) => tracing::warn!(target: "orm::tokio", %error, "the system gave no further thread"),
            }
        }
        Ok(())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.state().ended = true;
        self.shared.called.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of a thread.
    fn work(&self) {
        let mut state = self.state();
        loop {
            while let Some(job) = state.jobs.pop_front() {
                drop(state);
                // The job hands a panic of the work to the one who waits. What is left is that of a destructor, which was printed.
                let _printed = catch_unwind(AssertUnwindSafe(job));
                state = self.state();
            }
            if state.ended {
                break;
            }
            state.idle += 1;
            // The place that the job gave back goes to somebody who is about to bring the next job: sleeping meanwhile costs more than a few looks.
            for _ in 0..LOOKS {
                if !state.jobs.is_empty() || state.ended {
                    break;
                }
                drop(state);
                yield_now();
                state = self.state();
            }
            let mut is_over = false;
            if state.jobs.is_empty() && !state.ended {
                let (woken, waited) = self.called.wait_timeout(state, STAYS).unwrap_or_else(PoisonError::into_inner);
                is_over = waited.timed_out() && woken.jobs.is_empty();
                state = woken;
            }
            state.idle -= 1;
            if is_over {
                break;
            }
        }
        state.threads -= 1;
    }
}
