use orm::prelude::*;

#[derive(Model)]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "customer")]
struct Customer {
    #[orm(base)]
    person: Person,
}

fn main() {}
