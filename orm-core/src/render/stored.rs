//! Columns whose values may have several spellings: they are read, written and compared by meaning.

use super::expr::{argument, collate, expr, operand};
use crate::dialect::Role;
use crate::dialect::SqlWriter;
use crate::dialect::Stored;
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::sql::{BinaryOp, ColumnRef, Expr};
use crate::value::{Format, SqlType};

/// Appends a column's name.
pub(super) fn name(out: &mut SqlWriter, column: &ColumnRef) {
    if out.proposes && column.qualifier.as_deref() == Some("excluded") {
        out.sql("VALUES(").ident(&column.name).sql(")");
        return;
    }
    if let Some(qualifier) = &column.qualifier {
        out.ident(qualifier).sql(".");
    }
    out.ident(&column.name);
}

fn form(out: &SqlWriter, column: &ColumnRef) -> Option<Stored> {
    out.dialect().stored(column.sql_type?, column.format?)
}

fn read(out: &mut SqlWriter, stored: Stored, column: &ColumnRef) {
    let subject = match &column.qualifier {
        Some(qualifier) => format!("{qualifier}.{}", column.name),
        None => column.name.clone().into_owned(),
    };
    out.sql(stored.read).sql("(").ident_literal(&subject).sql(", ");
    name(out, column);
    out.sql(")");
}

/// Appends a column's value for computing with it, without its collation. The result would otherwise be compared by that collation
/// too.
pub(super) fn value(out: &mut SqlWriter, column: &ColumnRef) {
    if let Some(stored) = form(out, column) {
        return read(out, stored, column);
    }
    match column.sql_type.and_then(|sql_type| out.dialect().alike(sql_type)) {
        Some(alike) => {
            name(out.sql(alike).sql("("), column);
            out.sql(")");
        }
        None => name(out, column),
    }
}

/// A column in an exact format is compared as it is stored.
fn collate_column(out: &mut SqlWriter, column: &ColumnRef) {
    if let (Some(sql_type), None) = (column.sql_type, form(out, column)) {
        collate(out, sql_type);
    }
}

/// Appends the key of an order, a group or a DISTINCT: a column as it is stored.
pub(super) fn key(out: &mut SqlWriter, key: &Expr) -> Result<()> {
    let Expr::Column(column) = key else { return argument(out, key, expr) };
    name(out, column);
    collate_column(out, column);
    Ok(())
}

/// Appends an argument of a function of the backend, which takes every form of it.
pub(super) fn any_form(out: &mut SqlWriter, part: &Expr) -> Result<()> {
    match part {
        Expr::Column(column) if form(out, column).is_none() => {
            name(out, column);
            Ok(())
        }
        part => argument(out, part, expr),
    }
}

/// Appends the left side of `IN` with a query, whose values have the form of expressions.
pub(super) fn tested(out: &mut SqlWriter, inner: &Expr) -> Result<()> {
    match inner {
        Expr::Column(column) if form(out, column).is_some() => {
            value(out, column);
            Ok(())
        }
        Expr::Column(_) => key(out, inner),
        inner => argument(out, inner, operand),
    }
}

/// Appends the argument of `min` or `max`.
pub(super) fn extreme(out: &mut SqlWriter, of: &Expr) -> Result<()> {
    match of {
        Expr::Column(column) if form(out, column).is_none() => key(out, of),
        of => argument(out, of, expr),
    }
}

/// Appends a selected column under its own name. `compared` if duplicates are removed by it.
pub(super) fn selected(out: &mut SqlWriter, column: &ColumnRef, named: bool, compared: bool) {
    let is_collated = |&sql_type: &SqlType| out.dialect().collation(sql_type).is_some();
    match form(out, column) {
        Some(stored) => read(out, stored, column),
        None if compared && column.sql_type.as_ref().is_some_and(is_collated) => {
            name(out, column);
            collate_column(out, column);
        }
        None => return name(out, column),
    }
    if !named {
        out.sql(" AS ").ident(&column.name);
    }
}

/// Appends `left op right`.
pub(super) fn comparison(
    out: &mut SqlWriter,
    left: &Expr,
    op: BinaryOp,
    right: &Expr,
    sign: &'static str,
) -> Result<()> {
    if let (Expr::Column(column), BinaryOp::Eq, Expr::Param(value, sql_type)) = (left, op, right)
        && form(out, column).is_none()
        && let Some(other) = out.dialect().other_spelling(*sql_type)
    {
        name(out, column);
        out.sql(" IN (").shared_param(value, Role::Value(*sql_type)).sql(", ").sql(other).sql("(");
        out.shared_param(value, Role::Value(*sql_type)).sql("))");
        return Ok(());
    }
    side(out, left, &[right], true)?;
    out.sql(sign);
    side(out, right, &[left], false)
}

/// Appends `inner BETWEEN low AND high`, with the words given.
pub(super) fn between(
    out: &mut SqlWriter,
    (inner, low, high): (&Expr, &Expr, &Expr),
    word: &'static str,
) -> Result<()> {
    if let Expr::Column(_) = inner {
        side(out, inner, &[low, high], true)?;
        side(out.sql(word).sql("BETWEEN "), low, &[inner], false)?;
        return side(out.sql(" AND "), high, &[inner], false);
    }
    argument(out, inner, operand)?;
    bound(out.sql(word).sql("BETWEEN "), low)?;
    bound(out.sql(" AND "), high)
}

/// One side of a comparison with something that is not a column, and so has the form of expressions.
fn bound(out: &mut SqlWriter, this: &Expr) -> Result<()> {
    match this {
        Expr::Column(_) => tested(out, this),
        this => operand(out, this),
    }
}

/// One side of a comparison with others.
fn side(out: &mut SqlWriter, this: &Expr, others: &[&Expr], typed: bool) -> Result<()> {
    match (this, others) {
        (Expr::Row(parts), _) if others.iter().all(|other| matches!(other, Expr::Row(_))) => {
            out.sql("(");
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    out.sql(", ");
                }
                let others: Vec<&Expr> = others.iter().filter_map(|other| part_of(other, index)).collect();
                side(out, part, &others, typed)?;
            }
            out.sql(")");
            Ok(())
        }
        (Expr::Column(column), _) => {
            column_side(out, column, others);
            Ok(())
        }
        (Expr::Param(value, sql_type), [Expr::Column(column)]) if let Some(stored) = form(out, column) => {
            write(out, stored, |out| {
                out.shared_param(value, Role::Value(*sql_type));
                Ok(())
            })
        }
        _ if typed => argument(out, this, operand),
        _ => operand(out, this),
    }
}

fn part_of(row: &Expr, index: usize) -> Option<&Expr> {
    match row {
        Expr::Row(parts) => parts.get(index),
        _ => None,
    }
}

/// A column and a value are compared in the stored form: the value is converted, so that an index can find it.
fn column_side(out: &mut SqlWriter, column: &ColumnRef, others: &[&Expr]) {
    let alike = |other: &&Expr| match other {
        Expr::Param(..) => true,
        Expr::Column(other) => other.sql_type == column.sql_type && other.format == column.format,
        _ => false,
    };
    if form(out, column).is_some() && !others.iter().all(alike) {
        value(out, column);
        if let Some(sql_type) = column.sql_type {
            collate(out, sql_type);
        }
        return;
    }
    name(out, column);
    // A parameter says by itself how it is compared.
    if !others.iter().all(|other| matches!(other, Expr::Param(..))) {
        collate_column(out, column);
    }
}

fn write(out: &mut SqlWriter, stored: Stored, inner: impl FnOnce(&mut SqlWriter) -> Result<()>) -> Result<()> {
    let Some(function) = stored.write else { return inner(out) };
    inner(out.sql(function).sql("("))?;
    out.sql(")");
    Ok(())
}

/// Appends the new value of a column, in its stored form.
pub(super) fn assigned(
    out: &mut SqlWriter,
    inner: &Expr,
    (sql_type, format): (SqlType, Format),
    plain: impl Fn(&mut SqlWriter, &Expr) -> Result<()>,
) -> Result<()> {
    let Some(stored) = out.dialect().stored(sql_type, format) else { return plain(out, inner) };
    match inner {
        Expr::Column(column) if column.format == Some(format) && column.sql_type == Some(sql_type) => {
            name(out, column);
            Ok(())
        }
        inner => write(out, stored, |out| plain(out, inner)),
    }
}

/// How the values of a list are converted, for looking them up in a column.
pub(super) enum Listed {
    /// Not at all.
    Plain,
    /// A function converts each of them.
    Written(&'static str),
    /// Both the values and the results of a function are looked up.
    Both(&'static str),
}

/// Appends the left side of `IN` with a list, and returns how the list must be converted.
pub(super) fn looked_for(out: &mut SqlWriter, inner: &Expr) -> Result<Listed> {
    let Expr::Column(column) = inner else {
        argument(out, inner, operand)?;
        return Ok(Listed::Plain);
    };
    name(out, column);
    if let Some(stored) = form(out, column) {
        return Ok(stored.write.map_or(Listed::Plain, Listed::Written));
    }
    if let Some(other) = column.sql_type.and_then(|sql_type| out.dialect().other_spelling(sql_type)) {
        return Ok(Listed::Both(other));
    }
    collate_column(out, column);
    Ok(Listed::Plain)
}

/// Appends a value that is looked up in a column.
pub(super) fn listed(
    out: &mut SqlWriter,
    column: &Expr,
    value: impl FnOnce(&mut SqlWriter) -> Result<()>,
) -> Result<()> {
    match column {
        Expr::Column(column) if let Some(stored) = form(out, column) => write(out, stored, value),
        _ => value(out),
    }
}

/// Appends a placeholder for a value that a column is set to.
pub(super) fn placeholder(out: &mut SqlWriter, column: &ColumnDef) {
    written(out, (column.sql_type, column.format));
}

/// Appends a placeholder for a value that a column of that form is set to.
pub(super) fn written(out: &mut SqlWriter, (sql_type, format): (SqlType, Format)) {
    match out.dialect().stored(sql_type, format).and_then(|stored| stored.write) {
        Some(function) => {
            out.sql(function).sql("(").placeholder().sql(")");
        }
        None => {
            out.placeholder();
        }
    }
}

/// Appends a column in RETURNING.
pub(super) fn returned(out: &mut SqlWriter, column: &ColumnDef) {
    let (sql_type, format) = (Some(column.sql_type), Some(column.format));
    let column = ColumnRef { qualifier: None, name: column.name.clone(), sql_type, format };
    match form(out, &column) {
        Some(stored) => read(out, stored, &column),
        None => name(out, &column),
    }
}

/// Appends `column = ?`, with the operator given.
pub(super) fn equals(out: &mut SqlWriter, column: &ColumnDef, sign: &'static str) {
    out.ident(&column.name);
    let dialect = out.dialect();
    if dialect.stored(column.sql_type, column.format).is_some() {
        return placeholder(out.sql(sign), column);
    }
    match dialect.other_spelling(column.sql_type).filter(|_| sign == " = ") {
        Some(other) => {
            let index = out.sql(" IN (").next_placeholder();
            out.placeholder().sql(", ").sql(other).sql("(").placeholder_at(index).sql("))");
        }
        None => {
            out.sql(sign).placeholder();
            collate(out, column.sql_type);
        }
    }
}

/// Whether one of the columns stores values in a form of its own.
pub(super) fn any(out: &SqlWriter, forms: &[(SqlType, Format)]) -> bool {
    forms.iter().any(|&(sql_type, format)| out.dialect().stored(sql_type, format).is_some())
}

/// Appends the rows of a query, in the forms in which columns store their values.
pub(super) fn rows(
    out: &mut SqlWriter,
    forms: &[(SqlType, Format)],
    query: impl FnOnce(&mut SqlWriter) -> Result<()>,
) -> Result<()> {
    let names: Vec<String> = (0..forms.len()).map(|index| format!("c{index}")).collect();
    out.sql("WITH ").ident("given").sql("(").list(", ", &names, |out, name| {
        out.ident(name);
    });
    query(out.sql(") AS ("))?;
    out.sql(") SELECT ").list(", ", names.iter().zip(forms), |out, (name, &(sql_type, format))| {
        match out.dialect().stored(sql_type, format).and_then(|stored| stored.write) {
            Some(function) => {
                out.sql(function).sql("(").ident(name).sql(")");
            }
            None => {
                out.ident(name);
            }
        }
    });
    // Before ON CONFLICT a query must end in such a way that ON cannot be taken for a join's.
    out.sql(" FROM ").ident("given").sql(" WHERE TRUE");
    Ok(())
}
