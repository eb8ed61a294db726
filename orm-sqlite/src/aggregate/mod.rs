//! Sums and averages that SQLite would compute wrong. Decimals are stored as text, and so is the NaN of a float column.

#[cfg(feature = "decimal")]
mod decimal;
mod float;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result};

/// Registers the functions on a connection.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    #[cfg(feature = "decimal")]
    decimal::register(connection, flags)?;
    float::register(connection, flags)
}
