use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer, Customer)))]
struct Person {
    #[orm(primary_key)]
    id: i64,
    kind: String,
}

#[derive(Model)]
#[orm(inherits, identity = "customer")]
struct Customer {
    #[orm(base)]
    person: Person,
}

fn main() {}
