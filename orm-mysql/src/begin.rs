//! How a transaction is begun.

use std::time::Duration;

use orm_core::driver::{Isolation, TransactionMode, TransactionOptions};
use orm_core::{Error, Result};

use crate::server::Server;

/// What begins a transaction: all of it goes to the server at once.
///
/// # Errors
///
/// `Unsupported` for an isolation or a limit that the server does not have.
pub(crate) fn begin(server: Server, mode: TransactionMode) -> Result<String> {
    match mode {
        TransactionMode::Read | TransactionMode::Write => Ok("START TRANSACTION".to_owned()),
        TransactionMode::With(options) => begin_with(server, options),
    }
}

fn begin_with(server: Server, options: TransactionOptions) -> Result<String> {
    let mut sql = String::new();
    if options.deferrable == Some(true) {
        return Err(Error::unsupported(
            "MySQL",
            "`deferrable`: a serializable transaction that waits and then reads without locks",
        ));
    }
    if let Some(isolation) = options.isolation {
        let level = match isolation {
            Isolation::ReadCommitted => "READ COMMITTED",
            Isolation::RepeatableRead => "REPEATABLE READ",
            Isolation::Serializable => "SERIALIZABLE",
            _ => return Err(Error::unsupported("MySQL", "this isolation")),
        };
        sql.push_str(&format!("SET TRANSACTION ISOLATION LEVEL {level}; "));
    }
    // As long as the session, and taken back by the reset.
    if let Some(timeout) = options.lock_timeout {
        let seconds = lock_seconds(server, timeout);
        let both = format!("SESSION innodb_lock_wait_timeout = {seconds}, SESSION lock_wait_timeout = {seconds}");
        sql.push_str(&format!("SET {both}; "));
    }
    if let Some(timeout) = options.idle_timeout.filter(|timeout| !timeout.is_zero()) {
        if server == Server::MySql {
            return Err(Error::unsupported(
                "MySQL",
                "`idle_timeout`: the time until the next statement of a transaction",
            ));
        }
        sql.push_str(&format!("SET SESSION idle_transaction_timeout = {}; ", seconds(timeout)));
    }
    sql.push_str("START TRANSACTION");
    match options.read_only {
        Some(true) => sql.push_str(" READ ONLY"),
        Some(false) => sql.push_str(" READ WRITE"),
        None => {}
    }
    Ok(sql)
}

/// How long a statement waits for locks on rows and on tables. MariaDB need not wait at all, for a time that is next to nothing.
fn lock_seconds(server: Server, timeout: Duration) -> u64 {
    const NOTHING: Duration = Duration::from_millis(100);
    let next_to_nothing = !timeout.is_zero() && timeout < NOTHING;
    if server == Server::MariaDb && next_to_nothing { 0 } else { seconds(timeout) }
}

/// As the server counts: whole seconds, at least one. Zero is no limit, which is as long as the server can wait.
fn seconds(timeout: Duration) -> u64 {
    const LONGEST: u64 = 31_536_000;
    match timeout.as_nanos().div_ceil(1_000_000_000) {
        0 => LONGEST,
        seconds => u64::try_from(seconds).unwrap_or(LONGEST).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_sent_along() -> Result<()> {
        let options = TransactionOptions::new().isolation(Isolation::Serializable).read_only(true);
        let options = options.lock_timeout(Duration::from_millis(1_001)).idle_timeout(Duration::from_secs(3));
        assert_eq!(
            begin(Server::MariaDb, TransactionMode::With(options))?,
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET SESSION innodb_lock_wait_timeout = 2, SESSION lock_wait_timeout = 2; \
             SET SESSION idle_transaction_timeout = 3; START TRANSACTION READ ONLY"
        );
        assert!(begin(Server::MySql, TransactionMode::With(options)).is_err());
        assert!(begin(Server::MariaDb, TransactionMode::With(options.deferrable(true))).is_err());
        let short = Duration::from_millis(10);
        assert_eq!((lock_seconds(Server::MariaDb, short), lock_seconds(Server::MySql, short)), (0, 1));
        assert_eq!(begin(Server::MySql, TransactionMode::Write)?, "START TRANSACTION");
        assert_eq!((seconds(Duration::ZERO), seconds(Duration::from_micros(1))), (31_536_000, 1));
        Ok(())
    }
}
