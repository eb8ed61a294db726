use orm::prelude::*;

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    brand: Option<BelongsTo<Car>>,
    parts: HasMany<Car>,
}

fn main() {}
