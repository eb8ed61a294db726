use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use orm_core::{Error, ErrorKind, Result};

use super::Writer;
use super::queue::Shared;
use super::sender::Sender;
use crate::client::Influx;

const BATCH: usize = 5_000;
const QUEUE: usize = 100_000;
const INTERVAL: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(180);

/// What a full queue does with another point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenFull {
    /// The caller waits for room.
    #[default]
    Wait,
    /// The new point is dropped.
    DropNew,
    /// The oldest batch that is not on its way is dropped.
    DropOld,
}

/// The settings of a [`Writer`]; [`Influx::writer`] begins them.
///
/// See the example of [`Writer`].
#[derive(Debug)]
pub struct WriterBuilder {
    influx: Influx,
    pub(super) batch: usize,
    pub(super) queue: usize,
    pub(super) interval: Duration,
    pub(super) when_full: WhenFull,
    pub(super) pauses: (Duration, Duration),
    pub(super) patience: Duration,
    pub(super) on_failure: Handler,
}

/// A function that gets the batches that are not written.
type OnFailure = dyn Fn(&FailedBatch<'_>) + Send;

/// The function, if one is set.
pub(super) struct Handler(pub(super) Option<Box<OnFailure>>);

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "set" } else { "not set" })
    }
}

/// A batch that the server has not taken, or has taken in part.
#[derive(Debug)]
pub struct FailedBatch<'a> {
    pub(super) error: &'a Error,
    pub(super) text: &'a [u8],
}

impl FailedBatch<'_> {
    /// Why. [`rejected_lines`](crate::rejected_lines) of it has the lines of a batch that was taken in part.
    pub fn error(&self) -> &Error {
        self.error
    }

    /// The lines of the batch, in line protocol.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        String::from_utf8_lossy(self.text).lines().map(str::to_owned).collect::<Vec<_>>().into_iter()
    }
}

impl WriterBuilder {
    pub(crate) fn new(influx: Influx) -> Self {
        Self {
            influx,
            batch: BATCH,
            queue: QUEUE,
            interval: INTERVAL,
            when_full: WhenFull::default(),
            pauses: (FIRST_PAUSE, LONGEST_PAUSE),
            patience: PATIENCE,
            on_failure: Handler(None),
        }
    }

    /// How many points make a batch: 5,000, if nothing is said.
    #[must_use]
    pub fn batch(mut self, points: usize) -> Self {
        self.batch = points;
        self
    }

    /// How many points may wait, those on their way included: 100,000, if nothing is said.
    #[must_use]
    pub fn queue(mut self, points: usize) -> Self {
        self.queue = points;
        self
    }

    /// How long a point waits for others of its batch: one second, if nothing is said.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// What a full queue does with another point.
    #[must_use]
    pub fn when_full(mut self, choice: WhenFull) -> Self {
        self.when_full = choice;
        self
    }

    /// The first pause before a batch is sent again, which is then doubled each time, and the longest one. A random part of a pause is left
    /// out, so that many writers do not come back at once.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.pauses = (first, longest);
        self
    }

    /// For how long a batch is sent again before it has failed: three minutes, if nothing is said.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Gets the batches that are not written, or not in whole, on the writer's thread. A panic in it is reported and costs nothing else.
    #[must_use]
    pub fn on_failure(mut self, handler: impl Fn(&FailedBatch<'_>) + Send + 'static) -> Self {
        self.on_failure = Handler(Some(Box::new(handler)));
        self
    }

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// `Config` when a batch has no points or is larger than the queue; `InvalidState` when the system gives no thread.
    pub fn start(self) -> Result<Writer> {
        if self.batch == 0 || self.batch > self.queue {
            return Err(Error::new(
                ErrorKind::Config,
                "a batch has at least one point, and at most as many as the queue",
            ));
        }
        let precision = self.influx.precision();
        let shared = Arc::new(Shared::new(&self));
        let sender = Sender::new(Arc::clone(&shared), self.influx.clone(), self);
        let thread = std::thread::Builder::new().name("orm-influx".to_owned()).spawn(move || sender.run());
        let thread = thread.map_err(|error| {
            Error::new(ErrorKind::InvalidState, "the system gives no thread for a writer").with_source(error)
        })?;
        Ok(Writer { shared, precision, thread: Some(thread) })
    }
}
