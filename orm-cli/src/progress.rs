//! The bar of a run of revisions, at a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use orm::migrate::Progress;

/// How often the time of a long statement is drawn again.
const TICK: Duration = Duration::from_millis(200);

/// A bar with a step for each statement. Where standard error is no terminal nothing is drawn.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Self {
        let style = ProgressStyle::with_template("{elapsed:>4} {wide_bar} {pos}/{len} {msg:40!}");
        let bar = ProgressBar::new(0);
        Self(style.map_or_else(|_| ProgressBar::hidden(), |style| bar.with_style(style)))
    }

    pub(crate) fn show(&self, progress: &Progress<'_>) {
        let done = progress.number - usize::from(progress.time.is_none());
        self.0.set_length(progress.of as u64);
        self.0.set_message(progress.statement.lines().next().unwrap_or_default().to_owned());
        self.0.set_position(done as u64);
        self.0.enable_steady_tick(TICK);
    }
}

/// What is printed afterwards begins at an empty line.
impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
