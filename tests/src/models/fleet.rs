//! Families with joined tables: vehicles of types in one table and in tables of their own, two of them below each other; and letters, which
//! count no versions.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "yard")]
pub struct Yard {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = yard, order_by = id, cascade(all, delete_orphan))]
    pub vehicles: HasMany<Vehicle>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(
    table = "vehicle",
    polymorphic(on = kind, identity = "vehicle", subtypes(Bicycle, Motor(Truck), Boat), variants = "AnyVehicle")
)]
pub struct Vehicle {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(unique)]
    pub plate: String,
    #[orm(version)]
    pub revision: i64,
    #[belongs_to(back_populates = vehicles)]
    pub yard: Option<BelongsTo<Yard>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "bicycle")]
pub struct Bicycle {
    #[orm(base)]
    pub vehicle: Vehicle,
    pub gears: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[orm(
    inherits,
    identity = "motor",
    table = "motor",
    index(fuel, power),
    check("{power} >= 0", name = "no_negative_power")
)]
pub struct Motor {
    #[orm(base)]
    pub vehicle: Vehicle,
    pub power: i32,
    #[orm(default = "diesel", length = 20)]
    pub fuel: String,
    #[orm(unique, length = 20)]
    pub permit: Option<String>,
    #[orm(server_default = "'new'", length = 20)]
    pub state: Generated<String>,
    #[has_many(back_populates = motor, order_by = id, cascade(all, delete_orphan))]
    pub journeys: HasMany<Journey>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "truck", table = "truck")]
pub struct Truck {
    #[orm(base)]
    pub motor: Motor,
    pub cargo: i64,
    #[belongs_to(back_populates = puller)]
    pub pulls: Option<BelongsTo<Boat>>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "boat", table = "boat")]
pub struct Boat {
    #[orm(base)]
    pub vehicle: Vehicle,
    pub draught: Option<f64>,
    #[has_many(back_populates = pulls)]
    pub puller: HasMany<Truck>,
    #[many_to_many(table = "mooring", back_populates = boats, order_by = id)]
    pub piers: ManyToMany<Pier>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "pier")]
pub struct Pier {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[many_to_many(table = "mooring", back_populates = piers)]
    pub boats: ManyToMany<Boat>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "journey")]
pub struct Journey {
    #[orm(primary_key)]
    pub id: i64,
    pub goal: String,
    #[belongs_to(back_populates = journeys)]
    pub motor: BelongsTo<Motor>,
}

impl Vehicle {
    /// A vehicle with nothing but a plate.
    pub fn of(plate: &str) -> Self {
        Self { plate: plate.into(), ..Self::default() }
    }
}

impl Bicycle {
    /// A bicycle with three gears.
    pub fn of(plate: &str) -> Self {
        Self { vehicle: Vehicle::of(plate), gears: 3 }
    }
}

impl Motor {
    /// A vehicle of a hundred horses.
    pub fn of(plate: &str) -> Self {
        Self { vehicle: Vehicle::of(plate), power: 100, ..Self::default() }
    }
}

impl Truck {
    /// A truck of a hundred horses.
    pub fn of(plate: &str) -> Self {
        Self { motor: Motor::of(plate), cargo: 7, ..Self::default() }
    }
}

impl Boat {
    /// A boat of which nothing is known.
    pub fn of(plate: &str) -> Self {
        Self { vehicle: Vehicle::of(plate), ..Self::default() }
    }
}

impl Journey {
    /// A journey of nobody yet.
    pub fn to(goal: &str) -> Self {
        Self { goal: goal.into(), ..Self::default() }
    }
}

/// Counts no versions, so that its UPDATEs compare.
#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "mail", optimistic(columns(sender)), polymorphic(on = kind, identity = "mail", subtypes(Bundle)))]
pub struct Mail {
    #[orm(primary_key)]
    pub id: i64,
    pub sender: String,
    pub note: String,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(inherits, identity = "bundle", table = "bundle")]
pub struct Bundle {
    #[orm(base)]
    pub mail: Mail,
    pub weight: i32,
    pub color: String,
}
