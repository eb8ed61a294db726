//! Builders of columns, which take cells one after the other.

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, FixedSizeBinaryBuilder, LargeBinaryBuilder, StringBuilder};
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, NullArray};
use arrow_schema::{DataType, Field};
use orm_core::query::cells::ResultColumn;
use orm_core::value::{Mismatch, ValueRef, Values};
use orm_core::{Error, ErrorKind, Result};
use std::sync::Arc;

use crate::numbers::Primitive;
use crate::texts::Texts;
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

/// The builder of a column. What most cells are is appended where it is read, without a call that is found at run time.
pub(crate) enum ColumnBuilder {
    Integer(Primitive<Int64Type>),
    Narrow(Primitive<Int32Type>),
    Float(Primitive<Float64Type>),
    Bool(BooleanBuilder),
    Text(Texts<StringBuilder>),
    Other(Box<dyn Builder>),
}

impl ColumnBuilder {
    /// Appends a cell that is a value of the column as it stands; `false` where it has to be looked at, as NULL where there is none.
    #[inline]
    pub(crate) fn take(&mut self, cell: ValueRef<'_>, nullable: bool) -> bool {
        match (self, cell) {
            (Self::Integer(column), ValueRef::I64(value)) => column.builder.append_value(value),
            (Self::Narrow(column), ValueRef::I64(value)) => match i32::try_from(value) {
                Ok(value) => column.builder.append_value(value),
                Err(_) => return false,
            },
            (Self::Float(column), ValueRef::F64(value)) => column.builder.append_value(value),
            (Self::Text(column), ValueRef::Text(text)) => column.builder.append_value(text),
            (Self::Bool(column), ValueRef::Bool(value)) => column.append_value(value),
            // As SQLite keeps them.
            (Self::Bool(column), ValueRef::I64(value @ 0..=1)) => column.append_value(value == 1),
            (column, ValueRef::Null) if nullable => return column.push(cell).is_ok(),
            _ => return false,
        }
        true
    }

    /// Appends any cell.
    ///
    /// # Errors
    ///
    /// When it does not fit the type of the column.
    #[inline]
    pub(crate) fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        self.inner().push(cell)
    }

    /// The cells so far, and none from here on.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        self.inner().finish()
    }

    fn inner(&mut self) -> &mut dyn Builder {
        match self {
            Self::Integer(column) => column,
            Self::Narrow(column) => column,
            Self::Float(column) => column,
            Self::Bool(column) => column,
            Self::Text(column) => column,
            Self::Other(column) => &mut **column,
        }
    }
}

/// The builder of a field. Where `rounds` is said, decimals are rounded to its digits.
///
/// # Errors
///
/// `Unsupported` for a type that no cell goes into.
pub(crate) fn of(field: &Field, column: &ResultColumn, rounds: bool) -> Result<ColumnBuilder> {
    let built = match (field.data_type(), column.values) {
        (DataType::Dictionary(keys, values), known @ (Values::Texts(_) | Values::Native(_)))
            if **keys == DataType::Int32 && **values == DataType::Utf8 =>
        {
            Some(ColumnBuilder::Other(texts::of_enum(known.texts().unwrap_or_default())))
        }
        (DataType::Int64, _) => Some(ColumnBuilder::Integer(numbers::integers("a 64-bit integer"))),
        (DataType::Int32, _) => Some(ColumnBuilder::Narrow(numbers::integers("a 32-bit integer"))),
        (DataType::Float64, _) => Some(ColumnBuilder::Float(numbers::floats())),
        (DataType::Boolean, _) => Some(ColumnBuilder::Bool(BooleanBuilder::new())),
        (DataType::Utf8, _) => Some(ColumnBuilder::Text(Texts::default())),
        (data_type, _) => of_type(data_type, rounds).map(ColumnBuilder::Other),
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
        DataType::Int32 => Box::new(numbers::integers::<Int32Type>("a 32-bit integer")),
        DataType::Int64 => Box::new(numbers::integers::<Int64Type>("a 64-bit integer")),
        DataType::Float64 => Box::new(numbers::floats()),
        DataType::Utf8 => Box::new(Texts::<StringBuilder>::default()),
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
