//! A table that references itself.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "node")]
pub struct Node {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = children)]
    pub parent: Option<BelongsTo<Node>>,
    #[has_many(back_populates = parent, cascade(all), order_by = id)]
    pub children: HasMany<Node>,
}

impl Node {
    /// A node with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// A tree in which no two have one title.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "chapter")]
pub struct Chapter {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub title: String,
    #[belongs_to]
    pub parent: Option<BelongsTo<Chapter>>,
    #[orm(version)]
    pub version: i64,
}
