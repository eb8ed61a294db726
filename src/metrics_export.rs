//! What an engine does, for the crate `metrics`.

use metrics::{Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use orm_core::driver::Connection;
use orm_core::engine::{ConnectionEvent, EngineHooks, Opening, StatementEvent};
use orm_core::{Error, ErrorKind, Result};
use std::time::Duration;

const DURATION: &str = "db.client.operation.duration";
const RETURNED_ROWS: &str = "db.client.response.returned_rows";
const CONNECTIONS: &str = "db.client.connection.count";
const WAIT_TIME: &str = "db.client.connection.wait_time";
const TIMEOUTS: &str = "db.client.connection.timeouts";

/// Hooks that tell the crate `metrics` what an engine does, behind the feature `metrics`: for Prometheus, StatsD and others, by the recorder that
/// the program installs. The names are those that OpenTelemetry has for databases.
///
/// | metric | is | labels |
/// |---|---|---|
/// | `db.client.operation.duration` | a histogram of seconds, of statements | `db.system.name`, `db.operation.name`; of one table: `db.collection.name`; of errors: `error.type`, `db.response.status_code` |
/// | `db.client.response.returned_rows` | a histogram of rows, of statements that read | `db.system.name`, `db.operation.name` |
/// | `db.client.connection.count` | a gauge | `db.client.connection.pool.name`, `db.client.connection.state`: `idle` or `used` |
/// | `db.client.connection.wait_time` | a histogram of seconds, of check-outs | `db.client.connection.pool.name` |
/// | `db.client.connection.timeouts` | a counter of check-outs that ended in `PoolTimeout` | `db.client.connection.pool.name` |
///
/// Each statement is read for its table, and the labels are allocated. [`EngineBuilder::metrics`](orm_core::engine::EngineBuilder::metrics) counts
/// without either, and needs no recorder.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # fn main() -> orm::Result<()> {
/// let engine = orm::Engine::builder("sqlite://").hooks(orm::MetricsExport::new("shop")).build()?;
/// engine.ping()?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct MetricsExport {
    pool: String,
}

impl MetricsExport {
    /// Hooks for one engine, whose pool has that name in the metrics. It describes the metrics to the recorder that is installed.
    ///
    /// See the example of [`MetricsExport`].
    pub fn new(pool_name: impl Into<String>) -> Self {
        describe_histogram!(DURATION, Unit::Seconds, "Duration of database statements");
        describe_histogram!(RETURNED_ROWS, Unit::Count, "Rows that database statements returned");
        describe_gauge!(CONNECTIONS, Unit::Count, "Connections by their state");
        describe_histogram!(WAIT_TIME, Unit::Seconds, "Time that a connection was waited for");
        describe_counter!(TIMEOUTS, Unit::Count, "Times that no connection became free in time");
        Self { pool: pool_name.into() }
    }

    fn pool(&self) -> Vec<Label> {
        vec![Label::new("db.client.connection.pool.name", self.pool.clone())]
    }

    /// So many more connections are in that state.
    fn count(&self, state: &'static str, more: f64) {
        let mut labels = self.pool();
        labels.push(Label::new("db.client.connection.state", state));
        gauge!(CONNECTIONS, labels).increment(more);
    }
}

impl EngineHooks for MetricsExport {
    fn connect(&self, _: &mut dyn Connection, opening: Opening) -> Result<()> {
        if opening != Opening::Reset {
            self.count("idle", 1.0);
        }
        Ok(())
    }

    fn check_out(&self, event: &ConnectionEvent) {
        self.count("idle", -1.0);
        self.count("used", 1.0);
        histogram!(WAIT_TIME, self.pool()).record(event.waited);
    }

    fn check_out_failed(&self, error: &Error, _: Duration) {
        if error.kind() == ErrorKind::PoolTimeout {
            counter!(TIMEOUTS, self.pool()).increment(1);
        }
    }

    fn check_in(&self, _: &ConnectionEvent) {
        self.count("used", -1.0);
        self.count("idle", 1.0);
    }

    /// One that is closed while it is used is given back afterwards.
    fn close(&self, _: &ConnectionEvent) {
        self.count("idle", -1.0);
    }

    fn after_statement(&self, statement: &StatementEvent<'_>) {
        let kind = statement.kind();
        let mut labels = vec![
            Label::new("db.system.name", statement.dialect().name().to_lowercase()),
            Label::new("db.operation.name", kind.name()),
        ];
        if statement.error.is_none() && kind == orm_core::engine::StatementKind::Select {
            histogram!(RETURNED_ROWS, labels.clone()).record(statement.rows as f64);
        }
        if let [table] = &mut *statement.tables() {
            labels.push(Label::new("db.collection.name", std::mem::take(table)));
        }
        if let Some(error) = statement.error {
            labels.push(Label::new("error.type", format!("{:?}", error.kind())));
            labels.extend(error.code().map(|code| Label::new("db.response.status_code", code.to_owned())));
        }
        histogram!(DURATION, labels).record(statement.elapsed);
    }
}
