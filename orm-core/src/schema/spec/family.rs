//! What models say of their families.

use super::{FieldSpec, ModelRef, ModelSpec};

/// The place of a model in a family: the models whose rows are in one table, and whose objects a session keeps together.
#[derive(Debug)]
pub enum FamilySpec {
    /// The base of all others.
    Base(BaseSpec),
    /// A model that inherits.
    Subtype(SubtypeSpec),
}

/// What the base of a family says.
#[derive(Debug)]
pub struct BaseSpec {
    /// The column that says which type a row is.
    pub discriminator: &'static FieldSpec,
    /// What the column holds in the rows of the base itself; `None` for an abstract base, which has none.
    pub identity: Option<&'static str>,
    /// The other types.
    pub subtypes: &'static [ModelRef],
}

/// What a subtype says.
#[derive(Debug)]
pub struct SubtypeSpec {
    /// What the discriminator holds in its rows.
    pub identity: &'static str,
    /// The name of its joined table, if it has one.
    pub table: Option<&'static str>,
    /// The model that it inherits from.
    pub base: fn() -> &'static ModelSpec,
}
