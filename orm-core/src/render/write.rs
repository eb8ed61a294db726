//! INSERT of rows that the database computes, UPDATE and DELETE of rows for which conditions hold.

use super::beside::witnessed;
use super::conflict;
use super::expr::{expr, separated};
use super::select::{conditions, item, write_select};
use super::source::{body, source, withs};
use super::stored;
use crate::dialect::Dialect;
use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;
use crate::sql::{
    Body, Change, ChangedRows, Child, ColumnRef, Context, Expr, Exprs, Insert, InsertRows, Join, JoinKind, Nested,
    Select, SelectItem, SetList, Source, Withs, Write,
};
use crate::value::Value;

/// The text of a statement that changes rows, and its parameters.
///
/// # Errors
///
/// `Unsupported` for what the database cannot do.
pub fn write_statement(dialect: &'static dyn Dialect, statement: &Write) -> Result<(String, Vec<Value>)> {
    write_within(dialect, &Context::default(), statement)
}

/// [`write_statement`] for a session.
pub(crate) fn write_within(
    dialect: &'static dyn Dialect,
    context: &Context,
    statement: &Write,
) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::within(dialect, context);
    write(&mut out, statement)?;
    out.checked()
}

/// Appends a statement that changes rows.
pub(super) fn write(out: &mut SqlWriter, statement: &Write) -> Result<()> {
    let lifted = out.lift(statement.lift);
    let restricted = statement.restricted(&out.context);
    let placed = restricted.placed()?;
    let Write { with, table, change, returning: items, .. } = &*placed;
    let facts = out.dialect().capabilities();
    match change {
        Change::Insert(_) if facts.ctes_before_inserts => withs(out, with)?,
        Change::Insert(Insert { rows: InsertRows::Query(_), .. }) => {}
        Change::Update(..) | Change::Delete(_) if facts.ctes_before_changes => withs(out, with)?,
        _ if with.is_empty() => {}
        _ => return Err(Error::unsupported(out.dialect().name(), "WITH before a statement that changes rows")),
    }
    match change {
        Change::Insert(values) => insert(out, table, values, with)?,
        Change::Update(set, rows) => update(out, table, set, rows)?,
        Change::Delete(rows) => delete(out, table, rows)?,
    }
    let returns = match change {
        Change::Insert(values) => {
            conflict::require_returned(out, values.conflict.as_ref(), items).map(|()| facts.insert_returning)?
        }
        Change::Update(..) => facts.update_returning,
        Change::Delete(_) => facts.delete_returning,
    };
    returning(out, items, change.rows().map_or(&[], |rows| &rows.sources), returns)?;
    out.context.lift = lifted;
    Ok(())
}

fn insert(out: &mut SqlWriter, table: &TableName, insert: &Insert, with: &Withs) -> Result<()> {
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
        InsertRows::Query(query) => {
            if !out.dialect().capabilities().ctes_before_inserts {
                withs(out, with)?;
            }
            if stored::any(out, &insert.forms) {
                stored::rows(out, &insert.forms, |out| body(out, query))?;
            } else {
                rows(out, query, insert.conflict.is_some())?;
            }
        }
    }
    let written: Vec<&str> = insert.columns.iter().map(|column| &**column).collect();
    insert.conflict.iter().try_for_each(|clause| conflict::conflict(out, table, &written, clause))
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

fn update(out: &mut SqlWriter, table: &TableName, list: &SetList, rows: &ChangedRows) -> Result<()> {
    let (from, beside) = match &*rows.sources {
        [] => (None, None),
        sources if out.dialect().capabilities().update_from => (Some(sources), None),
        sources => (None, Some(sources)),
    };
    out.sql("UPDATE ").table(table);
    if let Some(sources) = beside {
        separated(out.sql(", "), ", ", sources, source)?;
    }
    // Where other tables stand beside it, a column has to say which one it is of.
    set_list(out.sql(" SET "), table, list, beside.map(|_| table))?;
    if let Some(sources) = from {
        separated(out.sql(" FROM "), ", ", sources, source)?;
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

/// Appends `column = value, ..`, where the columns of the table's row can be read. Columns are named with `qualifier`.
pub(super) fn set_list(
    out: &mut SqlWriter,
    table: &TableName,
    list: &SetList,
    qualifier: Option<&TableName>,
) -> Result<()> {
    let simultaneous = out.dialect().capabilities().simultaneous_assignment;
    separated(out, ", ", list.iter().enumerate(), |out, (index, (column, value))| {
        if !simultaneous && list[..index].iter().any(|(before, _)| reads_column(value, table, before)) {
            let what = "a new value that reads a column which is set before it";
            return Err(Error::unsupported(out.dialect().name(), what));
        }
        if let Some(qualifier) = qualifier {
            out.ident(&qualifier.name).sql(".");
        }
        let own = Expr::Column(ColumnRef::named(Some(table.name.clone()), column.clone()));
        assigned(out.ident(column).sql(" = "), &witnessed(value, &own))
    })
}

/// Appends ` RETURNING ..`, if values are returned. `sources` are those besides the table.
/// `supported` tells whether the database has it for such a statement.
pub(super) fn returning(out: &mut SqlWriter, items: &[SelectItem], sources: &[Source], supported: bool) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    if !supported {
        return Err(Error::unsupported(out.dialect().name(), "RETURNING"));
    }
    if !out.dialect().capabilities().returning_sources && items.iter().any(|item| reads(&item.expr, sources)) {
        let what = "RETURNING of another source than the table that is written to";
        return Err(Error::unsupported(out.dialect().name(), what));
    }
    separated(out.sql(" RETURNING "), ", ", items, item)
}

/// Whether a column of one of the sources stands in an expression, outside of subqueries.
fn reads(expr: &Expr, sources: &[Source]) -> bool {
    any_column(expr, &|column| sources.iter().any(|source| column.qualifier.as_ref() == Some(source.name())))
}

/// Whether a column of the table stands in an expression, outside of subqueries.
fn reads_column(expr: &Expr, table: &TableName, name: &str) -> bool {
    any_column(expr, &|column| {
        column.name == name && column.qualifier.as_ref().is_none_or(|qualifier| *qualifier == table.name)
    })
}

fn any_column(expr: &Expr, test: &dyn Fn(&ColumnRef) -> bool) -> bool {
    if let Expr::Column(column) = expr {
        return test(column);
    }
    let mut found = false;
    expr.each_child(&mut |child| {
        if let Child::Expr(inner) = child {
            found = found || any_column(inner, test);
        }
    });
    found
}
