use orm::prelude::*;

#[derive(Embedded, Clone)]
struct Address {
    city: String,
}

#[derive(Model, Clone)]
#[orm(index(home), unique(name.city), index(home.town))]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[orm(embed)]
    home: Address,
}

#[derive(Model, Clone)]
#[orm(index(home.town))]
struct Friend {
    #[orm(primary_key)]
    id: i64,
    #[orm(embed)]
    home: Address,
}

fn main() {}
