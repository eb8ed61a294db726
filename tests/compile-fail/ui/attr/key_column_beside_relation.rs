use orm::prelude::*;

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    brand: BelongsTo<Brand>,
    brand_id: i64,
}

#[derive(Model)]
struct Brand {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
