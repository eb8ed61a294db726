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

fn columns_of_a_subtype_are_not_those_of_its_base() {
    let _ = Person::query().filter(Customer::limit.gt(1));
}

fn a_relation_of_a_subtype_is_followed_from_it(session: &mut Session, person: Handle<Person>) {
    let _ = session.load(person, Customer::sales);
}

fn main() {}
