use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

struct Plain;

#[derive(OneOf)]
enum Owner {
    User(Handle<User>),
    Plain(Handle<Plain>),
}

fn main() {}
