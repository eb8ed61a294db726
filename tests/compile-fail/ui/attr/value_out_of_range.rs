use orm::prelude::*;

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(length = 0, column = "", precision(2, 3), index)]
    city: String,
}

fn main() {}
