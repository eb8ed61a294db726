use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::{Connection, Error, Result};
use rust_decimal::Decimal;

use crate::function::{decimal, failed};

/// Registers the functions on a connection.
pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
    connection.create_window_function("orm_decimal_sum", 1, flags, Total(|sum, _| Some(sum)))?;
    connection.create_window_function("orm_decimal_avg", 1, flags, Total(|sum, count| sum.checked_div(count.into())))
}

/// Adds up decimals. The result is computed from the sum and the number of values that are not NULL.
struct Total(fn(Decimal, u64) -> Option<Decimal>);

#[derive(Default)]
struct Running {
    sum: Decimal,
    count: u64,
}

impl Aggregate<Running, Option<String>> for Total {
    fn init(&self, _: &mut Context<'_>) -> Result<Running> {
        Ok(Running::default())
    }

    fn step(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = decimal(context, 0)? {
            running.sum = running.sum.checked_add(value).ok_or_else(too_long)?;
            running.count += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, running: Option<Running>) -> Result<Option<String>> {
        self.result(running.as_ref())
    }
}

impl WindowAggregate<Running, Option<String>> for Total {
    fn value(&self, running: Option<&mut Running>) -> Result<Option<String>> {
        self.result(running.as_deref())
    }

    fn inverse(&self, context: &mut Context<'_>, running: &mut Running) -> Result<()> {
        if let Some(value) = decimal(context, 0)? {
            running.sum = running.sum.checked_sub(value).ok_or_else(too_long)?;
            running.count -= 1;
        }
        Ok(())
    }
}

impl Total {
    fn result(&self, running: Option<&Running>) -> Result<Option<String>> {
        match running {
            Some(&Running { sum, count }) if count > 0 => {
                Ok(Some((self.0)(sum, count).ok_or_else(too_long)?.to_string()))
            }
            _ => Ok(None),
        }
    }
}

fn too_long() -> Error {
    failed("the sum of the decimals has more than 28 digits")
}
