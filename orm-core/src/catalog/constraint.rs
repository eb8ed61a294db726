use crate::schema::TableName;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct PrimaryKey {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The columns that its index has besides.
    pub include: Vec<String>,
    /// When it is checked.
    pub deferral: Deferral,
    /// Its comment.
    pub comment: Option<String>,
}

/// A UNIQUE constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Unique {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The columns that its index has besides.
    pub include: Vec<String>,
    /// Whether NULL equals NULL.
    pub nulls_not_distinct: bool,
    /// When it is checked.
    pub deferral: Deferral,
    /// Its comment.
    pub comment: Option<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct ForeignKey {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table that it references.
    pub target: TableName,
    /// The columns that it references, in the order of its own. Empty if the table does not exist and they are not named.
    pub target_columns: Vec<String>,
    /// What happens when the referenced row is deleted.
    pub on_delete: Action,
    /// What happens when the referenced key changes.
    pub on_update: Action,
    /// What NULL in one of several columns means.
    pub matching: Matching,
    /// When it is checked.
    pub deferral: Deferral,
    /// Whether only new rows are checked: `NOT VALID`.
    pub not_valid: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// What a database does with referencing rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Action {
    /// Refuses at the end of the statement, or of the transaction if the key is deferred.
    #[default]
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Does the same with them.
    Cascade,
    /// Sets these of their columns to NULL. Empty for the whole key.
    SetNull(Vec<String>),
    /// Sets these of their columns to their defaults. Empty for the whole key.
    SetDefault(Vec<String>),
}

/// What NULL in one column of a composite foreign key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Matching {
    /// The key references nothing.
    #[default]
    Simple,
    /// All columns must be NULL then.
    Full,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Deferral {
    /// With each statement.
    #[default]
    NotDeferrable,
    /// With each statement, unless a transaction defers it: `DEFERRABLE`.
    Deferrable,
    /// At the end of the transaction: `DEFERRABLE INITIALLY DEFERRED`.
    Deferred,
}

/// A CHECK constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Check {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its condition, in SQL.
    pub expression: String,
    /// Whether inheriting tables do not have it.
    pub no_inherit: bool,
    /// Whether only new rows are checked: `NOT VALID`.
    pub not_valid: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// An EXCLUDE constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Exclusion {
    /// Its name.
    pub name: String,
    /// Its text behind the name: `EXCLUDE USING gist (room WITH =, during WITH &&)`.
    pub definition: String,
    /// Its comment.
    pub comment: Option<String>,
}
