//! Reads the schema of a database: from the pragmas, and what they do not tell from the texts of the CREATE statements.

mod index;
mod parse;
mod table;
mod tokens;
mod types;

use orm_core::catalog::{Catalog, CatalogColumn, Reflect, Trigger, View};
use orm_core::schema::{ColumnFacts, Filled, TableName};
use rusqlite::Connection;

pub(crate) use types::data_type;

/// The objects of a schema that statements have created. Those of the system begin with `sqlite_`; shadow tables belong to virtual ones.
const OBJECTS: &str = "SELECT l.type, l.name, l.wr, l.strict FROM pragma_table_list AS l \
    WHERE l.schema = ?1 AND l.type IN ('table', 'view', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name";

/// An object in the list of tables.
struct Object {
    kind: String,
    name: String,
    without_rowid: bool,
    strict: bool,
}

/// A schema of the connection, and how its objects are named.
pub(super) struct Place<'c> {
    native: &'c Connection,
    /// The name that pragmas take.
    schema: &'c str,
}

impl Place<'_> {
    /// The name of one of its objects. The connection's own schema is `main`.
    fn named(&self, name: &str) -> TableName {
        let schema = (self.schema != "main").then(|| self.schema.to_owned().into());
        TableName { schema, name: name.to_owned().into() }
    }

    /// The CREATE statement of an object.
    fn text(&self, kind: &str, name: &str) -> rusqlite::Result<String> {
        let schema = self.schema.replace('"', "\"\"");
        let sql = format!("SELECT sql FROM \"{schema}\".sqlite_schema WHERE type = ?1 AND name = ?2");
        self.native.prepare_cached(&sql)?.query_row((kind, name), |row| row.get(0))
    }

    fn triggers(&self, table: &str) -> rusqlite::Result<Vec<Trigger>> {
        let schema = self.schema.replace('"', "\"\"");
        let sql = format!("SELECT name, sql FROM \"{schema}\".sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1");
        let mut statement = self.native.prepare_cached(&sql)?;
        let triggers =
            statement.query_map([table], |row| Ok(Trigger { name: row.get(0)?, definition: row.get(1)? }))?;
        triggers.collect()
    }
}

/// See [`Connection::reflect`](orm_core::driver::Connection::reflect).
pub(crate) fn read(native: &Connection, options: &Reflect) -> rusqlite::Result<Catalog> {
    let mut catalog = Catalog { ignores_case: true, ..Catalog::default() };
    let own = ["main".to_owned()];
    let schemas = if options.schemas.is_empty() { &own[..] } else { &options.schemas };
    for schema in schemas {
        let place = Place { native, schema };
        if schema != "main" && is_attached(native, schema)? {
            catalog.schemas.push(schema.clone());
        }
        for object in objects(&place)? {
            if !options.wants(&place.named(&object.name), true) {
                continue;
            }
            match &*object.kind {
                "view" => catalog.views.push(view(&place, &object.name)?),
                _ => catalog.tables.push(table::read(&place, &object)?),
            }
        }
    }
    Ok(catalog)
}

fn is_attached(native: &Connection, schema: &str) -> rusqlite::Result<bool> {
    let mut statement = native.prepare_cached("SELECT EXISTS (SELECT 1 FROM pragma_database_list WHERE name = ?1)")?;
    statement.query_row([schema], |row| row.get(0))
}

fn objects(place: &Place<'_>) -> rusqlite::Result<Vec<Object>> {
    let mut statement = place.native.prepare_cached(OBJECTS)?;
    let objects = statement.query_map([place.schema], |row| {
        Ok(Object { kind: row.get(0)?, name: row.get(1)?, without_rowid: row.get(2)?, strict: row.get(3)? })
    })?;
    objects.collect()
}

fn view(place: &Place<'_>, name: &str) -> rusqlite::Result<View> {
    let definition = parse::view(&place.text("view", name)?);
    let triggers = place.triggers(name)?;
    Ok(View { name: place.named(name), columns: columns(place, name)?, definition, triggers, ..View::default() })
}

fn columns(place: &Place<'_>, table: &str) -> rusqlite::Result<Vec<CatalogColumn>> {
    let name = TableName { schema: Some(place.schema.to_owned().into()), name: table.to_owned().into() };
    let facts = crate::table::read(place.native, &name)?;
    Ok(facts.map(|facts| facts.columns.into_iter().map(column).collect()).unwrap_or_default())
}

fn column(facts: ColumnFacts) -> CatalogColumn {
    CatalogColumn {
        name: facts.name,
        data_type: data_type(&facts.full_type),
        nullable: facts.nullable,
        default: match facts.filled {
            Filled::Default(expression) => Some(expression),
            _ => None,
        },
        collation: facts.collation,
        ..CatalogColumn::default()
    }
}
