use crate::schema::Nulls;

/// An index that is no constraint's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Whether its keys are unique.
    pub unique: bool,
    /// Its method, if it is not the database's usual one.
    pub method: Option<String>,
    /// Its keys, in its order.
    pub keys: Vec<IndexKey>,
    /// The columns that it has besides.
    pub include: Vec<String>,
    /// The rows that it has, if it is partial.
    pub predicate: Option<String>,
    /// Whether NULL equals NULL.
    pub nulls_not_distinct: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// A key of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct IndexKey {
    /// What is looked up.
    pub part: IndexPart,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Where NULLs are, if that is not where the direction puts them.
    pub nulls: Option<Nulls>,
    /// The collation, if it is not the column's.
    pub collation: Option<String>,
    /// The operator class, if it is not the type's default.
    pub operator_class: Option<String>,
}

/// What a key of an index looks up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum IndexPart {
    /// The column of this name.
    ColumnName(String),
    /// An expression, as SQL.
    Sql(String),
}

impl Default for IndexPart {
    fn default() -> Self {
        Self::ColumnName(String::new())
    }
}
