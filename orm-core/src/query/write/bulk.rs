//! Inserts of any number of rows, which are taken one by one.

use super::Insert;
use crate::error::Result;
use crate::model::Model;

/// An INSERT of the rows of an iterator, in memory that does not grow with their number. `C` tells whether existing rows are updated.
pub type BulkInsert<M, I, C = ()> = Insert<M, FromIter<I>, C>;

/// In an [`Insert`]: the rows of an iterator, and what is called for the progress.
#[derive(Debug, Clone)]
pub struct FromIter<I, P = fn(u64)> {
    pub(crate) rows: I,
    pub(crate) progress: Option<P>,
}

/// An item of a bulk insert of `T`: a `T`, or the result of making one, whose error ends the insert.
#[diagnostic::on_unimplemented(
    message = "a bulk insert of `{T}` takes no `{Self}`",
    label = "expected an iterator over `{T}` or `orm::Result<{T}>`"
)]
pub trait BulkItem<T> {
    /// The row.
    ///
    /// # Errors
    ///
    /// Why it could not be made.
    fn into_row(self) -> Result<T>;
}

#[diagnostic::do_not_recommend]
impl<T> BulkItem<T> for T {
    fn into_row(self) -> Result<T> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> BulkItem<T> for Result<T> {
    fn into_row(self) -> Self {
        self
    }
}

impl<M: Model, I> Insert<M, FromIter<I>> {
    pub(in crate::query) fn from_iter(rows: I) -> Self {
        Self::new(FromIter { rows, progress: None }, None)
    }
}

impl<M, I, P, C> Insert<M, FromIter<I, P>, C> {
    /// Calls `progress` with the number of rows that have been sent, each time after some thousand of them.
    ///
    /// See the example of [`bulk_insert`](crate::query::ModelQuery::bulk_insert).
    pub fn on_progress<F: FnMut(u64)>(self, progress: F) -> Insert<M, FromIter<I, F>, C> {
        let source = FromIter { rows: self.source.rows, progress: Some(progress) };
        Insert::of_source(source, self.conflict, self.problem)
    }
}
