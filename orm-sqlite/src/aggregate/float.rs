use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef as Native};
use rusqlite::{Connection, Error, Result};

use crate::dialect::{FLOAT_AVG, FLOAT_SUM};
use crate::encode::NAN;

/// Makes the functions known to a connection.
pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
    connection.create_aggregate_function(FLOAT_SUM, 1, flags, Total(|sum, _| sum))?;
    connection.create_aggregate_function(FLOAT_AVG, 1, flags, Total(|sum, count| sum / count))
}

/// Adds up numbers and makes a result of the sum and the number of values that are not NULL.
struct Total(fn(f64, f64) -> f64);

/// A sum with what the additions lost to rounding, after Neumaier.
#[derive(Default)]
struct Running {
    sum: f64,
    lost: f64,
    count: u32,
}

impl Running {
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let (large, small) = if self.sum.abs() >= value.abs() { (self.sum, value) } else { (value, self.sum) };
        self.lost += (large - sum) + small;
        self.sum = sum;
        self.count += 1;
    }

    /// Infinities and NaN lose nothing.
    fn total(&self) -> f64 {
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

impl Aggregate<Running, Option<Value>> for Total {
    fn init(&self, _: &mut Context<'_>) -> Result<Running> {
        Ok(Running::default())
    }

    #[expect(clippy::cast_precision_loss, reason = "an average of integers is a float")]
    fn step(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        match context.get_raw(0) {
            Native::Null => {}
            Native::Real(v) => running.add(v),
            Native::Integer(v) => running.add(v as f64),
            Native::Text(text) if text == NAN.as_bytes() => running.add(f64::NAN),
            other => {
                let message = format!("a sum or an average met {}, which is no number", other.data_type());
                return Err(Error::UserFunctionError(message.into()));
            }
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, running: Option<Running>) -> Result<Option<Value>> {
        let Some(running) = running.filter(|running| running.count > 0) else { return Ok(None) };
        let result = (self.0)(running.total(), running.count.into());
        Ok(Some(if result.is_nan() { Value::Text(NAN.to_owned()) } else { Value::Real(result) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected: f64) {
        let mut running = Running::default();
        values.iter().for_each(|&value| running.add(value));
        assert_eq!(running.total().to_bits(), expected.to_bits(), "{values:?}");
    }

    #[test]
    fn sums_lose_nothing() {
        check(&[0.1; 10], 1.0);
        check(&[1.0, 1e100, 1.0, -1e100], 2.0);
        check(&[f64::INFINITY, 1.0], f64::INFINITY);
        check(&[1.0, f64::MAX, f64::MAX], f64::INFINITY);
    }
}
