use std::fmt;

use super::StatementEvent;
use crate::engine::EngineHooks;
use crate::error::Bounded;
use crate::schema::secrets;

/// Logs statements.
pub(in crate::engine) struct Echo {
    /// Whether to leave out the parameters.
    pub(in crate::engine) hides: bool,
}

impl EngineHooks for Echo {
    fn after_statement(&self, event: &StatementEvent<'_>) {
        tracing::info!(
            target: "orm::statement",
            elapsed = ?event.elapsed,
            rows = event.rows,
            parameters = %Parameters { event, hidden: self.hides },
            error = event.error.map(tracing::field::display),
            "{}",
            Bounded(event.sql),
        );
    }
}

/// The parameters of a statement, on one line.
pub(super) struct Parameters<'a> {
    event: &'a StatementEvent<'a>,
    hidden: bool,
}

impl<'a> Parameters<'a> {
    /// Those that are no secret.
    pub(super) fn of(event: &'a StatementEvent<'a>) -> Self {
        Self { event, hidden: false }
    }
}

impl fmt::Display for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        if let Some(rows) = self.event.batch {
            return write!(f, "{rows} rows");
        }
        let count = self.event.parameters.len();
        if self.hidden && count > 0 {
            return write!(f, "[{count} hidden]");
        }
        if count > 0
            && let Some(column) = secrets::named_in(self.event.sql)
        {
            return write!(f, "[{count} hidden, as `{column}` is secret]");
        }
        f.write_str("[")?;
        for (index, value) in self.event.parameters.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{value}")?;
        }
        match self.event.parameters.len().saturating_sub(SHOWN) {
            0 => f.write_str("]"),
            more => write!(f, ", {more} more]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::statement::tests::event;
    use crate::value::ValueRef;

    fn shown(parameters: &[ValueRef<'_>], batch: Option<usize>, hidden: bool) -> String {
        let event = StatementEvent { batch, elapsed: Duration::ZERO, ..event("SELECT 1", parameters) };
        Parameters { event: &event, hidden }.to_string()
    }

    #[test]
    fn parameters_stay_on_one_line() {
        let long = "x".repeat(200);
        let text = shown(&[ValueRef::I64(1), ValueRef::Text(&long), ValueRef::Null], None, false);
        assert_eq!(text, format!("[1, \"{}\"..., NULL]", "x".repeat(80)));
        assert!(shown(&[ValueRef::Null; 25], None, false).ends_with("NULL, 5 more]"));
        assert_eq!(shown(&[], Some(3), false), "3 rows");
    }

    #[test]
    fn hidden_parameters_are_counted() {
        assert_eq!(shown(&[ValueRef::I64(1), ValueRef::Text("secret")], None, true), "[2 hidden]");
        assert_eq!(shown(&[], None, true), "[]");
    }
}
