use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Engineer(Manager))))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "engineer", table = "engineer")]
struct Engineer {
    #[orm(base)]
    person: Person,
    language: String,
}

#[derive(Model)]
#[orm(inherits, identity = "manager")]
struct Manager {
    #[orm(base)]
    engineer: Engineer,
    reports: i32,
}

fn main() {}
