use orm::prelude::*;

#[derive(Model)]
struct Brand {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = brand, order_by(yaer desc, id))]
    cars: HasMany<Car>,
}

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    year: i32,
    #[belongs_to(back_populates = cars)]
    brand: BelongsTo<Brand>,
}

fn main() {}
