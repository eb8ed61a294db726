use super::SqlWriter;
use super::expr::{expr, separated};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::schema::Direction;
use crate::sql::{Expr, Join, JoinKind, NullsOrder, OrderBy, Select, SelectItem, Source};
use crate::value::Value;

/// The text of a SELECT and its parameters.
///
/// # Errors
///
/// `Unsupported` for what the database cannot do.
pub fn select(dialect: &'static dyn Dialect, select: &Select) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::new(dialect);
    write_select(&mut out, select)?;
    Ok(out.finish())
}

/// Appends a SELECT.
pub(super) fn write_select(out: &mut SqlWriter, select: &Select) -> Result<()> {
    if !select.with.is_empty() {
        out.sql("WITH ");
        separated(out, ", ", &select.with, |out, with| {
            out.ident(&with.name).sql(" AS (");
            write_select(out, &with.select)?;
            out.sql(")");
            Ok(())
        })?;
        out.sql(" ");
    }
    out.sql(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
    separated(out, ", ", &select.items, item)?;
    out.sql(" FROM ");
    source(out, &select.from);
    select.joins.iter().try_for_each(|each| join(out, each))?;
    conditions(out, " WHERE ", &select.filter)?;
    if !select.group_by.is_empty() {
        out.sql(" GROUP BY ");
        separated(out, ", ", &select.group_by, expr)?;
    }
    conditions(out, " HAVING ", &select.having)?;
    if !select.order_by.is_empty() {
        out.sql(" ORDER BY ");
        separated(out, ", ", &select.order_by, order)?;
    }
    limits(out, select);
    lock(out, select)
}

fn item(out: &mut SqlWriter, item: &SelectItem) -> Result<()> {
    match &item.expr {
        Expr::Param(value, sql_type) if out.dialect().capabilities().typed_parameters => {
            out.sql("CAST(").param(value.clone()).sql(" AS ");
            out.dialect().cast_type(out, *sql_type);
            out.sql(")");
        }
        other => expr(out, other)?,
    }
    if let Some(label) = &item.label {
        out.sql(" AS ").ident(label);
    }
    Ok(())
}

fn source(out: &mut SqlWriter, source: &Source) {
    out.table(&source.table);
    if let Some(alias) = &source.alias {
        out.sql(" AS ").ident(alias);
    }
}

fn join(out: &mut SqlWriter, join: &Join) -> Result<()> {
    out.sql(match join.kind {
        JoinKind::Inner => " JOIN ",
        JoinKind::Left => " LEFT JOIN ",
    });
    source(out, &join.source);
    conditions(out, " ON ", std::slice::from_ref(&join.on))
}

/// The conditions of a clause, one `AND` over all of them.
pub(super) fn conditions(out: &mut SqlWriter, clause: &'static str, conditions: &[Expr]) -> Result<()> {
    match conditions {
        [] => Ok(()),
        [only] => expr(out.sql(clause), only),
        all => {
            let flat = all.iter().flat_map(|condition| match condition {
                Expr::And(inner) if !inner.is_empty() => inner.as_slice(),
                other => std::slice::from_ref(other),
            });
            expr(out.sql(clause), &Expr::And(flat.cloned().collect()))
        }
    }
}

fn order(out: &mut SqlWriter, order: &OrderBy) -> Result<()> {
    expr(out, &order.expr)?;
    if order.direction == Direction::Desc {
        out.sql(" DESC");
    }
    let Some(nulls) = order.nulls else { return Ok(()) };
    if !out.dialect().capabilities().nulls_order {
        return Err(Error::unsupported(out.dialect().name(), "NULLS FIRST and NULLS LAST"));
    }
    out.sql(match nulls {
        NullsOrder::First => " NULLS FIRST",
        NullsOrder::Last => " NULLS LAST",
    });
    Ok(())
}

fn lock(out: &mut SqlWriter, select: &Select) -> Result<()> {
    if !select.for_update {
        return Ok(());
    }
    if !out.dialect().capabilities().row_locks {
        return Err(Error::unsupported(out.dialect().name(), "FOR UPDATE"));
    }
    out.sql(" FOR UPDATE");
    Ok(())
}

fn limits(out: &mut SqlWriter, select: &Select) {
    let rows = |count: u64| Value::I64(i64::try_from(count).unwrap_or(i64::MAX));
    match (select.limit, select.offset) {
        (None, None) => {}
        (Some(limit), None) => {
            out.sql(" LIMIT ").param(rows(limit));
        }
        // OFFSET does not stand alone everywhere, so there is always a LIMIT before it.
        (limit, Some(offset)) => {
            out.sql(" LIMIT ").param(rows(limit.unwrap_or(u64::MAX)));
            out.sql(" OFFSET ").param(rows(offset));
        }
    }
}
