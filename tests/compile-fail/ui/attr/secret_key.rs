use orm::prelude::*;

#[derive(Model)]
struct Login {
    #[orm(primary_key, secret)]
    id: i64,
}

fn main() {}
