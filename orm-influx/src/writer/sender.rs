//! The thread that sends.

use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use orm_core::{Error, Result};

use super::builder::{FailedBatch, WriterBuilder};
use super::queue::{Batch, Shared, panicked};
use crate::client::Influx;
use crate::http::Failure;

pub(super) struct Sender {
    shared: Arc<Shared>,
    influx: Influx,
    settings: WriterBuilder,
    random: RandomState,
}

impl Sender {
    pub(super) fn new(shared: Arc<Shared>, influx: Influx, settings: WriterBuilder) -> Self {
        Self { shared, influx, settings, random: RandomState::new() }
    }

    /// Sends batches until the writer is closed.
    pub(super) fn run(self) {
        while let Some(batch) = self.shared.next() {
            let outcome = self.deliver(&batch);
            if let Err(error) = &outcome {
                self.report(error, &batch);
            }
            self.shared.done(&batch, outcome);
        }
    }

    /// Sends a batch, again and again if the reason of a failure passes.
    fn deliver(&self, batch: &Batch) -> Result<()> {
        let started = Instant::now();
        let mut pause = self.settings.pauses.0;
        loop {
            let attempt = catch_unwind(AssertUnwindSafe(|| self.influx.write_lines(&batch.text)));
            let failure = match attempt {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(failure)) => failure,
                Err(_) => Failure { error: panicked(), is_passing: true, retry_after: None },
            };
            if !failure.is_passing || started.elapsed() >= self.settings.patience {
                return Err(failure.error);
            }
            tracing::warn!(error = %failure.error, points = batch.points, "a batch is sent again");
            self.shared.count_retry();
            std::thread::sleep(failure.retry_after.unwrap_or_else(|| self.shortened(pause)));
            pause = (pause * 2).min(self.settings.pauses.1);
        }
    }

    /// Between half of a pause and all of it.
    fn shortened(&self, pause: Duration) -> Duration {
        let share = self.random.hash_one(Instant::now()) % 1_000;
        pause.mul_f64(0.5 + share as f64 / 2_000.0)
    }

    fn report(&self, error: &Error, batch: &Batch) {
        let failed = FailedBatch { error, text: &batch.text };
        match &self.settings.on_failure.0 {
            None => tracing::error!(%error, points = batch.points, "points were not written"),
            Some(handler) => {
                if catch_unwind(AssertUnwindSafe(|| handler(&failed))).is_err() {
                    tracing::error!(%error, points = batch.points, "the handler of failed points panicked");
                }
            }
        }
    }
}
