//! The sources of a SELECT: tables, subqueries, common table expressions and joins.

use super::expr::separated;
use super::select::{conditions, write_select};
use super::write::write;
use crate::dialect::SqlWriter;
use crate::error::{Error, Result};
use crate::sql::{Body, Join, JoinKind, Nested, Origin, Select, SetOperator, Source, Withs};

/// Appends `WITH .. `, for the common table expressions that no outer statement has defined.
pub(super) fn withs(out: &mut SqlWriter, withs: &Withs) -> Result<()> {
    let missing: Vec<_> = withs.iter().filter(|with| !out.defines(with)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // The word applies to the whole list, and does not matter for queries that do not read themselves.
    let recursive = missing.iter().any(|with| with.recursive);
    out.sql(if recursive { "WITH RECURSIVE " } else { "WITH " });
    separated(out, ", ", missing, |out, with| {
        if with.materialized.is_some() && !out.dialect().capabilities().materialized_ctes {
            return Err(Error::unsupported(out.dialect().name(), "MATERIALIZED and NOT MATERIALIZED"));
        }
        out.ident(&with.name).sql(match with.materialized {
            None => " AS (",
            Some(true) => " AS MATERIALIZED (",
            Some(false) => " AS NOT MATERIALIZED (",
        });
        match &with.body {
            Body::Write(_) if !out.dialect().capabilities().data_modifying_ctes => {
                let what = "INSERT, UPDATE and DELETE under a name, for a query to read";
                return Err(Error::unsupported(out.dialect().name(), what));
            }
            Body::Write(statement) => write(out, statement)?,
            query => body(out, query)?,
        }
        out.sql(")");
        out.define(with);
        Ok(())
    })?;
    out.sql(" ");
    Ok(())
}

/// Appends a source with its name.
pub(super) fn source(out: &mut SqlWriter, source: &Source) -> Result<()> {
    match &source.origin {
        Origin::Table(table) => {
            out.table(table);
        }
        Origin::With(name) => {
            out.ident(name);
        }
        Origin::Query(query) => {
            body(out.sql("("), query)?;
            out.sql(")");
        }
        Origin::Lateral(query) => {
            if !out.dialect().capabilities().lateral {
                return Err(Error::unsupported(
                    out.dialect().name(),
                    "LATERAL: a joined query that reads what it is joined to",
                ));
            }
            body(out.sql("LATERAL ("), query)?;
            out.sql(")");
        }
    }
    if let Some(alias) = &source.alias {
        out.sql(" AS ").ident(alias);
    }
    Ok(())
}

/// Appends a join.
pub(super) fn join(out: &mut SqlWriter, join: &Join) -> Result<()> {
    if join.kind == JoinKind::Full && !out.dialect().capabilities().full_join {
        return Err(Error::unsupported(out.dialect().name(), "FULL JOIN"));
    }
    out.sql(match join.kind {
        JoinKind::Inner => " JOIN ",
        JoinKind::Left => " LEFT JOIN ",
        JoinKind::Right => " RIGHT JOIN ",
        JoinKind::Full => " FULL JOIN ",
        JoinKind::Cross => " CROSS JOIN ",
    });
    source(out, &join.source)?;
    match join.kind {
        JoinKind::Cross => Ok(()),
        _ => conditions(out, " ON ", std::slice::from_ref(&join.on)),
    }
}

pub(super) fn body(out: &mut SqlWriter, body: &Body) -> Result<()> {
    match body {
        Body::Write(statement) => write(out, statement),
        Body::Select(select) => write_select(out, select),
        Body::Set(first, more) => combined(out, first, more),
    }
}

/// The number of queries that are combined side by side. Databases have a limit.
const SIDE_BY_SIDE: usize = 100;

/// Appends queries that are combined from the left to the right.
fn combined(out: &mut SqlWriter, first: &Body, more: &[(SetOperator, Nested<Body>)]) -> Result<()> {
    let (before, beside) = more.split_at(more.len().saturating_sub(SIDE_BY_SIDE));
    match before {
        [] => match beside.first() {
            Some((operator, _)) => compared(out, first, *operator)?,
            None => operand(out, first)?,
        },
        before => {
            combined(out.sql("SELECT * FROM ("), first, before)?;
            out.sql(") AS ").ident("combined");
        }
    }
    beside.iter().try_for_each(|(operator, body)| {
        out.sql(spelled(out, *operator)?);
        compared(out, body, *operator)
    })
}

/// Appends a query whose rows are compared with those of another one, except by `UNION ALL`.
fn compared(out: &mut SqlWriter, query: &Body, operator: SetOperator) -> Result<()> {
    out.distinct = operator != SetOperator::UnionAll;
    let written = operand(out, query);
    out.distinct = false;
    written
}

/// Appends a query that is combined with another one. Not every database takes parentheses here, so a query that could be misread becomes
/// a subquery.
fn operand(out: &mut SqlWriter, operand: &Body) -> Result<()> {
    match operand {
        Body::Select(select) if is_plain(select) => write_select(out, select),
        operand => {
            body(out.sql("SELECT * FROM ("), operand)?;
            out.sql(") AS ").ident("combined");
            Ok(())
        }
    }
}

fn is_plain(select: &Select) -> bool {
    select.with.is_empty()
        && select.order_by.is_empty()
        && select.limit.is_none()
        && select.offset.is_none()
        && select.lock.is_none()
}

fn spelled(out: &SqlWriter, operator: SetOperator) -> Result<&'static str> {
    let counted = matches!(operator, SetOperator::IntersectAll | SetOperator::ExceptAll);
    if counted && !out.dialect().capabilities().counted_sets {
        return Err(Error::unsupported(out.dialect().name(), "INTERSECT ALL and EXCEPT ALL"));
    }
    Ok(match operator {
        SetOperator::Union => " UNION ",
        SetOperator::UnionAll => " UNION ALL ",
        SetOperator::Intersect => " INTERSECT ",
        SetOperator::IntersectAll => " INTERSECT ALL ",
        SetOperator::Except => " EXCEPT ",
        SetOperator::ExceptAll => " EXCEPT ALL ",
    })
}
