//! Streams of rows, with hooks around their statement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{StatementEvent, StatementHook};
use crate::driver::{Connection, RowStream, TransactionMode};
use crate::error::{Error, Result};
use crate::model::Row;
use crate::value::{Value, ValueRef, with_refs};

/// The rows of a statement with hooks. The statement has run when the last row was read, or when this is dropped.
pub(super) struct WatchedRows<'c> {
    rows: Box<dyn RowStream + 'c>,
    watch: Option<Watch<'c>>,
}

struct Watch<'c> {
    hooks: &'c [Arc<dyn StatementHook>],
    sql: String,
    parameters: Vec<Value>,
    rows: u64,
    start: Instant,
}

impl<'c> WatchedRows<'c> {
    /// Runs the statement.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub(super) fn open(
        hooks: &'c [Arc<dyn StatementHook>],
        connection: &'c mut dyn Connection,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Self> {
        let event =
            StatementEvent { sql, parameters: params, batch: None, rows: 0, elapsed: Duration::ZERO, error: None };
        hooks.iter().for_each(|hook| hook.before(&event));
        let parameters = if hooks.is_empty() { Vec::new() } else { params.iter().map(ValueRef::to_value).collect() };
        let watch = Watch { hooks, sql: sql.to_owned(), parameters, rows: 0, start: Instant::now() };
        match connection.stream(sql, params, mode) {
            Ok(rows) => Ok(Self { rows, watch: Some(watch) }),
            Err(error) => {
                let error = error.with_statement(sql);
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

impl RowStream for WatchedRows<'_> {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        let found = self.rows.next(read).map_err(|error| match &self.watch {
            Some(watch) => error.with_statement(&watch.sql),
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
        let Self { hooks, sql, parameters, rows, start } = self;
        with_refs(&parameters, |parameters| {
            let event = StatementEvent { sql: &sql, parameters, batch: None, rows, elapsed: start.elapsed(), error };
            hooks.iter().for_each(|hook| hook.after(&event));
        });
    }
}
