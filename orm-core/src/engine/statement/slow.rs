use std::time::Duration;

use super::StatementEvent;
use crate::engine::EngineHooks;
use crate::error::Bounded;

/// Logs statements that take longer than a limit, without their parameters.
pub(in crate::engine) struct Slow(pub(in crate::engine) Duration);

impl EngineHooks for Slow {
    fn after_statement(&self, event: &StatementEvent<'_>) {
        if event.elapsed < self.0 {
            return;
        }
        tracing::warn!(
            target: "orm::slow",
            elapsed = ?event.elapsed,
            rows = event.rows,
            connection = event.connection,
            error = event.error.map(tracing::field::display),
            "{}",
            Bounded(event.sql),
        );
    }
}
