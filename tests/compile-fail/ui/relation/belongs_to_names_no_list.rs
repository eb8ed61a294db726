use orm::prelude::*;

#[derive(Model)]
struct Brand {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[many_to_many(table = "part")]
    parts: ManyToMany<Car>,
}

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = parts)]
    brand: BelongsTo<Brand>,
}

fn main() {}
