use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
struct Team {
    #[orm(primary_key)]
    name: String,
}

#[derive(OneOf, Debug, Clone, Copy)]
enum Owner {
    User(Handle<User>),
    Team(Handle<Team>),
}

#[derive(Model, Debug, Clone, Default)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(type_column = "owner_type")]
    owner: OneOf<Owner>,
}

fn main() {}
