//! What a database means to do for a statement.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::dialect::PlanRows;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Row, RowReader};
use crate::query::table::TableQuery;
use crate::query::{Query, Sql};
use crate::render;
use crate::session::Session;
use crate::session::transaction::Prepared;
use crate::sql::Access;
use crate::value::with_refs;

impl<T, Q> Query<T, Q> {
    /// How the database means to run the query, in its own words, line by line. The query is not run.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let plan = Book::query().filter(Book::id.eq(1)).explain(&mut session)?;
    /// assert!(plan[0].contains("book"));
    /// let measured = Book::query().explain_analyze(&mut session); // SQLite does not tell
    /// assert!(measured.is_err_and(|error| error.kind() == ErrorKind::Unsupported));
    /// let plan = sql("SELECT title FROM book WHERE id = :id").bind("id", 1).explain(&mut session)?;
    /// assert!(plan[0].contains("book"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As the query itself.
    pub fn explain(&self, session: &mut Session) -> Result<Vec<String>> {
        let statement = session.links.render(&self.parts.row_statement()?)?;
        session.explain(&statement, false)
    }

    /// Runs the query, and tells how the database did it and what it took, line by line.
    ///
    /// See the example of [`explain`](Query::explain).
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database does not tell, and as the query itself.
    pub fn explain_analyze(&self, session: &mut Session) -> Result<Vec<String>> {
        let statement = session.links.render(&self.parts.row_statement()?)?;
        session.autoflush(&self.parts.reads())?;
        session.explain(&statement, true)
    }
}

impl TableQuery {
    /// How the database means to run the query, in its own words, line by line. The query is not run.
    ///
    /// See the example of [`Query::explain`].
    ///
    /// # Errors
    ///
    /// As the query itself.
    pub fn explain(&self, session: &mut Session) -> Result<Vec<String>> {
        let statement = session.links.render(&self.statement()?)?;
        session.explain(&statement, false)
    }
}

impl Sql {
    /// How the database means to run the statement, in its own words, line by line. The statement is not run.
    ///
    /// See the example of [`Query::explain`].
    ///
    /// # Errors
    ///
    /// As the statement itself.
    pub fn explain(&self, session: &mut Session) -> Result<Vec<String>> {
        let database = session.links.database_named(self.database.as_deref())?;
        let dialect = session.links.dialect(database);
        render::single_statement_writes(dialect, &self.raw.text)?;
        let (text, params) = self.to_sql(dialect)?;
        session.explain(&Prepared { text, params, access: Access::Read, raw: false, database }, false)
    }
}

impl Session {
    fn explain(&mut self, statement: &Prepared, analyze: bool) -> Result<Vec<String>> {
        let Prepared { text, params, database, .. } = statement;
        let link = self.links.at(*database);
        let dialect = link.dialect();
        let plans = dialect.capabilities().plans;
        let before = match (analyze, plans.analyze) {
            (false, _) => plans.explain,
            (true, Some(analyze)) => analyze,
            (true, None) => return Err(Error::unsupported(dialect.name(), "EXPLAIN ANALYZE")),
        };
        let (text, mut lines, mut depths) = (format!("{before}{text}"), Vec::new(), HashMap::new());
        with_refs(params, |params| {
            link.query(&text, params, |row| {
                lines.push(match plans.rows {
                    PlanRows::Lines => RowReader::new(row, 0, "plan").column::<String>()?,
                    PlanRows::Nodes => node(row, &mut depths)?,
                });
                Ok(ControlFlow::Continue(()))
            })
        })?;
        Ok(lines)
    }
}

/// A node, as deep as it belongs.
fn node(row: &dyn Row, depths: &mut HashMap<i64, usize>) -> Result<String> {
    if row.len() < 4 {
        return Err(Error::new(ErrorKind::Decode, "plan: expected four columns"));
    }
    let mut row = RowReader::new(row, 0, "plan");
    let (id, parent): (i64, i64) = (row.column()?, row.column()?);
    row.skip(1);
    let depth = depths.get(&parent).map_or(0, |depth| depth + 1);
    depths.insert(id, depth);
    Ok(format!("{}{}", "  ".repeat(depth), row.column::<String>()?))
}
