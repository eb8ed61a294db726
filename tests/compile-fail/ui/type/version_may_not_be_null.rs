use orm::prelude::*;

#[derive(Model)]
struct Place {
    #[orm(primary_key)]
    id: i64,
    #[orm(version)]
    version: Option<i64>,
}

fn main() {}
