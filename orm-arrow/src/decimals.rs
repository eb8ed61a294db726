//! Decimals, which Arrow has as integers with a scale.

use arrow_array::builder::Decimal128Builder;
use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use arrow_array::{Array, ArrayRef, Decimal128Array};
use orm_core::value::{Encoded, Mismatch, SqlType, Value, ValueRef};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

use crate::builders::Builder;
use crate::cells::Cells;

struct Decimals {
    builder: Decimal128Builder,
    digits: u8,
    scale: u32,
    /// Whether digits behind the scale are rounded; else they are refused.
    rounds: bool,
}

pub(crate) fn builder(digits: u8, scale: i8, rounds: bool) -> Option<Box<dyn Builder>> {
    let builder = Decimal128Builder::new().with_precision_and_scale(digits, scale).ok()?;
    Some(Box::new(Decimals { builder, digits, scale: u32::try_from(scale).ok()?, rounds }))
}

impl Decimals {
    fn integer(&self, decimal: Decimal) -> Option<i128> {
        let kept = if decimal.scale() <= self.scale { decimal } else { decimal.round_dp(self.scale) };
        if kept != decimal && !self.rounds {
            return None;
        }
        let missing = self.scale.checked_sub(kept.scale())?;
        let value = kept.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
        (value.unsigned_abs() < 10_u128.checked_pow(self.digits.into())?).then_some(value)
    }
}

impl Builder for Decimals {
    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Mismatch> {
        let decimal = match cell {
            ValueRef::Null => {
                self.builder.append_null();
                return Ok(());
            }
            ValueRef::Decimal(value) => Some(value),
            ValueRef::I64(value) => Some(value.into()),
            ValueRef::F64(value) => Decimal::try_from(value).ok(),
            _ => None,
        };
        let value = decimal.and_then(|decimal| self.integer(decimal)).ok_or_else(|| {
            let expected = format!(
                "a decimal of {} digits, {} of them behind the point (round it in the query, or give the column a type by `record_batches_as`)",
                self.digits, self.scale
            );
            Mismatch::new(expected, cell)
        })?;
        self.builder.append_value(value);
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}

/// The cells of an array of decimals.
pub(crate) fn cells(array: &ArrayRef, target: SqlType) -> Box<dyn Cells> {
    Box::new(FromDecimals { array: array.as_primitive::<Decimal128Type>().clone(), target })
}

struct FromDecimals {
    array: Decimal128Array,
    target: SqlType,
}

impl FromDecimals {
    fn decimal(&self, integer: i128) -> Option<Decimal> {
        match u32::try_from(self.array.scale()) {
            Ok(scale) => Decimal::try_from_i128_with_scale(integer, scale).ok(),
            Err(_) => {
                let zeros = u32::from(self.array.scale().unsigned_abs());
                Decimal::try_from_i128_with_scale(integer.checked_mul(10_i128.checked_pow(zeros)?)?, 0).ok()
            }
        }
    }
}

impl Cells for FromDecimals {
    fn get(&self, row: usize) -> Result<Encoded<'_>, Mismatch> {
        if self.array.is_null(row) {
            return Ok(Encoded::Borrowed(ValueRef::Null));
        }
        let wrong = || Mismatch::new(format!("a value of the type {:?}", self.target), self.array.value_as_string(row));
        let decimal = self.decimal(self.array.value(row)).ok_or_else(wrong)?;
        let value = match self.target {
            SqlType::Decimal => Some(Value::Decimal(decimal)),
            SqlType::F32 | SqlType::F64 => decimal.to_f64().map(Value::F64),
            SqlType::I16 | SqlType::I32 | SqlType::I64 if decimal.fract().is_zero() => decimal.to_i64().map(Value::I64),
            _ => None,
        };
        value.map(Encoded::Made).ok_or_else(wrong)
    }
}
