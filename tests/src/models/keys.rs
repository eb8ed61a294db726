//! Primary keys of other shapes: text, UUID, two columns; each with a child that references it.

use orm::prelude::*;
use uuid::Uuid;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "country")]
pub struct Country {
    #[orm(primary_key, length = 2)]
    pub code: String,
    pub name: String,
    #[has_many(back_populates = country, cascade(all, delete_orphan), order_by = id)]
    pub cities: HasMany<City>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "city")]
pub struct City {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = cities)]
    pub country: BelongsTo<Country>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "device")]
pub struct Device {
    #[orm(primary_key)]
    pub id: Uuid,
    pub name: String,
    #[has_many(back_populates = device, cascade(all, delete_orphan), order_by = id)]
    pub readings: HasMany<Reading>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "reading")]
pub struct Reading {
    #[orm(primary_key)]
    pub id: i64,
    pub value: f64,
    #[belongs_to(back_populates = readings)]
    pub device: BelongsTo<Device>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "shelf")]
pub struct Shelf {
    #[orm(primary_key)]
    pub room: String,
    #[orm(primary_key)]
    pub number: i32,
    pub label: Option<String>,
    #[has_many(back_populates = shelf, order_by = id)]
    pub books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "book")]
pub struct Book {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[belongs_to(back_populates = books)]
    pub shelf: Option<BelongsTo<Shelf>>,
}
