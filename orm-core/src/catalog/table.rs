use super::{Check, DataType, Exclusion, ForeignKey, Index, PrimaryKey, SequenceOptions, Trigger, Unique};
use crate::schema::TableName;

/// A table, with everything that belongs to it.
///
/// Constraints and indexes that a partition has from its parent are told at the parent only, and so are the checks that a child inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct CatalogTable {
    /// Its name.
    pub name: TableName,
    /// Its columns, in its order.
    pub columns: Vec<CatalogColumn>,
    /// Its primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Its UNIQUE constraints.
    pub uniques: Vec<Unique>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its CHECK constraints.
    pub checks: Vec<Check>,
    /// Its EXCLUDE constraints.
    pub exclusions: Vec<Exclusion>,
    /// Its indexes, but those of constraints.
    pub indexes: Vec<Index>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
    /// Which tables it inherits from.
    pub inherits: Vec<TableName>,
    /// Whose partition it is.
    pub partition_of: Option<Partition>,
    /// How it is partitioned: `RANGE (created)`.
    pub partition_by: Option<String>,
    /// What else is special about it.
    pub options: TableOptions,
    /// Its comment.
    pub comment: Option<String>,
}

impl CatalogTable {
    /// The column of that name. If there is none, a name that differs in the case of ASCII letters will do.
    pub fn column(&self, name: &str) -> Option<&CatalogColumn> {
        let same = self.columns.iter().find(|column| column.name == name);
        same.or_else(|| self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
    }

    pub(super) fn sort(&mut self) {
        self.uniques.sort();
        self.foreign_keys.sort();
        self.checks.sort();
        self.exclusions.sort();
        self.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        self.triggers.sort();
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct CatalogColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The expression that fills it when an INSERT leaves it out.
    pub default: Option<String>,
    /// Whether the database numbers it by a sequence of its own.
    pub identity: Option<Identity>,
    /// The expression by which the database computes it.
    pub generated: Option<Generated>,
    /// Its collation, if it is not the type's default.
    pub collation: Option<String>,
    /// Whether it comes from a parent, and not from the table's own definition.
    pub inherited: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// How an identity column is numbered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Identity {
    /// Whether it is `ALWAYS`, and not `BY DEFAULT`.
    pub always: bool,
    /// Its numbers.
    pub options: SequenceOptions,
}

/// How a column is computed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Generated {
    /// The expression.
    pub expression: String,
    /// Whether it is computed when the row is written (`STORED`), and not when it is read (`VIRTUAL`).
    pub stored: bool,
}

/// The place of a partition in its parent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Partition {
    /// The partitioned table.
    pub parent: TableName,
    /// Its rows: `FOR VALUES FROM (1) TO (10)`, or `DEFAULT`.
    pub bounds: String,
}

/// What only some databases say of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct TableOptions {
    /// `WITHOUT ROWID`.
    pub without_rowid: bool,
    /// `STRICT`.
    pub strict: bool,
    /// `AUTOINCREMENT`: no key is given twice, even after its row was deleted.
    pub autoincrement: bool,
    /// `UNLOGGED`: its rows are lost in a crash.
    pub unlogged: bool,
    /// The module of a virtual table, with its arguments: `fts5(title, body)`.
    pub module: Option<String>,
}
