//! `RETURNING`: the values of the rows that a statement changes.

use crate::query::Sealed;
use std::marker::PhantomData;

use super::super::{Derived, FilledFrom, Of, Readable, RowType, Rows, SameRows, Selection, Subquery, label};
use super::conflict::problem_of;
use super::{BulkWrite, Insert};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::Model;
use crate::render;
use crate::sql::{self, Body, Expr, Nested, SelectItem, Write};
use crate::value::Value;

/// An INSERT, UPDATE or DELETE of rows of one model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` changes no rows",
    label = "expected an insert, an update or a delete of a model"
)]
pub trait Writes: Sized + Sealed {
    /// The model whose rows are changed.
    type Model: Model;

    /// What `returning` may read.
    type Scope;

    /// Returns a column, an expression, the [`object`](super::super::ModelQuery::object), or a tuple of some, of each row that was
    /// inserted, updated or deleted. The values are those after the statement, or before a delete. The rows of `insert_all` are in the
    /// order of the values. Objects are those of [`returning_objects`](Writes::returning_objects).
    ///
    /// An upsert does not return rows that it leaves as they are. A subquery in the values reads the database as it was before the
    /// statement.
    fn returning<S, I>(self, selection: S) -> Returning<Self, Rows<<S::Picks as Readable<Self::Scope, I>>::Row>>
    where
        S: Selection,
        S::Picks: Readable<Self::Scope, I>,
    {
        let mut items = Vec::new();
        selection.select_items(&mut items);
        Returning { write: self, items, objects: S::OBJECTS, types: PhantomData }
    }

    /// Returns the objects of the rows that were inserted, updated or deleted. They are in the session as if they had been loaded:
    /// `after_load` is called for new ones, and no other hook.
    fn returning_objects(self) -> Returning<Self, Self::Model> {
        let table = Self::Model::table();
        let columns = table.columns.iter().map(|column| Expr::column(table, column));
        Returning { write: self, items: columns.map(SelectItem::from).collect(), objects: true, types: PhantomData }
    }
}

impl<M: Model, S, C> Writes for Insert<M, S, C> {
    type Model = M;
    type Scope = (Of<M>, ());
}

impl<M: Model, Q, S> Writes for BulkWrite<M, Q, S> {
    type Model = M;
    type Scope = Q;
}

impl<W, R: RowType> Returning<W, Rows<R>> {
    /// Reads each row as a struct with `#[derive(FromRow)]`: the first value is its first field, and so on. The types have to be the
    /// same.
    pub fn rows_as<T: FilledFrom<R>>(self) -> Returning<W, Rows<T>> {
        Returning { write: self.write, items: self.items, objects: self.objects, types: PhantomData }
    }
}

/// An INSERT, UPDATE or DELETE that returns its rows: as `T`, the model, or [`Rows<R>`].
#[must_use = "a statement does nothing until it is run"]
#[derive(Debug, Clone)]
pub struct Returning<W, T> {
    pub(crate) write: W,
    pub(crate) items: Vec<SelectItem>,
    /// Whether objects come back.
    pub(crate) objects: bool,
    types: PhantomData<fn() -> T>,
}

/// A statement that can be a part of another one, and be shown as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no single statement",
    label = "`insert_all` may take several statements; use `insert_with` or `insert_from`"
)]
pub trait Statement: Sealed {
    /// The statement, with what comes back.
    ///
    /// # Errors
    ///
    /// Mistakes in building it.
    #[doc(hidden)]
    fn into_write(self, returning: Vec<SelectItem>) -> Result<Write>;
}

impl<W: Statement + Clone, T> Returning<W, T> {
    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// Mistakes in building it, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::write_statement(dialect, &self.write.clone().into_write(self.items.clone())?)
    }
}

impl<W: Statement, R: RowType> Returning<W, Rows<R>> {
    /// The returned rows as a common table expression of a query: `WITH "D" AS (DELETE .. RETURNING ..) SELECT ..`. The query sees all
    /// other tables as they were before the statement. Not every database has it.
    ///
    /// The session does not learn which rows were changed, so its objects of the model expire.
    pub fn cte<D: Derived>(self, _columns: D) -> Subquery<D>
    where
        R: SameRows<D::Row, Checked: Sized>,
    {
        let (mut body, with) = match self.write.into_write(self.items) {
            Ok(mut write) => {
                let with = std::mem::take(&mut write.with);
                (Body::Write(Nested::new(write)), with)
            }
            Err(error) => {
                let nothing = sql::Source::of(sql::Origin::With(D::name()));
                let mut select = sql::Select::from_source(nothing, Vec::new());
                select.problem = Some(problem_of(&error));
                (Body::Select(Nested::new(select)), sql::Withs::new())
            }
        };
        label::name_columns(&mut body, D::COLUMNS);
        Subquery::under_name(body, with, false)
    }
}
