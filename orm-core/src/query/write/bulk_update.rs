//! Updates of any number of rows by their keys, which are taken one by one.

use std::fmt;

use super::assign::written_columns;
use super::conflict::problem_of;
use super::{ColumnList, FromIter, ValuesFor};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::sql::Problem;
use crate::value::Value;

/// A key, and the values of columns in its row.
pub type KeyedRow<M, V> = (<M as Model>::Key, V);

/// UPDATEs the same columns of the rows of an iterator, by primary key, in memory that does not grow with their number:
/// [`bulk_update`](crate::query::ModelQuery::bulk_update).
#[must_use = "an update does nothing until it is executed"]
pub struct BulkUpdateRows<M, I, V, P = fn(u64)> {
    /// The columns, by index.
    pub(crate) columns: Vec<usize>,
    pub(crate) rows: FromIter<I, P>,
    /// Makes values of a row.
    pub(crate) values: fn(V) -> Vec<Value>,
    problem: Option<Problem>,
    model: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model, I, V> BulkUpdateRows<M, I, V> {
    pub(in crate::query) fn new<C: ColumnList<M>>(columns: C, rows: I) -> Self
    where
        V: ValuesFor<C::Values>,
    {
        let table = M::table();
        let mut fields = Vec::new();
        columns.list_fields(&mut fields);
        let checked = written_columns::<M>("bulk_update", &fields);
        let mut problem = checked.as_ref().err().map(problem_of);
        let columns = checked.unwrap_or_default();
        if let Some(key) = columns.iter().find(|column| table.primary_key.contains(column)) {
            let message = format!(
                "`bulk_update` finds rows by their primary key, and cannot set `{}`, which is part of it",
                table.columns[*key].name
            );
            problem.get_or_insert((ErrorKind::InvalidState, message));
        }
        let values = |row: V| {
            let mut values = Vec::new();
            row.list_values(&mut values);
            values
        };
        let rows = FromIter { rows, progress: None };
        Self { columns, rows, values, problem, model: std::marker::PhantomData }
    }
}

impl<M, I, V, P> BulkUpdateRows<M, I, V, P> {
    /// Calls `progress` with the number of rows that have been sent, each time after some thousand of them.
    pub fn on_progress<F: FnMut(u64)>(self, progress: F) -> BulkUpdateRows<M, I, V, F> {
        let Self { columns, rows, values, problem, model } = self;
        let rows = FromIter { rows: rows.rows, progress: Some(progress) };
        BulkUpdateRows { columns, rows, values, problem, model }
    }

    /// # Errors
    ///
    /// The first mistake in building it.
    pub(crate) fn check(&self) -> Result<()> {
        self.problem.clone().map_or(Ok(()), |(kind, message)| Err(Error::new(kind, message)))
    }
}

impl<M: Model, I, V, P> fmt::Debug for BulkUpdateRows<M, I, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkUpdateRows")
            .field("model", &M::spec().name)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}
