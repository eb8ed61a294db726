//! INSERT, UPDATE and DELETE of rows by key, as a flush needs them: for one row, to be run once or as a batch of one prepared
//! statement, and over arrays of columns, to be run once for any number of rows.

use super::SqlWriter;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::schema::{ColumnDef, TableDef};

/// `INSERT INTO t (..) VALUES (..) [RETURNING ..]`.
pub(crate) fn insert_row(
    dialect: &'static dyn Dialect,
    table: &TableDef,
    columns: &[usize],
    returning: &[usize],
) -> String {
    let mut out = SqlWriter::new(dialect);
    insert_into(&mut out, table, columns);
    if columns.is_empty() {
        out.sql(" DEFAULT VALUES");
    } else {
        out.sql(" VALUES (").list(", ", columns, |out, _| {
            out.placeholder();
        });
        out.sql(")");
    }
    if !returning.is_empty() {
        out.sql(" RETURNING ");
        names(&mut out, table, returning);
    }
    out.into_text()
}

/// One INSERT of all rows whose columns are the parameters, one array a column.
///
/// `generated` is a key that the database chooses: it is drawn from the column's sequence first. The result has the key, if it
/// is generated, and the `fetch`ed columns of each row that was inserted, in the order of the arrays. No order of RETURNING is
/// relied on: rows are matched by their keys.
///
/// Without columns the one parameter numbers the rows.
pub(crate) fn insert_arrays(
    dialect: &'static dyn Dialect,
    table: &TableDef,
    columns: &[usize],
    generated: Option<usize>,
    fetch: &[usize],
) -> Result<String> {
    let mut out = SqlWriter::new(dialect);
    if generated.is_none() && fetch.is_empty() {
        insert_into(&mut out, table, columns);
        out.sql(" SELECT * FROM ");
        unnest(&mut out, table, columns);
        return Ok(out.into_text());
    }
    out.sql("WITH src AS (SELECT ");
    if let Some(key) = generated {
        let name = &table.columns[key].name;
        dialect.draw_key(&mut out, &table.name, name)?;
        out.sql(" AS ").ident(name).sql(", ");
    }
    out.sql("u.* FROM ");
    if columns.is_empty() {
        out.sql("unnest(").placeholder().sql("::BIGINT[]) AS u(");
    } else {
        unnest(&mut out, table, columns);
        out.sql(" WITH ORDINALITY AS u(");
        names(&mut out, table, columns);
        out.sql(", ");
    }
    out.sql("\"orm ord\")), ins AS (");
    insert_from_source(&mut out, table, columns, generated, fetch);
    out.sql(") SELECT ");
    let keys = generated.iter().map(|key| ("src.", key));
    out.list(", ", keys.chain(fetch.iter().map(|column| ("ins.", column))), |out, (from, &column)| {
        out.sql(from).ident(&table.columns[column].name);
    });
    // Joined even when the keys alone are wanted: a row that a trigger dropped has none.
    out.sql(" FROM src JOIN ins ON ").list(" AND ", &table.primary_key, |out, &column| {
        let name = &table.columns[column].name;
        out.sql("ins.").ident(name).sql(" = src.").ident(name);
    });
    out.sql(" ORDER BY src.\"orm ord\"");
    Ok(out.into_text())
}

/// The INSERT of all rows of `src`, returning their keys and what has to be fetched.
fn insert_from_source(
    out: &mut SqlWriter,
    table: &TableDef,
    columns: &[usize],
    generated: Option<usize>,
    fetch: &[usize],
) {
    let written: Vec<usize> = generated.into_iter().chain(columns.iter().copied()).collect();
    insert_into(out, table, &written);
    if generated.is_some() {
        out.sql(" OVERRIDING SYSTEM VALUE");
    }
    out.sql(" SELECT ");
    names(out, table, &written);
    out.sql(" FROM src RETURNING ");
    names(out, table, &[&table.primary_key, fetch].concat());
}

/// `UPDATE t SET .. WHERE ..`: the parameters are those of `set`, then those of `by`.
pub(crate) fn update_row(dialect: &'static dyn Dialect, table: &TableDef, set: &[usize], by: &[usize]) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("UPDATE ").table(&table.name).sql(" SET ");
    out.list(", ", set, |out, &column| {
        out.ident(&table.columns[column].name).sql(" = ").placeholder();
    });
    where_equal(&mut out, table, by);
    out.into_text()
}

/// One UPDATE of all rows whose columns are the parameters, one array a column: those of `set`, then those of `by`.
pub(crate) fn update_arrays(dialect: &'static dyn Dialect, table: &TableDef, set: &[usize], by: &[usize]) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("UPDATE ").table(&table.name).sql(" AS t SET ");
    out.list(", ", set.iter().enumerate(), |out, (index, &column)| {
        out.ident(&table.columns[column].name).sql(" = u.s").number(index as u64);
    });
    out.sql(" FROM ");
    let all: Vec<usize> = set.iter().chain(by).copied().collect();
    unnest(&mut out, table, &all);
    out.sql(" AS u(");
    name_arrays(&mut out, set.len(), by.len());
    out.sql(")");
    match_arrays(&mut out, table, by);
    out.into_text()
}

/// `DELETE FROM t WHERE ..`.
pub(crate) fn delete_row(dialect: &'static dyn Dialect, table: &TableDef, by: &[usize]) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM ").table(&table.name);
    where_equal(&mut out, table, by);
    out.into_text()
}

/// One DELETE of all rows whose keys are the parameters, one array a column.
pub(crate) fn delete_arrays(dialect: &'static dyn Dialect, table: &TableDef, by: &[usize]) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM ").table(&table.name);
    if let [only] = by {
        let column = &table.columns[*only];
        out.sql(" WHERE ").ident(&column.name).sql(" = ANY(");
        array(&mut out, column);
        out.sql(")");
    } else {
        out.sql(" AS t USING ");
        unnest(&mut out, table, by);
        out.sql(" AS u(");
        name_arrays(&mut out, 0, by.len());
        out.sql(")");
        match_arrays(&mut out, table, by);
    }
    out.into_text()
}

fn insert_into(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    out.sql("INSERT INTO ").table(&table.name);
    if !columns.is_empty() {
        out.sql(" (");
        names(out, table, columns);
        out.sql(")");
    }
}

fn names(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    out.list(", ", columns, |out, &column| {
        out.ident(&table.columns[column].name);
    });
}

/// `unnest(?::type[], ..)`.
fn unnest(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    out.sql("unnest(").list(", ", columns, |out, &column| array(out, &table.columns[column]));
    out.sql(")");
}

fn array(out: &mut SqlWriter, column: &ColumnDef) {
    let dialect = out.dialect();
    out.placeholder().sql("::");
    dialect.cast_type(out, column.sql_type);
    out.sql("[]");
}

/// `s0, s1, .., k0, k1, ..`: names that no column of the table has to share.
fn name_arrays(out: &mut SqlWriter, set: usize, by: usize) {
    let names = (0..set).map(|index| ("s", index)).chain((0..by).map(|index| ("k", index)));
    out.list(", ", names, |out, (prefix, index)| {
        out.sql(prefix).number(index as u64);
    });
}

fn match_arrays(out: &mut SqlWriter, table: &TableDef, by: &[usize]) {
    out.sql(" WHERE ").list(" AND ", by.iter().enumerate(), |out, (index, &column)| {
        out.sql("t.").ident(&table.columns[column].name).sql(" = u.k").number(index as u64);
    });
}

fn where_equal(out: &mut SqlWriter, table: &TableDef, by: &[usize]) {
    out.sql(" WHERE ").list(" AND ", by, |out, &column| {
        out.ident(&table.columns[column].name).sql(" = ").placeholder();
    });
}
