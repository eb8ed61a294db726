//! Pictures of a schema: its tables with columns and keys, and which of them reference which.

mod document;
mod flush;
mod layout;
mod svg;
mod text;

pub use flush::flush_plan;

use orm_core::catalog::{Catalog, CatalogTable, ForeignKey};

use crate::tables::plain_columns;

/// The tables of a catalog as a picture, in one of four languages.
///
/// ```
/// use orm::Engine;
/// use orm_inspect::Diagram;
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.connection()?.execute_script("
///     CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT);
///     CREATE TABLE album (id INTEGER PRIMARY KEY, artist_id INTEGER NOT NULL REFERENCES artist);
/// ")?;
/// let diagram = Diagram::of(&engine.reflect()?);
/// assert!(diagram.mermaid().contains("artist ||--o{ album : \"artist_id\""));
/// assert!(diagram.svg().starts_with("<svg "));
/// # Ok::<(), orm::Error>(())
/// ```
///
/// That of models is `Diagram::of(&Catalog::of(models![Artist, Album], engine.dialect())?)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagram {
    entities: Vec<Entity>,
    links: Vec<Link>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entity {
    name: String,
    attributes: Vec<Attribute>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    name: String,
    kind: String,
    primary: bool,
    foreign: bool,
    unique: bool,
    nullable: bool,
}

impl Attribute {
    /// `PK`, `FK`, `PK, FK`, `UK`.
    fn keys(&self) -> Vec<&'static str> {
        let keys = [(self.primary, "PK"), (self.foreign, "FK"), (self.unique && !self.primary, "UK")];
        keys.into_iter().filter(|(is, _)| *is).map(|(_, key)| key).collect()
    }
}

/// A foreign key, by the numbers of the tables and of their first columns.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    child: usize,
    parent: usize,
    columns: Vec<usize>,
    target: usize,
    /// Whether at most one row references a row.
    one: bool,
    /// Whether a row may reference nothing.
    optional: bool,
}

impl Diagram {
    /// All tables of the catalog.
    pub fn of(catalog: &Catalog) -> Self {
        let shown: Vec<&CatalogTable> = catalog.tables.iter().filter(|table| table.partition_of.is_none()).collect();
        let entities = shown.iter().map(|table| entity(table)).collect();
        let keys =
            shown.iter().enumerate().flat_map(|(child, table)| table.foreign_keys.iter().map(move |key| (child, key)));
        let links = keys.filter_map(|(child, key)| link(&shown, child, key)).collect();
        Self { entities, links }
    }

    /// The same picture with the columns of keys only, for a schema with many tables.
    #[must_use]
    pub fn keys_only(mut self) -> Self {
        for (at, entity) in self.entities.iter_mut().enumerate() {
            let kept: Vec<bool> =
                entity.attributes.iter().map(|attribute| attribute.primary || attribute.foreign).collect();
            let moved = |column: usize| kept.iter().take(column).filter(|kept| **kept).count();
            for link in &mut self.links {
                if link.child == at {
                    link.columns.iter_mut().for_each(|column| *column = moved(*column));
                }
                if link.parent == at {
                    link.target = moved(link.target);
                }
            }
            entity.attributes.retain(|attribute| attribute.primary || attribute.foreign);
        }
        self
    }
}

fn entity(table: &CatalogTable) -> Entity {
    let primary = table.primary_key.iter().flat_map(|key| &key.columns).collect::<Vec<_>>();
    let attributes = table.columns.iter().map(|column| Attribute {
        name: column.name.clone(),
        kind: short(&column.data_type.spelling),
        primary: primary.contains(&&column.name),
        foreign: table.foreign_keys.iter().any(|key| key.columns.contains(&column.name)),
        unique: is_unique(table, std::slice::from_ref(&column.name)),
        nullable: column.nullable,
    });
    Entity { name: table.name.to_string(), attributes: attributes.collect() }
}

/// A type by its shorter name.
fn short(spelling: &str) -> String {
    const NAMES: &[(&str, &str)] = &[
        ("character varying", "varchar"),
        ("character(", "char("),
        ("double precision", "double"),
        (" without time zone", ""),
    ];
    let text = NAMES.iter().fold(spelling.to_owned(), |text, (long, short)| text.replace(long, short));
    match text.strip_suffix(" with time zone") {
        Some(time) => match time.split_once('(') {
            Some((name, bound)) => format!("{name}tz({bound}"),
            None => format!("{time}tz"),
        },
        None => text,
    }
}

fn link(tables: &[&CatalogTable], child: usize, key: &ForeignKey) -> Option<Link> {
    let parent = tables.iter().position(|table| table.name == key.target)?;
    let position = |table: usize, name: &String| tables[table].columns.iter().position(|column| column.name == *name);
    let columns: Vec<usize> = key.columns.iter().filter_map(|name| position(child, name)).collect();
    Some(Link {
        child,
        parent,
        target: key.target_columns.first().and_then(|name| position(parent, name)).unwrap_or_default(),
        one: is_unique(tables[child], &key.columns),
        optional: columns.iter().any(|&column| tables[child].columns[column].nullable),
        columns,
    })
}

/// Whether no two rows have the same values in these columns.
fn is_unique(table: &CatalogTable, columns: &[String]) -> bool {
    let same = |names: &[String]| names.len() == columns.len() && names.iter().all(|name| columns.contains(name));
    table.primary_key.as_ref().is_some_and(|key| same(&key.columns))
        || table.uniques.iter().any(|unique| same(&unique.columns))
        || table.indexes.iter().filter(|index| index.unique).filter_map(plain_columns).any(|names| same(&names))
}
