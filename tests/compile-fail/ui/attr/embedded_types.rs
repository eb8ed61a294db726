use orm::prelude::*;

#[derive(Clone)]
struct Plain {
    city: String,
}

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(embed)]
    home: Plain,
    name: String,
}

fn main() {}
