//! GROUP BY, with its sets.

use super::expr::separated;
use super::stored;
use crate::dialect::SqlWriter;
use crate::error::{Error, Result};
use crate::sql::{Expr, Group, GroupingSets};

/// Appends ` GROUP BY ..`.
pub(super) fn group_by(out: &mut SqlWriter, groups: &[Group]) -> Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    out.sql(" GROUP BY ");
    separated(out, ", ", groups, |out, group| match group {
        Group::Key(key) => stored::key(out, key),
        Group::Sets(kind, sets) => {
            require_sets(out, "grouping sets: ROLLUP, CUBE and GROUPING SETS")?;
            out.sql(match kind {
                GroupingSets::Rollup => "ROLLUP (",
                GroupingSets::Cube => "CUBE (",
                GroupingSets::Listed => "GROUPING SETS (",
            });
            separated(out, ", ", sets, |out, keys| set(out, keys))?;
            out.sql(")");
            Ok(())
        }
    })
}

fn set(out: &mut SqlWriter, keys: &[Expr]) -> Result<()> {
    if let [only] = keys {
        return stored::key(out, only);
    }
    out.sql("(");
    separated(out, ", ", keys, stored::key)?;
    out.sql(")");
    Ok(())
}

pub(super) fn require_sets(out: &SqlWriter, what: &str) -> Result<()> {
    if out.dialect().capabilities().grouping_sets {
        return Ok(());
    }
    Err(Error::unsupported(out.dialect().name(), what))
}
