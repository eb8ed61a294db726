//! The schema of a database as a value: what [`Engine::reflect`](crate::engine::Engine::reflect) reads, and what the tables of models would be.
//!
//! A [`Catalog`] compares, prints and, with the feature `serde`, serialises. Its order is its own and not the database's. Names of objects in the
//! connection's own schema have no schema, as in the connection's statements.

mod alteration;
mod constraint;
mod data_type;
mod difference;
mod display;
mod expression;
mod fact;
mod index;
mod object;
mod parts;
mod reflect;
mod table;

pub use alteration::{AlterStep, Alteration, Renames};
pub use constraint::{Action, Check, Deferral, Exclusion, ForeignKey, Matching, PrimaryKey, Unique};
pub use data_type::{DataType, TypeKind};
pub use difference::{Change, Difference};
pub use index::{Index, IndexKey, IndexPart};
pub use object::{Domain, Enum, Sequence, SequenceOptions, Trigger, View};
pub use reflect::Reflect;
pub use table::{CatalogColumn, CatalogTable, Generated, Identity, Partition, TableOptions};

pub use crate::schema::Nulls;
use crate::schema::TableName;

/// The schema of a database, or a part of it.
///
/// `==` compares everything, down to the spelling of types and expressions.
///
/// ```
/// # use orm::prelude::*;
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![User])?;
/// let catalog = engine.reflect()?;
/// println!("{catalog}");
/// let users = catalog.find("users").expect("it was created");
/// assert_eq!(users.columns[1].name, "name");
/// assert!(!users.columns[1].nullable);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Catalog {
    /// Whether the database takes names for the same that differ only in the case of ASCII letters.
    pub ignores_case: bool,
    /// The schemas that were read besides the connection's own.
    pub schemas: Vec<String>,
    /// The enums.
    pub enums: Vec<Enum>,
    /// The domains.
    pub domains: Vec<Domain>,
    /// The sequences, but those of identity columns, which are told there.
    pub sequences: Vec<Sequence>,
    /// The tables.
    pub tables: Vec<CatalogTable>,
    /// The views, materialized ones too.
    pub views: Vec<View>,
}

impl Catalog {
    /// The table of that name. A table of another schema than the connection's own is called `schema.table`.
    ///
    /// See the example of [`Catalog`].
    pub fn find(&self, name: &str) -> Option<&CatalogTable> {
        self.tables.iter().find(|table| self.is_named(&table.name, name))
    }

    /// The view of that name. A view of another schema than the connection's own is called `schema.view`.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// engine.connection()?.execute_script("CREATE VIEW answers AS SELECT 42 AS answer")?;
    /// let catalog = engine.reflect()?;
    /// assert_eq!(catalog.find_view("answers").map(|view| &*view.definition), Some("SELECT 42 AS answer"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn find_view(&self, name: &str) -> Option<&View> {
        self.views.iter().find(|view| self.is_named(&view.name, name))
    }

    pub(crate) fn is_named(&self, name: &TableName, given: &str) -> bool {
        let full = name.to_string();
        full == given || (self.ignores_case && full.eq_ignore_ascii_case(given))
    }

    /// The same catalog in the order that all catalogs have: by name, but for the columns of a table and the keys of an index, whose order
    /// means something.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.schemas.sort();
        self.enums.sort_by(|a, b| a.name.cmp(&b.name));
        self.domains.sort_by(|a, b| a.name.cmp(&b.name));
        self.domains.iter_mut().for_each(|domain| domain.checks.sort());
        self.sequences.sort_by(|a, b| a.name.cmp(&b.name));
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        self.tables.iter_mut().for_each(CatalogTable::sort);
        self.views.sort_by(|a, b| a.name.cmp(&b.name));
        self.views.iter_mut().for_each(|view| view.indexes.sort_by(|a, b| a.name.cmp(&b.name)));
        self
    }

    /// Keeps the tables and views that are asked for, and the types and sequences that they use.
    #[must_use]
    pub(crate) fn narrowed(mut self, options: &Reflect) -> Self {
        if options.tables.is_empty() {
            return self;
        }
        let ignores_case = self.ignores_case;
        let wanted = |name: &TableName| options.wants(name, ignores_case);
        self.tables.retain(|table| wanted(&table.name));
        self.views.retain(|view| wanted(&view.name));
        let types: Vec<&DataType> = self.tables.iter().flat_map(|table| &table.columns).map(|c| &c.data_type).collect();
        let uses = |name: &TableName| types.iter().any(|data_type| data_type.kind.names(name));
        self.domains.retain(|domain| uses(&domain.name));
        let below: Vec<&DataType> = self.domains.iter().map(|domain| &domain.base).collect();
        self.enums.retain(|known| uses(&known.name) || below.iter().any(|base| base.kind.names(&known.name)));
        let tables = &self.tables;
        self.sequences.retain(|sequence| tables.iter().any(|table| sequence.serves(table)));
        self
    }
}
