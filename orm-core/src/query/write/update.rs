//! Updates and deletes of the rows of a query.

use std::marker::PhantomData;

use super::super::{Of, Parts, Query, Within};
use super::Assignments;
use super::assign::set_list;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::Model;
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

/// `UPDATE .. SET .. WHERE ..`: one statement, whatever the number of rows.
///
/// It may read the sources that the query joins: `UPDATE .. SET .. FROM .. WHERE ..`. If several of their rows match one updated row, the
/// database takes one of them.
///
/// The objects of the session follow by [`Synchronize`], and a rollback brings their values back. Nothing runs for single objects: no
/// cascade, no hook, no `on_update`, no version check and no new version.
#[must_use = "an update does nothing until it is executed"]
#[derive(Debug)]
pub struct BulkUpdate<M, Q = (Of<M>, ())> {
    pub(crate) parts: Parts,
    pub(crate) set: Vec<(usize, sql::Expr)>,
    pub(crate) synchronize: Synchronize,
    types: PhantomData<fn() -> (M, Q)>,
}

/// `DELETE .. WHERE ..`: one statement, whatever the number of rows.
///
/// It may read the sources that the query joins. A row is deleted if a joined row passes with it.
///
/// The objects of the session follow by [`Synchronize`], and a rollback brings them back. Nothing runs for single objects: no cascade
/// of the session (foreign keys of the database still cascade), no hook and no version check.
#[must_use = "a delete does nothing until it is executed"]
#[derive(Debug)]
pub struct BulkDelete<M, Q = (Of<M>, ())> {
    pub(crate) parts: Parts,
    pub(crate) synchronize: Synchronize,
    types: PhantomData<fn() -> (M, Q)>,
}

impl<M, Q> Clone for BulkUpdate<M, Q> {
    fn clone(&self) -> Self {
        let Self { parts, set, synchronize, types } = self;
        Self { parts: parts.clone(), set: set.clone(), synchronize: *synchronize, types: *types }
    }
}

impl<M, Q> Clone for BulkDelete<M, Q> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), synchronize: self.synchronize, types: self.types }
    }
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
    pub fn update<A: Assignments<M, Scope: Within<Q, I>>, I>(self, assignments: A) -> BulkUpdate<M, Q> {
        let mut set = Vec::new();
        assignments.assign(&mut set);
        BulkUpdate { parts: self.parts, set, synchronize: Synchronize::Auto, types: PhantomData }
    }

    /// Deletes the rows of the query instead of reading them.
    ///
    /// See the example of [`update`](Query::update).
    pub fn delete(self) -> BulkDelete<M, Q> {
        BulkDelete { parts: self.parts, synchronize: Synchronize::Auto, types: PhantomData }
    }
}

impl<M: Model, Q> BulkUpdate<M, Q> {
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
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::write_statement(dialect, &Write::Update(self.statement(Vec::new())?))
    }

    pub(crate) fn statement(&self, returning: Vec<SelectItem>) -> Result<sql::Update> {
        let table = M::table();
        let set = set_list(table, "update", self.set.clone())?;
        let rows = self.parts.changed_rows("update")?;
        let table = table.name.clone();
        Ok(sql::Update { with: rows.with, table, set, from: rows.sources, filter: rows.filter, returning })
    }
}

impl<M: Model, Q> BulkDelete<M, Q> {
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
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::write_statement(dialect, &Write::Delete(self.statement(Vec::new())?))
    }

    pub(crate) fn statement(&self, returning: Vec<SelectItem>) -> Result<sql::Delete> {
        let rows = self.parts.changed_rows("delete")?;
        let table = M::table().name.clone();
        Ok(sql::Delete { with: rows.with, table, using: rows.sources, filter: rows.filter, returning })
    }
}
