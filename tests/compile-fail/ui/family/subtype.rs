use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Supplier)))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "supplier", table = "supplier", schema = "other")]
struct Supplier {
    #[orm(base, index)]
    person: Person,
    #[orm(primary_key)]
    number: i64,
    #[orm(version)]
    revision: i64,
}

fn main() {}
