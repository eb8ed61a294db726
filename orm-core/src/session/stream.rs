//! Results row by row and batch by batch, none of which is kept.

use std::ops::ControlFlow;

use super::Session;
use super::arena::Populate;
use super::events::loaded;
use super::rows::{Reading, populate};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::query::{Query, RowType, Rows};

/// What a closure that is handed rows returns: nothing, or whether to go on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether to go on",
    label = "return `Ok(())`, or `Ok(ControlFlow::Break(()))` to stop"
)]
pub trait Proceed {
    /// Whether to go on.
    fn flow(self) -> ControlFlow<()>;
}

impl Proceed for () {
    fn flow(self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Proceed for ControlFlow<()> {
    fn flow(self) -> Self {
        self
    }
}

impl<M: Model, Q> Query<M, Q> {
    /// Hands each row to `work` as a plain value, which the session does not track. Rows come from the database as they are asked for: the
    /// memory that it takes does not grow with the result. `work` may end it by `Ok(ControlFlow::Break(()))`.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all), and the first error of `work`, which ends the reading.
    pub fn each<F: Proceed>(self, session: &mut Session, mut work: impl FnMut(M) -> Result<F>) -> Result<()> {
        session.autoflush(&self.parts.tables())?;
        let select = self.parts.entity_statement()?;
        session.read_rows(&select, M::spec().name, Populate::Keep, Reading::Stream, |row| {
            Ok(work(loaded(M::read(row)?)?)?.flow())
        })
    }

    /// Hands the rows to `work` as plain values, `size` at a time, as [`each`](Query::each) does one by one. The last batch may be
    /// smaller; there is none when there are no rows.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a size of 0, and as [`each`](Query::each).
    pub fn batches<F: Proceed>(
        self,
        session: &mut Session,
        size: usize,
        work: impl FnMut(Vec<M>) -> Result<F>,
    ) -> Result<()> {
        batched(size, work, |push| self.each(session, push))
    }
}

impl<R: RowType, Q> Query<Rows<R>, Q> {
    /// Hands each row to `work`. Rows come from the database as they are asked for: the memory that it takes does not grow with the
    /// result, but for objects, which the session keeps. `work` may end it by `Ok(ControlFlow::Break(()))`.
    ///
    /// # Errors
    ///
    /// As [`all`](Query::all), and the first error of `work`, which ends the reading.
    pub fn each<F: Proceed>(self, session: &mut Session, mut work: impl FnMut(R) -> Result<F>) -> Result<()> {
        session.autoflush(&self.parts.tables())?;
        let select = self.parts.row_statement()?;
        session.read_rows(&select, R::subject(), populate(&self.parts), Reading::Stream, |row| {
            Ok(work(R::read(row)?)?.flow())
        })?;
        session.tell_states();
        Ok(())
    }

    /// Hands the rows to `work`, `size` at a time, as [`each`](Query::each) does one by one. The last batch may be smaller; there is none
    /// when there are no rows.
    ///
    /// # Errors
    ///
    /// `InvalidState` for a size of 0, and as [`each`](Query::each).
    pub fn batches<F: Proceed>(
        self,
        session: &mut Session,
        size: usize,
        work: impl FnMut(Vec<R>) -> Result<F>,
    ) -> Result<()> {
        batched(size, work, |push| self.each(session, push))
    }
}

type Push<'a, T> = &'a mut dyn FnMut(T) -> Result<ControlFlow<()>>;

/// Collects what `read` pushes, and hands it on in batches.
fn batched<T, F: Proceed>(
    size: usize,
    mut work: impl FnMut(Vec<T>) -> Result<F>,
    read: impl FnOnce(Push<'_, T>) -> Result<()>,
) -> Result<()> {
    if size == 0 {
        return Err(Error::new(ErrorKind::InvalidState, "a batch has at least 1 row"));
    }
    let mut batch = Vec::new();
    read(&mut |row| {
        batch.push(row);
        if batch.len() < size { Ok(ControlFlow::Continue(())) } else { Ok(work(std::mem::take(&mut batch))?.flow()) }
    })?;
    if batch.is_empty() { Ok(()) } else { work(batch).map(drop) }
}
