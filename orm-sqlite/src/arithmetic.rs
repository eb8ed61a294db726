//! Computations that SQLite would get wrong: exact ones with decimals, which are text here, and those with floats, among which NaN
//! is text too.

use orm_core::sql::ArithmeticOp;
use orm_core::value::SqlType;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef as Native};
use rusqlite::{Connection, Error, Result};

use crate::encode::NAN;

type Compute<T> = fn(T, T) -> T;

const FLOATS: [(&str, Compute<f64>); 3] =
    [("orm_float_add", |a, b| a + b), ("orm_float_sub", |a, b| a - b), ("orm_float_mul", |a, b| a * b)];

const DECIMALS: [&str; 3] = ["orm_decimal_add", "orm_decimal_sub", "orm_decimal_mul"];

/// The function that computes in a type, where SQLite's operator does not do.
pub(crate) fn function(op: ArithmeticOp, result: SqlType) -> Option<&'static str> {
    let index = match op {
        ArithmeticOp::Add => 0,
        ArithmeticOp::Sub => 1,
        ArithmeticOp::Mul => 2,
    };
    match result {
        SqlType::F32 | SqlType::F64 => Some(FLOATS[index].0),
        SqlType::Decimal => Some(DECIMALS[index]),
        _ => None,
    }
}

/// Makes the functions known to a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, compute) in FLOATS {
        connection.create_scalar_function(name, 2, flags, move |context| {
            let (Some(a), Some(b)) = (float(context, 0)?, float(context, 1)?) else { return Ok(Value::Null) };
            let result = compute(a, b);
            Ok(if result.is_nan() { Value::Text(NAN.to_owned()) } else { Value::Real(result) })
        })?;
    }
    #[cfg(feature = "decimal")]
    decimal::register(connection, flags)?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "an integer beside a float is a float")]
fn float(context: &Context<'_>, index: usize) -> Result<Option<f64>> {
    match context.get_raw(index) {
        Native::Null => Ok(None),
        Native::Real(v) => Ok(Some(v)),
        Native::Integer(v) => Ok(Some(v as f64)),
        Native::Text(text) if text == NAN.as_bytes() => Ok(Some(f64::NAN)),
        other => Err(Error::UserFunctionError(format!("{} is no number to compute with", other.data_type()).into())),
    }
}

#[cfg(feature = "decimal")]
mod decimal {
    use orm_core::value::{ColumnType, ValueRef};
    use rust_decimal::Decimal;

    use super::{Connection, Context, DECIMALS, Error, FunctionFlags, Native, Result};

    type Checked = fn(Decimal, Decimal) -> Option<Decimal>;

    pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
        let operators: [Checked; 3] = [Decimal::checked_add, Decimal::checked_sub, Decimal::checked_mul];
        DECIMALS.into_iter().zip(operators).try_for_each(|(name, compute)| {
            connection.create_scalar_function(name, 2, flags, move |context| {
                let (Some(a), Some(b)) = (decimal(context, 0)?, decimal(context, 1)?) else { return Ok(None) };
                let result = compute(a, b).ok_or_else(|| failed("a decimal of more than 28 digits"))?;
                Ok(Some(result.to_string()))
            })
        })
    }

    fn decimal(context: &Context<'_>, index: usize) -> Result<Option<Decimal>> {
        let cell = match context.get_raw(index) {
            Native::Null => return Ok(None),
            Native::Integer(v) => ValueRef::I64(v),
            Native::Real(v) => ValueRef::F64(v),
            Native::Text(v) => ValueRef::Text(std::str::from_utf8(v).unwrap_or_default()),
            Native::Blob(v) => ValueRef::Bytes(v),
        };
        Decimal::from_ref(cell).map(Some).map_err(|mismatch| failed(&mismatch.to_string()))
    }

    fn failed(message: &str) -> Error {
        Error::UserFunctionError(message.into())
    }
}
