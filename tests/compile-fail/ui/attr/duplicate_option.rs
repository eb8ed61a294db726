use orm::prelude::*;

#[derive(Model)]
#[orm(table = "users")]
#[orm(table = "people")]
struct User {
    #[orm(primary_key, primary_key)]
    id: i64,
    #[orm(length = 80, unique)]
    #[orm(length = 90)]
    name: String,
}

fn main() {}
