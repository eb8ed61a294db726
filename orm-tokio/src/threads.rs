//! The threads that work runs on, where it may block.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, yield_now};
use std::time::Duration;

use orm_core::{Error, ErrorKind};

use crate::places::Place;
use crate::work::Ticket;

/// How long a thread without work stays.
const STAYS: Duration = Duration::from_secs(10);

/// How often a thread looks for its next job before it sleeps.
const LOOKS: u32 = 8;

/// What a thread does.
pub(crate) enum Job {
    /// Work, with its place unless it has that already.
    Work(Arc<dyn Ticket>, Option<Place>),
    /// Drops what may block then.
    Drop(Box<dyn Send>),
}

impl Job {
    /// Does it, and tells what the same thread is to do next.
    fn run(self) -> Option<Self> {
        match self {
            Self::Work(ticket, place) => ticket.run(place),
            Self::Drop(value) => {
                // A panic of the destructor was printed.
                let _printed = catch_unwind(AssertUnwindSafe(|| drop(value)));
                None
            }
        }
    }

    /// There is no thread for it. The waiting caller is told; its place is returned.
    pub(crate) fn refuse(self, error: Error) -> Option<Place> {
        match self {
            Self::Work(ticket, place) => {
                ticket.refuse(error);
                place
            }
            Self::Drop(value) => {
                tracing::warn!(target: "orm::tokio", %error, "what was left of a session ended on the thread of the runtime");
                drop(value);
                None
            }
        }
    }
}

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
    /// `PoolTimeout` when the system gives no thread, with the job.
    pub(crate) fn submit(&self, job: Job) -> Result<(), (Job, Error)> {
        let mut state = self.shared.state();
        state.jobs.push_back(job);
        if state.idle >= state.jobs.len() {
            self.shared.called.notify_one();
        } else if state.threads < self.most {
            let shared = Arc::clone(&self.shared);
            match Builder::new().name("orm-tokio".into()).spawn(move || shared.work()) {
                Ok(_) => state.threads += 1,
                Err(error) if state.threads == 0 => {
                    let message = format!("the system gave no thread for the work on a connection: {error}");
                    let error = Error::new(ErrorKind::PoolTimeout, message).with_source(error);
                    return state.jobs.pop_back().map_or(Ok(()), |job| Err((job, error)));
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

impl State {
    /// The job whose turn it is. One that got the place of the last job comes after those that have theirs.
    fn turn(&mut self, next: Option<Job>) -> Option<Job> {
        self.jobs.extend(next);
        self.jobs.pop_front()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of a thread.
    fn work(&self) {
        let (mut state, mut next) = (self.state(), None);
        loop {
            while let Some(job) = state.turn(next) {
                drop(state);
                next = job.run();
                state = self.state();
            }
            next = None;
            if state.ended {
                break;
            }
            state.idle += 1;
            // The place that the job gave back goes to a caller that is about to bring the next job: sleeping meanwhile costs more than a few looks.
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
