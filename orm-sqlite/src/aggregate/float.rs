use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::Value;
use rusqlite::{Connection, Result};

use crate::function::{float, native};

/// Registers the functions on a connection.
pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
    connection.create_window_function("orm_float_sum", 1, flags, Total(|sum, _| sum))?;
    connection.create_window_function("orm_float_avg", 1, flags, Total(|sum, count| sum / count))
}

/// Adds up numbers. The result is computed from the sum and the number of values that are not NULL.
struct Total(fn(f64, f64) -> f64);

/// A sum with a correction for rounding, after Neumaier. Infinities and NaN are counted instead of added, so that they can leave a window
/// again.
#[derive(Default)]
struct Running {
    sum: f64,
    lost: f64,
    count: u32,
    nan: u32,
    infinite: u32,
    negative_infinite: u32,
}

impl Running {
    fn add(&mut self, value: f64) {
        self.count += 1;
        match self.special(value) {
            Some(counter) => *counter += 1,
            None => self.accumulate(value),
        }
    }

    fn remove(&mut self, value: f64) {
        self.count -= 1;
        match self.special(value) {
            Some(counter) => *counter -= 1,
            None => self.accumulate(-value),
        }
    }

    fn special(&mut self, value: f64) -> Option<&mut u32> {
        if value.is_nan() {
            Some(&mut self.nan)
        } else if value == f64::INFINITY {
            Some(&mut self.infinite)
        } else if value == f64::NEG_INFINITY {
            Some(&mut self.negative_infinite)
        } else {
            None
        }
    }

    fn accumulate(&mut self, value: f64) {
        let sum = self.sum + value;
        let (large, small) = if self.sum.abs() >= value.abs() { (self.sum, value) } else { (value, self.sum) };
        self.lost += (large - sum) + small;
        self.sum = sum;
    }

    fn total(&self) -> f64 {
        match (self.nan, self.infinite, self.negative_infinite) {
            (0, 0, 0) if self.sum.is_finite() => self.sum + self.lost,
            (0, 0, 0) => self.sum,
            (0, 1.., 0) => f64::INFINITY,
            (0, 0, 1..) => f64::NEG_INFINITY,
            _ => f64::NAN,
        }
    }
}

impl Aggregate<Running, Option<Value>> for Total {
    fn init(&self, _: &mut Context<'_>) -> Result<Running> {
        Ok(Running::default())
    }

    fn step(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = float(context, 0)? {
            running.add(value);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, running: Option<Running>) -> Result<Option<Value>> {
        Ok(self.result(running.as_ref()))
    }
}

impl WindowAggregate<Running, Option<Value>> for Total {
    fn value(&self, running: Option<&mut Running>) -> Result<Option<Value>> {
        Ok(self.result(running.as_deref()))
    }

    fn inverse(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = float(context, 0)? {
            running.remove(value);
        }
        Ok(())
    }
}

impl Total {
    fn result(&self, running: Option<&Running>) -> Option<Value> {
        let running = running.filter(|running| running.count > 0)?;
        Some(native((self.0)(running.total(), running.count.into())))
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

    #[test]
    fn what_leaves_a_window_leaves_nothing_behind() {
        let mut running = Running::default();
        for value in [f64::INFINITY, 0.1, 1e100, f64::NAN, f64::NEG_INFINITY] {
            running.add(value);
        }
        assert!(running.total().is_nan());
        for value in [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 1e100] {
            running.remove(value);
        }
        assert_eq!(running.total().to_bits(), 0.1_f64.to_bits());
    }
}
