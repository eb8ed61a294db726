//! How a transaction is begun.

use std::borrow::Cow;

use orm_core::driver::{Isolation, TransactionMode, TransactionOptions};
use orm_core::{Error, Result};

/// What begins a transaction: all of it goes to the server at once.
///
/// # Errors
///
/// `Unsupported` for an isolation that PostgreSQL does not have.
pub(crate) fn begin(mode: TransactionMode) -> Result<Cow<'static, str>> {
    match mode {
        TransactionMode::Read | TransactionMode::Write => Ok("BEGIN".into()),
        TransactionMode::With(options) => begin_with(options).map(Cow::from),
    }
}

fn begin_with(options: TransactionOptions) -> Result<String> {
    let isolation = match options.isolation {
        None => None,
        Some(Isolation::ReadCommitted) => Some(" ISOLATION LEVEL READ COMMITTED"),
        Some(Isolation::RepeatableRead) => Some(" ISOLATION LEVEL REPEATABLE READ"),
        Some(Isolation::Serializable) => Some(" ISOLATION LEVEL SERIALIZABLE"),
        Some(_) => return Err(Error::unsupported("PostgreSQL", "this isolation")),
    };
    let flag = |is_set: Option<bool>, on, off| is_set.map(|is_set| if is_set { on } else { off });
    let parts = [
        isolation,
        flag(options.read_only, " READ ONLY", " READ WRITE"),
        flag(options.deferrable, " DEFERRABLE", " NOT DEFERRABLE"),
    ];
    Ok(format!("BEGIN{}", parts.into_iter().flatten().collect::<String>()))
}
