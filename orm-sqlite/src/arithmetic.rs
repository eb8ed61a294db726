//! Computations that SQLite would get wrong: exact ones with decimals, which are text here, those with floats, among which NaN is text
//! too, and divisions by zero, which would be NULL.

use orm_core::sql::ArithmeticOp;
use orm_core::value::SqlType;
use rusqlite::{Connection, Result};

use crate::function::{failed, float, native};

type Compute = fn(f64, f64) -> f64;
type Divide = fn(i64, i64) -> Option<i64>;

const FLOATS: [(&str, Compute); 3] =
    [("orm_float_add", |a, b| a + b), ("orm_float_sub", |a, b| a - b), ("orm_float_mul", |a, b| a * b)];

const INTEGERS: [(&str, Divide); 2] = [("orm_int_div", i64::checked_div), ("orm_int_rem", i64::checked_rem)];

/// The function that computes in a type, where SQLite's operator does not do.
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
        (_, ArithmeticOp::Div) => Some("orm_int_div"),
        (_, ArithmeticOp::Rem) => Some("orm_int_rem"),
        _ => None,
    }
}

/// Makes the functions known to a connection.
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
    for (name, divide) in INTEGERS {
        connection.create_scalar_function(name, 2, flags, move |context| {
            let (Some(a), Some(b)) = (context.get::<Option<i64>>(0)?, context.get::<Option<i64>>(1)?) else {
                return Ok(None);
            };
            if b == 0 {
                return Err(failed("division by zero"));
            }
            divide(a, b).map(Some).ok_or_else(|| failed("integer out of range"))
        })?;
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
