//! Points in batches, from a thread of their own.

mod builder;
mod queue;
mod sender;

use std::fmt;
use std::sync::Arc;
use std::thread::JoinHandle;

use orm_core::{Error, ErrorKind, Result};

use crate::line::{self, Precision};
use crate::point::Point;

pub use builder::{FailedBatch, WhenFull, WriterBuilder};
use queue::Shared;

/// Collects points, and sends them in batches from a thread of its own. Threads may share it.
///
/// ```no_run
/// use std::time::Duration;
/// use orm_influx::{Influx, Point, chrono::{DateTime, Utc}};
///
/// #[derive(Point)]
/// struct Cpu {
///     #[point(tag)]
///     host: String,
///     usage: f64,
///     #[point(time)]
///     at: DateTime<Utc>,
/// }
///
/// # let influx = Influx::from_env()?;
/// let writer = influx
///     .writer()
///     .batch(5_000)
///     .interval(Duration::from_secs(1))
///     .on_failure(|failed| eprintln!("{} lines were not written: {}", failed.lines().count(), failed.error()))
///     .start()?;
/// writer.write(&Cpu { host: "server01".into(), usage: 0.64, at: Utc::now() })?;
/// writer.flush()?; // everything is at the server
/// let numbers = writer.close()?;
/// assert_eq!(numbers.written, 1);
/// # Ok::<(), orm_influx::Error>(())
/// ```
///
/// A batch that cannot be sent for a reason that passes (no connection, a server that is overloaded or starts) is sent again, with growing
/// pauses or after the time that the server asks for. Points that were written twice are one point to InfluxDB, so nothing is doubled. Until
/// then the queue fills up to its bound; [`WhenFull`] says what happens next.
///
/// Dropping a writer closes it.
pub struct Writer {
    shared: Arc<Shared>,
    precision: Precision,
    thread: Option<JoinHandle<()>>,
}

/// What has become of the points of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriterNumbers {
    /// Points that the server has taken.
    pub written: u64,
    /// Points that were dropped because the queue was full.
    pub dropped: u64,
    /// Points of batches that the server refused in whole or in part.
    pub failed: u64,
    /// Requests that were sent again.
    pub retries: u64,
    /// Points that wait to be sent.
    pub waiting: usize,
}

impl Writer {
    /// Puts a point into the queue, and waits for room if the queue is full and [`WhenFull::Wait`] is set.
    ///
    /// See the example of [`Writer`].
    ///
    /// # Errors
    ///
    /// `Invalid` when line protocol cannot express a value.
    pub fn write<P: Point>(&self, point: &P) -> Result<()> {
        self.shared.push(|text| line::write(text, point, self.precision))
    }

    /// Sends what is waiting, and waits until the server has it.
    ///
    /// See the example of [`Writer`].
    ///
    /// # Errors
    ///
    /// The first error since the last call, if a batch could not be written. Its lines went to [`on_failure`](WriterBuilder::on_failure).
    pub fn flush(&self) -> Result<()> {
        self.shared.flush()
    }

    /// What has become of the points so far.
    pub fn numbers(&self) -> WriterNumbers {
        self.shared.numbers()
    }

    /// Sends what is waiting and ends the thread.
    ///
    /// See the example of [`Writer`].
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub fn close(mut self) -> Result<WriterNumbers> {
        self.end()?;
        Ok(self.numbers())
    }

    fn end(&mut self) -> Result<()> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        let outcome = self.shared.flush();
        self.shared.close();
        let ended = thread.join().map_err(|_| Error::new(ErrorKind::InvalidState, "the thread of a writer panicked"));
        outcome.and(ended)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "points were not written");
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numbers().fmt(f)
    }
}
