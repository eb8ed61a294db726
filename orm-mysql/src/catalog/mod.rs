//! Reads the schema of a database from the server's catalog: a few statements for each schema, however many tables there are.

mod cells;
mod columns;
mod data_type;
mod keys;
mod queries;
mod relations;
mod words;

use std::collections::HashMap;

use orm_core::Result;
use orm_core::catalog::{Catalog, CatalogTable, Reflect, View};
use orm_core::schema::TableName;
use orm_core::value::ValueRef;

use crate::connection::MysqlConnection;
use cells::{Cells, rows};
pub(crate) use data_type::data_type;

/// What has been read of a schema so far.
struct Found<'o> {
    /// The schema.
    name: &'o str,
    /// The connection's own schema, whose objects are named without it.
    own: Option<&'o str>,
    tables: HashMap<String, CatalogTable>,
    views: HashMap<String, View>,
}

impl Found<'_> {
    /// The name of an object.
    fn named(&self, schema: &str, name: &str) -> TableName {
        let schema = (self.own != Some(schema)).then(|| schema.to_owned().into());
        TableName { schema, name: name.to_owned().into() }
    }
}

/// See [`Connection::reflect`](orm_core::driver::Connection::reflect).
pub(crate) fn read(connection: &mut MysqlConnection, options: &Reflect) -> Result<Catalog> {
    let mut own = None;
    rows(connection, queries::OWN, &[], |cells| {
        own = cells.option(0)?;
        Ok(())
    })?;
    let mut catalog = Catalog::default();
    for schema in schemas(connection, options, own.as_deref())? {
        if own.as_ref() != Some(&schema) {
            catalog.schemas.push(schema.clone());
        }
        let mut found = Found { name: &schema, own: own.as_deref(), tables: HashMap::new(), views: HashMap::new() };
        relations::read(connection, options, &mut found)?;
        columns::read(connection, &mut found)?;
        keys::read(connection, &mut found)?;
        relations::triggers(connection, &mut found)?;
        catalog.tables.extend(found.tables.into_values());
        catalog.views.extend(found.views.into_values());
    }
    Ok(catalog)
}

/// The schemas that are asked for, if they exist.
fn schemas(connection: &mut MysqlConnection, options: &Reflect, own: Option<&str>) -> Result<Vec<String>> {
    if options.schemas.is_empty() {
        return Ok(own.map(str::to_owned).into_iter().collect());
    }
    let mut schemas = Vec::new();
    rows(connection, queries::SCHEMAS, &[], |cells| {
        schemas.extend(cells.option(0)?.filter(|schema| options.schemas.contains(schema)));
        Ok(())
    })?;
    Ok(schemas)
}

/// Reads rows about the schema.
fn of_schema(
    connection: &mut MysqlConnection,
    sql: &str,
    found: &mut Found<'_>,
    mut each: impl FnMut(&mut Found<'_>, &Cells<'_>) -> Result<()>,
) -> Result<()> {
    let schema = found.name;
    rows(connection, sql, &[ValueRef::Text(schema)], |cells| each(found, cells))
}
