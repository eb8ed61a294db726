use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = owner)]
    robots: HasMany<Bot>,
}

#[derive(Model, Debug, Clone, Default)]
struct Team {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = owner)]
    bots: HasMany<Bot>,
}

#[derive(OneOf, Debug, Clone, Copy)]
enum Owner {
    User(Handle<User>),
}

#[derive(Model, Debug, Clone, Default)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = bots)]
    owner: OneOf<Owner>,
}

fn main() {}
