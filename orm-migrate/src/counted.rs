//! Revisions on databases where each statement of the schema commits: how many statements are done is kept, so that the next run goes on
//! behind them.

use orm_core::driver::TransactionMode;
use orm_core::engine::Conn;
use orm_core::render;
use orm_core::{Error, ErrorKind, Result};

use crate::execute::Step;
use crate::history;
use crate::revision::digest_of;
use crate::script::Part;
use crate::words::is_any;

/// What statements of the schema begin with.
const OF_SCHEMA: &[&str] = &["alter", "create", "drop", "rename", "truncate"];

/// What an earlier run has done of a revision.
pub(crate) struct Done {
    /// How many statements.
    pub(crate) statements: usize,
    /// Whether that run has ended in the next one, which may be done as well.
    pub(crate) in_doubt: bool,
}

impl Step<'_> {
    /// Whether statements are counted, because the transaction of a revision would end with the first of them.
    pub(crate) fn counts(&self) -> bool {
        !self.run.engine.dialect().capabilities().transactional_schema
    }

    /// Notes that the revision begins, and returns what an earlier run has done of it.
    pub(crate) fn begin_count(&self, connection: &mut Conn) -> Result<Done> {
        let id = self.revision.id();
        let entry = history::entries(connection)?.remove(id);
        let Some((entry, unfinished)) =
            entry.and_then(|entry| entry.unfinished.map(|unfinished| (entry.digest, unfinished)))
        else {
            history::begin(connection, id, self.way, &self.digest_of_first(0))?;
            return Ok(Done { statements: 0, in_doubt: false });
        };
        if entry != self.digest_of_first(unfinished.statements) {
            let message = format!(
                "the first {} statements of revision `{id}` are done, and were others: bring them back, and change only those behind them",
                unfinished.statements
            );
            return Err(Error::new(ErrorKind::Schema, message));
        }
        Ok(Done { statements: unfinished.statements, in_doubt: !unfinished.failed })
    }

    /// Runs a part, and counts it in the same transaction, unless the part itself commits.
    pub(crate) fn run_counted(&self, connection: &mut Conn, at: usize, part: &Part, in_doubt: bool) -> Result<()> {
        connection.begin(TransactionMode::With(self.run.options))?;
        let ran = match self.run_part(connection, at, part) {
            Err(error) if in_doubt && was_done(connection, part, &error)? => Ok(()),
            ran => ran,
        };
        let (id, digest) = (self.revision.id(), self.digest_of_first(at + 1));
        match ran.and_then(|()| history::count(connection, id, self.way, at + 1, &digest)) {
            Ok(()) => connection.commit(),
            // A connection that is lost does not tell whether the statement is done.
            Err(error) if connection.is_broken() => Err(error),
            Err(error) => {
                connection.rollback()?;
                history::fail(connection, id, at + 1)?;
                Err(error)
            }
        }
    }

    fn digest_of_first(&self, statements: usize) -> String {
        digest_of(self.script.parts.iter().take(statements).map(Part::text))
    }
}

/// Whether a statement of the schema failed because the run before had done it, and ended before it was counted.
fn was_done(connection: &Conn, part: &Part, error: &Error) -> Result<bool> {
    let dialect = connection.dialect();
    let Part::Sql { text, .. } = part else { return Ok(false) };
    let words = render::words(dialect, text)?;
    Ok(words.first().is_some_and(|first| is_any(first, OF_SCHEMA)) && dialect.says_done(error))
}
