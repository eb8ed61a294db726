//! Builders of columns, which take cells one after the other.

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, FixedSizeBinaryBuilder, LargeBinaryBuilder};
use arrow_array::{ArrayRef, NullArray};
use arrow_schema::{DataType, Field};
use orm_core::query::cells::ResultColumn;
use orm_core::value::{Mismatch, ValueRef, Values};
use orm_core::{Error, ErrorKind, Result};
use std::sync::Arc;

use crate::{decimals, lists, numbers, texts, times};

/// Builds a column.
pub(crate) trait Builder {
    /// Appends a cell.
    ///
    /// # Errors
    ///
    /// When it does not fit the type of the column.
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch>;

    /// The cells so far, and none from here on.
    fn finish(&mut self) -> ArrayRef;
}

/// The builder of a field. Where `rounds` is said, decimals are rounded to its digits.
///
/// # Errors
///
/// `Unsupported` for a type that no cell goes into.
pub(crate) fn of(field: &Field, column: &ResultColumn, rounds: bool) -> Result<Box<dyn Builder>> {
    let built = match (field.data_type(), column.values) {
        (DataType::Dictionary(keys, values), Values::Texts(known))
            if **keys == DataType::Int32 && **values == DataType::Utf8 =>
        {
            Some(texts::of_enum(known))
        }
        (data_type, _) => of_type(data_type, rounds),
    };
    built.ok_or_else(|| {
        let message = format!("column `{}`: no cells are read into the type {}", column.name, field.data_type());
        Error::new(ErrorKind::Unsupported, message)
    })
}

pub(crate) fn of_type(data_type: &DataType, rounds: bool) -> Option<Box<dyn Builder>> {
    Some(match data_type {
        DataType::Null => Box::new(Nulls(0)),
        DataType::Boolean => Box::new(BooleanBuilder::new()),
        DataType::Binary => Box::new(BinaryBuilder::new()),
        DataType::LargeBinary => Box::new(LargeBinaryBuilder::new()),
        DataType::FixedSizeBinary(width) => Box::new(Fixed(FixedSizeBinaryBuilder::new(*width), *width)),
        DataType::Decimal128(digits, scale) => return decimals::builder(*digits, *scale, rounds),
        DataType::List(item) => return lists::builder(item, rounds),
        other => {
            return numbers::builder(other).or_else(|| times::builder(other)).or_else(|| texts::builder(other));
        }
    })
}

/// Appends a value, or NULL.
macro_rules! builder {
    ($ty:ty, $expected:literal, $value:pat => $cell:expr) => {
        impl Builder for $ty {
            #[inline]
            fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
                match cell {
                    $value => self.append_value($cell),
                    ValueRef::Null => self.append_null(),
                    other => return Err(Mismatch::new($expected, other)),
                }
                Ok(())
            }

            fn finish(&mut self) -> ArrayRef {
                Arc::new(<$ty>::finish(self))
            }
        }
    };
}

builder!(BooleanBuilder, "a boolean", ValueRef::Bool(value) => value);
builder!(BinaryBuilder, "bytes", ValueRef::Bytes(value) => value);
builder!(LargeBinaryBuilder, "bytes", ValueRef::Bytes(value) => value);

/// Bytes of one length, as those of a UUID.
struct Fixed(FixedSizeBinaryBuilder, i32);

impl Builder for Fixed {
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        let appended = match cell {
            ValueRef::Null => {
                self.0.append_null();
                return Ok(());
            }
            ValueRef::Uuid(value) => self.0.append_value(value.as_bytes()),
            ValueRef::Bytes(value) => self.0.append_value(value),
            other => return Err(Mismatch::new(format!("{} bytes", self.1), other)),
        };
        appended.map_err(|_| Mismatch::new(format!("{} bytes", self.1), cell))
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// Cells that are all NULL.
struct Nulls(usize);

impl Builder for Nulls {
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        if !cell.is_null() {
            let expected = "NULL, as in all rows of the first batch (give the column a type, by a cast in SQL or by `record_batches_as`)";
            return Err(Mismatch::new(expected, cell));
        }
        self.0 += 1;
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(NullArray::new(std::mem::take(&mut self.0)))
    }
}
