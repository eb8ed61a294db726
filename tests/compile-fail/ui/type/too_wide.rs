use orm::prelude::*;

#[derive(Model)]
struct Place {
    #[orm(primary_key)]
    id: i64,
    count: u128,
}

fn main() {}
