use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
struct Team {
    #[orm(primary_key)]
    id: i64,
}

#[derive(OneOf, Debug, Clone, Copy)]
enum Owner {
    #[orm(rename = "Team", unknown)]
    User(Handle<User>),
    Team(Handle<Team>),
}

fn main() {}
