//! One flush, from beginning to end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::ModelId;
use crate::session::Session;
use crate::session::events::Moment;
use crate::session::objects::marks::Marks;
use crate::session::relations::owners::Owners;
use crate::session::transaction::span;

use super::changes::check;
use super::changes::work::Lessons;
use super::execute::run::run_plan;
use super::order::build;
use super::plan::FlushPlan;
use super::prepare::call_hooks::HookedRows;
use super::prepare::settle;

/// What follows a flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The transaction goes on.
    GoOn,
    /// The commit.
    Commit,
}

impl Session {
    /// Writes all changes to the database, within the transaction.
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// Before any SQL: a missing key, a stale handle, a cycle of rows. From the database: a violated constraint, a row that
    /// somebody else changed. Objects stay as they were written to; after an error of the database the session needs a
    /// [`rollback`](Session::rollback).
    pub fn flush(&mut self) -> Result<()> {
        let _span = span("flush");
        self.flush_round(Then::GoOn).map(drop)
    }

    /// A flush, which tells whether there was something to write.
    pub(crate) fn flush_round(&mut self, then: Then) -> Result<bool> {
        self.refuse_within_flush("flush")?;
        self.flushing = true;
        let mut marks = Marks::new(self.store.next_mark());
        // A listener or a hook may panic; the session must not believe for ever that it is flushing.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.flush_once(&mut marks, then)));
        if !matches!(outcome, Ok(Ok(_))) {
            // What the flush itself marked, it takes back: the objects are as the user left them.
            if self.store.has_image {
                self.store.restore_image();
            }
            self.store.unmark(&marks);
            self.store.unsettle();
            self.store.restore_hooked();
        }
        self.flushing = false;
        self.listeners.flushed = Arc::default();
        if let Ok(Err(error)) = &outcome {
            self.links.note_failure(error);
        }
        let result = outcome.unwrap_or_else(|panic| {
            self.links.fail_begun(&Error::new(ErrorKind::InvalidState, "a listener or a hook panicked"));
            resume_unwind(panic)
        });
        self.tell_states();
        result
    }

    /// What ends a transaction, or flushes, is not for the listeners of a flush.
    pub(crate) fn refuse_within_flush(&self, verb: &str) -> Result<()> {
        if !self.flushing {
            return Ok(());
        }
        let message = format!(
            "{verb}() within a flush; what a listener of before_flush changes takes part in the flush, and what one of \
             after_flush changes goes with the next"
        );
        Err(Error::new(ErrorKind::InvalidState, message))
    }

    pub(crate) fn has_work(&mut self) -> Result<bool> {
        self.store.sync();
        if let Some(error) = self.store.first_defect() {
            return Err(error);
        }
        self.store.refuse_rolled_back()?;
        check::pending_relations(&self.store)?;
        check::abstract_bases(&self.store)?;
        Ok(self.store.has_any_work())
    }

    fn flush_once(&mut self, marks: &mut Marks, then: Then) -> Result<bool> {
        self.confirm_expired_writes()?;
        if !self.has_work()? {
            self.store.clean_touched();
            return Ok(false);
        }
        if self.is_heard(Moment::BeforeFlush) {
            // Listeners see all that goes.
            self.complete_deletes(Vec::new(), Owners::default(), marks)?;
        }
        self.tell(Moment::BeforeFlush)?;
        if !self.has_work()? {
            self.store.clean_touched();
            return Ok(false);
        }
        self.prepare_deletes(marks)?;
        self.complete_written()?;
        self.prepare_keys()?;
        let hooked = self.store.before_hooks()?;
        self.store.protect(self.links.protection());
        self.describe_keys()?;
        self.settle_values()?;
        let plan = self.begin_plan(&hooked, then)?;
        if plan.is_empty() {
            self.store.settled.clear();
            self.store.keep_hooked();
            return Ok(false);
        }
        self.store.note_unlogged(plan.unlogged(&self.store));
        let Self { links, store, .. } = self;
        let executed = run_plan(links, store, &plan);
        let outcome = executed.inspect_err(|error| self.links.fail(error))?;
        // Hooks and listeners may object to what they are told.
        let may_fail = !hooked.is_empty() || self.hears_flushes();
        if may_fail {
            self.store.begin_image();
        }
        let changed = self.hears_flushes().then(|| self.store.changed_rows(&plan));
        self.store.apply(&plan, &outcome);
        self.listeners.flushed = changed.map(|rows| self.store.row_changes(rows)).unwrap_or_default();
        if may_fail {
            self.tell_flushed(&hooked, &plan).inspect_err(|error| self.links.fail(error))?;
            self.store.drop_image();
        }
        marks.clear();
        self.store.settled.clear();
        self.store.keep_hooked();
        Ok(true)
    }

    /// The plan, for which a transaction has begun in which it can be carried out.
    fn begin_plan(&mut self, hooked: &HookedRows, then: Then) -> Result<FlushPlan> {
        let mut lessons = Lessons::of(&self.links);
        loop {
            let plan = build::plan(&self.store, &mut lessons)?;
            if plan.is_empty() {
                return Ok(plan);
            }
            self.links.check_plan(&self.store, &plan)?;
            self.check_places(&plan)?;
            settle::check_keys(&mut self.links, &self.store, &plan)?;
            self.begin_writing(&plan, hooked, then)?;
            let rigid = self.defer_keys(&plan)?;
            if rigid.is_empty() {
                return Ok(plan);
            }
            lessons.rigid.extend(rigid);
        }
    }

    /// Begins a transaction for a plan, unless its only statement can be one by itself: one that takes full effect or none, and whose
    /// success that needs no check.
    fn begin_writing(&mut self, plan: &FlushPlan, hooked: &HookedRows, then: Then) -> Result<()> {
        let alone = then == Then::Commit && hooked.is_empty() && !self.hears_flushes() && plan.is_one_row(&self.store);
        self.links.begin_writing(plan.tables(), alone)
    }

    /// Has the database look at keys when the transaction ends that the plan breaks for a while. Gives those that it looks at with
    /// each statement.
    fn defer_keys(&mut self, plan: &FlushPlan) -> Result<Vec<(ModelId, usize)>> {
        let mut rigid = Vec::new();
        for &(table, key) in &plan.put_off {
            let columns = table.foreign_keys[key].columns.clone();
            let columns: Vec<&str> = columns.map(|column| &*table.columns[column].name).collect();
            if !self.links.of(&table.name).defer_foreign_key(&table.name, &columns)? {
                rigid.push((table.id, key));
            }
        }
        Ok(rigid)
    }

    /// Tells hooks and listeners that the statements of a flush have run.
    fn tell_flushed(&mut self, hooked: &HookedRows, plan: &FlushPlan) -> Result<()> {
        self.store.after_hooks(hooked, plan)?;
        self.tell(Moment::AfterFlush)?;
        self.tell_states_now();
        self.tell(Moment::AfterFlushPostexec)
    }
}
