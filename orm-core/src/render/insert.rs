//! INSERT of the rows of values: for one row, to be run once or as a batch of one prepared statement, for a list of rows, and over arrays of
//! columns, to be run once for any number of rows. Rows may meet existing ones, and their columns may come back.

use super::conflict;
use super::dml::{Described, POSITION, column_type, names, read_all, unnest, write_returning};
use super::stored;
use super::write::returning;
use crate::dialect::Dialect;
use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{ColumnFacts, Filled, TableDef, TableFacts};
use crate::sql::{Conflict, Expr, SelectItem};
use crate::value::Value;

/// The inserted columns, and what comes back of each row.
#[derive(Debug)]
pub(crate) struct ValueRows<'a> {
    pub(crate) table: &'static TableDef,
    pub(crate) columns: &'a [usize],
    /// A key that the database chooses.
    pub(crate) generated: Option<usize>,
    pub(crate) conflict: Option<&'a Conflict>,
    pub(crate) returning: Returned<'a>,
}

/// What comes back of each row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Returned<'a> {
    /// Columns. Over arrays, the generated key comes before them.
    Columns(&'a [usize]),
    /// What a user asked for.
    Items(&'a [SelectItem]),
}

/// How returned rows are matched. No order of RETURNING is relied on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MatchRows {
    /// By the primary key, which is sent or drawn.
    ByKey,
    /// By the columns whose constraint a row may violate.
    ByTarget(Vec<usize>),
}

/// How the keys are sent to which a sequence is advanced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Row,
    Arrays,
}

impl Returned<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Columns(columns) => columns.len(),
            Self::Items(items) => items.len(),
        }
    }
}

impl<'a> ValueRows<'a> {
    /// Rows of which nothing comes back.
    pub(crate) fn new(table: &'static TableDef, columns: &'a [usize]) -> Self {
        Self { table, columns, generated: None, conflict: None, returning: Returned::Columns(&[]) }
    }

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
        self.listed(dialect, facts, 1)
    }

    /// The text for a list of rows, and the parameters behind those of the rows. Without columns there is one row.
    ///
    /// # Errors
    ///
    /// As [`row`](Self::row).
    pub(crate) fn listed(
        &self,
        dialect: &'static dyn Dialect,
        facts: Option<&TableFacts>,
        rows: usize,
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
            out.sql(" VALUES ").list(", ", 0..rows, |out, _| {
                out.sql("(").list(", ", self.columns, |out, &column| stored::placeholder(out, &columns[column]));
                out.sql(")");
            });
        }
        self.conflict(&mut out)?;
        match self.returning {
            Returned::Columns(columns) => write_returning(&mut out, self.table, columns),
            Returned::Items(items) => {
                conflict::require_returned(&out, self.conflict, items)?;
                returning(&mut out, items, &[], dialect.capabilities().insert_returning)?;
            }
        }
        if let Some(facts) = facts {
            let before = if self.returning.len() == 0 { " RETURNING " } else { ", " };
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
            out.sql(if dialect.capabilities().default_values { " DEFAULT VALUES" } else { " () VALUES ()" });
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

    /// The text for all rows, one array a column, and the parameters behind the arrays. Nothing comes back.
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
        self.conflict(&mut out)?;
        advance(&mut out, (self.table, facts), self.columns, " RETURNING ", Sent::Arrays)?;
        out.checked()
    }

    /// Like [`arrays`](Self::arrays). The result has what comes back of each row, in the order of the arrays. Behind what a user asked for
    /// stands the row's position in the arrays, counted from 1.
    ///
    /// Without columns the one parameter numbers the rows.
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
        self.source(&mut out, facts)?;
        let written: Vec<usize> = self.generated.into_iter().chain(self.columns.iter().copied()).collect();
        insert_into(out.sql(", ins AS ("), self.table, &written);
        overriding(&mut out, (self.table, facts), &written);
        out.sql(" SELECT ");
        read_all(&mut out, (self.table, facts), &written);
        out.sql(" FROM src");
        match self.returning {
            Returned::Columns(fetch) => self.fetch(&mut out, facts, fetch)?,
            Returned::Items(items) => self.matching(&mut out, facts, items, matched)?,
        }
        out.checked()
    }

    /// Behind the INSERT of the rows of `src`: what comes back are columns.
    fn fetch(&self, out: &mut SqlWriter, facts: &TableFacts, fetch: &[usize]) -> Result<()> {
        let key = &self.table.primary_key;
        names(out.sql(" RETURNING "), self.table, &[key, fetch].concat());
        advance(out, (self.table, facts), self.columns, ", ", Sent::Arrays)?;
        out.sql(") SELECT ").list(", ", self.generated.iter().chain(fetch), |out, &column| {
            out.sql("ins.").ident(&self.table.columns[column].name);
        });
        // The join is needed even for the keys alone, because a row that a trigger dropped has none.
        out.sql(" FROM src JOIN ins ON ").list(" AND ", key, |out, &column| {
            same_value(out, (self.table, facts), column, &self.table.columns[column].name);
        });
        out.sql(" ORDER BY src.").ident(POSITION);
        Ok(())
    }

    /// Behind the INSERT of the rows of `src`: what comes back is what a user asked for, and the positions.
    fn matching(
        &self,
        out: &mut SqlWriter,
        facts: &TableFacts,
        items: &[SelectItem],
        matched: &MatchRows,
    ) -> Result<()> {
        out.sql(" ORDER BY ").ident(POSITION);
        self.conflict(out)?;
        returning(out, &self.told_apart(items, matched), &[], true)?;
        advance(out, (self.table, facts), self.columns, ", ", Sent::Arrays)?;
        out.sql(") SELECT ").list(", ", 0..items.len(), |out, index| {
            out.sql("m.").ident(&result(index));
        });
        out.sql(", m.").ident(POSITION).sql(" FROM (");
        match matched {
            MatchRows::ByKey => self.join(out, facts, &self.table.primary_key),
            MatchRows::ByTarget(target) => {
                self.join(out, facts, target);
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
        out.sql(") AS m ORDER BY m.").ident(POSITION);
        Ok(())
    }

    /// What a user asked for, and the columns by which rows are told apart.
    fn told_apart(&self, items: &[SelectItem], matched: &MatchRows) -> Vec<SelectItem> {
        let named = |(index, item): (usize, &SelectItem)| SelectItem {
            expr: item.expr.clone(),
            label: Some(result(index).into()),
        };
        let mut columns = self.table.primary_key.clone();
        if let MatchRows::ByTarget(target) = matched {
            columns.extend(target.iter().filter(|column| !self.table.primary_key.contains(column)));
        }
        let columns = columns.into_iter().map(|column| SelectItem {
            expr: Expr::column(self.table, &self.table.columns[column]),
            label: Some(told_by(column).into()),
        });
        items.iter().enumerate().map(named).chain(columns).collect()
    }

    fn conflict(&self, out: &mut SqlWriter) -> Result<()> {
        let columns = if self.columns.is_empty() { self.generated.as_slice() } else { self.columns };
        let written: Vec<&str> = columns.iter().map(|&column| &*self.table.columns[column].name).collect();
        self.conflict.iter().try_for_each(|clause| conflict::conflict(out, &self.table.name, &written, clause))
    }

    /// `WITH src AS (..)`: the rows, with the key that is drawn for each and their positions, counted from 1.
    fn source(&self, out: &mut SqlWriter, facts: &TableFacts) -> Result<()> {
        let Self { table, columns, .. } = self;
        out.sql("WITH src AS (SELECT ");
        if let Some(key) = self.generated {
            let name = &table.columns[key].name;
            draw(out, table, facts.column(name))?;
            out.sql(" AS ").ident(name).sql(", ");
        }
        out.sql("u.* FROM ");
        if columns.is_empty() {
            out.sql("unnest(").placeholder().sql("::BIGINT[]) AS u(");
        } else {
            unnest(out, (table, facts), columns);
            out.sql(" WITH ORDINALITY AS u(");
            names(out, table, columns);
            out.sql(", ");
        }
        out.ident(POSITION).sql("))");
        Ok(())
    }

    /// The rows that came back, each with the row that was sent.
    fn join(&self, out: &mut SqlWriter, facts: &TableFacts, columns: &[usize]) {
        out.sql("SELECT ins.*, src.").ident(POSITION).sql(" FROM src JOIN ins ON ").list(
            " AND ",
            columns,
            |out, &column| {
                same_value(out, (self.table, facts), column, &told_by(column));
            },
        );
    }
}

fn insert_into(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    out.sql("INSERT INTO ").table(&table.name);
    if !columns.is_empty() {
        out.sql(" (");
        names(out, table, columns);
        out.sql(")");
    }
}

/// Appends, behind `before`, the expression that advances the sequences to the keys of the rows, so that the database does not choose them
/// again. Of many rows, the one with the greatest key does it.
fn advance(
    out: &mut SqlWriter,
    (table, facts): Described<'_>,
    columns: &[usize],
    before: &'static str,
    sent: Sent,
) -> Result<()> {
    let sequences = columns.iter().enumerate().filter(|(_, column)| table.columns[**column].primary_key);
    let mut before = before;
    for (index, &column) in sequences {
        let name = &table.columns[column].name;
        let Some(sequence) = facts.column(name).and_then(|own| own.sequence.as_deref()) else { continue };
        let key = |out: &mut SqlWriter| {
            out.ident(&table.name.name).sql(".").ident(name);
        };
        out.sql(before);
        before = ", ";
        if sent == Sent::Arrays {
            key(out.sql("CASE WHEN "));
            out.sql(" = (SELECT max(k) FROM unnest(").placeholder_at(index + 1).sql("::");
            column_type(out, (&table.columns[column], facts));
            out.sql("[]) AS k) THEN ");
        }
        let dialect = out.dialect();
        dialect.advance(out, sequence, &key)?;
        if sent == Sent::Arrays {
            out.sql(" END");
        }
    }
    Ok(())
}

/// The value that the database would give to a column of a row that is inserted without it.
fn draw(out: &mut SqlWriter, table: &TableDef, column: Option<&ColumnFacts>) -> Result<()> {
    match column {
        Some(ColumnFacts { filled: Filled::Identity { .. }, sequence: Some(sequence), .. }) => {
            out.dialect().draw(out, sequence)
        }
        Some(ColumnFacts { filled: Filled::Default(default), .. }) => {
            out.sql("(").trusted(default).sql(")");
            Ok(())
        }
        _ => Err(Error::new(ErrorKind::Schema, format!("the key of {} cannot be drawn before its rows", table.name))),
    }
}

/// ` OVERRIDING SYSTEM VALUE`, if values are sent for a GENERATED ALWAYS column.
fn overriding(out: &mut SqlWriter, (table, facts): Described<'_>, written: &[usize]) {
    let is_always = |&column: &usize| {
        let own = facts.column(&table.columns[column].name);
        own.is_some_and(|own| own.filled == Filled::Identity { always: true })
    };
    if written.iter().any(is_always) {
        out.sql(" OVERRIDING SYSTEM VALUE");
    }
}

/// Matches the key of an inserted row with that of a sent row, in the form of the column, which may have rounded it.
fn same_value(out: &mut SqlWriter, (table, facts): Described<'_>, column: usize, stored: &str) {
    let name = &table.columns[column].name;
    out.sql("ins.").ident(stored).sql(" = ");
    match facts.column(name).filter(|own| own.full_type != own.type_name) {
        Some(own) => out.sql("CAST(src.").ident(name).sql(" AS ").trusted(&own.full_type).sql(")"),
        None => out.sql("src.").ident(name),
    };
}

/// The name of a returned value, chosen so that it cannot be a column of the table.
fn result(index: usize) -> String {
    format!("orm r{index}")
}

/// The name of a column by which rows are told apart.
fn told_by(column: usize) -> String {
    format!("orm k{column}")
}
