//! The places of the pool, as work waits for them.

use std::collections::BTreeMap;
use std::mem::take;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use orm_core::driver::CancelToken;
use orm_core::engine::Engine;
use orm_core::{Error, ErrorKind, Result};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::task::Task;
use crate::threads::{Job, Threads};
use crate::work::{Order, Ticket, Work};

/// How many pieces of work run at once where the pool has no limit.
const MOST: u32 = 64;

/// As many places as the pool has connections, and as many threads. Work that finds all of them taken waits here, in the order of arrival. The thread
/// that gives a place back goes on with the first work that waits, without anybody being woken for that.
pub(crate) struct Places {
    state: Mutex<State>,
    total: usize,
    threads: Threads,
    /// Report when the last place is free after the end.
    all_free: Notify,
}

struct State {
    free: usize,
    /// What waits, by the number of its arrival. There is none while a place is free.
    waiting: BTreeMap<u64, Arc<dyn Ticket>>,
    arrived: u64,
    closed: bool,
}

/// The right to one connection of the pool and to one thread. Dropping it lets another thread go on with what waits for it.
pub(crate) struct Place(Option<Arc<Places>>);

impl Places {
    pub(crate) fn of(engine: &Engine) -> Arc<Self> {
        let limit = engine.pool_status().limit;
        Self::new(if limit == u32::MAX { MOST } else { limit } as usize)
    }

    pub(crate) fn new(total: usize) -> Arc<Self> {
        let state = State { free: total, waiting: BTreeMap::new(), arrived: 0, closed: false };
        Arc::new(Self { state: Mutex::new(state), total, threads: Threads::new(total), all_free: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn free(&self) -> usize {
        self.state().free
    }

    /// How much work waits.
    pub(crate) fn waiting(&self) -> u32 {
        u32::try_from(self.state().waiting.len()).unwrap_or(u32::MAX)
    }

    /// Takes a place if one is free.
    ///
    /// # Errors
    ///
    /// `InvalidState` after [`close`](Self::close).
    pub(crate) fn take_free(self: &Arc<Self>) -> Result<Option<Place>> {
        let mut state = self.state();
        if state.closed {
            return Err(closed());
        }
        let is_free = state.free > 0;
        state.free -= usize::from(is_free);
        Ok(is_free.then(|| Place(Some(Arc::clone(self)))))
    }

    /// Lets `work` be done on a thread as soon as there is a place for it. `waits` is cancelled when nobody waits for it any more.
    pub(crate) fn start<W: Work>(self: &Arc<Self>, work: W, waits: CancelToken) -> Task<W::Outcome> {
        let (order, outcome) = Order::ticket(work);
        let mut number = None;
        let mut state = self.state();
        if state.closed {
            drop(state);
            order.refuse(closed());
        } else if state.free > 0 {
            state.free -= 1;
            drop(state);
            let place = Place(Some(Arc::clone(self)));
            drop(self.submit(Job::Work(Arc::clone(&order), Some(place))));
        } else {
            number = Some(state.arrived);
            let arrived = state.arrived;
            state.arrived += 1;
            state.waiting.insert(arrived, Arc::clone(&order));
        }
        Task::new(order, outcome, Arc::clone(self), number, waits)
    }

    /// Lets `work`, which has its place, be done on a thread.
    pub(crate) fn start_placed<W: Work>(self: &Arc<Self>, work: W, waits: CancelToken) -> Task<W::Outcome> {
        let (order, outcome) = Order::ticket(work);
        self.submit(Job::Work(Arc::clone(&order), None));
        Task::new(order, outcome, Arc::clone(self), None, waits)
    }

    /// Drops `value` on a thread, where that may block.
    pub(crate) fn drop_on_thread(&self, value: impl Send + 'static) {
        self.submit(Job::Drop(Box::new(value)));
    }

    /// Hands a job to the threads. Without threads the waiting caller is told, and its place is returned.
    fn submit(&self, job: Job) -> Option<Place> {
        self.threads.submit(job).err().and_then(|(job, error)| job.refuse(error))
    }

    /// Takes work that waits out of the line. Tells whether it was there still.
    pub(crate) fn leave(&self, number: u64) -> bool {
        self.state().waiting.remove(&number).is_some()
    }

    /// The work that gets a place which is given back. If there is none, the place is free.
    fn next_or_free(&self) -> Option<Arc<dyn Ticket>> {
        let mut state = self.state();
        let next = state.waiting.pop_first();
        if next.is_none() {
            state.free += 1;
            if state.closed && state.free == self.total {
                self.all_free.notify_waiters();
            }
        }
        next.map(|(_, ticket)| ticket)
    }

    /// Refuses new work and what waits, and waits until all places are free, for `limit`.
    ///
    /// # Errors
    ///
    /// `Timeout` when some are not free by then.
    pub(crate) async fn close(&self, limit: Duration) -> Result<()> {
        let refused = {
            let mut state = self.state();
            state.closed = true;
            take(&mut state.waiting)
        };
        refused.into_values().for_each(|ticket| ticket.refuse(closed()));
        timeout(limit, self.become_free()).await.map_err(|_| {
            let message = format!(
                "units of work or sessions in a transaction were not done after {limit:?}; they go on, and new ones are refused"
            );
            Error::new(ErrorKind::Timeout, message)
        })
    }

    async fn become_free(&self) {
        loop {
            // It hears what is told from here on.
            let told = pin!(self.all_free.notified());
            if self.free() == self.total {
                return;
            }
            told.await;
        }
    }
}

impl Place {
    /// The job that the place goes to, for the calling thread. If there is none, the place is free.
    pub(crate) fn pass_on(mut self) -> Option<Job> {
        let places = self.0.take()?;
        let ticket = places.next_or_free()?;
        Some(Job::Work(ticket, Some(Self(Some(places)))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(places) = self.0.take() else { return };
        while let Some(ticket) = places.next_or_free() {
            let place = Self(Some(Arc::clone(&places)));
            match places.submit(Job::Work(ticket, Some(place))) {
                // It is given to the next one here, and not by its own destructor, which would call itself for each.
                Some(mut place) => place.0 = None,
                None => return,
            }
        }
    }
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::InvalidState, "the engine was closed by `close`, and takes no new work")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread::{ThreadId, current};

    use tokio::runtime::{Builder, Runtime};
    use tokio::time::sleep;

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    /// Work that has a place until something is sent. It has begun when this returns.
    fn occupy(places: &Arc<Places>) -> (Task<ThreadId>, Sender<()>) {
        let (begun, has_begun) = channel();
        let (finish, finished) = channel();
        let work = move || {
            begun.send(()).unwrap();
            finished.recv().unwrap();
            current().id()
        };
        let task = places.start(work, CancelToken::default());
        has_begun.recv().unwrap();
        (task, finish)
    }

    /// Work that tells its number and its thread.
    fn tell(places: &Arc<Places>, number: u32, told: &Sender<(u32, ThreadId)>) -> Task<()> {
        let told = told.clone();
        places.start(move || told.send((number, current().id())).unwrap(), CancelToken::default())
    }

    fn numbers(told: &Receiver<(u32, ThreadId)>) -> Vec<u32> {
        told.try_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn the_thread_that_frees_a_place_does_what_waits_in_the_order_of_arrival() {
        let (places, (told, all)) = (Places::new(2), channel());
        let (busy, finish) = occupy(&places);
        let (other, finish_other) = occupy(&places);
        let waiting: Vec<_> = (0..100).map(|number| tell(&places, number, &told)).collect();
        assert_eq!((places.waiting(), places.free()), (100, 0));
        finish.send(()).unwrap();
        runtime().block_on(async {
            let thread = busy.await.unwrap();
            for task in waiting {
                task.await.unwrap();
            }
            let all: Vec<_> = all.try_iter().collect();
            assert_eq!(all, (0..100).map(|number| (number, thread)).collect::<Vec<_>>());
            finish_other.send(()).unwrap();
            other.await.unwrap();
        });
        assert_eq!((places.waiting(), places.free()), (0, 2));
    }

    #[test]
    fn who_does_not_wait_any_more_is_passed_over() {
        let (places, (told, all)) = (Places::new(1), channel());
        let (busy, finish) = occupy(&places);
        let mut waiting: Vec<_> = (0..10).map(|number| Some(tell(&places, number, &told))).collect();
        for dropped in [0, 3, 9] {
            waiting[dropped] = None;
        }
        let mut withdrawn = waiting[5].take().unwrap();
        assert!(withdrawn.withdraw().is_some());
        assert_eq!(places.waiting(), 6);
        finish.send(()).unwrap();
        runtime().block_on(async {
            busy.await.unwrap();
            for task in waiting.into_iter().flatten() {
                task.await.unwrap();
            }
        });
        assert_eq!(numbers(&all), [1, 2, 4, 6, 7, 8]);
        assert_eq!(places.free(), 1);
    }

    #[test]
    fn who_waits_too_long_leaves_and_nobody_else_does() {
        let (places, (told, all)) = (Places::new(1), channel());
        let (busy, finish) = occupy(&places);
        let [mut late, mut patient] = [1, 2].map(|number| tell(&places, number, &told));
        runtime().block_on(async {
            assert!(late.within(sleep(Duration::from_millis(1))).await.is_none());
            assert_eq!(places.waiting(), 1);
            finish.send(()).unwrap();
            patient.within(sleep(Duration::from_secs(60))).await.unwrap().unwrap();
            busy.await.unwrap();
        });
        assert_eq!(numbers(&all), [2]);
        assert!(late.withdraw().is_some());
    }

    #[test]
    fn a_place_that_is_dropped_elsewhere_goes_to_what_waits() {
        let (places, (told, all)) = (Places::new(1), channel());
        let place = places.take_free().unwrap().unwrap();
        assert!(places.take_free().unwrap().is_none());
        let waiting = [1, 2].map(|number| tell(&places, number, &told));
        drop(place);
        runtime().block_on(async {
            for task in waiting {
                task.await.unwrap();
            }
        });
        assert_eq!((numbers(&all), places.free()), (vec![1, 2], 1));
    }

    #[test]
    fn the_end_refuses_what_waits_and_waits_for_what_runs() {
        let (places, (told, all)) = (Places::new(1), channel());
        let (busy, finish) = occupy(&places);
        let waiting = tell(&places, 1, &told);
        runtime().block_on(async {
            let late = places.close(Duration::from_millis(1)).await;
            assert_eq!(late.unwrap_err().kind(), ErrorKind::Timeout);
            assert_eq!(waiting.await.unwrap_err().kind(), ErrorKind::InvalidState);
            assert_eq!(tell(&places, 2, &told).await.unwrap_err().kind(), ErrorKind::InvalidState);
            finish.send(()).unwrap();
            places.close(Duration::from_secs(60)).await.unwrap();
            busy.await.unwrap();
        });
        assert_eq!(numbers(&all), [0; 0]);
    }

    #[test]
    fn work_that_panics_gives_its_place_to_the_next() {
        let (places, (told, all)) = (Places::new(1), channel());
        let (busy, finish) = occupy(&places);
        let panic = || -> () { std::panic::resume_unwind(Box::new("on purpose")) };
        let panics = places.start(panic, CancelToken::default());
        let after = tell(&places, 1, &told);
        finish.send(()).unwrap();
        runtime().block_on(async {
            busy.await.unwrap();
            after.await.unwrap();
        });
        drop(panics);
        assert_eq!((numbers(&all), places.free()), (vec![1], 1));
    }
}
