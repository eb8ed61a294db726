use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer)))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Customer {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
