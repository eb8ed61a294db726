use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer, Supplier)))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "partner")]
struct Customer {
    #[orm(base)]
    person: Person,
    rating: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "partner")]
struct Supplier {
    #[orm(base)]
    person: Person,
    rating: i64,
    kind: String,
}

fn main() {}
