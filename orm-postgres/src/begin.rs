//! How a transaction is begun.

use std::borrow::Cow;
use std::time::Duration;

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
    let begin = format!("BEGIN{}", parts.into_iter().flatten().collect::<String>());
    let timeouts =
        [("lock_timeout", options.lock_timeout), ("idle_in_transaction_session_timeout", options.idle_timeout)];
    let settings = timeouts.into_iter().filter_map(|(name, timeout)| Some((name, milliseconds(timeout?))));
    Ok(settings.fold(begin, |sql, (name, timeout)| format!("{sql}; SET LOCAL {name} = {timeout}")))
}

/// As the server counts; zero means no limit, and stays zero.
fn milliseconds(timeout: Duration) -> i32 {
    i32::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_sent_along() -> Result<()> {
        let options = TransactionOptions::new().lock_timeout(Duration::from_micros(1500)).read_only(true);
        let options = options.idle_timeout(Duration::MAX).statement_timeout(Duration::from_secs(1));
        let begin = begin(TransactionMode::With(options))?;
        assert_eq!(
            begin,
            "BEGIN READ ONLY; SET LOCAL lock_timeout = 2; SET LOCAL idle_in_transaction_session_timeout = 2147483647"
        );
        assert_eq!(milliseconds(Duration::ZERO), 0);
        Ok(())
    }
}
