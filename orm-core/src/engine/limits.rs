//! How long statements may take, and the tokens that cancel them.

use std::time::{Duration, Instant};

use super::{DatabaseUrl, UrlOption};
use crate::driver::{CancelToken, Connection, Limits, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};

/// The options of every database's URL, as the guide's table has them.
pub(super) const TIMEOUTS: &[UrlOption<TransactionOptions>] = &[
    UrlOption {
        name: "statement_timeout",
        variable: None,
        takes: "milliseconds that a statement may take, or `0` for no limit",
        set: |options, value| milliseconds(value).map(|it| options.statement_timeout = Some(it)),
    },
    UrlOption {
        name: "lock_timeout",
        variable: None,
        takes: "milliseconds that a statement of a transaction waits for a lock, or `0` for no limit",
        set: |options, value| milliseconds(value).map(|it| options.lock_timeout = Some(it)),
    },
    UrlOption {
        name: "idle_timeout",
        variable: None,
        takes: "milliseconds that a transaction may wait for its next statement, or `0` for no limit; not every database has it",
        set: |options, value| milliseconds(value).map(|it| options.idle_timeout = Some(it)),
    },
    UrlOption {
        name: "transaction_timeout",
        variable: None,
        takes: "milliseconds that a transaction may take, or `0` for no limit",
        set: |options, value| milliseconds(value).map(|it| options.transaction_timeout = Some(it)),
    },
];

fn milliseconds(value: &str) -> Option<Duration> {
    value.parse().ok().map(|it: u32| Duration::from_millis(it.into()))
}

/// Takes the options of transactions out of a URL.
///
/// # Errors
///
/// `Config` for a wrong value.
pub(super) fn take_timeouts(url: &mut DatabaseUrl) -> Result<TransactionOptions> {
    let mut options = TransactionOptions::new();
    for (name, value) in url.take_options(|name| TIMEOUTS.iter().any(|option| option.name == name)) {
        UrlOption::apply(TIMEOUTS, &mut options, &name, &value)?;
    }
    Ok(options)
}

/// What limits the statements of a session, or of a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    /// How long each of them may take.
    pub(crate) statement: Option<Duration>,
    /// What ends all of them.
    pub(crate) whole: Limits,
    /// The limits that the connection knows of: those of its last statement.
    pub(crate) set: Limits,
}

impl Bounds {
    /// Those of statements that run with `options`.
    pub(crate) fn of(options: &TransactionOptions) -> Self {
        let statement = options.statement_timeout.filter(|timeout| !timeout.is_zero());
        Self { statement, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.statement.is_none() && self.whole.is_empty()
    }

    /// Tells a connection the limits of a statement that begins now.
    ///
    /// # Errors
    ///
    /// `Cancelled` and `Timeout` when there is no time left for it, and the database's.
    pub(super) fn begin(&mut self, connection: &mut dyn Connection) -> Result<()> {
        if self.is_empty() {
            return self.lift(connection);
        }
        if self.whole.is_reached() {
            return Err(self.reason());
        }
        self.set = self.whole.clone();
        self.set.deadline = sooner(self.set.deadline, self.statement.and_then(after));
        connection.set_limits(&self.set)
    }

    /// Takes the limits back, for what has to be done in any case.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(super) fn lift(&mut self, connection: &mut dyn Connection) -> Result<()> {
        if self.set.is_empty() {
            return Ok(());
        }
        self.set = Limits::default();
        connection.set_limits(&self.set)
    }

    /// The error of a statement, with the reason where that is a limit: the database knows only that it was ended, or that it waited.
    #[cold]
    pub(super) fn explain(&self, error: Error) -> Error {
        let may_be = matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Timeout | ErrorKind::Busy);
        if !may_be || !self.set.is_reached() {
            return error;
        }
        let reason = self.reason();
        let reason = match error.code() {
            Some(code) => reason.with_code(code),
            None => reason,
        };
        reason.with_source(error)
    }

    /// The error of a statement that a limit has ended.
    #[cold]
    pub(super) fn reason(&self) -> Error {
        if self.whole.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            let message = "the session was cancelled by its token: call rollback() to go on";
            return Error::new(ErrorKind::Cancelled, message);
        }
        let message = match self.statement {
            Some(timeout) if !self.whole.is_reached() => {
                format!("the statement took longer than its `statement_timeout` of {timeout:?}: roll back")
            }
            _ => "the deadline has passed, and what was not committed is rolled back".to_owned(),
        };
        Error::new(ErrorKind::Timeout, message)
    }
}

/// The moment after `timeout`; none where it is beyond what a clock can say.
pub(crate) fn after(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

/// The first of two moments, as far as there are any.
pub(crate) fn sooner(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_the_same_table() {
        let guide = include_str!("../../../docs/guide/engine.md");
        for UrlOption { name, takes, .. } in TIMEOUTS {
            let row = format!("| `{name}` | {takes} |");
            assert!(guide.contains(&row), "docs/guide/engine.md lacks\n{row}");
        }
    }

    #[test]
    fn a_url_has_timeouts_and_keeps_its_other_options() -> Result<()> {
        let mut url = DatabaseUrl::parse("x://?statement_timeout=1500&mode=ro&lock_timeout=0&statement_timeout=2000")?;
        let options = take_timeouts(&mut url)?;
        assert_eq!(options.statement_timeout, Some(Duration::from_secs(2)));
        assert_eq!(options.lock_timeout, Some(Duration::ZERO));
        assert_eq!(url.options().collect::<Vec<_>>(), [("mode", "ro")]);
        let error = take_timeouts(&mut DatabaseUrl::parse("x://?idle_timeout=5s")?).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.to_string().contains("`idle_timeout=5s`"), "{error}");
        Ok(())
    }
}
