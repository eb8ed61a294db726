//! UPDATE and DELETE of rows by key, as a flush needs them: for one row, to be run once or as a batch of one prepared statement, and over
//! arrays of columns, to be run once for any number of rows.

use super::expr::{operand, same_sign};
use super::stored;
use crate::dialect::Dialect;
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::schema::{ColumnDef, TableDef, TableFacts};
use crate::sql::Expr;
use crate::value::{SqlType, Value};

/// The column that numbers rows which go as arrays: a name that no column of the table has to share.
pub(super) const POSITION: &str = "orm ord";

/// A table of a model, and its definition in the database.
pub(crate) type Described<'a> = (&'a TableDef, &'a TableFacts);

pub(super) fn write_returning(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    if !columns.is_empty() {
        out.sql(" RETURNING ").list(", ", columns, |out, &column| stored::returned(out, &table.columns[column]));
    }
}

/// `UPDATE t SET .. WHERE ..`.
fn set_and_find(out: &mut SqlWriter, table: &TableDef, set: &[usize], by: &[usize]) {
    out.sql("UPDATE ").table(&table.name).sql(" SET ");
    out.list(", ", set, |out, &column| {
        stored::placeholder(out.ident(&table.columns[column].name).sql(" = "), &table.columns[column]);
    });
    where_equal(out, table, by);
}

/// `UPDATE t SET .. WHERE .. [RETURNING ..]`: the parameters are those of `set`, then those of `by`.
pub(crate) fn update_row(
    dialect: &'static dyn Dialect,
    table: &TableDef,
    set: &[usize],
    by: &[usize],
    returning: &[usize],
) -> String {
    let mut out = SqlWriter::new(dialect);
    set_and_find(&mut out, table, set, by);
    write_returning(&mut out, table, returning);
    out.into_text()
}

/// [`update_row`] of a row that conditions hold for. Their parameters come behind those of the row.
pub(crate) fn update_row_where(
    dialect: &'static dyn Dialect,
    table: &TableDef,
    (set, by): (&[usize], &[usize]),
    conditions: &[Expr],
) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::new(dialect);
    set_and_find(&mut out, table, set, by);
    for condition in conditions {
        operand(out.sql(" AND "), condition)?;
    }
    out.checked()
}

/// One UPDATE of all rows whose columns are the parameters, one array a column: those of `set`, then those of `by`. With `positions`
/// the result has those of the rows that were found, in any order, counted from 1, each with what is to be returned behind it.
pub(crate) fn update_arrays(
    dialect: &'static dyn Dialect,
    (table, facts): Described<'_>,
    set: &[usize],
    by: &[usize],
    positions: bool,
    returning: &[usize],
) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("UPDATE ").table(&table.name).sql(" AS t SET ");
    out.list(", ", set.iter().enumerate(), |out, (index, &column)| {
        out.ident(&table.columns[column].name).sql(" = ");
        read(out, (&table.columns[column], facts), |out| out.sql("u.s").number(index as u64));
    });
    out.sql(" FROM ");
    let all: Vec<usize> = set.iter().chain(by).copied().collect();
    unnest(&mut out, (table, facts), &all);
    name_arrays(&mut out, set.len(), by.len(), positions);
    match_arrays(&mut out, (table, facts), by, positions);
    returning.iter().for_each(|&column| {
        out.sql(", t.").ident(&table.columns[column].name);
    });
    out.into_text()
}

/// One UPDATE of so many rows, without arrays. For each column of `set` the parameters are, row by row, the primary key and the value; behind
/// them come the values of `by`, row by row.
pub(crate) fn update_list(
    dialect: &'static dyn Dialect,
    table: &TableDef,
    set: &[usize],
    by: &[usize],
    rows: usize,
) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("UPDATE ").table(&table.name).sql(" SET ").list(", ", set, |out, &column| {
        out.ident(&table.columns[column].name).sql(" = CASE");
        for _ in 0..rows {
            all_equal(out.sql(" WHEN "), table, &table.primary_key);
            stored::placeholder(out.sql(" THEN "), &table.columns[column]);
        }
        out.sql(" END");
    });
    where_listed(&mut out, table, by, rows);
    out.into_text()
}

/// `SELECT .. FROM t WHERE ..`: these columns of a row, as the database returns them elsewhere.
pub(crate) fn select_row(dialect: &'static dyn Dialect, table: &TableDef, columns: &[usize], by: &[usize]) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("SELECT ").list(", ", columns, |out, &column| stored::returned(out, &table.columns[column]));
    out.sql(" FROM ").table(&table.name);
    where_equal(&mut out, table, by);
    out.into_text()
}

/// `DELETE FROM t WHERE ..`.
pub(crate) fn delete_row(dialect: &'static dyn Dialect, table: &TableDef, by: &[usize]) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM ").table(&table.name);
    where_equal(&mut out, table, by);
    out.into_text()
}

/// One DELETE of so many rows, whose keys are the parameters, row by row.
pub(crate) fn delete_list(dialect: &'static dyn Dialect, table: &TableDef, by: &[usize], rows: usize) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM ").table(&table.name);
    where_listed(&mut out, table, by, rows);
    out.into_text()
}

/// One DELETE of all rows whose keys are the parameters, one array a column. With `positions` the result has those of the rows that were
/// found.
pub(crate) fn delete_arrays(
    dialect: &'static dyn Dialect,
    (table, facts): Described<'_>,
    by: &[usize],
    positions: bool,
) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM ").table(&table.name);
    if let ([only], false) = (by, positions) {
        let column = &table.columns[*only];
        out.sql(" WHERE ").ident(&column.name).sql(" = ANY(");
        array(&mut out, (column, facts));
        out.sql(")");
    } else {
        out.sql(" AS t USING ");
        unnest(&mut out, (table, facts), by);
        name_arrays(&mut out, 0, by.len(), positions);
        match_arrays(&mut out, (table, facts), by, positions);
    }
    out.into_text()
}

pub(super) fn names(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    out.list(", ", columns, |out, &column| {
        out.ident(&table.columns[column].name);
    });
}

/// `unnest(?::type[], ..)`, in the types of the database's columns, so that an array accepts the same values as its column.
pub(super) fn unnest(out: &mut SqlWriter, (table, facts): Described<'_>, columns: &[usize]) {
    out.sql("unnest(").list(", ", columns, |out, &column| array(out, (&table.columns[column], facts)));
    out.sql(")");
}

fn array(out: &mut SqlWriter, (column, facts): (&ColumnDef, &TableFacts)) {
    let dialect = out.dialect();
    out.placeholder().sql("::");
    if travels_as_text(column, facts) {
        dialect.cast_type(out, SqlType::Text);
    } else {
        column_type(out, (column, facts));
    }
    out.sql("[]");
}

/// Whether the columns can go as arrays. The database reads an array within an array as text, which loses what the type of the column
/// does not have: it has to be the model's type, or text anyway.
pub(crate) fn fit_arrays(dialect: &'static dyn Dialect, (table, facts): Described<'_>, columns: &[usize]) -> bool {
    columns.iter().map(|&column| &table.columns[column]).all(|column| match facts.column(&column.name) {
        None => false,
        Some(own) if !own.is_array => true,
        Some(own) => match column.sql_type {
            SqlType::Array(SqlType::Text) => true,
            of => {
                let mut out = SqlWriter::new(dialect);
                dialect.cast_type(&mut out, of);
                out.into_text().eq_ignore_ascii_case(&own.type_name)
            }
        },
    })
}

/// The type of a column in a cast.
pub(super) fn column_type(out: &mut SqlWriter, (column, facts): (&ColumnDef, &TableFacts)) {
    let dialect = out.dialect();
    match facts.column(&column.name) {
        Some(own) => out.trusted(&own.type_name),
        None => {
            dialect.cast_type(out, column.sql_type);
            out
        }
    };
}

/// An array of arrays would have to be a rectangle, and `unnest` would level it.
fn travels_as_text(column: &ColumnDef, facts: &TableFacts) -> bool {
    match facts.column(&column.name) {
        Some(own) => own.is_array,
        None => matches!(column.sql_type, SqlType::Array(_)),
    }
}

/// The columns of rows that were unnested under their own names.
pub(super) fn read_all(out: &mut SqlWriter, (table, facts): Described<'_>, columns: &[usize]) {
    out.list(", ", columns, |out, &column| {
        let column = &table.columns[column];
        read(out, (column, facts), |out| out.ident(&column.name));
    });
}

/// A cell of a row that was unnested: an array travels as text.
fn read(
    out: &mut SqlWriter,
    (column, facts): (&ColumnDef, &TableFacts),
    name: impl FnOnce(&mut SqlWriter) -> &mut SqlWriter,
) {
    if !travels_as_text(column, facts) {
        name(out);
        return;
    }
    name(out.sql("CAST(")).sql(" AS ");
    column_type(out, (column, facts));
    out.sql(")");
}

/// ` AS u(s0, s1, .., k0, k1, ..)`: names that no column of the table has to share.
fn name_arrays(out: &mut SqlWriter, set: usize, by: usize, positions: bool) {
    let names = (0..set).map(|index| ("s", index)).chain((0..by).map(|index| ("k", index)));
    out.sql(if positions { " WITH ORDINALITY AS u(" } else { " AS u(" }).list(", ", names, |out, (prefix, index)| {
        out.sql(prefix).number(index as u64);
    });
    if positions {
        out.sql(", ").ident(POSITION);
    }
    out.sql(")");
}

fn match_arrays(out: &mut SqlWriter, (table, facts): Described<'_>, by: &[usize], positions: bool) {
    out.sql(" WHERE ").list(" AND ", by.iter().enumerate(), |out, (index, &column)| {
        let sign = equals(out.dialect(), table, column);
        out.sql("t.").ident(&table.columns[column].name).sql(sign);
        read(out, (&table.columns[column], facts), |out| out.sql("u.k").number(index as u64));
    });
    if positions {
        out.sql(" RETURNING u.").ident(POSITION);
    }
}

fn where_equal(out: &mut SqlWriter, table: &TableDef, by: &[usize]) {
    all_equal(out.sql(" WHERE "), table, by);
}

fn all_equal(out: &mut SqlWriter, table: &TableDef, by: &[usize]) {
    out.list(" AND ", by, |out, &column| {
        stored::equals(out, &table.columns[column], equals(out.dialect(), table, column));
    });
}

/// ` WHERE ..`: the columns are those of one of so many rows.
fn where_listed(out: &mut SqlWriter, table: &TableDef, by: &[usize], rows: usize) {
    match by {
        [only] if table.columns[*only].sql_type.is_integer() && !table.columns[*only].nullable => {
            out.sql(" WHERE ").ident(&table.columns[*only].name).sql(" IN (");
            out.list(", ", 0..rows, |out, _| {
                out.placeholder();
            });
            out.sql(")");
        }
        _ => {
            out.sql(" WHERE ").list(" OR ", 0..rows, |out, _| {
                all_equal(out.sql("("), table, by);
                out.sql(")");
            });
        }
    }
}

/// The operator for comparing a column. NULL equals NULL if the column may be NULL.
fn equals(dialect: &dyn Dialect, table: &TableDef, column: usize) -> &'static str {
    if table.columns[column].nullable { same_sign(dialect) } else { " = " }
}
