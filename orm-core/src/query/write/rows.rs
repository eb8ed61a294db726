//! Lists of columns, and the rows that fit them.

use super::super::tuples::each_tuple;
use super::super::{Column, Literal};
use super::FitsIn;
use crate::model::{Model, SameFamily};
use crate::query::Sealed;
use crate::value::{ColumnType, Value};

/// Columns of `M`: one, or a tuple of some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no columns of `{M}`",
    label = "expected `{M}::column`, or a tuple of up to 12 of those"
)]
pub trait ColumnList<M>: ListedColumns<M> {
    /// Stands in bounds, see `Sealed`.
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<C: ListedColumns<M>, M> ColumnList<M> for C {
    type Checked = ();
}

/// What a [`ColumnList`] of `M` lists.
pub trait ListedColumns<M>: Sealed {
    /// The types of the columns.
    type Values;

    /// The numbers of the fields, appended to `fields`.
    fn list_fields(self, fields: &mut Vec<usize>);
}

/// A row of a query that fits columns of the types `C`.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` do not fit columns of `{C}`",
    label = "expected rows of `{C}`, found rows of `{Self}`",
    note = "the query must select as many values as there are columns, of the same types in the same order"
)]
pub trait RowFor<C> {
    /// Stands in bounds, see `Sealed`.
    type Checked;
}

/// Values that fit columns of the types `C`: one, or a tuple of some.
#[diagnostic::on_unimplemented(
    message = "values of `{Self}` do not fit columns of `{C}`",
    label = "expected values for `{C}`, found `{Self}`",
    note = "there must be as many values as there are columns, of the same types in the same order"
)]
pub trait ValuesFor<C> {
    /// Stands in bounds, see `Sealed`.
    type Checked;

    /// The values as parameters, appended to `values`.
    fn list_values(self, values: &mut Vec<Value>);
}

#[diagnostic::do_not_recommend]
impl<M: Model, B: SameFamily<M>, V: ColumnType, K> ListedColumns<M> for Column<B, V, K> {
    type Values = V;

    fn list_fields(self, fields: &mut Vec<usize>) {
        fields.push(self.field());
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType, C: ColumnType> RowFor<C> for V
where
    V: FitsIn<C>,
{
    type Checked = ();
}

#[diagnostic::do_not_recommend]
impl<C: ColumnType, T: Literal<C::Base, Value: FitsIn<C>>> ValuesFor<C> for T {
    type Checked = ();

    fn list_values(self, values: &mut Vec<Value>) {
        values.push(self.into_value());
    }
}

macro_rules! tuples {
    ($(($($name:ident $column:ident $index:ident $field:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Z, $($name: ListedColumns<Z>),+> ListedColumns<Z> for ($($name,)+) {
            type Values = ($($name::Values,)+);

            fn list_fields(self, fields: &mut Vec<usize>) {
                $(self.$field.list_fields(fields);)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($column,)+ $($name: FitsIn<$column>),+> RowFor<($($column,)+)> for ($($name,)+) {
            type Checked = ();
        }

        #[diagnostic::do_not_recommend]
        impl<$($column: ColumnType,)+ $($name: Literal<$column::Base, Value: FitsIn<$column>>),+>
            ValuesFor<($($column,)+)> for ($($name,)+)
        {
            type Checked = ();

            fn list_values(self, values: &mut Vec<Value>) {
                $(values.push(self.$field.into_value());)+
            }
        }
    )*};
}

each_tuple!(tuples);
