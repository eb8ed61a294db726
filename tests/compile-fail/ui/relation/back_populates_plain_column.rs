use orm::prelude::*;

#[derive(Model)]
struct Brand {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = name)]
    cars: HasMany<Car>,
}

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[belongs_to(back_populates = cars)]
    brand: BelongsTo<Brand>,
    #[belongs_to]
    owner: Option<BelongsTo<Person>>,
    #[many_to_many(table = "part")]
    parts: ManyToMany<Brand>,
}

#[derive(Model)]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
