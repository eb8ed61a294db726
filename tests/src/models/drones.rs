//! Foreign keys to one of several models: drones are kept by one of three, and may be the guests of one of two.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "lab")]
pub struct Lab {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = keeper, order_by = id, cascade(all, delete_orphan))]
    pub drones: HasMany<Drone>,
    #[has_many(back_populates = host, order_by = id)]
    pub guests: HasMany<Drone>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "guild")]
pub struct Guild {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = keeper, order_by = id)]
    pub drones: HasMany<Drone>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "booth")]
pub struct Booth {
    #[orm(primary_key)]
    pub hall: i32,
    #[orm(primary_key)]
    pub place: i32,
    #[has_many(back_populates = keeper, order_by = id)]
    pub drones: HasMany<Drone>,
}

#[derive(OneOf, Debug, Clone, Copy, PartialEq)]
pub enum Keeper {
    Lab(Handle<Lab>),
    Guild(Handle<Guild>),
    Booth(Handle<Booth>),
}

#[derive(OneOf, Debug, Clone, Copy, PartialEq)]
pub enum Hangar {
    Lab(Handle<Lab>),
    Guild(Handle<Guild>),
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "drone")]
pub struct Drone {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = drones)]
    pub keeper: OneOf<Keeper>,
    #[orm(index)]
    #[belongs_to(back_populates = guests, column = "at")]
    pub host: Option<OneOf<Hangar>>,
}

impl Drone {
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
