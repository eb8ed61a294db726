//! Integers and floats.

use arrow_array::builder::PrimitiveBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::DataType;
use orm_core::query::cells::{CellError, TakeCell};
use orm_core::value::{Encoded, Mismatch, SqlType, Value, ValueRef};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

use crate::builders::Builder;
use crate::cells::{Cells, borrowed};

/// A builder of numbers: each is what `read` makes of a cell.
pub(crate) struct Primitive<T: ArrowPrimitiveType, F = fn(ValueRef<'_>) -> Option<<T as ArrowPrimitiveType>::Native>> {
    pub(crate) builder: PrimitiveBuilder<T>,
    pub(crate) read: F,
    pub(crate) expected: &'static str,
}

impl<T: ArrowPrimitiveType, F: Fn(ValueRef<'_>) -> Option<T::Native>> Builder for Primitive<T, F> {
    #[inline]
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        match (self.read)(cell) {
            Some(value) => self.builder.append_value(value),
            None if cell.is_null() => self.builder.append_null(),
            None => return Err(Mismatch::new(self.expected, cell)),
        }
        Ok(())
    }

    /// The next batch is as long as this one, mostly.
    fn finish(&mut self) -> ArrayRef {
        let array = self.builder.finish();
        // With the zone of points in time, or the digits of decimals.
        self.builder = PrimitiveBuilder::with_capacity(array.len()).with_data_type(array.data_type().clone());
        Arc::new(array)
    }
}

pub(crate) fn builder(data_type: &DataType) -> Option<Box<dyn Builder>> {
    Some(match data_type {
        DataType::Int8 => boxed::<Int8Type>("an 8-bit integer"),
        DataType::Int16 => boxed::<Int16Type>("a 16-bit integer"),
        DataType::UInt8 => boxed::<UInt8Type>("an 8-bit integer without a sign"),
        DataType::UInt16 => boxed::<UInt16Type>("a 16-bit integer without a sign"),
        DataType::UInt32 => boxed::<UInt32Type>("a 32-bit integer without a sign"),
        DataType::UInt64 => boxed::<UInt64Type>("a 64-bit integer without a sign"),
        DataType::Float32 => Box::new(Primitive {
            builder: PrimitiveBuilder::<Float32Type>::new(),
            read: |cell: ValueRef<'_>| float(cell).and_then(narrow),
            expected: "a 32-bit float",
        }),
        _ => return None,
    })
}

fn boxed<T: ArrowPrimitiveType<Native: TryFrom<i64>>>(expected: &'static str) -> Box<dyn Builder> {
    Box::new(integers::<T>(expected))
}

pub(crate) fn integers<T: ArrowPrimitiveType<Native: TryFrom<i64>>>(expected: &'static str) -> Primitive<T> {
    let read = |cell: ValueRef<'_>| match cell {
        ValueRef::I64(value) => T::Native::try_from(value).ok(),
        ValueRef::Decimal(value) if value.fract().is_zero() => T::Native::try_from(value.to_i64()?).ok(),
        _ => None,
    };
    Primitive { builder: PrimitiveBuilder::<T>::new(), read, expected }
}

pub(crate) fn floats() -> Primitive<Float64Type> {
    Primitive { builder: PrimitiveBuilder::new(), read: float, expected: "a 64-bit float" }
}

fn float(cell: ValueRef<'_>) -> Option<f64> {
    match cell {
        ValueRef::F64(value) => Some(value),
        ValueRef::I64(value) => exact(value),
        // Who asks for floats has decimals rounded to them.
        ValueRef::Decimal(value) => value.to_f64(),
        _ => None,
    }
}

/// The float that is this integer.
#[expect(clippy::cast_precision_loss, reason = "bounded to the integers that floats hold exactly")]
fn exact(value: i64) -> Option<f64> {
    (value.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(value as f64)
}

#[expect(clippy::cast_possible_truncation, reason = "checked to lose nothing but precision")]
fn narrow(wide: f64) -> Option<f32> {
    let narrow = wide as f32;
    (narrow.is_finite() || !wide.is_finite()).then_some(narrow)
}

/// The cells of an array of numbers, for a column of that type.
pub(crate) fn cells(array: &ArrayRef, target: SqlType) -> Option<Box<dyn Cells>> {
    Some(match array.data_type() {
        DataType::Int8 => from_integers::<Int8Type>(array, target),
        DataType::Int16 => from_integers::<Int16Type>(array, target),
        DataType::Int32 => from_integers::<Int32Type>(array, target),
        DataType::Int64 => from_integers::<Int64Type>(array, target),
        DataType::UInt8 => from_integers::<UInt8Type>(array, target),
        DataType::UInt16 => from_integers::<UInt16Type>(array, target),
        DataType::UInt32 => from_integers::<UInt32Type>(array, target),
        DataType::UInt64 => from_integers::<UInt64Type>(array, target),
        DataType::Float32 => from_floats::<Float32Type>(array, target),
        DataType::Float64 => from_floats::<Float64Type>(array, target),
        _ => return None,
    })
}

fn from_integers<T: ArrowPrimitiveType<Native: TryInto<i64> + ToString>>(
    array: &ArrayRef,
    target: SqlType,
) -> Box<dyn Cells> {
    Box::new(Integers { array: array.as_primitive::<T>().clone(), target })
}

fn from_floats<T: ArrowPrimitiveType<Native: Into<f64>>>(array: &ArrayRef, target: SqlType) -> Box<dyn Cells> {
    Box::new(Floats { array: array.as_primitive::<T>().clone(), target })
}

struct Integers<T: ArrowPrimitiveType> {
    array: PrimitiveArray<T>,
    target: SqlType,
}

impl<T: ArrowPrimitiveType<Native: TryInto<i64> + ToString>> Cells for Integers<T> {
    #[inline]
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        if self.array.is_null(row) {
            return Ok(Encoded::Borrowed(ValueRef::Null));
        }
        let native = self.array.value(row);
        let wrong = || Mismatch::new(format!("a value of the type {:?}", self.target), native.to_string());
        let value: i64 = native.try_into().map_err(|_| wrong())?;
        match self.target {
            SqlType::F32 | SqlType::F64 => {
                exact(value).map(|value| Encoded::Borrowed(ValueRef::F64(value))).ok_or_else(wrong)
            }
            SqlType::Decimal => Ok(Encoded::Made(Value::Decimal(value.into()))),
            SqlType::I16 | SqlType::I32 | SqlType::I64 => Ok(Encoded::Borrowed(ValueRef::I64(value))),
            _ => Err(wrong()),
        }
    }

    #[inline]
    fn lend(&self, row: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        match (self.target, self.array.value(row).try_into()) {
            _ if self.array.is_null(row) => take(ValueRef::Null),
            (SqlType::I16 | SqlType::I32 | SqlType::I64, Ok(value)) => take(ValueRef::I64(value)),
            _ => take(borrowed(&self.get(row)?)),
        }
    }
}

struct Floats<T: ArrowPrimitiveType> {
    array: PrimitiveArray<T>,
    target: SqlType,
}

impl<T: ArrowPrimitiveType<Native: Into<f64>>> Cells for Floats<T> {
    #[inline]
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        if self.array.is_null(row) {
            return Ok(Encoded::Borrowed(ValueRef::Null));
        }
        let value: f64 = self.array.value(row).into();
        let wrong = || Mismatch::new(format!("a value of the type {:?}", self.target), ValueRef::F64(value));
        match self.target {
            SqlType::F32 | SqlType::F64 => Ok(Encoded::Borrowed(ValueRef::F64(value))),
            // The shortest decimal that reads back as this float.
            SqlType::Decimal => {
                Decimal::try_from(value).map(|value| Encoded::Made(Value::Decimal(value))).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }

    #[inline]
    fn lend(&self, row: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        match self.target {
            _ if self.array.is_null(row) => take(ValueRef::Null),
            SqlType::F32 | SqlType::F64 => take(ValueRef::F64(self.array.value(row).into())),
            _ => take(borrowed(&self.get(row)?)),
        }
    }
}
