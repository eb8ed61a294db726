//! What waits to be sent. Points are written as text at once, so a queue is a few long texts and not many small ones.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orm_core::{Error, ErrorKind, Result};

use super::WriterNumbers;
use super::builder::{WhenFull, WriterBuilder};

/// Lines that are sent together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) text: Vec<u8>,
    pub(super) points: usize,
    /// The length of the text with whole points: a type of the user may panic while it writes one.
    whole: usize,
    /// When its first point came.
    since: Option<Instant>,
    /// Its place in the order of all batches.
    number: u64,
}

/// The queue between those who write and the thread that sends.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// There is something to send, or to end.
    work: Condvar,
    /// Something was sent or dropped.
    room: Condvar,
    batch: usize,
    queue: usize,
    interval: Duration,
    when_full: WhenFull,
}

#[derive(Debug, Default)]
struct State {
    open: Batch,
    sealed: VecDeque<Batch>,
    /// The number of the batch on its way.
    sending: Option<u64>,
    numbers: WriterNumbers,
    error: Option<Error>,
    is_closing: bool,
}

impl State {
    /// Ends the open batch, and begins another.
    fn seal(&mut self) {
        if self.open.points > 0 {
            let next = Batch { number: self.open.number + 1, ..Batch::default() };
            self.sealed.push_back(std::mem::replace(&mut self.open, next));
        }
    }

    /// The number of the oldest batch that is not done.
    fn oldest(&self) -> u64 {
        self.sending.or_else(|| Some(self.sealed.front()?.number)).unwrap_or(self.open.number)
    }
}

impl Shared {
    pub(super) fn new(builder: &WriterBuilder) -> Self {
        let &WriterBuilder { batch, queue, interval, when_full, .. } = builder;
        let (state, work, room) = Default::default();
        Self { state, work, room, batch, queue, interval, when_full }
    }

    /// Appends a point, which `write` writes.
    pub(super) fn push(&self, write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
        let Some(mut state) = self.with_room() else { return Ok(()) };
        let open = &mut state.open;
        open.text.truncate(open.whole);
        write(&mut open.text)?;
        open.whole = open.text.len();
        open.points += 1;
        let is_first = open.points == 1;
        if is_first {
            open.since = Some(Instant::now());
        }
        let is_full = open.points >= self.batch;
        state.numbers.waiting += 1;
        if is_full {
            state.seal();
        }
        if is_first || is_full {
            self.work.notify_one();
        }
        Ok(())
    }

    /// The state, once there is room for a point; `None` when the point is dropped.
    fn with_room(&self) -> Option<MutexGuard<'_, State>> {
        let mut state = self.lock();
        while state.numbers.waiting >= self.queue {
            let oldest = (self.when_full == WhenFull::DropOld).then(|| state.sealed.pop_front()).flatten();
            match (self.when_full, oldest) {
                (WhenFull::Wait, _) => {
                    // Otherwise a queue of one batch would wait for its interval.
                    state.seal();
                    self.work.notify_one();
                    state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                (_, Some(oldest)) => {
                    state.numbers.waiting -= oldest.points;
                    state.numbers.dropped += oldest.points as u64;
                }
                (_, None) => {
                    state.numbers.dropped += 1;
                    return None;
                }
            }
        }
        Some(state)
    }

    /// Waits until all points that are there now are sent, and takes the first error.
    pub(super) fn flush(&self) -> Result<()> {
        let mut state = self.lock();
        state.seal();
        let end = state.open.number;
        self.work.notify_one();
        while state.oldest() < end {
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.error.take().map_or(Ok(()), Err)
    }

    pub(super) fn close(&self) {
        self.lock().is_closing = true;
        self.work.notify_one();
    }

    pub(super) fn numbers(&self) -> WriterNumbers {
        self.lock().numbers
    }

    /// The next batch to send, for the sender; `None` when the writer is closed and everything is sent.
    pub(super) fn next(&self) -> Option<Batch> {
        let mut state = self.lock();
        loop {
            let left = state.open.since.map(|since| self.interval.saturating_sub(since.elapsed()));
            if state.sealed.is_empty() && (state.is_closing || left.is_some_and(|left| left.is_zero())) {
                state.seal();
            }
            if let Some(batch) = state.sealed.pop_front() {
                state.sending = Some(batch.number);
                return Some(batch);
            }
            if state.is_closing {
                return None;
            }
            state = match left {
                Some(left) => self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Notes that a batch is done, well or with an error.
    pub(super) fn done(&self, batch: &Batch, outcome: Result<(), Error>) {
        let mut state = self.lock();
        state.sending = None;
        state.numbers.waiting -= batch.points;
        match outcome {
            Ok(()) => state.numbers.written += batch.points as u64,
            Err(error) => {
                state.numbers.failed += batch.points as u64;
                state.error.get_or_insert(error);
            }
        }
        self.room.notify_all();
    }

    pub(super) fn count_retry(&self) {
        self.lock().numbers.retries += 1;
    }

    /// A thread that panicked while it wrote a point left nothing but half a line, which is cut off.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error for a batch whose sending panicked.
pub(super) fn panicked() -> Error {
    Error::new(ErrorKind::InvalidState, "sending a batch panicked")
}
