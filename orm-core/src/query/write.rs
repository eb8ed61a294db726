//! Statements that change rows without objects: bulk updates and deletes, and inserts of plain values.

use std::fmt;
use std::marker::PhantomData;

use super::builder::Parts;
use super::{Column, Of, Operand, Query, Within};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::render;
use crate::sql::{self, ColumnRef, Delete, Update};
use crate::value::{ColumnType, Value};

/// A value that a column of type `V` can take.
#[diagnostic::on_unimplemented(
    message = "a column of type `{V}` cannot be set to a `{Self}`",
    label = "expected `{V}`, found `{Self}`",
    note = "a column that is no `Option` takes no value that may be NULL"
)]
pub trait FitsIn<V> {}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> FitsIn<V> for V {}
#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> FitsIn<Option<T>> for T {}

/// `column = value`, for an update. `S` is what the value reads.
#[derive(Debug, Clone)]
pub struct Assignment<M, S> {
    field: usize,
    value: sql::Expr,
    types: PhantomData<fn() -> (M, S)>,
}

impl<M: Model, V: ColumnType> Column<M, V> {
    /// Sets the column to a value, or to an expression over the row as it was: `User::score.set(User::score + 1)`.
    pub fn set<R: Operand<V::Base, Value: FitsIn<V>>>(self, value: R) -> Assignment<M, R::Scope> {
        Assignment { field: self.field(), value: value.into_operand(), types: PhantomData }
    }
}

/// What `update` takes: `column.set(..)`, or a tuple of some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` assigns nothing to columns of `{M}`",
    label = "expected `{M}::column.set(..)`, or a tuple of up to 12 of those"
)]
pub trait Assignments<M> {
    /// The models that the values read.
    type Scope;

    /// The fields and their values, appended to `set`.
    fn assign(self, set: &mut Vec<(usize, sql::Expr)>);
}

impl<M, S> Assignments<M> for Assignment<M, S> {
    type Scope = S;

    fn assign(self, set: &mut Vec<(usize, sql::Expr)>) {
        set.push((self.field, self.value));
    }
}

macro_rules! scopes {
    () => { () };
    ($first:ident $($rest:ident)*) => { ($first::Scope, scopes!($($rest)*)) };
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+);)*) => {$(
        impl<M, $($name: Assignments<M>),+> Assignments<M> for ($($name,)+) {
            type Scope = scopes!($($name)+);

            fn assign(self, set: &mut Vec<(usize, sql::Expr)>) {
                $(self.$index.assign(set);)+
            }
        }
    )*};
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
}

/// How a bulk update or delete keeps the objects of the session right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronize {
    /// [`Evaluate`](Self::Evaluate) where memory can tell exactly, else [`Fetch`](Self::Fetch).
    #[default]
    Auto,
    /// The conditions are evaluated over the objects of the session. An error where they cannot be: patterns, functions,
    /// subqueries, an order of text, and models with expired objects.
    Evaluate,
    /// The statement returns the keys of the rows that it changed.
    Fetch,
    /// Objects are left as they are, right or wrong.
    None,
}

/// `UPDATE .. SET .. WHERE ..`: one statement, whatever the number of rows.
///
/// The objects of the session follow, as [`Synchronize`] says, and a rollback brings their values back. Nothing runs per object: no
/// cascade, no hook, no `on_update`, no version check and no new version.
#[must_use = "an update does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct BulkUpdate<M> {
    pub(crate) parts: Parts,
    pub(crate) set: Vec<(usize, sql::Expr)>,
    pub(crate) synchronize: Synchronize,
    model: PhantomData<fn() -> M>,
}

/// `DELETE .. WHERE ..`: one statement, whatever the number of rows.
///
/// The objects of the session follow, as [`Synchronize`] says, and a rollback brings them back. Nothing runs per object: no cascade
/// of ours (the database's foreign keys do what they say), no hook and no version check.
#[must_use = "a delete does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct BulkDelete<M> {
    pub(crate) parts: Parts,
    pub(crate) synchronize: Synchronize,
    model: PhantomData<fn() -> M>,
}

/// An INSERT of plain values, which the session does not track.
#[must_use = "an insert does nothing until it is executed"]
pub struct InsertAll<M> {
    pub(crate) values: Vec<M>,
}

impl<M: Model> InsertAll<M> {
    pub(super) fn new(values: Vec<M>) -> Self {
        Self { values }
    }
}

impl<M: Model> fmt::Debug for InsertAll<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InsertAll({} rows of {})", self.values.len(), M::spec().name)
    }
}

impl<M: Model, Q> Query<M, Q> {
    /// Updates the rows of the query instead of reading them.
    pub fn update<A, I>(self, assignments: A) -> BulkUpdate<M>
    where
        A: Assignments<M>,
        A::Scope: Within<(Of<M>, ()), I>,
    {
        let mut set = Vec::new();
        assignments.assign(&mut set);
        BulkUpdate { parts: self.parts, set, synchronize: Synchronize::Auto, model: PhantomData }
    }

    /// Deletes the rows of the query instead of reading them.
    pub fn delete(self) -> BulkDelete<M> {
        BulkDelete { parts: self.parts, synchronize: Synchronize::Auto, model: PhantomData }
    }
}

impl<M: Model> BulkUpdate<M> {
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
        render::update(dialect, &self.statement(Vec::new())?)
    }

    pub(crate) fn statement(&self, returning: Vec<ColumnRef>) -> Result<Update> {
        let table = M::table();
        let named = self.set.iter().map(|(field, value)| {
            let column = table.field_columns(*field).first();
            column.map(|column| (column.name.clone(), value.clone())).ok_or_else(|| {
                Error::new(
                    ErrorKind::Schema,
                    format!("`update` was given a constant that is no column of {}", table.model),
                )
            })
        });
        let mut set: Vec<(std::borrow::Cow<'static, str>, sql::Expr)> = Vec::with_capacity(self.set.len());
        for assigned in named {
            let (name, value) = assigned?;
            if set.iter().any(|(known, _)| *known == name) {
                let message = format!("`update` sets the column `{name}` of {} twice; set it once", table.model);
                return Err(Error::new(ErrorKind::InvalidState, message));
            }
            set.push((name, value));
        }
        Ok(Update { table: table.name.clone(), set, filter: self.parts.rows_of_one_table("update")?, returning })
    }
}

impl<M: Model> BulkDelete<M> {
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
        render::delete(dialect, &self.statement(Vec::new())?)
    }

    pub(crate) fn statement(&self, returning: Vec<ColumnRef>) -> Result<Delete> {
        Ok(Delete { table: M::table().name.clone(), filter: self.parts.rows_of_one_table("delete")?, returning })
    }
}
