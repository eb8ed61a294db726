use orm::prelude::*;

#[derive(Model)]
struct Brand {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = brand)]
    cars: HasMany<Car>,
}

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    brand: BelongsTo<Brand>,
}

fn main() {}
