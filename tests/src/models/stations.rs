//! Natural keys: a flush copies a changed key to the referencing rows, and the database checks it at the end of the transaction.

use orm::Result;
use orm::prelude::*;

use super::note;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "station")]
pub struct Station {
    #[orm(primary_key, length = 8)]
    pub code: String,
    pub name: String,
    #[has_many(back_populates = station, order_by = id)]
    pub trains: HasMany<Train>,
}

/// One whose key may be NULL, with a version and hooks.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "train", hooks)]
pub struct Train {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[belongs_to(back_populates = trains, deferrable)]
    pub station: Option<BelongsTo<Station>>,
    #[orm(version)]
    pub version: i64,
}

impl Hooks for Train {
    fn before_update(&mut self, _: &Self) -> Result<()> {
        note(format!("before_update of {}", self.name));
        Ok(())
    }
}

/// The key of a harbor is a part of other keys, which are carried over by the flush or by the database.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "harbor")]
pub struct Harbor {
    #[orm(primary_key, length = 8)]
    pub code: String,
    #[has_many(back_populates = harbor, order_by = number)]
    pub quays: HasMany<Quay>,
    #[has_many(back_populates = harbor, order_by = number)]
    pub docks: HasMany<Dock>,
    #[has_one(back_populates = harbor)]
    pub beacon: HasOne<Beacon>,
}

/// Changed by the flush.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "quay")]
pub struct Quay {
    #[orm(primary_key)]
    #[belongs_to(back_populates = quays, deferrable)]
    pub harbor: BelongsTo<Harbor>,
    #[orm(primary_key)]
    pub number: i32,
    pub name: String,
    #[has_many(back_populates = quay, order_by = id)]
    pub berths: HasMany<Berth>,
}

/// Changed by the flush, with its quay.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "berth")]
pub struct Berth {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = berths, deferrable)]
    pub quay: BelongsTo<Quay>,
}

/// Changed by the database, when the flush changes its quay.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "buoy")]
pub struct Buoy {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(on_update = "cascade")]
    pub quay: BelongsTo<Quay>,
}

/// Changed by the database.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "dock")]
pub struct Dock {
    #[orm(primary_key)]
    #[belongs_to(back_populates = docks, on_update = "cascade")]
    pub harbor: BelongsTo<Harbor>,
    #[orm(primary_key)]
    pub number: i32,
    #[has_many(back_populates = dock, order_by = id)]
    pub cranes: HasMany<Crane>,
}

/// Changed by the flush, when the database changes its dock.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "crane")]
pub struct Crane {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(back_populates = cranes, deferrable)]
    pub dock: BelongsTo<Dock>,
}

/// A harbor has one.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "beacon")]
pub struct Beacon {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    #[belongs_to(back_populates = beacon, deferrable)]
    pub harbor: Option<BelongsTo<Harbor>>,
}

/// A tree with keys that are chosen.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "part")]
pub struct Part {
    #[orm(primary_key, length = 8)]
    pub code: String,
    #[belongs_to(back_populates = parts, deferrable)]
    pub whole: Option<BelongsTo<Part>>,
    #[has_many(back_populates = whole, order_by = code)]
    pub parts: HasMany<Part>,
}

/// A node of a ring, in which each references the next. No collection lists the references.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "link")]
pub struct Link {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(deferrable)]
    pub next: BelongsTo<Link>,
}

impl Station {
    /// A station with a code, its name, and trains.
    pub fn coded(code: &str, trains: &[&str]) -> Self {
        let trains = trains.iter().map(|&name| Train { name: name.into(), ..Train::default() });
        Self { code: code.into(), name: code.to_uppercase(), trains: trains.collect() }
    }
}

impl Part {
    /// A part with a code.
    pub fn coded(code: &str) -> Self {
        Self { code: code.into(), ..Self::default() }
    }
}
