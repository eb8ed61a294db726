//! Models with columns that are read on demand, alone and in groups, and a family of such.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "reporter")]
pub struct Reporter {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub photo: Deferred<Option<Vec<u8>>>,
    #[has_many(back_populates = reporter, order_by = id)]
    pub features: HasMany<Feature>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "feature")]
pub struct Feature {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    pub body: Deferred<String>,
    #[orm(deferred = "drafts")]
    pub outline: Deferred<Option<String>>,
    #[orm(deferred = "drafts", server_default = "'none'", length = 40)]
    pub notes: Deferred<String>,
    #[belongs_to(back_populates = features)]
    pub reporter: Option<BelongsTo<Reporter>>,
}

impl Feature {
    pub fn titled(title: &str) -> Self {
        Self { title: title.into(), body: format!("about {title}").into(), ..Self::default() }
    }
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "exhibit", polymorphic(on = kind, identity = "exhibit", subtypes(Vase, Painting)))]
pub struct Exhibit {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub story: Deferred<Option<String>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "vase")]
pub struct Vase {
    #[orm(base)]
    pub exhibit: Exhibit,
    pub sketch: Deferred<Option<String>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "painting", table = "painting")]
pub struct Painting {
    #[orm(base)]
    pub exhibit: Exhibit,
    pub restoration: Deferred<String>,
}
