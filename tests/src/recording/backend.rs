use std::ops::ControlFlow;
use std::sync::Arc;

use orm_core::dialect::Dialect;
use orm_core::driver::{Backend, BatchDone, Bind, Connection, RowSink, RowStream, TransactionMode, TransactionState};
use orm_core::model::Row;
use orm_core::schema::{TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{ErrorKind, Result};

use super::{Recorded, Recorder, StatementKind};

/// A backend whose connections write down what passes through them.
#[derive(Debug)]
pub struct RecordingBackend {
    inner: Arc<dyn Backend>,
    recorder: Recorder,
}

impl RecordingBackend {
    /// `inner`, recorded by `recorder`.
    pub fn new(inner: Arc<dyn Backend>, recorder: Recorder) -> Self {
        Self { inner, recorder }
    }
}

impl Backend for RecordingBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        let inner = self.inner.connect()?;
        Ok(Box::new(Recording { inner, recorder: self.recorder.clone(), broken: false }))
    }

    fn max_connections(&self) -> Option<u32> {
        self.inner.max_connections()
    }
}

struct Recording {
    inner: Box<dyn Connection>,
    recorder: Recorder,
    /// Set by a `ConnectionLost` that the test asked for: the connection answers nothing any more.
    broken: bool,
}

impl Recording {
    /// The fault that is due.
    fn fault(&mut self, kind: StatementKind) -> Option<orm_core::Error> {
        let fault = self.recorder.fault_for(kind);
        self.broken |= fault.as_ref().is_some_and(|error| error.kind() == ErrorKind::ConnectionLost);
        let lost = || orm_core::Error::new(ErrorKind::ConnectionLost, "the connection is lost");
        fault.or_else(|| self.broken.then(lost))
    }

    /// Raises the fault that is due, else runs the statement; writes it down in both cases. `run` returns the number of rows.
    fn record(&mut self, mut recorded: Recorded, run: impl FnOnce(&mut dyn Connection) -> Result<usize>) -> Result<()> {
        let outcome = match self.fault(recorded.kind) {
            Some(error) => Err(error),
            None => run(&mut *self.inner),
        };
        recorded.failed = outcome.is_err();
        recorded.rows = outcome.as_ref().map_or(recorded.rows, |rows| *rows);
        self.recorder.push(recorded);
        outcome.map(|_| ())
    }

    fn transaction(&mut self, sql: &str, run: impl FnOnce(&mut dyn Connection) -> Result<()>) -> Result<()> {
        self.record(Recorded::parse(sql), |connection| run(connection).map(|()| 0))
    }
}

/// Rows on their way. Their statement is written down when they are done with.
struct RecordedRows<'c> {
    rows: Box<dyn RowStream + 'c>,
    recorder: Recorder,
    recorded: Recorded,
}

impl RowStream for RecordedRows<'_> {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        let found = self.rows.next(read);
        self.recorded.failed |= found.is_err();
        self.recorded.rows += usize::from(matches!(found, Ok(true)));
        found
    }
}

impl Drop for RecordedRows<'_> {
    fn drop(&mut self) {
        self.recorder.push(self.recorded.clone());
    }
}

impl Connection for Recording {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        let mut recorded = Recorded::parse(sql);
        let carried = carried_rows(&recorded, params);
        recorded.rows = carried.unwrap_or(0);
        self.record(recorded, |connection| {
            let mut returned = 0;
            let mut counting = |row: &dyn Row| -> Result<ControlFlow<()>> {
                returned += 1;
                sink(row)
            };
            connection.query(sql, params, &mut counting)?;
            Ok(carried.unwrap_or(returned))
        })
    }

    fn stream<'c>(
        &'c mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        mode: TransactionMode,
    ) -> Result<Box<dyn RowStream + 'c>> {
        let recorder = self.recorder.clone();
        let mut recorded = Recorded::parse(sql);
        let outcome = match self.fault(recorded.kind) {
            Some(error) => Err(error),
            None => self.inner.stream(sql, params, mode),
        };
        match outcome {
            Ok(rows) => Ok(Box::new(RecordedRows { rows, recorder, recorded })),
            Err(error) => {
                recorded.failed = true;
                recorder.push(recorded);
                Err(error)
            }
        }
    }

    fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        let mut recorded = Recorded::parse(sql);
        recorded.rows = carried_rows(&recorded, params).unwrap_or(0);
        let carried = recorded.rows;
        let mut affected = 0;
        self.record(recorded, |connection| {
            affected = connection.execute(sql, params)?;
            Ok(carried)
        })?;
        Ok(affected)
    }

    fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        self.record(Recorded { rows, ..Recorded::parse(sql) }, |connection| {
            connection.execute_batch(sql, rows, bind, done).map(|()| rows)
        })
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.record(Recorded::parse(sql), |connection| connection.execute_script(sql).map(|()| 0))
    }

    /// Counted, but not written down: which table is described first depends on what the engine knows already.
    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>> {
        self.recorder.count_description();
        self.inner.describe_table(table)
    }

    fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        self.transaction("BEGIN", |connection| connection.begin(mode))
    }

    fn transaction(&mut self) -> Result<TransactionState> {
        if self.broken { Ok(TransactionState::None) } else { self.inner.transaction() }
    }

    fn commit(&mut self) -> Result<()> {
        self.transaction("COMMIT", |connection| connection.commit())
    }

    fn rollback(&mut self) -> Result<()> {
        self.transaction("ROLLBACK", |connection| connection.rollback())
    }

    fn prepare_transaction(&mut self, sql: &str) -> Result<()> {
        self.transaction(sql, |connection| connection.prepare_transaction(sql))
    }

    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        self.inner.defer_foreign_key(table, columns)
    }

    fn reset(&mut self) -> Result<()> {
        self.recorder.count_reset();
        self.inner.reset()
    }

    fn is_broken(&self) -> bool {
        self.broken || self.inner.is_broken()
    }

    fn has_ended(&mut self) -> bool {
        self.broken || self.inner.has_ended()
    }

    fn check(&mut self) -> Result<()> {
        self.inner.check()
    }

    fn ping(&mut self) -> Result<()> {
        if self.broken {
            return Err(orm_core::Error::new(ErrorKind::ConnectionLost, "the connection is lost"));
        }
        self.inner.ping()
    }
}

/// How many rows a write carries in its parameters: the length of its arrays, the rows of its VALUES, else one.
fn carried_rows(recorded: &Recorded, params: &[ValueRef<'_>]) -> Option<usize> {
    let array = params.iter().find_map(|param| match param {
        ValueRef::Array(items) => Some(items.len()),
        _ => None,
    });
    match recorded.kind {
        StatementKind::Insert => Some(array.unwrap_or_else(|| params.len() / recorded.columns.len().max(1)).max(1)),
        StatementKind::Update | StatementKind::Delete => Some(array.unwrap_or(1)),
        _ => None,
    }
}
