use orm::prelude::*;

#[derive(Model)]
#[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer)))]
struct Person {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
#[orm(inherits, identity = "customer")]
struct Customer {
    #[orm(base)]
    person: Person,
    limit: i64,
    #[has_many(back_populates = customer)]
    sales: HasMany<Sale>,
}

#[derive(Model)]
#[orm(table = "sale")]
struct Sale {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = sales)]
    customer: BelongsTo<Customer>,
}

fn a_type_of_another_family(session: &Session, person: Handle<Person>) {
    let _ = session.downcast::<Sale>(person);
}

fn main() {}
