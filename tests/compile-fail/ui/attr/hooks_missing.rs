use orm::prelude::*;

#[derive(Model)]
#[orm(hooks)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
