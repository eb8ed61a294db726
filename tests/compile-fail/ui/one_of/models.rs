use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(OneOf)]
enum Owner {
    User(Handle<User>),
    Again(Handle<User>),
}

#[derive(OneOf)]
enum Any<T> {
    One(Handle<T>),
}

#[derive(Model, Debug, Clone, Default)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    owner: OneOf<Owner>,
}

fn main() {
    let _ = Bot::query().filter(Bot::owner.is::<User>());
}
