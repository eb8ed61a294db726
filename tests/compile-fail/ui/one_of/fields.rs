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
    maker: OneOf<Owner>,
    #[orm(primary_key)]
    #[belongs_to(on_delete = "set null", renamed_from = "boss")]
    owner: OneOf<Owner>,
}

#[derive(Embedded, Debug, Clone, Default)]
struct Address {
    #[belongs_to]
    of: OneOf<Owner>,
}

fn main() {}
