use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer, Supplier(Maker))))]
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

#[derive(Model)]
#[orm(inherits, identity = "supplier")]
struct Supplier {
    #[orm(base)]
    person: Person,
}

#[derive(Model)]
#[orm(inherits, identity = "maker")]
struct Maker {
    #[orm(base)]
    customer: Customer,
}

fn main() {}
