use std::sync::Arc;
use std::time::Duration;

use orm_core::dialect::Dialect;
use orm_core::driver::{
    Backend, BatchDone, Bind, Connection, Limits, Notification, RowSink, RowStream, TransactionMode, TransactionState,
};
use orm_core::schema::{TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

/// A backend without a database.
#[derive(Debug)]
pub(super) struct SilentBackend {
    dialect: &'static dyn Dialect,
}

impl SilentBackend {
    /// One that speaks as `backend` does.
    pub(super) fn like(backend: Arc<dyn Backend>) -> Self {
        Self { dialect: backend.dialect() }
    }
}

impl Backend for SilentBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        Ok(Box::new(Silent { state: TransactionState::None, last_insert_id: 0 }))
    }
}

struct Silent {
    state: TransactionState,
    last_insert_id: i64,
}

/// Takes values and does nothing with them.
struct Sink;

impl Bind for Sink {
    fn bind(&mut self, _: ValueRef<'_>) -> Result<()> {
        Ok(())
    }
}

fn no_answer() -> Error {
    let message = "there is no database, and the test planned no answer for a statement that returns rows: plan it with \
                   `recorder.next().returns(..)`";
    Error::new(ErrorKind::InvalidState, message)
}

impl Connection for Silent {
    fn query(&mut self, _: &str, _: &[ValueRef<'_>], _: &mut RowSink<'_>) -> Result<()> {
        Err(no_answer())
    }

    fn stream<'c>(&'c mut self, _: &str, _: &[ValueRef<'_>], _: TransactionMode) -> Result<Box<dyn RowStream + 'c>> {
        Err(no_answer())
    }

    fn execute(&mut self, _: &str, _: &[ValueRef<'_>]) -> Result<u64> {
        Ok(1)
    }

    fn execute_batch(
        &mut self,
        _: &str,
        rows: usize,
        bind: &mut dyn FnMut(usize, &mut dyn Bind) -> Result<()>,
        done: &mut dyn FnMut(usize, BatchDone),
    ) -> Result<()> {
        for row in 0..rows {
            bind(row, &mut Sink)?;
            self.last_insert_id += 1;
            done(row, BatchDone { affected: 1, last_insert_id: self.last_insert_id });
        }
        Ok(())
    }

    fn execute_script(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    fn describe_table(&mut self, _: &TableName) -> Result<Option<TableFacts>> {
        Ok(None)
    }

    fn set_limits(&mut self, _: &Limits) -> Result<()> {
        Ok(())
    }

    fn notification(&mut self, _: Duration) -> Result<Option<Notification>> {
        Err(Error::unsupported("an engine without a database", "hearing of channels"))
    }

    fn begin(&mut self, _: TransactionMode) -> Result<()> {
        self.state = TransactionState::Begun;
        Ok(())
    }

    fn transaction(&mut self) -> Result<TransactionState> {
        Ok(self.state)
    }

    fn commit(&mut self) -> Result<()> {
        self.state = TransactionState::None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<()> {
        self.state = TransactionState::None;
        Ok(())
    }

    fn prepare_transaction(&mut self, _: &str) -> Result<()> {
        self.commit()
    }

    fn commit_prepared(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    fn rollback_prepared(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    fn prepared_transactions(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn defer_foreign_key(&mut self, _: &TableName, _: &[&str]) -> Result<bool> {
        Ok(true)
    }

    fn check_deferred(&mut self) -> Result<()> {
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        self.rollback()
    }

    fn is_broken(&self) -> bool {
        false
    }

    fn ping(&mut self) -> Result<()> {
        Ok(())
    }
}
