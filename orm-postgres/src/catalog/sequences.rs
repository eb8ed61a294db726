//! Sequences, and the numbers of identity columns.

use orm_core::Result;
use orm_core::catalog::{Sequence, SequenceOptions, TypeKind};

use super::cells::{Cells, rows};
use super::{Found, data_type, queries, with_texts};
use crate::connection::PostgresConnection;

pub(super) fn read(connection: &mut PostgresConnection, schemas: &[String], found: &mut Found) -> Result<()> {
    with_texts(schemas, |schemas| rows(connection, queries::SEQUENCES, &[schemas], |cells| sequence(found, cells)))
}

fn sequence(found: &mut Found, cells: &Cells<'_>) -> Result<()> {
    let data_type = data_type(&cells.text(2)?);
    let options = options(&data_type.kind, cells)?;
    if cells.flag(9)? {
        let column = cells.text(13)?;
        let table = found.table(cells.number(10)?);
        if let Some(column) = table.and_then(|table| table.columns.iter_mut().find(|known| known.name == column))
            && let Some(identity) = &mut column.identity
        {
            identity.options = options;
        }
        return Ok(());
    }
    let owner = match cells.option(13)? {
        Some(column) => Some((cells.name(11)?, column)),
        None => None,
    };
    found.catalog.sequences.push(Sequence {
        name: cells.name(0)?,
        data_type,
        options,
        owner,
        comment: cells.option(14)?,
    });
    Ok(())
}

/// The numbers, without what the type and the direction say by themselves.
fn options(kind: &TypeKind, cells: &Cells<'_>) -> Result<SequenceOptions> {
    let (least, greatest) = match kind {
        TypeKind::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        TypeKind::Integer => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    let (start, increment) = (cells.number(3)?, cells.number(4)?);
    let (min, max) = (cells.number(5)?, cells.number(6)?);
    let (usual_min, usual_max) = if increment > 0 { (1, greatest) } else { (least, -1) };
    let usual_start = if increment > 0 { min } else { max };
    let other = |value: i64, usual: i64| (value != usual).then_some(value);
    Ok(SequenceOptions {
        start: other(start, usual_start),
        increment: other(increment, 1),
        min: other(min, usual_min),
        max: other(max, usual_max),
        cache: other(cells.number(7)?, 1),
        cycle: cells.flag(8)?,
    })
}
