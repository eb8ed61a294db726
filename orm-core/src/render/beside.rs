//! Texts that take their type from the expression beside them. A text column of a model may have another type in the database, such as an
//! enum or `citext`, which a cast to text would lose.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::expr::{argument, collate, expr, operand};
use super::stored;
use crate::dialect::Role;
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::sql::Expr;
use crate::value::SqlType;

/// The role of texts that take the type of an expression. Texts with the same role share parameters.
const SOME_EXPRESSION: u64 = 0;

/// Appends one of several expressions that have a type in common: the results of CASE, the arguments of `coalesce`.
pub(super) fn one_of<'e>(
    out: &mut SqlWriter,
    part: &Expr,
    all: impl Iterator<Item = &'e Expr>,
    write: impl Fn(&mut SqlWriter, &Expr) -> Result<()>,
) -> Result<()> {
    match part {
        Expr::Param(value, sql_type @ SqlType::Text) => {
            let mut typed = all.filter(|other| !matches!(other, Expr::Param(..))).peekable();
            if typed.peek().is_none() {
                return argument(out, part, write);
            }
            let place = typed.find_map(place).unwrap_or(SOME_EXPRESSION);
            out.shared_param(value, Role::Beside(place));
            collate(out, *sql_type);
            Ok(())
        }
        part => argument(out, part, write),
    }
}

/// Appends `column op text` if the operands are such, so that the database takes the type of the text from the column. Returns whether it
/// did.
pub(super) fn text_comparison(out: &mut SqlWriter, left: &Expr, op: &'static str, right: &Expr) -> Result<bool> {
    let Some(place) = place(left).filter(|_| out.dialect().capabilities().typed_parameters) else { return Ok(false) };
    match (right, witnessed(right, left)) {
        (Expr::Param(value, SqlType::Text), _) => {
            expr(out, left)?;
            out.sql(op).shared_param(value, Role::Beside(place));
        }
        (_, Cow::Owned(case)) => {
            expr(out, left)?;
            operand(out.sql(op), &case)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// A hash of the name of a column in the statement, if the expression is one.
fn place(expr: &Expr) -> Option<u64> {
    let Expr::Column(column) = expr else { return None };
    let mut hasher = DefaultHasher::new();
    (&column.qualifier, &column.name).hash(&mut hasher);
    Some(hasher.finish())
}

/// A CASE whose results are all texts that are parameters, with a branch that is never taken and has the type of `column`.
pub(super) fn witnessed<'e>(value: &'e Expr, column: &Expr) -> Cow<'e, Expr> {
    let Expr::Case(arms, otherwise, SqlType::Text) = value else { return Cow::Borrowed(value) };
    let mut results = arms.iter().map(|(_, then)| &**then).chain(otherwise.as_deref());
    if place(column).is_none() || !results.all(|result| matches!(result, Expr::Param(..))) {
        return Cow::Borrowed(value);
    }
    let never = Expr::Or(Vec::new().into());
    let arms = arms.iter().cloned().chain([(never.into(), column.clone().into())]).collect();
    Cow::Owned(Expr::Case(arms, otherwise.clone(), SqlType::Text))
}

/// Rows that are looked up as VALUES are texts, so the column is compared as text.
pub(super) fn as_text(out: &mut SqlWriter, column: &Expr, sql_type: SqlType) -> Result<()> {
    let is_cast = out.dialect().capabilities().typed_parameters && sql_type == SqlType::Text;
    match column {
        Expr::Column(_) if is_cast => expr(out, &Expr::Cast(column.clone().into(), sql_type)),
        column => stored::key(out, column),
    }
}
