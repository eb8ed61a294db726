use crate::schema::TableName;

/// Which part of a database to read: everything in the connection's own schema, if nothing else is said.
///
/// ```
/// use orm::catalog::Reflect;
///
/// let engine = orm::Engine::connect("sqlite://")?;
/// engine.connection()?.execute_script("CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER)")?;
/// let catalog = engine.reflect_with(&Reflect::new().table("b"))?;
/// assert!(catalog.find("a").is_none() && catalog.find("b").is_some());
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reflect {
    /// The schemas to read. Empty for the connection's own.
    pub schemas: Vec<String>,
    /// The tables and views to read. Empty for all.
    pub tables: Vec<String>,
}

impl Reflect {
    /// Everything in the connection's own schema.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads this schema, and not the connection's own unless it is named too.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schemas.push(name.into());
        self
    }

    /// Reads this table or view, and no others but those that are named too, with the types and sequences that they use.
    #[must_use]
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.tables.push(name.into());
        self
    }

    /// Whether a table is to be read, of a schema that is read.
    pub fn wants(&self, table: &TableName, ignores_case: bool) -> bool {
        let is = |wanted: &String| *wanted == table.name || (ignores_case && wanted.eq_ignore_ascii_case(&table.name));
        self.tables.is_empty() || self.tables.iter().any(is)
    }
}
