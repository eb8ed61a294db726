use orm::prelude::*;

#[derive(Model)]
struct Car {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    brand: BelongsTo<String>,
}

fn main() {}
