use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    age: i32,
    #[has_many(back_populates = user)]
    addresses: HasMany<Address>,
}

#[derive(Model, Debug, Clone, Default)]
struct Address {
    #[orm(primary_key)]
    id: i64,
    city: String,
    #[belongs_to(back_populates = addresses)]
    user: BelongsTo<User>,
}

struct Plain;

fn main() {
    let mut session = Engine::connect("sqlite://").unwrap().session();
    session.add(Plain);
}
