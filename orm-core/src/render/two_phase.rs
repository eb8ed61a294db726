//! Two-phase commit. These statements take no parameters: the id of a transaction is checked here, and becomes a literal here
//! and nowhere else.

use crate::dialect::Dialect;
use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};

/// The longest id that databases take, in bytes.
const LONGEST_ID: usize = 199;

/// The commands on a prepared transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TwoPhase {
    Prepare,
    Commit,
    Rollback,
}

/// The statement for the transaction with that id.
///
/// # Errors
///
/// `Unsupported` where the database has no such transactions, `Config` for an id that is empty, too long, or has other letters than
/// those of ASCII, digits, `-`, `_`, `.` and `:`.
pub(crate) fn two_phase(dialect: &'static dyn Dialect, step: TwoPhase, id: &str) -> Result<String> {
    if !dialect.capabilities().prepared_transactions {
        return Err(Error::unsupported(dialect.name(), "two-phase commit"));
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(is_plain) {
        let message = format!(
            "{id:?} cannot be the id of a prepared transaction: it takes 1 to {LONGEST_ID} letters of ASCII, digits, `-`, `_`, \
             `.` and `:`"
        );
        return Err(Error::new(ErrorKind::Config, message));
    }
    let mut out = SqlWriter::new(dialect);
    out.sql(match step {
        TwoPhase::Prepare => "PREPARE TRANSACTION ",
        TwoPhase::Commit => "COMMIT PREPARED ",
        TwoPhase::Rollback => "ROLLBACK PREPARED ",
    });
    out.ident_literal(id);
    Ok(out.into_text())
}
