use rusqlite::{Connection, Result};

use super::{FLAGS, failed, float, native};
use crate::arithmetic::{RANGES, within};

type Compute = fn(f64) -> f64;

const FLOATS: [(&str, Compute); 5] = [
    ("orm_float_neg", |v| -v),
    ("orm_float_abs", f64::abs),
    ("orm_float_round", f64::round_ties_even),
    ("orm_float_ceil", f64::ceil),
    ("orm_float_floor", f64::floor),
];

/// A computation with an integer.
type Whole = fn(i64) -> Option<i64>;

/// Each in three widths.
const INTEGERS: [([&str; 3], Whole); 2] = [
    (["orm_i16_neg", "orm_i32_neg", "orm_i64_neg"], i64::checked_neg),
    (["orm_i16_abs", "orm_i32_abs", "orm_i64_abs"], i64::checked_abs),
];

pub(super) fn register(connection: &Connection) -> Result<()> {
    for (names, compute) in INTEGERS {
        for (name, range) in names.into_iter().zip(RANGES) {
            connection.create_scalar_function(name, 1, FLAGS, move |context| {
                context.get::<Option<i64>>(0)?.map(|value| within(compute(value), range)).transpose()
            })?;
        }
    }
    for (name, compute) in FLOATS {
        connection.create_scalar_function(name, 1, FLAGS, move |context| {
            Ok(float(context, 0)?.map(|value| native(compute(value))))
        })?;
    }
    connection.create_scalar_function("orm_float_round_to", 2, FLAGS, |context| {
        let (Some(value), Some(digits)) = (float(context, 0)?, context.get::<Option<i32>>(1)?) else { return Ok(None) };
        Ok(Some(native(round_to(value, digits))))
    })?;
    connection.create_scalar_function("orm_sqrt", 1, FLAGS, |context| match float(context, 0)? {
        Some(value) if value < 0.0 => Err(failed("square root of a negative number")),
        value => Ok(value.map(|value| native(value.sqrt()))),
    })?;
    connection.create_scalar_function("orm_power", 2, FLAGS, |context| {
        let (Some(base), Some(exponent)) = (float(context, 0)?, float(context, 1)?) else { return Ok(None) };
        let result = base.powf(exponent);
        let given = base.is_finite() && exponent.is_finite();
        if given && !result.is_finite() {
            Err(failed("a power that is no real number"))
        } else {
            Ok(Some(native(result)))
        }
    })?;
    #[cfg(feature = "decimal")]
    decimal::register(connection)?;
    Ok(())
}

/// The first 15 digits of the value, rounded to that many after the point. Halves round away from zero.
fn round_to(value: f64, digits: i32) -> f64 {
    let Some((mantissa, exponent)) = digits_of(value) else { return value };
    let dropped = 14 - exponent - digits;
    let rounded = match u32::try_from(dropped) {
        Err(_) | Ok(0) => format!("{mantissa}e{}", exponent - 14),
        Ok(dropped @ 1..=15) => {
            let unit = 10_u64.pow(dropped);
            format!("{}e{}", (mantissa + unit / 2) / unit, -digits)
        }
        Ok(_) => return 0.0,
    };
    let size: f64 = rounded.parse().unwrap_or(value.abs());
    if value < 0.0 && size > 0.0 { -size } else { size }
}

/// The first 15 digits as a whole number, and the power of ten of the first of them. `None` for infinities and NaN.
fn digits_of(value: f64) -> Option<(u64, i32)> {
    let text = format!("{:.14e}", value.abs());
    let (mantissa, exponent) = text.split_once('e')?;
    Some((mantissa.replace('.', "").parse().ok()?, exponent.parse().ok()?))
}

#[cfg(feature = "decimal")]
mod decimal {
    use rust_decimal::{Decimal, RoundingStrategy};

    use super::{Connection, FLAGS, Result};
    use crate::function::decimal;

    type Compute = fn(Decimal) -> Decimal;

    const DECIMALS: [(&str, Compute); 4] = [
        ("orm_decimal_neg", |v| -v),
        ("orm_decimal_abs", |v| v.abs()),
        ("orm_decimal_ceil", |v| v.ceil()),
        ("orm_decimal_floor", |v| v.floor()),
    ];

    pub(super) fn register(connection: &Connection) -> Result<()> {
        for (name, compute) in DECIMALS {
            connection.create_scalar_function(name, 1, FLAGS, move |context| {
                Ok(decimal(context, 0)?.map(|value| compute(value).to_string()))
            })?;
        }
        // One form of a number, whatever a column keeps it as.
        connection.create_scalar_function("orm_decimal", 1, FLAGS, |context| {
            Ok(decimal(context, 0)?.map(|value| value.to_string()))
        })?;
        connection.create_scalar_function("orm_decimal_round", 2, FLAGS, |context| {
            let (Some(value), Some(digits)) = (decimal(context, 0)?, context.get::<Option<u32>>(1)?) else {
                return Ok(None);
            };
            let mut rounded = value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
            rounded.rescale(digits.min(28));
            Ok(Some(rounded.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_rounded_as_they_are_written() {
        let cases = [
            (2.675, 2, 2.68),
            (-2.675, 2, -2.68),
            (0.5, 0, 1.0),
            (-0.04, 1, 0.0),
            (1e300, 2, 1e300),
            (1e-300, 2, 0.0),
            (0.1, 20, 0.1),
            (9.96, 1, 10.0),
            (0.0, 3, 0.0),
        ];
        for (value, digits, expected) in cases {
            assert_eq!(round_to(value, digits).to_bits(), f64::to_bits(expected), "{value} {digits}");
        }
        assert!(round_to(f64::NAN, 1).is_nan());
        assert_eq!(round_to(f64::NEG_INFINITY, 1).to_bits(), f64::NEG_INFINITY.to_bits());
    }
}
