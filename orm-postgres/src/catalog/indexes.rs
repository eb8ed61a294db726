//! Indexes that are no constraint's.

use orm_core::Result;
use orm_core::catalog::{Index, IndexKey, IndexPart, Nulls};

use super::cells::Cells;
use super::{Found, bare, of_relations, queries};
use crate::connection::PostgresConnection;

pub(super) fn read(connection: &mut PostgresConnection, found: &mut Found) -> Result<()> {
    of_relations(connection, queries::INDEXES, found, |found, cells| {
        let number = cells.number(0)?;
        let indexes = match found.table(number) {
            Some(table) => &mut table.indexes,
            None => match found.view(number) {
                Some(view) => &mut view.indexes,
                None => return Ok(()),
            },
        };
        let name = cells.text(1)?;
        // The rows of an index follow each other.
        if indexes.last().is_none_or(|last| last.name != name) {
            indexes.push(index(name, cells)?);
        }
        let Some(index) = indexes.last_mut() else { return Ok(()) };
        if cells.flag(7)? {
            index.keys.push(key(cells)?);
        } else {
            index.include.extend(cells.option(8)?);
        }
        Ok(())
    })
}

fn index(name: String, cells: &Cells<'_>) -> Result<Index> {
    Ok(Index {
        name,
        unique: cells.flag(2)?,
        method: cells.option(3)?,
        keys: Vec::new(),
        include: Vec::new(),
        predicate: cells.option(4)?.map(bare),
        nulls_not_distinct: cells.flag(5)?,
        comment: cells.option(6)?,
    })
}

fn key(cells: &Cells<'_>) -> Result<IndexKey> {
    let part = match cells.option(8)? {
        Some(column) => IndexPart::ColumnName(column),
        None => IndexPart::Sql(bare(cells.text(9)?)),
    };
    let (descending, first) = (cells.flag(10)?, cells.flag(11)?);
    // NULLs are greater than all values.
    let nulls = (descending != first).then_some(if first { Nulls::First } else { Nulls::Last });
    Ok(IndexKey { part, descending, nulls, collation: cells.option(12)?, operator_class: cells.option(13)? })
}
