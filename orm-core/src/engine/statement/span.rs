//! A span around each statement, with OpenTelemetry's names for databases.

use tracing::field::{Empty, display};
use tracing::span::EnteredSpan;
use tracing::{Level, debug_span};

use super::StatementEvent;
use crate::error::Error;
use crate::sql::StatementKind;

/// Whether anybody listens to spans of statements.
pub(in crate::engine) fn spans_enabled() -> bool {
    tracing::enabled!(target: "orm::statement", Level::DEBUG)
}

/// The span of a statement that runs.
pub(in crate::engine) struct StatementSpan(EnteredSpan);

impl StatementSpan {
    /// The span of a statement, entered; `None` without a subscriber.
    pub(in crate::engine) fn enter(event: &StatementEvent<'_>) -> Option<Self> {
        if !spans_enabled() {
            return None;
        }
        let (kind, tables) = event.summary();
        let summary = [kind.name()].into_iter().chain(tables.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
        let span = debug_span!(
            target: "orm::statement",
            "orm::statement",
            otel.name = summary,
            otel.kind = "client",
            otel.status_code = Empty,
            db.system.name = event.dialect.name().to_lowercase(),
            db.operation.name = kind.name(),
            db.collection.name = tables.first().filter(|_| tables.len() == 1),
            db.query.summary = summary,
            db.query.text = event.sql,
            db.operation.batch.size = event.batch.filter(|&rows| rows > 1),
            db.response.returned_rows = Empty,
            db.response.status_code = Empty,
            error.type = Empty,
        );
        Some(Self(span.entered()))
    }

    /// The statement has run, or failed.
    pub(in crate::engine) fn end(self, event: &StatementEvent<'_>) {
        if event.error.is_none() && event.kind() == StatementKind::Select {
            self.0.record("db.response.returned_rows", event.rows);
        }
        self.end_begun(event.error);
    }

    /// The statement has begun to run, or failed; its rows are still to come.
    pub(in crate::engine) fn end_begun(self, error: Option<&Error>) {
        if let Some(error) = error {
            self.0.record("otel.status_code", "ERROR");
            if let Some(code) = error.code() {
                self.0.record("db.response.status_code", code);
            }
            self.0.record("error.type", display(format_args!("{:?}", error.kind())));
        }
    }
}
