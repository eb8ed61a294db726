use super::SqlWriter;
use super::like::like;
use super::select::write_select;
use crate::dialect::ArrayParameters;
use crate::error::Result;
use crate::sql::{Aggregate, ArithmeticOp, BinaryOp, Expr, Function};
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
        Expr::Column(column) => {
            if let Some(qualifier) = &column.qualifier {
                out.ident(qualifier).sql(".");
            }
            out.ident(&column.name);
        }
        Expr::Param(value, sql_type) => {
            out.shared_param(value, *sql_type);
            collate(out, *sql_type);
        }
        Expr::One => {
            out.sql("1");
        }
        Expr::ListParam(values, _) => {
            out.param(Value::Array(values.clone()));
        }
        Expr::Binary(left, op, right) => {
            operand(out, left)?;
            out.sql(operator(*op));
            operand(out, right)?;
        }
        Expr::And(all) => connected(out, " AND ", "TRUE", all)?,
        Expr::Or(any) => connected(out, " OR ", "FALSE", any)?,
        Expr::Not(inner) => negated(out, inner)?,
        Expr::Aggregate { function, argument, distinct, result } => {
            aggregate(out, *function, argument.as_deref(), *distinct, *result)?;
        }
        Expr::Function(function, arguments, result) => {
            out.sql(match function {
                Function::Lower => "lower(",
                Function::Upper => "upper(",
                Function::Coalesce => "coalesce(",
            });
            separated(out, ", ", arguments, expr)?;
            out.sql(")");
            collate(out, *result);
        }
        Expr::Arithmetic(left, op, right, result) => arithmetic(out, left, *op, right, *result)?,
        Expr::Cast(inner, sql_type) => {
            expr(out.sql("CAST("), inner)?;
            cast_end(out, *sql_type);
        }
        test => predicate(out, test, Sense::Is)?,
    }
    Ok(())
}

/// Whether a test is to hold or not to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    Is,
    IsNot,
}

impl Sense {
    /// The word for it, before an operator such as `IN`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Is => " ",
            Self::IsNot => " NOT ",
        }
    }
}

/// Appends a test that has a spelling of its own for its contrary.
fn predicate(out: &mut SqlWriter, test: &Expr, sense: Sense) -> Result<()> {
    match test {
        Expr::IsNull(inner) => {
            operand(out, inner)?;
            out.sql(if sense == Sense::Is { " IS NULL" } else { " IS NOT NULL" });
        }
        Expr::Like(text, kind, pattern) => like(out, text, *kind, pattern, sense)?,
        Expr::InList(inner, values, _) => {
            operand(out, inner)?;
            in_list(out, values, sense);
        }
        Expr::InRows(columns, rows) => in_rows(out, columns, rows, sense)?,
        Expr::InSelect(inner, select) => {
            operand(out, inner)?;
            out.sql(sense.word()).sql("IN (");
            write_select(out, select)?;
            out.sql(")");
        }
        Expr::Between(inner, low, high) => {
            operand(out, inner)?;
            operand(out.sql(sense.word()).sql("BETWEEN "), low)?;
            operand(out.sql(" AND "), high)?;
        }
        Expr::Exists(select) => {
            out.sql(if sense == Sense::Is { "EXISTS (" } else { "NOT EXISTS (" });
            write_select(out, select)?;
            out.sql(")");
        }
        other => {
            expr(out.sql(if sense == Sense::Is { "(" } else { "NOT (" }), other)?;
            out.sql(")");
        }
    }
    Ok(())
}

fn negated(out: &mut SqlWriter, inner: &Expr) -> Result<()> {
    predicate(out, inner, Sense::IsNot)
}

/// `a AND b`; one operand is itself, none is `empty`.
fn connected(out: &mut SqlWriter, word: &'static str, empty: &'static str, parts: &[Expr]) -> Result<()> {
    match parts {
        [] => {
            out.sql(empty);
            Ok(())
        }
        [only] => expr(out, only),
        parts => separated(out, word, parts, |out, part| match part {
            Expr::And(inner) | Expr::Or(inner) if inner.len() > 1 => parenthesized(out, part),
            part => expr(out, part),
        }),
    }
}

/// Appends an operand of an operator: a test or combination stands in parentheses.
pub(super) fn operand(out: &mut SqlWriter, operand: &Expr) -> Result<()> {
    match operand {
        Expr::Column(_)
        | Expr::Param(..)
        | Expr::One
        | Expr::ListParam(..)
        | Expr::Aggregate { .. }
        | Expr::Function(..)
        | Expr::Cast(..)
        | Expr::Exists(_) => expr(out, operand),
        operand => parenthesized(out, operand),
    }
}

fn parenthesized(out: &mut SqlWriter, inner: &Expr) -> Result<()> {
    expr(out.sql("("), inner)?;
    out.sql(")");
    Ok(())
}

fn in_list(out: &mut SqlWriter, values: &[Value], sense: Sense) {
    let before = match (out.dialect().capabilities().array_parameters, sense) {
        (ArrayParameters::Any, Sense::Is) => " = ANY(",
        (ArrayParameters::Any, Sense::IsNot) => " <> ALL(",
        (ArrayParameters::TableFunction, Sense::Is) => " IN rarray(",
        (ArrayParameters::TableFunction, Sense::IsNot) => " NOT IN rarray(",
    };
    out.sql(before).param(Value::Array(values.to_vec())).sql(")");
}

fn in_rows(out: &mut SqlWriter, columns: &[Expr], rows: &[Vec<Value>], sense: Sense) -> Result<()> {
    if rows.is_empty() {
        out.sql(if sense == Sense::Is { "FALSE" } else { "TRUE" });
        return Ok(());
    }
    out.sql("(");
    separated(out, ", ", columns, expr)?;
    // Where a bare parameter has no type of its own, a row of VALUES has none either; a list of rows takes that of the columns.
    let typed = out.dialect().capabilities().typed_parameters;
    out.sql(")").sql(sense.word()).sql(if typed { "IN (" } else { "IN (VALUES " });
    out.list(", ", rows, |out, row| {
        out.sql("(")
            .list(", ", row, |out, value| {
                out.param(value.clone());
            })
            .sql(")");
    });
    out.sql(")");
    Ok(())
}

fn aggregate(
    out: &mut SqlWriter,
    function: Aggregate,
    argument: Option<&Expr>,
    distinct: bool,
    result: SqlType,
) -> Result<()> {
    let dialect = out.dialect();
    let widened = matches!(function, Aggregate::Sum | Aggregate::Avg) && matches!(result, SqlType::I64 | SqlType::F64);
    let cast = widened && dialect.capabilities().wide_aggregates;
    if cast {
        out.sql("CAST(");
    }
    out.sql(dialect.aggregate(function, result)).sql(if distinct { "(DISTINCT " } else { "(" });
    match argument {
        // An argument is cast only to be added up in a wider type, which a database that has one type of float does anyway.
        Some(Expr::Cast(argument, _)) if !dialect.capabilities().wide_aggregates => expr(out, argument)?,
        Some(argument) => expr(out, argument)?,
        None => {
            out.sql("*");
        }
    }
    out.sql(")");
    if cast {
        cast_end(out, result);
    }
    collate(out, result);
    Ok(())
}

/// A number made of two. Where the database would compute it inexactly, a function of the backend does.
fn arithmetic(out: &mut SqlWriter, left: &Expr, op: ArithmeticOp, right: &Expr, result: SqlType) -> Result<()> {
    let Some(function) = out.dialect().arithmetic(op, result) else {
        operand(out, left)?;
        out.sql(match op {
            ArithmeticOp::Add => " + ",
            ArithmeticOp::Sub => " - ",
            ArithmeticOp::Mul => " * ",
        });
        return operand(out, right);
    };
    expr(out.sql(function).sql("("), left)?;
    expr(out.sql(", "), right)?;
    out.sql(")");
    collate(out, result);
    Ok(())
}

/// Says how an expression is compared that is no column and so has no collation.
fn collate(out: &mut SqlWriter, sql_type: SqlType) {
    if let Some(collation) = out.dialect().collation(sql_type) {
        out.sql(" COLLATE ").sql(collation);
    }
}

fn cast_end(out: &mut SqlWriter, sql_type: SqlType) {
    out.sql(" AS ");
    out.dialect().cast_type(out, sql_type);
    out.sql(")");
}

fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Eq => " = ",
        BinaryOp::Ne => " <> ",
        BinaryOp::Lt => " < ",
        BinaryOp::Le => " <= ",
        BinaryOp::Gt => " > ",
        BinaryOp::Ge => " >= ",
    }
}
