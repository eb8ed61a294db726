//! Rows that are streamed, with the events of their statement.

use std::time::Instant;

use super::{StatementEvent, StatementSpan, told_of};
use crate::dialect::Dialect;
use crate::driver::{Connection, RowStream, TransactionMode};
use crate::engine::hooks::Hooks;
use crate::engine::limits::Bounds;
use crate::error::{Error, Result};
use crate::model::Row;
use crate::value::{Value, ValueRef, with_refs};

/// The rows of a statement with hooks. The statement has run when the last row was read, or when this is dropped.
pub(in crate::engine) struct WatchedRows<'c> {
    rows: Box<dyn RowStream + 'c>,
    bounds: Option<&'c Bounds>,
    watch: Option<Watch<'c>>,
}

struct Watch<'c> {
    hooks: &'c Hooks,
    sql: String,
    parameters: Vec<Value>,
    rows: u64,
    start: Instant,
    connection: u64,
    dialect: &'static dyn Dialect,
}

impl<'c> WatchedRows<'c> {
    /// Runs the statement that `event` is about. The span that a subscriber may have asked for ends when it has begun: its rows may come at
    /// any time.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub(in crate::engine) fn open(
        hooks: &'c Hooks,
        connection: &'c mut dyn Connection,
        event: &StatementEvent<'_>,
        mode: TransactionMode,
        bounds: Option<&'c Bounds>,
    ) -> Result<Self> {
        let span = StatementSpan::enter(event);
        hooks.tell("before_statement", |hooks| hooks.before_statement(event));
        let kept = if hooks.is_empty() { &[] } else { event.parameters };
        let watch = Watch {
            hooks,
            sql: event.sql.to_owned(),
            parameters: kept.iter().map(ValueRef::to_value).collect(),
            rows: 0,
            start: Instant::now(),
            connection: event.connection,
            dialect: event.dialect,
        };
        let opened = connection.stream(event.sql, event.parameters, mode);
        if let Some(span) = span {
            span.end_begun(opened.as_ref().err());
        }
        match opened {
            Ok(rows) => Ok(Self { rows, bounds, watch: Some(watch) }),
            Err(error) => {
                let error = told_of(explained(bounds, error), event.sql);
                watch.end(Some(&error));
                Err(error)
            }
        }
    }

    fn end(&mut self, error: Option<&Error>) {
        if let Some(watch) = self.watch.take() {
            watch.end(error);
        }
    }
}

/// The error, with its reason if that is a limit.
fn explained(bounds: Option<&Bounds>, error: Error) -> Error {
    match bounds {
        Some(bounds) => bounds.explain(error),
        None => error,
    }
}

impl RowStream for WatchedRows<'_> {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        let found = self.rows.next(read).map_err(|error| match &self.watch {
            Some(watch) => told_of(explained(self.bounds, error), &watch.sql),
            None => error,
        });
        match (&found, &mut self.watch) {
            (Ok(true), Some(watch)) => watch.rows += 1,
            (Err(error), _) => self.end(Some(error)),
            _ => {}
        }
        found
    }
}

impl Drop for WatchedRows<'_> {
    fn drop(&mut self) {
        self.end(None);
    }
}

impl Watch<'_> {
    fn end(self, error: Option<&Error>) {
        let Self { hooks, sql, parameters, rows, start, connection, dialect } = self;
        with_refs(&parameters, |parameters| {
            let elapsed = start.elapsed();
            let sql = &sql;
            let (batch, flushed) = (None, None);
            let event = StatementEvent { sql, parameters, batch, rows, elapsed, error, connection, flushed, dialect };
            hooks.tell("after_statement", |hooks| hooks.after_statement(&event));
        });
    }
}
