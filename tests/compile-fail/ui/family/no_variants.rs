use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes()))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

fn no_enum_was_asked_for(session: &Session, person: Handle<Person>) {
    let _ = session.variant(person);
}

fn main() {}
