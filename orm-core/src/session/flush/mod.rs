//! The flush: what changed in memory is written in as few statements as there can be.
//!
//! Four steps, one file each: [`work`] looks at what changed, row by row; [`build`] orders it into a [`plan`];
//! [`execute`] runs the plan; [`apply`] brings memory in step. Only preparing and executing do I/O, and no object is
//! written to before everything has succeeded.

mod apply;
mod build;
mod cells;
mod check;
mod compute;
mod execute;
mod order;
mod plan;
mod rows;
mod work;

use super::Session;
use super::store::Store;
use crate::driver::TransactionMode;
use crate::error::{Error, ErrorKind, Result};

use execute::Execution;

impl Session {
    /// Writes all changes to the database, within the transaction.
    ///
    /// # Errors
    ///
    /// Before any SQL: a missing key, a stale handle, a circle of rows. From the database: a violated constraint, a row that
    /// somebody else changed. Objects stay as they were written to; after an error of the database the session needs a
    /// [`rollback`](Session::rollback).
    pub fn flush(&mut self) -> Result<()> {
        if self.flushing {
            return Err(Error::new(ErrorKind::InvalidState, "a flush is running already"));
        }
        self.flushing = true;
        let mut marked = Vec::new();
        let result = self.flush_once(&mut marked);
        self.flushing = false;
        if result.is_err() {
            // What the flush itself marked, it takes back: the objects are as the user left them.
            self.unmark(&marked);
        }
        result
    }

    /// Inserts the objects of a store that is no session's. Nothing is written back into it.
    pub(super) fn write_untracked(&mut self, rows: &Store) -> Result<()> {
        let plan = build::plan(rows)?.without_results();
        self.link.begin(TransactionMode::Write)?;
        let written = Execution::new(&mut self.link, rows, &plan).run();
        written.map(drop).inspect_err(|error| self.link.fail(error))
    }

    fn flush_once(&mut self, marked: &mut Vec<(crate::schema::ModelId, u32)>) -> Result<()> {
        self.store.sync();
        if let Some(error) = self.store.first_defect() {
            return Err(error);
        }
        check::carriers(&self.store)?;
        if !self.store.concerns(|_| true) {
            self.store.clean_touched();
            return Ok(());
        }
        self.prepare_deletes(marked)?;
        let plan = build::plan(&self.store)?;
        if plan.is_empty() {
            return Ok(());
        }
        self.link.begin(TransactionMode::Write)?;
        let Self { link, store, .. } = self;
        match Execution::new(link, store, &plan).run() {
            Ok(outcome) => {
                self.store.apply(&plan, &outcome);
                Ok(())
            }
            Err(error) => {
                self.link.fail(&error);
                Err(error)
            }
        }
    }
}
