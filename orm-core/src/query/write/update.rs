//! Updates and deletes of the rows of a query.

use std::marker::PhantomData;
use std::time::SystemTime;

use super::super::{Of, Parts, Query, Within};
use super::assign::set_list;
use super::{Assignments, FieldValues, Statement};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::{Model, require_writable};
use crate::render;
use crate::sql::{self, SelectItem, Write};
use crate::value::Value;

/// How a bulk update or delete brings the objects of the session in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronize {
    /// [`Evaluate`](Self::Evaluate) if the transaction protects the objects of the model, as a serializable one does, so that memory is exact. Otherwise
    /// [`Fetch`](Self::Fetch).
    #[default]
    Auto,
    /// The conditions are evaluated over the objects of the session. Joins, patterns, functions, subqueries and an order of text cannot be
    /// evaluated, and are an error. If the database changes another number of rows, memory was stale: the objects of the model keep their
    /// values, and are read again when they are needed. The statement returns the results of expressions.
    Evaluate,
    /// The statement returns the keys of the rows that it changed.
    Fetch,
    /// Objects stay as they are, and may be stale.
    None,
}

/// An UPDATE or a DELETE of the rows of a query: one statement, whatever the number of rows. `S` is what it sets.
///
/// It may read the sources that the query joins.
///
/// The objects of the session follow by [`Synchronize`], and a rollback brings them back with their values. Nothing runs for single objects:
/// no cascade of the session (foreign keys of the database still cascade), no hook, no `on_update`, no version check and no new version.
#[must_use = "it does nothing until it is executed"]
#[derive(Debug)]
pub struct BulkWrite<M, Q, S> {
    pub(crate) parts: Parts,
    pub(crate) set: S,
    pub(crate) synchronize: Synchronize,
    types: PhantomData<fn() -> (M, Q)>,
}

/// `UPDATE .. SET .. FROM .. WHERE ..`. If several rows of the joined sources match one updated row, the database takes one of them.
pub type BulkUpdate<M, Q = (Of<M>, ())> = BulkWrite<M, Q, FieldValues>;

/// `DELETE .. WHERE ..`. A row is deleted if a joined row passes with it.
pub type BulkDelete<M, Q = (Of<M>, ())> = BulkWrite<M, Q, Deletion>;

/// What becomes of deleted rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// What the model says: they are marked, if it has `soft_delete`.
    AsModelled,
    /// They are gone.
    ForGood,
}

impl<M: Model, Q> Query<M, Q> {
    /// Updates the rows of the query instead of reading them. The values may read the sources that the query joins.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let iains = Book::query().filter(Book::author_id.eq(1));
    /// let changed = iains.clone().update(Book::pages.set(Book::pages + 1)).execute(&mut session)?; // one statement
    /// assert_eq!(changed, 2);
    /// let titles: Vec<String> = iains.delete().returning(Book::title).all(&mut session)?;
    /// assert_eq!(titles.len(), 2);
    /// session.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update<A: Assignments<M, Scope: Within<Q, I, Null: Sized>>, I>(self, assignments: A) -> BulkUpdate<M, Q> {
        const { require_writable::<M>() };
        let mut set = FieldValues::new();
        assignments.assign(&mut set);
        BulkWrite::new(self, set)
    }

    /// Deletes the rows of the query instead of reading them. Those of a model with `soft_delete` are marked, by an UPDATE.
    ///
    /// See the example of [`update`](Query::update).
    pub fn delete(self) -> BulkDelete<M, Q> {
        const { require_writable::<M>() };
        BulkWrite::new(self, Deletion::AsModelled)
    }

    /// Deletes the rows of the query for good, those included that are marked as deleted.
    ///
    /// See the example of [`update`](Query::update): of a model without `soft_delete` it is [`delete`](Query::delete).
    pub fn purge(self) -> BulkDelete<M, Q> {
        const { require_writable::<M>() };
        BulkWrite::new(self.with_deleted(), Deletion::ForGood)
    }
}

impl<M, Q, S> BulkWrite<M, Q, S> {
    fn new(query: Query<M, Q>, set: S) -> Self {
        Self { parts: query.parts, set, synchronize: Synchronize::Auto, types: PhantomData }
    }

    /// How the objects of the session are kept right.
    pub fn synchronize(mut self, how: Synchronize) -> Self {
        self.synchronize = how;
        self
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `InvalidState` when the query does not name rows of one table, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)>
    where
        Self: Statement + Clone,
    {
        render::write_statement(dialect, &self.clone().into_write(Vec::new())?)
    }
}

impl<M: Model, Q> Statement for BulkUpdate<M, Q> {
    fn into_write(self, returning: Vec<SelectItem>) -> Result<Write> {
        let set = set_list::<M>("update", self.set)?;
        self.parts.update(M::table().name.clone(), set, returning)
    }
}

impl<M: Model, Q> Statement for BulkDelete<M, Q> {
    fn into_write(self, returning: Vec<SelectItem>) -> Result<Write> {
        let table = M::table();
        let mut write = self.parts.delete(table.name.clone(), returning)?;
        if let Some(soft_delete) = table.soft_delete.filter(|_| self.set == Deletion::AsModelled) {
            let column = &table.columns[soft_delete.column];
            let mark = sql::Expr::Param((soft_delete.marks.deleted)(SystemTime::now()), column.sql_type);
            write.set(set_list::<M>("delete", vec![(column.field, mark)])?);
        }
        Ok(write)
    }
}

impl<M, Q, S: Clone> Clone for BulkWrite<M, Q, S> {
    fn clone(&self) -> Self {
        let Self { parts, set, synchronize, types } = self;
        Self { parts: parts.clone(), set: set.clone(), synchronize: *synchronize, types: *types }
    }
}
