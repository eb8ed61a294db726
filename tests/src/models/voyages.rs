//! Relations that say when they are loaded: each in its own way.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "voyage")]
pub struct Voyage {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(load = "joined")]
    pub ship: BelongsTo<Ship>,
    #[has_many(back_populates = voyage, order_by = id, load = "selectin")]
    pub legs: HasMany<Leg>,
    #[has_many(back_populates = voyage, order_by = id, load = "raise")]
    pub jottings: HasMany<Jotting>,
    #[has_many(back_populates = voyage, cascade(all), passive_deletes, load = "write_only")]
    pub fixes: HasMany<Fix>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "ship")]
pub struct Ship {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "leg")]
pub struct Leg {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = legs, load = "selectin")]
    pub voyage: BelongsTo<Voyage>,
    #[belongs_to(load = "selectin")]
    pub port: BelongsTo<Port>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "port")]
pub struct Port {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "jotting")]
pub struct Jotting {
    #[orm(primary_key)]
    pub id: i64,
    pub text: String,
    #[belongs_to(back_populates = jottings)]
    pub voyage: BelongsTo<Voyage>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "fix")]
pub struct Fix {
    #[orm(primary_key)]
    pub id: i64,
    pub latitude: i32,
    #[belongs_to(back_populates = fixes, on_delete = "cascade")]
    pub voyage: BelongsTo<Voyage>,
}
