//! Single cells of rows, on their way into objects.

use crate::error::Result;
use crate::model::{Foreign, Model, Row};
use crate::value::{Mismatch, ValueRef};

/// What a field of a row has become.
#[derive(Clone, Copy)]
pub(crate) enum RowCell<'a> {
    /// The value of a plain column.
    Value(ValueRef<'a>),
    /// The state of a foreign key.
    Foreign(Foreign<'a>),
}

/// A row of one cell.
pub(crate) struct Cell<'a>(pub(crate) ValueRef<'a>);

impl Row for Cell<'_> {
    fn len(&self) -> usize {
        1
    }

    fn name(&self, _: usize) -> &str {
        "key"
    }

    fn get(&self, _: usize) -> Result<ValueRef<'_>, Mismatch> {
        Ok(self.0)
    }
}

/// Sets a field to what a row has. The value fits: it was checked, or came through a column of the field's type.
pub(crate) fn set_field<T: Model>(object: &mut T, field: usize, to: RowCell<'_>) {
    match to {
        RowCell::Foreign(to) => object.set_foreign(field, to),
        RowCell::Value(value) => {
            let set = object.set_value(field, value);
            debug_assert!(set.is_ok(), "a checked value fits its field");
        }
    }
}
