//! What columns are set to.

use crate::query::Sealed;
use std::marker::PhantomData;

use super::super::tuples::each_tuple;
use super::super::{Column, Operand};
use super::{Excluded, excluded};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, SameFamily, model_ref};
use crate::schema::{ColumnDef, TableDef};
use crate::sql::{self, SetList};
use crate::value::ColumnType;

/// A value that a column of type `V` can take.
#[diagnostic::on_unimplemented(
    message = "a column of type `{V}` cannot be assigned a `{Self}`",
    label = "expected `{V}`; only a column that is an `Option` takes what may be NULL"
)]
pub trait FitsIn<V> {}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> FitsIn<V> for V {}
#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> FitsIn<Option<T>> for T {}

/// The numbers of fields, with their new values.
pub type FieldValues = Vec<(usize, sql::Expr)>;

/// `column = value`, for an update. `S` is what the value reads.
#[derive(Debug, Clone)]
pub struct Assignment<M, S> {
    field: usize,
    value: sql::Expr,
    types: PhantomData<fn() -> (M, S)>,
}

/// What a column of type `V` can be set to: a value, or an expression.
#[diagnostic::on_unimplemented(
    message = "a column of type `{V}` cannot be assigned `{Self}`",
    label = "expected a value or an expression of type `{V}`; only a column that is an `Option` takes what may be NULL"
)]
pub trait Assignable<V> {
    /// What it reads.
    type Scope;

    /// The value in the statement tree.
    fn into_assigned(self) -> sql::Expr;
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType, R: Operand<V::Base, Value: FitsIn<V>>> Assignable<V> for R {
    type Scope = R::Scope;

    fn into_assigned(self) -> sql::Expr {
        self.into_operand()
    }
}

impl<M: Model, V: ColumnType, K> Column<M, V, K> {
    /// Sets the column to a value, or to an expression over the row as it was: `User::score.set(User::score + 1)`.
    pub fn set<R: Assignable<V>>(self, value: R) -> Assignment<M, R::Scope> {
        Assignment { field: self.field(), value: value.into_assigned(), types: PhantomData }
    }
}

/// What `update` takes: `column.set(..)`, or a tuple of some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` assigns nothing to columns of `{M}`",
    label = "expected `{M}::column.set(..)`, or a tuple of up to 12 of those"
)]
pub trait Assignments<M>: Assign<M> {
    /// The models that the values read.
    type Scope;
}

#[diagnostic::do_not_recommend]
impl<A: Assign<M>, M> Assignments<M> for A {
    type Scope = A::Reads;
}

/// How [`Assignments`] to columns of `M` are made.
#[diagnostic::on_unimplemented(
    message = "`{Self}` assigns nothing to columns of `{M}`",
    label = "expected `{M}::column.set(..)`, or a tuple of up to 12 of those"
)]
pub trait Assign<M>: Sealed {
    /// The models that the values read.
    type Reads;

    /// The fields and their values, appended to `set`.
    fn assign(self, set: &mut FieldValues);
}

#[diagnostic::do_not_recommend]
impl<M: Model, B: SameFamily<M>, S> Assign<M> for Assignment<B, S> {
    type Reads = S;

    fn assign(self, set: &mut FieldValues) {
        set.push((self.field, self.value));
    }
}

/// What `do_update` takes: a column, which gets the value of the new row, `column.set(..)`, or a tuple of some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` assigns nothing to columns of `{M}`",
    label = "expected `{M}::column`, `{M}::column.set(..)`, or a tuple of up to 12 of those"
)]
pub trait UpsertAssignments<M>: Sealed {
    /// What the values read.
    type Scope;

    /// The fields and their values, appended to `set`.
    fn assign(self, set: &mut FieldValues);
}

#[diagnostic::do_not_recommend]
impl<M: Model, B: SameFamily<M>, S> UpsertAssignments<M> for Assignment<B, S> {
    type Scope = S;

    fn assign(self, set: &mut FieldValues) {
        set.push((self.field, self.value));
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, V: ColumnType, K> UpsertAssignments<M> for Column<M, V, K> {
    type Scope = Excluded<M>;

    fn assign(self, set: &mut FieldValues) {
        set.push((self.field(), excluded(self).sql));
    }
}

macro_rules! scopes {
    ($trait:ident $scope:ident) => { () };
    ($trait:ident $scope:ident $first:ident $($rest:ident)*) => { (<$first as $trait<M>>::$scope, scopes!($trait $scope $($rest)*)) };
}

macro_rules! tuples {
    ($(($($name:ident $column:ident $index:ident $field:tt),+))*) => {$(
        tuples!(@each Assign Reads $($name $field),+);
        tuples!(@each UpsertAssignments Scope $($name $field),+);
    )*};
    (@each $trait:ident $scope:ident $($name:ident $field:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<M, $($name: $trait<M>),+> $trait<M> for ($($name,)+) {
            type $scope = scopes!($trait $scope $($name)+);

            fn assign(self, set: &mut FieldValues) {
                $(self.$field.assign(set);)+
            }
        }
    };
}

each_tuple!(tuples);

/// The columns that `verb` sets, by name.
///
/// # Errors
///
/// `InvalidState` for a column that is named twice or that the database computes, and `Schema` for a constant that no derive wrote.
pub(super) fn set_list<M: Model>(verb: &str, set: FieldValues) -> Result<SetList> {
    let table = M::table();
    let mut list = SetList::with_capacity(set.len());
    for (field, value) in set {
        let column = settable::<M>(verb, field)?;
        if list.iter().any(|(known, _)| *known == column.name) {
            return Err(twice(table, verb, column));
        }
        list.push((column.name.clone(), value.stored(column.sql_type, column.format)));
    }
    Ok(list)
}

/// The columns of fields that `verb` writes, by index.
///
/// # Errors
///
/// Those of [`set_list`].
pub(super) fn written_columns<M: Model>(verb: &str, fields: &[usize]) -> Result<Vec<usize>> {
    let table = M::table();
    let mut columns = Vec::with_capacity(fields.len());
    for &field in fields {
        let column = settable::<M>(verb, field)?;
        let index = table.fields[field].columns.start;
        if columns.contains(&index) {
            return Err(twice(table, verb, column));
        }
        columns.push(index);
    }
    Ok(columns)
}

fn settable<M: Model>(verb: &str, field: usize) -> Result<&'static ColumnDef> {
    let table = M::table();
    if let Some(owner) = model_ref::<M>().foreign_owner(field) {
        let (name, model) = (table.fields[field].name, M::spec().name);
        let message = format!(
            "`{verb}` of {model} cannot set `{name}`, which only a {} has; write a `{verb}` of {0}",
            owner.name
        );
        return Err(Error::new(ErrorKind::InvalidState, message));
    }
    match table.field_columns(field) {
        [column] if column.computed.is_some() => Err(Error::new(
            ErrorKind::InvalidState,
            format!("`{verb}` sets the column `{}` of {}, which the database computes", column.name, table.model),
        )),
        [column] => Ok(column),
        [_, ..] if table.fields[field].foreign_key.is_some_and(|key| !table.foreign_keys[key].is_checked()) => {
            let name = table.fields[field].name;
            let message = format!(
                "`{verb}` cannot set `{name}` of {}: its key and the name of its model are set together; assign it through session[handle]",
                table.model
            );
            Err(Error::new(ErrorKind::Unsupported, message))
        }
        _ => Err(Error::new(
            ErrorKind::Schema,
            format!("`{verb}` takes a constant of a single column of {}", table.model),
        )),
    }
}

fn twice(table: &TableDef, verb: &str, column: &ColumnDef) -> Error {
    let message = format!("`{verb}` sets the column `{}` of {} twice; set it once", column.name, table.model);
    Error::new(ErrorKind::InvalidState, message)
}
