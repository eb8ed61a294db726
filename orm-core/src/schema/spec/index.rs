//! What models say of indexes.

use super::SqlPart;

/// An index, or a UNIQUE constraint.
#[derive(Debug, Clone, Copy)]
pub struct IndexSpec {
    /// Its name, where it is not made by the naming convention.
    pub name: Option<&'static str>,
    /// Its keys, in its order.
    pub keys: &'static [IndexKeySpec],
    /// Whether no two rows have the same keys.
    pub unique: bool,
    /// The rows that it has, if it is partial.
    pub predicate: &'static [SqlPart],
    /// The numbers of the fields that it has besides.
    pub include: &'static [usize],
    /// Its method, if it is not the database's usual one.
    pub method: Option<&'static str>,
    /// Whether NULL equals NULL.
    pub nulls_not_distinct: bool,
}

impl IndexSpec {
    /// An index of nothing, without options.
    pub const NONE: Self = Self {
        name: None,
        keys: &[],
        unique: false,
        predicate: &[],
        include: &[],
        method: None,
        nulls_not_distinct: false,
    };
}

/// A key of an index.
#[derive(Debug, Clone, Copy)]
pub struct IndexKeySpec {
    /// What is looked up.
    pub of: IndexKeyOf,
    /// Its place in the order of the index.
    pub order: KeyOrder,
}

impl IndexKeySpec {
    /// The field of this number, in the usual order.
    pub const fn field(number: usize) -> Self {
        Self { of: IndexKeyOf::Field(number), order: KeyOrder::USUAL }
    }
}

/// What a key of an index looks up.
#[derive(Debug, Clone, Copy)]
pub enum IndexKeyOf {
    /// The field of this number. A `belongs_to` field stands for all columns of its key.
    Field(usize),
    /// An expression.
    Sql(&'static [SqlPart]),
}

/// How an index orders a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyOrder {
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Where NULLs are, if it is said.
    pub nulls: Option<Nulls>,
    /// The operator class, if it is not the type's default.
    pub operator_class: Option<&'static str>,
}

impl KeyOrder {
    /// The smallest first, as the type compares its values.
    pub const USUAL: Self = Self { descending: false, nulls: None, operator_class: None };
}

/// Where NULLs are in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Nulls {
    /// Before all values.
    First,
    /// Behind all values.
    Last,
}
