//! Tables and views, with their columns and triggers.

use orm_core::Result;
use orm_core::catalog::{
    CatalogColumn, CatalogTable, Generated, Identity, Partition, Reflect, TableOptions, Trigger, View,
};

use super::cells::{Cells, rows};
use super::types::Types;
use super::{Found, Place, bare, of_relations, queries, with_texts};
use crate::connection::PostgresConnection;

pub(super) fn read(
    connection: &mut PostgresConnection,
    schemas: &[String],
    options: &Reflect,
    found: &mut Found,
) -> Result<()> {
    with_texts(schemas, |schemas| {
        with_texts(&options.tables, |tables| {
            rows(connection, queries::RELATIONS, &[schemas, tables], |cells| relation(found, cells))
        })
    })
}

fn relation(found: &mut Found, cells: &Cells<'_>) -> Result<()> {
    let (number, name, kind, comment) = (cells.number(0)?, cells.name(1)?, cells.text(3)?, cells.option(5)?);
    let catalog = &mut found.catalog;
    let place = match cells.option(7)? {
        Some(query) => {
            let definition = query.trim().trim_end_matches(';').to_owned();
            catalog.views.push(View { name, materialized: kind == "m", definition, comment, ..View::default() });
            Place::View(catalog.views.len() - 1)
        }
        None => {
            let options = TableOptions { unlogged: cells.flag(4)?, ..TableOptions::default() };
            let partition_by = cells.option(6)?;
            catalog.tables.push(CatalogTable { name, options, partition_by, comment, ..CatalogTable::default() });
            Place::Table(catalog.tables.len() - 1)
        }
    };
    found.places.insert(number, place);
    found.relations.push(number);
    Ok(())
}

/// The tables that tables inherit from, or are partitions of.
pub(super) fn parents(connection: &mut PostgresConnection, found: &mut Found) -> Result<()> {
    of_relations(connection, queries::PARENTS, found, |found, cells| {
        let (parent, bounds) = (cells.name(1)?, cells.option(3)?);
        if let Some(table) = found.table(cells.number(0)?) {
            match bounds {
                Some(bounds) => table.partition_of = Some(Partition { parent, bounds }),
                None => table.inherits.push(parent),
            }
        }
        Ok(())
    })
}

pub(super) fn columns(connection: &mut PostgresConnection, types: &Types, found: &mut Found) -> Result<()> {
    of_relations(connection, queries::COLUMNS, found, |found, cells| {
        let column = column(types, cells)?;
        let number = cells.number(0)?;
        if let Some(table) = found.table(number) {
            table.columns.push(column);
        } else if let Some(view) = found.view(number) {
            view.columns.push(column);
        }
        Ok(())
    })
}

fn column(types: &Types, cells: &Cells<'_>) -> Result<CatalogColumn> {
    let (identity, generated, expression) = (cells.text(5)?, cells.text(6)?, cells.option(7)?);
    let (default, generated) = match expression {
        Some(expression) if !generated.is_empty() => {
            (None, Some(Generated { expression: bare(expression), stored: generated == "s" }))
        }
        default => (default, None),
    };
    Ok(CatalogColumn {
        name: cells.text(1)?,
        data_type: types.resolve(cells.number(2)?, &cells.text(3)?),
        nullable: cells.flag(4)?,
        default,
        // Its numbers are told by its sequence.
        identity: (!identity.is_empty()).then(|| Identity { always: identity == "a", ..Identity::default() }),
        generated,
        collation: cells.option(8)?,
        comment: cells.option(9)?,
        inherited: cells.flag(10)?,
    })
}

pub(super) fn triggers(connection: &mut PostgresConnection, found: &mut Found) -> Result<()> {
    of_relations(connection, queries::TRIGGERS, found, |found, cells| {
        let (number, trigger) = (cells.number(0)?, Trigger { name: cells.text(1)?, definition: cells.text(2)? });
        if let Some(table) = found.table(number) {
            table.triggers.push(trigger);
        } else if let Some(view) = found.view(number) {
            view.triggers.push(trigger);
        }
        Ok(())
    })
}
