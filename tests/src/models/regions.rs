//! Keys that users choose and change: followed by other tables (`Town`), as part of their keys (`Street`), and in pairs
//! (`Guide`). `Permit` has a version, and a column that the database fills.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "region")]
pub struct Region {
    #[orm(primary_key, length = 8)]
    pub code: String,
    pub name: String,
    #[has_many(back_populates = region, order_by = id)]
    pub towns: HasMany<Town>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "town")]
pub struct Town {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = towns, on_update = "cascade")]
    pub region: BelongsTo<Region>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "street")]
pub struct Street {
    #[orm(primary_key)]
    #[belongs_to(on_update = "cascade")]
    pub region: BelongsTo<Region>,
    #[orm(primary_key)]
    pub number: i32,
    pub name: String,
    #[has_many(back_populates = street, order_by = id)]
    pub doors: HasMany<Door>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "door")]
pub struct Door {
    #[orm(primary_key)]
    pub id: i64,
    pub color: String,
    #[belongs_to(back_populates = doors, on_update = "cascade")]
    pub street: Option<BelongsTo<Street>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "guide")]
pub struct Guide {
    #[orm(primary_key)]
    pub id: i64,
    #[many_to_many(table = "guide_region", order_by = code)]
    pub regions: ManyToMany<Region>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "permit")]
pub struct Permit {
    #[orm(primary_key, length = 8)]
    pub code: String,
    pub holder: String,
    #[orm(server_default = "'open'")]
    pub status: Option<String>,
    #[orm(version)]
    pub version: i64,
}

impl Region {
    /// A region with a code and a name.
    pub fn coded(code: &str, name: &str) -> Self {
        Self { code: code.into(), name: name.into(), ..Self::default() }
    }
}

impl Permit {
    /// An open permit.
    pub fn of(code: &str, holder: &str) -> Self {
        Self { code: code.into(), holder: holder.into(), status: Some("open".into()), ..Self::default() }
    }
}
