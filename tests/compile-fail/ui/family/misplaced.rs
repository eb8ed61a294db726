use orm::prelude::*;

#[derive(Model)]
#[orm(polymorphic(on = kind, subtypes(Truck)))]
struct Vehicle {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(identity = "truck")]
struct Truck {
    #[orm(primary_key)]
    id: i64,
    #[orm(base)]
    vehicle: Vehicle,
}

fn main() {}
