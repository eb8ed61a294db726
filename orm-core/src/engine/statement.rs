use std::fmt;
use std::time::Duration;

use crate::error::{Bounded, Error};
use crate::value::ValueRef;

/// One statement, for the hooks of an engine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StatementEvent<'a> {
    /// The text.
    pub sql: &'a str,
    /// The parameters; none for a batch.
    pub parameters: &'a [ValueRef<'a>],
    /// The number of rows of parameters, when one prepared statement runs for each of them.
    pub batch: Option<usize>,
    /// The number of rows that it returned or changed; 0 before it has run.
    pub rows: u64,
    /// Its duration; zero before it has run.
    pub elapsed: Duration,
    /// Its error.
    pub error: Option<&'a Error>,
}

/// A hook around each statement of an engine.
pub trait StatementHook: Send + Sync + 'static {
    /// Called before the statement is sent.
    fn before(&self, event: &StatementEvent<'_>) {
        let _ = event;
    }

    /// Called when the statement has run or failed.
    fn after(&self, event: &StatementEvent<'_>) {
        let _ = event;
    }
}

/// A closure that is called after each statement.
pub(super) struct AfterStatement<F>(pub(super) F);

impl<F: Fn(&StatementEvent<'_>) + Send + Sync + 'static> StatementHook for AfterStatement<F> {
    fn after(&self, event: &StatementEvent<'_>) {
        (self.0)(event);
    }
}

/// Logs statements.
pub(super) struct Echo;

impl StatementHook for Echo {
    fn after(&self, event: &StatementEvent<'_>) {
        tracing::info!(
            target: "orm::statement",
            elapsed = ?event.elapsed,
            rows = event.rows,
            parameters = %Parameters(event),
            error = event.error.map(tracing::field::display),
            "{}",
            Bounded(event.sql),
        );
    }
}

/// The parameters of a statement, on one line.
struct Parameters<'a>(&'a StatementEvent<'a>);

impl fmt::Display for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        if let Some(rows) = self.0.batch {
            return write!(f, "{rows} rows");
        }
        f.write_str("[")?;
        for (index, value) in self.0.parameters.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{value}")?;
        }
        match self.0.parameters.len().saturating_sub(SHOWN) {
            0 => f.write_str("]"),
            more => write!(f, ", {more} more]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'a>(parameters: &'a [ValueRef<'a>], batch: Option<usize>) -> StatementEvent<'a> {
        StatementEvent { sql: "SELECT 1", parameters, batch, rows: 0, elapsed: Duration::ZERO, error: None }
    }

    #[test]
    fn parameters_stay_on_one_line() {
        let long = "x".repeat(200);
        let text = Parameters(&event(&[ValueRef::I64(1), ValueRef::Text(&long), ValueRef::Null], None)).to_string();
        assert_eq!(text, format!("[1, \"{}\"..., NULL]", "x".repeat(80)));
        let many = vec![ValueRef::Null; 25];
        assert!(Parameters(&event(&many, None)).to_string().ends_with("NULL, 5 more]"));
        assert_eq!(Parameters(&event(&[], Some(3))).to_string(), "3 rows");
    }
}
