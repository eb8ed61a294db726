use orm::prelude::*;

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    brand_id: i64,
    #[has_many(back_populates = car)]
    parts: Vec<Part>,
    #[has_one(back_populates = car)]
    key: Option<HasOne<Part>>,
    #[belongs_to]
    #[has_many(back_populates = car)]
    wheels: HasMany<Part>,
}

struct Part;

fn main() {}
