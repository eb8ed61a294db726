//! Who travels where: association objects (`Booking`) with a key, a version, defaults and hooks of their own.

use orm::Result;
use orm::prelude::*;

use super::note;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "traveler")]
pub struct Traveler {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = traveler, cascade(all, delete_orphan), order_by = id, proxy(tours: Tour = tour))]
    pub bookings: HasMany<Booking>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "tour")]
pub struct Tour {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[has_many(back_populates = tour, cascade(all), order_by = id, proxy(travelers: Traveler = traveler))]
    pub bookings: HasMany<Booking>,
    #[belongs_to]
    pub guide: Option<BelongsTo<Traveler>>,
}

/// A traveler who has not chosen yet books no tour.
#[derive(Model, Debug, Clone, PartialEq)]
#[orm(table = "booking", hooks)]
pub struct Booking {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = bookings)]
    pub traveler: BelongsTo<Traveler>,
    #[belongs_to(back_populates = bookings)]
    pub tour: Option<BelongsTo<Tour>>,
    #[orm(default = 1)]
    pub seats: i32,
    #[orm(server_default = "0")]
    pub paid: Option<i32>,
    #[orm(version)]
    pub version: i32,
}

impl Hooks for Booking {
    fn before_insert(&mut self) -> Result<()> {
        note(format!("insert {}", self.seats));
        Ok(())
    }

    fn after_delete(&self) -> Result<()> {
        note(format!("delete {}", self.seats));
        Ok(())
    }
}

impl Traveler {
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl Tour {
    pub fn titled(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}
