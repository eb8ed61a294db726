use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

#[derive(OneOf)]
enum Nothing {}

#[derive(OneOf)]
struct Maker {
    user: Handle<User>,
}

#[derive(Model, Debug, Clone, Default)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    owner: OneOf<Nothing>,
    #[belongs_to]
    maker: Option<OneOf<Maker>>,
}

fn main() {}
