use rusqlite::functions::Context;
use rusqlite::types::ValueRef as Native;
use rusqlite::{Connection, Error, Result};

use super::{FLAGS, failed, native};

const INTEGERS: [(&str, i64, i64); 3] = [
    ("orm_cast_i16", i16::MIN as i64, i16::MAX as i64),
    ("orm_cast_i32", i32::MIN as i64, i32::MAX as i64),
    ("orm_cast_i64", i64::MIN, i64::MAX),
];

pub(super) fn register(connection: &Connection) -> Result<()> {
    for (name, least, greatest) in INTEGERS {
        connection.create_scalar_function(name, 1, FLAGS, move |context| {
            let value = integer(context)?;
            if value.is_some_and(|value| value < least || value > greatest) {
                return Err(out_of_range());
            }
            Ok(value)
        })?;
    }
    connection.create_scalar_function("orm_cast_f64", 1, FLAGS, |context| Ok(float(context)?.map(native)))?;
    connection.create_scalar_function("orm_cast_f32", 1, FLAGS, |context| {
        let Some(wide) = float(context)? else { return Ok(None) };
        #[expect(clippy::cast_possible_truncation, reason = "this is what the cast is for")]
        let narrow = wide as f32;
        if narrow.is_infinite() && wide.is_finite() { Err(out_of_range()) } else { Ok(Some(native(narrow.into()))) }
    })?;
    connection
        .create_scalar_function("orm_float_text", 1, FLAGS, |context| Ok(super::float(context, 0)?.map(float_text)))?;
    #[cfg(feature = "decimal")]
    decimal::register(connection)?;
    Ok(())
}

/// Rounds a float to the nearest integer, and halves to the even one.
#[expect(clippy::cast_possible_truncation, reason = "bounded to what fits")]
fn integer(context: &Context<'_>) -> Result<Option<i64>> {
    match context.get_raw(0) {
        Native::Null => Ok(None),
        Native::Integer(value) => Ok(Some(value)),
        Native::Real(value) => {
            let whole = value.round_ties_even();
            let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole);
            if fits { Ok(Some(whole as i64)) } else { Err(out_of_range()) }
        }
        other => {
            let text = other.as_str().map_err(|_| malformed("an integer"))?;
            text.trim().parse().map(Some).map_err(|_| malformed("an integer"))
        }
    }
}

fn float(context: &Context<'_>) -> Result<Option<f64>> {
    let Native::Text(text) = context.get_raw(0) else { return super::float(context, 0) };
    let text = std::str::from_utf8(text).map_err(|_| malformed("a number"))?;
    let value: f64 = text.trim().parse().map_err(|_| malformed("a number"))?;
    if value.is_infinite() && text.contains(|letter: char| letter.is_ascii_digit()) {
        return Err(out_of_range());
    }
    Ok(Some(value))
}

/// The shortest digits that identify the float, with an exponent if it is far from 1.
fn float_text(value: f64) -> String {
    if !value.is_finite() {
        let text = if value.is_nan() { "NaN" } else { "Infinity" };
        return if value < 0.0 { format!("-{text}") } else { text.to_owned() };
    }
    let scientific = format!("{value:e}");
    match scientific.split_once('e').and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?))) {
        Some((digits, exponent)) if !(-4..15).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => value.to_string(),
    }
}

fn out_of_range() -> Error {
    failed("a number that is cast is out of range")
}

fn malformed(what: &str) -> Error {
    failed(&format!("a text that is cast is not {what}"))
}

#[cfg(feature = "decimal")]
mod decimal {
    use rust_decimal::Decimal;

    use super::{Connection, FLAGS, Native, Result, malformed, out_of_range};

    pub(super) fn register(connection: &Connection) -> Result<()> {
        connection.create_scalar_function("orm_cast_decimal", 1, FLAGS, |context| {
            let value = match context.get_raw(0) {
                Native::Null => return Ok(None),
                Native::Integer(value) => Decimal::from(value),
                // The first 15 digits, which are those that a float keeps.
                Native::Real(value) => {
                    Decimal::from_scientific(&format!("{value:.14e}")).map_err(|_| out_of_range())?.normalize()
                }
                other => {
                    let text = other.as_str().map_err(|_| malformed("a decimal"))?.trim();
                    let parsed = text.parse().or_else(|_| Decimal::from_scientific(text));
                    parsed.map_err(|_| malformed("a decimal"))?
                }
            };
            Ok(Some(value.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_in_few_digits() {
        let cases = [(1.0, "1"), (0.1, "0.1"), (1e15, "1e+15"), (123_456_789_012_345.0, "123456789012345")];
        let small = [(1e-4, "0.0001"), (1.5e-5, "1.5e-05"), (-2e100, "-2e+100"), (f64::NEG_INFINITY, "-Infinity")];
        for (value, text) in cases.into_iter().chain(small) {
            assert_eq!(float_text(value), text);
        }
        assert_eq!(float_text(f64::NAN), "NaN");
    }
}
