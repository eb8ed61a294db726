//! Checks a SELECT for parts that are in the wrong place. Databases refuse them with messages of their own, or take the value of any row.

use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Child, ColumnRef, Distinct, Expr, Select};

/// # Errors
///
/// `InvalidState` for the first part in the wrong place.
pub(super) fn check(select: &Select) -> Result<()> {
    let conditions = || select.filter.iter().chain(select.joins.iter().map(|join| &join.on));
    let values = || {
        let items = select.items.iter().map(|item| &item.expr);
        items.chain(&select.having).chain(select.order_by.iter().map(|order| &order.expr))
    };
    let message = if conditions().any(|condition| has_aggregate(condition, select)) {
        "an aggregate cannot be used in WHERE or ON, which read single rows: filter groups by `having`, or compare with a \
         subquery by `scalar`"
    } else if values().any(has_nested) {
        "an aggregate cannot be within another aggregate: select the inner one in a subquery, and aggregate its column"
    } else if select.distinct == Distinct::Rows && !select.items.is_empty() && !is_ordered_by_items(select) {
        "distinct rows can be ordered only by selected values: select the values of the order too, or replace the join by `any`, \
         `has` or `exists`, so that there are no duplicates to remove"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::InvalidState, message))
}

/// Whether it contains an aggregate over rows of this query. One that reads columns of an outer query belongs to that.
fn has_aggregate(expr: &Expr, select: &Select) -> bool {
    match expr {
        Expr::Aggregate(_) => {
            let mut columns = Vec::new();
            collect_columns(expr, &mut columns);
            columns.is_empty() || columns.iter().any(|column| is_own(column, select))
        }
        other => has_child(other, &|child| has_aggregate(child, select)),
    }
}

fn is_own(column: &ColumnRef, select: &Select) -> bool {
    column.qualifier.as_ref().is_none_or(|name| select.sources().any(|source| source.name() == name))
}

fn collect_columns<'a>(expr: &'a Expr, columns: &mut Vec<&'a ColumnRef>) {
    if let Expr::Column(column) = expr {
        columns.push(column);
    }
    expr.each_child(&mut |child| {
        if let Child::Expr(child) = child {
            collect_columns(child, columns);
        }
    });
}

fn has_nested(expr: &Expr) -> bool {
    let within = matches!(expr, Expr::Aggregate(call) if call.arguments.iter().any(Expr::is_aggregate));
    within || has_child(expr, &has_nested)
}

/// Whether an expression is, or has within it, one that passes the test.
pub(super) fn contains(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    test(expr) || has_child(expr, &|child| contains(child, test))
}

fn has_child(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    let mut found = false;
    expr.each_child(&mut |child| {
        if let Child::Expr(child) = child {
            found = found || test(child);
        }
    });
    found
}

/// Labels mean items anyway.
fn is_ordered_by_items(select: &Select) -> bool {
    select.order_by.iter().all(|order| {
        matches!(&order.expr, Expr::Column(ColumnRef { qualifier: None, .. }))
            || select.items.iter().any(|item| item.expr == order.expr)
    })
}
