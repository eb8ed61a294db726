//! How a transaction is begun.

use std::time::Duration;

use orm_core::driver::{Isolation, TransactionMode, TransactionOptions};
use orm_core::{Error, Result};

use crate::server::Server;

/// What begins a transaction, or one with an id: all of it goes to the server at once.
///
/// # Errors
///
/// `Unsupported` for an isolation or a limit that the server does not have.
pub(crate) fn begin(server: Server, mode: TransactionMode, xid: Option<&str>) -> Result<String> {
    let options = match mode {
        TransactionMode::Read | TransactionMode::Write => TransactionOptions::new(),
        TransactionMode::With(options) => options,
    };
    let mut sql = settings(server, options)?;
    let access = match options.read_only {
        Some(true) => " READ ONLY",
        Some(false) => " READ WRITE",
        None => "",
    };
    match xid {
        None => sql.push_str(&format!("START TRANSACTION{access}")),
        Some(xid) if access.is_empty() => sql.push_str(&format!("XA START {xid}")),
        Some(xid) => sql.push_str(&format!("SET TRANSACTION{access}; XA START {xid}")),
    }
    Ok(sql)
}

/// What is set for the next transaction.
fn settings(server: Server, options: TransactionOptions) -> Result<String> {
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
            begin(Server::MariaDb, TransactionMode::With(options), None)?,
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET SESSION innodb_lock_wait_timeout = 2, SESSION lock_wait_timeout = 2; \
             SET SESSION idle_transaction_timeout = 3; START TRANSACTION READ ONLY"
        );
        assert!(begin(Server::MySql, TransactionMode::With(options), None).is_err());
        assert!(begin(Server::MariaDb, TransactionMode::With(options.deferrable(true)), None).is_err());
        let short = Duration::from_millis(10);
        assert_eq!((lock_seconds(Server::MariaDb, short), lock_seconds(Server::MySql, short)), (0, 1));
        assert_eq!(begin(Server::MySql, TransactionMode::Write, None)?, "START TRANSACTION");
        assert_eq!(begin(Server::MySql, TransactionMode::Write, Some("'a',X'62'"))?, "XA START 'a',X'62'");
        let reads = TransactionMode::With(Isolation::RepeatableRead.into());
        assert_eq!(
            begin(Server::MariaDb, reads, Some("'a'"))?,
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; XA START 'a'"
        );
        let reads = TransactionMode::With(TransactionOptions::new().read_only(true));
        assert_eq!(begin(Server::MariaDb, reads, Some("'a'"))?, "SET TRANSACTION READ ONLY; XA START 'a'");
        assert_eq!((seconds(Duration::ZERO), seconds(Duration::from_micros(1))), (31_536_000, 1));
        Ok(())
    }
}
