//! That a row comes after another one in an order.

use super::expr::expr;
use crate::dialect::SqlWriter;
use crate::error::Result;
use crate::schema::Direction;
use crate::sql::{BinaryOp, Expr, Nested, NullsOrder, OrderBy, OrderKey};
use crate::value::{SqlType, Value};

/// Appends the condition that the keys of a row come after those values.
pub(super) fn after(out: &mut SqlWriter, keys: &[(OrderBy, Value)]) -> Result<()> {
    let low = out.dialect().capabilities().nulls_sort_low;
    expr(out, &condition(keys, low))
}

/// A key, what it has to come after, and how.
struct Step<'a> {
    expr: &'a Expr,
    value: &'a Value,
    sql_type: SqlType,
    nullable: bool,
    ascending: bool,
    nulls_last: bool,
}

fn condition(keys: &[(OrderBy, Value)], nulls_sort_low: bool) -> Expr {
    let steps: Vec<Step<'_>> = keys.iter().map(|(order, value)| step(order, value, nulls_sort_low)).collect();
    if let Some(row) = as_row(&steps) {
        return row;
    }
    let mut any = Vec::new();
    for (index, last) in steps.iter().enumerate() {
        let Some(greater) = greater(last) else { continue };
        let mut all: Vec<Expr> = steps[..index].iter().map(equal).collect();
        all.push(greater);
        any.push(Expr::And(all.into()));
    }
    Expr::Or(any.into())
}

fn step<'a>(order: &'a OrderBy, value: &'a Value, nulls_sort_low: bool) -> Step<'a> {
    let OrderKey { sql_type, nullable } = order.key.unwrap_or(OrderKey { sql_type: SqlType::Text, nullable: true });
    let ascending = order.direction == Direction::Asc;
    let nulls_last = match order.nulls {
        Some(nulls) => nulls == NullsOrder::Last,
        None => ascending != nulls_sort_low,
    };
    Step { expr: &order.expr, value, sql_type, nullable, ascending, nulls_last }
}

/// `(a, b) > (x, y)`, which an index of both can answer, where there are no NULLs and only one direction.
fn as_row(steps: &[Step<'_>]) -> Option<Expr> {
    let first = steps.first()?;
    let plain = |step: &Step<'_>| !step.nullable && !is_null(step.value) && step.ascending == first.ascending;
    if steps.len() < 2 || !steps.iter().all(plain) {
        return None;
    }
    let keys = steps.iter().map(|step| step.expr.clone()).collect();
    let values = steps.iter().map(param).collect();
    Some(binary(Expr::Row(keys), comparison(first), Expr::Row(values)))
}

/// After the value; nothing where nothing can be.
fn greater(step: &Step<'_>) -> Option<Expr> {
    let null = || Expr::IsNull(Nested::new(step.expr.clone()));
    if is_null(step.value) {
        return (!step.nulls_last).then(|| Expr::Not(Nested::new(null())));
    }
    let greater = binary(step.expr.clone(), comparison(step), param(step));
    Some(if step.nullable && step.nulls_last { Expr::Or([greater, null()].into()) } else { greater })
}

fn equal(step: &Step<'_>) -> Expr {
    if is_null(step.value) {
        return Expr::IsNull(Nested::new(step.expr.clone()));
    }
    binary(step.expr.clone(), BinaryOp::Eq, param(step))
}

fn comparison(step: &Step<'_>) -> BinaryOp {
    if step.ascending { BinaryOp::Gt } else { BinaryOp::Lt }
}

fn binary(left: Expr, op: BinaryOp, right: Expr) -> Expr {
    Expr::Binary(Nested::new(left), op, Nested::new(right))
}

fn param(step: &Step<'_>) -> Expr {
    Expr::Param(step.value.clone(), step.sql_type)
}

fn is_null(value: &Value) -> bool {
    matches!(value, Value::Null)
}
