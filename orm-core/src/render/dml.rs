//! INSERT, UPDATE and DELETE of rows by key, as a flush needs them: for one row, to be run once or as a batch of one prepared
//! statement, and over arrays of columns, to be run once for any number of rows.

use super::stored;
use crate::dialect::Dialect;
use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{ColumnDef, ColumnFacts, Filled, TableDef, TableFacts};
use crate::value::SqlType;

/// A table of a model, and its definition in the database.
pub(crate) type Described<'a> = (&'a TableDef, &'a TableFacts);

/// `INSERT INTO t (..) VALUES (..) [RETURNING ..]`.
pub(crate) fn insert_row(
    dialect: &'static dyn Dialect,
    table: &TableDef,
    facts: Option<&TableFacts>,
    columns: &[usize],
    returning: &[usize],
) -> Result<String> {
    let mut out = SqlWriter::new(dialect);
    insert_into(&mut out, table, columns);
    if let Some(facts) = facts {
        overriding(&mut out, (table, facts), columns);
    }
    if columns.is_empty() {
        out.sql(" DEFAULT VALUES");
    } else {
        out.sql(" VALUES (").list(", ", columns, |out, &column| stored::placeholder(out, &table.columns[column]));
        out.sql(")");
    }
    write_returning(&mut out, table, returning);
    if let Some(facts) = facts {
        let before = if returning.is_empty() { " RETURNING " } else { ", " };
        advance(&mut out, (table, facts), columns, before, Sent::Row)?;
    }
    Ok(out.into_text())
}

/// How the keys are sent to which a sequence is advanced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Row,
    Arrays,
}

/// Appends, behind `before`, the expression that advances the sequences to the keys of the rows, so that the database does not choose them
/// again. Of many rows, the one with the greatest key does it.
pub(super) fn advance(
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

fn write_returning(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    if !columns.is_empty() {
        out.sql(" RETURNING ").list(", ", columns, |out, &column| stored::returned(out, &table.columns[column]));
    }
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
    (table, facts): Described<'_>,
    columns: &[usize],
    generated: Option<usize>,
    fetch: &[usize],
) -> Result<String> {
    let mut out = SqlWriter::new(dialect);
    if generated.is_none() && fetch.is_empty() {
        insert_into(&mut out, table, columns);
        overriding(&mut out, (table, facts), columns);
        out.sql(" SELECT ");
        read_all(&mut out, (table, facts), columns);
        out.sql(" FROM ");
        unnest(&mut out, (table, facts), columns);
        out.sql(" AS u(");
        names(&mut out, table, columns);
        out.sql(")");
        advance(&mut out, (table, facts), columns, " RETURNING ", Sent::Arrays)?;
        return Ok(out.into_text());
    }
    insert_source(&mut out, (table, facts), columns, generated)?;
    out.sql(", ins AS (");
    insert_from_source(&mut out, (table, facts), columns, generated, fetch)?;
    out.sql(") SELECT ");
    out.list(", ", generated.iter().chain(fetch), |out, &column| {
        out.sql("ins.").ident(&table.columns[column].name);
    });
    // The join is needed even for the keys alone, because a row that a trigger dropped has none.
    out.sql(" FROM src JOIN ins ON ").list(" AND ", &table.primary_key, |out, &column| {
        same_value(out, (table, facts), column, &table.columns[column].name);
    });
    out.sql(" ORDER BY src.\"orm ord\"");
    Ok(out.into_text())
}

/// `WITH src AS (..)`: the rows, with the key that is drawn for each and their positions, counted from 1. Without columns the one
/// parameter numbers the rows.
pub(super) fn insert_source(
    out: &mut SqlWriter,
    (table, facts): Described<'_>,
    columns: &[usize],
    generated: Option<usize>,
) -> Result<()> {
    out.sql("WITH src AS (SELECT ");
    if let Some(key) = generated {
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
    out.sql("\"orm ord\"))");
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
pub(super) fn overriding(out: &mut SqlWriter, (table, facts): Described<'_>, written: &[usize]) {
    let is_always = |&column: &usize| {
        let own = facts.column(&table.columns[column].name);
        own.is_some_and(|own| own.filled == Filled::Identity { always: true })
    };
    if written.iter().any(is_always) {
        out.sql(" OVERRIDING SYSTEM VALUE");
    }
}

/// Matches the key of an inserted row with that of a sent row, in the form of the column, which may have rounded it.
pub(super) fn same_value(out: &mut SqlWriter, (table, facts): Described<'_>, column: usize, stored: &str) {
    let name = &table.columns[column].name;
    out.sql("ins.").ident(stored).sql(" = ");
    match facts.column(name).filter(|own| own.full_type != own.type_name) {
        Some(own) => out.sql("CAST(src.").ident(name).sql(" AS ").trusted(&own.full_type).sql(")"),
        None => out.sql("src.").ident(name),
    };
}

/// The INSERT of all rows of `src`, returning their keys and the fetched columns.
fn insert_from_source(
    out: &mut SqlWriter,
    (table, facts): Described<'_>,
    columns: &[usize],
    generated: Option<usize>,
    fetch: &[usize],
) -> Result<()> {
    let written: Vec<usize> = generated.into_iter().chain(columns.iter().copied()).collect();
    insert_into(out, table, &written);
    overriding(out, (table, facts), &written);
    out.sql(" SELECT ");
    read_all(out, (table, facts), &written);
    out.sql(" FROM src RETURNING ");
    names(out, table, &[&table.primary_key, fetch].concat());
    advance(out, (table, facts), columns, ", ", Sent::Arrays)
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
    out.sql("UPDATE ").table(&table.name).sql(" SET ");
    out.list(", ", set, |out, &column| {
        stored::placeholder(out.ident(&table.columns[column].name).sql(" = "), &table.columns[column]);
    });
    where_equal(&mut out, table, by);
    write_returning(&mut out, table, returning);
    out.into_text()
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

/// `DELETE FROM t WHERE ..`.
pub(crate) fn delete_row(dialect: &'static dyn Dialect, table: &TableDef, by: &[usize]) -> String {
    let mut out = SqlWriter::new(dialect);
    out.sql("DELETE FROM ").table(&table.name);
    where_equal(&mut out, table, by);
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

pub(super) fn insert_into(out: &mut SqlWriter, table: &TableDef, columns: &[usize]) {
    out.sql("INSERT INTO ").table(&table.name);
    if !columns.is_empty() {
        out.sql(" (");
        names(out, table, columns);
        out.sql(")");
    }
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
fn column_type(out: &mut SqlWriter, (column, facts): (&ColumnDef, &TableFacts)) {
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
    out.sql(if positions { ", \"orm ord\")" } else { ")" });
}

fn match_arrays(out: &mut SqlWriter, (table, facts): Described<'_>, by: &[usize], positions: bool) {
    out.sql(" WHERE ").list(" AND ", by.iter().enumerate(), |out, (index, &column)| {
        out.sql("t.").ident(&table.columns[column].name).sql(equals(table, column));
        read(out, (&table.columns[column], facts), |out| out.sql("u.k").number(index as u64));
    });
    if positions {
        out.sql(" RETURNING u.\"orm ord\"");
    }
}

fn where_equal(out: &mut SqlWriter, table: &TableDef, by: &[usize]) {
    out.sql(" WHERE ").list(" AND ", by, |out, &column| {
        stored::equals(out, &table.columns[column], equals(table, column));
    });
}

/// The operator for comparing a column. NULL equals NULL if the column may be NULL.
fn equals(table: &TableDef, column: usize) -> &'static str {
    if table.columns[column].nullable { " IS NOT DISTINCT FROM " } else { " = " }
}
