//! INSERT of rows of values that may meet existing rows, and whose columns come back: for one row, and over arrays of columns.

use super::dml::{Sent, advance, insert_into, insert_source, names, overriding, read_all, same_value, unnest};
use super::stored;
use super::write::{conflict, returning};
use crate::dialect::Dialect;
use crate::dialect::SqlWriter;
use crate::error::{Error, Result};
use crate::schema::{TableDef, TableFacts};
use crate::sql::{Conflict, Expr, SelectItem};
use crate::value::Value;

/// The inserted columns, and the returned values.
#[derive(Debug)]
pub(crate) struct ValueRows<'a> {
    pub(crate) table: &'static TableDef,
    pub(crate) columns: &'a [usize],
    /// A key that the database chooses.
    pub(crate) generated: Option<usize>,
    pub(crate) conflict: Option<&'a Conflict>,
    pub(crate) returning: &'a [SelectItem],
}

/// How returned rows are matched. No order of RETURNING is relied on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MatchRows {
    /// By the primary key, which is sent or drawn.
    ByKey,
    /// By the columns whose constraint a row may violate.
    ByTarget(Vec<usize>),
}

impl ValueRows<'_> {
    /// The text for one row, and the parameters behind those of the row.
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the database cannot do.
    pub(crate) fn row(
        &self,
        dialect: &'static dyn Dialect,
        facts: Option<&TableFacts>,
    ) -> Result<(String, Vec<Value>)> {
        let mut out = SqlWriter::new(dialect);
        if self.columns.is_empty() {
            self.empty_row(&mut out)?;
        } else {
            insert_into(&mut out, self.table, self.columns);
            if let Some(facts) = facts {
                overriding(&mut out, (self.table, facts), self.columns);
            }
            let columns = &self.table.columns;
            out.sql(" VALUES (").list(", ", self.columns, |out, &column| stored::placeholder(out, &columns[column]));
            out.sql(")");
        }
        self.conflict.iter().try_for_each(|clause| conflict(&mut out, &self.table.name, clause))?;
        returning(&mut out, self.returning, &[])?;
        if let Some(facts) = facts {
            let before = if self.returning.is_empty() { " RETURNING " } else { ", " };
            advance(&mut out, (self.table, facts), self.columns, before, Sent::Row)?;
        }
        out.checked()
    }

    /// A row without values. If the database does not allow `ON CONFLICT` for a row of defaults, the key is sent as NULL, which it replaces
    /// by the number of the row.
    fn empty_row(&self, out: &mut SqlWriter) -> Result<()> {
        let (dialect, table) = (out.dialect(), self.table);
        if self.conflict.is_none() || dialect.capabilities().default_values_conflict {
            insert_into(out, table, &[]);
            out.sql(" DEFAULT VALUES");
            return Ok(());
        }
        let Some(key) = self.generated.filter(|_| table.generated_key) else {
            let what = "a row of which all columns are left to the database, and which may meet one that is there";
            return Err(Error::unsupported(dialect.name(), what));
        };
        insert_into(out, table, &[key]);
        out.sql(" VALUES (NULL)");
        Ok(())
    }

    /// The text for all rows, one array a column, and the parameters behind the arrays.
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the database cannot do.
    pub(crate) fn arrays(&self, dialect: &'static dyn Dialect, facts: &TableFacts) -> Result<(String, Vec<Value>)> {
        let mut out = SqlWriter::new(dialect);
        insert_into(&mut out, self.table, self.columns);
        overriding(&mut out, (self.table, facts), self.columns);
        out.sql(" SELECT ");
        read_all(&mut out, (self.table, facts), self.columns);
        out.sql(" FROM ");
        unnest(&mut out, (self.table, facts), self.columns);
        out.sql(" AS u(");
        names(&mut out, self.table, self.columns);
        out.sql(")");
        self.conflict.iter().try_for_each(|clause| conflict(&mut out, &self.table.name, clause))?;
        advance(&mut out, (self.table, facts), self.columns, " RETURNING ", Sent::Arrays)?;
        out.checked()
    }

    /// Like [`arrays`](Self::arrays). The result has what comes back of each row, and behind it the row's position in the arrays,
    /// counted from 1, by which it is ordered.
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the database cannot do.
    pub(crate) fn arrays_returning(
        &self,
        dialect: &'static dyn Dialect,
        facts: &TableFacts,
        matched: &MatchRows,
    ) -> Result<(String, Vec<Value>)> {
        let mut out = SqlWriter::new(dialect);
        insert_source(&mut out, (self.table, facts), self.columns, self.generated)?;
        out.sql(", ins AS (");
        self.insert_from_source(&mut out, facts, matched)?;
        out.sql(") SELECT ").list(", ", 0..self.returning.len(), |out, index| {
            out.sql("m.").ident(&result(index));
        });
        out.sql(", m.\"orm ord\" FROM (");
        match matched {
            MatchRows::ByKey => self.join(&mut out, facts, &self.table.primary_key),
            MatchRows::ByTarget(target) => {
                self.join(&mut out, facts, target);
                let nullable: Vec<usize> =
                    target.iter().copied().filter(|&column| self.table.columns[column].nullable).collect();
                if !nullable.is_empty() {
                    // Rows with a NULL there violate nothing, and are matched by their keys.
                    self.join(out.sql(" UNION ALL "), facts, &self.table.primary_key);
                    out.sql(" WHERE ").list(" OR ", nullable, |out, column| {
                        out.sql("src.").ident(&self.table.columns[column].name).sql(" IS NULL");
                    });
                }
            }
        }
        out.sql(") AS m ORDER BY m.\"orm ord\"");
        out.checked()
    }

    fn insert_from_source(&self, out: &mut SqlWriter, facts: &TableFacts, matched: &MatchRows) -> Result<()> {
        let written: Vec<usize> = self.generated.into_iter().chain(self.columns.iter().copied()).collect();
        insert_into(out, self.table, &written);
        overriding(out, (self.table, facts), &written);
        out.sql(" SELECT ");
        read_all(out, (self.table, facts), &written);
        out.sql(" FROM src ORDER BY \"orm ord\"");
        self.conflict.iter().try_for_each(|clause| conflict(out, &self.table.name, clause))?;
        let items = (0..).zip(self.returning);
        let mut items: Vec<SelectItem> = items
            .map(|(index, item)| SelectItem { expr: item.expr.clone(), label: Some(result(index).into()) })
            .collect();
        let mut columns = self.table.primary_key.clone();
        if let MatchRows::ByTarget(target) = matched {
            columns.extend(target.iter().filter(|column| !self.table.primary_key.contains(column)));
        }
        items.extend(columns.into_iter().map(|column| SelectItem {
            expr: Expr::column(self.table, &self.table.columns[column]),
            label: Some(told_by(column).into()),
        }));
        returning(out, &items, &[])?;
        advance(out, (self.table, facts), self.columns, ", ", Sent::Arrays)
    }

    /// The rows that came back, each with the row that was sent.
    fn join(&self, out: &mut SqlWriter, facts: &TableFacts, columns: &[usize]) {
        out.sql("SELECT ins.*, src.\"orm ord\" FROM src JOIN ins ON ").list(" AND ", columns, |out, &column| {
            same_value(out, (self.table, facts), column, &told_by(column));
        });
    }
}

/// The name of a returned value, chosen so that it cannot be a column of the table.
fn result(index: usize) -> String {
    format!("orm r{index}")
}

/// The name of a column by which rows are told apart.
fn told_by(column: usize) -> String {
    format!("orm k{column}")
}
