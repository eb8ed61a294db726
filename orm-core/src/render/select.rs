use super::expr::{argument, connected, expr, separated};
use super::group::group_by;
use super::misplaced;
use super::source::{join, source, withs};
use super::stored;
use crate::dialect::Dialect;
use crate::dialect::Role;
use crate::dialect::SqlWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Direction;
use crate::sql::{Context, Distinct, Expr, Group, Lock, LockWait, NullsOrder, OrderBy, Select, SelectItem};
use crate::value::Value;

/// The text of a SELECT and its parameters.
///
/// # Errors
///
/// `Unsupported` for what the database cannot do.
pub fn select(dialect: &'static dyn Dialect, select: &Select) -> Result<(String, Vec<Value>)> {
    select_within(dialect, &Context::default(), select)
}

/// [`select`] for a session.
pub(crate) fn select_within(
    dialect: &'static dyn Dialect,
    context: &Context,
    select: &Select,
) -> Result<(String, Vec<Value>)> {
    let mut out = SqlWriter::within(dialect, context);
    write_select(&mut out, select)?;
    out.checked()
}

/// Appends a SELECT.
pub(super) fn write_select(out: &mut SqlWriter, select: &Select) -> Result<()> {
    let compared = std::mem::take(&mut out.distinct);
    if let Some((kind, message)) = &select.problem {
        return Err(Error::new(*kind, message.clone()));
    }
    misplaced::check(select)?;
    let lifted = out.lift(select.lift);
    let alone = select.joins.is_empty();
    let select = &*select.restricted(&out.context);
    let defined = out.defined();
    withs(out, &select.with)?;
    out.sql("SELECT ");
    distinct(out, &select.distinct)?;
    if select.items.is_empty() {
        out.sql("*");
    }
    let distinct = std::mem::replace(&mut out.distinct, compared || select.distinct == Distinct::Rows);
    separated(out, ", ", &select.items, item)?;
    out.distinct = distinct;
    out.sql(" FROM ");
    source(out, &select.from)?;
    select.joins.iter().try_for_each(|each| join(out, each))?;
    conditions(out, " WHERE ", &select.filter)?;
    group_by(out, &select.group_by)?;
    having_of_groups(out, select)?;
    conditions(out, " HAVING ", &select.having)?;
    if !select.order_by.is_empty() {
        out.sql(" ORDER BY ");
        separated(out, ", ", &select.order_by, order)?;
    }
    limits(out, select);
    out.leave(defined);
    out.context.lift = lifted;
    select.lock.iter().try_for_each(|how| lock(out, how, alone))
}

/// A key that is computed with a value is another expression in HAVING, where that value is another parameter.
fn having_of_groups(out: &SqlWriter, select: &Select) -> Result<()> {
    if out.dialect().capabilities().numbered_parameters || select.having.is_empty() {
        return Ok(());
    }
    let keys = select.group_by.iter().filter_map(|group| match group {
        Group::Key(key) if misplaced::contains(key, &|part| matches!(part, Expr::Param(..))) => Some(key),
        _ => None,
    });
    for key in keys {
        if select.having.iter().any(|having| misplaced::contains(having, &|part| part == key)) {
            let what = "HAVING with a key of the groups that is computed with a value: filter a subquery";
            return Err(Error::unsupported(out.dialect().name(), what));
        }
    }
    Ok(())
}

fn distinct(out: &mut SqlWriter, distinct: &Distinct) -> Result<()> {
    match distinct {
        Distinct::No => {}
        Distinct::Rows => {
            out.sql("DISTINCT ");
        }
        Distinct::On(keys) => {
            if !out.dialect().capabilities().distinct_on {
                return Err(Error::unsupported(out.dialect().name(), "DISTINCT ON"));
            }
            separated(out.sql("DISTINCT ON ("), ", ", keys, stored::key)?;
            out.sql(") ");
        }
    }
    Ok(())
}

pub(super) fn item(out: &mut SqlWriter, item: &SelectItem) -> Result<()> {
    match &item.expr {
        Expr::Column(column) => stored::selected(out, column, item.label.is_some(), out.distinct),
        other => argument(out, other, expr)?,
    }
    // A label that is too long for the database is left out. Referring to it is refused.
    if let Some(label) = item.label.as_ref().filter(|label| out.dialect().capabilities().longest_name.takes(label)) {
        out.sql(" AS ").ident(label);
    }
    Ok(())
}

/// The conditions of a clause, one `AND` over all of them.
pub(super) fn conditions(out: &mut SqlWriter, clause: &'static str, conditions: &[Expr]) -> Result<()> {
    if conditions.iter().any(Expr::has_window) {
        let message =
            format!("a window function cannot be used in {}: select it in a subquery and filter that", clause.trim());
        return Err(Error::new(ErrorKind::InvalidState, message));
    }
    match conditions {
        [] => Ok(()),
        [only] => expr(out.sql(clause), only),
        all => {
            let flat = all.iter().flat_map(|condition| match condition {
                Expr::And(inner) if !inner.is_empty() => &**inner,
                other => std::slice::from_ref(other),
            });
            connected(out.sql(clause), " AND ", "TRUE", &flat.collect::<Vec<_>>())
        }
    }
}

pub(super) fn order(out: &mut SqlWriter, order: &OrderBy) -> Result<()> {
    let facts = out.dialect().capabilities();
    if let Some(nulls) = order.nulls.filter(|_| !facts.nulls_order) {
        // False sorts before true.
        expr(out, &Expr::IsNull(order.expr.clone().into()))?;
        out.sql(if nulls == NullsOrder::First { " DESC, " } else { ", " });
    }
    stored::key(out, &order.expr)?;
    if order.direction == Direction::Desc {
        out.sql(" DESC");
    }
    out.sql(match order.nulls.filter(|_| facts.nulls_order) {
        Some(NullsOrder::First) => " NULLS FIRST",
        Some(NullsOrder::Last) => " NULLS LAST",
        None => "",
    });
    Ok(())
}

/// `alone` tells that there is one table, which need not be named.
fn lock(out: &mut SqlWriter, lock: &Lock, alone: bool) -> Result<()> {
    let facts = out.dialect().capabilities();
    if !facts.row_locks {
        let name = if lock.shared { "FOR SHARE" } else { "FOR UPDATE" };
        return Err(Error::unsupported(out.dialect().name(), name));
    }
    out.sql(" ").sql(if lock.shared { facts.shared_lock } else { "FOR UPDATE" });
    match &lock.of {
        Some(of) if facts.table_locks => {
            out.sql(" OF ").ident(of);
        }
        Some(_) if !alone => {
            let what = "FOR UPDATE OF: a lock on the rows of one table of several";
            return Err(Error::unsupported(out.dialect().name(), what));
        }
        _ => {}
    }
    out.sql(match lock.wait {
        LockWait::Wait => "",
        LockWait::NoWait => " NOWAIT",
        LockWait::SkipLocked => " SKIP LOCKED",
    });
    Ok(())
}

fn limits(out: &mut SqlWriter, select: &Select) {
    let rows = |out: &mut SqlWriter, count: u64| {
        out.shared_param(&Value::I64(i64::try_from(count).unwrap_or(i64::MAX)), Role::Rows);
    };
    match (select.limit, select.offset) {
        (None, None) => {}
        (Some(limit), None) => {
            rows(out.sql(" LIMIT "), limit);
        }
        // OFFSET does not stand alone everywhere, so there is always a LIMIT before it.
        (limit, Some(offset)) => {
            rows(out.sql(" LIMIT "), limit.unwrap_or(u64::MAX));
            rows(out.sql(" OFFSET "), offset);
        }
    }
}
