//! Members that keep their places in a column.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "agenda")]
pub struct Agenda {
    #[orm(primary_key)]
    pub id: i64,
    #[has_many(back_populates = agenda, ordering = position, cascade(all, delete_orphan))]
    pub topics: HasMany<Topic>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "topic")]
pub struct Topic {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    pub position: i32,
    #[belongs_to(back_populates = topics)]
    pub agenda: BelongsTo<Agenda>,
}

impl Topic {
    /// A topic with nothing but a title.
    pub fn titled(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}
