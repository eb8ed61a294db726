//! Sums and averages that SQLite would get wrong: exact ones of decimals, which are text here, and those of floats, among which
//! NaN is text too.

#[cfg(feature = "decimal")]
mod decimal;
mod float;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result};

/// Makes the functions known to a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    #[cfg(feature = "decimal")]
    decimal::register(connection, flags)?;
    float::register(connection, flags)
}
