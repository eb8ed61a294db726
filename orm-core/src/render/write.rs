//! INSERT of rows that the database computes, UPDATE and DELETE of rows for which conditions hold.

use std::borrow::Cow;

use super::beside::witnessed;
use super::expr::{expr, separated};
use super::select::{conditions, item, write_select};
use super::source::{body, source, withs};
use super::stored;
use crate::dialect::Dialect;
use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;
use crate::sql::{
    Body, Change, ChangedRows, Child, ColumnRef, Conflict, ConflictTarget, Expr, Exprs, Insert, InsertRows, Join,
    JoinKind, Nested, Select, SelectItem, SetList, Source, Write,
};
use crate::value::Value;

/// The text of a statement that changes rows, and its parameters.
///
/// # Errors
///
/// `Unsupported` for what the database cannot do.
pub fn write_statement(dialect: &'static dyn Dialect, statement: &Write) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::new(dialect);
    write(&mut out, statement)?;
    out.checked()
}

/// Appends a statement that changes rows.
pub(super) fn write(out: &mut SqlWriter, statement: &Write) -> Result<()> {
    let Write { with, table, change, returning: items } = statement;
    withs(out, with)?;
    match change {
        Change::Insert(values) => insert(out, table, values)?,
        Change::Update(set, rows) => update(out, table, set, rows)?,
        Change::Delete(rows) => delete(out, table, rows)?,
    }
    returning(out, items, change.rows().map_or(&[], |rows| &rows.sources))
}

fn insert(out: &mut SqlWriter, table: &TableName, insert: &Insert) -> Result<()> {
    out.sql("INSERT INTO ").table(table).sql(" (").list(", ", &insert.columns, |out, column| {
        out.ident(column);
    });
    out.sql(") ");
    match &insert.rows {
        InsertRows::Values(rows) if rows.is_empty() => {
            let message = format!("an insert into table `{table}` has no rows");
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        InsertRows::Values(rows) => separated(out.sql("VALUES "), ", ", rows, |out, row| {
            separated(out.sql("("), ", ", row.iter().zip(&insert.forms), |out, (value, form)| {
                stored::assigned(out, value, *form, assigned)
            })?;
            out.sql(")");
            Ok(())
        })?,
        InsertRows::Query(query) if stored::any(out, &insert.forms) => {
            stored::rows(out, &insert.forms, |out| body(out, query))?;
        }
        InsertRows::Query(query) => rows(out, query, insert.conflict.is_some())?,
    }
    insert.conflict.iter().try_for_each(|clause| conflict(out, table, clause))
}

/// The rows of a query. Before `ON CONFLICT` a query must end in such a way that `ON` cannot be taken for a join's.
fn rows(out: &mut SqlWriter, query: &Body, before_on: bool) -> Result<()> {
    match query {
        Body::Select(select) if before_on && select.filter.is_empty() => {
            let filter = vec![Expr::And(Exprs::new())];
            write_select(out, &Select { filter, ..(**select).clone() })
        }
        Body::Set(..) if before_on => {
            body(out.sql("SELECT * FROM ("), query)?;
            out.sql(") AS ").ident("combined").sql(" WHERE TRUE");
            Ok(())
        }
        query => body(out, query),
    }
}

/// Appends ` ON CONFLICT ..`.
pub(super) fn conflict(out: &mut SqlWriter, table: &TableName, conflict: &Conflict) -> Result<()> {
    out.sql(" ON CONFLICT");
    match &conflict.target {
        ConflictTarget::Any => {}
        ConflictTarget::Columns(columns) => {
            out.sql(" (").list(", ", columns, |out, column| {
                out.ident(column);
            });
            out.sql(")");
        }
        ConflictTarget::Constraint(name) => {
            if !out.dialect().capabilities().conflict_constraints {
                let what = "ON CONFLICT ON CONSTRAINT: a constraint by its name";
                return Err(Error::unsupported(out.dialect().name(), what));
            }
            out.sql(" ON CONSTRAINT ").ident(name);
        }
    }
    let Some(update) = &conflict.update else {
        out.sql(" DO NOTHING");
        return Ok(());
    };
    out.sql(" DO UPDATE SET ");
    separated(out, ", ", &update.set, |out, assignment| set(out, table, assignment))?;
    conditions(out, " WHERE ", &update.filter)
}

fn update(out: &mut SqlWriter, table: &TableName, list: &SetList, rows: &ChangedRows) -> Result<()> {
    out.sql("UPDATE ").table(table).sql(" SET ");
    separated(out, ", ", list, |out, assignment| set(out, table, assignment))?;
    if !rows.sources.is_empty() {
        separated(out.sql(" FROM "), ", ", &rows.sources, source)?;
    }
    conditions(out, " WHERE ", &rows.filter)
}

fn delete(out: &mut SqlWriter, table: &TableName, rows: &ChangedRows) -> Result<()> {
    out.sql("DELETE FROM ").table(table);
    let ChangedRows { sources, filter } = rows;
    match sources.split_first() {
        None => conditions(out, " WHERE ", filter),
        Some(_) if out.dialect().capabilities().delete_using => {
            separated(out.sql(" USING "), ", ", sources, source)?;
            conditions(out, " WHERE ", filter)
        }
        // A row is deleted if a row of the other sources passes with it.
        Some((first, more)) => {
            let mut select = Select::from_source(first.clone(), vec![Expr::One.into()]);
            let cross =
                |other: &Source| Join { kind: JoinKind::Cross, source: other.clone(), on: Expr::And(Exprs::new()) };
            select.joins = more.iter().map(cross).collect();
            select.filter.clone_from(filter);
            conditions(out, " WHERE ", &[Expr::Exists(Nested::new(select))])
        }
    }
}

/// Appends the new value of a column. A plain value takes the type of its column, so columns of several types cannot share a parameter.
fn assigned(out: &mut SqlWriter, value: &Expr) -> Result<()> {
    match value {
        Expr::Param(value, _) => {
            out.param(value.clone());
            Ok(())
        }
        Expr::Stored(inner, sql_type, format) => stored::assigned(out, inner, (*sql_type, *format), assigned),
        other => expr(out, other),
    }
}

/// Appends `column = value`, where the column of the table's row can be read.
fn set(out: &mut SqlWriter, table: &TableName, (column, value): &(Cow<'static, str>, Expr)) -> Result<()> {
    let own = Expr::Column(ColumnRef::named(Some(table.name.clone()), column.clone()));
    assigned(out.ident(column).sql(" = "), &witnessed(value, &own))
}

/// Appends ` RETURNING ..`, if values are returned. `sources` are those besides the table.
pub(super) fn returning(out: &mut SqlWriter, items: &[SelectItem], sources: &[Source]) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let capabilities = out.dialect().capabilities();
    if !capabilities.returning {
        return Err(Error::unsupported(out.dialect().name(), "RETURNING"));
    }
    if !capabilities.returning_sources && items.iter().any(|item| reads(&item.expr, sources)) {
        let what = "RETURNING of another source than the table that is written to";
        return Err(Error::unsupported(out.dialect().name(), what));
    }
    separated(out.sql(" RETURNING "), ", ", items, item)
}

/// Whether a column of one of the sources stands in an expression, outside of subqueries.
fn reads(expr: &Expr, sources: &[Source]) -> bool {
    if let Expr::Column(column) = expr {
        return sources.iter().any(|source| column.qualifier.as_ref() == Some(source.name()));
    }
    let mut found = false;
    expr.each_child(&mut |child| {
        if let Child::Expr(inner) = child {
            found = found || reads(inner, sources);
        }
    });
    found
}
