use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(OneOf, Debug, Clone, Copy)]
enum Owner {
    User(Handle<User>),
}

#[derive(Model, Debug, Clone, Default)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(key_column = "owner_id")]
    owner: OneOf<Owner>,
    #[belongs_to(type_column = "user_type")]
    user: BelongsTo<User>,
}

fn main() {}
