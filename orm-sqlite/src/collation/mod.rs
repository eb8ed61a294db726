//! Collations for values that SQLite has no type for. Decimals, dates and times are text, and one value may have several spellings.

mod decimal;

use orm_core::value::Moment;
use rusqlite::{Connection, Result};

/// The collation of decimals.
pub(crate) const DECIMAL: &str = "orm_decimal";

/// The collation of dates and times.
pub(crate) const TIME: &str = "orm_time";

/// Registers the collations on a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    connection.create_collation(DECIMAL, decimal::compare)?;
    connection.create_collation(TIME, Moment::compare_text)
}
