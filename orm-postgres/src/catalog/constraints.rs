//! Keys, conditions and exclusions.

use orm_core::Result;
use orm_core::catalog::{Action, Check, Deferral, Exclusion, ForeignKey, Matching, PrimaryKey, Unique};

use super::cells::Cells;
use super::{Found, bare, of_relations, queries};
use crate::connection::PostgresConnection;

pub(super) fn read(connection: &mut PostgresConnection, found: &mut Found) -> Result<()> {
    of_relations(connection, queries::CONSTRAINTS, found, |found, cells| {
        let Some(table) = found.table(cells.number(0)?) else { return Ok(()) };
        match &*cells.text(2)? {
            "p" => table.primary_key = Some(primary_key(cells)?),
            "u" => table.uniques.push(unique(cells)?),
            "f" => table.foreign_keys.push(foreign_key(cells)?),
            "c" => table.checks.push(check(cells)?),
            _ => table.exclusions.push(exclusion(cells)?),
        }
        Ok(())
    })
}

fn deferral(cells: &Cells<'_>) -> Result<Deferral> {
    Ok(match (cells.flag(3)?, cells.flag(4)?) {
        (false, _) => Deferral::NotDeferrable,
        (true, false) => Deferral::Deferrable,
        (true, true) => Deferral::Deferred,
    })
}

fn primary_key(cells: &Cells<'_>) -> Result<PrimaryKey> {
    let (name, columns, include) = (cells.option(1)?, cells.texts(7)?, cells.texts(15)?);
    Ok(PrimaryKey { name, columns, include, deferral: deferral(cells)?, comment: cells.option(19)? })
}

fn unique(cells: &Cells<'_>) -> Result<Unique> {
    Ok(Unique {
        name: cells.option(1)?,
        columns: cells.texts(7)?,
        include: cells.texts(15)?,
        nulls_not_distinct: cells.flag(16)?,
        deferral: deferral(cells)?,
        comment: cells.option(19)?,
    })
}

fn foreign_key(cells: &Cells<'_>) -> Result<ForeignKey> {
    Ok(ForeignKey {
        name: cells.option(1)?,
        columns: cells.texts(7)?,
        target: cells.name(8)?,
        target_columns: cells.texts(10)?,
        on_update: action(&cells.text(11)?, Vec::new()),
        on_delete: action(&cells.text(12)?, cells.texts(14)?),
        matching: if cells.flag(13)? { Matching::Full } else { Matching::Simple },
        deferral: deferral(cells)?,
        not_valid: cells.flag(5)?,
        comment: cells.option(19)?,
    })
}

fn action(letter: &str, columns: Vec<String>) -> Action {
    match letter {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull(columns),
        "d" => Action::SetDefault(columns),
        _ => Action::NoAction,
    }
}

fn check(cells: &Cells<'_>) -> Result<Check> {
    Ok(Check {
        name: cells.option(1)?,
        expression: bare(cells.text(17)?),
        no_inherit: cells.flag(6)?,
        not_valid: cells.flag(5)?,
        comment: cells.option(19)?,
    })
}

fn exclusion(cells: &Cells<'_>) -> Result<Exclusion> {
    Ok(Exclusion { name: cells.text(1)?, definition: cells.text(18)?, comment: cells.option(19)? })
}
