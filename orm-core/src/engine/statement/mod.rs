//! Statements, as listeners of an engine see them.

mod comment;
mod echo;
mod slow;
mod span;
mod stream;

pub(super) use comment::Comments;
pub use comment::StatementTags;
pub(super) use echo::Echo;
use echo::Parameters;
pub(super) use slow::Slow;
pub(super) use span::{StatementSpan, spans_enabled};
pub(super) use stream::WatchedRows;

use std::fmt;
use std::time::Duration;

use crate::dialect::Dialect;
use crate::error::Error;
use crate::render;
use crate::schema::secrets;
use crate::sql::StatementKind;
use crate::value::{Value, ValueRef};

/// One statement, for the hooks of an engine.
#[derive(Clone)]
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
    /// The connection, by its number within the engine.
    pub connection: u64,
    /// The rows that it writes, if a flush sends it and a hook asks for them by [`EngineHooks::wants_rows`](super::EngineHooks::wants_rows).
    pub flushed: Option<&'a FlushedRows>,
    pub(super) dialect: &'static dyn Dialect,
}

/// Rows of one table that a statement of a flush writes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FlushedRows {
    /// The table, without its schema.
    pub table: &'static str,
    /// The keys of rows that are there already, each with the values of its columns. Those of new rows are not known yet.
    pub keys: Vec<Vec<Value>>,
}

impl FlushedRows {
    pub(crate) fn new(table: &'static str, keys: Vec<Vec<Value>>) -> Self {
        Self { table, keys }
    }
}

impl StatementEvent<'_> {
    /// What the statement does, read from its text.
    pub fn kind(&self) -> StatementKind {
        if starts_with_word(self.sql, "WITH") { self.summary().0 } else { render::kind(self.sql) }
    }

    /// The SQL dialect of the database.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// The tables that the statement names, without their schemas, each once and in their order, read from its text.
    pub fn tables(&self) -> Vec<String> {
        self.summary().1
    }

    fn summary(&self) -> (StatementKind, Vec<String>) {
        render::summary(self.sql, &self.dialect.capabilities().lexical_rules)
    }
}

/// Without values that may be those of a secret column.
impl fmt::Debug for StatementEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatementEvent")
            .field("sql", &self.sql)
            .field("parameters", &format_args!("{}", Parameters::of(self)))
            .field("rows", &self.rows)
            .field("elapsed", &self.elapsed)
            .field("error", &self.error)
            .field("connection", &self.connection)
            .finish()
    }
}

/// The error of a statement: it says which, and shows no value that is secret.
#[cold]
pub(super) fn told_of(error: Error, sql: &str) -> Error {
    let error = match secrets::behind(sql) {
        Some(column) => error.without_values(column),
        None => error,
    };
    error.with_statement(sql)
}

fn starts_with_word(sql: &str, word: &str) -> bool {
    sql.trim_start().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    pub(super) fn event<'a>(sql: &'a str, parameters: &'a [ValueRef<'a>]) -> StatementEvent<'a> {
        let dialect: &'static dyn Dialect = render::readable();
        let (rows, elapsed) = (0, Duration::ZERO);
        let (error, flushed, connection) = (None, None, 1);
        StatementEvent { sql, parameters, batch: None, rows, elapsed, error, connection, flushed, dialect }
    }

    #[test]
    fn a_write_behind_with_is_a_write() {
        let sql = "WITH a AS (SELECT 1 FROM b) INSERT INTO c SELECT 1 FROM a";
        assert_eq!(event(sql, &[]).kind(), StatementKind::Insert);
        assert_eq!(event(sql, &[]).tables(), ["b", "c"]);
        assert_eq!(event(" select 1", &[]).kind(), StatementKind::Select);
    }
}
