//! The statements that create what a catalog has.

mod alter;
mod comments;
mod indexes;
pub(super) mod models;
mod objects;
pub(super) mod order;
mod table;
pub(in crate::render) mod views;

use crate::catalog::{Catalog, CatalogTable, ForeignKey};
use crate::dialect::{Dialect, MutualKeys, SqlWriter};
use crate::error::{Error, Result};
use crate::schema::TableName;

impl Catalog {
    /// The statements that create everything in the catalog, in an order in which they run on an empty database. What they need besides must
    /// exist: functions, extensions, and schemas that were not read.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")?;
    /// let catalog = engine.reflect()?;
    /// let copy = orm::Engine::connect("sqlite://")?;
    /// for statement in catalog.create_sql(copy.dialect())? {
    ///     copy.connection()?.execute_script(&statement)?;
    /// }
    /// assert_eq!(copy.reflect()?, catalog);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the database does not have, and `Schema` for a name that is too long.
    pub fn create_sql(&self, dialect: &'static dyn Dialect) -> Result<Vec<String>> {
        let mut script = Script::new(dialect, self);
        script.schemas(&self.schemas)?;
        script.types(self)?;
        let tables = order::tables(&self.tables);
        for table in &tables {
            script.table(table)?;
        }
        script.owners(&self.sequences)?;
        for table in &tables {
            table.indexes.iter().try_for_each(|index| script.index(&table.name, index))?;
        }
        for table in &tables {
            script.later_constraints(table)?;
        }
        script.views(&order::views(&self.views))?;
        let triggers = tables.iter().flat_map(|table| &table.triggers);
        let triggers = triggers.chain(self.views.iter().flat_map(|view| &view.triggers));
        script.statements.extend(triggers.map(|trigger| trigger.definition.clone()));
        script.comments(self)?;
        Ok(script.statements)
    }
}

impl CatalogTable {
    /// The statements that create the table, with its keys, constraints, indexes, triggers and comments. Types, sequences and tables that it
    /// uses must exist.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE TABLE user (id INTEGER PRIMARY KEY)")?;
    /// let statements = engine.reflect_table("user")?.create_sql(engine.dialect())?;
    /// assert_eq!(statements, ["CREATE TABLE \"user\" (\n  \"id\" INTEGER NOT NULL,\n  PRIMARY KEY (\"id\")\n)"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Catalog::create_sql`].
    pub fn create_sql(&self, dialect: &'static dyn Dialect) -> Result<Vec<String>> {
        Catalog { tables: vec![self.clone()], ..Catalog::default() }.create_sql(dialect)
    }
}

/// Statements in the making.
struct Script {
    dialect: &'static dyn Dialect,
    statements: Vec<String>,
    /// All tables, those that are not made yet among them.
    tables: Vec<TableName>,
    /// The tables that were made, with the columns of their keys.
    made: Vec<(TableName, Vec<Vec<String>>)>,
    /// The foreign keys that are added after all tables.
    late: Vec<(TableName, ForeignKey)>,
}

impl Script {
    fn new(dialect: &'static dyn Dialect, catalog: &Catalog) -> Self {
        let tables = catalog.tables.iter().map(|table| table.name.clone()).collect();
        Self { dialect, statements: Vec::new(), tables, made: Vec::new(), late: Vec::new() }
    }

    fn push(&mut self, write: impl FnOnce(&mut SqlWriter)) -> Result<()> {
        let mut out = SqlWriter::new(self.dialect);
        write(&mut out);
        self.statements.push(out.checked()?.0);
        Ok(())
    }

    /// Whether a foreign key is added after all tables: what it references is not made yet, or has the unique index only then.
    fn is_late(&self, key: &ForeignKey) -> bool {
        let has_key = |(name, keys): &(TableName, Vec<Vec<String>>)| {
            *name == key.target && (key.target_columns.is_empty() || keys.contains(&key.target_columns))
        };
        let alters = self.dialect.capabilities().mutual_keys == MutualKeys::Alter;
        alters && (key.not_valid || (self.tables.contains(&key.target) && !self.made.iter().any(has_key)))
    }

    fn require(&self, is: bool, what: &str) -> Result<()> {
        if is { Ok(()) } else { Err(Error::unsupported(self.dialect.name(), what)) }
    }
}

/// `("a", "b")`.
fn names<'o>(out: &'o mut SqlWriter, names: &[String]) -> &'o mut SqlWriter {
    out.sql("(").list(", ", names, |out, name| {
        out.ident(name);
    });
    out.sql(")")
}
