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
    #[belongs_to(type_column = "kind", on_delete = "cascade", post_update)]
    owner: OneOf<Owner>,
}

fn main() {}
