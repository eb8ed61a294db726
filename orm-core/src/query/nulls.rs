//! Comparisons with values that may be NULL. NULL is compared by `IS NULL`, so that it is found like any other value.

use std::collections::BTreeMap;

use super::condition::both;
use super::operators::not;
use crate::sql::{BinaryOp, Expr, Exprs, Function, Nested};
use crate::value::{SqlType, Value};

/// `expr = other`, or `expr IS NULL`.
pub(super) fn equal(expr: Expr, other: Expr) -> Expr {
    match other {
        Expr::Param(Value::Null, _) => Expr::IsNull(Nested::new(expr)),
        other => Expr::Binary(Nested::new(expr), BinaryOp::Eq, Nested::new(other)),
    }
}

/// `expr <> other`, or `expr IS NOT NULL`.
pub(super) fn unequal(expr: Expr, other: Expr) -> Expr {
    match other {
        Expr::Param(Value::Null, _) => not(Expr::IsNull(Nested::new(expr))),
        other => Expr::Binary(Nested::new(expr), BinaryOp::Ne, Nested::new(other)),
    }
}

/// Whether the value is one of these, NULL among them.
pub(super) fn is_in(expr: Expr, mut values: Vec<Value>, sql_type: SqlType) -> Expr {
    let length = values.len();
    values.retain(|value| !matches!(value, Value::Null));
    let list = |expr, values| Expr::InList(Nested::new(expr), values, sql_type);
    match expr {
        expr if values.len() == length => list(expr, values),
        expr if values.is_empty() => Expr::IsNull(Nested::new(expr)),
        Expr::Column(column) => {
            let column = Expr::Column(column);
            Expr::Or([list(column.clone(), values), Expr::IsNull(Nested::new(column))].into())
        }
        // The expression is written once: only NULL is neither in a list without NULL nor not in it.
        expr => {
            let found = Expr::Param(Value::Bool(true), SqlType::Bool);
            Expr::Function(Function::Coalesce, [list(expr, values), found].into(), SqlType::Bool)
        }
    }
}

/// Whether the value is none of these. For NULL it is unknown.
pub(super) fn is_not_in(expr: Expr, values: Vec<Value>, sql_type: SqlType) -> Expr {
    not(Expr::InList(Nested::new(expr), values, sql_type))
}

/// Whether all values of a row equal those of another.
pub(super) fn equal_rows(left: Vec<Expr>, right: Vec<Expr>) -> Expr {
    match right.iter().any(is_null) {
        true => Expr::And(left.into_iter().zip(right).map(|(left, right)| equal(left, right)).collect()),
        false => Expr::Binary(Nested::new(Expr::Row(left.into())), BinaryOp::Eq, Nested::new(Expr::Row(right.into()))),
    }
}

/// Whether one value of a row differs from that of another.
pub(super) fn unequal_rows(left: Vec<Expr>, right: Vec<Expr>) -> Expr {
    match right.iter().any(is_null) {
        true => Expr::Or(left.into_iter().zip(right).map(|(left, right)| unequal(left, right)).collect()),
        false => Expr::Binary(Nested::new(Expr::Row(left.into())), BinaryOp::Ne, Nested::new(Expr::Row(right.into()))),
    }
}

/// Whether a row is one of these, with NULL as an ordinary value: one condition for each way in which values are NULL.
pub(super) fn row_is_in(row: Vec<(Nested<Expr>, SqlType)>, rows: Vec<Vec<Value>>) -> Expr {
    let mut by_nulls: BTreeMap<Vec<bool>, Vec<Vec<Value>>> = BTreeMap::new();
    for values in rows {
        let nulls = values.iter().map(|value| matches!(value, Value::Null)).collect();
        by_nulls.entry(nulls).or_default().push(values);
    }
    let mut any: Vec<Expr> = by_nulls.into_iter().map(|(nulls, rows)| rows_with_nulls(&row, &nulls, rows)).collect();
    match any.len() {
        0 => Expr::InRows(row, Vec::new()),
        1 => any.remove(0),
        _ => Expr::Or(any.into()),
    }
}

/// Whether a row is one of these, which are NULL in the same places.
fn rows_with_nulls(row: &[(Nested<Expr>, SqlType)], nulls: &[bool], rows: Vec<Vec<Value>>) -> Expr {
    let here = |wanted: bool| row.iter().zip(nulls).filter(move |(_, null)| **null == wanted).map(|(part, _)| part);
    let missing = here(true).map(|(expr, _)| Expr::IsNull(expr.clone())).collect();
    let present: Vec<(Nested<Expr>, SqlType)> = here(false).cloned().collect();
    let values = rows.into_iter().map(|row| row.into_iter().filter(|value| !matches!(value, Value::Null)).collect());
    let test = match present.len() {
        0 => Expr::And(Exprs::new()),
        _ => Expr::InRows(present, values.collect()),
    };
    match nulls.contains(&true) {
        true => both(Expr::And(missing), test),
        false => test,
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Param(Value::Null, _))
}
