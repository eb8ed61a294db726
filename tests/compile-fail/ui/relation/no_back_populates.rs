use orm::prelude::*;

#[derive(Model)]
struct Brand {
    #[orm(primary_key)]
    id: i64,
    #[has_many]
    cars: HasMany<Car>,
    #[has_one(cascade(all))]
    flagship: HasOne<Car>,
}

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    brand: BelongsTo<Brand>,
}

fn main() {}
