//! Rows as structs with `#[derive(FromRow)]`.

use super::tuples::each_tuple;
use super::{Query, RowType, Rows};
use crate::value::ColumnType;

/// The struct `Self` can be filled from rows of `R`: a tuple with a value of the right type for each field, in the order of the
/// fields. Implemented by `#[derive(FromRow)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be filled from `{R}`",
    label = "`select` has to name one value for each field of `{Self}`, in the order of the fields, as a tuple",
    note = "`{Self}` needs `#[derive(FromRow)]`"
)]
pub trait FilledFrom<R>: RowType {}

/// A type that the rows of handwritten SQL can be read as: a column type, a tuple of some, a struct with `#[derive(FromRow)]`, whose fields
/// are found by the names of the columns, or a [`TableRow`](super::table::TableRow) of all columns.
#[diagnostic::on_unimplemented(
    message = "a row of raw SQL cannot be read as `{Self}`",
    label = "expected a column type, a tuple of up to 12 of those, a struct with `#[derive(FromRow)]`, or a `TableRow`"
)]
pub trait FromRow: RowType {
    /// The number of columns.
    const WIDTH: usize;
    /// The names of the columns, if they are found by name and not by position.
    const COLUMNS: Option<&'static [&'static str]> = None;
    /// Whether all columns are read, whatever their number and names.
    const ALL: bool = false;
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> FromRow for V {
    const WIDTH: usize = 1;
}

impl<R: RowType, Q> Query<Rows<R>, Q> {
    /// Reads each row as a struct with `#[derive(FromRow)]`: the first selected value is its first field, and so on. The types have to
    /// be the same.
    pub fn rows_as<T: FilledFrom<R>>(self) -> Query<Rows<T>, Q> {
        Query::new(self.parts)
    }
}

macro_rules! tuples {
    ($(($($name:ident $column:ident $index:ident $field:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: FromRow),+> FromRow for ($($name,)+) {
            const WIDTH: usize = 0 $(+ $name::WIDTH)+;
        }
    )*};
}

each_tuple!(tuples);
