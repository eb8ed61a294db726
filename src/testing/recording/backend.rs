use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use orm_core::catalog::{Catalog, Reflect};
use orm_core::dialect::Dialect;
use orm_core::driver::{
    Backend, BatchDone, Bind, Connection, CopyRows, DescribedColumn, Limits, NextRow, Notification, RowSink, RowStream,
    TakePiece, TransactionMode, TransactionState,
};
use orm_core::engine::StatementKind;
use orm_core::model::Row;
use orm_core::schema::{TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{ErrorKind, Result};

use super::fault::{Answer, Effect, asked_for, lost};
use super::{Recorded, Recorder};

/// A backend whose connections write down what passes through them.
#[derive(Debug)]
pub(super) struct RecordingBackend {
    inner: Arc<dyn Backend>,
    recorder: Recorder,
}

impl RecordingBackend {
    pub(super) fn new(inner: Arc<dyn Backend>, recorder: Recorder) -> Self {
        Self { inner, recorder }
    }
}

impl Backend for RecordingBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        let inner = self.inner.connect()?;
        let recorder = self.recorder.clone();
        Ok(Box::new(Recording { inner, recorder, broken: false, limits: Limits::default() }))
    }

    fn max_connections(&self) -> Option<u32> {
        self.inner.max_connections()
    }

    fn location(&self) -> Option<String> {
        self.inner.location()
    }
}

struct Recording {
    inner: Box<dyn Connection>,
    recorder: Recorder,
    /// Set when the connection breaks as the test asked for: it answers nothing any more.
    broken: bool,
    limits: Limits,
}

impl Recording {
    /// What is planned for the statement, or the error that it fails with.
    fn turn(&mut self, recorded: &Recorded) -> Result<Option<Effect>> {
        let effect = self.recorder.due(recorded);
        if let Some(Effect::Fail(kind)) = effect {
            self.broken |= kind == ErrorKind::ConnectionLost;
            return Err(asked_for(kind));
        }
        if self.broken {
            return Err(lost());
        }
        if let Some(Effect::Delay(by)) = effect {
            self.delay(by)?;
        }
        Ok(effect)
    }

    /// Waits, as a slow statement does: within its limits.
    fn delay(&self, by: Duration) -> Result<()> {
        let start = Instant::now();
        while let Some(left) = by.checked_sub(start.elapsed()) {
            if self.limits.is_reached() {
                return Err(asked_for(ErrorKind::Cancelled));
            }
            sleep(left.min(self.limits.nap()));
        }
        Ok(())
    }

    /// Runs the statement, unless it is to fail, and writes it down in both cases. `run` gets what else is planned, and returns the number
    /// of rows.
    fn record(
        &mut self,
        mut recorded: Recorded,
        run: impl FnOnce(&mut dyn Connection, Option<&Effect>) -> Result<usize>,
    ) -> Result<()> {
        let outcome = self.turn(&recorded).and_then(|effect| {
            let rows = run(&mut *self.inner, effect.as_ref())?;
            self.broken |= matches!(effect, Some(Effect::LoseAnswer));
            if self.broken { Err(lost()) } else { Ok(rows) }
        });
        recorded.failed = outcome.is_err();
        recorded.rows = outcome.as_ref().map_or(recorded.rows, |rows| *rows);
        self.recorder.push(recorded);
        outcome.map(|_| ())
    }

    /// [`record`](Self::record)s a statement that neither returns nor changes rows.
    fn record_plain(&mut self, sql: &str, run: impl FnOnce(&mut dyn Connection) -> Result<()>) -> Result<()> {
        self.record(Recorded::parse(sql), |connection, effect| {
            effect.map_or(Ok(()), Effect::refuse)?;
            run(connection).map(|()| 0)
        })
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

/// The rows that the test planned.
struct AnswerRows {
    answer: Arc<Answer>,
    next: usize,
}

impl RowStream for AnswerRows {
    fn next(&mut self, read: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<bool> {
        let Some(row) = self.answer.row(self.next) else { return Ok(false) };
        self.next += 1;
        read(&row).map(|()| true)
    }
}

impl Connection for Recording {
    fn query(&mut self, sql: &str, params: &[ValueRef<'_>], sink: &mut RowSink<'_>) -> Result<()> {
        let mut recorded = Recorded::parse(sql);
        let carried = carried_rows(&recorded, params);
        recorded.rows = carried.unwrap_or(0);
        self.record(recorded, |connection, effect| {
            let mut returned = 0;
            let mut counting = |row: &dyn Row| -> Result<ControlFlow<()>> {
                returned += 1;
                sink(row)
            };
            match effect {
                Some(Effect::Answer(answer)) => {
                    let mut rows = (0..).map_while(|number| answer.row(number));
                    while let Some(row) = rows.next()
                        && counting(&row)?.is_continue()
                    {}
                }
                other => {
                    other.map_or(Ok(()), Effect::refuse)?;
                    connection.query(sql, params, &mut counting)?;
                }
            }
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
        let outcome = self.turn(&recorded).and_then(|effect| match effect {
            Some(Effect::Answer(answer)) => Ok(Box::new(AnswerRows { answer, next: 0 }) as Box<dyn RowStream + 'c>),
            Some(Effect::LoseAnswer) => {
                self.broken = true;
                self.inner.stream(sql, params, mode).and_then(|_rows| Err(lost()))
            }
            other => {
                other.as_ref().map_or(Ok(()), Effect::refuse)?;
                self.inner.stream(sql, params, mode)
            }
        });
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
        self.record(recorded, |connection, effect| {
            affected = match effect {
                Some(Effect::Affect(rows)) => *rows,
                other => {
                    other.map_or(Ok(()), Effect::refuse)?;
                    connection.execute(sql, params)?
                }
            };
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
        let mut recorded = Recorded::parse(sql);
        recorded.rows = rows * recorded.listed_rows();
        let carried = recorded.rows;
        self.record(recorded, |connection, effect| {
            match effect {
                Some(Effect::Affect(affected)) if rows == 1 => {
                    done(0, BatchDone { affected: *affected, last_insert_id: 0 });
                }
                // Of the rows the first ones.
                Some(Effect::Affect(affected)) => (0..rows).for_each(|row| {
                    done(row, BatchDone { affected: u64::from((row as u64) < *affected), last_insert_id: 0 });
                }),
                other => {
                    other.map_or(Ok(()), Effect::refuse)?;
                    connection.execute_batch(sql, rows, bind, done)?;
                }
            }
            Ok(carried)
        })
    }

    fn copy_in(&mut self, rows: &CopyRows<'_>, next: &mut NextRow<'_>) -> Result<Option<u64>> {
        let mut copied = None;
        self.record(Recorded::parse(rows.sql), |connection, effect| {
            effect.map_or(Ok(()), Effect::refuse)?;
            copied = connection.copy_in(rows, next)?;
            Ok(copied.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0))
        })?;
        Ok(copied)
    }

    fn copy_out(&mut self, sql: &str, take: &mut TakePiece<'_>) -> Result<u64> {
        let mut copied = 0;
        self.record(Recorded::parse(sql), |connection, effect| {
            effect.map_or(Ok(()), Effect::refuse)?;
            copied = connection.copy_out(sql, take)?;
            Ok(usize::try_from(copied).unwrap_or(usize::MAX))
        })?;
        Ok(copied)
    }

    fn describe_statement(&mut self, sql: &str) -> Result<Vec<DescribedColumn>> {
        self.inner.describe_statement(sql)
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.record_plain(sql, |connection| connection.execute_script(sql))
    }

    /// Counted, but not written down: which table is described first depends on what the engine knows already.
    fn describe_table(&mut self, table: &TableName) -> Result<Option<TableFacts>> {
        self.recorder.count_description();
        self.inner.describe_table(table)
    }

    fn reflect(&mut self, options: &Reflect) -> Result<Catalog> {
        self.inner.reflect(options)
    }

    fn set_limits(&mut self, limits: &Limits) -> Result<()> {
        self.limits = limits.clone();
        self.inner.set_limits(limits)
    }

    fn notification(&mut self, wait: Duration) -> Result<Option<Notification>> {
        self.inner.notification(wait)
    }

    fn begin(&mut self, mode: TransactionMode) -> Result<()> {
        self.record_plain("BEGIN", |connection| connection.begin(mode))
    }

    fn begin_with_next(&mut self, mode: TransactionMode) -> Result<()> {
        self.record_plain("BEGIN", |connection| connection.begin_with_next(mode))
    }

    fn transaction(&mut self) -> Result<TransactionState> {
        if self.broken { Ok(TransactionState::None) } else { self.inner.transaction() }
    }

    fn commit(&mut self) -> Result<()> {
        self.record_plain("COMMIT", |connection| connection.commit())
    }

    fn rollback(&mut self) -> Result<()> {
        self.record_plain("ROLLBACK", |connection| connection.rollback())
    }

    fn begin_prepared(&mut self, id: &str, mode: TransactionMode) -> Result<()> {
        self.record_plain("BEGIN", |connection| connection.begin_prepared(id, mode))
    }

    fn has_changed_rows(&self) -> bool {
        self.inner.has_changed_rows()
    }

    fn prepare_transaction(&mut self, id: &str) -> Result<()> {
        self.record_plain("PREPARE TRANSACTION", |connection| connection.prepare_transaction(id))
    }

    fn commit_prepared(&mut self, id: &str) -> Result<()> {
        self.record_plain("COMMIT PREPARED", |connection| connection.commit_prepared(id))
    }

    fn rollback_prepared(&mut self, id: &str) -> Result<()> {
        self.record_plain("ROLLBACK PREPARED", |connection| connection.rollback_prepared(id))
    }

    fn prepared_transactions(&mut self) -> Result<Vec<String>> {
        self.inner.prepared_transactions()
    }

    fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        self.inner.defer_foreign_key(table, columns)
    }

    fn check_deferred(&mut self) -> Result<()> {
        self.inner.check_deferred()
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
        if self.broken { Err(lost()) } else { self.inner.ping() }
    }
}

/// How many rows a write carries: the length of its arrays, or those that its text lists.
fn carried_rows(recorded: &Recorded, params: &[ValueRef<'_>]) -> Option<usize> {
    let array = params.iter().find_map(|param| match param {
        ValueRef::Array(items) => Some(items.len()),
        _ => None,
    });
    let is_write = matches!(recorded.kind, StatementKind::Insert | StatementKind::Update | StatementKind::Delete);
    is_write.then(|| array.unwrap_or_else(|| recorded.listed_rows()))
}
