use std::borrow::Borrow;

use super::beside::{as_text, one_of, text_comparison};
use super::call::{aggregate, function};
use super::keyset::after;
use super::like::like;
use super::raw::fragment;
use super::select::write_select;
use super::stored::{self, Listed};
use crate::dialect::Role;
use crate::dialect::SqlWriter;
use crate::dialect::{ArrayParameters, Dialect};
use crate::error::{Error, Result};
use crate::sql::{ArithmeticOp, BinaryOp, Expr, Nested, too_deep};
use crate::value::{SqlType, Value};

/// Appends each item by `each`, with `separator` between them.
pub(super) fn separated<T>(
    out: &mut SqlWriter,
    separator: &'static str,
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut SqlWriter, T) -> Result<()>,
) -> Result<()> {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.sql(separator);
        }
        each(out, item)?;
    }
    Ok(())
}

/// Appends an expression.
pub(super) fn expr(out: &mut SqlWriter, expression: &Expr) -> Result<()> {
    match expression {
        Expr::Column(column) => stored::value(out, column),
        Expr::Stored(inner, sql_type, format) => stored::assigned(out, inner, (*sql_type, *format), expr)?,
        Expr::Param(_, SqlType::Array(_)) if !out.dialect().capabilities().arrays => {
            return Err(Error::unsupported(out.dialect().name(), "an array as a value"));
        }
        Expr::Param(value, sql_type) => {
            parameter(out, value, *sql_type, false);
            collate(out, *sql_type);
        }
        Expr::One => {
            out.sql("1");
        }
        Expr::Null => {
            out.sql("NULL");
        }
        Expr::Binary(left, BinaryOp::IsDistinct, right) if !out.dialect().capabilities().distinct_from => {
            comparison(out.sql("NOT ("), left, BinaryOp::IsNotDistinct, right)?;
            out.sql(")");
        }
        Expr::Binary(left, op, right) => comparison(out, left, *op, right)?,
        Expr::And(all) => connected(out, " AND ", "TRUE", all)?,
        Expr::Or(any) => connected(out, " OR ", "FALSE", any)?,
        Expr::Not(inner) => negated(out, inner)?,
        Expr::Aggregate(call) => aggregate(out, call, None)?,
        Expr::Over(call, window) => match &**call {
            Expr::Aggregate(call) => aggregate(out, call, Some(window))?,
            Expr::Function(name, arguments, result) => function(out, *name, arguments, *result, Some(window))?,
            other => expr(out, other)?,
        },
        Expr::Function(name, arguments, result) => function(out, *name, arguments, *result, None)?,
        Expr::Named(name, arguments, result) => {
            out.ident(name).sql("(");
            separated(out, ", ", arguments, |out, each| argument(out, each, expr))?;
            collate(out.sql(")"), *result);
        }
        Expr::Case(arms, otherwise, result) => {
            out.sql("CASE");
            let results = || arms.iter().map(|(_, then)| &**then).chain(otherwise.as_deref());
            for (when, then) in arms {
                expr(out.sql(" WHEN "), when)?;
                one_of(out.sql(" THEN "), then, results(), expr)?;
            }
            if let Some(otherwise) = otherwise {
                one_of(out.sql(" ELSE "), otherwise, results(), expr)?;
            }
            collate(out.sql(" END"), *result);
        }
        Expr::Row(values) => {
            separated(out.sql("("), ", ", values, expr)?;
            out.sql(")");
        }
        Expr::Scalar(select) => {
            out.sql("(");
            write_select(out, select)?;
            out.sql(")");
        }
        Expr::Arithmetic(left, op, right, result) => arithmetic(out, left, *op, right, *result)?,
        Expr::Cast(inner, sql_type) => {
            expr(out.sql("CAST("), inner)?;
            cast_end(out, *sql_type);
        }
        Expr::After(keys) => {
            out.sql("(");
            after(out, keys)?;
            out.sql(")");
        }
        Expr::Raw(raw, sql_type) => {
            fragment(out, raw)?;
            collate(out, *sql_type);
        }
        Expr::TooDeep => {
            let (kind, message) = too_deep();
            return Err(Error::new(kind, message));
        }
        test => predicate(out, test, Polarity::Is)?,
    }
    Ok(())
}

fn comparison(out: &mut SqlWriter, left: &Expr, op: BinaryOp, right: &Expr) -> Result<()> {
    let sign = operator(out.dialect(), op);
    if text_comparison(out, left, sign, right)? {
        return Ok(());
    }
    stored::comparison(out, left, op, right, sign)
}

/// Whether a test is negated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Polarity {
    Is,
    IsNot,
}

impl Polarity {
    /// The word for it, before an operator such as `IN`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Is => " ",
            Self::IsNot => " NOT ",
        }
    }
}

/// Appends a test that has a spelling of its own for its negation.
fn predicate(out: &mut SqlWriter, test: &Expr, polarity: Polarity) -> Result<()> {
    match test {
        Expr::IsNull(inner) => {
            match &**inner {
                Expr::Column(column) => stored::name(out, column),
                inner => argument(out, inner, operand)?,
            }
            out.sql(if polarity == Polarity::Is { " IS NULL" } else { " IS NOT NULL" });
        }
        Expr::Like(text, kind, pattern) => like(out, text, *kind, pattern, polarity)?,
        Expr::InList(inner, values, SqlType::Array(_)) => in_arrays(out, inner, values, polarity)?,
        Expr::InList(inner, values, sql_type) => {
            let listed = stored::looked_for(out, inner)?;
            in_list(out, (values, *sql_type), polarity, &listed);
        }
        Expr::InRows(columns, rows) => in_rows(out, columns, rows, polarity)?,
        Expr::InSelect(inner, select) => {
            stored::tested(out, inner)?;
            out.sql(polarity.word()).sql("IN (");
            let limited = select.limit.is_some() || select.offset.is_some();
            if limited && !out.dialect().capabilities().limits_in_lists {
                write_select(out.sql("SELECT * FROM ("), select)?;
                out.sql(") AS ").ident("limited");
            } else {
                write_select(out, select)?;
            }
            out.sql(")");
        }
        Expr::Between(inner, low, high) => {
            stored::between(out, (inner, low, high), polarity.word())?;
        }
        Expr::Exists(select) => {
            out.sql(if polarity == Polarity::Is { "EXISTS (" } else { "NOT EXISTS (" });
            write_select(out, select)?;
            out.sql(")");
        }
        other => {
            expr(out.sql(if polarity == Polarity::Is { "(" } else { "NOT (" }), other)?;
            out.sql(")");
        }
    }
    Ok(())
}

fn negated(out: &mut SqlWriter, inner: &Expr) -> Result<()> {
    predicate(out, inner, Polarity::IsNot)
}

/// The number of conditions side by side. A database parses `a AND b AND c` as `(a AND b) AND c`, and limits the depth. Longer lists are
/// split into halves in parentheses.
const SIDE_BY_SIDE: usize = 16;

/// `a AND b`; one operand is itself, none is `empty`.
pub(super) fn connected<E: Borrow<Expr>>(
    out: &mut SqlWriter,
    word: &'static str,
    empty: &'static str,
    parts: &[E],
) -> Result<()> {
    match parts {
        [] => {
            out.sql(empty);
            Ok(())
        }
        [only] => expr(out, only.borrow()),
        parts if parts.len() <= SIDE_BY_SIDE => separated(out, word, parts, |out, each| part(out, each.borrow())),
        parts => {
            let (first, second) = parts.split_at(parts.len() / 2);
            connected(out.sql("("), word, empty, first)?;
            connected(out.sql(")").sql(word).sql("("), word, empty, second)?;
            out.sql(")");
            Ok(())
        }
    }
}

/// Appends one of several conditions.
fn part(out: &mut SqlWriter, part: &Expr) -> Result<()> {
    match part {
        Expr::And(inner) | Expr::Or(inner) if inner.len() > 1 => parenthesized(out, part),
        part => expr(out, part),
    }
}

/// Appends an operand of an operator: a test or combination stands in parentheses.
pub(super) fn operand(out: &mut SqlWriter, operand: &Expr) -> Result<()> {
    match operand {
        Expr::Column(_)
        | Expr::Param(..)
        | Expr::One
        | Expr::Null
        | Expr::Aggregate(_)
        | Expr::Over(..)
        | Expr::Function(..)
        | Expr::Named(..)
        | Expr::Case(..)
        | Expr::Row(_)
        | Expr::Stored(..)
        | Expr::Cast(..)
        | Expr::After(_)
        | Expr::Raw(..)
        | Expr::Exists(_)
        | Expr::Scalar(_) => expr(out, operand),
        operand => parenthesized(out, operand),
    }
}

/// Appends a part of an expression by `write`. A value gets a cast if nothing else determines its type.
pub(super) fn argument(
    out: &mut SqlWriter,
    part: &Expr,
    write: impl Fn(&mut SqlWriter, &Expr) -> Result<()>,
) -> Result<()> {
    match part {
        Expr::Param(value, sql_type) if out.dialect().capabilities().typed_parameters => {
            out.sql("CAST(").shared_param(value, Role::Value(*sql_type));
            cast_end(out, *sql_type);
            Ok(())
        }
        Expr::Param(value, sql_type) if out.dialect().casts_parameter(*sql_type, true) => {
            parameter(out, value, *sql_type, true);
            Ok(())
        }
        part => write(out, part),
    }
}

fn parenthesized(out: &mut SqlWriter, inner: &Expr) -> Result<()> {
    expr(out.sql("("), inner)?;
    out.sql(")");
    Ok(())
}

fn in_list(out: &mut SqlWriter, (values, sql_type): (&[Value], SqlType), polarity: Polarity, listed: &Listed) {
    let (plain, function) = match listed {
        Listed::Plain => {
            let test = list_test(out.dialect(), polarity);
            list(out.sql(" ").sql(test), values, sql_type);
            out.sql(")");
            return;
        }
        Listed::Written(function) => (false, function),
        Listed::Both(function) => (true, function),
    };
    let list = Value::Array(values.to_vec());
    let index = out.shared_index(&list, Role::List(sql_type));
    let list = |out: &mut SqlWriter| {
        out.sql(") FROM rarray(").placeholder_at(index).sql(")");
    };
    out.sql(polarity.word()).sql("IN (");
    if plain {
        list(out.sql("SELECT (value"));
        out.sql(" UNION ALL ");
    }
    list(out.sql("SELECT ").sql(function).sql("(value"));
    out.sql(")");
}

/// Appends a list of values, as one parameter or as one for each value.
pub(super) fn list(out: &mut SqlWriter, values: &[Value], sql_type: SqlType) {
    if out.dialect().capabilities().array_parameters != ArrayParameters::Listed {
        out.shared_param(&Value::Array(values.to_vec()), Role::List(sql_type));
        return;
    }
    let Some(last) = values.last() else {
        // A list cannot be empty, but a query can.
        out.sql("SELECT NULL FROM (SELECT 1) AS ").ident("nothing").sql(" WHERE FALSE");
        return;
    };
    let rounded = values.len().next_power_of_two().min(out.parameters_left()).max(values.len());
    let repeated = std::iter::repeat_n(last, rounded - values.len());
    out.list(", ", values.iter().chain(repeated), |out, value| parameter(out, value, sql_type, false));
}

/// Appends a value that is compared, or computed with.
fn parameter(out: &mut SqlWriter, value: &Value, sql_type: SqlType, computed: bool) {
    if out.dialect().casts_parameter(sql_type, computed) {
        out.sql("CAST(").shared_param(value, Role::Value(sql_type));
        cast_end(out, sql_type);
    } else {
        out.shared_param(value, Role::Value(sql_type));
    }
}

/// A list of arrays is no array.
fn in_arrays(out: &mut SqlWriter, inner: &Expr, values: &[Value], polarity: Polarity) -> Result<()> {
    if !out.dialect().capabilities().arrays {
        return Err(Error::unsupported(out.dialect().name(), "an array as a value"));
    }
    if values.is_empty() {
        out.sql(if polarity == Polarity::Is { "FALSE" } else { "TRUE" });
        return Ok(());
    }
    argument(out, inner, operand)?;
    out.sql(polarity.word()).sql("IN (").list(", ", values, |out, value| {
        out.param(value.clone());
    });
    out.sql(")");
    Ok(())
}

/// The operators before a list parameter, for `IN` and for `NOT IN`.
pub(super) fn list_test(dialect: &dyn Dialect, polarity: Polarity) -> &'static str {
    match (dialect.capabilities().array_parameters, polarity) {
        (ArrayParameters::Any, Polarity::Is) => "= ANY(",
        (ArrayParameters::Any, Polarity::IsNot) => "<> ALL(",
        (ArrayParameters::TableFunction, Polarity::Is) => "IN rarray(",
        (ArrayParameters::TableFunction, Polarity::IsNot) => "NOT IN rarray(",
        (ArrayParameters::Listed, Polarity::Is) => "IN (",
        (ArrayParameters::Listed, Polarity::IsNot) => "NOT IN (",
    }
}

/// Appends a list of rows as VALUES, if the database takes them, which is read once. A condition for each row would be slower.
fn in_rows(
    out: &mut SqlWriter,
    row: &[(Nested<Expr>, SqlType)],
    rows: &[Vec<Value>],
    polarity: Polarity,
) -> Result<()> {
    let Some((first, others)) = rows.split_first() else {
        out.sql(if polarity == Polarity::Is { "FALSE" } else { "TRUE" });
        return Ok(());
    };
    out.sql("(");
    separated(out, ", ", row, |out, (column, sql_type)| as_text(out, column, *sql_type))?;
    out.sql(")").sql(polarity.word());
    out.sql(if out.dialect().capabilities().values_in_lists { "IN (VALUES (" } else { "IN ((" });
    // The first row determines the types of all.
    separated(out, ", ", first.iter().zip(row), |out, (value, (column, sql_type))| {
        let value = Expr::Param(value.clone(), *sql_type);
        stored::listed(out, column, |out| argument(out, &value, expr))
    })?;
    out.sql(")");
    for values in others {
        separated(out.sql(", ("), ", ", values.iter().zip(row), |out, (value, (column, sql_type))| {
            stored::listed(out, column, |out| {
                parameter(out, value, *sql_type, false);
                Ok(())
            })
        })?;
        out.sql(")");
    }
    out.sql(")");
    Ok(())
}

/// Appends arithmetic. If the operator of the database is inexact, a function of the backend replaces it.
fn arithmetic(out: &mut SqlWriter, left: &Expr, op: ArithmeticOp, right: &Expr, result: SqlType) -> Result<()> {
    let Some(function) = out.dialect().arithmetic(op, result) else {
        argument(out, left, computed)?;
        let sign = out.dialect().operator(op, result);
        out.sql(" ").sql(sign).sql(" ");
        return computed(out, right);
    };
    stored::any_form(out.sql(function).sql("("), left)?;
    stored::any_form(out.sql(", "), right)?;
    out.sql(")");
    collate(out, result);
    Ok(())
}

/// Appends an operand of arithmetic.
fn computed(out: &mut SqlWriter, part: &Expr) -> Result<()> {
    match part {
        Expr::Param(value, sql_type) => {
            parameter(out, value, *sql_type, true);
            Ok(())
        }
        part => operand(out, part),
    }
}

/// Adds the collation of an expression that is not a column and so has no collation.
pub(super) fn collate(out: &mut SqlWriter, sql_type: SqlType) {
    if let Some(collation) = out.dialect().collation(sql_type) {
        out.sql(" COLLATE ").sql(collation);
    }
}

pub(super) fn cast_end(out: &mut SqlWriter, sql_type: SqlType) {
    out.sql(" AS ");
    out.dialect().cast_type(out, sql_type);
    out.sql(")");
}

fn operator(dialect: &dyn Dialect, op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Eq => " = ",
        BinaryOp::Ne => " <> ",
        BinaryOp::Lt => " < ",
        BinaryOp::Le => " <= ",
        BinaryOp::Gt => " > ",
        BinaryOp::Ge => " >= ",
        BinaryOp::IsDistinct => " IS DISTINCT FROM ",
        BinaryOp::IsNotDistinct => same_sign(dialect),
    }
}

/// The operator that tells whether two values are the same, NULLs included.
pub(super) fn same_sign(dialect: &dyn Dialect) -> &'static str {
    if dialect.capabilities().distinct_from { " IS NOT DISTINCT FROM " } else { " <=> " }
}
