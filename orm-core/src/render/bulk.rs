//! Rows in bulk: the statements by which they get into a table.

use std::borrow::Cow;

use super::conflict;
use super::stored;
use crate::dialect::{Dialect, SqlWriter};
use crate::error::{Error, Result};
use crate::schema::{Filled, TableDef, TableFacts, TableName};
use crate::sql::{ArithmeticOp, ColumnRef, Conflict, Expr, Nested, WrittenColumns};
use crate::value::{Format, SqlType, Value};

/// Columns of a table that rows are written into.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BulkColumns {
    pub(crate) table: TableName,
    pub(crate) names: Vec<Cow<'static, str>>,
    pub(crate) forms: Vec<(SqlType, Format)>,
}

/// The table through which rows go that may meet existing ones.
const STAGE: &str = "orm bulk";

impl BulkColumns {
    /// Columns of a model.
    pub(crate) fn of(table: &TableDef, columns: &[usize]) -> Self {
        let columns = columns.iter().map(|&column| &table.columns[column]);
        let (names, forms) = columns.map(|def| (def.name.clone(), (def.sql_type, def.format))).unzip();
        Self { table: table.name.clone(), names, forms }
    }

    /// `INSERT INTO t (..) VALUES (?, ..), .. ON CONFLICT ..` of so many rows, with the parameters behind those of the rows. Without columns
    /// there is one row.
    pub(crate) fn insert_rows(
        &self,
        dialect: &'static dyn Dialect,
        facts: Option<&TableFacts>,
        clause: Option<&Conflict>,
        rows: usize,
    ) -> Result<(String, Vec<Value>)> {
        if self.names.is_empty() && clause.is_some() && !dialect.capabilities().default_values_conflict {
            let what = "rows of which all columns are left to the database, and which may meet existing ones";
            return Err(Error::unsupported(dialect.name(), what));
        }
        let mut out = SqlWriter::new(dialect);
        self.insert_into(&mut out, facts);
        if self.names.is_empty() {
            out.sql(if dialect.capabilities().default_values { " DEFAULT VALUES" } else { " () VALUES ()" });
        } else {
            out.sql(" VALUES ").list(", ", 0..rows, |out, _| {
                out.sql("(").list(", ", &self.forms, |out, form| stored::written(out, *form));
                out.sql(")");
            });
        }
        clause.iter().try_for_each(|clause| self.conflict(&mut out, clause))?;
        out.checked()
    }

    /// The statement that copies rows into the table.
    pub(crate) fn copy_in(&self, dialect: &'static dyn Dialect) -> Result<String> {
        let mut out = SqlWriter::new(dialect);
        dialect.copy_in(&mut out, &self.table, &self.names)?;
        Ok(out.into_text())
    }

    /// The statement that copies rows into the stage.
    pub(crate) fn copy_into_stage(&self, dialect: &'static dyn Dialect) -> Result<String> {
        let mut out = SqlWriter::new(dialect);
        out.leave_schema();
        dialect.copy_in(&mut out, &TableName::new(STAGE), &self.names)?;
        Ok(out.into_text())
    }

    /// A query of the columns, which says their types.
    pub(crate) fn described_by(&self, dialect: &'static dyn Dialect) -> String {
        let mut out = SqlWriter::new(dialect);
        self.list(out.sql("SELECT "));
        out.sql(" FROM ").table(&self.table);
        out.into_text()
    }

    /// Makes the stage: a table of the same columns without constraints.
    pub(crate) fn create_stage(&self, dialect: &'static dyn Dialect) -> String {
        let mut out = SqlWriter::new(dialect);
        self.list(out.sql("CREATE TEMPORARY TABLE ").ident(STAGE).sql(" ON COMMIT DROP AS SELECT "));
        out.sql(" FROM ").table(&self.table).sql(" WITH NO DATA");
        out.into_text()
    }

    /// Inserts the rows of the stage.
    pub(crate) fn insert_stage(
        &self,
        dialect: &'static dyn Dialect,
        facts: Option<&TableFacts>,
        clause: &Conflict,
    ) -> Result<(String, Vec<Value>)> {
        let mut out = SqlWriter::new(dialect);
        self.insert_into(&mut out, facts);
        self.list(out.sql(" SELECT "));
        // A query without WHERE could not be told from a join before ON.
        out.sql(" FROM ").ident(STAGE).sql(" WHERE TRUE");
        self.conflict(&mut out, clause)?;
        out.checked()
    }

    /// Updates rows of the table by those of the stage: the first `set` columns, where the others are equal.
    pub(crate) fn update_from_stage(&self, dialect: &'static dyn Dialect, set: usize) -> String {
        let mut out = SqlWriter::new(dialect);
        let (set, by) = self.names.split_at(set);
        out.sql("UPDATE ").table(&self.table).sql(" AS t SET ").list(", ", set, |out, name| {
            out.ident(name).sql(" = s.").ident(name);
        });
        out.sql(" FROM ").ident(STAGE).sql(" AS s WHERE ").list(" AND ", by, |out, name| {
            out.sql("t.").ident(name).sql(" = s.").ident(name);
        });
        out.into_text()
    }

    /// What becomes of existing rows, with the columns that are written.
    pub(crate) fn resolved(&self, conflict: &Conflict) -> Conflict {
        let mut conflict = conflict.clone();
        let Some(update) = &mut conflict.update else { return conflict };
        let Some(WrittenColumns { kept, counted }) = update.written.take() else { return conflict };
        for (name, (sql_type, format)) in self.names.iter().zip(&self.forms).filter(|(name, _)| !kept.contains(name)) {
            let column = |qualifier: Cow<'static, str>| {
                let (sql_type, format) = (Some(*sql_type), Some(*format));
                Expr::Column(ColumnRef { qualifier: Some(qualifier), name: name.clone(), sql_type, format })
            };
            let is_counted =
                counted.as_ref() == Some(name) && matches!(sql_type, SqlType::I16 | SqlType::I32 | SqlType::I64);
            let value = if is_counted {
                let one = Expr::Param(Value::I64(1), *sql_type);
                let now = column(self.table.name.clone());
                Expr::Arithmetic(Nested::new(now), ArithmeticOp::Add, Nested::new(one), *sql_type)
            } else {
                column("excluded".into())
            };
            update.set.push((name.clone(), value));
        }
        if update.set.is_empty() {
            conflict.update = None;
        }
        conflict
    }

    /// Advances the sequences of columns to the greatest keys of the table, so that the database does not choose them again. `None` where
    /// there are none.
    pub(crate) fn advance(&self, dialect: &'static dyn Dialect, facts: &TableFacts) -> Result<Option<String>> {
        let mut out = SqlWriter::new(dialect);
        let mut before = "SELECT ";
        for name in &self.names {
            let Some(sequence) = facts.column(name).and_then(|own| own.sequence.as_deref()) else { continue };
            out.sql(before);
            before = ", ";
            dialect.advance(&mut out, sequence, &|out| {
                out.sql("(SELECT max(").ident(name).sql(") FROM ").table(&self.table).sql(")");
            })?;
        }
        Ok((before == ", ").then(|| out.into_text()))
    }

    fn insert_into(&self, out: &mut SqlWriter, facts: Option<&TableFacts>) {
        out.sql("INSERT INTO ").table(&self.table);
        if self.names.is_empty() {
            return;
        }
        self.list(out.sql(" ("));
        out.sql(")");
        let is_always = |name: &Cow<'static, str>| {
            let own = facts.and_then(|facts| facts.column(name));
            own.is_some_and(|own| own.filled == Filled::Identity { always: true })
        };
        if self.names.iter().any(is_always) {
            out.sql(" OVERRIDING SYSTEM VALUE");
        }
    }

    fn conflict(&self, out: &mut SqlWriter, clause: &Conflict) -> Result<()> {
        let written: Vec<&str> = self.names.iter().map(|name| &**name).collect();
        conflict::conflict(out, &self.table, &written, clause)
    }

    fn list(&self, out: &mut SqlWriter) {
        out.list(", ", &self.names, |out, name| {
            out.ident(name);
        });
    }
}

/// Drops the stage.
pub(crate) fn drop_stage(dialect: &'static dyn Dialect) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DROP TABLE ").ident(STAGE);
    out.into_text()
}
