//! How statements get to the database, and what their failure means for the transaction that they run in.

use std::mem::take;
use std::num::NonZeroU64;
use std::ops::{ControlFlow, Deref, DerefMut};
use std::sync::Arc;

use super::link::{Link, Way};
use crate::driver::{BatchDone, Bind, CopyRows, DescribedColumn, NextRow, TakePiece, TransactionState};
use crate::engine::Conn;
use crate::error::{ErrorKind, Result};
use crate::model::Row;
use crate::render;
use crate::schema::{TableFacts, TableName};
use crate::session::databases::Database;
use crate::sql::{Access, Write};
use crate::value::{Value, ValueRef, with_refs};

/// A statement ready to be sent.
pub(crate) struct Prepared {
    pub(crate) text: String,
    pub(crate) params: Vec<Value>,
    pub(crate) access: Access,
    /// Whether the user wrote it.
    pub(crate) raw: bool,
    /// Where it runs.
    pub(crate) database: Database,
}

/// A connection for a statement.
pub(crate) enum Source<'l> {
    /// It goes back to the pool when the statement is done with.
    Own(Conn),
    /// That of a transaction.
    Lent(&'l mut Conn),
}

impl Deref for Source<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match self {
            Self::Own(conn) => conn,
            Self::Lent(conn) => conn,
        }
    }
}

impl DerefMut for Source<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        match self {
            Self::Own(conn) => conn,
            Self::Lent(conn) => conn,
        }
    }
}

/// The savepoint before a statement that has to find all of its rows. The next one takes its place.
const ALL_OR_NONE: &str = "orm_all_or_none";

/// A statement that lists so many rows.
pub(crate) struct ListOfRows<'s> {
    pub(crate) list: &'s str,
    /// The statement for one of them.
    pub(crate) single: &'s str,
    /// The parameters behind those of the rows.
    pub(crate) behind: &'s [Value],
    pub(crate) rows: usize,
}

impl Link {
    /// Gets ready for a statement, and begins what it needs.
    fn prepare_for(&mut self, access: Access) -> Result<()> {
        match access {
            Access::Lock => self.begin(),
            Access::Write => {
                self.note_writer()?;
                self.begin()?;
                self.note_written();
                Ok(())
            }
            Access::Read => {
                self.refuse_failed()?;
                self.prepare_snapshot()
            }
        }
    }

    /// Begins what a statement that reads needs, and tells what protects what it reads.
    pub(crate) fn prepare_read(&mut self, access: Access) -> Result<Option<NonZeroU64>> {
        self.prepare_for(access)?;
        Ok(self.protection())
    }

    /// The connection that statements run on, or one for a read alone.
    pub(crate) fn source(&mut self, access: Access) -> Result<Source<'_>> {
        let raw = take(&mut self.raw);
        self.prepare_for(access)?;
        let bounds = self.bounds_if_free();
        let mut source = match &mut self.way {
            Way::Free => {
                let taken = self.readers.connect(&self.engine, self.made_at, bounds);
                Source::Own(taken.inspect_err(|error| self.last_failure.note(error))?)
            }
            Way::Snapshot(conn) | Way::Alone(conn) | Way::Transaction(conn) => Source::Lent(conn),
        };
        if raw {
            source.note_raw();
        }
        Ok(source)
    }

    /// A statement is about to be sent.
    pub(crate) fn note_sent(&mut self, sql: &str) {
        if let Some(recorded) = &self.recorded {
            recorded.push(sql);
        }
    }

    /// What the database says of a table. Nothing is begun for it.
    pub(crate) fn describe_table(&mut self, table: &TableName) -> Result<Option<Arc<TableFacts>>> {
        let table = &*self.placed(table);
        if let Some(known) = self.engine.known_table(table) {
            return Ok(Some(known));
        }
        self.refuse_failed()?;
        let described = match &mut self.way {
            Way::Free => self.connect().and_then(|mut conn| conn.describe_table(table)),
            Way::Snapshot(conn) | Way::Alone(conn) | Way::Transaction(conn) => conn.describe_table(table),
        };
        described.map_err(|error| self.failed_statement(error))
    }

    /// Copies rows out.
    pub(crate) fn copy_out(&mut self, sql: &str, take: &mut TakePiece<'_>) -> Result<u64> {
        self.note_sent(sql);
        let outcome = self.source(Access::Read)?.copy_out(sql, take);
        outcome.map_err(|error| self.failed_statement(error))
    }

    /// The columns that a statement will have, as far as the database tells. It is not run.
    pub(crate) fn describe_statement(&mut self, sql: &str) -> Result<Vec<DescribedColumn>> {
        let outcome = self.source(Access::Read)?.describe_statement(sql);
        outcome.map_err(|error| self.failed_statement(error))
    }

    /// Makes the database look at a foreign key when the transaction ends. `false` when it cannot be told so.
    pub(crate) fn defer_foreign_key(&mut self, table: &TableName, columns: &[&str]) -> Result<bool> {
        let table = self.placed(table);
        let outcome = self.source(Access::Write)?.defer_foreign_key(&table, columns);
        outcome.map_err(|error| self.failed_statement(error))
    }

    /// Runs a statement that reads.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        sink: impl FnMut(&dyn Row) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.query_for(Access::Read, sql, params, sink)
    }

    /// Runs a statement that writes, and returns rows.
    pub(crate) fn returning(
        &mut self,
        sql: &str,
        params: &[ValueRef<'_>],
        sink: impl FnMut(&dyn Row) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.query_for(Access::Write, sql, params, sink)
    }

    /// Runs a statement that returns rows. When it fails in a transaction, that has failed; and so it has when `sink` does not take what a
    /// write returns, for nobody knows then what was written.
    pub(crate) fn query_for(
        &mut self,
        access: Access,
        sql: &str,
        params: &[ValueRef<'_>],
        mut sink: impl FnMut(&dyn Row) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let (mut refused, mut answered) = (false, false);
        self.note_sent(sql);
        let outcome = loop {
            let outcome = self.source(access)?.query(sql, params, &mut |row| {
                answered = true;
                let taken = sink(row);
                refused = taken.is_err();
                taken
            });
            match outcome {
                Err(error) if !answered && self.leave_replica(&error) => {}
                outcome => break outcome,
            }
        };
        match refused && access != Access::Write {
            true => outcome.inspect_err(|error| self.last_failure.note(error)),
            false => outcome.map_err(|error| self.failed_statement(error)),
        }
    }

    /// Runs a statement that returns rows.
    pub(super) fn run(
        &mut self,
        statement: &Prepared,
        sink: impl FnMut(&dyn Row) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.raw |= statement.raw;
        with_refs(&statement.params, |params| self.query_for(statement.access, &statement.text, params, sink))?;
        if statement.raw { self.check_transaction() } else { Ok(()) }
    }

    /// Runs a statement that changes rows, hands what it returns of each to `each`, and tells how many there were.
    pub(crate) fn write(&mut self, statement: &Write, mut each: impl FnMut(&dyn Row) -> Result<()>) -> Result<u64> {
        let (text, params) = render::write_within(self.dialect(), &self.context, statement)?;
        with_refs(&params, |params| {
            if statement.returning.is_empty() {
                return self.execute(&text, params);
            }
            let mut count = 0;
            self.returning(&text, params, |row| {
                count += 1;
                each(row)?;
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(count)
        })
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[ValueRef<'_>]) -> Result<u64> {
        self.note_sent(sql);
        let outcome = self.source(Access::Write)?.execute(sql, params);
        outcome.map_err(|error| self.failed_statement(error))
    }

    pub(crate) fn execute_batch(
        &mut self,
        sql: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        self.note_sent(sql);
        let outcome = self.source(Access::Write)?.execute_batch(sql, rows, bind, done);
        outcome.map_err(|error| self.failed_statement(error))
    }

    /// Runs a statement that has to find so many rows, and tells whether it did. If not, what it did is taken back.
    pub(crate) fn execute_for_all(&mut self, sql: &str, params: &[ValueRef<'_>], rows: usize) -> Result<bool> {
        self.note_sent(sql);
        let mut source = self.source(Access::Write)?;
        let mut run = || {
            source.savepoint(ALL_OR_NONE)?;
            if source.execute(sql, params)? == rows as u64 {
                return Ok(true);
            }
            source.rollback_to_savepoint(ALL_OR_NONE).map(|()| false)
        };
        let outcome = run();
        drop(source);
        outcome.map_err(|error| self.failed_statement(error))
    }

    /// Runs a statement that lists rows, and tells how many it wrote. If it fails for the sake of a row, the statement for one row is run for
    /// each, and the error has the number of the row that fails.
    pub(crate) fn execute_list(
        &mut self,
        statement: &ListOfRows<'_>,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
    ) -> Result<u64> {
        let ListOfRows { list, single, behind, rows } = *statement;
        self.note_sent(list);
        let mut source = self.source(Access::Write)?;
        let bind_behind = |out: &mut dyn Bind| behind.iter().try_for_each(|value| out.bind(value.to_ref()));
        let (mut done, mut written) = (0, 0);
        let listed = source.execute_batch(
            list,
            1,
            &mut |_, out| {
                (0..rows).try_for_each(|row| bind(row, out))?;
                bind_behind(out)
            },
            &mut |_, effect| written = effect.affected,
        );
        let outcome = match listed {
            Err(error) if is_of_a_row(error.kind()) && matches!(source.transaction(), Ok(TransactionState::Begun)) => {
                let each = source.execute_batch(
                    single,
                    rows,
                    &mut |row, out| bind(row, out).and_then(|()| bind_behind(out)),
                    &mut |_, effect| {
                        done += 1;
                        written += effect.affected;
                    },
                );
                each.map_err(|error| error.with_row(done + 1))
            }
            outcome => outcome,
        };
        drop(source);
        outcome.map(|()| written).map_err(|error| self.failed_statement(error))
    }

    /// Copies rows into a table. `None` if such rows cannot be copied, of which none was taken then.
    pub(crate) fn copy_in(&mut self, rows: &CopyRows<'_>, next: &mut NextRow<'_>) -> Result<Option<u64>> {
        self.note_sent(rows.sql);
        let outcome = self.source(Access::Write)?.copy_in(rows, next);
        outcome.map_err(|error| self.failed_statement(error))
    }

    pub(crate) fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.note_sent(sql);
        let outcome = self.source(Access::Write)?.execute_script(sql);
        outcome.map_err(|error| self.failed_statement(error))?;
        self.check_transaction()
    }
}

/// Whether an error may be that of one row among many.
fn is_of_a_row(kind: ErrorKind) -> bool {
    use ErrorKind::{
        CheckViolation, Database, Decode, ForeignKeyViolation, NotNullViolation, UniqueViolation, Unsupported,
    };
    matches!(
        kind,
        UniqueViolation | ForeignKeyViolation | NotNullViolation | CheckViolation | Decode | Unsupported | Database
    )
}
