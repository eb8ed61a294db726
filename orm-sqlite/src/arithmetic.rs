//! Computations that SQLite would get wrong. Decimals are stored as text, and so is the NaN of a float. A division by zero would be NULL.
//! Integers that leave their type would become floats, or could not be read.

use orm_core::sql::ArithmeticOp;
use orm_core::value::SqlType;
use rusqlite::{Connection, Result};

use crate::function::{failed, float, native};

type Compute = fn(f64, f64) -> f64;
type Whole = fn(i64, i64) -> Option<i64>;

const FLOATS: [(&str, Compute); 3] =
    [("orm_float_add", |a, b| a + b), ("orm_float_sub", |a, b| a - b), ("orm_float_mul", |a, b| a * b)];

/// The computations with integers, each in three widths.
const INTEGERS: [([&str; 3], Whole); 5] = [
    (["orm_i16_add", "orm_i32_add", "orm_i64_add"], i64::checked_add),
    (["orm_i16_sub", "orm_i32_sub", "orm_i64_sub"], i64::checked_sub),
    (["orm_i16_mul", "orm_i32_mul", "orm_i64_mul"], i64::checked_mul),
    (["orm_i16_div", "orm_i32_div", "orm_i64_div"], i64::checked_div),
    (["orm_i16_rem", "orm_i32_rem", "orm_i64_rem"], i64::checked_rem),
];

/// The least and the greatest integers of the three widths.
pub(crate) const RANGES: [(i64, i64); 3] =
    [(i16::MIN as i64, i16::MAX as i64), (i32::MIN as i64, i32::MAX as i64), (i64::MIN, i64::MAX)];

/// The function that replaces SQLite's operator for a type, if one has to.
pub(crate) fn function(op: ArithmeticOp, result: SqlType) -> Option<&'static str> {
    match (result, op) {
        (SqlType::F32 | SqlType::F64, ArithmeticOp::Add) => Some("orm_float_add"),
        (SqlType::F32 | SqlType::F64, ArithmeticOp::Sub) => Some("orm_float_sub"),
        (SqlType::F32 | SqlType::F64, ArithmeticOp::Mul) => Some("orm_float_mul"),
        (SqlType::F32 | SqlType::F64, ArithmeticOp::Div) => Some("orm_float_div"),
        (SqlType::Decimal, ArithmeticOp::Add) => Some("orm_decimal_add"),
        (SqlType::Decimal, ArithmeticOp::Sub) => Some("orm_decimal_sub"),
        (SqlType::Decimal, ArithmeticOp::Mul) => Some("orm_decimal_mul"),
        (SqlType::Decimal, ArithmeticOp::Div) => Some("orm_decimal_div"),
        (SqlType::Decimal, ArithmeticOp::Rem) => Some("orm_decimal_rem"),
        (SqlType::I16 | SqlType::I32 | SqlType::I64, op) => {
            let (names, _) = INTEGERS[match op {
                ArithmeticOp::Add => 0,
                ArithmeticOp::Sub => 1,
                ArithmeticOp::Mul => 2,
                ArithmeticOp::Div => 3,
                ArithmeticOp::Rem => 4,
            }];
            Some(match result {
                SqlType::I16 => names[0],
                SqlType::I32 => names[1],
                _ => names[2],
            })
        }
        _ => None,
    }
}

/// Checks an integer result against one of the three widths.
pub(crate) fn within(value: Option<i64>, (least, greatest): (i64, i64)) -> Result<i64> {
    value.filter(|value| (least..=greatest).contains(value)).ok_or_else(|| failed("integer out of range"))
}

/// Registers the functions on a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let flags = crate::function::FLAGS;
    for (name, compute) in FLOATS {
        connection.create_scalar_function(name, 2, flags, move |context| {
            let (Some(a), Some(b)) = (float(context, 0)?, float(context, 1)?) else { return Ok(None) };
            Ok(Some(native(compute(a, b))))
        })?;
    }
    connection.create_scalar_function("orm_float_div", 2, flags, |context| {
        let (Some(a), Some(b)) = (float(context, 0)?, float(context, 1)?) else { return Ok(None) };
        if b == 0.0 && !a.is_nan() { Err(failed("division by zero")) } else { Ok(Some(native(a / b))) }
    })?;
    for (names, compute) in INTEGERS {
        for (name, range) in names.into_iter().zip(RANGES) {
            connection.create_scalar_function(name, 2, flags, move |context| {
                let (Some(a), Some(b)) = (context.get::<Option<i64>>(0)?, context.get::<Option<i64>>(1)?) else {
                    return Ok(None);
                };
                if b == 0 && (name.ends_with("div") || name.ends_with("rem")) {
                    return Err(failed("division by zero"));
                }
                within(compute(a, b), range).map(Some)
            })?;
        }
    }
    #[cfg(feature = "decimal")]
    decimal::register(connection, flags)?;
    Ok(())
}

#[cfg(feature = "decimal")]
mod decimal {
    use rusqlite::functions::FunctionFlags;
    use rust_decimal::Decimal;

    use super::{Connection, Result, failed};
    use crate::function::decimal;

    type Checked = fn(Decimal, Decimal) -> Option<Decimal>;

    const DECIMALS: [(&str, Checked); 5] = [
        ("orm_decimal_add", Decimal::checked_add),
        ("orm_decimal_sub", Decimal::checked_sub),
        ("orm_decimal_mul", Decimal::checked_mul),
        ("orm_decimal_div", Decimal::checked_div),
        ("orm_decimal_rem", Decimal::checked_rem),
    ];

    pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
        DECIMALS.into_iter().try_for_each(|(name, compute)| {
            connection.create_scalar_function(name, 2, flags, move |context| {
                let (Some(a), Some(b)) = (decimal(context, 0)?, decimal(context, 1)?) else { return Ok(None) };
                if b.is_zero() && (name.ends_with("div") || name.ends_with("rem")) {
                    return Err(failed("division by zero"));
                }
                let result = compute(a, b).ok_or_else(|| failed("a decimal of more than 28 digits"))?;
                Ok(Some(result.to_string()))
            })
        })
    }
}
