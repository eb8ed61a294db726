//! What happens to rows that meet rows which are there: `ON CONFLICT`, or `ON DUPLICATE KEY UPDATE`.

use super::select::conditions;
use super::write::set_list;
use crate::dialect::SqlWriter;
use crate::error::{Error, Result};
use crate::schema::TableName;
use crate::sql::{Conflict, ConflictTarget, SelectItem};

/// Appends the clause behind an INSERT that writes these columns.
pub(super) fn conflict(out: &mut SqlWriter, table: &TableName, written: &[&str], conflict: &Conflict) -> Result<()> {
    match out.dialect().capabilities().conflict_targets {
        true => on_conflict(out, table, conflict),
        false => on_duplicate_key(out, table, written, conflict),
    }
}

fn on_conflict(out: &mut SqlWriter, table: &TableName, conflict: &Conflict) -> Result<()> {
    out.sql(" ON CONFLICT");
    match &conflict.target {
        ConflictTarget::Any => {}
        ConflictTarget::Columns(columns) => {
            out.sql(" (").list(", ", columns, |out, column| {
                out.ident(column);
            });
            out.sql(")");
        }
        ConflictTarget::Constraint(name) => {
            require_constraints(out)?;
            out.sql(" ON CONSTRAINT ").ident(name);
        }
    }
    let Some(update) = &conflict.update else {
        out.sql(" DO NOTHING");
        return Ok(());
    };
    set_list(out.sql(" DO UPDATE SET "), table, &update.set, None)?;
    conditions(out, " WHERE ", &update.filter)
}

fn on_duplicate_key(out: &mut SqlWriter, table: &TableName, written: &[&str], conflict: &Conflict) -> Result<()> {
    require_only_key(out, written, conflict)?;
    out.sql(" ON DUPLICATE KEY UPDATE ");
    let Some(update) = &conflict.update else {
        // A column gets the value that it has.
        let column = written.first().copied().unwrap_or_default();
        out.ident(column).sql(" = ").ident(&table.name).sql(".").ident(column);
        return Ok(());
    };
    if !update.filter.is_empty() {
        return Err(Error::unsupported(out.dialect().name(), "a condition on the rows that an upsert updates"));
    }
    out.proposes = true;
    let done = set_list(out, table, &update.set, None);
    out.proposes = false;
    done
}

/// Refuses a key that is one of several: the clause would take a row that violates another one for the same.
fn require_only_key(out: &SqlWriter, written: &[&str], conflict: &Conflict) -> Result<()> {
    if let ConflictTarget::Constraint(_) = conflict.target {
        return require_constraints(out);
    }
    let is_written = |key: &Vec<_>| key.iter().any(|column: &std::borrow::Cow<'_, str>| written.contains(&&**column));
    let alone = match (&conflict.target, &conflict.others) {
        (ConflictTarget::Any, _) => true,
        (_, None) => false,
        (_, Some(others)) => !others.iter().any(is_written),
    };
    if alone {
        return Ok(());
    }
    let what = "an upsert by one of several unique keys that the rows may violate: leave the other ones to the database, or say \
                `ignore_conflicts`";
    Err(Error::unsupported(out.dialect().name(), what))
}

fn require_constraints(out: &SqlWriter) -> Result<()> {
    if out.dialect().capabilities().conflict_constraints {
        return Ok(());
    }
    Err(Error::unsupported(out.dialect().name(), "ON CONFLICT ON CONSTRAINT: a constraint by its name"))
}

/// Refuses to return rows where those come back too that were there and were left as they are.
pub(super) fn require_returned(out: &SqlWriter, conflict: Option<&Conflict>, items: &[SelectItem]) -> Result<()> {
    let kept = conflict.is_some_and(|conflict| conflict.update.is_none());
    if !kept || items.is_empty() || out.dialect().capabilities().conflict_targets {
        return Ok(());
    }
    Err(Error::unsupported(out.dialect().name(), "RETURNING behind an upsert that leaves rows as they are"))
}
