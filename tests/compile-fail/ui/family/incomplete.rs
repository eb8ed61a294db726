use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer)))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits)]
struct Customer {
    person: Person,
}

fn main() {}
