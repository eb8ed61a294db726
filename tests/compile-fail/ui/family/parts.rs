use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Engineer)))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "engineer", table = "engineer")]
struct Engineer {
    #[orm(base)]
    person: Person,
}

fn a_subtype_is_not_the_base() {
    let _ = Engineer::query().base_only();
}

fn main() {}
