use orm::prelude::*;

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(embed)]
    home: String,
    name: String,
}

fn main() {}
