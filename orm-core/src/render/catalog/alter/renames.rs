//! Tables and columns that get another name.

use super::Alter;
use crate::catalog::{Catalog, CatalogTable, IndexPart, Renames};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;

/// The catalog of a database after the renames. Expressions keep their text: the database rewrites them, and those that differ then are created
/// anew.
pub(super) fn applied(catalog: &Catalog, renames: &Renames) -> Result<Catalog> {
    let mut catalog = catalog.clone();
    for (from, to) in &renames.tables {
        let old = find(&catalog, from)?.name.clone();
        let new = renamed(&old, to);
        for table in &mut catalog.tables {
            let names = table.foreign_keys.iter_mut().map(|key| &mut key.target).chain(&mut table.inherits);
            let names =
                names.chain([&mut table.name]).chain(table.partition_of.as_mut().map(|place| &mut place.parent));
            names.filter(|name| **name == old).for_each(|name| *name = new.clone());
        }
        let owners = catalog.sequences.iter_mut().filter_map(|sequence| sequence.owner.as_mut());
        owners.filter(|(table, _)| *table == old).for_each(|(table, _)| *table = new.clone());
    }
    for (table, from, to) in &renames.columns {
        let name = find(&catalog, table)?.name.clone();
        if find(&catalog, table)?.column(from).is_none() {
            return Err(missing(&format!("{table}.{from}")));
        }
        catalog.tables.iter_mut().for_each(|table| rename_column(table, &name, from, to));
    }
    Ok(catalog)
}

/// The same schema with another name. The new name may repeat the schema.
fn renamed(old: &TableName, to: &str) -> TableName {
    let bare = old.schema.as_deref().and_then(|schema| to.strip_prefix(schema)?.strip_prefix('.')).unwrap_or(to);
    TableName { schema: old.schema.clone(), name: bare.to_owned().into() }
}

fn rename_column(table: &mut CatalogTable, of: &TableName, from: &str, to: &str) {
    let own = table.name == *of;
    let mut names: Vec<&mut String> = Vec::new();
    for key in &mut table.foreign_keys {
        if own {
            names.extend(&mut key.columns);
        }
        if key.target == *of {
            names.extend(&mut key.target_columns);
        }
    }
    if own {
        names.extend(table.columns.iter_mut().map(|column| &mut column.name));
        names.extend(table.primary_key.iter_mut().flat_map(|key| key.columns.iter_mut().chain(&mut key.include)));
        names.extend(table.uniques.iter_mut().flat_map(|key| key.columns.iter_mut().chain(&mut key.include)));
        for index in &mut table.indexes {
            names.extend(&mut index.include);
            names.extend(index.keys.iter_mut().filter_map(|key| match &mut key.part {
                IndexPart::ColumnName(name) => Some(name),
                IndexPart::Sql(_) => None,
            }));
        }
    }
    names.into_iter().filter(|name| *name == from).for_each(|name| to.clone_into(name));
}

fn find<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c CatalogTable> {
    catalog.find(name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Error {
    Error::new(
        ErrorKind::Schema,
        format!("`{name}` cannot be renamed: it is not there; a column is named by its table's new name"),
    )
}

impl Alter<'_> {
    pub(super) fn rename(&mut self, before: &Catalog, renames: &Renames) -> Result<()> {
        for (from, to) in &renames.tables {
            let old = find(before, from)?.name.clone();
            let new = renamed(&old, to);
            self.push(|out| {
                out.sql("ALTER TABLE ").table(&old).sql(" RENAME TO ").ident(&new.name);
            })?;
        }
        for (table, from, to) in &renames.columns {
            let name = &find(self.from, table)?.name;
            self.push(|out| {
                out.sql("ALTER TABLE ").table(name).sql(" RENAME COLUMN ").ident(from).sql(" TO ").ident(to);
            })?;
        }
        Ok(())
    }
}
