use orm::prelude::*;

#[derive(Model)]
#[orm(garde)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
