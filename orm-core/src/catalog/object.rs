use super::{CatalogColumn, CatalogTable, Check, DataType, Index};
use crate::schema::TableName;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct View {
    /// Its name.
    pub name: TableName,
    /// Whether its rows are stored.
    pub materialized: bool,
    /// Its columns, with names and types. Empty for a view that its query alone describes, as those of models.
    pub columns: Vec<CatalogColumn>,
    /// Its query.
    pub definition: String,
    /// The indexes of a materialized view.
    pub indexes: Vec<Index>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
    /// Its comment.
    pub comment: Option<String>,
}

/// An enum of the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Enum {
    /// Its name.
    pub name: TableName,
    /// Its values, in its order.
    pub values: Vec<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A domain: a type with conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Domain {
    /// Its name.
    pub name: TableName,
    /// The type that it restricts.
    pub base: DataType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The default of its columns.
    pub default: Option<String>,
    /// Its collation, if it is not the type's default.
    pub collation: Option<String>,
    /// Its CHECK constraints.
    pub checks: Vec<Check>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Sequence {
    /// Its name.
    pub name: TableName,
    /// The type of its numbers.
    pub data_type: DataType,
    /// Its numbers.
    pub options: SequenceOptions,
    /// The table and the column that it ends with.
    pub owner: Option<(TableName, String)>,
    /// Its comment.
    pub comment: Option<String>,
}

impl Sequence {
    /// Whether it belongs to the table, or fills one of its columns.
    pub(crate) fn serves(&self, table: &CatalogTable) -> bool {
        let owned = self.owner.as_ref().is_some_and(|(owner, _)| *owner == table.name);
        let mut defaults = table.columns.iter().filter_map(|column| column.default.as_deref());
        owned || defaults.any(|default| default.starts_with("nextval(") && default.contains(&*self.name.name))
    }
}

/// The numbers of a sequence. `None` is what its type and direction say by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct SequenceOptions {
    /// The first.
    pub start: Option<i64>,
    /// The distance.
    pub increment: Option<i64>,
    /// The least.
    pub min: Option<i64>,
    /// The greatest.
    pub max: Option<i64>,
    /// How many a connection takes at once.
    pub cache: Option<i64>,
    /// Whether it begins again at its end.
    pub cycle: bool,
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The statement that creates it.
    pub definition: String,
}
