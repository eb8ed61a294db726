use orm::prelude::*;

#[derive(Model)]
struct Place {
    #[orm(primary_key)]
    id: i64,
    #[orm(length = 5)]
    count: i32,
    #[orm(precision(10, 2))]
    price: f64,
}

fn main() {}
