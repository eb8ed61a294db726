/// How a database gets from one catalog to another: what [`Catalog::alteration`](super::Catalog::alteration) returns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alteration {
    /// The statements, in order.
    pub steps: Vec<AlterStep>,
    /// Whether tables are dropped or made again, so that the database must not look at foreign keys meanwhile: see
    /// [`Dialect::rebuild`](crate::dialect::Dialect::rebuild).
    pub rebuilds: bool,
}

/// One statement of an [`Alteration`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlterStep {
    /// The statement.
    pub sql: String,
    /// What it does to rows that are there: it loses some of their values, or it fails for some.
    pub danger: Option<String>,
    /// Whether it runs before the transaction of the others, in one of its own.
    pub alone: bool,
}

/// Tables and columns that have another name in the second catalog. A rename is told and never guessed.
///
/// See the example of [`Catalog::alteration_with`](super::Catalog::alteration_with).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renames {
    /// Tables: the name before and the name after, each as `table` or `schema.table`.
    pub tables: Vec<(String, String)>,
    /// Columns: the table by its name after, the column's name before, and its name after.
    pub columns: Vec<(String, String, String)>,
}

impl Renames {
    /// No renames.
    pub fn new() -> Self {
        Self::default()
    }

    /// A table has another name.
    #[must_use]
    pub fn table(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.tables.push((from.into(), to.into()));
        self
    }

    /// A column of the table that is called `table` afterwards has another name.
    #[must_use]
    pub fn column(mut self, table: impl Into<String>, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.columns.push((table.into(), from.into(), to.into()));
        self
    }

    /// The renames of the way back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let before = |table: &String| {
            let known = self.tables.iter().find(|(_, to)| to == table);
            known.map_or_else(|| table.clone(), |(from, _)| from.clone())
        };
        Self {
            tables: self.tables.iter().map(|(from, to)| (to.clone(), from.clone())).collect(),
            columns: self.columns.iter().map(|(table, from, to)| (before(table), to.clone(), from.clone())).collect(),
        }
    }
}
